// Diagnostics as a Code Quality report of GitLab. In: what was collected. Out: one JSON
// array, an entry a line.
//
// An entry must have a path and a line: what is about a whole file stands at its first
// line, what has no place in a file at the repository itself.
#include "diag_print.h"

#include "fingerprint.h"
#include "print_parts.h"

#define NO_FILE STR(".")
#define DROPPED_FINGERPRINT "ddbgen-dropped"

static const char *severity_name(enum diag_severity severity)
{
    switch (severity) {
    case DIAG_ERROR:
        return "major";
    case DIAG_WARNING:
        return "minor";
    case DIAG_NOTE:
        break;
    }
    return "info";
}

static void put_description(struct buf *out, const struct diag *diag)
{
    struct buf text;

    buf_init(&text, SIZE_MAX);
    buf_put(&text, diag->message);
    print_lines(&text, diag);
    if (diag->help.len > 0) {
        buf_put(&text, STR(" (help: "));
        buf_put(&text, diag->help);
        buf_char(&text, ')');
    }
    print_json_visible(out, buf_str(&text));
    buf_deinit(&text);
}

static void put_location(struct buf *out, struct arena *arena, const struct span *span)
{
    struct str path = NO_FILE;

    if (span->source != NULL) {
        path = print_plain_path(source_shown(span->source, arena));
    }
    buf_put(out, STR("\"location\":{\"path\":"));
    print_json_raw(out, path);
    buf_printf(out, ",\"lines\":{\"begin\":%u}}", span->line > 0 ? span->line : 1U);
}

static void put_diag(struct buf *out, struct fingerprints *fingerprints,
                     const struct diag *diag)
{
    char fingerprint[UUID_TEXT_LEN];
    fingerprint_next(fingerprints, diag, fingerprint);
    buf_put(out, STR("{\"description\":"));
    put_description(out, diag);
    buf_printf(out,
               ",\"check_name\":\"%s\",\"fingerprint\":\"%.*s\",\"severity\":\"%s\",",
               diag_info_get(diag->code)->name, UUID_TEXT_LEN, fingerprint,
               severity_name(diag->severity));
    put_location(out, fingerprints->arena, &diag->span);
    buf_char(out, '}');
}

static void put_dropped(struct buf *out, const struct diags *diags)
{
    buf_put(out, STR("{\"description\":\""));
    print_dropped(out, diags);
    buf_put(out, STR("\",\"check_name\":\"ddbgen\",\"fingerprint\":"
                     "\"" DROPPED_FINGERPRINT "\",\"severity\":\"info\","));
    put_location(out, diags->arena, &(struct span){0});
    buf_char(out, '}');
}

void diag_print_gitlab(struct buf *out, const struct diags *diags)
{
    const size_t *order = print_order(diags->arena, diags->kept, diags->count);
    struct fingerprints fingerprints;

    fingerprints_init(&fingerprints, diags->arena);
    buf_char(out, '[');
    for (size_t i = 0; i < diags->count; i++) {
        buf_puts(out, i > 0 ? ",\n" : "\n");
        put_diag(out, &fingerprints, &diags->kept[order[i]]);
    }
    if (diags->dropped > 0) {
        buf_put(out, STR(",\n"));
        put_dropped(out, diags);
    }
    buf_puts(out, diags->count > 0 ? "\n]\n" : "]\n");
    fingerprints_deinit(&fingerprints);
}
