// Items to fingerprints. JSON enters, canonical text is hashed.
#include "imprint.h"

#include "canon.h"
#include "die.h"
#include "json_write.h"
#include "value_json.h"

#include <stdlib.h>

#define TEXT_MAX_BYTES ((size_t)16 << 20)

struct imprinter {
    const struct table *table;
    struct uuid_hasher *hasher;
    struct arena scratch; // of one item
    struct buf text;
};

struct imprinter *imprinter_new(const struct table *table)
{
    struct imprinter *imprinter = calloc(1, sizeof *imprinter);
    if (imprinter == NULL) {
        die("out of memory");
    }
    imprinter->table = table;
    imprinter->hasher = uuid_hasher_new(&UUID_CONVERSATION_NAMESPACE);
    buf_init(&imprinter->text, TEXT_MAX_BYTES);
    return imprinter;
}

void imprinter_free(struct imprinter *imprinter)
{
    if (imprinter == NULL) {
        return;
    }
    uuid_hasher_free(imprinter->hasher);
    buf_deinit(&imprinter->text);
    arena_deinit(&imprinter->scratch);
    free(imprinter);
}

bool imprint_read(struct imprint *out, struct imprinter *imprinter, struct str json,
                  const char **why)
{
    arena_reset(&imprinter->scratch);
    buf_reset(&imprinter->text);
    if (!value_json_read_item(&out->entries, &out->count, json, &imprinter->scratch,
                              why)) {
        return false;
    }
    if (!canon_put_key(&imprinter->text, imprinter->table, out->entries, out->count)) {
        *why = "it lacks the table's key";
        return false;
    }
    out->key_text = arena_str(&imprinter->scratch, buf_str(&imprinter->text));
    out->key = uuid_hasher_v5(imprinter->hasher, out->key_text);
    return true;
}

struct uuid imprint_contents(struct imprinter *imprinter, const struct imprint *imprint)
{
    buf_reset(&imprinter->text);
    canon_put_item(&imprinter->text, imprint->entries, imprint->count,
                   &imprinter->scratch);
    return uuid_hasher_v5(imprinter->hasher, buf_str(&imprinter->text));
}

const struct value_entry *imprint_get(const struct imprint *imprint, struct str name)
{
    size_t i = 0;
    while (!str_eq(imprint->entries[i].name, name)) {
        i++; // it was read: it has its keys
    }
    return &imprint->entries[i];
}

static void put_entry(struct buf *out, const struct value_entry *entry)
{
    json_put_string(out, entry->name);
    buf_char(out, ':');
    value_write(out, entry->value);
}

void imprint_write_key(struct buf *out, const struct imprinter *imprinter,
                       const struct imprint *imprint)
{
    const struct key_schema *key = &imprinter->table->key;
    buf_char(out, '{');
    put_entry(out, imprint_get(imprint, key->hash[0].name));
    if (key->range_count > 0) {
        buf_char(out, ',');
        put_entry(out, imprint_get(imprint, key->range[0].name));
    }
    buf_char(out, '}');
}
