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

// A comma, if something stands before it: *first is the state of that.
static void next_member(struct buf *out, bool *first)
{
    buf_puts(out, *first ? "" : ",");
    *first = false;
}

// ,"NAME":{"READ":1,"WRITE":2}, without what is not given.
static void write_units(struct buf *out, const struct throughput *throughput,
                        const char *name, const char *read, const char *write)
{
    bool first = true;
    if (!throughput->set || throughput_is_off(throughput)) {
        return;
    }
    buf_printf(out, ",\"%s\":{", name);
    if (throughput->read_units != 0) {
        next_member(out, &first);
        buf_printf(out, "\"%s\":%lld", read, (long long)throughput->read_units);
    }
    if (throughput->write_units != 0) {
        next_member(out, &first);
        buf_printf(out, "\"%s\":%lld", write, (long long)throughput->write_units);
    }
    buf_char(out, '}');
}

void request_write_provisioned(struct buf *out, const struct capacity *capacity)
{
    write_units(out, &capacity->provisioned, "ProvisionedThroughput",
                "ReadCapacityUnits", "WriteCapacityUnits");
}

static void write_on_demand(struct buf *out, const struct capacity *capacity)
{
    write_units(out, &capacity->on_demand, "OnDemandThroughput", "MaxReadRequestUnits",
                "MaxWriteRequestUnits");
}

static void write_warm(struct buf *out, const struct capacity *capacity)
{
    write_units(out, &capacity->warm, "WarmThroughput", "ReadUnitsPerSecond",
                "WriteUnitsPerSecond");
}

void request_write_index(struct buf *out, const struct secondary_index *index)
{
    buf_puts(out, "{\"IndexName\":");
    json_put_string(out, index->name);
    buf_char(out, ',');
    write_key(out, &index->key);
    write_projection(out, &index->projection);
    request_write_provisioned(out, &index->capacity);
    write_on_demand(out, &index->capacity);
    write_warm(out, &index->capacity);
    buf_char(out, '}');
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
        buf_puts(out, first ? "" : ",");
        first = false;
        request_write_index(out, index);
    }
    if (!first) {
        buf_char(out, ']');
    }
}

// A stream, or encryption with a key of KMS, that is disabled is what a new table has
// anyway: nothing is said of it.
void request_write_stream(struct buf *out, const struct stream_specification *stream)
{
    static const char *const VIEWS[] = {"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE",
                                        "NEW_AND_OLD_IMAGES"};
    if (stream->state == SETTING_ENABLED) {
        buf_printf(out,
                   ",\"StreamSpecification\":{\"StreamEnabled\":true,"
                   "\"StreamViewType\":\"%s\"}",
                   VIEWS[stream->view_type]);
    }
}

void request_write_sse(struct buf *out, const struct sse_specification *sse)
{
    if (sse->state != SETTING_ENABLED) {
        return;
    }
    buf_puts(out, ",\"SSESpecification\":{\"Enabled\":true,\"SSEType\":\"KMS\"");
    if (sse->kms_master_key_id.len > 0) {
        buf_puts(out, ",\"KMSMasterKeyId\":");
        json_put_string(out, sse->kms_master_key_id);
    }
    buf_char(out, '}');
}

static void write_tags(struct buf *out, const struct table_settings *settings)
{
    for (size_t i = 0; i < settings->tag_count; i++) {
        buf_puts(out, i == 0 ? ",\"Tags\":[{\"Key\":" : ",{\"Key\":");
        json_put_string(out, settings->tags[i].key);
        buf_puts(out, ",\"Value\":");
        json_put_string(out, settings->tags[i].value);
        buf_char(out, '}');
    }
    if (settings->tag_count > 0) {
        buf_char(out, ']');
    }
}

static void write_words(struct buf *out, const struct table_settings *settings)
{
    if (settings->table_class != TABLE_CLASS_UNSAID) {
        buf_printf(out, ",\"TableClass\":\"%s\"",
                   settings->table_class == TABLE_CLASS_STANDARD
                       ? "STANDARD"
                       : "STANDARD_INFREQUENT_ACCESS");
    }
    if (settings->deletion_protection != SETTING_UNSAID) {
        buf_printf(out, ",\"DeletionProtectionEnabled\":%s",
                   settings->deletion_protection == SETTING_ENABLED ? "true" : "false");
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
    request_write_provisioned(out, &table->capacity);
    request_write_stream(out, &table->settings.stream);
    request_write_sse(out, &table->settings.sse);
    write_tags(out, &table->settings);
    write_words(out, &table->settings);
    write_warm(out, &table->capacity);
    if (table->settings.resource_policy.len > 0) {
        buf_puts(out, ",\"ResourcePolicy\":");
        json_put_string(out, table->settings.resource_policy);
    }
    write_on_demand(out, &table->capacity);
    buf_char(out, '}');
}
