// Capacity in a definition: nodes enter, units per second leave. What fits which
// billing mode is known to table_check.c.
#include "capacity_read.h"

#include "bind.h"

#define CAPACITY_MAX INT64_C(1000000000000) // A124

struct throughput_nodes {
    const struct node *node;
    struct bind_int read_capacity_units;
    struct bind_int write_capacity_units;
};

static const struct bind_key THROUGHPUT_KEYS[] = {
    {"read_capacity_units", BIND_INT,
     offsetof(struct throughput_nodes, read_capacity_units), .required = true, .min = 1,
     .max = CAPACITY_MAX, .doc = "Reads of 4 KB a second."},
    {"write_capacity_units", BIND_INT,
     offsetof(struct throughput_nodes, write_capacity_units), .required = true,
     .min = 1, .max = CAPACITY_MAX, .doc = "Writes of 1 KB a second."},
};

static const struct bind_record THROUGHPUT_RECORD = {
    "provisioned_throughput", THROUGHPUT_KEYS, 2,
    offsetof(struct throughput_nodes, node)};

const struct shape THROUGHPUT_SHAPE = {SHAPE_RECORD, .name = "provisioned_throughput",
                                       .record = &THROUGHPUT_RECORD};

bool throughput_read(struct throughput *out, const struct node *node,
                     struct diags *diags)
{
    struct throughput_nodes bound = {0};
    if (!bind_read(&bound, &THROUGHPUT_RECORD, node, diags)) {
        return false;
    }
    *out = (struct throughput){
        .set = true,
        .read_capacity_units = bound.read_capacity_units.value,
        .write_capacity_units = bound.write_capacity_units.value,
        .span = node->span,
    };
    return true;
}
