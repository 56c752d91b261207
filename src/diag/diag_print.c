// Showing diagnostics. In: what was collected. Out: text for people, JSON lines for
// programs, or the catalogue as a page of Markdown; all into a buf.
//
// Whatever comes from the user passes through utf8_put_visible (text) or the JSON
// writer: nothing here may be made to move a cursor, change a colour or begin a line.
#include "diag_print.h"

#include "excerpt.h"
#include "json_write.h"
#include "rule.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#define GUTTER_WIDTH 4 // columns for the line number, more when it needs them

static const char *severity_name(enum diag_severity severity)
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

// --- order ---------------------------------------------------------------------------

struct place {
    size_t file; // in order of first appearance; SIZE_MAX without a place
    uint32_t line;
    uint32_t column;
    size_t index; // in diags->kept; keeps the order of equals
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

// The diagnostics' places in the order of printing, diags->count of them.
static const struct place *sort_places(const struct diags *diags)
{
    const struct source **seen =
        arena_array(diags->arena, diags->count, sizeof(const struct source *));
    struct place *places = arena_array(diags->arena, diags->count, sizeof *places);
    size_t seen_count = 0;

    for (size_t i = 0; i < diags->count; i++) {
        const struct span *span = &diags->kept[i].span;
        size_t file = SIZE_MAX;
        if (span->source != NULL) {
            file = file_find(seen, seen_count, span->source);
            if (file == seen_count) {
                seen[seen_count++] = span->source;
            }
        }
        places[i] = (struct place){file, span->line, span->column, i};
    }
    if (diags->count > 0) {
        qsort(places, diags->count, sizeof *places, place_compare);
    }
    return places;
}

// --- text ----------------------------------------------------------------------------

struct printer {
    struct buf *out;
    bool color;
    struct column_counter columns; // of the diagnostics' own places, which are sorted
};

static void put_color(const struct printer *printer, const char *sequence)
{
    if (printer->color) {
        buf_puts(printer->out, sequence);
    }
}

static const char *severity_color(enum diag_severity severity)
{
    switch (severity) {
    case DIAG_ERROR:
        return "\x1b[1;31m";
    case DIAG_WARNING:
        return "\x1b[33m";
    case DIAG_NOTE:
        break;
    }
    return "\x1b[36m";
}

#define COLOR_GUTTER "\x1b[34m"
#define COLOR_OFF "\x1b[0m"

static void put_file_name(struct buf *out, struct str name)
{
    const char c = (char)(name.len > 0 ? name.at[0] : '\0');
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '/';

    // Those in angle brackets are our own words.
    if (!plain && !str_is(name, "<stdin>") && !str_is(name, "<flags>")) {
        buf_put(out, STR("./"));
    }
    utf8_put_visible(out, name);
}

// "file:line:column: ", "file: " or "ddbgen: ".
static void put_place(struct printer *printer, struct column_counter *columns,
                      const struct span *span)
{
    struct buf *out = printer->out;

    if (span->source == NULL) {
        buf_put(out, STR("ddbgen: "));
        return;
    }
    put_file_name(out, span->source->name);
    if (span->line > 0) {
        buf_char(out, ':');
        buf_uint(out, span->line);
        buf_char(out, ':');
        buf_uint(out,
                 column_count(columns, span->source, span->line_at, span->column) + 1);
    }
    buf_put(out, STR(": "));
}

static void put_repeated(struct buf *out, char c, size_t count)
{
    while (count-- > 0) {
        buf_char(out, c);
    }
}

// "   4 | " with the number, or blanks instead of it for line 0.
static void put_gutter(struct printer *printer, uint32_t line, size_t width)
{
    struct buf *out = printer->out;

    put_color(printer, COLOR_GUTTER);
    if (line > 0) {
        buf_printf(out, "%*u |", (int)width, (unsigned)line);
    } else {
        put_repeated(out, ' ', width + 1);
        buf_char(out, '|');
    }
    put_color(printer, COLOR_OFF);
    buf_char(out, ' ');
}

static void put_excerpt(struct printer *printer, const struct span *span,
                        enum diag_severity severity)
{
    struct buf *out = printer->out;
    struct excerpt excerpt;
    struct buf text;
    size_t width = 1;

