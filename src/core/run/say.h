// Lines on standard output and standard error.
#ifndef DDB_CORE_SAY_H
#define DDB_CORE_SAY_H

#include "run.h"

#include <stdbool.h>

// Writes text to standard output. False: it is gone; diagnosed once, but for a reader
// that went away (`| head`), which is no failure.
bool say_text(struct ddb *ddb, struct str text);
// Whole lines to standard error. False: nobody listens.
__attribute__((warn_unused_result)) bool say_error(struct ddb *ddb, struct str text);
// The same for a formatted line; user text in it must be harmless.
void say_out(struct ddb *ddb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
