// A declared table against a live one: keys, indexes, capacity, then settings. Two
// tables enter, typed changes leave. Indexes are matched by name.
#include "table_diff.h"

#include "index_carry.h"
#include "settings_diff.h"
#include "table_words.h"
#include "warm.h"

static const struct str BILLING_NAMES[] = {{"PROVISIONED", 11},
                                           {"PAY_PER_REQUEST", 15}};

static char type_of(const struct table *table, struct str name)
{
    const struct attribute_definition *attribute = table_find_attribute(table, name);
    return attribute == NULL ? '\0' : attribute->type;
}

// Both sides of a comparison.
struct sides {
    struct table_diff *out;
    const struct table *declared;
    const struct table *live;
};

// Names and types, in order (A049).
static bool parts_same(const struct sides *sides, const struct key_part *declared,
                       size_t count, const struct key_part *live, size_t live_count)
{
    for (size_t i = 0; count == live_count && i < count; i++) {
        if (!str_eq(declared[i].name, live[i].name) ||
            type_of(sides->declared, declared[i].name) !=
                type_of(sides->live, live[i].name)) {
            return false;
        }
    }
    return count == live_count;
}

static bool keys_same(const struct sides *sides, const struct key_schema *declared,
                      const struct key_schema *live)
{
    return parts_same(sides, declared->hash, declared->hash_count, live->hash,
                      live->hash_count) &&
           parts_same(sides, declared->range, declared->range_count, live->range,
                      live->range_count);
}

static bool projects(const struct projection *projection, struct str name)
{
    for (size_t i = 0; i < projection->count; i++) {
        if (str_eq(projection->names[i].name, name)) {
            return true;
        }
    }
    return false;
}

// Whether an index holds all that is needed of it; it may hold more.
static bool projection_gives(const struct projection *live,
                             const struct projection *needed)
{
    bool gives = live->type == PROJECTION_ALL || needed->type != PROJECTION_ALL;
    for (size_t i = 0; gives && live->type != PROJECTION_ALL && i < needed->count;
         i++) {
        gives = projects(live, needed->names[i].name);
    }
    return gives;
}

// The names have no order.
static bool projections_same(const struct projection *declared,
                             const struct projection *live)
{
    bool same = declared->type == live->type && declared->count == live->count;
    for (size_t i = 0; same && i < declared->count; i++) {
        same = projects(live, declared->names[i].name);
    }
    return same;
}

static struct str new_table_recipe(const struct sides *sides, const char *what)
{
    // DeleteTable is refused while the table is protected, also where the same edit
    // lifts that: nothing of an edit is done while a part of it is impossible.
    bool guarded = sides->live->settings.deletion_protection == SETTING_ENABLED;
    struct arena *arena = sides->out->arena;
    struct str name = sides->declared->name;
    if (sides->declared->external) {
        return STR(
            "the table is external: have it changed where it is declared, or say "
            "here what is there");
    }
    return guarded ? arena_printf(
                         arena,
                         "%s cannot be changed in place: choose another table_name, "
                         "or drop the table. It is protected from deletion: first "
                         "apply 'deletion_protection_enabled: false' without this "
                         "change, then 'ddbgen drop %.*s', then apply this",
                         what, STR_ARG(name))
                   : arena_printf(
                         arena,
                         "%s cannot be changed in place: 'ddbgen drop %.*s' first, "
                         "or choose another table_name",
                         what, STR_ARG(name));
}

// A223.
static void diff_key(const struct sides *sides)
{
    const struct key_schema *declared = &sides->declared->key;
    if (keys_same(sides, declared, &sides->live->key)) {
        return;
    }
    struct table_words from =
        table_words_key(sides->out, sides->live, &sides->live->key);
    struct table_words to = table_words_key(sides->out, sides->declared, declared);
    table_change_add(sides->out, (struct table_change){
                                     .kind = TABLE_CHANGE_IMPOSSIBLE,
                                     .path = STR("key_schema"),
                                     .from = from.text,
                                     .to = to.text,
                                     .from_json = from.json,
                                     .to_json = to.json,
                                     .span = declared->span,
                                     .refusal = DIAG_TABLE_DIFFERS,
                                     .recipe = new_table_recipe(sides, "keys"),
                                 });
    sides->out->other_key = true;
}

static const struct secondary_index *find_same(const struct table *table,
                                               const struct secondary_index *index)
{
    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].local == index->local &&
            str_eq(table->indexes[i].name, index->name)) {
            return &table->indexes[i];
        }
    }
    return NULL;
}

