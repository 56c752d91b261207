// Bytes to entries. A record that is not there whole is kept until the rest comes; none
// is longer than its lengths may be, so that is bounded.
#include "ledger_read.h"

#include "arena.h"
#include "buf.h"
#include "die.h"

#include <stdlib.h>
#include <string.h>

// The longest record is a shape: each name with its length and flag.
#define RECORD_MAX ((size_t)4 << 20)

struct attribute_list {
    struct ledger_attribute *attributes; // count of them, prints of the entry before
    size_t count;
    size_t printed; // those that are not `on_create`
};

struct ledger_reader {
    struct arena arena; // of what was said since the stream began
    struct str *entities;
    size_t entity_count;
    size_t entity_cap;
    struct attribute_list *shapes;
    size_t shape_count;
    size_t shape_cap;
    size_t remembered;
    bool begun;
    bool failed;
    struct buf hash; // of the entry before
    struct buf range;
    struct buf rest; // of a record that is not there whole
};

struct ledger_reader *ledger_reader_new(void)
{
    struct ledger_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        die("out of memory");
    }
    buf_init(&reader->hash, LEDGER_HASH_MAX);
    buf_init(&reader->range, LEDGER_RANGE_MAX);
    buf_init(&reader->rest, SIZE_MAX);
    return reader;
}

void ledger_reader_free(struct ledger_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    arena_deinit(&reader->arena);
    buf_deinit(&reader->hash);
    buf_deinit(&reader->range);
    buf_deinit(&reader->rest);
    free(reader);
}

// ---- parts of a record

// A place in the bytes at hand. Once it is short or wrong it stays so.
struct cursor {
    const unsigned char *at;
    const unsigned char *end;
    bool is_short;   // the record goes on behind the end
    const char *why; // what is wrong with it
};

static bool is_fine(const struct cursor *cursor)
{
    return !cursor->is_short && cursor->why == NULL;
}

static void refuse(struct cursor *cursor, const char *why)
{
    if (is_fine(cursor)) {
        cursor->why = why;
    }
}

// n bytes, or NULL.
static const unsigned char *take_bytes(struct cursor *cursor, size_t n)
{
    if (!is_fine(cursor)) {
        return NULL;
    }
    if ((size_t)(cursor->end - cursor->at) < n) {
        cursor->is_short = true;
        return NULL;
    }
    const unsigned char *taken = cursor->at;
    cursor->at += n;
    return taken;
}

static unsigned take_byte(struct cursor *cursor)
{
    const unsigned char *byte = take_bytes(cursor, 1);
    return byte != NULL ? *byte : 0;
}

// At most `max`, which is under 2^56; 0 when it is not fine.
static size_t take_number(struct cursor *cursor, size_t max)
{
    uint64_t number = 0;
    unsigned byte = 0x80;
    for (unsigned bits = 0; (byte & 0x80) != 0 && is_fine(cursor); bits += 7) {
        byte = take_byte(cursor);
        number |= bits < 64 ? (uint64_t)(byte & 0x7F) << bits : 0;
        if (number > max || bits > 56) {
            refuse(cursor, "a number in it is too large");
        }
    }
    return is_fine(cursor) ? (size_t)number : 0;
}

static struct str take_text(struct cursor *cursor, size_t max)
{
    size_t len = take_number(cursor, max);
    const unsigned char *bytes = take_bytes(cursor, len);
    return bytes != NULL ? (struct str){(const char *)bytes, len} : (struct str){0};
}

static uint64_t take_little(struct cursor *cursor, unsigned count)
{
    const unsigned char *bytes = take_bytes(cursor, count);
    uint64_t value = 0;
    for (unsigned i = 0; bytes != NULL && i < count; i++) {
        value |= (uint64_t)bytes[i] << (8 * i);
    }
    return value;
}

// ---- records

