// What a resource policy says, as far as the service is known to refuse it.
#ifndef DDB_MODEL_POLICY_CHECK_H
#define DDB_MODEL_POLICY_CHECK_H

#include "diag.h"
#include "node.h"

#include <stdbool.h>

// policy is a mapping, written as YAML or made of JSON text (policy_read.c). Whether
// its principals are there, and whether it lets anybody in, only the service knows.
// False: diagnosed.
__attribute__((warn_unused_result)) bool policy_check(const struct node *policy,
                                                      struct diags *diags);

#endif
