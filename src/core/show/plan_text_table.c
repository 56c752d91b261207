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
#include "plan_text_table.h"

#include "json_write.h"
#include "plan.h"
#include "plan_frame.h"
#include "plan_notation.h"
#include "plan_view.h"
#include "utf8.h"

#define SHOWN_CHARACTERS 200 // of a value
#define WIDE_BYTES 80        // of a path and its values, on one line
#define NARROW_BYTES 24      // of values that stay on it, however long the path is
#define CONTEXT_BYTES 24     // before what differs in long ones
#define UNTOLD_SHOWN 12      // settings of which a server tells nothing

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

// A value that says what it is: structures and policies stand as they are, other texts
// are quoted where they are more than letters and signs that join them.
static struct str worded(struct str value, bool structured, struct arena *arena)
{
    bool plain = value.len > 0;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.at[i];
        struct str one = {&c, 1};
        plain = plain && (json_is_word(one) || str_find_char(STR("./:@+="), c) < 6);
    }
    if (value.at == NULL || structured || plain) {
        return value;
    }
    struct buf quoted;
    buf_init(&quoted, SIZE_MAX);
    json_put_word(&quoted, value);
    struct str kept = arena_str(arena, buf_str(&quoted));
    buf_deinit(&quoted);
    return kept;
}

// A change whose values are worded.
static struct table_change in_words(const struct plan_page *page,
                                    const struct table_change *change)
{
    struct table_change worded_change = *change;
    bool structured = change->from_json.at != NULL || change->to_json.at != NULL ||
                      change->kind == TABLE_CHANGE_RESOURCE_POLICY;
    worded_change.from = worded(change->from, structured, page->arena);
    worded_change.to = worded(change->to, structured, page->arena);
    return worded_change;
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
    while (a.at != NULL && b.at != NULL && at < a.len && at < b.len &&
           a.at[at] == b.at[at]) {
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
    size_t values = change->from.len + change->to.len;
    return values > NARROW_BYTES && change->path.len + values > WIDE_BYTES;
}

// Where a member of an index ends: at the comma that stands in no bracket within the
// outer one and in no quotes, or at the end.
static size_t member_end(struct str value, size_t at)
{
    int depth = at == 0 ? 0 : 1;
    bool quoted = false;
    for (; at < value.len; at++) {
        char c = value.at[at];
        if (quoted && c == '\\') {
            at++;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == '{' || c == '[')) {
            depth++;
        } else if (!quoted && (c == '}' || c == ']')) {
            depth--;
        } else if (!quoted && c == ',' && depth == 1) {
            return at + 1;
        }
    }
    return value.len;
}

// An index with much to say: its members, our own names, have lines of their own.
static void put_members(struct buf *out, struct str value)
{
    size_t at = 0;
    while (at < value.len) {
        size_t end = member_end(value, at);
        utf8_put_visible(out, (struct str){value.at + at, end - at});
        at = end;
        if (at < value.len) {
            buf_puts(out, "\n          ");
            at += value.at[at] == ' ' ? 1 : 0;
        }
    }
}

// What comes or goes with all of it, and everything with --full, is shown whole.
static void put_side(struct plan_page *page, const struct table_change *change,
                     struct str value)
{
    bool whole = page->detail == DDB_DETAIL_FULL ||
                 (change->sign != '~' &&
                  (change->from_json.at != NULL || change->to_json.at != NULL));
    if (whole && value.len > WIDE_BYTES && str_starts(value, STR("{ key_schema: "))) {
        put_members(&page->out, value);
    } else if (whole) {
        utf8_put_visible(&page->out, value);
    } else {
        put_value(&page->out, value, start_of(change));
    }
}

