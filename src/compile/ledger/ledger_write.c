// Entries to bytes. In: one entry after the other. Out: records, each as short as what
// was said before allows.
#include "ledger_write.h"

#include "die.h"
#include "ledger_read.h"
#include "map.h"

#include <stdlib.h>

#define TEXT_MAX_BYTES ((size_t)1 << 20)

// A list of attributes' names, and the fingerprints of its entry before.
struct attribute_list {
    uint64_t number;
    uint64_t *prints;
};

struct ledger_writer {
    struct arena arena; // of what was said since the stream began
    struct map entities;
    struct map shapes; // by their records
    size_t remembered; // bytes, as the reader counts them
    bool begun;
    struct buf hash; // of the entry before
    struct buf range;
    struct buf text;
};

struct ledger_writer *ledger_writer_new(void)
{
    struct ledger_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        die("out of memory");
    }
    buf_init(&writer->hash, LEDGER_HASH_MAX);
    buf_init(&writer->range, LEDGER_RANGE_MAX);
    buf_init(&writer->text, TEXT_MAX_BYTES);
    return writer;
}

void ledger_writer_free(struct ledger_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    arena_deinit(&writer->arena);
    buf_deinit(&writer->hash);
    buf_deinit(&writer->range);
    buf_deinit(&writer->text);
    free(writer);
}

void ledger_writer_restart(struct ledger_writer *writer)
{
    writer->begun = false;
}

static void begin(struct ledger_writer *writer, struct buf *out)
{
    arena_reset(&writer->arena);
    map_init(&writer->entities, &writer->arena);
    map_init(&writer->shapes, &writer->arena);
    writer->remembered = 0;
    buf_reset(&writer->hash);
    buf_reset(&writer->range);
    writer->begun = true;
    buf_char(out, 'B');
}

static void put_number(struct buf *out, uint64_t number)
{
    while (number > 0x7F) {
        buf_char(out, (char)(0x80 | (number & 0x7F)));
        number >>= 7;
    }
    buf_char(out, (char)number);
}

static void put_text(struct buf *out, struct str text)
{
    put_number(out, text.len);
    buf_put(out, text);
}

static void put_bytes(struct buf *out, uint64_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        buf_char(out, (char)(value >> (8 * i)));
    }
}

// The number of an entity, which is said when it is new.
static uint64_t entity_number(struct ledger_writer *writer, struct buf *out,
                              struct str name)
{
    bool added = false;
    if (name.len == 0) {
        return 0;
    }
    const uint64_t *known = map_find(&writer->entities, name);
    if (known != NULL) {
        return *known;
    }
    uint64_t *number = arena_alloc(&writer->arena, sizeof *number);
    *number = writer->entities.count + 1;
    map_add(&writer->entities, arena_str(&writer->arena, name), &added)->value = number;
    writer->remembered += ledger_memory_of_entity(name.len);
    buf_char(out, 'E');
    put_text(out, name);
    return *number;
}

static struct attribute_list *find_shape(struct ledger_writer *writer, struct buf *out,
                                         const struct ledger_entry *entry)
{
    struct buf *text = &writer->text;
    buf_reset(text);
    buf_char(text, 'S');
    put_number(text, entry->count);
    for (size_t i = 0; i < entry->count; i++) {
        put_text(text, entry->attributes[i].name);
        buf_char(text, entry->attributes[i].on_create ? 1 : 0);
    }
    struct attribute_list *shape = map_find(&writer->shapes, buf_str(text));
    if (shape == NULL) {
        bool added = false;
        shape = arena_alloc(&writer->arena, sizeof *shape);
        *shape = (struct attribute_list){
            .number = writer->shapes.count + 1,
            .prints = arena_array(&writer->arena, entry->count, sizeof(uint64_t)),
        };
        map_add(&writer->shapes, arena_str(&writer->arena, buf_str(text)), &added)
            ->value = shape;
        writer->remembered += ledger_memory_of_shape(text->len, entry->count);
        buf_put(out, buf_str(text));
    }
    return shape;
}

static void put_key(struct buf *before, struct buf *out, struct str now)
{
    size_t common = 0;
    while (common < now.len && common < before->len &&
           now.at[common] == before->at[common]) {
        common++;
    }
    put_number(out, common);
    put_text(out, str_skip(now, common));
    buf_reset(before);
    buf_put(before, now);
}

static void put_prints(struct attribute_list *shape, struct buf *out,
                       const struct ledger_entry *entry)
{
    unsigned bits = 0;
    unsigned same = 0;
    for (size_t i = 0; i < entry->count; i++) {
        if (!entry->attributes[i].on_create) {
            same |= (shape->prints[i] == entry->attributes[i].print ? 1U : 0U) << bits;
            if (++bits == 8) {
                buf_char(out, (char)same);
                bits = 0;
                same = 0;
            }
        }
    }
    if (bits > 0) {
        buf_char(out, (char)same);
    }
    for (size_t i = 0; i < entry->count; i++) {
        uint64_t print = entry->attributes[i].print;
        if (!entry->attributes[i].on_create && shape->prints[i] != print) {
            put_bytes(out, print, LEDGER_PRINT_BYTES);
            shape->prints[i] = print;
        }
    }
}

void ledger_writer_put(struct ledger_writer *writer, struct buf *out,
                       const struct ledger_entry *entry)
{
    // Whatever comes: what is remembered stays under what the reader takes.
    if (!writer->begun || writer->remembered > LEDGER_MEMORY_MAX / 4) {
        begin(writer, out);
    }
    uint64_t entity = entity_number(writer, out, entry->entity);
    struct attribute_list *shape = find_shape(writer, out, entry);
    buf_char(out, entry->over ? 'O' : 'I');
    put_number(out, entity);
    put_number(out, shape->number);
    put_key(&writer->hash, out, entry->hash);
    put_key(&writer->range, out, entry->range);
    put_bytes(out, entry->identity, sizeof entry->identity);
    put_prints(shape, out, entry);
}
