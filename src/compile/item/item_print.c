// Items to fingerprints. JSON or values enter, canonical text is hashed.
#include "item_print.h"

#include "canon.h"
#include "die.h"
#include "json_write.h"
#include "value_json.h"

#include <stdlib.h>

#define TEXT_MAX_BYTES ((size_t)16 << 20)

struct item_printer {
    const struct table *table;
    struct uuid_hasher *hasher;
    struct arena scratch; // of one item
    struct buf text;
};

struct item_printer *item_printer_new(const struct table *table)
{
    struct item_printer *printer = calloc(1, sizeof *printer);
    if (printer == NULL) {
        die("out of memory");
    }
    printer->table = table;
    printer->hasher = uuid_hasher_new(&UUID_CONVERSATION_NAMESPACE);
    buf_init(&printer->text, TEXT_MAX_BYTES);
    return printer;
}

void item_printer_free(struct item_printer *printer)
{
    if (printer == NULL) {
        return;
    }
    uuid_hasher_free(printer->hasher);
    buf_deinit(&printer->text);
    arena_deinit(&printer->scratch);
    free(printer);
}

static bool print_key(struct item_print *out, struct item_printer *printer)
{
    buf_reset(&printer->text);
    if (!canon_put_key(&printer->text, printer->table, out->entries, out->count)) {
        return false;
    }
    out->key_text = arena_str(&printer->scratch, buf_str(&printer->text));
    out->key = uuid_hasher_v5(printer->hasher, out->key_text);
    return true;
}

bool item_print_read(struct item_print *out, struct item_printer *printer,
                     struct str json, const char **why)
{
    arena_reset(&printer->scratch);
    if (!value_json_read_item(&out->entries, &out->count, json, &printer->scratch,
                              why)) {
        return false;
    }
    if (!print_key(out, printer)) {
        *why = "it lacks the table's key";
        return false;
    }
    return true;
}

bool item_print_take(struct item_print *out, struct item_printer *printer,
                     const struct item *item)
{
    arena_reset(&printer->scratch);
    out->entries = item->attributes;
    out->count = item->count;
    return print_key(out, printer);
}

struct uuid item_print_contents(struct item_printer *printer,
                                const struct item_print *print)
{
    buf_reset(&printer->text);
    canon_put_item(&printer->text, print->entries, print->count, &printer->scratch);
    return uuid_hasher_v5(printer->hasher, buf_str(&printer->text));
}

const struct value_entry *item_print_get(const struct item_print *print,
                                         struct str name)
{
    size_t i = 0;
    while (!str_eq(print->entries[i].name, name)) {
        i++; // it was read: it has its keys
    }
    return &print->entries[i];
}

static void put_entry(struct buf *out, const struct value_entry *entry)
{
    json_put_string(out, entry->name);
    buf_char(out, ':');
    value_write(out, entry->value);
}

void item_print_write_key(struct buf *out, const struct item_printer *printer,
                          const struct item_print *print)
{
    const struct key_schema *key = &printer->table->key;
    buf_char(out, '{');
    put_entry(out, item_print_get(print, key->hash[0].name));
    if (key->range_count > 0) {
        buf_char(out, ',');
        put_entry(out, item_print_get(print, key->range[0].name));
    }
    buf_char(out, '}');
}
