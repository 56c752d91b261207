// Diagnostics for people. In: what was collected. Out: lines with an excerpt and a
// caret.
//
// Whatever comes from the user passes through utf8_put_visible: nothing here may be
// made to move a cursor, change a colour or begin a line.
#include "diag_print.h"

#include "ascii.h"
#include "excerpt.h"
#include "print_parts.h"
#include "utf8.h"

#define GUTTER_WIDTH 4 // columns for the line number, more when it needs them

struct printer {
    struct buf *out;
    bool color;
    struct column_counter columns; // of the diagnostics' own places, which are sorted
    struct column_counter related_columns;
    struct excerpt_piece *own;     // of their lines,
    struct excerpt_piece *related; // and those of second places
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
    char c = (char)(name.len > 0 ? name.at[0] : '\0');
    bool plain = ascii_is_alnum(c) || c == '.' || c == '_' || c == '/';
    // Those in angle brackets are our own words.
    if (!plain && !str_is(name, SOURCE_STDIN) && !str_is(name, "<flags>")) {
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
    put_file_name(out, source_shown(span->source, columns->arena));
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

static void put_excerpt(struct printer *printer, struct excerpt_piece *piece,
                        const struct span *span, enum diag_severity severity)
{
    struct buf *out = printer->out;
    struct excerpt excerpt;
    struct buf text;
    size_t width = 1;

    buf_init(&text, SIZE_MAX);
    if (excerpt_read(&excerpt, &text, piece, span)) {
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

// Its first line.
static void put_heading(struct printer *printer, const struct diag *diag)
{
    struct buf *out = printer->out;

    put_place(printer, &printer->columns, &diag->span);
    put_color(printer, severity_color(diag->severity));
    buf_puts(out, print_severity(diag->severity));
    buf_char(out, '[');
    buf_puts(out, diag_info_get(diag->code)->name);
    buf_char(out, ']');
    put_color(printer, COLOR_OFF);
    buf_put(out, STR(": "));
    utf8_put_visible(out, diag->message);
    print_lines(out, diag);
    buf_char(out, '\n');
}

static void put_diag(struct printer *printer, const struct diag *diag)
{
    struct buf *out = printer->out;

    put_heading(printer, diag);
    put_excerpt(printer, printer->own, &diag->span, diag->severity);
    if (diag->help.len > 0) {
        put_help(printer, diag->help);
    }
    if (diag->related_message.len > 0) {
        put_place(printer, &printer->related_columns, &diag->related);
        put_color(printer, severity_color(DIAG_NOTE));
        buf_put(out, STR("note"));
        put_color(printer, COLOR_OFF);
        buf_put(out, STR(": "));
        utf8_put_visible(out, diag->related_message);
        buf_char(out, '\n');
        put_excerpt(printer, printer->related, &diag->related, DIAG_NOTE);
    }
}

void diag_print_text(struct buf *out, const struct diags *diags, bool color)
{
    struct printer printer = {
        .out = out,
        .color = color,
        .columns = {.arena = diags->arena},
        .related_columns = {.arena = diags->arena},
        .own = arena_alloc(diags->arena, sizeof *printer.own),
        .related = arena_alloc(diags->arena, sizeof *printer.related),
    };
    const size_t *order = print_order(diags->arena, diags->kept, diags->count);

    for (size_t i = 0; i < diags->count; i++) {
        put_diag(&printer, &diags->kept[order[i]]);
    }
    if (diags->dropped > 0) {
        print_dropped(out, diags);
        buf_char(out, '\n');
    }
}

size_t diag_print_brief(struct buf *out, const struct diags *diags, size_t max)
{
    struct printer printer = {.out = out, .columns = {.arena = diags->arena}};
    const size_t *order = print_order(diags->arena, diags->kept, diags->count);
    size_t shown = 0;

    for (size_t i = 0; i < diags->count && shown < max; i++) {
        const struct diag *diag = &diags->kept[order[i]];
        if (diag->severity == DIAG_ERROR) {
            put_heading(&printer, diag);
            shown++;
        }
    }
    return diags->errors;
}
