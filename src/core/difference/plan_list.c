// The longest common subsequence of two lists, between what they have in common at
// their ends.
#include "plan_list.h"

#include "canon.h"

#include <stdint.h>

// The part of a list that is left between the ends.
struct part {
    const struct str *texts; // of the elements: equal when the elements are
    size_t count;
};

// What is found; `first` is where the parts begin, on both sides.
struct matches {
    struct list_match *at;
    size_t count;
    size_t first;
};

static const struct str *texts_of(const struct value *list, struct arena *arena)
{
    struct str *texts = arena_array(arena, list->count, sizeof *texts);
    for (size_t i = 0; i < list->count; i++) {
        struct buf text;
        buf_init(&text, SIZE_MAX);
        canon_put_value(&text, list->items[i], arena);
        texts[i] = arena_str(arena, buf_str(&text));
        buf_deinit(&text);
    }
    return texts;
}

static void add(struct matches *out, size_t old, size_t new)
{
    out->at[out->count++] = (struct list_match){old, new};
}

// lengths[i][j]: how many stay of what begins at i and at j.
static void match_parts(struct matches *out, const struct part *old,
                        const struct part *new, struct arena *arena)
{
    size_t width = new->count + 1;
    uint16_t *lengths = arena_array(arena, (old->count + 1) * width, sizeof *lengths);
    for (size_t i = 0; i <= old->count; i++) {
        lengths[i * width + new->count] = 0;
    }
    for (size_t j = 0; j <= new->count; j++) {
        lengths[old->count * width + j] = 0;
    }
    for (size_t i = old->count; i-- > 0;) {
        for (size_t j = new->count; j-- > 0;) {
            uint16_t *length = &lengths[i * width + j];
            uint16_t down = length[width];
            uint16_t right = length[1];
            *length = str_eq(old->texts[i], new->texts[j])
                          ? (uint16_t)(length[width + 1] + 1)
                      : down > right ? down
                                     : right;
        }
    }
    for (size_t i = 0, j = 0; i < old->count && j < new->count;) {
        if (str_eq(old->texts[i], new->texts[j])) {
            add(out, out->first + i++, out->first + j++);
        } else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) {
            i++;
        } else {
            j++;
        }
    }
}

struct list_match *plan_list_match(size_t *count, const struct value *old,
                                   const struct value *new, struct arena *arena)
{
    struct arena scratch = {0};
    const struct str *was = texts_of(old, &scratch);
    const struct str *is = texts_of(new, &scratch);
    size_t least = old->count < new->count ? old->count : new->count;
    size_t start = 0;
    size_t end = 0;
    struct matches out = {arena_array(arena, least, sizeof *out.at), 0, 0};
    while (start < least && str_eq(was[start], is[start])) {
        add(&out, start, start);
        start++;
    }
    while (end < least - start &&
           str_eq(was[old->count - 1 - end], is[new->count - 1 - end])) {
        end++;
    }
    struct part old_part = {was + start, old->count - start - end};
    struct part new_part = {is + start, new->count - start - end};
    out.first = start;
    if (old_part.count > 0 && new_part.count <= LIST_PAIRS_MAX / old_part.count) {
        match_parts(&out, &old_part, &new_part, &scratch);
    }
    for (size_t i = end; i > 0; i--) {
        add(&out, old->count - i, new->count - i);
    }
    arena_deinit(&scratch);
    *count = out.count;
    return out.at;
}
