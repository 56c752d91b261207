// What became of the examples, as JSON lines.
#include "outcome.h"

#include "json_write.h"

#include <inttypes.h>

static void put_member(struct buf *out, const char *name, struct str text)
{
    buf_printf(out, ",\"%s\":", name);
    json_put_string(out, text);
}

static void put_json_or_null(struct buf *out, const char *name, struct str json)
{
    buf_printf(out, ",\"%s\":", name);
    buf_put(out, json.len > 0 ? json : STR("null"));
}

static void put_difference(struct buf *out, const struct example_difference *difference)
{
    buf_puts(out, "{\"path\":");
    json_put_string(out, difference->path);
    buf_printf(out, ",\"line\":%u,\"column\":%u", difference->span.line,
               difference->span.column + 1);
    put_json_or_null(out, "expected", difference->expected);
    put_json_or_null(out, "got", difference->got);
    buf_char(out, '}');
}

static void put_outcome(struct buf *out, const struct outcome *outcome)
{
    const struct example_verdict *verdict = &outcome->verdict;
    const struct example_answer *answer = &outcome->answer;
    const struct span *span = &outcome->example->span;
    buf_puts(out, "{\"type\":\"example\"");
    put_member(out, "pattern", outcome->pattern->name);
    put_member(out, "name", outcome->example->name);
    buf_printf(out, ",\"ok\":%s", outcome_is_good(outcome) ? "true" : "false");
    put_member(out, "file", span->source->name);
    buf_printf(out, ",\"line\":%u", span->line);
    buf_printf(out,
               ",\"count\":%" PRIu64 ",\"scanned_count\":%" PRIu64 ",\"pages\":%" PRIu64
               ",\"consumed_read_units\":",
               answer->count, answer->scanned, answer->pages);
    if (answer->has_units) {
        example_put_units(out, answer->half_units);
    } else {
        buf_puts(out, "null");
    }
    buf_puts(out, outcome->updated ? ",\"updated\":true" : "");
    buf_puts(out, ",\"differences\":[");
    for (size_t i = 0; i < verdict->count; i++) {
        buf_puts(out, i > 0 ? "," : "");
        put_difference(out, &verdict->differences[i]);
    }
    buf_printf(out, "],\"more\":%zu}\n", verdict->more);
}

static void put_costs(struct buf *out, const struct outcomes *outcomes,
                      struct arena *arena)
{
    size_t count = 0;
    const struct pattern_cost *costs = outcomes_costs(&count, outcomes, arena);
    for (size_t i = 0; i < count; i++) {
        buf_puts(out, "{\"type\":\"cost\"");
        put_member(out, "pattern", costs[i].pattern->name);
        buf_printf(out, ",\"examples\":%zu", costs[i].examples);
        if (costs[i].examples > 0) {
            buf_puts(out, ",\"minimum\":");
            example_put_units(out, costs[i].minimum);
            buf_puts(out, ",\"median\":");
            example_put_units(out, costs[i].median);
            buf_puts(out, ",\"maximum\":");
            example_put_units(out, costs[i].maximum);
        }
        buf_puts(out, "}\n");
    }
}

void outcomes_put_json(struct buf *out, const struct outcomes *outcomes,
                       struct ddb *ddb)
{
    size_t failed = outcomes_failed(outcomes);
    for (size_t i = 0; i < outcomes->count; i++) {
        put_outcome(out, &outcomes->at[i]);
    }
    if (outcomes->costs) {
        put_costs(out, outcomes, &ddb->arena);
    }
    buf_printf(out, "{\"type\":\"summary\",\"passed\":%zu,\"failed\":%zu",
               outcomes->count - failed, failed);
    buf_puts(out, ",\"patterns_without_examples\":[");
    for (size_t i = 0; i < outcomes->without_count; i++) {
        buf_puts(out, i > 0 ? "," : "");
        json_put_string(out, outcomes->without[i]);
    }
    buf_puts(out, "]}\n");
}
