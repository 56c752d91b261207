// `when`: one comparison of an expression with a literal.
#ifndef DDB_COMPILE_CONDITION_H
#define DDB_COMPILE_CONDITION_H

#include "arena.h"
#include "diag.h"
#include "eval.h"
#include "template.h"

#include <stdbool.h>

enum comparison {
    COMPARE_EQ,
    COMPARE_NE,
    COMPARE_LT,
    COMPARE_LE,
    COMPARE_GT,
    COMPARE_GE,
};

struct condition {
    const struct expr *expr; // NULL: always true
    enum comparison comparison;
    struct str literal;
    struct str number; // the literal as a canonical number; empty when it is none
};

// "${conversation.participant_count} == 2", "${self.handle} != 'bayko'". False:
// diagnosed.
__attribute__((warn_unused_result)) bool
condition_parse(struct condition *out, struct str text, struct span span,
                const struct scope *scope, struct arena *arena, struct diags *diags);

// Whether it holds. Numbers are compared by value, text by its bytes, true and false as
// these words; EVAL_NOT_COMPARABLE when the literal is of another type.
enum eval_result condition_eval(bool *holds, const struct condition *condition,
                                const struct eval_context *context,
                                struct buf *scratch);

// What the literal is, for messages: "the number 5", "the text 'x'" in the diagnostics'
// arena.
const char *condition_literal(const struct condition *condition, struct diags *diags);

// True when no value lets both hold, as with == 2 and > 2 of one expression.
bool condition_excludes(const struct condition *a, const struct condition *b);

#endif
