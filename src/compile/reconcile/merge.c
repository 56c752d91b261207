// Three items enter, the one that is to be and what becomes of each attribute leave.
#include "merge.h"

#include "canon.h"

// What an attribute was.
struct was {
    bool is_known;
    bool there;
    uint64_t print;
};

static struct was was_in(const struct ledger_entry *entry, struct str name)
{
    const struct ledger_attribute *attribute = ledger_entry_find(entry, name);
    return (struct was){
        .is_known = attribute == NULL || !attribute->on_create,
        .there = attribute != NULL,
        .print = attribute != NULL ? attribute->print : 0,
    };
}

static bool was_value(const struct was *was, const struct value *value,
                      struct ledger_maker *maker)
{
    return value == NULL ? !was->there
                         : was->there && was->print == ledger_maker_print(maker, value);
}

static const struct value *value_of(const struct item *item, struct str name)
{
    const struct value_entry *entry = item != NULL ? item_find(item, name) : NULL;
    return entry != NULL ? entry->value : NULL;
}

// Of several entries what live has, else the last one's.
static struct was find_was(const struct known *known, struct str name,
                           const struct value *live, struct ledger_maker *maker)
{
    struct was was = {0};
    for (size_t i = 0; i < known->count; i++) {
        was = was_in(known->entries[i], name);
        if (was.is_known && was_value(&was, live, maker)) {
            break;
        }
    }
    return was;
}

static bool names(const struct entity *entity, struct str name)
{
    size_t i = 0;
    while (i < entity->count && !str_eq(entity->attributes[i].name, name)) {
        i++;
    }
    return i < entity->count;
}

// An attribute that was applied was ours.
static bool was_ours(const struct known *known, struct str name)
{
    bool ours = false;
    for (size_t i = 0; i < known->count && !ours; i++) {
        ours = ledger_entry_find(known->entries[i], name) != NULL;
    }
    return ours;
}

bool merge_counts(const struct known *known, const struct entity *entity,
                  struct str name)
{
    if (entity == NULL) {
        return true;
    }
    return !entity_is_on_create(entity, name) &&
           (!entity->keeps_others || names(entity, name) || known->is_live ||
            was_ours(known, name));
}

struct merger {
    const struct merge_input *input;
    struct merge *out;
    struct arena *arena;
};

static void want(struct merger *merger, struct str name, const struct value *value)
{
    struct item *wanted = &merger->out->wanted;
    if (value != NULL) {
        wanted->attributes[wanted->count++] = (struct value_entry){
            .name = name, .value = (struct value *)(uintptr_t)value};
    }
}

static struct attribute_verdict judge(const struct merger *merger, struct str name,
                                      const struct value *declared,
                                      const struct value *live)
{
    const struct merge_input *input = merger->input;
    struct attribute_ways ways = {
        .is_declared = declared != NULL && live != NULL
                           ? canon_equal(declared, live, merger->arena)
                           : declared == live,
        .is_live = live != NULL,
    };
    if (!ways.is_declared && input->known->is_live) {
        ways.is_known = true;
        ways.was_live = true;
    } else if (!ways.is_declared) {
        struct was was = find_was(input->known, name, live, input->maker);
        ways.is_known = input->known->count > 0 && was.is_known;
        ways.was_live = was_value(&was, live, input->maker);
        ways.was_declared = was_value(&was, declared, input->maker);
    }
    return attribute_decide(&ways, input->said);
}

// An attribute that live or the declaration has, or both.
static void merge_one(struct merger *merger, struct str name,
                      const struct value *declared, const struct value *live)
{
    struct merge *out = merger->out;
    struct attribute_verdict verdict = judge(merger, name, declared, live);
    if (!verdict.differs) {
        want(merger, name, declared);
        return;
    }
    out->attributes[out->attribute_count++] =
        (struct attribute_change){name, verdict.fate};
    out->loses = out->loses || verdict.loses;
    switch (verdict.fate) {
    case ATTRIBUTE_TAKEN:
    case ATTRIBUTE_RESTORED:
        out->taken++;
        want(merger, name, declared);
        break;
    case ATTRIBUTE_THEIRS:
        out->theirs++;
        out->as_declared = false;
        want(merger, name, live);
        break;
    case ATTRIBUTE_CONFLICT:
    default:
        out->conflicts++;
        want(merger, name, declared);
        break;
    }
}

// One that belongs to the application: what it has stays, and moves along. An item that
// moves and never had it gets it now.
static void keep(struct merger *merger, struct str name, const struct value *declared,
                 const struct value *live)
{
    const struct merge_input *input = merger->input;
    bool gives = live == NULL && input->moves && !was_ours(input->known, name);
    if (gives) {
        want(merger, name, declared);
    } else {
        merger->out->as_declared = false;
        want(merger, name, live);
    }
}

