// A pattern asked of items in memory, as the service would be.
#include "asking.h"

#include "engine.h"
#include "item.h"
#include "stop.h"

#define KEYS_IN_REQUEST 100u // C040

struct offline {
    struct reader_answer *answer;
    const struct asking *asking;
    struct engine *engine;
    struct arena arena; // of one page
    const struct reader_sink *sink;
    bool wanted; // the sink said no: false
};

static bool take_item(void *context, struct str json)
{
    struct offline *offline = context;
    offline->wanted = offline->sink->item(offline->sink->context, json);
    return offline->wanted;
}

static void add_answer(struct reader_answer *out, const struct engine_answer *page)
{
    out->count += page->count;
    out->scanned += page->scanned;
    out->half_units += page->half_units;
    out->has_units = true;
    out->pages++;
    buf_reset(&out->last);
    if (page->last != NULL) {
        struct value_entry last[2 * 4 * KEY_MAX_PARTS];
        for (size_t i = 0; i < page->last_count; i++) {
            last[i] = page->last[i];
        }
        item_write(&out->last,
                   &(struct item){.attributes = last, .count = page->last_count});
    }
}

static bool refuse_start(const struct asking *asking, const char *why)
{
    struct diags *diags = &asking->ddb->diags;
    struct diag *diag = diag_add(diags, DIAG_START_KEY, (struct span){0},
                                 "the start key is none of this pattern's");
    diag_help(diags, diag, "%s", why);
    return false;
}

// One part of a scan, or a query: page after page, each with what is left of the limit,
// as it is done with the service.
static bool ask_pages(struct offline *offline, uint64_t segment, uint64_t segments)
{
    const struct asking *asking = offline->asking;
    struct engine_item_sink sink = {take_item, offline};
    struct engine_ask ask = {
        .bound = asking->bound,
        .start = asking->start_key,
        .start_count = asking->start_count,
        .segment = segment,
        .segments = segments,
    };
    struct engine_answer page;
    struct arena next = {0};
    bool more = true;
    bool fine = true;
    while (more) {
        const char *why = NULL;
        ask.limit = asking->limit > 0 ? asking->limit - offline->answer->count : 0;
        if (stop_is_set(asking->ddb->options.stop) ||
            !engine_page(&page, offline->engine, &ask, &sink, &next, &why)) {
            fine = why != NULL && refuse_start(asking, why);
            break;
        }
        add_answer(offline->answer, &page);
        ask.start = page.last;
        ask.start_count = page.last_count;
        arena_deinit(&offline->arena); // what the page before began with
        offline->arena = next;
        next = (struct arena){0};
        more = page.last != NULL && offline->wanted && !asking->one_page &&
               (asking->limit == 0 || offline->answer->count < asking->limit);
    }
    arena_deinit(&next);
    return fine && offline->wanted;
}

static bool ask_keys(struct offline *offline)
{
    struct engine_item_sink sink = {take_item, offline};
    struct engine_answer all = {0};
    const struct bound_query *bound = offline->asking->bound;
    for (size_t i = 0; i < bound->key_count && offline->wanted; i++) {
        engine_get(&all, offline->engine, bound, i, &sink);
    }
    add_answer(offline->answer, &all);
    if (bound->key_count > KEYS_IN_REQUEST) {
        offline->answer->pages += (bound->key_count - 1) / KEYS_IN_REQUEST;
    }
    return offline->wanted;
}

static bool ask_engine(struct offline *offline)
{
    const struct asking *asking = offline->asking;
    const struct pattern *pattern = asking->pattern;
    bool whole = asking->one_page || asking->limit > 0 || asking->start_key != NULL;
    uint64_t segments = whole ? 1 : (uint64_t)pattern->segments;
    bool ok = true;
    if (pattern->operation == PATTERN_GET || pattern->operation == PATTERN_BATCH_GET) {
        return ask_keys(offline);
    }
    for (uint64_t i = 0; i < segments && ok; i++) {
        ok = ask_pages(offline, i, segments);
    }
    return ok;
}

bool ask_offline(struct reader_answer *answer, const struct asking *asking,
                 struct engine *engine, const struct reader_sink *sink)
{
    struct offline offline = {.answer = answer,
                              .asking = asking,
                              .engine = engine,
                              .sink = sink,
                              .wanted = true};
    bool ok = ask_engine(&offline);
    arena_deinit(&offline.arena);
    return ok;
}
