// The stage and the checks that the fuzz targets share, and their own die().
#include "fuzz.h"

#include "buf.h"
#include "diag_print.h"
#include "die.h"
#include "folder.h"
#include "json_read.h"
#include "utf8.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#define REPORT_MAX_BYTES ((size_t)64 << 20)

_Noreturn void fuzz_fail(const char *property, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, property);
    abort();
}

// In the place of src/base/memory/die.c: _exit would take the input that did it away
// with it.
void die_first(void (*clean_up)(void))
{
    (void)clean_up;
}

_Noreturn void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    abort();
}

void fuzz_stage_init(struct fuzz_stage *stage, struct str text)
{
    *stage =
        (struct fuzz_stage){.source = {.name = STR("input"), .fd = -1, .text = text}};
    stage->input = &stage->source;
    diags_init(&stage->diags, &stage->arena);
}

void fuzz_require_harmless(struct str text)
{
    while (text.len > 0) {
        uint32_t code_point = 0;
        size_t len = utf8_decode(text, &code_point);
        FUZZ_REQUIRE(len > 0);
        FUZZ_REQUIRE(code_point == '\n' || !utf8_is_hostile(code_point));
        text = str_skip(text, len);
    }
}

void fuzz_require_json_lines(struct str text)
{
    while (text.len > 0) {
        size_t end = str_find_char(text, '\n');
        FUZZ_REQUIRE(end < text.len);
        fuzz_require_json((struct str){text.at, end});
        text = str_skip(text, end + 1);
    }
}

// The line of a place is there, its column in it or just behind.
static void require_place(const struct fuzz_stage *stage, const struct span *span)
{
    if (span->source != stage->input || span->line == 0) {
        return;
    }
    struct str text = stage->input->text;
    FUZZ_REQUIRE(span->line_at <= text.len);
    bool behind_bom = span->line_at == 3 && str_starts(text, STR("\xef\xbb\xbf"));
    FUZZ_REQUIRE(span->line_at == 0 || behind_bom ||
                 text.at[span->line_at - 1] == '\n');
    struct str line = str_skip(text, (size_t)span->line_at);
    line.len = str_find_char(line, '\n');
    FUZZ_REQUIRE(span->column <= line.len);
    FUZZ_REQUIRE(span->length <= line.len - span->column);
}

void fuzz_stage_deinit(struct fuzz_stage *stage)
{
    for (size_t i = 0; i < stage->diags.count; i++) {
        require_place(stage, &stage->diags.kept[i].span);
        require_place(stage, &stage->diags.kept[i].related);
    }
    if (stage->diags.count > 0) {
        struct buf report;
        buf_init(&report, REPORT_MAX_BYTES);
        diag_print_text(&report, &stage->diags, false);
        fuzz_require_harmless(buf_str(&report));
        buf_reset(&report);
        diag_print_json(&report, &stage->diags);
        fuzz_require_json_lines(buf_str(&report));
        buf_deinit(&report);
    }
    arena_deinit(&stage->arena);
}

bool fuzz_is_json(struct str text)
{
    struct arena arena = {0};
    struct json_reader reader;
    json_reader_init(&reader, text, &arena);
    enum json_token token = JSON_ERROR;
    do {
        token = json_next(&reader);
    } while (token > JSON_END);
    arena_deinit(&arena);
    return token == JSON_END;
}

void fuzz_require_json(struct str text)
{
    FUZZ_REQUIRE(fuzz_is_json(text));
    cJSON *tree = cJSON_ParseWithLength(text.at, text.len);
    FUZZ_REQUIRE(tree != NULL);
    cJSON_Delete(tree);
}

void fuzz_folder_make(char out[FUZZ_FOLDER_MAX])
{
    const bool memory = access("/dev/shm", W_OK) == 0;
    (void)snprintf(out, FUZZ_FOLDER_MAX, "%s/ddbgen-fuzz-XXXXXX",
                   memory ? "/dev/shm" : "/tmp");
    FUZZ_REQUIRE(mkdtemp(out) != NULL);
}

void fuzz_folder_remove(const char *folder)
{
    FUZZ_REQUIRE(folder_remove(AT_FDCWD, folder));
}
