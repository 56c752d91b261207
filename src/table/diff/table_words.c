// Parts of tables enter, texts in two notations leave. Both are written by the same
// functions: braces and blanks are all that differs.
#include "table_words.h"

#include "buf.h"
#include "json_write.h"
#include "warm.h"

#include <inttypes.h>
#include <stdlib.h>

#define TEXT_MAX ((size_t)1 << 20)

struct writer {
    struct buf text;
    struct buf json;
    bool first; // of the members of the object at hand
};

static void both(struct writer *writer, const char *text, const char *json)
{
    buf_puts(&writer->text, text);
    buf_puts(&writer->json, json);
}

static void begin(struct writer *writer)
{
    both(writer, "{ ", "{");
    writer->first = true;
}

static void end(struct writer *writer)
{
    both(writer, " }", "}");
    writer->first = false;
}

// The name of a member; its value follows.
static void member(struct writer *writer, const char *name)
{
    both(writer, writer->first ? "" : ", ", writer->first ? "\"" : ",\"");
    both(writer, name, name);
    both(writer, ": ", "\":");
    writer->first = false;
}

static void word(struct writer *writer, const char *name)
{
    both(writer, name, "\"");
    both(writer, "", name);
    both(writer, "", "\"");
}

static struct table_words taken(struct writer *writer, const struct table_diff *diff)
{
    struct table_words words = {arena_str(diff->arena, buf_str(&writer->text)),
                                arena_str(diff->arena, buf_str(&writer->json))};
    buf_deinit(&writer->text);
    buf_deinit(&writer->json);
    return words;
}

static struct writer started(void)
{
    struct writer writer = {.first = true};
    buf_init(&writer.text, TEXT_MAX);
    buf_init(&writer.json, TEXT_MAX);
    return writer;
}

// ---- keys

static void put_parts(struct writer *writer, const struct table *table,
                      const char *name, const struct key_part *parts, size_t count)
{
    member(writer, name);
    both(writer, count > 1 ? "[" : "", "[");
    for (size_t i = 0; i < count; i++) {
        const struct attribute_definition *attribute =
            table_find_attribute(table, parts[i].name);
        char type = '?';
        if (attribute != NULL) {
            type = attribute->type;
        }
        both(writer, i > 0 ? ", " : "", i > 0 ? ",{\"name\":" : "{\"name\":");
        json_put_word(&writer->text, parts[i].name);
        json_put_string(&writer->json, parts[i].name);
        buf_printf(&writer->text, " (%c)", type);
        buf_printf(&writer->json, ",\"type\":\"%c\"}", type);
    }
    both(writer, count > 1 ? "]" : "", "]");
}

static void put_key(struct writer *writer, const struct table *table,
                    const struct key_schema *key)
{
    begin(writer);
    put_parts(writer, table, "hash", key->hash, key->hash_count);
    if (key->range_count > 0) {
        put_parts(writer, table, "range", key->range, key->range_count);
    }
    end(writer);
}

struct table_words table_words_key(const struct table_diff *diff,
                                   const struct table *table,
                                   const struct key_schema *key)
{
    struct writer writer = started();
    put_key(&writer, table, key);
    return taken(&writer, diff);
}

// ---- projections

static int compare_names(const void *left, const void *right)
{
    const struct str *a = left;
    const struct str *b = right;
    return str_cmp(*a, *b);
}

static void put_projection(struct writer *writer, const struct table_diff *diff,
                           const struct projection *projection)
{
    if (projection->type != PROJECTION_INCLUDE) {
        word(writer, projection->type == PROJECTION_ALL ? "ALL" : "KEYS_ONLY");
        return;
    }
    struct str *names = arena_array(diff->arena, projection->count, sizeof *names);
    for (size_t i = 0; i < projection->count; i++) {
        names[i] = projection->names[i].name;
    }
    if (projection->count > 0) {
        qsort(names, projection->count, sizeof *names, compare_names);
    }
    begin(writer);
    member(writer, "include");
    both(writer, "[", "[");
    for (size_t i = 0; i < projection->count; i++) {
        both(writer, i > 0 ? ", " : "", i > 0 ? "," : "");
        json_put_word(&writer->text, names[i]);
        json_put_string(&writer->json, names[i]);
    }
    both(writer, "]", "]");
    end(writer);
}

struct table_words table_words_projection(const struct table_diff *diff,
                                          const struct projection *projection)
{
    struct writer writer = started();
    put_projection(&writer, diff, projection);
    return taken(&writer, diff);
}

// ---- indexes

static void put_units(struct writer *writer, const char *name,
                      const struct throughput *units, const char *read,
                      const char *write)
{
    const struct {
        const char *name;
        int64_t units;
    } sides[] = {{read, units->read_units}, {write, units->write_units}};
    if (units->read_units == 0 && units->write_units == 0) {
        return;
    }
    member(writer, name);
    begin(writer);
    for (size_t i = 0; i < 2; i++) {
        if (sides[i].units > 0) {
            member(writer, sides[i].name);
            buf_printf(&writer->text, "%" PRId64, sides[i].units);
            buf_printf(&writer->json, "%" PRId64, sides[i].units);
        }
    }
    end(writer);
}

// Of warm throughput what is more than the mode, or the units, bring by themselves.
static struct throughput warm_above(const struct table *table,
                                    const struct capacity *capacity)
{
    struct throughput floor = warm_brought(capacity, table->billing_mode);
    struct throughput warm = capacity->warm;
    warm.read_units = warm.read_units > floor.read_units ? warm.read_units : 0;
    warm.write_units = warm.write_units > floor.write_units ? warm.write_units : 0;
    return warm;
}

static void put_capacity(struct writer *writer, const struct table *table,
                         const struct capacity *capacity)
{
    struct throughput warm = warm_above(table, capacity);
    if (table->billing_mode != BILLING_PAY_PER_REQUEST) { // else whatever is told of it
        put_units(writer, "provisioned_throughput", &capacity->provisioned,
                  "read_capacity_units", "write_capacity_units");
    } else {
        put_units(writer, "on_demand_throughput", &capacity->on_demand,
                  "max_read_request_units", "max_write_request_units");
    }
    put_units(writer, "warm_throughput", &warm, "read_units_per_second",
              "write_units_per_second");
}

static void put_insights(struct writer *writer,
                         const struct contributor_insights *insights)
{
    static const char *const MODES[] = {"", "ACCESSED_AND_THROTTLED_KEYS",
                                        "THROTTLED_KEYS"};
    if (insights->state != SETTING_ENABLED) {
        return;
    }
    member(writer, "contributor_insights");
    begin(writer);
    member(writer, insights->mode == INSIGHTS_UNSAID ? "enabled" : "mode");
    if (insights->mode == INSIGHTS_UNSAID) {
        both(writer, "true", "true");
    } else {
        word(writer, MODES[insights->mode]);
    }
    end(writer);
}

struct table_words table_words_index(const struct table_diff *diff,
                                     const struct table *table,
                                     const struct secondary_index *index, bool whole)
{
    struct writer writer = started();
    begin(&writer);
    member(&writer, "key_schema");
    put_key(&writer, table, &index->key);
    member(&writer, "projection");
    put_projection(&writer, diff, &index->projection);
    put_capacity(&writer, table, &index->capacity);
    if (whole) {
        put_insights(&writer, &index->contributor_insights);
    }
    end(&writer);
    return taken(&writer, diff);
}
