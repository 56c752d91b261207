// Two items enter, their differences leave, each at the deepest place that both have.
#include "plan_delta.h"

#include "canon.h"
#include "map.h"
#include "plan_list.h"

#define FEW 16 // found one by one

struct finder {
    struct plan_deltas *out;
    struct arena *arena;
};

static void add(struct finder *finder, const struct plan_step *at,
                const struct value *old, const struct value *new)
{
    struct plan_deltas *out = finder->out;
    if (out->count == DELTAS_MAX) {
        out->more++;
        return;
    }
    out->at = arena_grow(finder->arena, out->at, out->count, out->count + 1, &out->cap,
                         sizeof *out->at);
    out->at[out->count++] = (struct plan_delta){old == NULL   ? '+'
                                                : new == NULL ? '-'
                                                              : '~',
                                                at, old, new};
}

static const struct plan_step *step_to(struct finder *finder,
                                       const struct plan_step *before, struct str name,
                                       size_t index)
{
    struct plan_step *step = arena_alloc(finder->arena, sizeof *step);
    *step = (struct plan_step){before, name, index};
    return step;
}

// ---- names to entries

struct names {
    const struct plan_side *side;
    struct map map; // of many: name to its entry's place
    const struct value_entry **places;
};

static void names_init(struct names *names, const struct plan_side *side,
                       struct arena *arena)
{
    names->side = side;
    map_init(&names->map, arena);
    if (side->count <= FEW) {
        return;
    }
    names->places = arena_array(arena, side->count, sizeof(struct value_entry *));
    for (size_t i = 0; i < side->count; i++) {
        names->places[i] = &side->entries[i];
        map_add(&names->map, side->entries[i].name, NULL)->value = &names->places[i];
    }
}

const struct value_entry *plan_side_find(const struct plan_side *side, struct str name)
{
    for (size_t i = 0; i < side->count; i++) {
        if (str_eq(side->entries[i].name, name)) {
            return &side->entries[i];
        }
    }
    return NULL;
}

static const struct value_entry *find(const struct names *names, struct str name)
{
    if (names->side->count <= FEW) {
        return plan_side_find(names->side, name);
    }
    const struct value_entry *const *place = map_find(&names->map, name);
    return place == NULL ? NULL : *place;
}

// ---- values

static void compare(struct finder *finder, const struct plan_step *at,
                    const struct value *old, const struct value *new);

static void compare_entries(struct finder *finder, const struct plan_step *before,
                            const struct plan_side *old, const struct plan_side *new)
{
    struct names was = {0};
    struct names is = {0};
    names_init(&was, old, finder->arena);
    names_init(&is, new, finder->arena);
    for (size_t i = 0; i < new->count; i++) {
        const struct value_entry *entry = &new->entries[i];
        const struct value_entry *other = find(&was, entry->name);
        const struct plan_step *at = step_to(finder, before, entry->name, 0);
        if (other == NULL) {
            add(finder, at, NULL, entry->value);
        } else {
            compare(finder, at, other->value, entry->value);
        }
    }
    for (size_t i = 0; i < old->count; i++) {
        const struct value_entry *entry = &old->entries[i];
        if (find(&is, entry->name) == NULL) {
            add(finder, step_to(finder, before, entry->name, 0), entry->value, NULL);
        }
    }
}

// What is between two elements that stay: elements that change, then those that come,
// or go.
static void compare_between(struct finder *finder, const struct plan_step *before,
                            const struct value *old, const struct value *new,
                            struct list_match from, struct list_match to)
{
    static const struct str ELEMENT;
    while (from.new < to.new) {
        const struct plan_step *at = step_to(finder, before, ELEMENT, from.new);
        if (from.old < to.old) {
            compare(finder, at, old->items[from.old++], new->items[from.new ++]);
        } else {
            add(finder, at, NULL, new->items[from.new ++]);
        }
    }
    for (; from.old < to.old; from.old++) {
        add(finder, step_to(finder, before, ELEMENT, from.old), old->items[from.old],
            NULL);
    }
}

static void compare_items(struct finder *finder, const struct plan_step *before,
                          const struct value *old, const struct value *new)
{
    size_t count = 0;
    const struct list_match *stay = plan_list_match(&count, old, new, finder->arena);
    struct list_match from = {0, 0};
    for (size_t i = 0; i < count; i++) {
        compare_between(finder, before, old, new, from, stay[i]);
        from = (struct list_match){stay[i].old + 1, stay[i].new + 1};
    }
    compare_between(finder, before, old, new, from,
                    (struct list_match){old->count, new->count});
}

static void compare(struct finder *finder, const struct plan_step *at,
                    const struct value *old, const struct value *new)
{
    if (canon_equal(old, new, finder->arena)) {
        return;
    }
    if (old->type == VALUE_M && new->type == VALUE_M && old->count + new->count > 0) {
        struct plan_side was = {old->entries, old->count};
        struct plan_side is = {new->entries, new->count};
        compare_entries(finder, at, &was, &is);
    } else if (old->type == VALUE_L && new->type == VALUE_L) {
        compare_items(finder, at, old, new);
    } else {
        add(finder, at, old, new);
    }
}

void plan_deltas_find(struct plan_deltas *out, const struct plan_side *old,
                      const struct plan_side *new, struct arena *arena)
{
    struct finder finder = {out, arena};
    *out = (struct plan_deltas){0};
    compare_entries(&finder, NULL, old, new);
}

struct str plan_delta_attribute(const struct plan_delta *delta)
{
    const struct plan_step *step = delta->at;
    while (step->before != NULL) {
        step = step->before;
    }
    return step->name;
}

bool plan_delta_is_set(const struct plan_delta *delta)
{
    return delta->old != NULL && delta->new != NULL &&
           delta->old->type == delta->new->type && delta->old->type >= VALUE_SS &&
           delta->old->type <= VALUE_BS;
}

struct str *plan_delta_members(size_t *count, const struct value *from,
                               const struct value *than, struct arena *arena)
{
    struct map known;
    struct str *members = arena_array(arena, from->count, sizeof *members);
    map_init(&known, arena);
    for (size_t i = 0; i < than->count; i++) {
        map_add(&known, than->members[i], NULL)->value = &known; // any, to be found
    }
    *count = 0;
    for (size_t i = 0; i < from->count; i++) {
        if (map_find(&known, from->members[i]) == NULL) {
            members[(*count)++] = from->members[i];
        }
    }
    return members;
}
