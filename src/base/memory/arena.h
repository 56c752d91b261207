// Memory that is freed all at once. What an arena gives lives until arena_reset or
// arena_deinit; it is aligned for every type. Out of memory ends in die().
#ifndef DDB_BASE_ARENA_H
#define DDB_BASE_ARENA_H

#include "str.h"

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *head; // the newest; zero-initialised is a valid empty arena
};

void arena_deinit(struct arena *arena);
// The same for what nobody may find in memory afterwards.
void arena_wipe(struct arena *arena);
// Forgets everything, keeping one block for reuse (for scratch arenas in loops).
void arena_reset(struct arena *arena);

// Zeroed memory. size may be 0.
void *arena_alloc(struct arena *arena, size_t size);
// Zeroed memory for count elements; an overflowing product ends in die().
void *arena_array(struct arena *arena, size_t count, size_t size);
// For arrays that grow: returns an array of at least need elements with the first count
// copied, and the new capacity in *cap. Doubles, so appending is linear overall.
void *arena_grow(struct arena *arena, void *array, size_t count, size_t need,
                 size_t *cap, size_t size);
// A copy of s, with a NUL behind it that is not counted.
struct str arena_str(struct arena *arena, struct str s);
// The text, with a NUL behind it that is not counted.
struct str arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct str arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

#endif
