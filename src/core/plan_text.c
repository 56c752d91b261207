// A plan for people. Changes enter, lines leave that begin with our own words and
// marks:
//
//     cruddur-messages
//       + pk "MSG#5ae2..." sk "2023-03-19T12:04..."  (message, fixtures/talk.txt:14)
//       ~ pk "GRP#7e1c..." sk "2023-03-19T14:00..."  (group, fixtures/talk.txt:2)
//           message "…around what differs, the old…"
//            -> "…around what differs, the new…"
//
// Values are written by the JSON writer, which lets nothing through to a terminal that
// moves a cursor or changes a colour.
#include "plan_text.h"

#include "arena.h"
#include "canon.h"
#include "json_write.h"
#include "plan_forecast.h"
#include "utf8.h"
#include "value_json.h"

#include <inttypes.h>

#define CONTEXT_BYTES 24 // of a long text, around what differs in it
#define SHOWN_BYTES 160  // of a value
#define WIDE_BYTES 80    // one that is wider has a line of its own
#define COLOR_OFF "\x1b[0m"

void plan_text_put_mark(struct plan_page *page, enum plan_mark mark)
{
    static const struct {
        const char *mark;
        const char *color;
    } MARKS[] = {
        [PLAN_ADD] = {"+", "\x1b[32m"},
        [PLAN_CHANGE] = {"~", "\x1b[33m"},
        [PLAN_REMOVE] = {"-", "\x1b[31m"},
    };
    buf_puts(&page->out, "  ");
    buf_puts(&page->out, page->color ? MARKS[mark].color : "");
    buf_puts(&page->out, MARKS[mark].mark);
    buf_puts(&page->out, page->color ? COLOR_OFF : "");
    buf_char(&page->out, ' ');
}

void plan_text_put_heading(struct plan_page *page, const struct plan_table *table)
{
    if (page->named != table) {
        utf8_put_visible(&page->out, plan_declared(table)->name);
        buf_char(&page->out, '\n');
    }
    page->named = table;
}

// At most len bytes, not within a character.
static struct str clip(struct str text, size_t len)
{
    if (text.len <= len) {
        return text;
    }
    while (len > 0 && ((unsigned char)text.at[len] & 0xc0U) == 0x80U) {
        len--;
    }
    return (struct str){text.at, len};
}

static void put_string(struct buf *out, struct str text, bool before, bool after)
{
    buf_char(out, '"');
    buf_puts(out, before ? "…" : "");
    json_put_escaped(out, text);
    buf_puts(out, after ? "…" : "");
    buf_char(out, '"');
}

void plan_text_put_value(struct buf *out, const struct value *value)
{
    if (value->type == VALUE_N) {
        buf_put(out, value->text);
        return;
    }
    if (value->type == VALUE_S) {
        struct str shown = clip(value->text, SHOWN_BYTES);
        put_string(out, shown, false, shown.len < value->text.len);
        return;
    }
    struct buf json;
    buf_init(&json, SIZE_MAX);
    value_write(&json, value);
    struct str shown = clip(buf_str(&json), SHOWN_BYTES);
    buf_put(out, shown);
    buf_puts(out, shown.len < json.len ? "…" : "");
    buf_deinit(&json);
}

// How far two texts agree from their start, whole characters only.
static size_t common_start(struct str a, struct str b)
{
    size_t len = 0;
    while (len < a.len && len < b.len && a.at[len] == b.at[len]) {
        len++;
    }
    while (len > 0 && len < a.len && ((unsigned char)a.at[len] & 0xc0U) == 0x80U) {
        len--;
    }
    return len;
}

static size_t common_end(struct str a, struct str b, size_t start)
{
    size_t len = 0;
    while (len < a.len - start && len < b.len - start &&
           a.at[a.len - 1 - len] == b.at[b.len - 1 - len]) {
        len++;
    }
    while (len > 0 && ((unsigned char)a.at[a.len - len] & 0xc0U) == 0x80U) {
        len--;
    }
    return len;
}

static bool is_inside(struct str text, size_t at)
{
    return at < text.len && ((unsigned char)text.at[at] & 0xc0U) == 0x80U;
}

