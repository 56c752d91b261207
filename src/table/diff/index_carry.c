// An index as declared and as it is enter, the one that replaces it leaves. A setting
// that the definition leaves out is left alone: since the index itself goes, that means
// to make it again.
#include "index_carry.h"

#include "settings_diff.h"
#include "warm.h"

#define NOT_DECLARED "not declared"

static int64_t above(int64_t units, int64_t a, int64_t b)
{
    return units > a && units > b ? units : 0;
}

// Of warm throughput what is more than mode and units bring anyway, before and after.
static struct throughput warm_above(const struct capacity *declared,
                                    const struct capacity *live,
                                    const struct table *table,
                                    const struct table *live_table)
{
    struct throughput now = warm_brought(declared, table->billing_mode);
    struct throughput then = warm_brought(live, live_table->billing_mode);
    struct throughput warm = {
        .read_units = above(live->warm.read_units, now.read_units, then.read_units),
        .write_units = above(live->warm.write_units, now.write_units, then.write_units),
    };
    warm.set = warm.read_units > 0 || warm.write_units > 0;
    return warm;
}

struct secondary_index index_carry(const struct secondary_index *declared,
                                   const struct secondary_index *live,
                                   const struct table *table,
                                   const struct table *live_table)
{
    struct secondary_index index = *declared;
    struct capacity *capacity = &index.capacity;
    if (live == NULL) {
        return index;
    }
    if (!capacity->on_demand.set && table->billing_mode == BILLING_PAY_PER_REQUEST &&
        live_table->billing_mode == BILLING_PAY_PER_REQUEST) {
        capacity->on_demand = live->capacity.on_demand;
    }
    // It is a floor: what is there may be more, of either unit.
    capacity->warm =
        warm_larger(capacity->warm, warm_above(&declared->capacity, &live->capacity,
                                               table, live_table));
    if (index.contributor_insights.state == SETTING_UNSAID) {
        index.contributor_insights = live->contributor_insights;
    }
    return index;
}

static void add(struct table_diff *out, const struct secondary_index *index,
                const char *member, struct str value, const char *why)
{
    if (value.at != NULL) {
        table_note_add(out, (struct table_note){
                                .kind = TABLE_NOTE_KEPT,
                                .path = table_change_path(out, index, member),
                                .value = value,
                                .text = arena_printf(out->arena,
                                                     "%s, carried over to the index "
                                                     "that replaces it",
                                                     why),
                                .index = index,
                            });
    }
}

// Units that the new one has, and that are more than it was declared with.
static void add_unit(struct table_diff *out, const struct secondary_index *index,
                     const char *member, int64_t units, int64_t declared)
{
    if (units > declared) {
        add(out, index, member, table_change_units(out, units),
            declared > 0 ? "more than is declared" : NOT_DECLARED);
    }
}

void index_carry_note(struct table_diff *out, const struct secondary_index *declared,
                      const struct secondary_index *live, const struct table *table,
                      const struct table *live_table)
{
    struct secondary_index made = index_carry(declared, live, table, live_table);
    const struct throughput *on_demand = &made.capacity.on_demand;
    const struct throughput *warm = &made.capacity.warm;
    const struct capacity *said = &declared->capacity;
    add_unit(out, declared, "on_demand_throughput.max_read_request_units",
             on_demand->read_units, said->on_demand.read_units);
    add_unit(out, declared, "on_demand_throughput.max_write_request_units",
             on_demand->write_units, said->on_demand.write_units);
    add_unit(out, declared, "warm_throughput.read_units_per_second", warm->read_units,
             said->warm.read_units);
    add_unit(out, declared, "warm_throughput.write_units_per_second", warm->write_units,
             said->warm.write_units);
    if (declared->contributor_insights.state != SETTING_UNSAID) {
        return;
    }
    if (live->contributor_insights.state == SETTING_UNSAID) {
        table_note_add(
            out, (struct table_note){
                     .kind = TABLE_NOTE_UNKNOWN,
                     .path = table_change_path(out, declared, "contributor_insights"),
                     .text = STR("not declared, and not told by the server: the "
                                 "index that replaces it has none"),
                     .index = declared,
                 });
        return;
    }
    add(out, declared, "contributor_insights.mode",
        insights_describe(&live->contributor_insights), NOT_DECLARED);
}