// What a part of an index becomes, or the whole; of a local one that is impossible
// (A064). `change` says what it was and is to be, index is either of its two.
static void add_part(const struct sides *sides, const struct secondary_index *index,
                     const char *member, struct table_change change)
{
    bool impossible = index->local || sides->declared->external;
    change.path = table_change_path(sides->out, index, member);
    change.kind = change.index == NULL        ? TABLE_CHANGE_INDEX_REMOVED
                  : change.live_index == NULL ? TABLE_CHANGE_INDEX_ADDED
                                              : TABLE_CHANGE_INDEX_REPLACED;
    change.destructive = change.live_index != NULL;
    if (impossible) {
        change.kind = TABLE_CHANGE_IMPOSSIBLE;
        change.destructive = false;
        change.refusal = DIAG_TABLE_DIFFERS;
        change.recipe = new_table_recipe(sides, "local indexes");
    }
    table_change_add(sides->out, change);
}

// True: it is the same index.
static bool diff_index_parts(const struct sides *sides,
                             const struct secondary_index *declared,
                             const struct secondary_index *live)
{
    bool same_key = keys_same(sides, &declared->key, &live->key);
    bool same_projection =
        sides->declared->external
            ? projection_gives(&live->projection, &declared->projection)
            : projections_same(&declared->projection, &live->projection);
    if (!same_key) {
        struct table_words from = table_words_key(sides->out, sides->live, &live->key);
        struct table_words to =
            table_words_key(sides->out, sides->declared, &declared->key);
        add_part(sides, declared, "key_schema",
                 (struct table_change){
                     .from = from.text,
                     .to = to.text,
                     .from_json = from.json,
                     .to_json = to.json,
                     .span = declared->key.span,
                     .index = declared,
                     .live_index = live,
                 });
    }
    if (!same_projection) {
        struct table_words from = table_words_projection(sides->out, &live->projection);
        struct table_words to =
            table_words_projection(sides->out, &declared->projection);
        add_part(sides, declared, "projection",
                 (struct table_change){
                     .from = from.text,
                     .to = to.text,
                     .from_json = from.json,
                     .to_json = to.json,
                     .span = declared->projection.span,
                     .index = declared,
                     .live_index = live,
                 });
    }
    return same_key && same_projection;
}

static struct span mode_span(const struct table *declared)
{
    return declared->billing_mode_span.source != NULL ? declared->billing_mode_span
                                                      : declared->span;
}

// A unit of capacity: what it is called, what it was and is to be; 0 is none.
struct unit_change {
    enum table_change_kind kind;
    const struct secondary_index *index; // NULL: of the table
    const struct secondary_index *live_index;
    bool of_replaced;
    const char *member;
    struct span span;
    int64_t from;
    int64_t to;
};

static void add_unit(const struct sides *sides, const struct unit_change *unit)
{
    if (unit->from == unit->to) {
        return;
    }
    table_change_add(sides->out, (struct table_change){
                                     .kind = unit->kind,
                                     .path = table_change_path(sides->out, unit->index,
                                                               unit->member),
                                     .from = table_change_units(sides->out, unit->from),
                                     .to = table_change_units(sides->out, unit->to),
                                     .span = unit->span,
                                     .index = unit->index,
                                     .live_index = unit->live_index,
                                     .of_replaced = unit->of_replaced,
                                 });
}

static void diff_units(const struct sides *sides, struct unit_change base,
                       const struct throughput *from, const struct throughput *to,
                       const char *read, const char *write)
{
    if (!to->set) {
        return;
    }
    base.span = to->span.source != NULL ? to->span : mode_span(sides->declared);
    base.member = read;
    base.from = from->read_units;
    base.to = to->read_units;
    add_unit(sides, &base);
    base.member = write;
    base.from = from->write_units;
    base.to = to->write_units;
    add_unit(sides, &base);
}

// What the declared mode has no place for goes with the other mode: it is nobody's to
// say, and is shown all the same.
static struct throughput in_mode(const struct throughput *declared, bool has_place)
{
    return has_place ? *declared : (struct throughput){.set = true};
}

static void diff_warm(const struct sides *sides, struct unit_change base,
                      const struct capacity *declared, const struct capacity *live)
{
    struct throughput warm =
        warm_reached(declared, live, sides->declared->billing_mode);
    struct throughput from = warm_reached(live, live, sides->live->billing_mode);
    struct throughput to = declared->warm; // A136: what is there may be more
    base.kind = TABLE_CHANGE_WARM;
    if (to.read_units <= warm.read_units) { // the mode, or the units, bring it
        from.read_units = to.read_units = 0;
    }
    if (to.write_units <= warm.write_units) {
        from.write_units = to.write_units = 0;
    }
    diff_units(sides, base, &from, &to, "warm_throughput.read_units_per_second",
               "warm_throughput.write_units_per_second");
}

