// INI files. In: text. Out: sections, or the first line that cannot be read.
//
// A value is gathered line by line and looked at when its last line is known: only then
// is it clear whether it is one value or the keys below another one.
#include "ini_read.h"

#include "ascii.h"
#include "utf8.h"

#include <stdint.h>
#include <string.h>

#define SECTIONS_MAX 10000
#define ENTRIES_MAX 1000 // of a section, or below a key

struct reader {
    struct ini *out;
    struct arena *arena;
    struct ini_section *section; // NULL before the first one
    struct ini_entry *entry;     // whose value may go on; NULL: of none
    size_t indent;               // of that entry's line
    size_t section_cap;
    size_t value_cap; // room for that entry's value; 0: it is not ours to write into
    size_t empty;     // lines behind it: they count when the value goes on
    const char *why;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static struct str trim(struct str s)
{
    while (s.len > 0 && is_blank(s.at[0])) {
        s = str_skip(s, 1);
    }
    while (s.len > 0 && is_blank(s.at[s.len - 1])) {
        s.len--;
    }
    return s;
}

static size_t indent_of(struct str line)
{
    size_t indent = 0;
    while (indent < line.len && is_blank(line.at[indent])) {
        indent++;
    }
    return indent;
}

static struct str lower(struct str text, struct arena *arena)
{
    char *copy = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        copy[i] = ascii_lower(text.at[i]);
    }
    return (struct str){copy, text.len};
}

// Without a comment behind it. A command may well hold a '#' that is none.
static struct str without_comment(struct str value, struct str key)
{
    for (size_t i = 1; i < value.len && !str_is(key, "credential_process"); i++) {
        if ((value.at[i] == '#' || value.at[i] == ';') && is_blank(value.at[i - 1])) {
            return trim((struct str){value.at, i});
        }
    }
    return value;
}

// ---- sections and keys

static bool open_section(struct reader *reader, struct str line)
{
    size_t end = line.len;
    while (end > 1 && line.at[end - 1] != ']') {
        end--;
    }
    struct str name =
        end > 1 ? trim(str_slice(line.at + 1, line.at + end - 1)) : (struct str){0};
    if (name.len == 0) {
        reader->why = "a section has a name in brackets";
        return false;
    }
    reader->entry = NULL;
    struct ini *ini = reader->out;
    for (size_t i = 0; i < ini->count; i++) {
        if (str_eq(ini->sections[i].name, name)) {
            reader->section = &ini->sections[i];
            return true;
        }
    }
    if (ini->count >= SECTIONS_MAX) {
        reader->why = "there are too many sections";
        return false;
    }
    ini->sections = arena_grow(reader->arena, ini->sections, ini->count, ini->count + 1,
                               &reader->section_cap, sizeof *ini->sections);
    reader->section = &ini->sections[ini->count++];
    *reader->section = (struct ini_section){.name = arena_str(reader->arena, name)};
    return true;
}

static struct ini_entry *entry_of(struct ini_section *section, struct str key,
                                  struct arena *arena)
{
    for (size_t i = 0; i < section->count; i++) {
        if (str_eq(section->entries[i].key, key)) {
            return &section->entries[i];
        }
    }
    if (section->count >= ENTRIES_MAX) {
        return NULL;
    }
    section->entries =
        arena_grow(arena, section->entries, section->count, section->count + 1,
                   &section->cap, sizeof *section->entries);
    return &section->entries[section->count++];
}

static bool read_key(struct reader *reader, struct str line)
{
    size_t equals = str_find_char(line, '=');
    size_t colon = str_find_char(line, ':');
    size_t at = equals < colon ? equals : colon;
    struct str key = trim((struct str){line.at, at});
    if (reader->section == NULL) {
        reader->why = "the file must begin with a section in brackets";
        return false;
    }
    if (at == line.len || key.len == 0) {
        reader->why = "a line is a section, or a key, '=' and a value";
        return false;
    }
    key = lower(key, reader->arena);
    struct ini_entry *entry = entry_of(reader->section, key, reader->arena);
    if (entry == NULL) {
        reader->why = "the section has too many keys";
        return false;
    }
    struct str value = without_comment(trim(str_skip(line, at + 1)), key);
    *entry = (struct ini_entry){.key = key, .value = arena_str(reader->arena, value)};
    reader->entry = entry;
    reader->value_cap = 0;
    reader->empty = 0;
    return true;
}

