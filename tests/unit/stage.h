// What reading a text needs in a test: an arena, diagnostics and a source in memory,
// and checks of what was diagnosed, where.
#ifndef DDB_UNIT_STAGE_H
#define DDB_UNIT_STAGE_H

#include "unit.h"

#include "arena.h"
#include "diag.h"
#include "source.h"

struct stage {
    struct arena arena;
    struct diags diags;
    struct source source;
};

static inline void stage_init_str(struct stage *stage, struct str text)
{
    *stage = (struct stage){.source = {.name = STR("test"), .fd = -1, .text = text}};
    diags_init(&stage->diags, &stage->arena);
}

static inline void stage_init(struct stage *stage, const char *text)
{
    stage_init_str(stage, str_from(text));
}

static inline void stage_deinit(struct stage *stage)
{
    arena_deinit(&stage->arena);
}

static inline void stage_print(const struct stage *stage)
{
    for (size_t i = 0; i < stage->diags.count; i++) {
        const struct diag *diag = &stage->diags.kept[i];
        print_error("  %u:%u+%u %s: %.*s\n", diag->span.line, diag->span.column,
                    diag->span.length, diag_info_get(diag->code)->name,
                    STR_ARG(diag->message));
    }
}

// How often a code stands, lines that were only noted included.
static inline size_t stage_count(const struct stage *stage, enum diag_code code)
{
    size_t count = 0;
    for (size_t i = 0; i < stage->diags.count; i++) {
        const struct diag *diag = &stage->diags.kept[i];
        count += diag->code == code ? 1 + diag->line_count : 0;
    }
    return count;
}

static inline void stage_expect_count(const struct stage *stage, size_t count,
                                      const char *file, int line)
{
    if (stage->diags.count != count) {
        print_error("%zu diagnostics, expected %zu\n", stage->diags.count, count);
        stage_print(stage);
        _fail(file, line);
    }
}

static inline void stage_expect(const struct stage *stage, size_t i,
                                enum diag_code code, uint32_t at_line, uint32_t column,
                                const char *file, int line)
{
    const struct diag *diag = i < stage->diags.count ? &stage->diags.kept[i] : NULL;
    if (diag == NULL || diag->code != code || diag->span.line != at_line ||
        diag->span.column != column) {
        print_error("expected diagnostic %zu to be %u:%u %s\n", i, at_line, column,
                    diag_info_get(code)->name);
        stage_print(stage);
        _fail(file, line);
    }
}

// Nothing was diagnosed.
#define assert_clean(stage) stage_expect_count((stage), 0, __FILE__, __LINE__)
// count diagnostics in all.
#define assert_diags(stage, count)                                                     \
    stage_expect_count((stage), (count), __FILE__, __LINE__)
// The i-th diagnostic has this code and place (line from 1, column in bytes from 0).
#define assert_diag(stage, i, code, at_line, column)                                   \
    stage_expect((stage), (i), (code), (at_line), (column), __FILE__, __LINE__)
// It is the only one.
#define assert_only_diag(stage, code, at_line, column)                                 \
    do {                                                                               \
        stage_expect_count((stage), 1, __FILE__, __LINE__);                            \
        stage_expect((stage), 0, (code), (at_line), (column), __FILE__, __LINE__);     \
    } while (0)

#endif
