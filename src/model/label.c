// Labels at the start of lines. In: a line's text and the header that names the
// participants. Out: who speaks, and where the text begins. Nothing is diagnosed here.
#include "label.h"

#include <string.h>

size_t label_end(struct str text)
{
    const char *from = text.at;
    const char *end = text.at + text.len;
    while (from < end) {
        const char *colon = memchr(from, ':', (size_t)(end - from));
        if (colon == NULL) {
            break;
        }
        if (colon + 1 < end && colon[1] == ' ') {
            return (size_t)(colon - text.at);
        }
        from = colon + 1;
    }
    return text.len;
}

size_t label_time_end(struct str text)
{
    size_t close =
        text.len > 0 && text.at[0] == '[' ? str_find(text, STR("] ")) : text.len;
    return close < text.len ? close + 2 : 0;
}

bool label_is_stamp(struct str text)
{
    size_t end = label_time_end(text);
    size_t groups = 0;
    bool colon = false;
    for (size_t i = 1; i + 2 < end; i++) {
        char c = text.at[i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && strchr(":/.-+, TtZzAaPpMm", c) == NULL) {
            return false;
        }
        bool before = i > 1 && text.at[i - 1] >= '0' && text.at[i - 1] <= '9';
        groups += digit && !before ? 1 : 0;
        colon = colon || c == ':';
    }
    return groups >= 3 || (groups == 2 && colon);
}

void label_match_find(struct label_match *out, const struct header *header,
                      struct str text)
{
    *out = (struct label_match){0};
    size_t label_at = label_time_end(text);
    struct str rest = str_skip(text, label_at);
    size_t end = label_end(rest);
    if (end == rest.len) {
        return;
    }
    out->participant = map_find(&header->by_label, (struct str){rest.at, end});
    out->timed = out->participant != NULL && label_at > 0;
    out->text_at = label_at + end + 2;
}

size_t label_find_bare_colon(const struct header *header, struct str text)
{
    size_t from = label_time_end(text);
    size_t most = from + LABEL_MAX_BYTES;
    for (size_t at = from; at < text.len && at <= most; at++) {
        if (text.at[at] == ':' &&
            map_find(&header->by_label, str_slice(text.at + from, text.at + at)) !=
                NULL) {
            return at;
        }
    }
    return text.len;
}
