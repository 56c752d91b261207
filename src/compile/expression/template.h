// Templates: text with ${path | filter} in it, parsed and typed.
#ifndef DDB_COMPILE_TEMPLATE_H
#define DDB_COMPILE_TEMPLATE_H

#include "arena.h"
#include "diag.h"
#include "expr.h"
#include "scope.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

#define TEMPLATE_MAX_PARTS 1000     // texts and expressions
#define DEFINITION_MAX_EXPRS 20000U // in all of its templates
#define PAD_MAX_WIDTH 64

struct template_part {
    struct str literal; // when expr is NULL
    const struct expr *expr;
};

struct template
{
    const struct template_part *parts;
    size_t count;
    struct span span;
    bool is_text; // !S: gives S even where it is a single expression
};

// Parses text that stands at text_span (byte for byte; else the whole value's span and
// text_span without a source). False: diagnosed. Literal parts are unescaped ($${ is
// ${, and ${'x'} is x).
__attribute__((warn_unused_result)) bool
template_parse(struct template *out, struct str text, struct span span,
               struct span text_span, const struct scope *scope, struct arena *arena,
               struct diags *diags);

// Where the expression ends whose "${" stands before `from`: the position of its "}",
// which is none inside quotes; or text.len.
size_t template_find_close(struct str text, size_t from);

#endif
