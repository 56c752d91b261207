// What became of the examples, as test runners report it: JUnit's XML, and TAP 14.
#include "outcome.h"

#include "json_write.h"
#include "utf8.h"

#define VISIBLE_MAX_BYTES ((size_t)64 << 20)

// A text within one line, without anything that is not for eyes; in arena.
static struct str visible(struct str text, struct arena *arena)
{
    struct buf out;
    buf_init(&out, VISIBLE_MAX_BYTES);
    utf8_put_visible(&out, text);
    struct str copy = arena_str(arena, buf_str(&out));
    buf_deinit(&out);
    return copy;
}

// ---- JUnit

// What may stand in XML 1.0, in an attribute or between tags.
static void put_xml(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.at[i]) {
        case '&':
            buf_puts(out, "&amp;");
            break;
        case '<':
            buf_puts(out, "&lt;");
            break;
        case '>':
            buf_puts(out, "&gt;");
            break;
        case '"':
            buf_puts(out, "&quot;");
            break;
        default:
            buf_char(out, text.at[i]);
            break;
        }
    }
}

static void put_attribute(struct buf *out, const char *name, struct str text,
                          struct arena *arena)
{
    buf_printf(out, " %s=\"", name);
    put_xml(out, visible(text, arena));
    buf_char(out, '"');
}

static void put_failure(struct buf *out, const struct outcome *outcome,
                        struct arena *arena)
{
    const struct example_verdict *verdict = &outcome->verdict;
    size_t all = verdict->count + verdict->more;
    buf_printf(out, "      <failure message=\"%zu difference%s\">", all,
               all == 1 ? "" : "s");
    for (size_t i = 0; i < verdict->count; i++) {
        const struct example_difference *difference = &verdict->differences[i];
        put_xml(out, visible(difference->path, arena));
        buf_printf(out, " (line %u)\n- ", difference->span.line);
        put_xml(out, difference->expected.len > 0 ? visible(difference->expected, arena)
                                                  : STR("nothing"));
        buf_puts(out, "\n+ ");
        put_xml(out, difference->got.len > 0 ? visible(difference->got, arena)
                                             : STR("nothing"));
        buf_char(out, '\n');
    }
    buf_puts(out, "</failure>\n");
}

static void put_case(struct buf *out, const struct outcome *outcome,
                     struct arena *arena)
{
    const struct span *span = &outcome->example->span;
    buf_puts(out, "    <testcase");
    put_attribute(out, "classname", outcome->pattern->name, arena);
    put_attribute(out, "name", outcome->example->name, arena);
    put_attribute(out, "file", span->source->name, arena);
    buf_printf(out, " line=\"%u\" time=\"0\"", span->line);
    if (outcome_is_good(outcome)) {
        buf_puts(out, "/>\n");
        return;
    }
    buf_puts(out, ">\n");
    put_failure(out, outcome, arena);
    buf_puts(out, "    </testcase>\n");
}

void outcomes_put_junit(struct buf *out, const struct outcomes *outcomes,
                        struct ddb *ddb)
{
    size_t failed = outcomes_failed(outcomes);
    buf_printf(out,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<testsuites tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n"
               "  <testsuite name=\"ddbgen test\" tests=\"%zu\" failures=\"%zu\" "
               "errors=\"0\" skipped=\"0\" time=\"0\">\n",
               outcomes->count, failed, outcomes->count, failed);
    for (size_t i = 0; i < outcomes->count; i++) {
        put_case(out, &outcomes->at[i], &ddb->arena);
    }
    buf_puts(out, "  </testsuite>\n</testsuites>\n");
}

// ---- TAP

// A description: '#' would begin a directive, and a backslash an escape.
static void put_description(struct buf *out, struct str text, struct arena *arena)
{
    struct str line = visible(text, arena);
    for (size_t i = 0; i < line.len; i++) {
        if (line.at[i] == '#' || line.at[i] == '\\') {
            buf_char(out, '\\');
        }
        buf_char(out, line.at[i]);
    }
}

// JSON is YAML.
static void put_block(struct buf *out, const struct outcome *outcome)
{
    const struct example_verdict *verdict = &outcome->verdict;
    buf_puts(out, "  ---\n  file: ");
    json_put_string(out, outcome->example->span.source->name);
    buf_printf(out, "\n  line: %u\n  differences:\n", outcome->example->span.line);
    for (size_t i = 0; i < verdict->count; i++) {
        const struct example_difference *difference = &verdict->differences[i];
        buf_puts(out, "    - path: ");
        json_put_string(out, difference->path);
        buf_printf(out, "\n      line: %u\n      expected: ", difference->span.line);
        buf_put(out, difference->expected.len > 0 ? difference->expected : STR("null"));
        buf_puts(out, "\n      got: ");
        buf_put(out, difference->got.len > 0 ? difference->got : STR("null"));
        buf_char(out, '\n');
    }
    if (verdict->more > 0) {
        buf_printf(out, "  more: %zu\n", verdict->more);
    }
    buf_puts(out, "  ...\n");
}

void outcomes_put_tap(struct buf *out, const struct outcomes *outcomes, struct ddb *ddb)
{
    buf_printf(out, "TAP version 14\n1..%zu", outcomes->count);
    buf_puts(out, outcomes->count == 0 ? " # SKIP there are no examples\n" : "\n");
    for (size_t i = 0; i < outcomes->count; i++) {
        const struct outcome *outcome = &outcomes->at[i];
        buf_printf(out, "%s %zu - ", outcome_is_good(outcome) ? "ok" : "not ok", i + 1);
        put_description(out, outcome->pattern->name, &ddb->arena);
        buf_puts(out, ": ");
        put_description(out, outcome->example->name, &ddb->arena);
        buf_char(out, '\n');
        if (!outcome_is_good(outcome)) {
            put_block(out, outcome);
        }
    }
}
