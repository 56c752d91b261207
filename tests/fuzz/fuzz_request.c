// Requests about a table, as `build -o` writes them: the first line as CreateTable,
// each other one as an operation, a space and its body. What is taken is all that
// stands there: it is written again, read again, and nothing differs, neither way. What
// a definition leaves out that says nothing of its settings is noted, each thing once.
#include "fuzz.h"

#include "build_table.h"
#include "request.h"
#include "table_calls.h"
#include "table_diff.h"
#include "undeclared.h"

#define TEXT_MAX ((size_t)64 << 20)

static void require_same(const struct table *a, const struct table *b,
                         struct arena *arena)
{
    struct table_diff diff;
    table_diff(&diff, a, b, arena);
    FUZZ_REQUIRE(diff.count == 0);
    table_diff(&diff, b, a, arena);
    FUZZ_REQUIRE(diff.count == 0);
}

static void require_back(const struct table *table, struct arena *arena)
{
    struct table back;
    struct buf out;
    struct buf again;
    const char *why = NULL;
    size_t count = 0;
    buf_init(&out, TEXT_MAX);
    buf_init(&again, TEXT_MAX);
    request_write_create_table(&out, table);
    fuzz_require_json(buf_str(&out));
    FUZZ_REQUIRE(build_table_read(&back, buf_str(&out), arena, &why));
    request_write_create_table(&again, &back);
    FUZZ_REQUIRE(str_eq(buf_str(&out), buf_str(&again)));
    struct table_call *calls = table_calls(&count, table, false, arena);
    for (size_t i = 0; i < count; i++) {
        buf_reset(&out);
        table_call_write_update(&out, table, &calls[i]);
        FUZZ_REQUIRE(build_table_add(&back, str_from(calls[i].update), buf_str(&out),
                                     arena, &why));
    }
    require_same(table, &back, arena);
    build_table_complete(&back);
    require_same(table, &back, arena);
    buf_deinit(&again);
    buf_deinit(&out);
}

// Of what is declared as it was nothing is said.
static void require_notes(const struct table *table, struct arena *arena)
{
    struct table_diff diff;
    struct table silent = *table;
    silent.settings = (struct table_settings){0};
    table_diff(&diff, table, table, arena);
    undeclared_note(&diff, table, table);
    FUZZ_REQUIRE(table_note_count(&diff, TABLE_NOTE_UNDECLARED) == 0);
    table_diff(&diff, &silent, table, arena);
    FUZZ_REQUIRE(diff.count == 0);
    undeclared_note(&diff, &silent, table);
    for (size_t i = 0; i < diff.note_count; i++) {
        FUZZ_REQUIRE(diff.notes[i].path.len > 0 && diff.notes[i].text.len > 0);
        for (size_t k = 0; k < i; k++) {
            FUZZ_REQUIRE(!str_eq(diff.notes[i].path, diff.notes[k].path));
        }
    }
}

static struct str next_line(struct str *text)
{
    size_t end = str_find_char(*text, '\n');
    struct str line = {text->at, end};
    *text = str_skip(*text, end < text->len ? end + 1 : end);
    return line;
}

static bool read_all(struct table *out, struct str text, struct arena *arena,
                     const char **why)
{
    bool fine = build_table_read(out, next_line(&text), arena, why);
    while (fine && text.len > 0) {
        struct str line = next_line(&text);
        size_t space = str_find_char(line, ' ');
        struct str operation = {line.at, space};
        fine = build_table_add(out, operation, str_skip(line, space), arena, why);
    }
    return fine;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_stage stage;
    struct table table;
    const char *why = NULL;
    fuzz_stage_init(&stage, (struct str){(const char *)data, size});
    if (read_all(&table, stage.source.text, &stage.arena, &why)) {
        require_back(&table, &stage.arena);
        build_table_complete(&table);
        require_notes(&table, &stage.arena);
    } else {
        FUZZ_REQUIRE(why != NULL);
    }
    fuzz_stage_deinit(&stage);
    return 0;
}
