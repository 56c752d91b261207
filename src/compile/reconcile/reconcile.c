// Two readings of what is declared, and in between one of what was applied and of what is
// there: fingerprints first, so that all of it fits, and the items themselves only where
// they differ (changes.c).
#include "reconciler.h"

#include "die.h"
#include "number.h"
#include "utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX_BYTES ((size_t)16 << 20)

static bool has_mask(const struct entity *entity)
{
    return entity != NULL && (entity->on_create_count > 0 || entity->keeps_others);
}

struct reconciler *reconciler_new(struct compilation *compilation,
                                  const struct unit *unit)
{
    const struct table *table = &unit->definition.table;
    struct arena arena = {0};
    struct reconciler *reconciler = arena_alloc(&arena, sizeof *reconciler);
    *reconciler =
        (struct reconciler){.compilation = compilation, .unit = unit, .arena = arena};
    reconciler->seed = hash_seed_get();
    for (size_t i = 0; i < unit->program_count; i++) {
        reconciler->masks = reconciler->masks || has_mask(unit->programs[i].entity);
    }
    declared_init(&reconciler->declared);
    remembered_init(&reconciler->remembered);
    print_table_init(&reconciler->undeclared, sizeof(struct undeclared));
    print_table_init(&reconciler->unwritten, sizeof(struct unwritten));
    spool_init(&reconciler->spool);
    reconciler->printer = item_printer_new(table);
    buf_init(&reconciler->text, TEXT_MAX_BYTES);
    buf_init(&reconciler->live, TEXT_MAX_BYTES);
    buf_init(&reconciler->wanted, TEXT_MAX_BYTES);
    reads_init(&reconciler->reads, table, &reconciler->arena);
    map_init(&reconciler->orphans, &reconciler->arena);
    return reconciler;
}

void reconciler_free(struct reconciler *reconciler)
{
    if (reconciler == NULL) {
        return;
    }
    provenance_free(reconciler->provenance);
    declared_deinit(&reconciler->declared);
    remembered_deinit(&reconciler->remembered);
    print_table_deinit(&reconciler->undeclared);
    print_table_deinit(&reconciler->unwritten);
    spool_deinit(&reconciler->spool);
    ledger_maker_free(reconciler->maker);
    item_printer_free(reconciler->printer);
    buf_deinit(&reconciler->text);
    buf_deinit(&reconciler->live);
    buf_deinit(&reconciler->wanted);
    reads_deinit(&reconciler->reads);
    arena_deinit(&reconciler->scratch);
    free(reconciler->was);
    struct arena arena = reconciler->arena; // which the reconciler itself lives in
    arena_deinit(&arena);
}

void reconciler_ways(struct reconciler *reconciler, const struct three_ways *said)
{
    reconciler->said = *said;
}

void reconciler_seed(struct reconciler *reconciler, const struct hash_seed *seed)
{
    reconciler->seed = *seed;
}

struct ledger_maker *reconciler_maker(struct reconciler *reconciler)
{
    if (reconciler->maker == NULL) {
        reconciler->maker =
            ledger_maker_new(&reconciler->unit->definition.table, &reconciler->seed);
    }
    return reconciler->maker;
}

// ---- what is declared

static const struct value *key_value(const struct reconciler *reconciler,
                                     const struct item_print *item, bool range)
{
    const struct key_schema *key = &reconciler->unit->definition.table.key;
    if (range && key->range_count == 0) {
        return NULL;
    }
    return item_print_get(item, range ? key->range[0].name : key->hash[0].name)->value;
}

static void plan_read(struct reconciler *reconciler, const struct item_print *item,
                      const struct item_identity *identity)
{
    const struct value *hash = key_value(reconciler, item, false);
    if (identity->fixture->data != NULL) {
        reads_item(&reconciler->reads, hash, key_value(reconciler, item, true));
    } else {
        reads_partition(&reconciler->reads, hash);
    }
}

