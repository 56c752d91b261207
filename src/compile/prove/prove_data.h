// Warnings that rest on data: values that do not sort, copies that disagree. Rows and
// items are looked at one by one, conversations as a whole, messages not at all.
#ifndef DDB_COMPILE_PROVE_DATA_H
#define DDB_COMPILE_PROVE_DATA_H

#include "compilation.h"

// What only the data show, after verification.
void prove_data(struct compilation *compilation, const struct unit *unit);

#endif