void merge_items(struct merge *out, const struct merge_input *input,
                 struct arena *arena)
{
    const struct item *declared = input->declared;
    const struct item *live = input->live;
    const struct key_schema *key = &input->table->key;
    size_t most = declared->count + live->count;
    struct merger merger = {input, out, arena};
    *out = (struct merge){
        .wanted = {.attributes = arena_array(arena, most, sizeof(struct value_entry))},
        .attributes = arena_array(arena, most, sizeof(struct attribute_change)),
        .as_declared = true,
    };
    for (size_t i = 0; i < declared->count; i++) {
        struct str name = declared->attributes[i].name;
        const struct value *value = declared->attributes[i].value;
        if (table_key_uses(key, name)) {
            want(&merger, name, value);
        } else if (input->entity != NULL && entity_is_on_create(input->entity, name)) {
            keep(&merger, name, value, value_of(live, name));
        } else {
            merge_one(&merger, name, value, value_of(live, name));
        }
    }
    for (size_t i = 0; i < live->count; i++) {
        struct str name = live->attributes[i].name;
        const struct value *value = live->attributes[i].value;
        if (table_key_uses(key, name) || item_find(declared, name) != NULL) {
            continue;
        }
        if (merge_counts(input->known, input->entity, name)) {
            merge_one(&merger, name, NULL, value);
        } else {
            keep(&merger, name, NULL, value);
        }
    }
}

// ---- what is not declared under its key

// Whether one attribute is as it was.
static bool is_as_it_was(const struct known *known, struct str name,
                         const struct value *live, struct ledger_maker *maker)
{
    struct was was = find_was(known, name, live, maker);
    return !was.is_known || was_value(&was, live, maker);
}

// The next attribute that others changed, of those of live and then those that it lost;
// *at begins at 0. False: there are no more.
static bool next_changed(struct str *name, size_t *at, const struct known *known,
                         const struct table *table, const struct entity *entity,
                         const struct item *live, struct ledger_maker *maker)
{
    const struct ledger_entry *base =
        known->count > 0 ? known->entries[known->count - 1] : NULL;
    size_t lost = base != NULL ? base->count : 0;
    while (*at < live->count + lost) {
        size_t i = (*at)++;
        bool is_lost = i >= live->count;
        *name =
            is_lost ? base->attributes[i - live->count].name : live->attributes[i].name;
        bool skip = table_key_uses(&table->key, *name) ||
                    (is_lost && item_find(live, *name) != NULL) ||
                    !merge_counts(known, entity, *name);
        if (!skip && !is_as_it_was(known, *name, value_of(live, *name), maker)) {
            return true;
        }
    }
    return false;
}

bool merge_is_as_it_was(const struct known *known, const struct table *table,
                        const struct entity *entity, const struct item *live,
                        struct ledger_maker *maker)
{
    struct str name;
    size_t at = 0;
    return known->is_live ||
           !next_changed(&name, &at, known, table, entity, live, maker);
}

void merge_landed(struct known *known, const struct table *table,
                  const struct entity *entity, const struct item *live,
                  struct ledger_maker *maker, struct arena *arena)
{
    const struct ledger_entry **landed =
        arena_array(arena, known->count, sizeof(struct ledger_entry *));
    size_t count = 0;
    for (size_t i = 0; i < known->count; i++) {
        struct known alone = {.entries = &known->entries[i], .count = 1};
        if (!known->entries[i]->over ||
            merge_is_as_it_was(&alone, table, entity, live, maker)) {
            landed[count++] = known->entries[i];
        }
    }
    known->entries = landed;
    known->count = count;
}

bool merge_is_covered(const struct known *known, const struct table *table,
                      const struct entity *entity, const struct item *live,
                      const struct item *other, struct ledger_maker *maker,
                      struct arena *arena)
{
    struct str name;
    size_t at = 0;
    bool covered = true;
    while (covered && !known->is_live &&
           next_changed(&name, &at, known, table, entity, live, maker)) {
        const struct value *here = value_of(live, name);
        const struct value *there = value_of(other, name);
        covered = here != NULL && there != NULL ? canon_equal(here, there, arena)
                                                : here == there;
    }
    return covered;
}

struct ledger_entry merge_entries(const struct known *known, const struct item *live,
                                  struct ledger_maker *maker, struct arena *arena)
{
    const struct ledger_entry *base = known->entries[known->count - 1];
    struct ledger_entry out = *base;
    size_t most = 0;
    for (size_t i = 0; i < known->count; i++) {
        most += known->entries[i]->count;
    }
    struct ledger_attribute *attributes = arena_array(arena, most, sizeof *attributes);
    out.attributes = attributes;
    out.count = 0;
    for (size_t i = 0; i < known->count; i++) {
        const struct ledger_entry *entry = known->entries[i];
        for (size_t k = 0; k < entry->count; k++) {
            struct ledger_attribute attribute = entry->attributes[k];
            struct was was =
                find_was(known, attribute.name, value_of(live, attribute.name), maker);
            attribute.print = was.print;
            if ((attribute.on_create || was.there) &&
                ledger_entry_find(&out, attribute.name) == NULL) {
                attributes[out.count++] = attribute;
            }
        }
    }
    return out;
}
