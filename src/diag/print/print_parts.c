// What the printers share. In: collected diagnostics and spans. Out: an order, numbers,
// names and JSON strings.
#include "print_parts.h"

#include "json_write.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

struct place {
    size_t file; // in order of first appearance; SIZE_MAX without a place
    uint32_t line;
    uint32_t column;
    size_t index; // in the list; keeps the order of equals
};

static int compare(uint64_t a, uint64_t b)
{
    return a < b ? -1 : (a > b ? 1 : 0);
}

static int place_compare(const void *left, const void *right)
{
    const struct place *a = left;
    const struct place *b = right;
    int order = compare(a->file, b->file);

    if (order == 0) {
        order = compare(a->line, b->line);
    }
    if (order == 0) {
        order = compare(a->column, b->column);
    }
    return order != 0 ? order : compare(a->index, b->index);
}

// The index of the source's file among count of those seen, or count.
static size_t file_find(const struct source *const *seen, size_t count,
                        const struct source *source)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(seen[i]->name, source->name)) {
            return i;
        }
    }
    return count;
}

const size_t *print_order(struct arena *arena, const struct diag *list, size_t count)
{
    const struct source **seen =
        arena_array(arena, count, sizeof(const struct source *));
    struct place *places = arena_array(arena, count, sizeof *places);
    size_t *order = arena_array(arena, count, sizeof *order);
    size_t seen_count = 0;

    for (size_t i = 0; i < count; i++) {
        const struct span *span = &list[i].span;
        size_t file = SIZE_MAX;
        if (span->source != NULL) {
            file = file_find(seen, seen_count, span->source);
            if (file == seen_count) {
                seen[seen_count++] = span->source;
            }
        }
        places[i] = (struct place){file, span->line, span->column, i};
    }
    if (count > 0) {
        qsort(places, count, sizeof *places, place_compare);
    }
    for (size_t i = 0; i < count; i++) {
        order[i] = places[i].index;
    }
    return order;
}

void print_place_get(struct print_place *place, struct column_counter *columns,
                     const struct span *span)
{
    *place = (struct print_place){0};
    if (span->source == NULL) {
        return;
    }
    place->file = source_shown(span->source, columns->arena);
    if (span->line == 0) {
        return;
    }
    place->line = span->line;
    place->column =
        column_count(columns, span->source, span->line_at, span->column) + 1;
    if (span->length > 0) {
        place->end_column = column_count(columns, span->source, span->line_at,
                                         (uint64_t)span->column + span->length) +
                            1;
    }
}

const char *print_severity(enum diag_severity severity)
{
    switch (severity) {
    case DIAG_ERROR:
        return "error";
    case DIAG_WARNING:
        return "warning";
    case DIAG_NOTE:
        break;
    }
    return "note";
}

static int name_compare(const void *left, const void *right)
{
    const enum diag_code *a = left;
    const enum diag_code *b = right;

    return strcmp(diag_info_get(*a)->name, diag_info_get(*b)->name);
}

void print_codes_by_name(enum diag_code codes[static DIAG_CODE_COUNT])
{
    for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
        codes[i] = (enum diag_code)i;
    }
    qsort(codes, DIAG_CODE_COUNT, sizeof codes[0], name_compare);
}

void print_consequence(struct buf *out, const struct diag_info *info)
{
    switch (info->severity) {
    case DIAG_ERROR:
        buf_printf(out, "Error, exit code %d.", (int)info->class);
        break;
    case DIAG_WARNING:
        buf_put(out, STR("Warning, exit code 0 (with `--strict`: 2)."));
        break;
    case DIAG_NOTE:
        buf_put(out, STR("Note, exit code 0."));
        break;
    }
}

void print_lines(struct buf *out, const struct diag *diag)
{
    if (diag->line_count == 0) {
        return;
    }
    buf_printf(out,
               diag->line_count == 1 ? "; so in line " : "; so in %zu more lines: ",
               diag->line_count);
    for (size_t i = 0; i < diag->line_count && i < DIAG_LINES_MAX; i++) {
        buf_puts(out, i > 0 ? ", " : "");
        buf_uint(out, diag->lines[i]);
    }
    buf_puts(out, diag->line_count > DIAG_LINES_MAX ? ", ..." : "");
}

struct str print_plain_path(struct str name)
{
    while (str_starts(name, STR("./"))) {
        name = str_skip(name, 2);
    }
    return name;
}

void print_dropped(struct buf *out, const struct diags *diags)
{
    buf_put(out, STR("... and "));
    buf_uint(out, diags->dropped);
    buf_put(out, STR(" more"));
}

void print_json_raw(struct buf *out, struct str text)
{
    buf_char(out, '"');
    while (text.len > 0) {
        size_t good = utf8_check(text);
        json_put_escaped(out, (struct str){text.at, good});
        text = str_skip(text, good);
        if (text.len > 0) {
            buf_printf(out, "\\\\x%02x", (unsigned)(unsigned char)text.at[0]);
            text = str_skip(text, 1);
        }
    }
    buf_char(out, '"');
}

void print_json_visible(struct buf *out, struct str text)
{
    struct buf visible;

    buf_init(&visible, SIZE_MAX);
    utf8_put_visible(&visible, text);
    json_put_string(out, buf_str(&visible));
    buf_deinit(&visible);
}
