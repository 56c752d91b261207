// Memory in blocks that double in size up to a megabyte; what is larger than a quarter
// of that has a block of its own. In: sizes. Out: zeroed memory that lives as long as
// the arena.
//
// Blocks come zeroed from calloc, so only bytes that were handed out before a reset are
// cleared again: a file of 200 MB is not written twice. Under AddressSanitizer
// everything that is not handed out is poisoned, with a red zone behind each piece.
#include "arena.h"

#include "die.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(at, size) ASAN_POISON_MEMORY_REGION((at), (size))
#define UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION((at), (size))
#define RED_ZONE ((size_t)16)
#else
#define POISON(at, size) ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#define RED_ZONE ((size_t)0)
#endif

#define ALIGNMENT _Alignof(max_align_t)
#define FIRST_BLOCK ((size_t)4096)
#define LARGEST_BLOCK ((size_t)1 << 20)
#define OWN_BLOCK (LARGEST_BLOCK / 4) // from here on a piece gets its own block

struct arena_block {
    struct arena_block *next; // older
    size_t size;              // bytes at data
    size_t used;
    size_t dirty; // how many of data's first bytes may be other than zero
    _Alignas(max_align_t) unsigned char data[];
};

static void block_free(struct arena_block *block)
{
    UNPOISON(block->data, block->size);
    free(block);
}

// A block with room for need bytes, linked into the arena.
static struct arena_block *block_add(struct arena *arena, size_t need)
{
    struct arena_block *head = arena->head;
    size_t size = head == NULL ? FIRST_BLOCK : head->size * 2;

    if (size > LARGEST_BLOCK) {
        size = LARGEST_BLOCK;
    }
    if (size < need) {
        size = need;
    }
    bool own = need >= OWN_BLOCK;
    if (own) {
        size = need;
    }
    struct arena_block *block = calloc(1, sizeof *block + size);
    if (block == NULL) {
        die("out of memory");
    }
    block->size = size;
    if (own && head != NULL) {
        block->next = head->next; // the head keeps its room for small pieces
        head->next = block;
    } else {
        block->next = head;
        arena->head = block;
    }
    POISON(block->data, size);
    return block;
}

void arena_deinit(struct arena *arena)
{
    struct arena_block *block = arena->head;

    while (block != NULL) {
        struct arena_block *next = block->next;
        block_free(block);
        block = next;
    }
    arena->head = NULL;
}

void arena_wipe(struct arena *arena)
{
    for (struct arena_block *block = arena->head; block != NULL; block = block->next) {
        UNPOISON(block->data, block->size);
        explicit_bzero(block->data, block->size);
    }
    arena_deinit(arena);
}

void arena_reset(struct arena *arena)
{
    struct arena_block *kept = NULL;
    struct arena_block *block = arena->head;

    // The largest ordinary block: a loop soon runs in one block without malloc, and a
    // single huge piece is not held for ever.
    while (block != NULL) {
        struct arena_block *next = block->next;
        struct arena_block *loser = block;
        if (block->size <= LARGEST_BLOCK &&
            (kept == NULL || block->size > kept->size)) {
            loser = kept;
            kept = block;
        }
        if (loser != NULL) {
            block_free(loser);
        }
        block = next;
    }
    if (kept != NULL) {
        kept->next = NULL;
        kept->used = 0;
        POISON(kept->data, kept->size);
    }
    arena->head = kept;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4) {
        die("out of memory: %zu bytes asked for", size);
    }
    size_t padded = (size + RED_ZONE + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct arena_block *block = arena->head;
    if (block == NULL || block->size - block->used < padded) {
        block = block_add(arena, padded);
    }
    unsigned char *memory = block->data + block->used;

    UNPOISON(memory, size);
    if (block->dirty > block->used) {
        size_t stale = block->dirty - block->used;
        memset(memory, 0, stale < size ? stale : size);
    }
    block->used += padded;
    if (block->dirty < block->used) {
        block->dirty = block->used;
    }
    return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        die("out of memory: %zu elements of %zu bytes asked for", count, size);
    }
    return arena_alloc(arena, bytes);
}

void *arena_grow(struct arena *arena, void *array, size_t count, size_t need,
                 size_t *cap, size_t size)
{
    if (need <= *cap && array != NULL) {
        return array;
    }
    size_t larger = *cap < 4 ? 8 : *cap;
    if (__builtin_mul_overflow(larger, (size_t)2, &larger) || larger < need) {
        larger = need;
    }
    void *grown = arena_array(arena, larger, size);
    if (array != NULL && count > 0) {
        memcpy(grown, array, count * size);
    }
    *cap = larger;
    return grown;
}

struct str arena_str(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len > 0) {
        memcpy(copy, s.at, s.len);
    }
    return (struct str){copy, s.len};
}

struct str arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0) {
        die("arena_printf: bad format");
    }
    char *text = arena_alloc(arena, (size_t)len + 1);
    (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return (struct str){text, (size_t)len};
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}
