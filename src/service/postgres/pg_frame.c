// Frames. In and out: bytes of a pipe between two processes of one machine.
#include "pg_frame.h"

#include <stdint.h>
#include <string.h>

#define NULL_FIELD UINT32_MAX

static void put_number(struct buf *out, uint32_t number)
{
    char bytes[sizeof number];
    memcpy(bytes, &number, sizeof number);
    buf_put(out, (struct str){bytes, sizeof bytes});
}

static uint32_t get_number(const char *at)
{
    uint32_t number = 0;
    memcpy(&number, at, sizeof number);
    return number;
}

size_t pg_frame_open(struct buf *out, enum pg_frame_kind kind)
{
    size_t begin = out->len;
    buf_char(out, (char)kind);
    put_number(out, 0);
    return begin;
}

void pg_frame_put(struct buf *out, struct str text)
{
    put_number(out, (uint32_t)text.len);
    buf_put(out, text);
}

void pg_frame_put_null(struct buf *out)
{
    put_number(out, NULL_FIELD);
}

void pg_frame_close(struct buf *out, size_t begin)
{
    if (out->len >= begin + PG_FRAME_HEAD) {
        uint32_t length = (uint32_t)(out->len - begin - PG_FRAME_HEAD);
        memcpy(out->at + begin + 1, &length, sizeof length);
    }
}

size_t pg_frame_length(const char *head)
{
    return get_number(head + 1);
}

bool pg_frame_next(struct pg_field *out, struct str *body)
{
    if (body->len < sizeof(uint32_t)) {
        return false;
    }
    uint32_t len = get_number(body->at);
    *body = str_skip(*body, sizeof len);
    *out = (struct pg_field){.null = len == NULL_FIELD};
    if (out->null) {
        return true;
    }
    if (len > body->len) {
        return false;
    }
    out->text = (struct str){body->at, len};
    *body = str_skip(*body, len);
    return true;
}
