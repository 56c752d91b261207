// Expectations and answers enter, a file with other values in the same places leaves:
// what needs no change keeps its bytes, comments and layout among them.
#include "rewrite.h"

#include "canon.h"
#include "file.h"
#include "item.h"
#include "output.h"
#include "resolve.h"
#include "value_yaml.h"

#include <inttypes.h>
#include <stdlib.h>

#define TEXT_MAX ((size_t)64 << 20)
// Keys that an example without expectations gets; of more only the ends.
#define KEYS_FILLED 25u
#define STEP 2u // of indentation

bool rewrite_begin(struct rewrite *out, struct ddb *ddb, const struct source *source,
                   const struct node *root)
{
    *out = (struct rewrite){.ddb = ddb, .source = source};
    if (yaml_extents_read(&out->extents, source, root, &ddb->arena)) {
        return true;
    }
    diag_add(&ddb->diags, DIAG_FILE_CHANGED, source_span_file(source),
             "where its examples end cannot be told: it is left as it is");
    return false;
}

static void edit(struct rewrite *rewrite, size_t from, size_t to, struct str text)
{
    struct arena *arena = &rewrite->ddb->arena;
    rewrite->edits = arena_grow(arena, rewrite->edits, rewrite->count,
                                rewrite->count + 1, &rewrite->cap, sizeof(struct edit));
    rewrite->edits[rewrite->count++] = (struct edit){from, to, arena_str(arena, text)};
}

static void replace(struct rewrite *rewrite, const struct node *node, struct buf *text)
{
    const struct yaml_extent *extent = yaml_extent_of(&rewrite->extents, node);
    edit(rewrite, extent->from, extent->to, buf_str(text));
    buf_reset(text);
}

static const char *line_end(const struct rewrite *rewrite)
{
    struct str text = rewrite->source->text;
    return str_find(text, STR("\r\n")) < text.len ? "\r\n" : "\n";
}

static void put_line(struct buf *out, const struct rewrite *rewrite, size_t indent)
{
    buf_puts(out, line_end(rewrite));
    for (size_t i = 0; i < indent; i++) {
        buf_char(out, ' ');
    }
}

// ---- numbers

static void update_count(struct rewrite *rewrite, const struct bind_int *expected,
                         uint64_t got, struct buf *text)
{
    if (expected->node != NULL && (uint64_t)expected->value != got) {
        buf_printf(text, "%" PRIu64, got);
        replace(rewrite, expected->node, text);
    }
}

static void update_units(struct rewrite *rewrite, const struct expectation *expect,
                         const struct example_answer *answer, struct buf *text)
{
    if (expect->units_node != NULL && answer->has_units &&
        expect->half_units != answer->half_units) {
        example_put_units(text, answer->half_units);
        replace(rewrite, expect->units_node, text);
    }
}

// ---- items

// Of an item that came what is to be expected of it: the attributes that an expected one
// has, or, without one or `whole`, all.
static void put_item(struct buf *out, const struct item *got,
                     const struct expected_item *like, bool whole)
{
    struct value_entry *entries = calloc(got->count + 1, sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; like != NULL && !whole && i < like->count; i++) {
        const struct value_entry *there = item_find(got, like->attributes[i].name);
        if (there != NULL) {
            entries[count++] = *there;
        }
    }
    if (like == NULL || whole) {
        value_yaml_put_item(out, got->attributes, got->count);
    } else {
        value_yaml_put_item(out, entries, count);
    }
    free(entries);
}

static const struct node *value_node(const struct expected_item *expected, size_t i)
{
    return expected->node->pairs[i].value;
}

// Value by value, or the item as a whole where its attributes are others.
static void update_item(struct rewrite *rewrite, const struct expected_item *expected,
                        const struct item *got, bool exactly, struct buf *text)
{
    struct arena scratch = {0};
    bool whole = exactly && got->count != expected->count;
    for (size_t i = 0; i < expected->count; i++) {
        whole = whole || item_find(got, expected->attributes[i].name) == NULL;
    }
    if (whole) {
        put_item(text, got, expected, exactly);
        replace(rewrite, expected->node, text);
    }
    for (size_t i = 0; i < expected->count && !whole; i++) {
        const struct value_entry *there = item_find(got, expected->attributes[i].name);
        if (!canon_equal(expected->attributes[i].value, there->value, &scratch)) {
            value_yaml_put(text, there->value);
            replace(rewrite, value_node(expected, i), text);
        }
    }
    arena_deinit(&scratch);
}

// An item of a list as others of it are written: its key, or the attributes of the first.
struct like {
    const struct query *query;
    bool keys;                        // nothing but the table's key
    const struct expected_item *item; // or NULL
    bool whole;
};

