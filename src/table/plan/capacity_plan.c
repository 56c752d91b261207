// Billing mode and throughput: each kind is one call, of the table and its indexes
// together (A228).
#include "capacity_plan.h"

#include "json_write.h"
#include "request.h"
#include "warm.h"

static void put_unit(struct buf *out, bool *first, const char *name, int64_t units)
{
    buf_printf(out, "%s\"%s\":%lld", *first ? "" : ",", name, (long long)units);
    *first = false;
}

// What differs of ceilings, which are merged one by one (A132): -1 takes one away
// (A129).
static void put_on_demand(struct buf *out, const struct throughput *to,
                          const struct throughput *from)
{
    bool first = true;
    buf_puts(out, ",\"OnDemandThroughput\":{");
    if (to->read_units != from->read_units) {
        put_unit(out, &first, "MaxReadRequestUnits",
                 to->read_units == 0 ? -1 : to->read_units);
    }
    if (to->write_units != from->write_units) {
        put_unit(out, &first, "MaxWriteRequestUnits",
                 to->write_units == 0 ? -1 : to->write_units);
    }
    buf_char(out, '}');
}

// What grows (A136).
static void put_warm(struct buf *out, const struct throughput *to,
                     const struct throughput *from)
{
    bool first = true;
    buf_puts(out, ",\"WarmThroughput\":{");
    if (to->read_units > from->read_units) {
        put_unit(out, &first, "ReadUnitsPerSecond", to->read_units);
    }
    if (to->write_units > from->write_units) {
        put_unit(out, &first, "WriteUnitsPerSecond", to->write_units);
    }
    buf_char(out, '}');
}

static void put_capacity(struct planner *planner, enum table_change_kind kind,
                         const struct capacity *to, const struct capacity *from)
{
    if (kind == TABLE_CHANGE_ON_DEMAND) {
        put_on_demand(&planner->body, &to->on_demand, &from->on_demand);
    } else if (kind == TABLE_CHANGE_WARM) {
        struct throughput warm =
            warm_reached(to, from, planner->declared->billing_mode);
        put_warm(&planner->body, &to->warm, &warm);
    } else {
        request_write_provisioned(&planner->body, to);
    }
}

// The table's capacity of a kind, if it changes, and that of each index that it does of
// (A228, A229).
static void put_capacities(struct planner *planner, enum table_change_kind kind)
{
    struct buf *out = &planner->body;
    const struct secondary_index *before = NULL;
    for (size_t i = 0; i < planner->diff->count; i++) {
        const struct table_change *change = &planner->diff->changes[i];
        if (change->kind == kind && change->index == NULL) {
            put_capacity(planner, kind, &planner->declared->capacity,
                         &planner->live->capacity);
            break;
        }
    }
    for (size_t i = 0; i < planner->diff->count; i++) {
        const struct table_change *change = &planner->diff->changes[i];
        if (change->kind != kind || change->index == NULL || change->index == before ||
            change->of_replaced) {
            continue;
        }
        buf_puts(out, before == NULL ? ",\"GlobalSecondaryIndexUpdates\":[{\"Update\":"
                                     : ",{\"Update\":");
        buf_puts(out, "{\"IndexName\":");
        json_put_string(out, change->index->name);
        put_capacity(planner, kind, &change->index->capacity,
                     &change->live_index->capacity);
        buf_puts(out, "}}");
        before = change->index;
    }
    buf_puts(out, before == NULL ? "" : "]");
}

// A238: a table that becomes PROVISIONED names all units in the same call. They all
// differ from what it had, which was none.
static void change_billing_mode(struct planner *planner)
{
    bool provisioned = planner->declared->billing_mode == BILLING_PROVISIONED;
    if (!planner_has(planner, TABLE_CHANGE_BILLING_MODE)) {
        return;
    }
    planner_begin(planner);
    buf_printf(&planner->body, ",\"BillingMode\":\"%s\"",
               provisioned ? "PROVISIONED" : "PAY_PER_REQUEST");
    if (provisioned) {
        put_capacities(planner, TABLE_CHANGE_PROVISIONED);
    }
    struct table_step *step = planner_end_update(planner, "changing the billing mode");
    planner_makes_all(planner, step, TABLE_CHANGE_BILLING_MODE);
    planner_makes_all(planner, step, TABLE_CHANGE_PROVISIONED);
    if (provisioned) { // which has no maximums (A132)
        planner_makes_all(planner, step, TABLE_CHANGE_ON_DEMAND);
    }
}

static void change_capacity(struct planner *planner, enum table_change_kind kind,
                            const char *verb)
{
    if (!planner_has(planner, kind)) {
        return;
    }
    planner_begin(planner);
    put_capacities(planner, kind);
    struct table_step *step = planner_end_update(planner, verb);
    planner_makes_all(planner, step, kind);
    if (kind == TABLE_CHANGE_WARM) {
        step->wait = TABLE_WAIT_SETTLED;
    }
}

void capacity_plan(struct planner *planner)
{
    change_billing_mode(planner);
    if (!planner_has(planner, TABLE_CHANGE_BILLING_MODE)) {
        change_capacity(planner, TABLE_CHANGE_PROVISIONED,
                        "changing provisioned throughput");
    }
    if (planner->declared->billing_mode == BILLING_PAY_PER_REQUEST) {
        change_capacity(planner, TABLE_CHANGE_ON_DEMAND,
                        "changing on-demand throughput");
    }
    change_capacity(planner, TABLE_CHANGE_WARM, "warming throughput");
}
