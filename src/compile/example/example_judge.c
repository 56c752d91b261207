// An expectation and an answer enter, differences leave.
#include "example_judge.h"

#include "canon.h"
#include "utf8.h"

#include <inttypes.h>

#define TEXT_MAX ((size_t)64 << 20)

struct judge {
    struct example_verdict *out;
    const struct example_answer *answer;
    struct arena *arena;
    struct arena scratch;
    size_t cap;
};

void example_put_units(struct buf *out, uint64_t half_units)
{
    buf_printf(out, "%" PRIu64 "%s", half_units / 2, half_units % 2 != 0 ? ".5" : "");
}

static void differ(struct judge *judge, struct str path, struct span span,
                   struct str expected, struct str got)
{
    struct example_verdict *out = judge->out;
    if (out->count == EXAMPLE_DIFFERENCES_MAX) {
        out->more++;
        return;
    }
    out->differences =
        arena_grow(judge->arena, out->differences, out->count, out->count + 1,
                   &judge->cap, sizeof *out->differences);
    out->differences[out->count++] =
        (struct example_difference){path, span, expected, got};
}

// ---- numbers

static void judge_count(struct judge *judge, const char *path,
                        const struct bind_int *expected, uint64_t got)
{
    if (expected->node != NULL && (uint64_t)expected->value != got) {
        differ(judge, str_from(path), expected->node->span,
               arena_printf(judge->arena, "%" PRId64, expected->value),
               arena_printf(judge->arena, "%" PRIu64, got));
    }
}

static struct str units_text(struct judge *judge, uint64_t half_units)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    example_put_units(&text, half_units);
    struct str out = arena_str(judge->arena, buf_str(&text));
    buf_deinit(&text);
    return out;
}

static void judge_units(struct judge *judge, const struct expectation *expect)
{
    const struct example_answer *answer = judge->answer;
    if (expect->units_node != NULL &&
        (!answer->has_units || answer->half_units != expect->half_units)) {
        differ(judge, STR("consumed_read_units"), expect->units_node->span,
               units_text(judge, expect->half_units),
               answer->has_units ? units_text(judge, answer->half_units)
                                 : (struct str){0});
    }
}

// ---- items

static struct str value_text(struct judge *judge, const struct value *value)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    value_write(&text, value);
    struct str out = arena_str(judge->arena, buf_str(&text));
    buf_deinit(&text);
    return out;
}

static struct str item_text(struct judge *judge, const struct item *item)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    item_write(&text, item);
    struct str out = arena_str(judge->arena, buf_str(&text));
    buf_deinit(&text);
    return out;
}

static struct item item_of(const struct expected_item *expected)
{
    return (struct item){.attributes = expected->attributes, .count = expected->count};
}

static struct str within(struct judge *judge, struct str path, struct str name)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_put(&text, path);
    buf_char(&text, '.');
    utf8_put_visible(&text, name);
    struct str out = arena_str(judge->arena, buf_str(&text));
    buf_deinit(&text);
    return out;
}

static bool is_expected(struct judge *judge, const struct expected_item *expected,
                        const struct item *got, bool exactly)
{
    const struct item item = item_of(expected);
    bool same = !exactly || got->count == item.count;
    arena_reset(&judge->scratch);
    for (size_t i = 0; i < item.count && same; i++) {
        const struct value_entry *there = item_find(got, item.attributes[i].name);
        same = there != NULL &&
               canon_equal(item.attributes[i].value, there->value, &judge->scratch);
    }
    return same;
}

// Attribute by attribute.
static void judge_item(struct judge *judge, struct str path,
                       const struct expected_item *expected, const struct item *got,
                       bool exactly)
{
    const struct item item = item_of(expected);
    arena_reset(&judge->scratch);
    for (size_t i = 0; i < item.count; i++) {
        const struct value_entry *wanted = &item.attributes[i];
        const struct value_entry *there = item_find(got, wanted->name);
        if (there == NULL ||
            !canon_equal(wanted->value, there->value, &judge->scratch)) {
            differ(judge, within(judge, path, wanted->name), wanted->value->span,
                   value_text(judge, wanted->value),
                   there != NULL ? value_text(judge, there->value) : (struct str){0});
        }
    }
    for (size_t i = 0; exactly && i < got->count; i++) {
        const struct value_entry *there = &got->attributes[i];
        if (item_find(&item, there->name) == NULL) {
            differ(judge, within(judge, path, there->name), expected->node->span,
                   (struct str){0}, value_text(judge, there->value));
        }
    }
}

struct listed {
    const char *path;
    const struct expected_items *expected;
    bool exactly;
    bool whole; // they are all that come back
};

static void lacks(struct judge *judge, const struct listed *listed, size_t i)
{
    const struct item item = item_of(&listed->expected->items[i]);
    differ(judge, arena_printf(judge->arena, "%s[%zu]", listed->path, i),
           listed->expected->items[i].node->span, item_text(judge, &item),
           (struct str){0});
}

