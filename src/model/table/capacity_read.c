// Capacity in a definition: nodes enter, units per second leave. What fits which
// billing mode is known to capacity_check.c.
#include "capacity_read.h"

#include <stddef.h>

#define CAPACITY_MAX INT64_C(1000000000000) // A124

struct unit_nodes {
    const struct node *node;
    struct bind_bool enabled; // on demand only
    struct bind_int read;
    struct bind_int write;
};

// A123, A126.
static const struct bind_key PROVISIONED_KEYS[] = {
    {"read_capacity_units", BIND_INT, offsetof(struct unit_nodes, read),
     .required = true, .min = 1, .max = CAPACITY_MAX, .doc = "Reads of 4 KB a second."},
    {"write_capacity_units", BIND_INT, offsetof(struct unit_nodes, write),
     .required = true, .min = 1, .max = CAPACITY_MAX,
     .doc = "Writes of 1 KB a second."},
};

// A128: -1, which removes a maximum, is for UpdateTable only.
static const struct bind_key ON_DEMAND_KEYS[] = {
    {"max_read_request_units", BIND_INT, offsetof(struct unit_nodes, read), .min = 1,
     .max = CAPACITY_MAX, .doc = "The most reads of 4 KB a second."},
    {"max_write_request_units", BIND_INT, offsetof(struct unit_nodes, write), .min = 1,
     .max = CAPACITY_MAX, .doc = "The most writes of 1 KB a second."},
    {"enabled", BIND_BOOL, offsetof(struct unit_nodes, enabled),
     .doc = "false: there is no maximum."},
};

static const struct bind_key WARM_KEYS[] = {
    {"read_units_per_second", BIND_INT, offsetof(struct unit_nodes, read), .min = 1,
     .max = CAPACITY_MAX, .doc = "Reads a second that are possible at once."},
    {"write_units_per_second", BIND_INT, offsetof(struct unit_nodes, write), .min = 1,
     .max = CAPACITY_MAX, .doc = "Writes a second that are possible at once."},
};

static const struct bind_record PROVISIONED_RECORD = {
    "provisioned_throughput", PROVISIONED_KEYS, 2, offsetof(struct unit_nodes, node)};
static const struct bind_record ON_DEMAND_RECORD = {
    "on_demand_throughput", ON_DEMAND_KEYS, 3, offsetof(struct unit_nodes, node)};
static const struct bind_record WARM_RECORD = {"warm_throughput", WARM_KEYS, 2,
                                               offsetof(struct unit_nodes, node)};

const struct shape PROVISIONED_SHAPE = {SHAPE_RECORD, .name = "provisioned_throughput",
                                        .record = &PROVISIONED_RECORD};
const struct shape ON_DEMAND_SHAPE = {SHAPE_RECORD, .name = "on_demand_throughput",
                                      .min = 1, .record = &ON_DEMAND_RECORD};
const struct shape WARM_SHAPE = {SHAPE_RECORD, .name = "warm_throughput", .min = 1,
                                 .record = &WARM_RECORD};

// What is off says nothing else.
static bool check_off(const struct unit_nodes *bound, const struct bind_record *record,
                      struct diags *diags)
{
    const struct node *units[] = {bound->read.node, bound->write.node};
    for (size_t i = 0; i < 2; i++) {
        if (units[i] != NULL) {
            struct diag *diag = diag_add(diags, DIAG_SETTING, units[i]->span,
                                         "'%s' has no meaning with 'enabled: false'",
                                         record->keys[i].name);
            diag_related(diags, diag, bound->enabled.node->span, "switched off here");
            return false;
        }
    }
    return true;
}

static bool read_units(struct throughput *out, const struct bind_record *record,
                       const struct node *node, struct diags *diags)
{
    struct unit_nodes bound = {0};
    if (node == NULL) {
        return true;
    }
    out->refused = !bind_read(&bound, record, node, diags);
    bool off = bound.enabled.node != NULL && !bound.enabled.value;
    if (!out->refused && off) {
        out->refused = !check_off(&bound, record, diags);
    } else if (!out->refused && bound.read.node == NULL && bound.write.node == NULL) {
        struct diag *diag = diag_add(diags, DIAG_THROUGHPUT, node->span, // A127, A133
                                     "%s has neither of its units", record->what);
        diag_help(diags, diag, "give '%s', '%s' or both", record->keys[0].name,
                  record->keys[1].name);
        out->refused = true;
    }
    if (out->refused) {
        return false;
    }
    *out = (struct throughput){
        .set = true,
        .read_units = bound.read.value,
        .write_units = bound.write.value,
        .span = node->span,
    };
    return true;
}

bool capacity_read(struct capacity *out, const struct capacity_nodes *nodes,
                   struct diags *diags)
{
    bool ok =
        read_units(&out->provisioned, &PROVISIONED_RECORD, nodes->provisioned, diags);
    ok = read_units(&out->on_demand, &ON_DEMAND_RECORD, nodes->on_demand, diags) && ok;
    return read_units(&out->warm, &WARM_RECORD, nodes->warm, diags) && ok;
}
