// The table's part of a definition: bound, and verified against the service's rules.
#ifndef DDB_MODEL_TABLE_READ_H
#define DDB_MODEL_TABLE_READ_H

#include "arena.h"
#include "bind.h"
#include "capacity_read.h"
#include "diag.h"
#include "settings_read.h"
#include "table.h"

// The keys of a definition that describe the table, as bound from YAML.
struct table_nodes {
    struct bind_string table_name;
    struct bind_enum external; // `table`: there, it says that it is
    const struct node *attribute_definitions;
    const struct node *key_schema;
    const struct node *local_secondary_indexes;
    const struct node *global_secondary_indexes;
    struct bind_enum billing_mode;
    struct span span; // where the table is, should its name be wrong or missing
    struct capacity_nodes capacity;
    struct settings_nodes settings;
};

extern const char *const TABLE_KINDS[];
extern const char *const BILLING_MODE_NAMES[];
extern const struct shape ATTRIBUTE_DEFINITIONS_SHAPE;

// Fills *out and checks every rule. False: diagnosed.
__attribute__((warn_unused_result)) bool table_read(struct table *out,
                                                    const struct table_nodes *nodes,
                                                    struct arena *arena,
                                                    struct diags *diags);

#endif