// The number of what made an item: 0 when nothing did.
static uint32_t program_number(const struct reconciler *reconciler,
                               const struct program *program)
{
    return program == NULL ? 0 : (uint32_t)(program - reconciler->unit->programs) + 1;
}

static const struct program *program_at(const struct reconciler *reconciler,
                                        uint32_t number)
{
    return number == 0 ? NULL : &reconciler->unit->programs[number - 1];
}

// Of all that counts in an item that the entity makes, or made.
static struct uuid contents_of(struct reconciler *reconciler,
                               const struct item_print *item,
                               const struct entity *entity, const struct known *known)
{
    if (!has_mask(entity)) {
        return item_print_contents(reconciler->printer, item);
    }
    struct item_print counted = *item;
    counted.entries =
        arena_array(&reconciler->scratch, item->count, sizeof *counted.entries);
    counted.count = 0;
    for (size_t i = 0; i < item->count; i++) {
        if (merge_counts(known, entity, item->entries[i].name)) {
            counted.entries[counted.count++] = item->entries[i];
        }
    }
    return item_print_contents(reconciler->printer, &counted);
}

static bool declare(void *context, const struct item *values,
                    const struct item_identity *identity)
{
    static const struct known NOTHING = {0};
    struct reconciler *reconciler = context;
    struct item_print item;
    if (!item_print_take(&item, reconciler->printer, values)) {
        die("an item that was verified lacks its key");
    }
    arena_reset(&reconciler->scratch);
    struct uuid contents =
        contents_of(reconciler, &item, entity_of(identity->program), &NOTHING);
    declared_add(&reconciler->declared, &item.key, &contents)->program =
        program_number(reconciler, identity->program);
    plan_read(reconciler, &item, identity);
    return true;
}

struct item_sink reconciler_declare(struct reconciler *reconciler)
{
    return (struct item_sink){declare, reconciler};
}

static bool note_former(void *context, const struct item *values,
                        const struct item_identity *identity)
{
    struct reconciler *reconciler = context;
    struct item_print item;
    if (identity->fixture->data == NULL &&
        item_print_take(&item, reconciler->printer, values)) {
        plan_read(reconciler, &item, identity);
    }
    return true;
}

struct item_sink reconciler_former(struct reconciler *reconciler)
{
    return (struct item_sink){note_former, reconciler};
}

size_t reconciler_reads(struct reconciler *reconciler, struct reconcile_read **reads)
{
    reads_end(&reconciler->reads);
    reconciler->has_read = true;
    *reads = reconciler->reads.list;
    return reconciler->reads.count;
}

// ---- what was applied

void reconciler_own_all(struct reconciler *reconciler)
{
    reconciler->owns_all = true;
}

// A key attribute's value again, of its text.
static struct value key_of_text(const struct table *table, struct str name,
                                struct str text)
{
    const struct attribute_definition *definition = table_find_attribute(table, name);
    return (struct value){
        .type = (uint8_t)(definition->type == 'N'   ? VALUE_N
                          : definition->type == 'B' ? VALUE_B
                                                    : VALUE_S),
        .text = text,
    };
}

// Where the entry of a declared item is kept.
static uint64_t *place_of(struct reconciler *reconciler,
                          const struct declared_item *declared)
{
    if (reconciler->was == NULL) {
        reconciler->was_count = reconciler->declared.items.count;
        reconciler->was = calloc(reconciler->was_count, sizeof *reconciler->was);
        if (reconciler->was == NULL) {
            die("out of memory for %zu items", reconciler->was_count);
        }
    }
    return &reconciler->was[declared_number(&reconciler->declared, declared)];
}

static uint64_t place_find(const struct reconciler *reconciler,
                           const struct declared_item *declared)
{
    return reconciler->was == NULL
               ? 0
               : reconciler->was[declared_number(&reconciler->declared, declared)];
}

