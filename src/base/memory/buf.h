// A growable byte buffer with a ceiling. Owned: buf_deinit frees it.
//
// What does not fit under the ceiling is dropped whole and sets `overflowed`; the
// caller looks once, at the end. Out of memory ends in die().
#ifndef DDB_BASE_BUF_H
#define DDB_BASE_BUF_H

#include "str.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
    char *at;
    size_t len;
    size_t cap;
    size_t max; // ceiling in bytes
    bool overflowed;
};

void buf_init(struct buf *buf, size_t max);
void buf_deinit(struct buf *buf);
// Empties it and keeps its memory.
void buf_reset(struct buf *buf);
struct str buf_str(const struct buf *buf); // borrowed until the next write
// A NUL-terminated view of the contents; the NUL is not counted. Valid until next
// write.
const char *buf_cstr(struct buf *buf);

// Makes room for n more bytes at buf->at + buf->len and returns that place, or NULL
// past the ceiling. The caller then adds what it wrote to buf->len.
char *buf_reserve_slow(struct buf *buf, size_t n);
static inline char *buf_reserve(struct buf *buf, size_t n)
{
    if (n <= buf->cap - buf->len) {
        return buf->at + buf->len;
    }
    return buf_reserve_slow(buf, n);
}

static inline void buf_put(struct buf *buf, struct str s)
{
    char *to = buf_reserve(buf, s.len);
    if (to != NULL && s.len > 0) {
        memcpy(to, s.at, s.len);
        buf->len += s.len;
    }
}

static inline void buf_char(struct buf *buf, char c)
{
    char *to = buf_reserve(buf, 1);
    if (to != NULL) {
        *to = c;
        buf->len++;
    }
}

void buf_puts(struct buf *buf, const char *text);
void buf_uint(struct buf *buf, uint64_t value); // decimal
void buf_printf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

#endif
