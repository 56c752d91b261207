// The table's part of a definition: nodes enter, struct table leaves. Shapes and single
// values are verified here and by the readers of its parts, what needs the whole table
// in table_check.c.
#include "table_read.h"

#include "index_read.h"
#include "key_read.h"
#include "table_check.h"

const char *const TABLE_KINDS[] = {"external", NULL};
const char *const BILLING_MODE_NAMES[] = {"PROVISIONED", "PAY_PER_REQUEST", NULL};

const struct shape ATTRIBUTE_DEFINITIONS_SHAPE = {
    SHAPE_MAPPING, .key = &ATTRIBUTE_NAME_SHAPE,
    .of = &(const struct shape){SHAPE_WORD,
                                .words = (const char *const[]){"S", "N", "B", NULL}},
    .min = 1};

static bool read_attribute_definitions(struct table *out, const struct node *node,
                                       struct arena *arena, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING) {
        diag_add(
            diags, DIAG_WRONG_TYPE, node->span,
            "'attribute_definitions' must be a mapping from names to S, N or B, and is "
            "%s",
            node_describe(node));
        return false;
    }
    out->attributes_known = true;
    out->attributes = arena_array(arena, node->count, sizeof *out->attributes);
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *key = node->pairs[i].key;
        const struct node *value = node->pairs[i].value;
        // A023. Its name is looked at where it keys something.
        bool legal = value->kind == NODE_SCALAR && value->text.len == 1 &&
                     (value->text.at[0] == 'S' || value->text.at[0] == 'N' ||
                      value->text.at[0] == 'B');
        if (!legal && !value->poisoned) {
            struct diag *diag =
                diag_add(diags, DIAG_ATTRIBUTE_TYPE, value->span,
                         "the type of key attribute %s must be S, N or B",
                         diag_quote(diags, key->text));
            diag_help(diags, diag,
                      "a key is a string, a number or binary; other attributes "
                      "need no definition");
        }
        ok = ok && legal;
        out->types_broken = out->types_broken || !legal;
        out->attributes[out->attribute_count++] = (struct attribute_definition){
            key->text, legal ? value->text.at[0] : 'S', key->span, !legal};
    }
    return ok;
}

static size_t count_of(const struct node *node)
{
    return node == NULL ? 0 : node->count;
}

bool table_read(struct table *out, const struct table_nodes *nodes, struct arena *arena,
                struct diags *diags)
{
    size_t errors = diags->errors;
    bool ok = true;
    out->span = nodes->span;
    out->external = nodes->external.node != NULL;
    if (nodes->table_name.node != NULL) {
        out->name = nodes->table_name.text;
        out->span = nodes->table_name.node->span;
        ok = table_check_name(out->name, out->span, "a table name", diags);
    }
    if (nodes->attribute_definitions != NULL) {
        ok = read_attribute_definitions(out, nodes->attribute_definitions, arena,
                                        diags) &&
             ok;
    }
    if (nodes->key_schema != NULL) {
        ok = key_schema_read(&out->key, nodes->key_schema, false, diags) && ok;
    }
    out->indexes = arena_array(arena,
                               count_of(nodes->local_secondary_indexes) +
                                   count_of(nodes->global_secondary_indexes),
                               sizeof *out->indexes);
    ok = indexes_read(out, nodes->local_secondary_indexes, true, arena, diags) && ok;
    ok = indexes_read(out, nodes->global_secondary_indexes, false, arena, diags) && ok;
    if (nodes->billing_mode.node != NULL) {
        out->billing_mode = (enum billing_mode)nodes->billing_mode.value;
        out->billing_mode_span = nodes->billing_mode.node->span;
    } else if (nodes->billing_mode.broken || nodes->external.broken) {
        out->billing_mode = BILLING_UNKNOWN;
    } else if (out->external) {
        out->billing_mode = BILLING_PAY_PER_REQUEST; // the mode that wants no capacity
    }
    ok = capacity_read(&out->capacity, &nodes->capacity, diags) && ok;
    ok = settings_read(&out->settings, &nodes->settings, arena, diags) && ok;
    // What was refused is passed over there, so that one run shows all mistakes.
    return table_check(out, diags) && ok && diags->errors == errors;
}