static void put_like(struct buf *out, const struct like *like, const struct item *got)
{
    const struct key_schema *key = &like->query->table->key;
    struct value_entry entries[2];
    size_t count = 0;
    if (!like->keys || like->item != NULL) {
        put_item(out, got, like->item, like->whole);
        return;
    }
    const struct value_entry *hash = item_find(got, key->hash[0].name);
    const struct value_entry *range =
        key->range_count > 0 ? item_find(got, key->range[0].name) : NULL;
    if (hash != NULL) {
        entries[count++] = *hash;
    }
    if (range != NULL) {
        entries[count++] = *range;
    }
    value_yaml_put_item(out, entries, count);
}

// A list anew, in the style that it has: a line an item in a block, and in brackets too
// where there are several.
static void put_list(struct buf *out, const struct rewrite *rewrite,
                     const struct like *like, const struct expected_items *expected,
                     const struct example_answer *answer, size_t count)
{
    const struct yaml_extent *extent =
        yaml_extent_of(&rewrite->extents, expected->node);
    struct like each = *like;
    if (count == 0) {
        buf_puts(out, "[]");
        return;
    }
    buf_puts(out, extent->flow ? "[ " : "");
    for (size_t i = 0; i < count; i++) {
        each.item = i < expected->count   ? &expected->items[i]
                    : expected->count > 0 ? &expected->items[expected->count - 1]
                                          : NULL;
        if (i > 0) {
            buf_puts(out, extent->flow ? "," : "");
            put_line(out, rewrite, extent->column + (extent->flow ? STEP : 0));
        }
        buf_puts(out, extent->flow ? "" : "- ");
        put_like(out, &each, &answer->items[i]);
    }
    buf_puts(out, extent->flow ? " ]" : "");
}

// `count`: how many of the items that came it is about.
static void update_list(struct rewrite *rewrite, const struct like *like,
                        const struct expected_items *expected,
                        const struct example_answer *answer, size_t count,
                        struct buf *text)
{
    if (expected->node == NULL) {
        return;
    }
    if (count != expected->count) {
        put_list(text, rewrite, like, expected, answer, count);
        replace(rewrite, expected->node, text);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        update_item(rewrite, &expected->items[i], &answer->items[i], like->whole, text);
    }
}

static void update_end(struct rewrite *rewrite, const struct expected_items *expected,
                       const struct item *got, bool exactly, struct buf *text)
{
    if (expected->node == NULL) {
        return;
    }
    if (got != NULL) {
        update_item(rewrite, expected->items, got, exactly, text);
    }
}

// ---- one that expects nothing

// "count: 2", and behind it the keys of what came, or of its ends.
static void put_fill(struct buf *out, const struct rewrite *rewrite,
                     const struct query *query, const struct example_answer *answer,
                     size_t indent, bool flow)
{
    struct like like = {.query = query, .keys = true};
    bool ends = answer->item_count > KEYS_FILLED;
    bool ordered = query->pattern->operation != PATTERN_SCAN;
    buf_printf(out, "count: %" PRIu64, answer->count);
    if (query->pattern->counts || (ends && !ordered)) {
        return;
    }
    if (flow) {
        buf_puts(out, ends ? ", first: " : ", keys: [");
    } else {
        put_line(out, rewrite, indent);
        buf_puts(out, ends                      ? "first: "
                      : answer->item_count == 0 ? "keys: []"
                                                : "keys:");
    }
    for (size_t i = 0; i < answer->item_count && !ends; i++) {
        if (flow) {
            buf_puts(out, i > 0 ? ", " : " ");
        } else {
            put_line(out, rewrite, indent + STEP);
            buf_puts(out, "- ");
        }
        put_like(out, &like, &answer->items[i]);
    }
    if (ends) {
        put_like(out, &like, &answer->items[0]);
        if (flow) {
            buf_puts(out, ", last: ");
        } else {
            put_line(out, rewrite, indent);
            buf_puts(out, "last: ");
        }
        put_like(out, &like, &answer->items[answer->item_count - 1]);
    }
    buf_puts(out, flow && !ends ? " ]" : "");
}

// The end of the line on which a byte stands, without its line break.
static size_t end_of_line(const struct rewrite *rewrite, size_t at)
{
    struct str text = rewrite->source->text;
    while (at < text.len && text.at[at] != '\n' && text.at[at] != '\r') {
        at++;
    }
    return at;
}

