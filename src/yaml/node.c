// What a scalar is: docs/language.md's typing of plain scalars, and the look-alikes
// that other YAML dialects read differently.
#include "node.h"

#include "ascii.h"

#include <string.h>

static size_t skip_digits(struct str s, size_t at)
{
    while (at < s.len && ascii_is_digit(s.at[at])) {
        at++;
    }
    return at;
}

// JSON's grammar: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
static bool is_json_number(struct str s)
{
    size_t at = s.len > 0 && s.at[0] == '-' ? 1 : 0;
    size_t from = at;
    at = skip_digits(s, at);
    if (at == from || (s.at[from] == '0' && at - from > 1)) {
        return false;
    }
    if (at < s.len && s.at[at] == '.') {
        from = at + 1;
        at = skip_digits(s, from);
        if (at == from) {
            return false;
        }
    }
    if (at < s.len && (s.at[at] == 'e' || s.at[at] == 'E')) {
        at++;
        if (at < s.len && (s.at[at] == '+' || s.at[at] == '-')) {
            at++;
        }
        from = at;
        at = skip_digits(s, from);
        if (at == from) {
            return false;
        }
    }
    return at == s.len;
}

enum node_type node_type(const struct node *scalar)
{
    struct str s = scalar->text;
    switch (scalar->tag) {
    case NODE_TAG_N:
        return NODE_N;
    case NODE_TAG_S:
    case NODE_TAG_B:
    case NODE_TAG_SS:
    case NODE_TAG_NS:
    case NODE_TAG_BS:
    case NODE_TAG_HANDLE:
        return NODE_S;
    case NODE_TAG_NONE:
    default:
        break;
    }
    if (!scalar->plain) {
        return NODE_S;
    }
    if (str_is(s, "true") || str_is(s, "false")) {
        return NODE_BOOL;
    }
    if (s.len == 0 || str_is(s, "null") || str_is(s, "~")) {
        return NODE_NULL;
    }
    return is_json_number(s) ? NODE_N : NODE_S;
}

// ASCII case ignored.
static bool is_one_of(struct str s, const char *const *words)
{
    for (; *words != NULL; words++) {
        struct str word = str_from(*words);
        if (word.len != s.len) {
            continue;
        }
        size_t i = 0;
        while (i < s.len && ascii_lower(s.at[i]) == word.at[i]) {
            i++;
        }
        if (i == s.len) {
            return true;
        }
    }
    return false;
}

// The digits that may follow 0x, 0o and 0b; NULL for another letter.
static const char *base_digits(char letter)
{
    switch (ascii_lower(letter)) {
    case 'x':
        return "0123456789abcdefABCDEF_";
    case 'o':
        return "01234567_";
    case 'b':
        return "01_";
    default:
        return NULL;
    }
}

// Digits and separators with a sign before and a dot within: 012, +5, .5, 1_000, 0x10.
static const char *number_look_alike(struct str s)
{
    size_t at = s.at[0] == '+' || s.at[0] == '-' ? 1 : 0;
    if (at == s.len || !(ascii_is_digit(s.at[at]) || s.at[at] == '.')) {
        return NULL;
    }
    const char *base =
        s.len - at > 2 && s.at[at] == '0' ? base_digits(s.at[at + 1]) : NULL;
    if (base != NULL) {
        for (size_t i = at + 2; i < s.len; i++) {
            if (s.at[i] == '\0' || strchr(base, s.at[i]) == NULL) {
                return NULL;
            }
        }
        return "a number in other bases elsewhere";
    }
    size_t digits = 0;
    size_t dots = 0;
    for (size_t i = at; i < s.len; i++) {
        if (ascii_is_digit(s.at[i])) {
            digits++;
        } else if (s.at[i] == '.') {
            dots++;
        } else if (s.at[i] != '_') {
            return NULL;
        }
    }
    // Version numbers (1.2.3) are nobody's number.
    return digits > 0 && dots < 2 ? "a number elsewhere" : NULL;
}

const char *node_ambiguity(const struct node *scalar)
{
    static const char *const BOOLEANS[] = {"true", "false", "yes", "no", "on",
                                           "off",  "y",     "n",   NULL};
    static const char *const NOTHINGS[] = {"null", NULL};
    static const char *const FLOATS[] = {".inf", "+.inf", "-.inf", ".nan", NULL};

    struct str s = scalar->text;
    if (!scalar->plain || scalar->tag != NODE_TAG_NONE || s.len == 0 ||
        node_type(scalar) != NODE_S) {
        return NULL;
    }
    if (is_one_of(s, BOOLEANS)) {
        return "true or false in YAML 1.1";
    }
    if (is_one_of(s, NOTHINGS)) {
        return "null elsewhere";
    }
    if (is_one_of(s, FLOATS)) {
        return "a float elsewhere";
    }
    return number_look_alike(s);
}

const struct node *node_find(const struct node *mapping, const char *key)
{
    for (size_t i = 0; mapping->kind == NODE_MAPPING && i < mapping->count; i++) {
        if (str_is(mapping->pairs[i].key->text, key)) {
            return mapping->pairs[i].value;
        }
    }
    return NULL;
}

const char *node_describe(const struct node *node)
{
    switch (node->kind) {
    case NODE_SEQUENCE:
        return "a list";
    case NODE_MAPPING:
        return "a mapping";
    case NODE_SCALAR:
    default:
        break;
    }
    switch (node_type(node)) {
    case NODE_N:
        return "a number";
    case NODE_BOOL:
        return "true or false";
    case NODE_NULL:
        return "nothing";
    case NODE_S:
    default:
        return "a string";
    }
}
