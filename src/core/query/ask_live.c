// A pattern asked of the service: a request becomes items, page by page; segments of a
// scan, and many keys, several at a time.
#include "asking.h"

#include "canon.h"
#include "fetcher.h"
#include "item.h"
#include "json_write.h"
#include "projection.h"
#include "query_write.h"
#include "report.h"
#include "value_json.h"

#include <inttypes.h>

#define REQUEST_MAX_BYTES ((size_t)16 << 20)
#define KEYS_MAX 100u // C040

static bool wants_units(const struct asking *asking)
{
    return asking->units || !report_lines_for_people(asking->ddb);
}

static const char *doing(const struct asking *asking, const char *verb)
{
    return arena_printf(&asking->ddb->arena, "%s table %s", verb,
                        diag_quote(&asking->ddb->diags, asking->table))
        .at;
}

// ---- one request after the other

static bool put_members(struct buf *out, const struct asking *asking)
{
    struct ddb *ddb = asking->ddb;
    if (asking->bound == NULL) {
        buf_puts(out, "{\"TableName\":");
        json_put_string(out, asking->table);
        return true;
    }
    return query_write(out, asking->bound, &ddb->arena, &ddb->diags);
}

static bool ask_pages(struct reader_answer *answer, struct client *client,
                      const struct asking *asking, struct str members,
                      const struct reader_sink *sink)
{
    const char *operation =
        asking->bound == NULL ? "Scan" : query_operation(asking->bound->query);
    const char *verb = operation[0] == 'Q'   ? "querying"
                       : operation[0] == 'S' ? "scanning"
                                             : "reading an item of";
    struct reader_request request = {
        .operation = operation,
        .members = members,
        .limit = operation[0] == 'G' ? 0 : asking->limit,
        .start = asking->start,
        .one_page = asking->one_page,
    };
    return reader_run(answer, client, &request, sink, asking->ddb->options.stop,
                      doing(asking, verb), &asking->ddb->diags);
}

// ---- segments

static bool ask_segments(struct reader_answer *answer, struct client *client,
                         const struct asking *asking, struct str members,
                         const struct reader_sink *sink)
{
    struct ddb *ddb = asking->ddb;
    const struct query *query = asking->bound->query;
    size_t count = (size_t)query->pattern->segments;
    struct fetch *fetches = arena_array(&ddb->arena, count, sizeof *fetches);
    for (size_t i = 0; i < count; i++) {
        fetches[i] = (struct fetch){.kind = FETCH_SEGMENT, .table = query->table};
        fetches[i].members =
            arena_printf(&ddb->arena, "%.*s,\"TotalSegments\":%zu,\"Segment\":%zu",
                         STR_ARG(members), count, i);
    }
    return fetcher_run(answer, client, fetches, count, sink, ddb->options.stop,
                       doing(asking, "scanning"), &ddb->diags);
}

// ---- many keys

// What came, by its key, until all of it is there: it is given in the order in which it
// was asked for.
struct keyed {
    const struct asking *asking;
    struct map items; // canonical key to struct str
    struct arena scratch;
};

static bool key_text(struct str *out, struct keyed *keyed,
                     const struct value_entry *entries, size_t count,
                     struct arena *arena)
{
    struct buf text;
    buf_init(&text, REQUEST_MAX_BYTES);
    bool is_key =
        canon_put_key(&text, keyed->asking->bound->query->table, entries, count);
    *out = arena_str(arena, buf_str(&text));
    buf_deinit(&text);
    return is_key;
}

static bool keep_item(void *context, struct str json)
{
    struct keyed *keyed = context;
    struct arena *arena = &keyed->asking->ddb->arena;
    struct value_entry *entries = NULL;
    size_t count = 0;
    const char *why = NULL;
    struct str key;
    arena_reset(&keyed->scratch);
    if (!value_json_read_item(&entries, &count, json, &keyed->scratch, &why) ||
        !key_text(&key, keyed, entries, count, arena)) {
        diag_add(&keyed->asking->ddb->diags, DIAG_ENDPOINT_FOREIGN, (struct span){0},
                 "the server gave something that is no item of DynamoDB's");
        return false;
    }
    struct str *item = arena_alloc(arena, sizeof *item);
    *item = arena_str(arena, json);
    map_add(&keyed->items, key, NULL)->value = item;
    return true;
}