static void put_values(struct plan_page *page, const struct table_change *change,
                       const char *between)
{
    struct buf *out = &page->out;
    if (change->from.at != NULL) {
        notation_put_color(out, NOTATION_OLD, page->color);
        put_side(page, change, change->from);
        notation_put_color(out, NOTATION_OFF, page->color);
    }
    buf_puts(out, change->sign == '~' ? between : "");
    if (change->to.at != NULL) {
        notation_put_color(out, NOTATION_NEW, page->color);
        put_side(page, change, change->to);
        notation_put_color(out, NOTATION_OFF, page->color);
    }
}

static void put_note_of(struct plan_page *page, const struct table_change *change)
{
    const char *note = change->kind == TABLE_CHANGE_IMPOSSIBLE ? "(impossible in place)"
                       : change->destructive                   ? "(destructive)"
                                                               : "";
    if (note[0] != '\0') {
        buf_puts(&page->out, "  ");
        notation_put_color(&page->out, NOTATION_LOSS, page->color);
        buf_puts(&page->out, note);
        notation_put_color(&page->out, NOTATION_OFF, page->color);
    }
}

static void put_change(struct plan_page *page, const struct table_change *found)
{
    struct table_change change = in_words(page, found);
    struct buf *out = &page->out;
    plan_frame_put_mark(page, change.sign == '+'   ? PLAN_ADD
                              : change.sign == '-' ? PLAN_REMOVE
                                                   : PLAN_CHANGE);
    utf8_put_visible(out, change.path);
    if (is_wide(&change)) {
        put_note_of(page, &change);
        buf_puts(out, "\n       = "); // no line begins with a server's text
        put_values(page, &change, "\n      -> ");
    } else {
        buf_char(out, ' ');
        put_values(page, &change, " -> ");
        put_note_of(page, &change);
    }
    buf_char(out, '\n');
}

static void put_new(struct plan_page *page, const struct plan_table *table)
{
    struct buf *out = &page->out;
    plan_frame_put_mark(page, PLAN_ADD);
    buf_puts(out, "table\n");
    for (size_t i = 0; i < table->diff.count; i++) {
        struct table_change change = in_words(page, &table->diff.changes[i]);
        buf_puts(out, "      ");
        utf8_put_visible(out, change.path);
        buf_puts(out, is_wide(&change) ? "\n        = " : " ");
        put_values(page, &change, "");
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

// What an emulator lacks may be a dozen settings: they share a line.
static void put_untold(struct plan_page *page, const struct plan_table *table)
{
    bool whole = page->detail == DDB_DETAIL_FULL;
    size_t count = 0;
    for (size_t i = 0; i < table->diff.note_count; i++) {
        const struct table_note *note = &table->diff.notes[i];
        if (!note->untold) {
            continue;
        }
        if (whole || count < UNTOLD_SHOWN) {
            buf_puts(&page->out, count == 0 ? "  note: " : ", ");
            utf8_put_visible(&page->out, note->path);
        }
        count++;
    }
    if (!whole && count > UNTOLD_SHOWN) {
        buf_printf(&page->out, " and %zu more", count - UNTOLD_SHOWN);
    }
    buf_puts(&page->out, count > 0 ? ": " TABLE_NOTE_UNTOLD "\n" : "");
}

static void put_notes(struct plan_page *page, const struct plan_table *table)
{
    put_untold(page, table);
    for (size_t i = 0; i < table->diff.note_count; i++) {
        const struct table_note *note = &table->diff.notes[i];
        if (note->untold) {
            continue;
        }
        buf_puts(&page->out, "  note: ");
        utf8_put_visible(&page->out, note->path);
        if (note->kind == TABLE_NOTE_REPLICAS) { // a list of names, and no one text
            buf_char(&page->out, ' ');
            utf8_put_visible(&page->out, note->value);
        } else if (note->value.at != NULL) {
            buf_char(&page->out, ' ');
            put_value(
                &page->out,
                worded(note->value, str_starts(note->value, STR("{")), page->arena), 0);
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
    plan_frame_put_heading(page, table);
    if (plan_is_missing(table)) {
        put_new(page, table);
        put_notes(page, table);
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
