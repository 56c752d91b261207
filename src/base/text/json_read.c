// A strict pull reader of JSON. In: text in memory. Out: one token a call, with names,
// strings (decoded) and numbers (as written).
//
// The state says what may come next; the stack says in which container. The first error
// stays: all later calls return JSON_ERROR.
#include "json_read.h"

#include "utf8.h"

#include <string.h>

enum state {
    VALUE,          // the text's value, or an array's after ','
    VALUE_OR_CLOSE, // just after '['
    NAME_OR_CLOSE,  // just after '{'
    MEMBER_VALUE,   // after a name and its colon
    NEXT,           // after a value: ',', a close, or the end
    DONE,
    FAILED,
};

void json_reader_init(struct json_reader *reader, struct str text, struct arena *arena)
{
    *reader = (struct json_reader){.text = text, .arena = arena, .state = VALUE};
}

static enum json_token fail(struct json_reader *reader, const char *why)
{
    reader->error = why;
    reader->state = FAILED;
    reader->value = (struct str){NULL, 0};
    return JSON_ERROR;
}

// The next byte, or -1 at the end.
static int peek(const struct json_reader *reader)
{
    return reader->at < reader->text.len ? (unsigned char)reader->text.at[reader->at]
                                         : -1;
}

static void skip_space(struct json_reader *reader)
{
    int c = peek(reader);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        reader->at++;
        c = peek(reader);
    }
}

static struct str rest(const struct json_reader *reader)
{
    return str_skip(reader->text, reader->at);
}

// The value of four hex digits at the reader's place, which it passes; -1 if there are
// none.
static int32_t read_hex4(struct json_reader *reader)
{
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int c = peek(reader);
        if (c >= '0' && c <= '9') {
            value = value * 16 + (c - '0');
        } else if (c >= 'a' && c <= 'f') {
            value = value * 16 + (c - 'a' + 10);
        } else if (c >= 'A' && c <= 'F') {
            value = value * 16 + (c - 'A' + 10);
        } else {
            return -1;
        }
        reader->at++;
    }
    return value;
}

// The rest of \uXXXX, and its second half when it is a surrogate, as UTF-8 at out.
// Returns the bytes written, or 0 after fail().
static size_t read_unicode_escape(struct json_reader *reader, char out[4])
{
    int32_t unit = read_hex4(reader);
    if (unit < 0) {
        (void)fail(reader, "\\u takes four hex digits");
        return 0;
    }
    if (unit >= 0xDC00 && unit <= 0xDFFF) {
        (void)fail(reader, "a low surrogate without a high one before it");
        return 0;
    }
    if (unit < 0xD800 || unit > 0xDBFF) {
        return utf8_encode((uint32_t)unit, out);
    }
    int32_t low = -1;
    if (str_starts(rest(reader), STR("\\u"))) {
        reader->at += 2;
        low = read_hex4(reader);
    }
    if (low < 0xDC00 || low > 0xDFFF) {
        (void)fail(reader, "a high surrogate without a low one behind it");
        return 0;
    }
    return utf8_encode(
        0x10000U + (((uint32_t)unit & 0x3FF) << 10 | ((uint32_t)low & 0x3FF)), out);
}

// What follows a backslash. Returns the bytes written to out, or 0 after fail().
static size_t read_escape(struct json_reader *reader, char out[4])
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    int c = peek(reader);

    if (c == 'u') {
        reader->at++;
        return read_unicode_escape(reader, out);
    }
    const char *found = c > 0 ? strchr(from, c) : NULL;
    if (found == NULL) {
        (void)fail(reader, "an unknown escape");
        return 0;
    }
    reader->at++;
    out[0] = to[found - from];
    return 1;
}

