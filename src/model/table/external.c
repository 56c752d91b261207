// A definition's document enters; keys that have no business in it are diagnosed.
#include "external.h"

static const char *const OF_TABLE[] = {
    "billing_mode",
    "provisioned_throughput",
    "on_demand_throughput",
    "warm_throughput",
    "stream_specification",
    "sse_specification",
    "table_class",
    "deletion_protection_enabled",
    "tags",
    "resource_policy",
    "time_to_live",
    "point_in_time_recovery",
    "contributor_insights",
};
static const char *const OF_INDEX[] = {
    "provisioned_throughput",
    "on_demand_throughput",
    "warm_throughput",
    "contributor_insights",
};

static bool check_keys(const struct node *node, const char *const *names, size_t count,
                       const char *whose, struct diags *diags)
{
    bool fine = true;
    for (size_t i = 0; i < node->count && node->kind == NODE_MAPPING; i++) {
        const struct node *key = node->pairs[i].key;
        for (size_t k = 0; k < count; k++) {
            if (str_is(key->text, names[k])) {
                struct diag *diag =
                    diag_add(diags, DIAG_EXTERNAL_SETTING, key->span,
                             "'%s' sets something of the %s, which is external",
                             names[k], whose);
                diag_help(diags, diag,
                          "leave it to those who made the table, or take out 'table: "
                          "external'");
                fine = false;
            }
        }
    }
    return fine;
}

static bool check_indexes(const struct node *indexes, struct diags *diags)
{
    bool fine = true;
    if (indexes == NULL || indexes->kind != NODE_MAPPING) {
        return true; // diagnosed by who reads them
    }
    for (size_t i = 0; i < indexes->count; i++) {
        fine = check_keys(indexes->pairs[i].value, OF_INDEX,
                          sizeof OF_INDEX / sizeof OF_INDEX[0], "index", diags) &&
               fine;
    }
    return fine;
}

bool external_check(const struct node *root, struct diags *diags)
{
    bool fine = check_keys(root, OF_TABLE, sizeof OF_TABLE / sizeof OF_TABLE[0],
                           "table", diags);
    return check_indexes(node_find(root, "global_secondary_indexes"), diags) && fine;
}