// The part from `start` to `end` bytes before the end, with some of what is around it,
// whole characters only. A string is quoted, JSON stands as it is.
static void put_excerpt(struct buf *out, struct str text, size_t start, size_t end,
                        bool quoted)
{
    size_t from = start > CONTEXT_BYTES ? start - CONTEXT_BYTES : 0;
    size_t to = text.len - end + CONTEXT_BYTES;
    to = to < text.len ? to : text.len;
    while (from > 0 && is_inside(text, from)) {
        from--;
    }
    while (is_inside(text, to)) {
        to++;
    }
    struct str shown = clip((struct str){text.at + from, to - from}, SHOWN_BYTES);
    bool before = from > 0;
    bool after = from + shown.len < text.len;
    if (quoted) {
        put_string(out, shown, before, after);
        return;
    }
    buf_puts(out, before ? "…" : "");
    buf_put(out, shown);
    buf_puts(out, after ? "…" : "");
}

void plan_text_put_name(struct buf *out, struct str name)
{
    bool bare = name.len > 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bare = bare && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '_' || c == '-');
    }
    if (bare) {
        buf_put(out, name);
    } else {
        json_put_string(out, name);
    }
}

// A string's text, else the value's JSON, which is written to json.
static struct str whole_text(const struct value *value, bool quoted, struct buf *json)
{
    buf_init(json, SIZE_MAX);
    if (quoted) {
        return value->text;
    }
    value_write(json, value);
    return buf_str(json);
}

// Long values around what differs in them.
static void put_long_difference(struct buf *out, const struct value *old,
                                const struct value *new)
{
    bool quoted = old->type == VALUE_S && new->type == VALUE_S;
    struct buf old_json;
    struct buf new_json;
    struct str from = whole_text(old, quoted, &old_json);
    struct str to = whole_text(new, quoted, &new_json);
    size_t start = common_start(from, to);
    size_t end = common_end(from, to, start);
    put_excerpt(out, from, start, end, quoted);
    buf_puts(out, "\n       -> ");
    put_excerpt(out, to, start, end, quoted);
    buf_deinit(&old_json);
    buf_deinit(&new_json);
}

static size_t width(const struct value *value)
{
    struct buf json;
    buf_init(&json, SIZE_MAX);
    value_write(&json, value);
    size_t len = json.len;
    buf_deinit(&json);
    return len;
}

static void put_difference(struct buf *out, const struct value_entry *before,
                           const struct value_entry *after)
{
    buf_puts(out, "      ");
    plan_text_put_name(out, before->name);
    buf_char(out, ' ');
    if (width(before->value) > WIDE_BYTES || width(after->value) > WIDE_BYTES) {
        put_long_difference(out, before->value, after->value);
    } else {
        plan_text_put_value(out, before->value);
        buf_puts(out, " -> ");
        plan_text_put_value(out, after->value);
    }
    buf_char(out, '\n');
}

static const struct value_entry *find(const struct value_entry *entries, size_t count,
                                      struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(entries[i].name, name)) {
            return &entries[i];
        }
    }
    return NULL;
}

static void put_only(struct buf *out, const char *mark, const struct value_entry *entry)
{
    buf_puts(out, "      ");
    buf_puts(out, mark);
    buf_char(out, ' ');
    plan_text_put_name(out, entry->name);
    buf_char(out, ' ');
    plan_text_put_value(out, entry->value);
    buf_char(out, '\n');
}

struct side {
    struct value_entry *entries;
    size_t count;
};

static void put_differences(struct buf *out, const struct side *live,
                            const struct side *declared, struct arena *scratch)
{
    for (size_t i = 0; i < live->count; i++) {
        const struct value_entry *before = &live->entries[i];
        const struct value_entry *after =
            find(declared->entries, declared->count, before->name);
        if (after == NULL) {
            put_only(out, "-", before);
        } else if (!canon_equal(before->value, after->value, scratch)) {
            put_difference(out, before, after);
        }
    }
    for (size_t i = 0; i < declared->count; i++) {
        const struct value_entry *after = &declared->entries[i];
        if (find(live->entries, live->count, after->name) == NULL) {
            put_only(out, "+", after);
        }
    }
}

static void put_key(struct buf *out, const struct table *table, const struct side *side)
{
    const struct key_schema *key = &table->key;
    for (size_t i = 0; i < 1 + key->range_count; i++) {
        const struct key_part *part = i == 0 ? &key->hash[0] : &key->range[0];
        const struct value_entry *entry = find(side->entries, side->count, part->name);
        buf_puts(out, i == 0 ? "" : " ");
        plan_text_put_name(out, part->name);
        buf_char(out, ' ');
        if (entry != NULL) {
            plan_text_put_value(out, entry->value);
        }
    }
}

static bool read_side(struct side *out, struct str json, struct arena *arena)
{
    const char *why = NULL;
    return json.len > 0 &&
           value_json_read_item(&out->entries, &out->count, json, arena, &why);
}

