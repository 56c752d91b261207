// YAML text to a tree of nodes: libyaml's events enter, struct node leaves.
//
// libyaml counts code points and knows line breaks that no editor does (NEL, LS, PS),
// so every mark is turned into a byte offset by a cursor that runs over the text once,
// and lines are counted by LF alone. What ddbgen does not take of YAML is diagnosed at
// its place and passed over, so that one run shows the mistakes behind it as well.
#include "yaml_read.h"

#include "allow_read.h"
#include "ascii.h"
#include "die.h"
#include "map.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

// Where a code point index of libyaml is in the text.
struct cursor {
    size_t index; // code points from the start
    size_t byte;
    uint32_t line; // from 0
    size_t line_byte;
};

struct yaml_reader {
    yaml_parser_t parser;
    struct str text;
    const struct source *source;
    uint64_t base_at;   // of text in the source
    uint32_t base_line; // of text's first line
    struct cursor cursor;
    struct arena *nodes; // where nodes go: `arena`, or a scratch one
    struct arena *arena; // texts, and what is kept
    struct diags *diags;
    bool whole;                     // text stays as long as the arena
    const struct yaml_lists *lists; // or NULL
    const struct node
        *keys[YAML_LIST_KEYS]; // of the outermost mappings, on the way to a node
    const struct node **open;  // children of collections that have no end yet
    size_t open_count;
    size_t open_cap;
    size_t count;           // nodes of the file, or of the element that is given next
    struct arena passed;    // of a document too many
    bool failed;            // a syntax error: nothing more comes
    bool has_tag_directive; // refused: tags are not looked at
    bool has_allow;         // comments have to be told from scalars:
    struct text_range *scalars; // in which a '#' is text, scalar_count of them
    size_t scalar_count;
    size_t scalar_cap;
};