static void read_begin(struct ledger_reader *reader)
{
    arena_reset(&reader->arena);
    reader->entities = NULL;
    reader->entity_count = 0;
    reader->entity_cap = 0;
    reader->shapes = NULL;
    reader->shape_count = 0;
    reader->shape_cap = 0;
    reader->remembered = 0;
    buf_reset(&reader->hash);
    buf_reset(&reader->range);
    reader->begun = true;
}

// Room for so many bytes more.
static bool remember(struct ledger_reader *reader, struct cursor *cursor, size_t bytes)
{
    if (is_fine(cursor)) {
        reader->remembered += bytes;
        if (reader->remembered > LEDGER_MEMORY_MAX) {
            refuse(cursor, "it says too many names");
        }
    }
    return is_fine(cursor);
}

static void read_entity(struct ledger_reader *reader, struct cursor *cursor)
{
    struct str name = take_text(cursor, LEDGER_NAME_MAX);
    if (!remember(reader, cursor, ledger_memory_of_entity(name.len))) {
        return;
    }
    reader->entities = arena_grow(&reader->arena, reader->entities,
                                  reader->entity_count, reader->entity_count + 1,
                                  &reader->entity_cap, sizeof *reader->entities);
    reader->entities[reader->entity_count++] = arena_str(&reader->arena, name);
}

// Its record runs once to see that it is whole, then to be kept.
static void read_names(struct ledger_reader *reader, struct cursor *cursor,
                       struct attribute_list *shape, size_t count)
{
    for (size_t i = 0; i < count && is_fine(cursor); i++) {
        struct str name = take_text(cursor, LEDGER_NAME_MAX);
        unsigned flag = take_byte(cursor);
        if (flag > 1) {
            refuse(cursor, "a flag in it is none");
        }
        if (shape != NULL && is_fine(cursor)) {
            shape->attributes[i] = (struct ledger_attribute){
                .name = arena_str(&reader->arena, name), .on_create = flag == 1};
            shape->printed += flag == 0;
        }
    }
}

static void read_shape(struct ledger_reader *reader, struct cursor *cursor)
{
    const unsigned char *from = cursor->at;
    size_t count = take_number(cursor, LEDGER_SHAPE_MAX);
    struct cursor names = *cursor;
    read_names(reader, cursor, NULL, count);
    if (!remember(reader, cursor,
                  ledger_memory_of_shape((size_t)(cursor->at - from) + 1, count))) {
        return;
    }
    struct attribute_list shape = {
        .attributes = arena_array(&reader->arena, count, sizeof *shape.attributes),
        .count = count,
    };
    read_names(reader, &names, &shape, count);
    reader->shapes =
        arena_grow(&reader->arena, reader->shapes, reader->shape_count,
                   reader->shape_count + 1, &reader->shape_cap, sizeof *reader->shapes);
    reader->shapes[reader->shape_count++] = shape;
}

// The key's part, as far as it is otherwise than the one before.
struct key_rest {
    size_t common;
    struct str rest;
};

static struct key_rest take_key(struct cursor *cursor, const struct buf *before,
                                size_t max)
{
    struct key_rest part = {take_number(cursor, before->len), {0}};
    part.rest = take_text(cursor, max - part.common);
    return part;
}

static struct str put_key(struct buf *before, const struct key_rest *part)
{
    before->len = part->common;
    buf_put(before, part->rest);
    return buf_str(before);
}

static void read_prints(struct cursor *cursor, struct attribute_list *shape,
                        const unsigned char *same)
{
    size_t bit = 0;
    for (size_t i = 0; i < shape->count; i++) {
        if (shape->attributes[i].on_create) {
            continue;
        }
        if ((same[bit / 8] >> bit % 8 & 1) == 0) {
            shape->attributes[i].print = take_little(cursor, LEDGER_PRINT_BYTES);
        }
        bit++;
    }
}

// How many bytes of fingerprints follow.
static size_t prints_size(const struct attribute_list *shape, const unsigned char *same)
{
    size_t size = 0;
    for (size_t bit = 0; bit < shape->printed; bit++) {
        size += (same[bit / 8] >> bit % 8 & 1) == 0 ? LEDGER_PRINT_BYTES : 0;
    }
    return size;
}

