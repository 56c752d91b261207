// A target's key `ledger`: where it is kept what was applied there.
#ifndef DDB_SERVICE_LEDGER_CONFIG_H
#define DDB_SERVICE_LEDGER_CONFIG_H

#include "arena.h"
#include "diag.h"
#include "node.h"
#include "shape.h"
#include "source.h"
#include "str.h"

#include <stdbool.h>

enum ledger_place {
    LEDGER_UNSAID,
    LEDGER_NONE,
    LEDGER_FILE,  // in the project's folder, this machine's own
    LEDGER_TABLE, // at the target's endpoint, shared by all who write there
};

struct ledger_config {
    enum ledger_place place;
    struct str table; // of LEDGER_TABLE: its name, NUL-terminated
    struct span span;
};

extern const struct shape LEDGER_SHAPE;

// Reads the value: file, none or { table: NAME }. False: diagnosed.
__attribute__((warn_unused_result)) bool ledger_config_read(struct ledger_config *out,
                                                            const struct node *node,
                                                            struct arena *arena,
                                                            struct diags *diags);

#endif