static void note_untold_units(const struct sides *sides,
                              const struct secondary_index *index,
                              const struct capacity *declared,
                              const struct capacity *live)
{
    if (declared->on_demand.set && live->on_demand.untold) {
        note_untold(sides->out, index, "on_demand_throughput");
    }
    if (declared->warm.set && live->warm.untold) {
        note_untold(sides->out, index, "warm_throughput");
    }
}

// Of the table, or of an index.
static void diff_capacity(const struct sides *sides,
                          const struct secondary_index *declared_index,
                          const struct secondary_index *live_index, bool replaced)
{
    const struct capacity *declared =
        declared_index ? &declared_index->capacity : &sides->declared->capacity;
    const struct capacity *live =
        live_index ? &live_index->capacity : &sides->live->capacity;
    bool pays = sides->declared->billing_mode == BILLING_PAY_PER_REQUEST;
    bool paid = sides->live->billing_mode == BILLING_PAY_PER_REQUEST;
    struct throughput provisioned = in_mode(&declared->provisioned, !pays);
    struct throughput on_demand = in_mode(&declared->on_demand, pays);
    static const struct throughput NOTHING; // whatever is told of it
    struct unit_change base = {
        .index = declared_index, .live_index = live_index, .of_replaced = replaced};
    base.kind = TABLE_CHANGE_PROVISIONED;
    diff_units(sides, base, paid ? &NOTHING : &live->provisioned, &provisioned,
               "provisioned_throughput.read_capacity_units",
               "provisioned_throughput.write_capacity_units");
    base.kind = TABLE_CHANGE_ON_DEMAND;
    if (!live->on_demand.untold) {
        diff_units(sides, base, paid ? &live->on_demand : &NOTHING, &on_demand,
                   "on_demand_throughput.max_read_request_units",
                   "on_demand_throughput.max_write_request_units");
    }
    if (!live->warm.untold) {
        diff_warm(sides, base, declared, live);
    }
    note_untold_units(sides, declared_index, declared, live);
}

static void diff_index(const struct sides *sides,
                       const struct secondary_index *declared)
{
    const struct secondary_index *live = find_same(sides->live, declared);
    if (live == NULL) {
        struct table_words to =
            table_words_index(sides->out, sides->declared, declared, false);
        add_part(sides, declared, "",
                 (struct table_change){
                     .to = to.text,
                     .to_json = to.json,
                     .span = declared->span,
                     .index = declared,
                 });
        // It has its capacity from the call that makes it.
        insights_diff(sides->out, declared, NULL, false);
        return;
    }
    bool replaced = !diff_index_parts(sides, declared, live) && !declared->local;
    diff_capacity(sides, declared, live, replaced);
    insights_diff(sides->out, declared, live, replaced);
    if (replaced) {
        index_carry_note(sides->out, declared, live, sides->declared, sides->live);
    }
}

static void diff_indexes(const struct sides *sides)
{
    for (size_t i = 0; i < sides->declared->index_count; i++) {
        diff_index(sides, &sides->declared->indexes[i]);
    }
    for (size_t i = 0; i < sides->live->index_count; i++) {
        const struct secondary_index *live = &sides->live->indexes[i];
        if (find_same(sides->declared, live) == NULL) {
            struct table_words from =
                table_words_index(sides->out, sides->live, live, true);
            add_part(sides, live, "",
                     (struct table_change){
                         .from = from.text,
                         .from_json = from.json,
                         .span = sides->declared->span,
                         .live_index = live,
                     });
        }
    }
}

// Of a table that others made: the indexes that are needed. What else it has is theirs.
static void diff_needs(const struct sides *sides)
{
    for (size_t i = 0; i < sides->declared->index_count; i++) {
        const struct secondary_index *needed = &sides->declared->indexes[i];
        const struct secondary_index *live = find_same(sides->live, needed);
        if (live != NULL) {
            (void)diff_index_parts(sides, needed, live); // what differs is added
            continue;
        }
        struct table_words to =
            table_words_index(sides->out, sides->declared, needed, false);
        add_part(sides, needed, "",
                 (struct table_change){
                     .to = to.text,
                     .to_json = to.json,
                     .span = needed->span,
                     .index = needed,
                 });
    }
}

