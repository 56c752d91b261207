// Items to entries of the ledger. Values enter, fingerprints of their canonical texts
// leave.
#include "ledger_entry.h"

#include "canon.h"
#include "die.h"
#include "program.h"

#include <stdlib.h>

#define TEXT_MAX_BYTES ((size_t)16 << 20)
#define PRINT_MASK ((UINT64_C(1) << (8 * LEDGER_PRINT_BYTES)) - 1)

struct ledger_maker {
    const struct table *table;
    struct hash_seed seed;
    struct arena scratch; // of one item
    struct buf text;
};

struct ledger_maker *ledger_maker_new(const struct table *table,
                                      const struct hash_seed *seed)
{
    struct ledger_maker *maker = calloc(1, sizeof *maker);
    if (maker == NULL) {
        die("out of memory");
    }
    maker->table = table;
    maker->seed = *seed;
    buf_init(&maker->text, TEXT_MAX_BYTES);
    return maker;
}

void ledger_maker_free(struct ledger_maker *maker)
{
    if (maker == NULL) {
        return;
    }
    buf_deinit(&maker->text);
    arena_deinit(&maker->scratch);
    free(maker);
}

static uint64_t print_of(struct ledger_maker *maker, const struct value *value)
{
    buf_reset(&maker->text);
    canon_put_value(&maker->text, value, &maker->scratch);
    return hash_text(&maker->seed, buf_str(&maker->text)) & PRINT_MASK;
}

uint64_t ledger_maker_print(struct ledger_maker *maker, const struct value *value)
{
    arena_reset(&maker->scratch);
    return print_of(maker, value);
}

// ---- what an item was made for

uint64_t ledger_maker_identity(struct ledger_maker *maker, struct str entity,
                               const struct item_identity *identity)
{
    arena_reset(&maker->scratch);
    buf_reset(&maker->text);
    made_for_put(&maker->text, maker->table, entity, identity, &maker->scratch);
    return hash_text(&maker->seed, buf_str(&maker->text));
}

uint64_t ledger_maker_identity_of(struct ledger_maker *maker,
                                  const struct made_for *made_for)
{
    return hash_text(&maker->seed, made_for->of);
}

static void put_text(struct buf *out, struct str text)
{
    buf_uint(out, text.len);
    buf_char(out, ':');
    buf_put(out, text);
}

static uint64_t key_identity(struct ledger_maker *maker,
                             const struct ledger_entry *entry)
{
    buf_reset(&maker->text);
    buf_char(&maker->text, 'i');
    put_text(&maker->text, entry->hash);
    put_text(&maker->text, entry->range);
    return hash_text(&maker->seed, buf_str(&maker->text));
}

// ---- the whole entry

static bool is_on_create(const struct program *program, struct str name)
{
    const struct entity *entity = program != NULL ? program->entity : NULL;
    return entity != NULL && entity_is_on_create(entity, name);
}

void ledger_maker_make(struct ledger_entry *out, struct ledger_maker *maker,
                       const struct item_identity *identity,
                       const struct value_entry *entries, size_t count)
{
    const struct key_schema *key = &maker->table->key;
    const struct program *program = identity->program;
    *out = (struct ledger_entry){0};
    if (program != NULL) {
        out->entity = program->entity->name;
        out->identity = ledger_maker_identity(maker, out->entity, identity);
    }
    arena_reset(&maker->scratch);
    struct ledger_attribute *attributes =
        arena_array(&maker->scratch, count, sizeof *attributes);
    for (size_t i = 0; i < count; i++) {
        const struct value *value = entries[i].value;
        if (str_eq(entries[i].name, key->hash[0].name)) {
            out->hash = value->text;
        } else if (key->range_count > 0 &&
                   str_eq(entries[i].name, key->range[0].name)) {
            out->range = value->text;
        } else {
            bool given = is_on_create(program, entries[i].name);
            attributes[out->count++] = (struct ledger_attribute){
                entries[i].name, given ? 0 : print_of(maker, value), given};
        }
    }
    out->attributes = attributes;
    if (program == NULL) {
        out->identity = key_identity(maker, out);
    }
}

const struct ledger_attribute *ledger_entry_find(const struct ledger_entry *entry,
                                                 struct str name)
{
    for (size_t i = 0; i < entry->count; i++) {
        if (str_eq(entry->attributes[i].name, name)) {
            return &entry->attributes[i];
        }
    }
    return NULL;
}
