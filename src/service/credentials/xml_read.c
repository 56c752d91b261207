// XML, element by element. In: a document, a path. Out: the text there.
#include "xml_read.h"

#include "ascii.h"
#include "utf8.h"

#include <string.h>

struct reader {
    struct str rest;
    struct str open[XML_MAX_DEPTH]; // names of the elements that are open
    size_t depth;
    const char *path;
    struct arena *arena;
    struct str *out;
    bool found;
    struct str text; // of the element that is looked for, while it is open
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct str *s)
{
    while (s->len > 0 && is_blank(s->at[0])) {
        *s = str_skip(*s, 1);
    }
}

static struct str take_name(struct str *s)
{
    size_t len = 0;
    while (len < s->len &&
           (ascii_is_alnum(s->at[len]) || s->at[len] == '_' || s->at[len] == '-' ||
            s->at[len] == ':' || s->at[len] == '.')) {
        len++;
    }
    struct str name = {s->at, len};
    *s = str_skip(*s, len);
    return name;
}

// Whether the open elements are those of the path.
static bool is_at_path(const struct reader *reader)
{
    struct str rest = str_from(reader->path);
    for (size_t i = 0; i < reader->depth; i++) {
        struct str part = {rest.at, str_find_char(rest, '/')};
        if (!str_eq(reader->open[i], part)) {
            return false;
        }
        rest = str_skip(rest, part.len < rest.len ? part.len + 1 : part.len);
    }
    return rest.len == 0;
}

// ---- text

static size_t put_character(char *to, struct str number)
{
    bool hex = number.len > 1 && number.at[0] == 'x';
    uint32_t value = 0;
    number = str_skip(number, hex ? 1 : 0);
    for (size_t i = 0; i < number.len; i++) {
        int digit = ascii_hex(number.at[i]);
        if (digit < 0 || (!hex && digit > 9) || value > 0x10FFFF) {
            return 0;
        }
        value = value * (hex ? 16 : 10) + (uint32_t)digit;
    }
    bool scalar = value > 0 && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
    return number.len > 0 && scalar ? utf8_encode(value, to) : 0;
}

// What stands for the entity, 1 to 4 bytes; 0: there is none of that name.
static size_t put_entity(char *to, struct str name)
{
    static const struct {
        const char *name;
        char c;
    } ENTITIES[] = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    if (name.len > 1 && name.at[0] == '#') {
        return put_character(to, str_skip(name, 1));
    }
    for (size_t i = 0; i < sizeof ENTITIES / sizeof *ENTITIES; i++) {
        if (str_is(name, ENTITIES[i].name)) {
            *to = ENTITIES[i].c;
            return 1;
        }
    }
    return 0;
}

// No entity is longer than its name, "&#1;" included.
static bool decode(struct str *out, struct str raw, struct arena *arena)
{
    char *to = arena_alloc(arena, raw.len + 1);
    size_t len = 0;
    while (raw.len > 0) {
        if (raw.at[0] != '&') {
            to[len++] = raw.at[0];
            raw = str_skip(raw, 1);
            continue;
        }
        size_t end = str_find_char(raw, ';');
        size_t put =
            end < raw.len ? put_entity(to + len, (struct str){raw.at + 1, end - 1}) : 0;
        if (put == 0) {
            return false;
        }
        len += put;
        raw = str_skip(raw, end + 1);
    }
    *out = (struct str){to, len};
    return true;
}

static bool read_text(struct reader *reader)
{
    size_t end = str_find_char(reader->rest, '<');
    struct str raw = {reader->rest.at, end};
    struct str text;
    reader->rest = str_skip(reader->rest, end);
    if (!decode(&text, raw, reader->arena)) {
        return false;
    }
    if (reader->depth == 0) { // around the document there is nothing
        skip_blanks(&text);
        return text.len == 0;
    }
    if (!reader->found && is_at_path(reader)) {
        reader->text = arena_printf(reader->arena, "%.*s%.*s", STR_ARG(reader->text),
                                    STR_ARG(text));
    }
    return true;
}

// ---- elements

// name="value", skipped.
static bool read_attributes(struct str *s)
{
    skip_blanks(s);
    while (s->len > 0 && s->at[0] != '>' && s->at[0] != '/') {
        struct str name = take_name(s);
        skip_blanks(s);
        if (name.len == 0 || s->len < 2 || s->at[0] != '=') {
            return false;
        }
        *s = str_skip(*s, 1);
        skip_blanks(s);
        if (s->len == 0 || (s->at[0] != '"' && s->at[0] != '\'')) {
            return false;
        }
        char quote = s->at[0];
        *s = str_skip(*s, 1);
        size_t end = str_find_char(*s, quote);
        if (end == s->len) {
            return false;
        }
        *s = str_skip(*s, end + 1);
        skip_blanks(s);
    }
    return s->len > 0;
}

static bool close_element(struct reader *reader, struct str name)
{
    if (reader->depth == 0 || !str_eq(reader->open[reader->depth - 1], name)) {
        return false;
    }
    if (!reader->found && is_at_path(reader)) {
        struct str text = reader->text;
        skip_blanks(&text);
        while (text.len > 0 && is_blank(text.at[text.len - 1])) {
            text.len--;
        }
        *reader->out = text;
        reader->found = true;
    }
    reader->depth--;
    return true;
}

static bool open_element(struct reader *reader)
{
    struct str *s = &reader->rest;
    struct str name = take_name(s);
    if (name.len == 0 || reader->depth == XML_MAX_DEPTH || !read_attributes(s)) {
        return false;
    }
    reader->open[reader->depth++] = name;
    bool empty = s->at[0] == '/';
    *s = str_skip(*s, empty ? 1 : 0);
    if (s->len == 0 || s->at[0] != '>') {
        return false;
    }
    *s = str_skip(*s, 1);
    return !empty || close_element(reader, name);
}

static bool skip_past(struct str *s, struct str end)
{
    size_t at = str_find(*s, end);
    if (at == s->len) {
        return false;
    }
    *s = str_skip(*s, at + end.len);
    return true;
}

// Behind '<'.
static bool read_tag(struct reader *reader)
{
    struct str *s = &reader->rest;
    if (str_starts(*s, STR("!--"))) {
        return skip_past(s, STR("-->"));
    }
    if (s->len > 0 && s->at[0] == '/') {
        *s = str_skip(*s, 1);
        struct str name = take_name(s);
        skip_blanks(s);
        if (s->len == 0 || s->at[0] != '>') {
            return false;
        }
        *s = str_skip(*s, 1);
        return close_element(reader, name);
    }
    return open_element(reader);
}

bool xml_find(struct str *out, struct str xml, const char *path, struct arena *arena)
{
    struct reader reader = {.rest = xml, .path = path, .arena = arena, .out = out};
    bool root = false;
    *out = (struct str){0};
    skip_blanks(&reader.rest);
    if (str_starts(reader.rest, STR("<?xml")) && !skip_past(&reader.rest, STR("?>"))) {
        return false;
    }
    while (reader.rest.len > 0) {
        bool tag = reader.rest.at[0] == '<';
        if (tag && root && reader.depth == 0 && !str_starts(reader.rest, STR("<!--"))) {
            return false; // a second root
        }
        reader.rest = str_skip(reader.rest, tag ? 1 : 0);
        if (!(tag ? read_tag(&reader) : read_text(&reader))) {
            return false;
        }
        root = root || reader.depth > 0;
    }
    return root && reader.depth == 0;
}
