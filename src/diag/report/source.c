// Places in sources. In: offsets. Out: spans with their line, and the bytes behind
// them.
#include "source.h"

#include "kept_file.h"
#include "secret.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

size_t source_read(const struct source *source, uint64_t offset, char *out, size_t len)
{
    size_t have = 0;
    int fd = source->kept != NULL ? kept_file_descriptor(source->kept) : source->fd;
    if (fd < 0 && source->kept == NULL) {
        if (offset >= source->text.len) {
            return 0;
        }
        struct str rest = str_skip(source->text, (size_t)offset);
        have = rest.len < len ? rest.len : len;
        if (have > 0) {
            memcpy(out, rest.at, have);
        }
        return have;
    }
    while (fd >= 0 && have < len && offset <= INT64_MAX - len) {
        ssize_t got = pread(fd, out + have, len - have, (off_t)(offset + have));
        if (got == 0 || (got < 0 && errno != EINTR)) {
            break;
        }
        have += got > 0 ? (size_t)got : 0;
    }
    return have;
}

struct str source_shown(const struct source *source, struct arena *arena)
{
    size_t len = source->name.len;
    char *copy = arena_alloc(arena, len);
    if (len > 0) {
        memcpy(copy, source->name.at, len);
    }
    secret_mask(copy, len);
    return (struct str){copy, len};
}

static uint32_t clip32(uint64_t value)
{
    return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

struct span source_span_at(const struct source *source, size_t offset, size_t length)
{
    struct str text = source->text;
    size_t at = offset < text.len ? offset : text.len;
    size_t line_at = 0;
    uint64_t line = 1;

    for (;;) {
        struct str rest = {line_at == 0 ? text.at : text.at + line_at, at - line_at};
        size_t feed = str_find_char(rest, '\n');
        if (feed == rest.len) {
            break;
        }
        line_at += feed + 1;
        line++;
    }
    // Only the part on this line is marked.
    size_t marked = text.len - at < length ? text.len - at : length;
    if (marked > 0) {
        marked = str_find_char((struct str){text.at + at, marked}, '\n');
    }
    return (struct span){
        .source = source,
        .line_at = SPAN_LINE_AT(line_at),
        .line = clip32(line),
        .column = clip32(at - line_at),
        .length = SPAN_LENGTH(marked),
    };
}

struct str source_name_of(const char *path, struct arena *arena)
{
    return arena_str(arena,
                     strcmp(path, "-") == 0 ? STR(SOURCE_STDIN) : str_from(path));
}

struct span source_span_file(const struct source *source)
{
    return (struct span){.source = source};
}
