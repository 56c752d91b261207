// An index as declared and as it is enter, the one that replaces it leaves. A setting
// that the definition leaves out is left alone: since the index itself goes, that means
// to make it again.
#include "index_carry.h"

#include "settings_diff.h"
#include "table_diff.h"

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
    static const struct capacity COLD;
    struct throughput now = table_diff_warm(declared, &COLD, table->billing_mode);
    struct throughput then = table_diff_warm(live, &COLD, live_table->billing_mode);
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
    if (!capacity->warm.set) {
        capacity->warm =
            warm_above(&declared->capacity, &live->capacity, table, live_table);
    }
    if (index.contributor_insights.state == SETTING_UNSAID) {
        index.contributor_insights = live->contributor_insights;
    }
    return index;
}

static void add(struct table_diff *out, const struct secondary_index *index,
                const char *member, struct str value)
{
    if (value.at != NULL) {
        table_note_add(out, (struct table_note){
                                .kind = TABLE_NOTE_KEPT,
                                .path = table_change_path(out, index, member),
                                .value = value,
                                .text = STR("not declared, carried over to the index "
                                            "that replaces it"),
                                .index = index,
                            });
    }
}

static void add_units(struct table_diff *out, const struct secondary_index *index,
                      const struct throughput *units, const char *read,
                      const char *write)
{
    add(out, index, read, table_change_units(out, units->read_units));
    add(out, index, write, table_change_units(out, units->write_units));
}

void index_carry_note(struct table_diff *out, const struct secondary_index *declared,
                      const struct secondary_index *live, const struct table *table,
                      const struct table *live_table)
{
    struct secondary_index made = index_carry(declared, live, table, live_table);
    if (!declared->capacity.on_demand.set) {
        add_units(out, declared, &made.capacity.on_demand,
                  "on_demand_throughput.max_read_request_units",
                  "on_demand_throughput.max_write_request_units");
    }
    if (!declared->capacity.warm.set) {
        add_units(out, declared, &made.capacity.warm,
                  "warm_throughput.read_units_per_second",
                  "warm_throughput.write_units_per_second");
    }
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
        insights_describe(&live->contributor_insights));
}
