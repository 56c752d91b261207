// Live items enter, one by one; counts leave.
#include "coverage.h"

#include "die.h"
#include "entity_keys.h"
#include "item_print.h"
#include "map.h"
#include "print_table.h"

#include <stdlib.h>
#include <string.h>

#define FORMER_MAX 64 // entities that the definition has no more, told apart

// An item that is declared, or changes, by the fingerprint of its key.
struct known_item {
    struct uuid key; // first: it is what print_table finds
    uint32_t entity; // its number in entities
    enum coverage_kind kind;
};

struct coverage {
    const struct unit *unit;
    struct item_printer *printer;
    struct print_table known;
    struct entity_keys *keys;
    struct arena arena;
    struct coverage_entity *entities; // entity_count of them
    size_t entity_count;
    struct map beginnings; // a text that is equal for equal ones to that one
    struct buf text;
    uint64_t rest; // items of other beginnings
    uint64_t items;
};

struct coverage *coverage_new(const struct compilation *compilation,
                              const struct unit *unit)
{
    struct coverage *coverage = calloc(1, sizeof *coverage);
    if (coverage == NULL) {
        die("out of memory");
    }
    coverage->unit = unit;
    coverage->printer = item_printer_new(&unit->definition.table);
    coverage->keys = entity_keys_new(compilation, unit);
    print_table_init(&coverage->known, sizeof(struct known_item));
    map_init(&coverage->beginnings, &coverage->arena);
    buf_init(&coverage->text, SIZE_MAX);
    coverage->entities =
        arena_array(&coverage->arena, unit->program_count + 1 + FORMER_MAX,
                    sizeof *coverage->entities);
    coverage->entity_count = unit->program_count + 1;
    for (size_t i = 0; i < unit->program_count; i++) {
        coverage->entities[i].name = unit->programs[i].entity->name;
    }
    return coverage;
}

void coverage_free(struct coverage *coverage)
{
    if (coverage != NULL) {
        item_printer_free(coverage->printer);
        entity_keys_free(coverage->keys);
        print_table_deinit(&coverage->known);
        arena_deinit(&coverage->arena);
        buf_deinit(&coverage->text);
        free(coverage);
    }
}

// ---- what is known of them

static size_t entity_of(const struct coverage *coverage, const struct program *program)
{
    return program == NULL ? coverage->unit->program_count
                           : (size_t)(program - coverage->unit->programs);
}

// By its name: of items that are ours by what was applied the definition may have it no
// more.
static size_t entity_named(struct coverage *coverage, struct str name)
{
    size_t plain = coverage->unit->program_count;
    for (size_t i = 0; i < coverage->entity_count; i++) {
        if (str_eq(coverage->entities[i].name, name)) {
            return i;
        }
    }
    if (coverage->entity_count > plain + FORMER_MAX) {
        return plain;
    }
    coverage->entities[coverage->entity_count].name = arena_str(&coverage->arena, name);
    return coverage->entity_count++;
}

static void know(struct coverage *coverage, const struct uuid *key, size_t entity,
                 enum coverage_kind kind)
{
    bool added = false;
    struct known_item *known = print_table_add(&coverage->known, key, &added);
    known->entity = (uint32_t)entity;
    known->kind = kind;
}

static bool take_declared(void *context, const struct item *item,
                          const struct item_identity *identity)
{
    struct coverage *coverage = context;
    struct item_print print;
    if (!item_print_take(&print, coverage->printer, item)) {
        die("an item that was emitted has no key");
    }
    know(coverage, &print.key, entity_of(coverage, identity->program),
         COVERAGE_AS_DECLARED);
    return true;
}

struct item_sink coverage_declared(struct coverage *coverage)
{
    return (struct item_sink){take_declared, coverage};
}

