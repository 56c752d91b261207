// Segments and a text enter, yes or no leaves. Instead of trying one way to cut the
// text after the other, all of them are followed at once: ends[i] says that the
// segments so far can end before the byte i.
#include "segment.h"

#include "ascii.h"
#include "instant.h"
#include "uuid.h"

#define BYTES_A_STEP 64

static bool is_number(struct str text)
{
    size_t at = text.len > 0 && text.at[0] == '-' ? 1 : 0;
    bool ok = at < text.len;
    while (ok && at < text.len) {
        ok = ascii_is_digit(text.at[at++]);
    }
    return ok;
}

// A whole text, of a type.
static bool is_of_type(enum text_type type, struct str text)
{
    struct uuid uuid;
    instant_us time = 0;
    const char *why = NULL;
    switch (type) {
    case TYPE_UUID:
        return uuid_parse(&uuid, text);
    case TYPE_TIME:
        return text.len == INSTANT_TEXT_LEN && instant_parse(&time, text, &why);
    case TYPE_NUMBER:
        return is_number(text);
    case TYPE_STRING:
    case TYPE_ANY:
    case TYPE_BINARY:
    case TYPE_BOOLEAN:
    default:
        return true;
    }
}

// A piece of a known length: text, or when there is none, of a type.
static void pass_piece(bool *ends, struct str all, struct str text, size_t len,
                       enum text_type type)
{
    for (size_t i = all.len + 1; i-- > 0;) {
        bool ok = i >= len && ends[i - len];
        if (ok) {
            struct str piece = {all.at + i - len, len};
            ok = text.at != NULL ? str_eq(piece, text) : is_of_type(type, piece);
        }
        ends[i] = ok;
    }
}

// "-" and digits: which of them has been read before i is all that matters.
static void pass_number(bool *ends, struct str all)
{
    bool sign = false;
    bool digits = false;
    bool begins = ends[0];
    ends[0] = false;
    for (size_t i = 1; i <= all.len; i++) {
        char c = all.at[i - 1];
        digits = ascii_is_digit(c) && (digits || sign || begins);
        sign = c == '-' && begins;
        begins = ends[i];
        ends[i] = digits;
    }
}

static void pass_any(bool *ends, struct str all)
{
    for (size_t i = 1; i <= all.len; i++) {
        ends[i] = ends[i] || ends[i - 1];
    }
}

static void pass(bool *ends, struct str all, const struct segment *segment)
{
    static const struct str NONE = {NULL, 0};
    if (segment->any == NULL) {
        pass_piece(ends, all, segment->text, segment->text.len, TYPE_STRING);
        return;
    }
    switch (segment->any->type) {
    case TYPE_UUID:
        pass_piece(ends, all, NONE, UUID_TEXT_LEN, TYPE_UUID);
        break;
    case TYPE_TIME:
        pass_piece(ends, all, NONE, INSTANT_TEXT_LEN, TYPE_TIME);
        break;
    case TYPE_NUMBER:
        pass_number(ends, all);
        break;
    case TYPE_STRING:
    case TYPE_ANY:
    case TYPE_BINARY:
    case TYPE_BOOLEAN:
    default:
        pass_any(ends, all);
        break;
    }
}

// Known text is compared in every place, many bytes at once.
static bool afford(uint64_t *steps, const struct segment *segments, size_t count,
                   size_t len)
{
    uint64_t cost = 0;
    for (size_t i = 0; i < count; i++) {
        cost += (len + 1) * (1 + segments[i].text.len / BYTES_A_STEP);
    }
    bool ok = cost <= *steps;
    *steps = ok ? *steps - cost : 0;
    return ok;
}

bool segments_match(const struct segment *segments, size_t count, struct str text,
                    struct arena *scratch, uint64_t *steps)
{
    while (count > 0 &&
           segments->any == NULL) { // most are told apart by how they begin
        if (!str_starts(text, segments->text)) {
            return false;
        }
        text = str_skip(text, segments->text.len);
        segments++;
        count--;
    }
    if (count == 0) {
        return text.len == 0;
    }
    if (!afford(steps, segments, count, text.len)) {
        return false;
    }
    if (count == 1) {
        return is_of_type(segments->any->type, text);
    }
    bool *ends = arena_array(scratch, text.len + 1, sizeof *ends);
    ends[0] = true;
    for (size_t i = 0; i < count; i++) {
        pass(ends, text, &segments[i]);
    }
    return ends[text.len];
}