static void has_more(struct judge *judge, const struct listed *listed, size_t i)
{
    differ(judge, arena_printf(judge->arena, "%s[%zu]", listed->path, i),
           listed->expected->node->span, (struct str){0},
           item_text(judge, &judge->answer->items[i]));
}

static void judge_in_order(struct judge *judge, const struct listed *listed)
{
    const struct example_answer *answer = judge->answer;
    size_t count = listed->expected->count;
    for (size_t i = 0; i < count; i++) {
        if (i >= answer->item_count) {
            lacks(judge, listed, i);
        } else {
            judge_item(judge, arena_printf(judge->arena, "%s[%zu]", listed->path, i),
                       &listed->expected->items[i], &answer->items[i], listed->exactly);
        }
    }
    for (size_t i = count; i < answer->item_count && listed->whole; i++) {
        has_more(judge, listed, i);
    }
}

// One expected item may stand for several that came: then some may have to change their
// partners (augmenting paths).
struct pairing {
    struct judge *judge;
    const struct listed *listed;
    size_t *owner; // by item that came: which expected one it is, or none
    bool *seen;
};
#define NONE SIZE_MAX

// Depth is bounded by what is expected, which a file holds.
static bool find_partner(struct pairing *pairing, size_t expected)
{
    const struct example_answer *answer = pairing->judge->answer;
    for (size_t i = 0; i < answer->item_count; i++) {
        if (pairing->seen[i] ||
            !is_expected(pairing->judge, &pairing->listed->expected->items[expected],
                         &answer->items[i], pairing->listed->exactly)) {
            continue;
        }
        pairing->seen[i] = true;
        if (pairing->owner[i] == NONE || find_partner(pairing, pairing->owner[i])) {
            pairing->owner[i] = expected;
            return true;
        }
    }
    return false;
}

static void judge_in_any_order(struct judge *judge, const struct listed *listed)
{
    size_t came = judge->answer->item_count;
    struct pairing pairing = {
        .judge = judge,
        .listed = listed,
        .owner = arena_array(judge->arena, came, sizeof *pairing.owner),
        .seen = arena_array(judge->arena, came, sizeof *pairing.seen),
    };
    for (size_t i = 0; i < came; i++) {
        pairing.owner[i] = NONE;
    }
    for (size_t e = 0; e < listed->expected->count; e++) {
        for (size_t i = 0; i < came; i++) {
            pairing.seen[i] = false;
        }
        if (!find_partner(&pairing, e)) {
            lacks(judge, listed, e);
        }
    }
    for (size_t i = 0; i < came && listed->whole; i++) {
        if (pairing.owner[i] == NONE) {
            has_more(judge, listed, i);
        }
    }
}

static void judge_list(struct judge *judge, const struct listed *listed, bool ordered)
{
    if (listed->expected->node == NULL) {
        return;
    }
    if (ordered) {
        judge_in_order(judge, listed);
    } else {
        judge_in_any_order(judge, listed);
    }
}

static void judge_end(struct judge *judge, const char *path,
                      const struct expected_items *expected, bool last, bool exactly)
{
    const struct example_answer *answer = judge->answer;
    if (expected->node == NULL) {
        return;
    }
    if (answer->item_count == 0) {
        const struct item item = item_of(expected->items);
        differ(judge, str_from(path), expected->node->span, item_text(judge, &item),
               (struct str){0});
        return;
    }
    judge_item(judge, str_from(path), expected->items,
               &answer->items[last ? answer->item_count - 1 : 0], exactly);
}

void example_judge(struct example_verdict *out, const struct example *example,
                   const struct query *query, const struct example_answer *answer,
                   struct arena *arena)
{
    const struct expectation *expect = &example->expect;
    struct judge judge = {.out = out, .answer = answer, .arena = arena};
    bool ordered = query->pattern->operation != PATTERN_SCAN;
    bool more = expect->count.node != NULL;
    struct listed keys = {"keys", &expect->keys, false, false};
    struct listed items = {"items", &expect->items, expect->exactly, false};
    keys.whole = !more || (uint64_t)expect->count.value == expect->keys.count;
    items.whole = !more || (uint64_t)expect->count.value == expect->items.count;
    *out = (struct example_verdict){0};
    judge_count(&judge, "count", &expect->count, answer->count);
    judge_count(&judge, "scanned_count", &expect->scanned_count, answer->scanned);
    judge_count(&judge, "pages", &expect->pages, answer->pages);
    judge_units(&judge, expect);
    judge_list(&judge, &keys, ordered);
    judge_list(&judge, &items, ordered);
    judge_end(&judge, "first", &expect->first, false, expect->exactly);
    judge_end(&judge, "last", &expect->last, true, expect->exactly);
    arena_deinit(&judge.scratch);
}