void coverage_note(struct coverage *coverage, const struct item_change *change)
{
    static const enum coverage_kind KINDS[ITEM_CHANGE_KINDS] = {
        [ITEM_CHANGED] = COVERAGE_OTHERWISE, [ITEM_MOVED] = COVERAGE_MOVED,
        [ITEM_STALE] = COVERAGE_STALE,       [ITEM_THEIRS] = COVERAGE_THEIRS,
        [ITEM_CONFLICT] = COVERAGE_THEIRS,
    };
    struct item_print print;
    const char *why = NULL;
    if (change->kind != ITEM_ADDED && change->live.len > 0 &&
        item_print_read(&print, coverage->printer, change->live, &why)) {
        know(coverage, &print.key, entity_named(coverage, change->entity),
             KINDS[change->kind]);
    }
}

// ---- what nobody knows

static void put_beginning(struct buf *out, const struct key_beginning *beginning)
{
    buf_char(out, (char)('a' + beginning->kind));
    buf_put(out, beginning->text);
    buf_char(out, '\0');
}

static void note_beginning(struct coverage *coverage, const struct item_print *item,
                           bool hash_known)
{
    const struct key_schema *key = &coverage->unit->definition.table.key;
    struct coverage_beginning one = {
        .hash = key_beginning_of(item_print_get(item, key->hash[0].name)->value),
        .ranged = hash_known && key->range_count > 0,
        .count = 1,
    };
    buf_reset(&coverage->text);
    put_beginning(&coverage->text, &one.hash);
    if (one.ranged) {
        one.range = key_beginning_of(item_print_get(item, key->range[0].name)->value);
        put_beginning(&coverage->text, &one.range);
    }
    struct coverage_beginning *known =
        map_find(&coverage->beginnings, buf_str(&coverage->text));
    if (known != NULL) {
        known->count++;
        return;
    }
    if (coverage->beginnings.count == COVERAGE_BEGINNINGS_MAX) {
        coverage->rest++;
        return;
    }
    known = arena_alloc(&coverage->arena, sizeof *known);
    *known = one;
    known->hash.text = arena_str(&coverage->arena, one.hash.text);
    known->range.text = arena_str(&coverage->arena, one.range.text);
    struct str text = arena_str(&coverage->arena, buf_str(&coverage->text));
    map_add(&coverage->beginnings, text, NULL)->value = known;
}

bool coverage_take(struct coverage *coverage, struct str json, const char **why)
{
    struct item_print item;
    if (!item_print_read(&item, coverage->printer, json, why)) {
        return false;
    }
    const struct known_item *known = print_table_find(&coverage->known, &item.key);
    coverage->items++;
    if (known != NULL) {
        coverage->entities[known->entity].counts[known->kind]++;
        return true;
    }
    bool hash_known = false;
    const struct program *program =
        entity_keys_find(&hash_known, coverage->keys, &item);
    if (program != NULL) {
        size_t entity = entity_of(coverage, program);
        coverage->entities[entity].counts[COVERAGE_OTHERS]++;
    } else {
        note_beginning(coverage, &item, hash_known);
    }
    return true;
}

// ---- what came of it

uint64_t coverage_items(const struct coverage *coverage)
{
    return coverage->items;
}

const struct coverage_entity *coverage_entities(size_t *count,
                                                const struct coverage *coverage)
{
    *count = coverage->entity_count;
    return coverage->entities;
}

static int compare_keys(const struct key_beginning *a, const struct key_beginning *b)
{
    int order = str_cmp(a->text, b->text);
    return order != 0 ? order : (int)a->kind - (int)b->kind;
}

static int compare(const void *left, const void *right)
{
    const struct coverage_beginning *a = left;
    const struct coverage_beginning *b = right;
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    int order = compare_keys(&a->hash, &b->hash);
    return order != 0 ? order : compare_keys(&a->range, &b->range);
}

const struct coverage_beginning *coverage_beginnings(size_t *count, uint64_t *rest,
                                                     struct coverage *coverage)
{
    struct coverage_beginning *all =
        arena_array(&coverage->arena, coverage->beginnings.count, sizeof *all);
    *count = coverage->beginnings.count;
    *rest = coverage->rest;
    for (size_t i = 0; i < *count; i++) {
        const struct coverage_beginning *one = coverage->beginnings.entries[i].value;
        all[i] = *one;
    }
    qsort(all, *count, sizeof *all, compare);
    return all;
}