static size_t sequence_length(char lead)
{
    unsigned char c = (unsigned char)lead;
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static void cursor_step(struct cursor *cursor, struct str text)
{
    char c = text.at[cursor->byte];
    cursor->byte += sequence_length(c);
    cursor->index++;
    if (c == '\n') {
        cursor->line++;
        cursor->line_byte = cursor->byte;
    }
}

static void cursor_seek(struct cursor *cursor, struct str text, size_t index)
{
    if (index < cursor->index) {
        *cursor = (struct cursor){0};
    }
    while (cursor->index < index && cursor->byte < text.len) {
        cursor_step(cursor, text);
    }
}

static struct span cursor_span(const struct yaml_reader *reader,
                               const struct cursor *cursor, size_t length)
{
    return (struct span){
        .source = reader->source,
        .line_at = SPAN_LINE_AT(reader->base_at + cursor->line_byte),
        .line = reader->base_line + cursor->line,
        .column = (uint32_t)(cursor->byte - cursor->line_byte),
        .length = SPAN_LENGTH(length),
    };
}

// The place between two marks, as far as it is on one line.
static struct span mark_span(struct yaml_reader *reader, const yaml_mark_t *start,
                             const yaml_mark_t *end)
{
    cursor_seek(&reader->cursor, reader->text, start->index);
    struct cursor to = reader->cursor;
    while (to.index < end->index && to.byte < reader->text.len &&
           reader->text.at[to.byte] != '\n' && reader->text.at[to.byte] != '\r') {
        cursor_step(&to, reader->text);
    }
    return cursor_span(reader, &reader->cursor, to.byte - reader->cursor.byte);
}

// The place of a byte offset, as far as it is on one line, for checks that run before
// libyaml.
static struct span byte_span(const struct yaml_reader *reader, size_t offset,
                             size_t length)
{
    struct cursor cursor = {0};
    for (size_t i = 0; i < offset; i++) {
        if (reader->text.at[i] == '\n') {
            cursor.line++;
            cursor.line_byte = i + 1;
        }
    }
    cursor.byte = offset;
    const struct str marked = {reader->text.at + offset, length};
    return cursor_span(reader, &cursor, str_find_char(marked, '\n'));
}

// Characters that are refused wherever they stand: the first of them is reported.
static bool check_characters(const struct yaml_reader *reader)
{
    struct str text = reader->text;
    size_t bad = utf8_check(text);
    if (utf8_is_utf16(text)) {
        struct diag *diag = diag_add(reader->diags, DIAG_UTF8, byte_span(reader, 0, 1),
                                     "this is text in UTF-16, and has to be UTF-8");
        diag_help(reader->diags, diag,
                  "convert it: iconv -f UTF-16 -t UTF-8 OLD > NEW");
        return false;
    }
    if (bad < text.len) {
        diag_add(reader->diags, DIAG_UTF8, byte_span(reader, bad, 1),
                 "byte 0x%02x is not UTF-8", (unsigned)(unsigned char)text.at[bad]);
        return false;
    }
    for (size_t at = 0; at < text.len;) {
        uint32_t c = 0;
        size_t n = utf8_decode(str_skip(text, at), &c);
        bool lone_cr = c == '\r' && !(at + 1 < text.len && text.at[at + 1] == '\n');
        bool control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || lone_cr ||
                       (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
                       c == 0xfeff || c == 0xfffe || c == 0xffff;
        if (control) {
            struct diag *diag = diag_add(reader->diags, DIAG_CONTROL_CHARACTER,
                                         byte_span(reader, at, n),
                                         "control character U+%04X", (unsigned)c);
            diag_help(reader->diags, diag,
                      "in a double-quoted string write it as \"\\u%04x\"", (unsigned)c);
            return false;
        }
        at += n;
    }
    return true;
}

// Whether "${" stands before the mark on its line: its brace ends a plain scalar within
// { } and [ ].
static bool has_open_template(const struct yaml_reader *reader, const yaml_mark_t *mark)
{
    struct cursor cursor = {0};
    cursor_seek(&cursor, reader->text, mark->index);
    struct str line = str_skip(reader->text, cursor.line_byte);
    line.len = str_find_char(line, '\n');
    return str_find(line, STR("${")) < line.len;
}

static void report_parser_error(struct yaml_reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    reader->failed = true;
    // In a few places libyaml names no error when it is out of memory, and no problem.
    if (parser->error == YAML_MEMORY_ERROR || parser->problem == NULL) {
        die("out of memory");
    }
    const yaml_mark_t *mark = &parser->problem_mark;
    // Escapes of surrogates (B016) among others.
    struct diag *diag =
        diag_add(reader->diags, DIAG_YAML_SYNTAX, mark_span(reader, mark, mark),
                 "malformed YAML: %s", parser->problem);
    if (strstr(parser->problem, "did not find expected ',' or") &&
        has_open_template(reader, mark)) {
        diag_help(reader->diags, diag,
                  "within { } and [ ] a template stands in quotes, as in "
                  "\"ORDER#${row.id}\"");
    }
    if (parser->context != NULL && parser->context_mark.index < mark->index) {
        diag_related(reader->diags, diag,
                     mark_span(reader, &parser->context_mark, &parser->context_mark),
                     "%s", parser->context);
    }
}

static bool next_event(struct yaml_reader *reader, yaml_event_t *event)
{
    // After an error libyaml gives empty events for ever.
    if (reader->failed) {
        return false;
    }
    if (!yaml_parser_parse(&reader->parser, event)) {
        report_parser_error(reader);
        return false;
    }
    return true;
}

static bool read_tag(struct yaml_reader *reader, struct node *node, const char *tag)
{
    static const struct {
        const char *name;
        uint8_t tag;
    } TAGS[] = {
        {"!S", NODE_TAG_S},           {"!N", NODE_TAG_N},   {"!B", NODE_TAG_B},
        {"!SS", NODE_TAG_SS},         {"!NS", NODE_TAG_NS}, {"!BS", NODE_TAG_BS},
        {"!handle", NODE_TAG_HANDLE},
    };
    struct str names[sizeof TAGS / sizeof TAGS[0]];
    for (size_t i = 0; i < sizeof TAGS / sizeof TAGS[0]; i++) {
        if (strcmp(tag, TAGS[i].name) == 0) {
            node->tag = TAGS[i].tag;
            return true;
        }
        names[i] = str_from(TAGS[i].name);
    }
    static const struct str CORE = {"tag:yaml.org,2002:", 18};
    struct str shown = str_from(tag); // B002
    if (str_starts(shown, CORE)) {    // as it was written: !!str
        shown =
            arena_printf(reader->arena, "!!%.*s", STR_ARG(str_skip(shown, CORE.len)));
    }
    struct diag *diag = diag_add(reader->diags, DIAG_YAML_TAG, node->span,
                                 "unknown tag %s", diag_quote(reader->diags, shown));
    diag_help_nearest(reader->diags, diag, str_from(tag), names,
                      sizeof TAGS / sizeof TAGS[0]);
    return false;
}

static void refuse_feature(struct yaml_reader *reader, struct span span,
                           const char *what, const char *help)
{
    struct diag *diag =
        diag_add(reader->diags, DIAG_YAML_FEATURE, span, "%s not allowed", what);
    diag_help(reader->diags, diag, "%s", help);
}

// What every node may carry: an anchor, a tag.
static void read_properties(struct yaml_reader *reader, struct node *node,
                            const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor != NULL) {
        refuse_feature(reader, node->span, "anchors are",
                       "write the value out where it is used");
        node->poisoned = true;
    }
    // With a directive, what tags mean was said to be another thing.
    if (tag != NULL &&
        (reader->has_tag_directive || !read_tag(reader, node, (const char *)tag))) {
        node->poisoned = true;
    }
}

// A quoted scalar or a block: '#' begins no comment in it, but on a block's first line.
static void note_scalar(struct yaml_reader *reader, const yaml_event_t *event)
{
    cursor_seek(&reader->cursor, reader->text, event->start_mark.index);
    struct cursor end = reader->cursor;
    cursor_seek(&end, reader->text, event->end_mark.index);
    struct text_range range = {reader->cursor.byte, end.byte};
    if (event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
        event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE) {
        range.from += str_find_char(str_skip(reader->text, range.from), '\n');
    }
    if (range.from >= range.to) {
        return;
    }
    reader->scalars =
        arena_grow(reader->arena, reader->scalars, reader->scalar_count,
                   reader->scalar_count + 1, &reader->scalar_cap, sizeof range);
    reader->scalars[reader->scalar_count++] = range;
}

// What a scalar says: where it stands so in the text, and is of a list's element or a
// number, as a part of that; else copied, with a NUL behind it.
static struct str keep_text(struct yaml_reader *reader, const yaml_event_t *event,
                            bool plain)
{
    const struct str value = {(const char *)event->data.scalar.value,
                              event->data.scalar.length};
    const size_t at = reader->cursor.byte + (plain ? 0 : 1);
    const char first = (char)(value.len > 0 ? value.at[0] : '\0');
    const bool number = plain && (ascii_is_digit(first) || first == '-');
    if ((reader->nodes != reader->arena || (number && reader->whole)) &&
        at <= reader->text.len && str_starts(str_skip(reader->text, at), value)) {
        return (struct str){reader->text.at + at, value.len};
    }
    return arena_str(reader->arena, value);
}

static void read_scalar(struct yaml_reader *reader, struct node *node,
                        const yaml_event_t *event)
{
    node->kind = NODE_SCALAR;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->text = keep_text(reader, event, node->plain);
    if (reader->has_allow && !node->plain) {
        note_scalar(reader, event);
    }
    read_properties(reader, node, event->data.scalar.anchor, event->data.scalar.tag);
}

static const struct node *read_node(struct yaml_reader *reader, yaml_event_t *event,
                                    unsigned depth);

static void open_push(struct yaml_reader *reader, const struct node *node)
{
    if (reader->open_count == reader->open_cap) {
        const size_t cap = reader->open_cap == 0 ? 64 : reader->open_cap * 2;
        const struct node **open = realloc(reader->open, cap * sizeof(struct node *));
        if (open == NULL) {
            die("out of memory for %zu nodes", cap);
        }
        reader->open = open;
        reader->open_cap = cap;
    }
    reader->open[reader->open_count++] = node;
}

// What was pushed since there were `from`, in an array of its own size.
static void *open_pop(struct yaml_reader *reader, size_t from)
{
    const size_t count = reader->open_count - from;
    const struct node **nodes =
        arena_array(reader->nodes, count, sizeof(const struct node *));
    if (count > 0) {
        memcpy(nodes, reader->open + from, count * sizeof(struct node *));
    }
    reader->open_count = from;
    return nodes;
}

// The elements of a list that is taken one by one: their nodes live until the next.
static void give_elements(struct yaml_reader *reader, struct node *node, unsigned depth)
{
    struct arena scratch = {0};
    const size_t count = reader->count;
    yaml_event_t event;
    while (next_event(reader, &event)) {
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        reader->nodes = &scratch;
        reader->count = 0;
        const struct node *element = read_node(reader, &event, depth + 1);
        reader->nodes = reader->arena;
        if (!reader->failed) {
            reader->lists->element(reader->lists->context, element);
        }
        node->count++;
        arena_reset(&scratch);
    }
    arena_deinit(&scratch);
    reader->count = count;
}

static bool are_given(const struct yaml_reader *reader, const struct node *list,
                      unsigned depth)
{
    return reader->lists != NULL && depth > 1 && depth - 1 <= YAML_LIST_KEYS &&
           reader->keys[0] != NULL && reader->keys[depth - 2] != NULL &&
           reader->lists->begin(reader->lists->context, reader->keys, depth - 1, list);
}

static void note_path(struct yaml_reader *reader, unsigned depth,
                      const struct node *key);

static void read_sequence(struct yaml_reader *reader, struct node *node, unsigned depth)
{
    if (are_given(reader, node, depth)) {
        give_elements(reader, node, depth);
        return;
    }
    const size_t from = reader->open_count;
    note_path(reader, depth, NULL);
    yaml_event_t event;
    while (next_event(reader, &event)) {
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        open_push(reader, read_node(reader, &event, depth + 1));
        node->count++;
    }
    node->items = open_pop(reader, from);
}

// The keys of a mapping while it is read: few are compared one by one, more are in a
// map.
#define FEW_KEYS 16
struct seen_keys {
    size_t from;  // where its pairs begin among the open nodes
    size_t noted; // pairs whose keys are in the map
    struct map map;
    struct arena arena; // of the map
};

// The key of the same text that stood there before, or NULL.
static const struct node *find_again(const struct yaml_reader *reader,
                                     struct seen_keys *seen, const struct node *key)
{
    const size_t count = (reader->open_count - seen->from) / 2;
    if (count == 0) { // and of the document's first key nothing is open at all
        return NULL;
    }
    const struct node *const *pairs = reader->open + seen->from;
    if (count < FEW_KEYS) {
        for (size_t i = 0; i < count; i++) {
            if (str_eq(pairs[2 * i]->text, key->text)) {
                return pairs[2 * i];
            }
        }
        return NULL;
    }
    if (seen->noted == 0) {
        map_init(&seen->map, &seen->arena);
    }
    for (; seen->noted < count; seen->noted++) {
        // The map is asked about the first key's place only: never written through.
        union {
            const struct node *in;
            void *out;
        } value = {.in = pairs[2 * seen->noted]};
        map_add(&seen->map, value.in->text, NULL)->value = value.out;
    }
    return map_find(&seen->map, key->text);
}

// True for a key that may stand in the mapping; diagnosed otherwise.
static bool check_key(struct yaml_reader *reader, const struct node *key,
                      struct seen_keys *seen)
{
    if (key->kind != NODE_SCALAR) {
        refuse_feature(reader, key->span, "keys that are not scalars are",
                       "a key is a plain or quoted word");
        return false;
    }
    if (key->poisoned) {
        return false;
    }
    if (key->plain && str_is(key->text, "<<")) {
        refuse_feature(reader, key->span, "merge keys are", "write the keys out");
        return false;
    }
    const struct node *first = find_again(reader, seen, key);
    if (first != NULL) { // A027, A029, A168, B019 among others
        struct diag *diag =
            diag_add(reader->diags, DIAG_DUPLICATE_KEY, key->span,
                     "key %s stands twice", diag_quote(reader->diags, key->text));
        diag_related(reader->diags, diag, first->span, "first here");
        return false;
    }
    return true;
}

// Under which keys of the document's mapping what is read now stands, as far as lists
// are asked of.
static void note_path(struct yaml_reader *reader, unsigned depth,
                      const struct node *key)
{
    if (depth <= YAML_LIST_KEYS) {
        reader->keys[depth - 1] = key != NULL && key->kind == NODE_SCALAR ? key : NULL;
    }
    if (depth < YAML_LIST_KEYS) {
        reader->keys[depth] = NULL;
    }
}

static void read_mapping(struct yaml_reader *reader, struct node *node, unsigned depth)
{
    struct seen_keys seen = {.from = reader->open_count};
    yaml_event_t event;
    while (next_event(reader, &event)) {
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        const struct node *key = read_node(reader, &event, depth + 1);
        if (reader->failed || !next_event(reader, &event)) {
            break;
        }
        note_path(reader, depth, key);
        const struct node *value = read_node(reader, &event, depth + 1);
        if (reader->failed || !check_key(reader, key, &seen)) {
            continue;
        }
        open_push(reader, key);
        open_push(reader, value);
        node->count++;
    }
    arena_deinit(&seen.arena);
    node->pairs = open_pop(reader, seen.from);
    if (node->count > 0 && node->span.length == 0) {
        node->span = node->pairs[0].key->span;
    }
}

// Reads the node that begins with event, and deletes the event.
static const struct node *read_node(struct yaml_reader *reader, yaml_event_t *event,
                                    unsigned depth)
{
    struct node *node = arena_alloc(reader->nodes, sizeof *node);
    node->span = mark_span(reader, &event->start_mark, &event->end_mark);
    if (depth > YAML_MAX_DEPTH) {
        diag_add(reader->diags, DIAG_YAML_DEPTH, node->span,
                 "nested more than %d levels deep", YAML_MAX_DEPTH);
        reader->failed = true;
        yaml_event_delete(event);
        return node;
    }
    if (reader->count++ == YAML_MAX_NODES) {
        diag_add(reader->diags, DIAG_YAML_NODES, node->span,
                 "more than %d keys and values", YAML_MAX_NODES);
        reader->failed = true;
        yaml_event_delete(event);
        return node;
    }
    switch ((int)event->type) {
    case YAML_SCALAR_EVENT:
        read_scalar(reader, node, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        node->kind = NODE_SEQUENCE;
        read_properties(reader, node, event->data.sequence_start.anchor,
                        event->data.sequence_start.tag);
        read_sequence(reader, node, depth);
        break;
    case YAML_MAPPING_START_EVENT:
        node->kind = NODE_MAPPING;
        read_properties(reader, node, event->data.mapping_start.anchor,
                        event->data.mapping_start.tag);
        read_mapping(reader, node, depth);
        break;
    default: // an alias: the only other event that stands for a node
        node->kind = NODE_SCALAR;
        node->poisoned = true;
        refuse_feature(reader, node->span, "aliases are",
                       "write the value out where it is used");
        break;
    }
    yaml_event_delete(event);
    return node;
}

// A document too many is read for its mistakes only.
static void pass_document(struct yaml_reader *reader, yaml_event_t *event)
{
    reader->lists = NULL;
    reader->nodes = &reader->passed;
    (void)read_node(reader, event, 1);
    reader->nodes = reader->arena;
    arena_reset(&reader->passed);
}

static const struct node *read_document(struct yaml_reader *reader)
{
    yaml_event_t event;
    const struct node *root = NULL;
    bool more = false;
    while (!reader->failed && next_event(reader, &event)) {
        yaml_event_type_t type = event.type;
        if (type == YAML_STREAM_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        struct span span = mark_span(reader, &event.start_mark, &event.end_mark);
        if (type == YAML_DOCUMENT_START_EVENT) {
            bool directive = event.data.document_start.version_directive != NULL ||
                             event.data.document_start.tag_directives.start !=
                                 event.data.document_start.tag_directives.end;
            reader->has_tag_directive =
                event.data.document_start.tag_directives.start !=
                event.data.document_start.tag_directives.end;
            if (directive) {
                refuse_feature(reader, span, "YAML directives are", "leave it out");
            }
            if (root != NULL && !more) {
                refuse_feature(reader, span, "several documents in a file are",
                               "split them into files");
                more = true;
            }
        }
        if (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT ||
            type == YAML_DOCUMENT_END_EVENT) {
            yaml_event_delete(&event);
            continue;
        }
        if (root == NULL) {
            root = read_node(reader, &event, 1);
        } else {
            pass_document(reader, &event);
        }
    }
    return reader->failed ? NULL : root;
}

static const struct node *parse_text(struct yaml_reader *reader)
{
    if (!yaml_parser_initialize(&reader->parser)) {
        die("out of memory");
    }
    reader->nodes = reader->arena;
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(
        &reader->parser, (const unsigned char *)reader->text.at, reader->text.len);
    const struct node *root = read_document(reader);
    yaml_parser_delete(&reader->parser);
    arena_deinit(&reader->passed);
    free(reader->open);
    return root;
}

static bool take_list(void *context, const struct node *const *keys, size_t depth,
                      const struct node *list)
{
    (void)context;
    (void)keys;
    (void)depth;
    (void)list;
    return true;
}

static void drop_element(void *context, const struct node *element)
{
    (void)context;
    (void)element;
}

// What comments allow has to be known before an element could be warned of: a text with
// such comments is read once more, before, to tell them from scalars.
static void read_comments(const struct yaml_reader *reader)
{
    static const struct yaml_lists DROPPED = {take_list, drop_element, NULL};
    struct arena arena = {0};
    struct diags quiet;
    struct yaml_reader first = *reader;
    diags_init(&quiet, &arena);
    first.arena = &arena;
    first.diags = &quiet;
    first.has_allow = true;
    first.lists = reader->lists != NULL ? &DROPPED : NULL;
    (void)parse_text(&first);
    if (!first.failed) {
        struct allow_text comments = {first.text,    first.source,
                                      first.base_at, first.base_line,
                                      first.scalars, first.scalar_count};
        allow_read(&comments, reader->diags);
    }
    arena_deinit(&arena);
}

static const struct node *read_text(struct yaml_reader *reader)
{
    if (!check_characters(reader)) {
        return NULL;
    }
    if (allow_text_has_any(reader->text)) {
        read_comments(reader);
    }
    return parse_text(reader);
}

const struct node *yaml_read_piece(struct str text, const struct source *source,
                                   uint64_t line_at, uint32_t line, struct arena *arena,
                                   struct diags *diags)
{
    struct yaml_reader reader = {
        .text = text,
        .source = source,
        .base_at = line_at,
        .base_line = line,
        .arena = arena,
        .diags = diags,
    };
    return read_text(&reader);
}

const struct node *yaml_read_lists(const struct source *source,
                                   const struct yaml_lists *lists, struct arena *arena,
                                   struct diags *diags)
{
    struct yaml_reader reader = {
        .text = source->text,
        .source = source,
        .base_line = 1,
        .arena = arena,
        .diags = diags,
        .whole = true,
        .lists = lists,
    };
    if (str_starts(reader.text, STR("\xef\xbb\xbf"))) {
        reader.base_at = 3;
        reader.text = str_skip(reader.text, 3);
    }
    size_t errors = diags->errors;
    const struct node *root = read_text(&reader);
    if (root == NULL && diags->errors == errors) {
        diag_add(diags, DIAG_FILE_EMPTY, source_span_file(source),
                 "there is nothing in it");
    }
    return root;
}

const struct node *yaml_read(const struct source *source, struct arena *arena,
                             struct diags *diags)
{
    return yaml_read_lists(source, NULL, arena, diags);
}