    buf_init(&text, SIZE_MAX);
    if (excerpt_read(&excerpt, &text, span)) {
        for (uint32_t rest = span->line; rest >= 10; rest /= 10) {
            width++;
        }
        width = width < GUTTER_WIDTH ? GUTTER_WIDTH : width;
        put_gutter(printer, span->line, width);
        buf_put(out, buf_str(&text));
        buf_char(out, '\n');
        put_gutter(printer, 0, width);
        put_repeated(out, ' ', excerpt.caret_at);
        put_color(printer, severity_color(severity));
        put_repeated(out, '^', excerpt.caret_width);
        put_color(printer, COLOR_OFF);
        buf_char(out, '\n');
    }
    buf_deinit(&text);
}

static void put_help(struct printer *printer, struct str help)
{
    struct buf *out = printer->out;

    put_color(printer, severity_color(DIAG_NOTE));
    buf_put(out, STR("help:"));
    put_color(printer, COLOR_OFF);
    buf_char(out, ' ');
    utf8_put_visible(out, help);
    buf_char(out, '\n');
}

static void put_diag(struct printer *printer, const struct diag *diag)
{
    struct buf *out = printer->out;

    put_place(printer, &printer->columns, &diag->span);
    put_color(printer, severity_color(diag->severity));
    buf_puts(out, severity_name(diag->severity));
    buf_char(out, '[');
    buf_puts(out, diag_info_get(diag->code)->name);
    buf_char(out, ']');
    put_color(printer, COLOR_OFF);
    buf_put(out, STR(": "));
    utf8_put_visible(out, diag->message);
    buf_char(out, '\n');
    put_excerpt(printer, &diag->span, diag->severity);
    if (diag->help.len > 0) {
        put_help(printer, diag->help);
    }
    if (diag->related_message.len > 0) {
        struct column_counter columns = {0};
        put_place(printer, &columns, &diag->related);
        put_color(printer, severity_color(DIAG_NOTE));
        buf_put(out, STR("note"));
        put_color(printer, COLOR_OFF);
        buf_put(out, STR(": "));
        utf8_put_visible(out, diag->related_message);
        buf_char(out, '\n');
        put_excerpt(printer, &diag->related, DIAG_NOTE);
    }
}

void diag_print_text(struct buf *out, const struct diags *diags, bool color)
{
    struct printer printer = {.out = out, .color = color};
    const struct place *places = sort_places(diags);

    for (size_t i = 0; i < diags->count; i++) {
        put_diag(&printer, &diags->kept[places[i].index]);
    }
    if (diags->dropped > 0) {
        buf_put(out, STR("... and "));
        buf_uint(out, diags->dropped);
        buf_put(out, STR(" more\n"));
    }
}

// --- JSON ----------------------------------------------------------------------------

// A JSON string of text that need not be well-formed UTF-8: each bad byte as \xff.
static void put_json_text(struct buf *out, struct str text)
{
    buf_char(out, '"');
    while (text.len > 0) {
        const size_t good = utf8_check(text);
        json_put_escaped(out, (struct str){text.at, good});
        text = str_skip(text, good);
        if (text.len > 0) {
            buf_printf(out, "\\\\x%02x", (unsigned)(unsigned char)text.at[0]);
            text = str_skip(text, 1);
        }
    }
    buf_char(out, '"');
}

// ,"file":...,"line":...,"column":...,"end_column":... as far as the span has them.
static void put_json_place(struct buf *out, struct column_counter *columns,
                           const struct span *span)
{
    if (span->source == NULL) {
        return;
    }
    buf_put(out, STR(",\"file\":"));
    put_json_text(out, span->source->name);
    if (span->line == 0) {
        return;
    }
    const uint64_t column =
        column_count(columns, span->source, span->line_at, span->column);
    buf_put(out, STR(",\"line\":"));
    buf_uint(out, span->line);
    buf_put(out, STR(",\"column\":"));
    buf_uint(out, column + 1);
    if (span->length > 0) {
        struct column_counter end = *columns; // the next place may be before this end
        buf_put(out, STR(",\"end_column\":"));
        buf_uint(out, column_count(&end, span->source, span->line_at,
                                   (uint64_t)span->column + span->length) +
                          1);
    }
}

static void put_json_diag(struct buf *out, struct column_counter *columns,
                          const struct diag *diag)
{
    buf_put(out, STR("{\"type\":\"diagnostic\",\"severity\":\""));
    buf_puts(out, severity_name(diag->severity));
    buf_put(out, STR("\",\"code\":\""));
    buf_puts(out, diag_info_get(diag->code)->name);
    buf_put(out, STR("\",\"message\":"));
    put_json_text(out, diag->message);
    put_json_place(out, columns, &diag->span);
    if (diag->help.len > 0) {
        buf_put(out, STR(",\"help\":"));
        put_json_text(out, diag->help);
    }
    if (diag->related_message.len > 0) {
        struct column_counter related = {0};
        buf_put(out, STR(",\"related\":[{\"message\":"));
        put_json_text(out, diag->related_message);
        put_json_place(out, &related, &diag->related);
        buf_put(out, STR("}]"));
    }
    buf_put(out, STR("}\n"));
}

void diag_print_json(struct buf *out, const struct diags *diags)
{
    const struct place *places = sort_places(diags);
    struct column_counter columns = {0};

    for (size_t i = 0; i < diags->count; i++) {
        put_json_diag(out, &columns, &diags->kept[places[i].index]);
    }
}

void diag_print_json_summary(struct buf *out, const struct diags *diags)
{
    buf_put(out, STR("{\"type\":\"summary\",\"errors\":"));
    buf_uint(out, diags->errors);
    buf_put(out, STR(",\"warnings\":"));
    buf_uint(out, diags->warnings);
    buf_put(out, STR("}\n"));
}

// --- the reference page --------------------------------------------------------------

static int name_compare(const void *left, const void *right)
{
    const enum diag_code *a = left;
    const enum diag_code *b = right;

    return strcmp(diag_info_get(*a)->name, diag_info_get(*b)->name);
}

// The service's rules that a code stands for, one a line.
static void put_rules(struct buf *out, enum diag_code code)
{
    size_t count = 0;
    const struct rule *rules = rule_all(&count);
    const char *before = "\nRules of the service ([all](rules.md)):\n\n";

    for (size_t i = 0; i < count; i++) {
        if (rules[i].code == code) {
            buf_printf(out, "%s- %s: %s\n", before, rules[i].id, rules[i].text);
            before = "";
        }
    }
}

static void put_reference_entry(struct buf *out, enum diag_code code)
{
    const struct diag_info *info = diag_info_get(code);

    buf_printf(out, "\n## `%s`\n\n", info->name);
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
    buf_printf(out, " **%s**\n\n%s\n", info->title, info->explanation);
    put_rules(out, code);
}

void diag_print_reference(struct buf *out)
{
    enum diag_code codes[DIAG_CODE_COUNT];

    for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
        codes[i] = (enum diag_code)i;
    }
    qsort(codes, DIAG_CODE_COUNT, sizeof codes[0], name_compare);
    buf_put(
        out,
        STR("# Diagnostics\n\n"
            "Every message of ddbgen carries a code in brackets, as in\n"
            "`schemas/messages.yaml:4:3: error[unknown-key]: ...`. This page lists\n"
            "them all: how severe each is, the exit code that it leads to, why\n"
            "ddbgen says it, and what to do. It is generated from the program's own\n"
            "catalogue.\n"));
    for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
        put_reference_entry(out, codes[i]);
    }
}
