// What the user's files allow without need.
#ifndef DDB_DIAG_ALLOW_UNUSED_H
#define DDB_DIAG_ALLOW_UNUSED_H

#include "diag.h"

// A warning for each that silenced nothing, to be called when everything that is to be
// found was found. Codes that come and go with the command line and with what servers
// answer are passed over.
void allow_unused_report(struct diags *diags);

#endif
