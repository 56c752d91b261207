// Wildcards. In: a pattern and a name, both hostile. Out: whether they match.
//
// When nothing fits any more, the last `*` takes one more character and the rest is
// tried again; an earlier `*` need never take more, so there is no other backtracking.
#include "wildcard.h"

#include "utf8.h"

#include <stdint.h>

// The first code point, or byte where there is none, and behind it.
static uint32_t take_character(struct str *text)
{
    uint32_t character = 0;
    size_t len = utf8_decode(*text, &character);
    if (len == 0) {
        character = (unsigned char)text->at[0];
    }
    *text = str_skip(*text, len == 0 ? 1 : len);
    return character;
}

// What a pattern spells with or without a backslash.
static uint32_t take_literal(struct str *pattern)
{
    if (pattern->len > 1 && pattern->at[0] == '\\') {
        *pattern = str_skip(*pattern, 1);
    }
    return take_character(pattern);
}

// Behind the opening bracket. False: it is not closed, and stands for itself.
static bool take_set(struct str *pattern, uint32_t character, bool *found)
{
    struct str rest = *pattern;
    bool inverted = rest.len > 0 && (rest.at[0] == '!' || rest.at[0] == '^');
    bool first = true;

    rest = str_skip(rest, inverted ? 1 : 0);
    *found = false;
    while (rest.len > 0 && (first || rest.at[0] != ']')) {
        uint32_t from = take_literal(&rest);
        uint32_t to = from;
        if (rest.len > 1 && rest.at[0] == '-' && rest.at[1] != ']') {
            rest = str_skip(rest, 1);
            to = take_literal(&rest);
        }
        *found = *found || (from <= character && character <= to);
        first = false;
    }
    if (rest.len == 0) {
        return false;
    }
    *found = *found != inverted;
    *pattern = str_skip(rest, 1);
    return true;
}

// Takes one character off both. False: they do not fit.
static bool take_one(struct str *pattern, struct str *text)
{
    char kind = pattern->at[0];
    struct str rest = str_skip(*pattern, 1);
    uint32_t character = take_character(text);
    bool found = false;

    if (kind == '?') {
        *pattern = rest;
        return true;
    }
    if (kind == '[' && take_set(&rest, character, &found)) {
        *pattern = rest;
        return found;
    }
    return take_literal(pattern) == character;
}

bool wildcard_match(struct str pattern, struct str text)
{
    struct str after_star = {0}; // of the pattern, and what its text begins with
    struct str again = {0};
    bool has_star = false;

    if (text.len > 0 && text.at[0] == '.' && pattern.len > 0 && pattern.at[0] != '.' &&
        !str_starts(pattern, STR("\\."))) {
        return false;
    }
    while (text.len > 0 || pattern.len > 0) {
        if (pattern.len > 0 && pattern.at[0] == '*') {
            pattern = str_skip(pattern, 1);
            after_star = pattern;
            again = text;
            has_star = true;
            continue;
        }
        if (pattern.len > 0 && text.len > 0 && take_one(&pattern, &text)) {
            continue;
        }
        if (!has_star || again.len == 0) {
            return false;
        }
        (void)take_character(&again);
        pattern = after_star;
        text = again;
    }
    return true;
}

bool wildcard_is(struct str pattern)
{
    while (pattern.len > 0) {
        if (pattern.at[0] == '*' || pattern.at[0] == '?' || pattern.at[0] == '[') {
            return true;
        }
        (void)take_literal(&pattern);
    }
    return false;
}

struct str wildcard_text(struct str pattern, struct arena *arena)
{
    char *text = arena_alloc(arena, pattern.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        i += pattern.at[i] == '\\' && i + 1 < pattern.len ? 1 : 0;
        text[len++] = pattern.at[i];
    }
    return (struct str){text, len};
}
