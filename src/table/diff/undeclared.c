// Settings that are left out enter as switched off: what then differs, and does not
// otherwise, is what the definition is silent about.
#include "undeclared.h"

#include "table_diff.h"

static const struct throughput NO_UNITS = {.set = true};

static void turn_off(enum setting *state)
{
    if (*state == SETTING_UNSAID) {
        *state = SETTING_DISABLED;
    }
}

static void no_maximum(struct capacity *capacity)
{
    if (!capacity->on_demand.set) {
        capacity->on_demand = NO_UNITS;
    }
}

static struct table silence_as_off(const struct table *declared, struct arena *arena)
{
    struct table table = *declared;
    struct table_settings *settings = &table.settings;
    turn_off(&settings->stream.state);
    turn_off(&settings->sse.state);
    turn_off(&settings->deletion_protection);
    turn_off(&settings->time_to_live.state);
    turn_off(&settings->point_in_time_recovery.state);
    turn_off(&settings->contributor_insights.state);
    if (settings->table_class == TABLE_CLASS_UNSAID) {
        settings->table_class = TABLE_CLASS_STANDARD;
    }
    settings->tags_said = true;
    settings->resource_policy_said = true;
    no_maximum(&table.capacity);
    table.indexes = arena_array(arena, table.index_count, sizeof *table.indexes);
    for (size_t i = 0; i < table.index_count; i++) {
        table.indexes[i] = declared->indexes[i];
        turn_off(&table.indexes[i].contributor_insights.state);
        no_maximum(&table.indexes[i].capacity);
    }
    return table;
}

static bool has_path(const struct table_diff *diff, struct str path)
{
    for (size_t i = 0; i < diff->count; i++) {
        if (str_eq(diff->changes[i].path, path)) {
            return true;
        }
    }
    return false;
}

static void add(struct table_diff *diff, const struct secondary_index *index,
                struct str path, struct str value)
{
    table_note_add(diff, (struct table_note){
                             .kind = TABLE_NOTE_UNDECLARED,
                             .path = path,
                             .value = value,
                             .text = STR("no longer declared, left as it is"),
                             .index = index,
                         });
}

// Warm throughput never falls (A136), so it is never switched off.
static void add_warm(struct table_diff *diff, const struct secondary_index *index,
                     const struct throughput *declared,
                     const struct throughput *earlier)
{
    static const char *const MEMBERS[] = {"warm_throughput.read_units_per_second",
                                          "warm_throughput.write_units_per_second"};
    const int64_t units[] = {earlier->read_units, earlier->write_units};
    for (size_t i = 0; i < 2 && !declared->set && earlier->set; i++) {
        if (units[i] > 0) {
            add(diff, index, table_change_path(diff, index, MEMBERS[i]),
                table_change_units(diff, units[i]));
        }
    }
}

// Of one that is replaced all is carried over, and noted so.
static bool is_replaced(const struct table_diff *diff,
                        const struct secondary_index *index)
{
    for (size_t i = 0; i < diff->count; i++) {
        if (diff->changes[i].kind == TABLE_CHANGE_INDEX_REPLACED &&
            diff->changes[i].index == index) {
            return true;
        }
    }
    return false;
}

static const struct secondary_index *find_declared(const struct table *declared,
                                                   const struct table *other,
                                                   const struct secondary_index *index)
{
    return index == NULL ? NULL : &declared->indexes[index - other->indexes];
}

void undeclared_note(struct table_diff *diff, const struct table *declared,
                     const struct table *earlier)
{
    struct table off = silence_as_off(declared, diff->arena);
    struct table_diff all;
    if (diff->other_key) {
        return;
    }
    table_diff(&all, &off, earlier, diff->arena);
    for (size_t i = 0; i < all.count; i++) {
        const struct table_change *change = &all.changes[i];
        if (!has_path(diff, change->path) && !change->of_replaced) {
            add(diff, find_declared(declared, &off, change->index), change->path,
                change->from);
        }
    }
    add_warm(diff, NULL, &declared->capacity.warm, &earlier->capacity.warm);
    for (size_t i = 0; i < declared->index_count; i++) {
        const struct secondary_index *index = &declared->indexes[i];
        const struct secondary_index *before = table_find_index(earlier, index->name);
        if (before != NULL && !is_replaced(diff, index)) {
            add_warm(diff, index, &index->capacity.warm, &before->capacity.warm);
        }
    }
}