// Doubles, so that many short lines cost no more than one long one.
static void go_on(struct reader *reader, struct str line)
{
    struct ini_entry *entry = reader->entry;
    struct str more = without_comment(line, entry->key);
    size_t before = entry->value.len;
    size_t need = before + reader->empty + 1 + more.len;
    char *at = (char *)(uintptr_t)entry->value.at;
    if (need > reader->value_cap) {
        reader->value_cap = 2 * need;
        at = arena_alloc(reader->arena, reader->value_cap);
        memcpy(at, entry->value.at, before);
    }
    memset(at + before, '\n', reader->empty + 1);
    memcpy(at + before + reader->empty + 1, more.at, more.len);
    entry->value = (struct str){at, need};
    reader->empty = 0;
}

static bool read_line(struct reader *reader, struct str line)
{
    struct str text = trim(line);
    if (text.len == 0) {
        reader->empty++;
        return true;
    }
    if (text.at[0] == '#' || text.at[0] == ';') {
        return true;
    }
    size_t indent = indent_of(line);
    if (reader->entry != NULL && indent > reader->indent) {
        go_on(reader, text);
        return true;
    }
    reader->indent = indent;
    return text.at[0] == '[' ? open_section(reader, text) : read_key(reader, text);
}

// ---- the keys below a key

static bool read_below(struct ini_entry *entry, struct arena *arena)
{
    struct ini_section below = {0};
    struct str rest = entry->value;
    while (rest.len > 0) {
        size_t end = str_find_char(rest, '\n');
        struct str line = trim((struct str){rest.at, end});
        rest = str_skip(rest, end < rest.len ? end + 1 : end);
        if (line.len == 0) {
            continue;
        }
        size_t at = str_find_char(line, '=');
        struct str key = trim((struct str){line.at, at});
        struct ini_entry *child =
            at < line.len && key.len > 0 ? entry_of(&below, key, arena) : NULL;
        if (child == NULL) {
            return false;
        }
        child->key = key;
        child->value = trim(str_skip(line, at + 1));
    }
    entry->below = below.entries;
    entry->below_count = below.count;
    return true;
}

static bool read_all_below(struct ini *ini, struct arena *arena)
{
    for (size_t i = 0; i < ini->count; i++) {
        for (size_t k = 0; k < ini->sections[i].count; k++) {
            struct ini_entry *entry = &ini->sections[i].entries[k];
            bool nested = entry->value.len > 0 && entry->value.at[0] == '\n';
            if (nested && !read_below(entry, arena)) {
                return false;
            }
        }
    }
    return true;
}

bool ini_read(struct ini *out, struct str text, struct arena *arena,
              struct ini_mistake *mistake)
{
    struct reader reader = {.out = out, .arena = arena};
    *out = (struct ini){0};
    *mistake = (struct ini_mistake){0};
    if (text.len > 0 &&
        (memchr(text.at, '\0', text.len) != NULL || utf8_check(text) < text.len)) {
        *mistake = (struct ini_mistake){1, "the file is no text in UTF-8"};
        return false;
    }
    while (text.len > 0) {
        size_t end = str_find_char(text, '\n');
        mistake->line++;
        if (!read_line(&reader, (struct str){text.at, end})) {
            mistake->why = reader.why;
            return false;
        }
        text = str_skip(text, end < text.len ? end + 1 : end);
    }
    if (!read_all_below(out, arena)) {
        *mistake = (struct ini_mistake){1, "a line below a key has no '='"};
        return false;
    }
    return true;
}

// ---- looking up

const struct ini_section *ini_find(const struct ini *ini, struct str name)
{
    for (size_t i = 0; i < ini->count; i++) {
        if (str_eq(ini->sections[i].name, name)) {
            return &ini->sections[i];
        }
    }
    return NULL;
}

static const struct ini_entry *find(const struct ini_entry *entries, size_t count,
                                    const char *key)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(entries[i].key, key)) {
            return &entries[i];
        }
    }
    return NULL;
}

const struct ini_entry *ini_section_find(const struct ini_section *section,
                                         const char *key)
{
    return section == NULL ? NULL : find(section->entries, section->count, key);
}

const struct ini_entry *ini_entry_find(const struct ini_entry *entry, const char *key)
{
    return entry == NULL ? NULL : find(entry->below, entry->below_count, key);
}
