// Keys enter, requests leave. Items of conversations are read by their partitions: what
// is stale stands in them. Of all others only themselves are read.
#include "reads.h"

#include "json_write.h"

#define TEXT_MAX_BYTES ((size_t)16 << 20)
#define KEYS_IN_READ 100 // C040

void reads_init(struct reads *reads, const struct table *table, struct arena *arena)
{
    *reads = (struct reads){.table = table, .arena = arena};
    map_init(&reads->partitions, arena);
    buf_init(&reads->keys, TEXT_MAX_BYTES);
    buf_init(&reads->text, TEXT_MAX_BYTES);
}

void reads_deinit(struct reads *reads)
{
    buf_deinit(&reads->keys);
    buf_deinit(&reads->text);
}

static void add_read(struct reads *reads, bool keys, struct str members)
{
    reads->list = arena_grow(reads->arena, reads->list, reads->count, reads->count + 1,
                             &reads->cap, sizeof *reads->list);
    reads->list[reads->count++] =
        (struct reconcile_read){keys, arena_str(reads->arena, members)};
}

// "TableName":..., KeyConditionExpression and the rest, without the closing brace.
void reads_partition(struct reads *reads, const struct value *hash)
{
    if (map_find(&reads->partitions, hash->text) != NULL) {
        return;
    }
    struct str key = arena_str(reads->arena, hash->text);
    map_add(&reads->partitions, key, NULL)->value = reads; // any, to be found
    struct buf *out = &reads->text;
    buf_reset(out);
    buf_puts(out, "{\"TableName\":");
    json_put_string(out, reads->table->name);
    buf_puts(out, ",\"ConsistentRead\":true,\"KeyConditionExpression\":\"#h = :h\","
                  "\"ExpressionAttributeNames\":{\"#h\":");
    json_put_string(out, reads->table->key.hash[0].name);
    buf_puts(out, "},\"ExpressionAttributeValues\":{\":h\":");
    value_write(out, hash);
    buf_char(out, '}');
    add_read(reads, false, buf_str(out));
}

void reads_end(struct reads *reads)
{
    if (reads->key_count > 0) {
        buf_puts(&reads->keys, "],\"ConsistentRead\":true}");
        add_read(reads, true, buf_str(&reads->keys));
    }
    buf_reset(&reads->keys);
    reads->key_count = 0;
}

static void put_part(struct buf *out, struct str name, const struct value *value)
{
    json_put_string(out, name);
    buf_char(out, ':');
    value_write(out, value);
}

void reads_item(struct reads *reads, const struct value *hash,
                const struct value *range)
{
    const struct key_schema *key = &reads->table->key;
    struct buf *out = &reads->keys;
    if (map_find(&reads->partitions, hash->text) != NULL) {
        return;
    }
    if (reads->key_count == 0) {
        json_put_string(out, reads->table->name);
        buf_puts(out, ":{\"Keys\":[{");
    } else {
        buf_puts(out, ",{");
    }
    put_part(out, key->hash[0].name, hash);
    if (range != NULL) {
        buf_char(out, ',');
        put_part(out, key->range[0].name, range);
    }
    buf_char(out, '}');
    if (++reads->key_count == KEYS_IN_READ) {
        reads_end(reads);
    }
}