// False: the sink said no.
static bool read_item(struct ledger_reader *reader, struct cursor *cursor, bool over,
                      const struct ledger_sink *to)
{
    size_t entity = take_number(cursor, reader->entity_count);
    size_t number = take_number(cursor, reader->shape_count);
    struct key_rest hash = take_key(cursor, &reader->hash, LEDGER_HASH_MAX);
    struct key_rest range = take_key(cursor, &reader->range, LEDGER_RANGE_MAX);
    uint64_t identity = take_little(cursor, sizeof identity);
    if (number == 0) {
        refuse(cursor, "an item in it has no shape");
    }
    if (!is_fine(cursor)) {
        return true;
    }
    struct attribute_list *shape = &reader->shapes[number - 1];
    const unsigned char *same = take_bytes(cursor, (shape->printed + 7) / 8);
    struct cursor prints = *cursor;
    if (same == NULL || take_bytes(cursor, prints_size(shape, same)) == NULL) {
        return true;
    }
    read_prints(&prints, shape, same);
    struct ledger_entry entry = {
        .hash = put_key(&reader->hash, &hash),
        .range = put_key(&reader->range, &range),
        .entity = entity > 0 ? reader->entities[entity - 1] : (struct str){0},
        .identity = identity,
        .attributes = shape->attributes,
        .count = shape->count,
        .over = over,
    };
    if (entry.hash.len == 0) {
        refuse(cursor, "an item in it has no key");
        return true;
    }
    return to->take(to->context, &entry);
}

// False: the sink said no.
static bool read_record(struct ledger_reader *reader, struct cursor *cursor,
                        const struct ledger_sink *to)
{
    unsigned kind = take_byte(cursor);
    if (kind != 'B' && !reader->begun) {
        refuse(cursor, "it does not begin as one");
        return true;
    }
    switch (kind) {
    case 'B':
        read_begin(reader);
        return true;
    case 'E':
        read_entity(reader, cursor);
        return true;
    case 'S':
        read_shape(reader, cursor);
        return true;
    case 'I':
    case 'O':
        return read_item(reader, cursor, kind == 'O', to);
    default:
        refuse(cursor, "a record in it is of no known kind");
        return true;
    }
}

// All records of the bytes that are whole; *used is how many bytes these are.
static bool read_records(struct ledger_reader *reader, struct str bytes, size_t *used,
                         const struct ledger_sink *to, const char **why)
{
    struct cursor cursor = {
        .at = (const unsigned char *)bytes.at,
        .end = (const unsigned char *)bytes.at + bytes.len,
    };
    *used = 0;
    while (cursor.at < cursor.end) {
        bool more = read_record(reader, &cursor, to);
        if (cursor.is_short) {
            break;
        }
        *why = cursor.why;
        if (cursor.why != NULL || !more) {
            return false;
        }
        *used = (size_t)(cursor.at - (const unsigned char *)bytes.at);
    }
    if (bytes.len - *used > RECORD_MAX) {
        *why = "a record in it is too long";
        return false;
    }
    return true;
}

bool ledger_reader_feed(struct ledger_reader *reader, struct str bytes,
                        const struct ledger_sink *to, const char **why)
{
    size_t used = 0;
    struct buf *rest = &reader->rest;
    *why = "it could not be read";
    if (reader->failed || bytes.len == 0) {
        return !reader->failed;
    }
    if (rest->len == 0) {
        reader->failed = !read_records(reader, bytes, &used, to, why);
        buf_put(rest, str_skip(bytes, used));
        return !reader->failed;
    }
    buf_put(rest, bytes);
    reader->failed = !read_records(reader, buf_str(rest), &used, to, why);
    memmove(rest->at, rest->at + used, rest->len - used);
    rest->len -= used;
    return !reader->failed;
}

bool ledger_reader_end(const struct ledger_reader *reader)
{
    return reader->rest.len == 0 && !reader->failed;
}
