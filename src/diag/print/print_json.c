// Diagnostics as JSON lines. In: what was collected. Out: one object a line, with the
// user's own text.
#include "diag_print.h"

#include "excerpt.h"
#include "print_parts.h"

// ,"file":...,"line":...,"column":...,"end_column":... as far as the span has them.
static void put_place(struct buf *out, struct column_counter *columns,
                      const struct span *span)
{
    struct print_place place;

    if (span->source == NULL) {
        return;
    }
    print_place_get(&place, columns, span);
    buf_put(out, STR(",\"file\":"));
    print_json_raw(out, place.file);
    if (place.line == 0) {
        return;
    }
    buf_put(out, STR(",\"line\":"));
    buf_uint(out, place.line);
    buf_put(out, STR(",\"column\":"));
    buf_uint(out, place.column);
    if (place.end_column > 0) {
        buf_put(out, STR(",\"end_column\":"));
        buf_uint(out, place.end_column);
    }
}

// ,"more_lines":{"count":12,"lines":[...]}, of the lines the first.
static void put_lines(struct buf *out, const struct diag *diag)
{
    if (diag->line_count == 0) {
        return;
    }
    buf_put(out, STR(",\"more_lines\":{\"count\":"));
    buf_uint(out, diag->line_count);
    buf_put(out, STR(",\"lines\":["));
    for (size_t i = 0; i < diag->line_count && i < DIAG_LINES_MAX; i++) {
        buf_puts(out, i > 0 ? "," : "");
        buf_uint(out, diag->lines[i]);
    }
    buf_put(out, STR("]}"));
}

static void put_diag(struct buf *out, struct column_counter *columns,
                     struct column_counter *related, const struct diag *diag)
{
    buf_put(out, STR("{\"type\":\"diagnostic\",\"severity\":\""));
    buf_puts(out, print_severity(diag->severity));
    buf_put(out, STR("\",\"code\":\""));
    buf_puts(out, diag_info_get(diag->code)->name);
    buf_put(out, STR("\",\"message\":"));
    print_json_raw(out, diag->message);
    put_place(out, columns, &diag->span);
    put_lines(out, diag);
    if (diag->help.len > 0) {
        buf_put(out, STR(",\"help\":"));
        print_json_raw(out, diag->help);
    }
    if (diag->related_message.len > 0) {
        buf_put(out, STR(",\"related\":[{\"message\":"));
        print_json_raw(out, diag->related_message);
        put_place(out, related, &diag->related);
        buf_put(out, STR("}]"));
    }
    buf_put(out, STR("}\n"));
}

void diag_print_json(struct buf *out, const struct diags *diags)
{
    const size_t *order = print_order(diags->arena, diags->kept, diags->count);
    struct column_counter columns = {.arena = diags->arena};
    struct column_counter related = {.arena = diags->arena};

    for (size_t i = 0; i < diags->count; i++) {
        put_diag(out, &columns, &related, &diags->kept[order[i]]);
    }
}

void diag_print_json_summary(struct buf *out, const struct diags *diags)
{
    buf_put(out, STR("{\"type\":\"summary\",\"errors\":"));
    buf_uint(out, diags->errors - diags->again);
    buf_put(out, STR(",\"warnings\":"));
    buf_uint(out, diags->warnings);
    buf_put(out, STR("}\n"));
}
