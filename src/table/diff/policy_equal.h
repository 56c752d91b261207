// Whether two resource policies say the same.
#ifndef DDB_TABLE_POLICY_EQUAL_H
#define DDB_TABLE_POLICY_EQUAL_H

#include "str.h"

#include <stdbool.h>

// Both are JSON texts, or empty: no policy. Layout and order do not count, in a policy
// all lists are sets, one value is a list of one, `true` is "true", and an account's id
// as a principal is its root. What is no JSON is compared byte for byte.
bool policy_equal(struct str a, struct str b);

#endif