// How many bytes stand for themselves: up to a quote, a backslash, a control character
// or the end. *ascii: none of them is above 0x7f. Most of an answer is such bytes, so
// eight are looked at in one go: a byte of a word is below n when taking n from it
// borrows, and is c when it is 0 after an exclusive or with c.
static size_t plain_length(struct str s, bool *ascii)
{
    static const uint64_t ONES = UINT64_C(0x0101010101010101);
    static const uint64_t HIGHS = UINT64_C(0x8080808080808080);
    uint64_t seen = 0;
    uint64_t word = 0;
    size_t len = 0;

    for (; len + sizeof word <= s.len; len += sizeof word) {
        memcpy(&word, s.at + len, sizeof word);
        uint64_t quote = word ^ (ONES * '"');
        uint64_t backslash = word ^ (ONES * '\\');
        uint64_t special = ((word - ONES * 0x20) & ~word) | ((quote - ONES) & ~quote) |
                           ((backslash - ONES) & ~backslash);
        if ((special & HIGHS) != 0) {
            break;
        }
        seen |= word;
    }
    while (len < s.len && s.at[len] != '"' && s.at[len] != '\\' &&
           (unsigned char)s.at[len] >= 0x20) {
        seen |= (unsigned char)s.at[len++];
    }
    *ascii = (seen & HIGHS) == 0;
    return len;
}

// Passes bytes that stand for themselves. False after fail().
static bool skip_plain(struct json_reader *reader)
{
    struct str s = rest(reader);
    bool ascii = false;
    size_t len = plain_length(s, &ascii);
    size_t good = ascii ? len : utf8_check((struct str){s.at, len});

    reader->at += good;
    if (good < len) {
        (void)fail(reader, "malformed UTF-8");
        return false;
    }
    if (len < s.len && (unsigned char)s.at[len] < 0x20) {
        (void)fail(reader, "a control character in a string must be escaped");
        return false;
    }
    return true;
}

// The offset of the quote that ends the string, or the text's end: the decoded string
// is never longer than what lies before it.
static size_t string_end(const struct json_reader *reader)
{
    size_t at = reader->at;
    while (at < reader->text.len && reader->text.at[at] != '"') {
        at += reader->text.at[at] == '\\' ? 2 : 1;
    }
    return at < reader->text.len ? at : reader->text.len;
}

// A string; the reader stands on its quote. False after fail().
static bool read_string(struct json_reader *reader)
{
    size_t start = ++reader->at;
    if (!skip_plain(reader)) {
        return false;
    }
    if (peek(reader) == '"') {
        reader->value =
            str_slice(reader->text.at + start, reader->text.at + reader->at);
        reader->at++;
        return true;
    }
    char *decoded = arena_alloc(reader->arena, string_end(reader) - start);
    size_t len = 0;
    size_t run = start;
    while (peek(reader) == '\\') {
        memcpy(decoded + len, reader->text.at + run, reader->at - run);
        len += reader->at - run;
        reader->at++;
        char bytes[4];
        size_t written = read_escape(reader, bytes);
        if (written == 0) {
            return false;
        }
        memcpy(decoded + len, bytes, written);
        len += written;
        run = reader->at;
        if (!skip_plain(reader)) {
            return false;
        }
    }
    if (peek(reader) != '"') {
        (void)fail(reader, "the string does not end");
        return false;
    }
    memcpy(decoded + len, reader->text.at + run, reader->at - run);
    len += reader->at - run;
    reader->at++;
    reader->value = (struct str){decoded, len};
    return true;
}

// Passes digits; false if there are none.
static bool skip_digits(struct json_reader *reader)
{
    size_t start = reader->at;
    while (peek(reader) >= '0' && peek(reader) <= '9') {
        reader->at++;
    }
    return reader->at > start;
}

static enum json_token read_number(struct json_reader *reader)
{
    size_t start = reader->at;
    if (peek(reader) == '-') {
        reader->at++;
    }
    bool zero = peek(reader) == '0';
    size_t digits = reader->at;
    if (!skip_digits(reader)) {
        return fail(reader, "a digit is missing in a number");
    }
    if (zero && reader->at - digits > 1) {
        reader->at = digits;
        return fail(reader, "a number has no leading zeros");
    }
    if (peek(reader) == '.') {
        reader->at++;
        if (!skip_digits(reader)) {
            return fail(reader, "a digit is missing in a number");
        }
    }
    if (peek(reader) == 'e' || peek(reader) == 'E') {
        reader->at++;
        if (peek(reader) == '+' || peek(reader) == '-') {
            reader->at++;
        }
        if (!skip_digits(reader)) {
            return fail(reader, "a digit is missing in a number");
        }
    }
    reader->value = str_slice(reader->text.at + start, reader->text.at + reader->at);
    reader->state = NEXT;
    return JSON_NUMBER;
}