// Whether a text can be a key attribute's: what comes from a file is asked for, and goes
// into requests.
static bool is_sound(const struct value *value)
{
    char number[NUMBER_TEXT_MAX];
    size_t len = 0;
    switch ((int)value->type) {
    case VALUE_N:
        return number_canonical(number, &len, value->text) == NUMBER_OK &&
               str_eq((struct str){number, len}, value->text);
    case VALUE_S:
        return value->text.len > 0 && utf8_check(value->text) == value->text.len;
    default:
        return value->text.len > 0;
    }
}

static bool remember(struct reconciler *reconciler, const struct ledger_entry *entry,
                     struct str json, const char **why)
{
    const struct table *table = &reconciler->unit->definition.table;
    const struct key_schema *key = &table->key;
    struct value hash = key_of_text(table, key->hash[0].name, entry->hash);
    struct value range = {0};
    struct value_entry entries[2] = {{.name = key->hash[0].name, .value = &hash}};
    struct item item = {.attributes = entries, .count = 1};
    struct item_print print;
    if (key->range_count > 0) {
        range = key_of_text(table, key->range[0].name, entry->range);
        entries[item.count++] =
            (struct value_entry){.name = key->range[0].name, .value = &range};
    }
    bool is_key = is_sound(&hash) &&
                  (key->range_count > 0 ? is_sound(&range) : entry->range.len == 0) &&
                  item_print_take(&print, reconciler->printer, &item);
    if (!is_key) {
        *why = "a key in it is none of the table's";
        return false;
    }
    struct declared_item *declared = declared_find(&reconciler->declared, &print.key);
    if (declared != NULL) {
        return remembered_put(&reconciler->remembered, place_of(reconciler, declared),
                              entry, json, why);
    }
    bool added = false;
    struct undeclared *other =
        print_table_add(&reconciler->undeclared, &print.key, &added);
    if (added) {
        reads_item(&reconciler->reads, &hash, key->range_count > 0 ? &range : NULL);
    }
    return remembered_put(&reconciler->remembered, &other->was, entry, json, why);
}

bool reconciler_was(struct reconciler *reconciler, const struct ledger_entry *entry,
                    const char **why)
{
    return remember(reconciler, entry, (struct str){0}, why);
}

void reconciler_noted(struct reconciler *reconciler)
{
    reconciler->remembered.noting = true;
}

// What an item was made for, where that can be told.
static bool prove(struct reconciler *reconciler, struct item_identity *identity,
                  const struct item_print *item)
{
    if (reconciler->provenance == NULL) {
        reconciler->provenance =
            provenance_new(reconciler->compilation, reconciler->unit);
    }
    *identity = (struct item_identity){0};
    return provenance_match(reconciler->provenance, identity, item->entries,
                            item->count);
}

bool reconciler_was_item(struct reconciler *reconciler, struct str json,
                         const struct made_for *made_for, const char **why)
{
    struct item_print item;
    struct item_identity identity = {0};
    struct ledger_entry entry;
    if (!item_print_read(&item, reconciler->printer, json, why)) {
        return false;
    }
    // What is under its key still is found by that.
    bool declared = declared_find(&reconciler->declared, &item.key) != NULL;
    bool proved = !declared && made_for == NULL && prove(reconciler, &identity, &item);
    ledger_maker_make(&entry, reconciler_maker(reconciler), &identity, item.entries,
                      item.count);
    if (made_for != NULL && made_for->entity.len > 0) {
        entry.entity = made_for->entity;
        entry.identity =
            ledger_maker_identity_of(reconciler_maker(reconciler), made_for);
    } else if (!proved) {
        entry.identity = 0;
    }
    return remember(reconciler, &entry, json, why);
}

