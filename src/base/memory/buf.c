// A growable byte buffer. In: bytes to append. Out: all of them in one piece, or, past
// the ceiling, a mark that something was dropped.
//
// One byte more than cap is always allocated, so that buf_cstr has room for its NUL
// even at the ceiling; `at` is never NULL between init and deinit.
#include "buf.h"

#include "die.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_CAP ((size_t)64)
#define MAX_MAX (SIZE_MAX / 4) // keeps all sums below far from overflow

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.max = max < MAX_MAX ? max : MAX_MAX};
    buf->cap = buf->max < FIRST_CAP ? buf->max : FIRST_CAP;
    buf->at = malloc(buf->cap + 1);
    if (buf->at == NULL) {
        die("out of memory");
    }
}

void buf_deinit(struct buf *buf)
{
    free(buf->at);
    *buf = (struct buf){0};
}

void buf_reset(struct buf *buf)
{
    buf->len = 0;
    buf->overflowed = false;
}

struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->at, buf->len};
}

const char *buf_cstr(struct buf *buf)
{
    if (buf->at == NULL) {
        return "";
    }
    buf->at[buf->len] = '\0';
    return buf->at;
}

char *buf_reserve_slow(struct buf *buf, size_t n)
{
    if (n > buf->max - buf->len) {
        buf->overflowed = true;
        return NULL;
    }
    size_t need = buf->len + n;
    if (need > buf->cap) {
        size_t cap = buf->cap < FIRST_CAP ? FIRST_CAP : buf->cap * 2;
        cap = cap < need ? need : cap;
        cap = cap > buf->max ? buf->max : cap;
        char *at = realloc(buf->at, cap + 1);
        if (at == NULL) {
            die("out of memory");
        }
        buf->at = at;
        buf->cap = cap;
    }
    return buf->at + buf->len;
}

void buf_puts(struct buf *buf, const char *text)
{
    buf_put(buf, str_from(text));
}

void buf_uint(struct buf *buf, uint64_t value)
{
    char digits[20];
    char *at = digits + sizeof digits;
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    buf_put(buf, str_slice(at, digits + sizeof digits));
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    size_t room = buf->cap - buf->len;
    // The byte behind cap takes the NUL.
    int written = vsnprintf(room > 0 ? buf->at + buf->len : NULL,
                            room > 0 ? room + 1 : 0, format, args);
    if (written < 0) {
        die("buf_printf: bad format");
    }
    size_t len = (size_t)written;
    if (len > room) {
        char *to = buf_reserve(buf, len);
        if (to != NULL) {
            (void)vsnprintf(to, len + 1, format, again);
            buf->len += len;
        }
    } else {
        buf->len += len;
    }
    va_end(again);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}
