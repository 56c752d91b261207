// A target's key `ledger`. In: its node. Out: a struct ledger_config.
#include "ledger_config.h"

#include "bind.h"
#include "table_check.h"

#include <stddef.h>

struct ledger_keys {
    const struct node *at;
    struct bind_string table;
};

static const struct bind_key LEDGER_KEYS[] = {
    {.name = "table",
     .kind = BIND_STRING,
     .offset = offsetof(struct ledger_keys, table),
     .required = true,
     .shape = &TABLE_NAME_SHAPE,
     .doc = "A table for ledgers at the same endpoint, made where it is missing."},
};

static const struct bind_record LEDGER_RECORD = {
    "ledger",
    LEDGER_KEYS,
    sizeof LEDGER_KEYS / sizeof LEDGER_KEYS[0],
    offsetof(struct ledger_keys, at),
};

static const char *const LEDGER_WORDS[] = {"file", "none", NULL};

const struct shape LEDGER_SHAPE = {
    SHAPE_ANY_OF,
    .choices = SHAPES(&(const struct shape){SHAPE_WORD, .words = LEDGER_WORDS},
                      &(const struct shape){SHAPE_RECORD, .record = &LEDGER_RECORD})};

static bool read_word(struct ledger_config *out, const struct node *node,
                      struct diags *diags)
{
    if (node->tag == NODE_TAG_NONE && str_is(node->text, "file")) {
        out->place = LEDGER_FILE;
        return true;
    }
    if (node->tag == NODE_TAG_NONE && str_is(node->text, "none")) {
        out->place = LEDGER_NONE;
        return true;
    }
    struct str names[] = {STR("file"), STR("none")};
    struct diag *diag =
        diag_add(diags, DIAG_WRONG_VALUE, node->span,
                 "'ledger' must be file, none or { table: NAME }, and is %s",
                 diag_quote(diags, node->text));
    if (diag_help_nearest(diags, diag, node->text, names, 2) == 2) {
        diag_help(diags, diag, "a table for ledgers is written { table: NAME }");
    }
    return false;
}

bool ledger_config_read(struct ledger_config *out, const struct node *node,
                        struct arena *arena, struct diags *diags)
{
    struct ledger_keys keys = {0};
    *out = (struct ledger_config){0};
    if (node->poisoned) {
        return false;
    }
    out->span = node->span;
    if (node->kind == NODE_SCALAR && node_type(node) != NODE_NULL) {
        return read_word(out, node, diags);
    }
    if (node->kind != NODE_MAPPING) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "'ledger' is %s, and must be file, none or { table: NAME }",
                 node_describe(node));
        return false;
    }
    if (!bind_read(&keys, &LEDGER_RECORD, node, diags) ||
        !table_check_name(keys.table.text, keys.table.node->span, "a table name",
                          diags)) {
        return false;
    }
    out->place = LEDGER_TABLE;
    out->table = arena_str(arena, keys.table.text);
    out->span = keys.table.node->span;
    return true;
}
