// Lines collected from the batches that did not get through, said as ranges. A failed
// run names at most window times 25 items, so sorting them is nothing.
#include "missing.h"

#include "buf.h"

#include <inttypes.h>
#include <stdlib.h>

#define RANGES_SHOWN 12
#define DESCRIPTION_MAX ((size_t)64 << 10)

void missing_add_line(struct missing *missing, const struct source *source,
                      uint32_t line)
{
    missing->lines =
        arena_grow(missing->arena, missing->lines, missing->count, missing->count + 1,
                   &missing->cap, sizeof *missing->lines);
    missing->lines[missing->count++] = (struct missing_line){source, line};
}

void missing_add(struct missing *missing, const struct batch *batch, uint32_t mask)
{
    for (unsigned i = 0; i < batch->count; i++) {
        if ((mask & (UINT32_C(1) << i)) != 0) {
            missing_add_line(missing, batch->items[i].source, batch->items[i].line);
        }
    }
}

static struct str name_of(const struct source *source)
{
    return source != NULL ? source->name : str_from(NULL);
}

static int compare_lines(const void *left, const void *right)
{
    const struct missing_line *a = left;
    const struct missing_line *b = right;
    int order = str_cmp(name_of(a->source), name_of(b->source));
    if (order != 0) {
        return order;
    }
    return (a->line > b->line) - (a->line < b->line);
}

struct str missing_describe(struct missing *missing)
{
    if (missing->count == 0) {
        return str_from(NULL);
    }
    qsort(missing->lines, missing->count, sizeof *missing->lines, compare_lines);
    struct buf out;
    buf_init(&out, DESCRIPTION_MAX);
    struct str name = {0};
    size_t shown = 0;
    size_t i = 0;
    while (i < missing->count && shown < RANGES_SHOWN) {
        const struct missing_line *first = &missing->lines[i];
        uint32_t last = first->line;
        size_t next = i + 1;
        while (next < missing->count && missing->lines[next].source == first->source &&
               missing->lines[next].line - last <= 1) {
            last = missing->lines[next++].line;
        }
        if (shown == 0 || !str_eq(name, name_of(first->source))) {
            name = name_of(first->source);
            buf_printf(&out, "%s%.*s line ", shown == 0 ? "" : "; ", STR_ARG(name));
        } else {
            buf_puts(&out, ", ");
        }
        buf_uint(&out, first->line);
        if (last != first->line) {
            buf_printf(&out, "-%" PRIu32, last);
        }
        shown++;
        i = next;
    }
    if (i < missing->count) {
        buf_printf(&out, " and %zu item%s more", missing->count - i,
                   missing->count - i == 1 ? "" : "s");
    }
    struct str text = arena_str(missing->arena, buf_str(&out));
    buf_deinit(&out);
    return text;
}

struct span missing_first(const struct missing *missing)
{
    if (missing->count == 0) {
        return (struct span){0};
    }
    return span_of_line(missing->lines[0].source, missing->lines[0].line);
}

struct span span_of_line(const struct source *source, uint32_t line)
{
    struct span span = {.source = source, .line = line};
    if (source == NULL || line <= 1) {
        return span;
    }
    char block[16384];
    uint64_t at = 0;
    uint32_t left = line - 1; // line feeds to pass
    size_t got = 0;
    while ((got = source_read(source, at, block, sizeof block)) > 0) {
        for (size_t i = 0; i < got; i++) {
            if (block[i] == '\n' && --left == 0) {
                span.line_at = SPAN_LINE_AT(at + i + 1);
                return span;
            }
        }
        at += got;
    }
    span.line = 0; // shorter than it was: only the file is meant
    return span;
}
