// A request on its way out: a bound query enters, the request's members leave.
#include "query_write.h"

#include "filter_write.h"
#include "json_write.h"

#include <string.h>

const char *query_operation(const struct query *query)
{
    static const char *const OPERATIONS[] = {
        [PATTERN_QUERY] = "Query",
        [PATTERN_GET] = "GetItem",
        [PATTERN_SCAN] = "Scan",
        [PATTERN_BATCH_GET] = "BatchGetItem",
    };
    return OPERATIONS[query->pattern->operation];
}

static void write_condition(struct buf *out, const struct key_condition *condition,
                            size_t i)
{
    static const char *const FORMATS[] = {
        [RANGE_NONE] = "",
        [RANGE_EQ] = "#k%zu = :v%zua",
        [RANGE_LT] = "#k%zu < :v%zua",
        [RANGE_LE] = "#k%zu <= :v%zua",
        [RANGE_GT] = "#k%zu > :v%zua",
        [RANGE_GE] = "#k%zu >= :v%zua",
        [RANGE_BEGINS_WITH] = "begins_with(#k%zu, :v%zua)",
        [RANGE_BETWEEN] = "#k%zu BETWEEN :v%zua AND :v%zub",
    };
    // Each format takes the condition's number up to three times; the numbers are
    // small.
    for (const char *at = FORMATS[condition->op]; *at != '\0';) {
        if (strncmp(at, "%zu", 3) == 0) {
            buf_uint(out, i);
            at += 3;
        } else {
            buf_char(out, *at++);
        }
    }
}

// {"pk":{...},"sk":{...}}
static void put_key(struct buf *out, const struct bound_query *bound, size_t key)
{
    const struct pattern *pattern = bound->query->pattern;
    buf_char(out, '{');
    for (size_t i = 0; i < pattern->condition_count; i++) {
        buf_puts(out, i > 0 ? "," : "");
        json_put_string(out, pattern->conditions[i].attribute);
        buf_char(out, ':');
        value_write(out, &bound->keys[key][i].of[0]);
    }
    buf_char(out, '}');
}

static void put_conditions(struct buf *out, const struct pattern *pattern)
{
    buf_puts(out, ",\"KeyConditionExpression\":\"");
    for (size_t i = 0; i < pattern->condition_count; i++) {
        buf_puts(out, i > 0 ? " AND " : "");
        write_condition(out, &pattern->conditions[i], i);
    }
    buf_char(out, '"');
}

// The filter and the projection; their names and values go to *placeholders. False:
// diagnosed.
static bool put_expressions(struct buf *out, const struct bound_query *bound,
                            struct placeholders *placeholders, struct diags *diags)
{
    const struct query *query = bound->query;
    struct buf text;
    buf_init(&text, FILTER_MAX_BYTES);
    if (query->filter != NULL) {
        filter_write(&text, placeholders, query->filter, &bound->filter);
        buf_puts(out, ",\"FilterExpression\":");
        json_put_string(out, buf_str(&text));
    }
    bool fits = query->filter == NULL || !text.overflowed;
    buf_reset(&text);
    if (query->projection != NULL) {
        projection_write(&text, placeholders, query->projection);
        buf_puts(out, ",\"ProjectionExpression\":");
        json_put_string(out, buf_str(&text));
    }
    buf_deinit(&text);
    if (!fits) { // B101
        diag_add(diags, DIAG_FILTER_LIMIT, query->filter->span,
                 "with these values the filter is longer than %d bytes",
                 FILTER_MAX_BYTES);
    }
    return fits;
}

static size_t put_key_names(struct buf *out, const struct pattern *pattern)
{
    for (size_t i = 0; i < pattern->condition_count; i++) {
        buf_printf(out, "%s\"#k%zu\":", i > 0 ? "," : "", i);
        json_put_string(out, pattern->conditions[i].attribute);
    }
    return pattern->condition_count;
}

static size_t put_key_values(struct buf *out, const struct bound_query *bound)
{
    const struct pattern *pattern = bound->query->pattern;
    for (size_t i = 0; i < pattern->condition_count; i++) {
        buf_printf(out, "%s\":v%zua\":", i > 0 ? "," : "", i);
        value_write(out, &bound->keys[0][i].of[0]);
        if (pattern->conditions[i].op == RANGE_BETWEEN) {
            buf_printf(out, ",\":v%zub\":", i);
            value_write(out, &bound->keys[0][i].of[1]);
        }
    }
    return pattern->condition_count;
}