static void diff_billing_mode(const struct sides *sides)
{
    const struct table *declared = sides->declared;
    if (declared->billing_mode == sides->live->billing_mode) {
        return;
    }
    table_change_add(sides->out, (struct table_change){
                                     .kind = TABLE_CHANGE_BILLING_MODE,
                                     .path = STR("billing_mode"),
                                     .from = BILLING_NAMES[sides->live->billing_mode],
                                     .to = BILLING_NAMES[declared->billing_mode],
                                     .span = mode_span(declared),
                                 });
}

void table_diff(struct table_diff *out, const struct table *declared,
                const struct table *live, struct arena *arena)
{
    *out = (struct table_diff){.arena = arena};
    struct sides sides = {out, declared, live};
    diff_key(&sides);
    if (declared->external) {
        diff_needs(&sides);
        return;
    }
    diff_indexes(&sides);
    diff_billing_mode(&sides);
    diff_capacity(&sides, NULL, NULL, false);
    settings_diff(out, declared, live);
}

// What a table has that CreateTable is given the bare minimum for.
static struct table bare(const struct table *declared)
{
    struct table table = {
        .name = declared->name,
        .attributes = declared->attributes,
        .attribute_count = declared->attribute_count,
        .key = declared->key,
        .billing_mode = declared->billing_mode,
    };
    table.settings = (struct table_settings){
        .stream.state = SETTING_DISABLED,
        .sse.state = SETTING_DISABLED,
        .table_class = TABLE_CLASS_STANDARD,
        .deletion_protection = SETTING_DISABLED,
        .time_to_live.state = SETTING_DISABLED,
        .point_in_time_recovery.state = SETTING_DISABLED,
        .contributor_insights.state = SETTING_DISABLED,
        .tags_said = true,
        .resource_policy_said = true,
    };
    return table;
}

void table_diff_new(struct table_diff *out, const struct table *declared,
                    struct arena *arena)
{
    struct table *live = arena_alloc(arena, sizeof *live);
    struct sides sides = {out, declared, live};
    *live = bare(declared);
    *out = (struct table_diff){.arena = arena};
    struct table_words key = table_words_key(out, declared, &declared->key);
    table_change_add(out, (struct table_change){
                              .kind = TABLE_CHANGE_KEY,
                              .path = STR("key_schema"),
                              .to = key.text,
                              .to_json = key.json,
                              .span = declared->key.span,
                          });
    table_change_add(out, (struct table_change){
                              .kind = TABLE_CHANGE_BILLING_MODE,
                              .path = STR("billing_mode"),
                              .to = BILLING_NAMES[declared->billing_mode],
                              .span = declared->span,
                          });
    diff_indexes(&sides);
    diff_capacity(&sides, NULL, NULL, false);
    settings_diff(out, declared, live);
    for (size_t i = 0; i < out->count; i++) {
        struct table_change *change = &out->changes[i];
        change->sign = '+';
        change->from = (struct str){0}; // not even a default is there yet
        change->from_json = (struct str){0};
        if (change->kind == TABLE_CHANGE_IMPOSSIBLE) { // comes with the table
            change->kind = TABLE_CHANGE_INDEX_ADDED;
        }
    }
    out->impossible = 0;
}

bool table_diff_replaces(const struct table *declared, const struct table *live,
                         const struct secondary_index *index)
{
    struct sides sides = {.declared = declared, .live = live};
    const struct secondary_index *there = find_same(live, index);
    return there != NULL && !(keys_same(&sides, &index->key, &there->key) &&
                              projections_same(&index->projection, &there->projection));
}

bool table_diff_touches(const struct table_diff *diff,
                        const struct secondary_index *index)
{
    for (size_t i = 0; i < diff->count; i++) {
        if (diff->changes[i].index == index) {
            return true;
        }
    }
    return false;
}

bool table_diff_check(const struct table_diff *diff, const struct table *declared,
                      struct diags *diags)
{
    for (size_t i = 0; i < diff->count; i++) {
        const struct table_change *change = &diff->changes[i];
        if (change->kind != TABLE_CHANGE_IMPOSSIBLE) {
            continue;
        }
        struct diag *diag = diag_add(
            diags, change->refusal, change->span, "%.*s of table %s: %s there, %s here",
            STR_ARG(change->path), diag_quote(diags, declared->name),
            change->from.at ? diag_quote(diags, change->from) : "nothing",
            change->to.at ? diag_quote(diags, change->to) : "nothing");
        diag_help(diags, diag, "%.*s", STR_ARG(change->recipe));
    }
    return diff->impossible == 0;
}
