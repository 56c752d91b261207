// A table's part of a plan for people: what it is to be when it is new, else what of it
// changes.
//
//     cruddur-messages
//       ~ billing_mode PROVISIONED -> PAY_PER_REQUEST
//       - global_secondary_indexes.by-day  (destructive)
//            = { key_schema: { hash: day (S) }, projection: ALL }
//       ~ key_schema { hash: a (S) } -> { hash: b (S) }  (impossible in place)
//       untouched: global_secondary_indexes.by-name
//       note: time_to_live.attribute_name ends: no longer declared, left as it is
//
// Paths and values may hold what a server sent, or the user's text: they are made
// visible, and long ones (policies) are cut around what differs.
#include "plan_text.h"

#include "utf8.h"

#define SHOWN_CHARACTERS 200 // of a value
#define WIDE_BYTES 80        // of a path and its values, on one line
#define CONTEXT_BYTES 24     // before what differs in long ones

static bool is_inside(struct str text, size_t at)
{
    return at < text.len && ((unsigned char)text.at[at] & 0xc0U) == 0x80U;
}

// A value from a byte on, which begins a character.
static void put_value(struct buf *out, struct str value, size_t start)
{
    size_t at = start;
    for (size_t count = 0; at < value.len && count < SHOWN_CHARACTERS; count++) {
        do {
            at++;
        } while (is_inside(value, at));
    }
    buf_puts(out, start > 0 ? "…" : "");
    utf8_put_visible(out, (struct str){value.at + start, at - start});
    buf_puts(out, at < value.len ? "…" : "");
}

// Where both values of a change begin to be shown: of two policies what differs may
// stand far behind.
static size_t start_of(const struct table_change *change)
{
    struct str a = change->from;
    struct str b = change->to;
    size_t at = 0;
    if (a.len <= SHOWN_CHARACTERS && b.len <= SHOWN_CHARACTERS) {
        return 0;
    }
    while (at < a.len && at < b.len && a.at[at] == b.at[at]) {
        at++;
    }
    at = at > CONTEXT_BYTES ? at - CONTEXT_BYTES : 0;
    while (at > 0 && is_inside(a, at)) {
        at--;
    }
    return at;
}

// Then the values have lines of their own.
static bool is_wide(const struct table_change *change)
{
    return change->path.len + change->from.len + change->to.len > WIDE_BYTES;
}

static void put_values(struct buf *out, const struct table_change *change,
                       const char *between)
{
    size_t start = start_of(change);
    if (change->from.at != NULL) {
        put_value(out, change->from, start);
    }
    buf_puts(out, change->sign == '~' ? between : "");
    if (change->to.at != NULL) {
        put_value(out, change->to, start);
    }
}

static const char *note_of(const struct table_change *change)
{
    return change->kind == TABLE_CHANGE_IMPOSSIBLE ? "  (impossible in place)"
           : change->destructive                   ? "  (destructive)"
                                                   : "";
}

static void put_change(struct plan_page *page, const struct table_change *change)
{
    struct buf *out = &page->out;
    plan_text_put_mark(page, change->sign == '+'   ? PLAN_ADD
                             : change->sign == '-' ? PLAN_REMOVE
                                                   : PLAN_CHANGE);
    utf8_put_visible(out, change->path);
    if (is_wide(change)) {
        buf_puts(out, note_of(change));
        buf_puts(out, "\n       = "); // no line begins with a server's text
        put_values(out, change, "\n      -> ");
    } else {
        buf_char(out, ' ');
        put_values(out, change, " -> ");
        buf_puts(out, note_of(change));
    }
    buf_char(out, '\n');
}

static void put_new(struct plan_page *page, const struct plan_table *table)
{
    struct buf *out = &page->out;
    plan_text_put_mark(page, PLAN_ADD);
    buf_puts(out, "table\n");
    for (size_t i = 0; i < table->diff.count; i++) {
        const struct table_change *change = &table->diff.changes[i];
        buf_puts(out, "      ");
        utf8_put_visible(out, change->path);
        buf_puts(out, is_wide(change) ? "\n        = " : " ");
        put_value(out, change->to, 0);
        buf_char(out, '\n');
    }
}

// Whoever reads of one index asks about the others.
static void put_untouched(struct plan_page *page, const struct plan_table *table)
{
    const struct table *declared = plan_declared(table);
    bool first = true;
    for (size_t i = 0; i < declared->index_count && !table->diff.other_key; i++) {
        const struct secondary_index *index = &declared->indexes[i];
        if (!table_diff_touches(&table->diff, index)) {
            buf_puts(&page->out, first ? "  untouched: " : ", ");
            buf_printf(&page->out, "%s_secondary_indexes.",
                       index->local ? "local" : "global");
            utf8_put_visible(&page->out, index->name);
            first = false;
        }
    }
    buf_puts(&page->out, first ? "" : "\n");
}

static void put_notes(struct plan_page *page, const struct plan_table *table)
{
    for (size_t i = 0; i < table->diff.note_count; i++) {
        const struct table_note *note = &table->diff.notes[i];
        buf_puts(&page->out, "  note: ");
        utf8_put_visible(&page->out, note->path);
        if (note->value.at != NULL) {
            buf_char(&page->out, ' ');
            put_value(&page->out, note->value, 0);
        }
        buf_puts(&page->out, note->path.len > 0 ? ": " : "");
        utf8_put_visible(&page->out, note->text);
        buf_char(&page->out, '\n');
    }
}

void plan_text_put_table(struct plan_page *page, const struct plan_table *table)
{
    if (table->diff.count + table->diff.note_count == 0) {
        return;
    }
    plan_text_put_heading(page, table);
    if (plan_is_missing(table)) {
        put_new(page, table);
        return;
    }
    for (size_t i = 0; i < table->diff.count; i++) {
        put_change(page, &table->diff.changes[i]);
    }
    if (table->diff.count > 0) {
        put_untouched(page, table);
    }
    put_notes(page, table);
}