bool reconciler_known(struct known *known, struct str *json,
                      struct reconciler *reconciler, uint64_t place,
                      const struct item *live, const struct entity *entity)
{
    struct remembered_entry *entries = NULL;
    size_t count = 0;
    *known = (struct known){.is_live = reconciler->owns_all};
    *json = (struct str){0};
    if (place == 0) {
        return true;
    }
    if (!remembered_get(&entries, &count, &reconciler->remembered, place,
                        &reconciler->scratch)) {
        diag_add(reconciler->compilation->diags, DIAG_FILE_READ, (struct span){0},
                 "cannot read a temporary file: %s", strerror(errno));
        return false;
    }
    const struct ledger_entry **list =
        arena_array(&reconciler->scratch, count, sizeof(struct ledger_entry *));
    for (size_t i = 0; i < count; i++) {
        list[i] = &entries[i].entry;
    }
    known->entries = list;
    known->count = count;
    known->noted = entries[count - 1].noted; // the oldest: bases come before notes
    *json = entries[count - 1].json;
    if (live != NULL) {
        merge_landed(known, &reconciler->unit->definition.table, entity, live,
                     reconciler_maker(reconciler), &reconciler->scratch);
    }
    return true;
}

// ---- what is there

static bool keep(struct kept_live *out, struct reconciler *reconciler, struct str json,
                 const struct item_print *item, const char **why)
{
    *out = (struct kept_live){
        .len = json.len,
        .contents = item_print_contents(reconciler->printer, item),
    };
    *why = "it cannot be kept in a temporary file (TMPDIR says in which folder)";
    return spool_put(&reconciler->spool, &out->at, json);
}

static bool note_different(struct reconciler *reconciler,
                           struct declared_item *declared, struct str json,
                           const struct item_print *item, const char **why)
{
    declared->state = DECLARED_DIFFERENT;
    declared->live = (uint32_t)reconciler->kept_count;
    reconciler->kept = arena_grow(&reconciler->arena, reconciler->kept,
                                  reconciler->kept_count, reconciler->kept_count + 1,
                                  &reconciler->kept_cap, sizeof *reconciler->kept);
    return keep(&reconciler->kept[reconciler->kept_count++], reconciler, json, item,
                why);
}

// The program of an entity's name, as it is or as it was.
static const struct program *find_program(const struct reconciler *reconciler,
                                          struct str name)
{
    const struct unit *unit = reconciler->unit;
    const struct program *found = NULL;
    for (size_t i = 0; i < unit->program_count && name.len > 0 && found == NULL; i++) {
        const struct entity *entity = unit->programs[i].entity;
        bool is_it = str_eq(entity->name, name) || str_eq(entity->was.name, name);
        found = is_it ? &unit->programs[i] : NULL;
    }
    return found;
}

// The program of the entity that made an item; of one that is declared no more the name
// stays, if it is one.
static void set_maker(struct orphan *orphan, struct reconciler *reconciler,
                      struct str entity)
{
    orphan->program = find_program(reconciler, entity);
    if (orphan->program == NULL && utf8_check(entity) == entity.len) {
        orphan->entity = arena_str(&reconciler->arena, entity);
    }
}

// Of an item that no entry is about: what it is known to be made for, or proves itself.
// False: it is somebody else's.
static bool find_unremembered(struct orphan *orphan, struct reconciler *reconciler,
                              const struct item_print *item,
                              const struct made_for *made_for)
{
    struct ledger_maker *maker = reconciler_maker(reconciler);
    struct item_identity identity;
    if (made_for != NULL) {
        if (made_for->entity.len > 0) {
            set_maker(orphan, reconciler, made_for->entity);
            orphan->identity = ledger_maker_identity_of(maker, made_for);
        }
        return true;
    }
    bool proved = prove(reconciler, &identity, item);
    if (proved) {
        orphan->program = identity.program;
        orphan->identity =
            ledger_maker_identity(maker, identity.program->entity->name, &identity);
    }
    return proved || reconciler->owns_all;
}