static void fill(struct rewrite *rewrite, const struct example *example,
                 const struct query *query, const struct example_answer *answer,
                 struct buf *text)
{
    const struct node *said = node_find(example->node, "expect"); // empty, if any
    const struct yaml_extent *whole = yaml_extent_of(&rewrite->extents, example->node);
    if (said != NULL) {
        const struct yaml_extent *extent = yaml_extent_of(&rewrite->extents, said);
        buf_puts(text, extent->from == extent->to ? " { " : "{ ");
        put_fill(text, rewrite, query, answer, 0, true);
        buf_puts(text, " }");
        replace(rewrite, said, text);
        return;
    }
    if (whole->flow) {
        size_t at = whole->to - 1;
        while (at > whole->from && rewrite->source->text.at[at - 1] == ' ') {
            at--;
        }
        bool empty = example->node->count == 0;
        buf_puts(text, empty ? " expect: { " : ", expect: { ");
        put_fill(text, rewrite, query, answer, 0, true);
        buf_puts(text, " }");
        edit(rewrite, at, at, buf_str(text));
        return;
    }
    size_t at = end_of_line(rewrite, whole->to);
    put_line(text, rewrite, whole->column);
    buf_puts(text, "expect:");
    put_line(text, rewrite, whole->column + STEP);
    put_fill(text, rewrite, query, answer, whole->column + STEP, false);
    edit(rewrite, at, at, buf_str(text));
}

// ---- the whole

// How many items a list is about: all, or as many as it has where `count` says that it
// is the beginning of more.
static size_t listed(const struct expected_items *expected,
                     const struct expectation *expect,
                     const struct example_answer *answer)
{
    bool part =
        expect->count.node != NULL && (uint64_t)expect->count.value != expected->count;
    return part && expected->count < answer->item_count ? expected->count
                                                        : answer->item_count;
}

static void update(struct rewrite *rewrite, const struct example *example,
                   const struct query *query, const struct example_answer *answer,
                   struct buf *text)
{
    const struct expectation *expect = &example->expect;
    size_t came = answer->item_count;
    struct like keys = {.query = query, .keys = true};
    struct like items = {.query = query, .whole = expect->exactly};
    update_count(rewrite, &expect->count, answer->count, text);
    update_count(rewrite, &expect->scanned_count, answer->scanned, text);
    update_count(rewrite, &expect->pages, answer->pages, text);
    update_units(rewrite, expect, answer, text);
    update_list(rewrite, &keys, &expect->keys, answer,
                listed(&expect->keys, expect, answer), text);
    update_list(rewrite, &items, &expect->items, answer,
                listed(&expect->items, expect, answer), text);
    update_end(rewrite, &expect->first, came > 0 ? &answer->items[0] : NULL,
               expect->exactly, text);
    update_end(rewrite, &expect->last, came > 0 ? &answer->items[came - 1] : NULL,
               expect->exactly, text);
}

bool rewrite_example(struct rewrite *rewrite, const struct example *example,
                     const struct query *query, const struct example_answer *answer,
                     bool good)
{
    struct buf text;
    size_t before = rewrite->count;
    buf_init(&text, TEXT_MAX);
    if (example->expect.node == NULL || (example->expect.node->kind == NODE_MAPPING &&
                                         example->expect.node->count == 0)) {
        fill(rewrite, example, query, answer, &text);
    } else if (!good) {
        update(rewrite, example, query, answer, &text);
    }
    buf_deinit(&text);
    const struct expectation *expect = &example->expect;
    bool lacks_ends = answer->item_count == 0 &&
                      (expect->first.node != NULL || expect->last.node != NULL);
    bool lacks_units = expect->units_node != NULL && !answer->has_units;
    return rewrite->count > before && !lacks_ends && !lacks_units;
}

static int compare_edits(const void *left, const void *right)
{
    const struct edit *a = left;
    const struct edit *b = right;
    return (a->from > b->from) - (a->from < b->from);
}

// The file may be another one by now.
static bool is_unchanged(const struct rewrite *rewrite, const char *real)
{
    struct ddb *ddb = rewrite->ddb;
    struct str now = {0};
    if (file_read(&now, real, rewrite->source->text.len + 1, &ddb->arena) == FILE_OK &&
        str_eq(now, rewrite->source->text)) {
        return true;
    }
    diag_add(&ddb->diags, DIAG_FILE_CHANGED, source_span_file(rewrite->source),
             "the file changed while it was compiled");
    return false;
}

bool rewrite_end(struct rewrite *rewrite)
{
    struct ddb *ddb = rewrite->ddb;
    struct str text = rewrite->source->text;
    const char *path = rewrite->source->name.at;
    const char *real = rewrite->count == 0 ? NULL : resolve_named(ddb, path);
    size_t at = 0;
    if (real == NULL || !is_unchanged(rewrite, real)) {
        return rewrite->count == 0;
    }
    qsort(rewrite->edits, rewrite->count, sizeof *rewrite->edits, compare_edits);
    struct output *output =
        output_file_new(path, false, ddb->options.stop, &ddb->diags);
    bool ok = output != NULL;
    for (size_t i = 0; i < rewrite->count && ok; i++) {
        const struct edit *edit = &rewrite->edits[i];
        ok = output_text(output, str_slice(text.at + at, text.at + edit->from)) &&
             output_text(output, edit->text);
        at = edit->to;
    }
    ok = ok && output_text(output, str_skip(text, at)) && output_commit(output);
    output_free(output);
    return ok;
}