// B107: exactly those that the expressions name.
static void put_placeholders(struct buf *out, const struct bound_query *bound,
                             const struct placeholders *placeholders, bool keyed)
{
    const struct pattern *pattern = bound->query->pattern;
    size_t conditions = keyed ? pattern->condition_count : 0;
    if (conditions + placeholders->name_count > 0) {
        buf_puts(out, ",\"ExpressionAttributeNames\":{");
        size_t count = keyed ? put_key_names(out, pattern) : 0;
        filter_put_names(out, placeholders, count == 0);
        buf_char(out, '}');
    }
    if (conditions + placeholders->value_count > 0) {
        buf_puts(out, ",\"ExpressionAttributeValues\":{");
        size_t count = keyed ? put_key_values(out, bound) : 0;
        filter_put_values(out, placeholders, count == 0);
        buf_char(out, '}');
    }
}

bool query_write(struct buf *out, const struct bound_query *bound, struct arena *arena,
                 struct diags *diags)
{
    const struct query *query = bound->query;
    const struct pattern *pattern = query->pattern;
    struct placeholders placeholders = {.arena = arena};
    bool keyed = pattern->operation == PATTERN_QUERY;
    buf_puts(out, "{\"TableName\":");
    json_put_string(out, query->table->name);
    if (query->index != NULL) {
        buf_puts(out, ",\"IndexName\":");
        json_put_string(out, query->index->name);
    }
    if (pattern->operation == PATTERN_GET) {
        buf_puts(out, ",\"Key\":");
        put_key(out, bound, 0);
    }
    if (keyed) {
        put_conditions(out, pattern);
    }
    bool ok = put_expressions(out, bound, &placeholders, diags);
    put_placeholders(out, bound, &placeholders, keyed);
    if (keyed) {
        buf_printf(out, ",\"ScanIndexForward\":%s",
                   pattern->scan_index_forward ? "true" : "false");
    }
    buf_puts(out, pattern->counts ? ",\"Select\":\"COUNT\"" : "");
    buf_puts(out, pattern->consistent_read ? ",\"ConsistentRead\":true" : "");
    return ok;
}

// ---- many keys

// The projection, and the key's attributes that it lacks: an answer is told by them.
static void put_keyed_projection(struct buf *out, const struct bound_query *bound,
                                 struct placeholders *placeholders)
{
    const struct query *query = bound->query;
    struct buf text;
    buf_init(&text, (size_t)2 * FILTER_MAX_BYTES);
    projection_write(&text, placeholders, query->projection);
    for (size_t i = 0; i < query->pattern->condition_count; i++) {
        struct path_step step = {.name = query->pattern->conditions[i].attribute};
        struct document_path path = {.steps = &step, .count = 1};
        bool named = false;
        for (size_t k = 0; k < query->projection->count && !named; k++) {
            named = document_path_equal(&path, &query->projection->at[k]);
        }
        if (!named) {
            buf_puts(&text, ", ");
            filter_put_path(&text, placeholders, &path);
        }
    }
    buf_puts(out, ",\"ProjectionExpression\":");
    json_put_string(out, buf_str(&text));
    buf_deinit(&text);
}

void query_write_rest(struct buf *out, const struct bound_query *bound,
                      struct arena *arena)
{
    struct placeholders placeholders = {.arena = arena};
    buf_printf(out, ",\"ConsistentRead\":%s",
               bound->query->pattern->consistent_read ? "true" : "false");
    if (bound->query->projection != NULL) {
        put_keyed_projection(out, bound, &placeholders);
        put_placeholders(out, bound, &placeholders, false);
    }
}

void query_write_keys(struct buf *out, const struct bound_query *bound, size_t from,
                      size_t count, struct arena *arena)
{
    json_put_string(out, bound->query->table->name);
    buf_puts(out, ":{\"Keys\":[");
    for (size_t i = from; i < bound->key_count && i < from + count; i++) {
        buf_puts(out, i > from ? "," : "");
        put_key(out, bound, i);
    }
    buf_char(out, ']');
    query_write_rest(out, bound, arena);
    buf_char(out, '}');
}