static enum json_token read_word(struct json_reader *reader)
{
    static const struct {
        struct str word;
        enum json_token token;
    } words[] = {
        {{"true", 4}, JSON_TRUE}, {{"false", 5}, JSON_FALSE}, {{"null", 4}, JSON_NULL}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_starts(rest(reader), words[i].word)) {
            reader->at += words[i].word.len;
            reader->state = NEXT;
            return words[i].token;
        }
    }
    if (str_starts(rest(reader), STR("\xEF\xBB\xBF"))) {
        return fail(reader, "a byte order mark does not belong in JSON");
    }
    return fail(reader, reader->at == reader->text.len
                            ? "the text ends where a value is expected"
                            : "a value is expected");
}

static enum json_token open_container(struct json_reader *reader, char bracket)
{
    if (reader->depth == JSON_MAX_DEPTH) {
        return fail(reader, "nested too deeply");
    }
    reader->stack[reader->depth++] = (unsigned char)bracket;
    reader->at++;
    if (bracket == '{') {
        reader->state = NAME_OR_CLOSE;
        return JSON_OBJECT_BEGIN;
    }
    reader->state = VALUE_OR_CLOSE;
    return JSON_ARRAY_BEGIN;
}

static enum json_token close_container(struct json_reader *reader)
{
    reader->at++;
    reader->depth--;
    reader->state = NEXT;
    return reader->stack[reader->depth] == '{' ? JSON_OBJECT_END : JSON_ARRAY_END;
}

static enum json_token read_value(struct json_reader *reader)
{
    int c = peek(reader);
    if (c == '{' || c == '[') {
        return open_container(reader, (char)c);
    }
    if (c == '"') {
        if (!read_string(reader)) {
            return JSON_ERROR;
        }
        reader->state = NEXT;
        return JSON_STRING;
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        return read_number(reader);
    }
    return read_word(reader);
}

static enum json_token read_name(struct json_reader *reader)
{
    if (peek(reader) != '"') {
        return fail(reader, "a name in double quotes is expected");
    }
    if (!read_string(reader)) {
        return JSON_ERROR;
    }
    skip_space(reader);
    if (peek(reader) != ':') {
        return fail(reader, "':' is expected");
    }
    reader->at++;
    reader->state = MEMBER_VALUE;
    return JSON_NAME;
}

// After a value.
static enum json_token read_next(struct json_reader *reader)
{
    int c = peek(reader);
    if (reader->depth == 0) {
        if (c >= 0) {
            return fail(reader, "something follows the value");
        }
        reader->state = DONE;
        return JSON_END;
    }
    bool in_object = reader->stack[reader->depth - 1] == '{';
    if (c == (in_object ? '}' : ']')) {
        return close_container(reader);
    }
    if (c != ',') {
        return fail(reader,
                    in_object ? "',' or '}' is expected" : "',' or ']' is expected");
    }
    reader->at++;
    skip_space(reader);
    reader->token_start = reader->at;
    return in_object ? read_name(reader) : read_value(reader);
}

enum json_token json_next(struct json_reader *reader)
{
    enum state state = (enum state)reader->state;

    if (state == FAILED) {
        return JSON_ERROR;
    }
    if (state == DONE) {
        return JSON_END;
    }
    reader->value = (struct str){NULL, 0};
    skip_space(reader);
    reader->token_start = reader->at;
    if (state == NEXT) {
        return read_next(reader);
    }
    if (state == NAME_OR_CLOSE) {
        return peek(reader) == '}' ? close_container(reader) : read_name(reader);
    }
    if (state == VALUE_OR_CLOSE && peek(reader) == ']') {
        return close_container(reader);
    }
    return read_value(reader);
}

struct str json_text(const struct json_reader *reader)
{
    return reader->value;
}

const char *json_error(const struct json_reader *reader)
{
    return reader->error;
}

bool json_skip(struct json_reader *reader, struct str *raw)
{
    size_t start = reader->token_start;
    *raw = (struct str){NULL, 0};
    if (reader->state == FAILED) {
        return false;
    }
    if (reader->state == NAME_OR_CLOSE || reader->state == VALUE_OR_CLOSE) {
        unsigned outside = reader->depth - 1; // a container was just opened
        while (reader->depth > outside) {
            if (json_next(reader) == JSON_ERROR) {
                return false;
            }
        }
    }
    *raw = str_slice(reader->text.at + start, reader->text.at + reader->at);
    return true;
}
