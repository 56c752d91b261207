// Diagnostics as workflow commands of GitHub Actions. In: what was collected. Out:
// lines that its runner turns into annotations:
//
//     ::error file=m.yaml,line=4,col=3,endColumn=14,title=ddbgen unknown-key::message
//
// A command ends with its line, its properties with "::", a property with a comma: text
// that is made visible and escaped holds none of these.
#include "diag_print.h"

#include "excerpt.h"
#include "print_parts.h"
#include "utf8.h"

#include <string.h>

// Text in a command: '%', CR and LF are escaped as the runner reads them, and what
// `also` names. CR and LF are visible escapes already, but where they are our own.
static void put_escaped(struct buf *out, struct str text, const char *also)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '%' || c == '\n' || c == '\r' || (c != '\0' && strchr(also, c))) {
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
        } else {
            buf_char(out, c);
        }
    }
}

static void put_visible(struct buf *out, struct str text, const char *also)
{
    struct buf visible;

    buf_init(&visible, SIZE_MAX);
    utf8_put_visible(&visible, text);
    put_escaped(out, buf_str(&visible), also);
    buf_deinit(&visible);
}

#define IN_MESSAGE ""
#define IN_PROPERTY ":,"

static void put_place(struct buf *out, struct column_counter *columns,
                      const struct span *span)
{
    struct print_place place;

    if (span->source == NULL) {
        return;
    }
    print_place_get(&place, columns, span);
    buf_put(out, STR("file="));
    put_visible(out, place.file, IN_PROPERTY);
    buf_char(out, ',');
    if (place.line > 0) {
        buf_printf(out, "line=%llu,col=%llu,", (unsigned long long)place.line,
                   (unsigned long long)place.column);
    }
    if (place.end_column > 0) {
        buf_printf(out, "endColumn=%llu,", (unsigned long long)place.end_column);
    }
}

// The second place, which a command has no property for: "first here (m.yaml:2:1)".
static void put_related(struct buf *out, struct column_counter *columns,
                        const struct diag *diag)
{
    struct print_place place;

    print_place_get(&place, columns, &diag->related);
    put_escaped(out, STR("\nnote: "), IN_MESSAGE);
    put_visible(out, diag->related_message, IN_MESSAGE);
    if (place.file.len > 0) {
        buf_put(out, STR(" ("));
        put_visible(out, place.file, IN_MESSAGE);
        if (place.line > 0) {
            buf_printf(out, ":%llu:%llu", (unsigned long long)place.line,
                       (unsigned long long)place.column);
        }
        buf_char(out, ')');
    }
}

// The runner's name of a severity.
static const char *command_name(enum diag_severity severity)
{
    return severity == DIAG_NOTE ? "notice" : print_severity(severity);
}

static void put_diag(struct buf *out, struct column_counter *columns,
                     struct column_counter *related, const struct diag *diag)
{
    buf_printf(out, "::%s ", command_name(diag->severity));
    put_place(out, columns, &diag->span);
    buf_printf(out, "title=ddbgen %s::", diag_info_get(diag->code)->name);
    put_visible(out, diag->message, IN_MESSAGE);
    print_lines(out, diag);
    if (diag->help.len > 0) {
        put_escaped(out, STR("\nhelp: "), IN_MESSAGE);
        put_visible(out, diag->help, IN_MESSAGE);
    }
    if (diag->related_message.len > 0) {
        put_related(out, related, diag);
    }
    buf_char(out, '\n');
}

void diag_print_github(struct buf *out, const struct diags *diags)
{
    const size_t *order = print_order(diags->arena, diags->kept, diags->count);
    struct column_counter columns = {.arena = diags->arena};
    struct column_counter related = {.arena = diags->arena};

    for (size_t i = 0; i < diags->count; i++) {
        put_diag(out, &columns, &related, &diags->kept[order[i]]);
    }
    if (diags->dropped > 0) {
        buf_put(out, STR("::notice title=ddbgen::"));
        print_dropped(out, diags);
        buf_char(out, '\n');
    }
}