// Of one that was applied: what its entry says. False: it is somebody else's, or known
// already; or, with *why, it cannot be known.
static bool find_owner(struct orphan *orphan, struct reconciler *reconciler,
                       const struct item_print *item, const struct made_for *made_for,
                       const char **why)
{
    const struct table *table = &reconciler->unit->definition.table;
    struct ledger_maker *maker = reconciler_maker(reconciler);
    struct undeclared *entry = print_table_find(&reconciler->undeclared, &item->key);
    struct item live = {.attributes = item->entries, .count = item->count};
    struct known known;
    struct str json;
    *why = NULL;
    if (entry == NULL) {
        return find_unremembered(orphan, reconciler, item, made_for);
    }
    arena_reset(&reconciler->scratch);
    if (entry->is_seen) {
        return false;
    }
    entry->is_seen = true;
    if (!reconciler_known(&known, &json, reconciler, entry->was, NULL, NULL) ||
        known.count == 0) {
        *why = "what it was cannot be read";
        return false;
    }
    const struct program *program = find_program(reconciler, known.entries[0]->entity);
    const struct entity *entity = entity_of(program);
    merge_landed(&known, table, entity, &live, maker, &reconciler->scratch);
    if (known.count == 0) {
        return find_unremembered(orphan, reconciler, item, made_for);
    }
    orphan->was = entry->was;
    orphan->identity = known.entries[0]->identity;
    set_maker(orphan, reconciler, known.entries[0]->entity);
    orphan->is_theirs = !merge_is_as_it_was(&known, table, entity, &live, maker);
    return true;
}

static struct str identity_text(const uint64_t *identity)
{
    return (struct str){(const char *)identity, sizeof *identity};
}

static bool note_orphan(struct reconciler *reconciler, const struct item_print *item,
                        struct str json, const struct made_for *made_for,
                        const char **why)
{
    struct orphan found = {0};
    if (!find_owner(&found, reconciler, item, made_for, why)) {
        return *why == NULL;
    }
    struct orphan *orphan = arena_alloc(&reconciler->arena, sizeof *orphan);
    *orphan = found;
    orphan->key = arena_str(&reconciler->arena, item->key_text);
    if (!keep(&orphan->live, reconciler, json, item, why)) {
        return false;
    }
    uint64_t *identity = arena_alloc(&reconciler->arena, sizeof *identity);
    *identity = orphan->identity;
    struct map_entry *entry =
        map_add(&reconciler->orphans, identity_text(identity), NULL);
    orphan->next = entry->value;
    entry->value = orphan;
    reconciler->orphan_count++;
    return true;
}

bool reconciler_live(struct reconciler *reconciler, struct str json, const char **why)
{
    return reconciler_built(reconciler, json, NULL, why);
}

bool reconciler_built(struct reconciler *reconciler, struct str json,
                      const struct made_for *made_for, const char **why)
{
    struct item_print item;
    if (!item_print_read(&item, reconciler->printer, json, why)) {
        return false;
    }
    struct declared_item *declared = declared_find(&reconciler->declared, &item.key);
    if (declared == NULL) {
        return note_orphan(reconciler, &item, json, made_for, why);
    }
    const struct program *program = program_at(reconciler, declared->program);
    struct known known = {0};
    struct str was;
    if (reconciler->masks) {
        arena_reset(&reconciler->scratch);
        *why = "what it was cannot be read";
        struct item live = {.attributes = item.entries, .count = item.count};
        if (!reconciler_known(&known, &was, reconciler,
                              place_find(reconciler, declared), &live,
                              entity_of(program))) {
            return false;
        }
    }
    struct uuid contents = contents_of(reconciler, &item, entity_of(program), &known);
    if (uuid_eq(&contents, &declared->contents)) {
        reconciler->same_count += declared->state != DECLARED_SAME;
        declared->state = DECLARED_SAME;
        return true;
    }
    // It may be read twice.
    return declared->state != DECLARED_MISSING ||
           note_different(reconciler, declared, json, &item, why);
}

bool reconciler_declares(const struct reconciler *reconciler, struct str json)
{
    struct item_print item;
    const char *why = NULL;
    return item_print_read(&item, reconciler->printer, json, &why) &&
           declared_find(&reconciler->declared, &item.key) != NULL;
}

bool reconciler_differs(const struct reconciler *reconciler)
{
    return reconciler->same_count < reconciler->declared.items.count ||
           reconciler->orphan_count > 0;
}
