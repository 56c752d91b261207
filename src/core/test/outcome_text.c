// What became of the examples, for people.
#include "outcome.h"

#include "utf8.h"

#define VALUE_SHOWN 300u // of a value, in code points

static void put_name(struct buf *out, const struct outcome *outcome)
{
    utf8_put_visible(out, outcome->pattern->name);
    buf_puts(out, ": ");
    utf8_put_visible(out, outcome->example->name);
}

static void put_place(struct buf *out, struct span span)
{
    utf8_put_visible(out, span.source->name);
    buf_printf(out, ":%u:%u", span.line, span.column + 1);
}

// As much as helps.
static void put_value(struct buf *out, const char *sign, struct str json)
{
    size_t len = 0;
    size_t shown = 0;
    while (len < json.len && shown < VALUE_SHOWN) {
        len++;
        while (len < json.len && ((unsigned char)json.at[len] & 0xc0u) == 0x80u) {
            len++;
        }
        shown++;
    }
    buf_printf(out, "      %s ", sign);
    utf8_put_visible(out, (struct str){json.at, len});
    buf_puts(out, len < json.len ? "...\n" : "\n");
}

static void put_difference(struct buf *out, const struct example_difference *difference)
{
    buf_puts(out, "    ");
    buf_put(out, difference->path);
    buf_printf(out, " (line %u)\n", difference->span.line);
    if (difference->expected.len > 0) {
        put_value(out, "-", difference->expected);
    }
    if (difference->got.len > 0) {
        put_value(out, "+", difference->got);
    }
    if (difference->expected.len > 0 && difference->got.len == 0) {
        buf_puts(out, "      + nothing\n");
    }
}

static void put_outcome(struct buf *out, const struct outcome *outcome)
{
    const struct example_verdict *verdict = &outcome->verdict;
    buf_puts(out, outcome->updated      ? "new   "
                  : verdict->count == 0 ? "ok    "
                                        : "FAIL  ");
    put_name(out, outcome);
    buf_char(out, '\n');
    if (outcome_is_good(outcome)) {
        return;
    }
    buf_puts(out, "    ");
    put_place(out, outcome->example->span);
    buf_char(out, '\n');
    for (size_t i = 0; i < verdict->count; i++) {
        put_difference(out, &verdict->differences[i]);
    }
    if (verdict->more > 0) {
        buf_printf(out, "    and %zu more\n", verdict->more);
    }
}

static void put_costs(struct buf *out, const struct outcomes *outcomes,
                      struct arena *arena)
{
    size_t count = 0;
    const struct pattern_cost *costs = outcomes_costs(&count, outcomes, arena);
    if (count > 0) {
        buf_puts(out, "read units (minimum, median, maximum):\n");
    }
    for (size_t i = 0; i < count; i++) {
        buf_puts(out, "  ");
        utf8_put_visible(out, costs[i].pattern->name);
        if (costs[i].examples == 0) {
            buf_puts(out, ": the server tells none\n");
            continue;
        }
        buf_puts(out, ": ");
        example_put_units(out, costs[i].minimum);
        buf_puts(out, ", ");
        example_put_units(out, costs[i].median);
        buf_puts(out, ", ");
        example_put_units(out, costs[i].maximum);
        buf_printf(out, " over %zu example%s\n", costs[i].examples,
                   costs[i].examples == 1 ? "" : "s");
    }
}

void outcomes_put_text(struct buf *out, const struct outcomes *outcomes,
                       struct ddb *ddb)
{
    size_t failed = outcomes_failed(outcomes);
    for (size_t i = 0; i < outcomes->count; i++) {
        put_outcome(out, &outcomes->at[i]);
    }
    if (outcomes->costs) {
        put_costs(out, outcomes, &ddb->arena);
    }
    for (size_t i = 0; i < outcomes->without_count; i++) {
        buf_puts(out, i == 0 ? "no examples: " : ", ");
        utf8_put_visible(out, outcomes->without[i]);
    }
    buf_printf(out, "%s%zu passed, %zu failed\n",
               outcomes->without_count > 0 ? "\n" : "", outcomes->count - failed,
               failed);
}
