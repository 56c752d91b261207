// A verified table to the JSON of CreateTable, members in the order of the API's
// reference.
#include "request.h"

#include "json_write.h"

static void write_attributes(struct buf *out, const struct table *table)
{
    for (size_t i = 0; i < table->attribute_count; i++) {
        buf_puts(out, i > 0 ? ",{\"AttributeName\":" : "{\"AttributeName\":");
        json_put_string(out, table->attributes[i].name);
        buf_printf(out, ",\"AttributeType\":\"%c\"}", table->attributes[i].type);
    }
}

static void write_key(struct buf *out, const struct key_schema *key)
{
    size_t count = key->hash_count + key->range_count;
    buf_puts(out, "\"KeySchema\":[");
    for (size_t i = 0; i < count; i++) {
        bool hash = i < key->hash_count;
        buf_puts(out, i > 0 ? ",{\"AttributeName\":" : "{\"AttributeName\":");
        json_put_string(out, hash ? key->hash[i].name
                                  : key->range[i - key->hash_count].name);
        buf_puts(out, hash ? ",\"KeyType\":\"HASH\"}" : ",\"KeyType\":\"RANGE\"}");
    }
    buf_char(out, ']');
}

static void write_projection(struct buf *out, const struct projection *projection)
{
    static const char *const TYPES[] = {"ALL", "KEYS_ONLY", "INCLUDE"};
    buf_printf(out, ",\"Projection\":{\"ProjectionType\":\"%s\"",
               TYPES[projection->type]);
    if (projection->type == PROJECTION_INCLUDE) {
        buf_puts(out, ",\"NonKeyAttributes\":[");
        for (size_t i = 0; i < projection->count; i++) {
            buf_puts(out, i > 0 ? "," : "");
            json_put_string(out, projection->names[i].name);
        }
        buf_char(out, ']');
    }
    buf_char(out, '}');
}

static void write_throughput(struct buf *out, const struct throughput *throughput)
{
    if (throughput->set) {
        buf_printf(out,
                   ",\"ProvisionedThroughput\":{\"ReadCapacityUnits\":%lld,"
                   "\"WriteCapacityUnits\":%lld}",
                   (long long)throughput->read_capacity_units,
                   (long long)throughput->write_capacity_units);
    }
}

static void write_indexes(struct buf *out, const struct table *table, bool local)
{
    bool first = true;
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        if (index->local != local) {
            continue;
        }
        if (first) {
            buf_puts(out, local ? ",\"LocalSecondaryIndexes\":["
                                : ",\"GlobalSecondaryIndexes\":[");
        }
        buf_puts(out, first ? "{\"IndexName\":" : ",{\"IndexName\":");
        first = false;
        json_put_string(out, index->name);
        buf_char(out, ',');
        write_key(out, &index->key);
        write_projection(out, &index->projection);
        write_throughput(out, &index->throughput);
        buf_char(out, '}');
    }
    if (!first) {
        buf_char(out, ']');
    }
}

void request_write_create_table(struct buf *out, const struct table *table)
{
    buf_puts(out, "{\"TableName\":");
    json_put_string(out, table->name);
    buf_puts(out, ",\"AttributeDefinitions\":[");
    write_attributes(out, table);
    buf_puts(out, "],");
    write_key(out, &table->key);
    write_indexes(out, table, true);
    write_indexes(out, table, false);
    buf_printf(out, ",\"BillingMode\":\"%s\"",
               table->billing_mode == BILLING_PROVISIONED ? "PROVISIONED"
                                                          : "PAY_PER_REQUEST");
    write_throughput(out, &table->throughput);
    buf_char(out, '}');
}