static void put_origin(struct buf *out, const struct item_change *change)
{
    const struct batch_item *item = change->item;
    if (item != NULL) {
        buf_puts(out, "  (");
        if (item->identity.program != NULL) {
            utf8_put_visible(out, item->identity.program->entity->name);
            buf_puts(out, ", ");
        }
        utf8_put_visible(out, item->source->name);
        buf_printf(out, ":%u)", item->line);
    }
    buf_char(out, '\n');
}

void plan_text_put_item(struct plan_page *page, const struct plan_table *table,
                        const struct item_change *change)
{
    static const enum plan_mark MARKS[] = {
        [ITEM_ADDED] = PLAN_ADD,
        [ITEM_CHANGED] = PLAN_CHANGE,
        [ITEM_MOVED] = PLAN_CHANGE,
        [ITEM_STALE] = PLAN_REMOVE,
    };
    struct arena arena = {0};
    const struct side declared = {change->values.attributes, change->values.count};
    struct side live = {0};
    struct buf *out = &page->out;
    bool is_declared = change->declared.len > 0;
    bool is_live = read_side(&live, change->live, &arena);
    bool both = is_declared && is_live && !change->cut;
    plan_text_put_heading(page, table);
    plan_text_put_mark(page, MARKS[change->kind]);
    put_key(out, change->table, is_declared ? &declared : &live);
    put_origin(out, change);
    if (both && (change->kind == ITEM_CHANGED || change->put)) {
        put_differences(out, &live, &declared, &arena);
    } else if (change->kind == ITEM_CHANGED || (change->cut && change->put)) {
        buf_puts(out, "      (too many differences to show what was there before)\n");
    } else if (change->kind == ITEM_MOVED) {
        buf_puts(out, "      it is there; removed: ");
        put_key(out, change->table, &live);
        buf_char(out, '\n');
    }
    arena_deinit(&arena);
}

static void put_count(struct buf *out, uint64_t count, const char *what, bool *first)
{
    if (count > 0) {
        buf_printf(out, "%s%" PRIu64 " %s", *first ? "" : ", ", count, what);
        *first = false;
    }
}

// Of what is no change: settings that nobody declares any more, or that cannot be told.
static void put_note_counts(struct buf *out, const struct plan_counts *counts,
                            bool *first)
{
    uint64_t undeclared = counts->notes[TABLE_NOTE_UNDECLARED];
    uint64_t unknown = counts->notes[TABLE_NOTE_UNKNOWN];
    uint64_t others = plan_count_notes(counts) - undeclared - unknown;
    put_count(out, undeclared, "no longer declared", first);
    put_count(out, unknown, "not known", first);
    put_count(out, others, others == 1 ? "note" : "notes", first);
}

void plan_text_put_counts(struct buf *out, const struct plan_counts *counts, bool prune)
{
    bool first = true;
    put_count(out, counts->tables_added,
              counts->tables_added == 1 ? "table to create" : "tables to create",
              &first);
    put_count(out, counts->table_changes,
              counts->table_changes == 1 ? "setting to change" : "settings to change",
              &first);
    put_count(out, counts->added, "to add", &first);
    put_count(out, counts->changed, "to change", &first);
    put_count(out, counts->moved, "to move", &first);
    put_count(out, counts->stale,
              prune ? "stale to delete" : "stale, kept without --prune", &first);
    put_count(out, counts->unread, "to put without looking", &first);
    put_count(out, counts->same, "unchanged", &first);
    put_note_counts(out, counts, &first);
}

void plan_text_put_summary(struct buf *out, const struct plan *plan)
{
    struct plan_counts counts = plan_totals(plan);
    if (!plan_differs(&counts) && plan_count_notes(&counts) == 0) {
        buf_printf(out, "no changes: %" PRIu64 " item%s as declared\n", counts.same,
                   counts.same == 1 ? " is" : "s are");
        return;
    }
    buf_puts(out, plan_differs(&counts) ? "plan: " : "plan: nothing to change, ");
    plan_text_put_counts(out, &counts, plan->prune);
    buf_char(out, '\n');
}

void plan_text_put_end(struct plan_page *page, const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        plan_forecast_put_text(&page->out, &plan->tables[i]);
    }
    plan_text_put_summary(&page->out, plan); // the last line, whatever comes before
}

const struct plan_format PLAN_TEXT = {plan_text_put_table, plan_text_put_item,
                                      plan_text_put_end};
