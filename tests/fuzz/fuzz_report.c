// Reports: the input's first lines are a file's name, a message, a help and a note;
// what follows is the file, in which they have their places. Whatever these texts are,
// every format of a report is harmless to a terminal and JSON where it should be.
#include "fuzz.h"

#include "buf.h"
#include "diag_print.h"

#define REPORT_MAX_BYTES ((size_t)64 << 20)

static struct str take_line(struct str *text)
{
    size_t end = str_find_char(*text, '\n');
    struct str line = {text->at, end};
    *text = str_skip(*text, end < text->len ? end + 1 : end);
    return line;
}

static void add_diags(struct fuzz_stage *stage, struct str message, struct str help,
                      struct str note)
{
    struct diags *diags = &stage->diags;
    struct str text = stage->source.text;
    size_t line_len = str_find_char(text, '\n');
    struct span places[] = {
        {0},
        source_span_file(&stage->source),
        source_span_at(&stage->source, 0, line_len),
        source_span_at(&stage->source, line_len / 2, line_len - line_len / 2),
        source_span_at(&stage->source, text.len, 0),
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct diag *diag = diag_add(diags, (enum diag_code)(i * 7 % DIAG_CODE_COUNT),
                                     places[i], "text %.*s, quoted %s",
                                     STR_ARG(message), diag_quote(diags, message));
        if (help.len > 0) {
            diag_help(diags, diag, "%.*s", STR_ARG(help));
        }
        if (note.len > 0) {
            diag_related(diags, diag, places[(i + 2) % 5], "%.*s", STR_ARG(note));
        }
    }
}

static void require_reports(const struct diags *diags)
{
    struct buf report;
    buf_init(&report, REPORT_MAX_BYTES);
    diag_print_text(&report, diags, false);
    fuzz_require_harmless(buf_str(&report));
    buf_reset(&report);
    diag_print_json(&report, diags);
    fuzz_require_json_lines(buf_str(&report));
    buf_reset(&report);
    diag_print_github(&report, diags);
    fuzz_require_harmless(buf_str(&report));
    buf_reset(&report);
    diag_print_gitlab(&report, diags);
    fuzz_require_json(buf_str(&report));
    buf_reset(&report);
    diag_print_sarif(&report, diags, "0.0.0");
    fuzz_require_json(buf_str(&report));
    buf_deinit(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    struct fuzz_stage stage;
    struct str name = take_line(&rest);
    struct str message = take_line(&rest);
    struct str help = take_line(&rest);
    struct str note = take_line(&rest);
    fuzz_stage_init(&stage, rest);
    stage.source.name = arena_str(&stage.arena, name);
    add_diags(&stage, message, help, note);
    require_reports(&stage.diags);
    fuzz_stage_deinit(&stage);
    return 0;
}
