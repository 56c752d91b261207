// The service's rules that are checked at compile time, with what a breach is reported
// as: the catalogue rules.def, of which docs/rules.md is the whole.
#ifndef DDB_DIAG_RULE_H
#define DDB_DIAG_RULE_H

#include "diag_code.h"

#include <stddef.h>

struct rule {
    const char *id; // "A001"
    enum diag_code code;
    const char *text; // one line, without a period
};

// All checked rules in the order of their ids, *count of them.
const struct rule *rule_all(size_t *count);
// The checked rule of that id, or NULL.
const struct rule *rule_find(struct str id);

#endif
