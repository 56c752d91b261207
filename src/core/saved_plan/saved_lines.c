// Lines of a file, one at a time. A descriptor enters, texts leave.
#include "saved_lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES ((size_t)256 * 1024)
#define DIGITS_MAX 15

void saved_lines_init(struct saved_lines *lines, int fd, uint64_t offset,
                      uint64_t number)
{
    *lines = (struct saved_lines){.fd = fd, .offset = offset, .number = number - 1};
    buf_init(&lines->buf, SAVED_LINE_MAX + BLOCK_BYTES);
}

void saved_lines_deinit(struct saved_lines *lines)
{
    buf_deinit(&lines->buf);
}

uint64_t saved_lines_offset(const struct saved_lines *lines)
{
    return lines->offset + lines->at;
}

// Reads a block behind what there is. False: there is no more, or no room.
static bool fill(struct saved_lines *lines)
{
    if (lines->at > 0) { // the lines before it are done with
        lines->buf.len -= lines->at;
        memmove(lines->buf.at, lines->buf.at + lines->at, lines->buf.len);
        lines->offset += lines->at;
        lines->at = 0;
    }
    char *to = buf_reserve(&lines->buf, BLOCK_BYTES);
    ssize_t got = -1;
    while (to != NULL && got < 0) {
        got =
            pread(lines->fd, to, BLOCK_BYTES, (off_t)(lines->offset + lines->buf.len));
        if (got < 0 && errno != EINTR) {
            return false;
        }
    }
    lines->buf.len += got > 0 ? (size_t)got : 0;
    return got > 0;
}

bool saved_lines_next(struct saved_lines *lines, struct str *line)
{
    size_t looked_at = 0;
    for (;;) {
        struct str rest = str_skip(buf_str(&lines->buf), lines->at);
        size_t feed = looked_at + str_find_char(str_skip(rest, looked_at), '\n');
        if (feed < rest.len) {
            *line = (struct str){rest.at, feed};
            lines->at += feed + 1;
            lines->number++;
            return true;
        }
        looked_at = rest.len;
        if (!fill(lines)) {
            break;
        }
    }
    *line = str_skip(buf_str(&lines->buf), lines->at);
    lines->at = lines->buf.len;
    lines->cut_off = line->len > 0;
    lines->number += lines->cut_off ? 1 : 0;
    return lines->cut_off;
}

static struct saved_member *find(struct saved_member *members, size_t count,
                                 struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(name, members[i].name)) {
            return &members[i];
        }
    }
    return NULL;
}

static bool read_value(struct saved_member *member, struct json_reader *reader)
{
    enum json_token token = json_next(reader);
    bool truth = token == JSON_TRUE || token == JSON_FALSE;
    member->there = true;
    member->is_true = token == JSON_TRUE;
    if (token != member->token && !(truth && member->token == JSON_TRUE)) {
        return false;
    }
    if (token == JSON_STRING) {
        member->value = json_text(reader);
        return true;
    }
    return json_skip(reader, &member->value);
}

bool saved_members_read(struct saved_member *members, size_t count, struct str line,
                        struct arena *arena)
{
    struct json_reader reader;
    json_reader_init(&reader, line, arena);
    enum json_token token = json_next(&reader);
    if (token != JSON_OBJECT_BEGIN) {
        return false;
    }
    for (token = json_next(&reader); token == JSON_NAME; token = json_next(&reader)) {
        struct saved_member *member = find(members, count, json_text(&reader));
        if (member == NULL || member->there || !read_value(member, &reader)) {
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!members[i].there && !members[i].optional) {
            return false;
        }
    }
    return token == JSON_OBJECT_END && json_next(&reader) == JSON_END;
}

bool saved_count(uint64_t *out, struct str value)
{
    *out = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] < '0' || value.at[i] > '9') {
            return false;
        }
        *out = *out * 10 + (uint64_t)(value.at[i] - '0');
    }
    return value.len > 0 && value.len <= DIGITS_MAX;
}
