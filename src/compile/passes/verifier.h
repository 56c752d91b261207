// What the checks of a unit's items share: where a pass is, and how it says what is wrong.
#ifndef DDB_COMPILE_VERIFIER_H
#define DDB_COMPILE_VERIFIER_H

#include "buf.h"
#include "compilation.h"
#include "distinct.h"
#include "eval.h"
#include "program.h"
#include "walk.h"

#include <stdbool.h>

struct verifier {
    struct compilation *compilation;
    struct unit *unit;
    struct walk *walk;
    struct distinct distinct;
    struct buf scratch;
    struct buf message;
    struct span at; // the message, or the conversation's header
    bool quiet;     // a bound is tried: nothing is reported, `failed` is set
    bool failed;
    bool header_fault;  // it is the header that is to blame
    bool spelling_told; // a decomposed key was warned of in this conversation
};

// Diagnoses unless a bound is only tried.
__attribute__((format(printf, 4, 5))) void verifier_report(struct verifier *verifier,
                                                           enum diag_code code,
                                                           struct span span,
                                                           const char *format, ...);
// The same of an expression without a value in this item. What is the header's fault is
// the same for every item of the conversation: it is reported once.
void verifier_report_eval(struct verifier *verifier, enum eval_result result,
                          const struct program *program, const struct expr *expr);
// As diag_quote. It takes memory for the rest of the run.
const char *verifier_quote(struct verifier *verifier, struct str text);

#endif