// An item came with its key, which the projection may lack.
static bool give_item(struct keyed *keyed, struct str json,
                      const struct reader_sink *sink)
{
    const struct projection_paths *paths = keyed->asking->bound->query->projection;
    struct value_entry *entries = NULL;
    struct item item = {0};
    size_t count = 0;
    const char *why = NULL;
    struct buf text;
    if (paths == NULL) {
        return sink->item(sink->context, json);
    }
    arena_reset(&keyed->scratch);
    if (!value_json_read_item(&entries, &count, json, &keyed->scratch, &why)) {
        return false; // it was read before
    }
    projection_apply(&item.attributes, &item.count, paths, entries, count,
                     &keyed->scratch);
    buf_init(&text, REQUEST_MAX_BYTES);
    item_write(&text, &item);
    bool wanted = sink->item(sink->context, buf_str(&text));
    buf_deinit(&text);
    return wanted;
}

static bool give_items(struct reader_answer *answer, struct keyed *keyed,
                       const struct reader_sink *sink)
{
    const struct bound_query *bound = keyed->asking->bound;
    const struct pattern *pattern = bound->query->pattern;
    struct value_entry *entries = arena_array(
        &keyed->asking->ddb->arena, pattern->condition_count, sizeof *entries);
    bool wanted = true;
    for (size_t i = 0; i < bound->key_count && wanted; i++) {
        struct str key;
        for (size_t c = 0; c < pattern->condition_count; c++) {
            entries[c] = (struct value_entry){.name = pattern->conditions[c].attribute,
                                              .value = &bound->keys[i][c].of[0]};
        }
        const struct str *item =
            key_text(&key, keyed, entries, pattern->condition_count,
                     &keyed->asking->ddb->arena)
                ? map_find(&keyed->items, key)
                : NULL;
        if (item != NULL) {
            answer->count++;
            answer->scanned++;
            wanted = give_item(keyed, *item, sink);
        }
    }
    return wanted;
}

static bool ask_keys(struct reader_answer *answer, struct client *client,
                     const struct asking *asking, const struct reader_sink *sink)
{
    struct ddb *ddb = asking->ddb;
    const struct bound_query *bound = asking->bound;
    size_t count = (bound->key_count + KEYS_MAX - 1) / KEYS_MAX;
    struct fetch *fetches = arena_array(&ddb->arena, count, sizeof *fetches);
    struct keyed keyed = {.asking = asking};
    struct reader_sink to = {keep_item, &keyed};
    map_init(&keyed.items, &ddb->arena);
    for (size_t i = 0; i < count; i++) {
        struct buf text;
        buf_init(&text, REQUEST_MAX_BYTES);
        query_write_keys(&text, bound, i * KEYS_MAX, KEYS_MAX, &ddb->arena);
        fetches[i] = (struct fetch){.kind = FETCH_KEYS,
                                    .members = arena_str(&ddb->arena, buf_str(&text)),
                                    .table = bound->query->table};
        buf_deinit(&text);
    }
    bool ok = fetcher_run(answer, client, fetches, count, &to, ddb->options.stop,
                          doing(asking, "reading items of"), &ddb->diags) &&
              give_items(answer, &keyed, sink);
    arena_deinit(&keyed.scratch);
    return ok;
}

bool ask_live(struct reader_answer *answer, const struct asking *asking,
              struct client *client, const struct reader_sink *sink)
{
    const struct pattern *pattern = asking->pattern;
    bool batch = pattern != NULL && pattern->operation == PATTERN_BATCH_GET;
    bool parallel = pattern != NULL && pattern->segments > 1 && asking->limit == 0 &&
                    !asking->one_page && asking->start.len == 0;
    struct buf members;
    buf_init(&members, REQUEST_MAX_BYTES);
    bool ok = false;
    if (batch) {
        ok = ask_keys(answer, client, asking, sink);
    } else if (put_members(&members, asking)) {
        buf_puts(&members, wants_units(asking) && !parallel
                               ? ",\"ReturnConsumedCapacity\":\"TOTAL\""
                               : "");
        ok = parallel ? ask_segments(answer, client, asking, buf_str(&members), sink)
                      : ask_pages(answer, client, asking, buf_str(&members), sink);
    }
    buf_deinit(&members);
    return ok;
}
