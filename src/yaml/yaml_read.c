// YAML text to a tree of nodes: libyaml's events enter, struct node leaves.
//
// What ddbgen does not take of YAML is diagnosed at its place and passed over, so that
// one run shows the mistakes behind it as well.
#include "yaml_read.h"

#include "allow_read.h"
#include "ascii.h"
#include "die.h"
#include "node_tag.h"
#include "open_nodes.h"
#include "seen_keys.h"
#include "yaml_text.h"

#include <string.h>
#include <yaml.h>

struct yaml_reader {
    yaml_parser_t parser;
    struct yaml_text in;
    struct text_cursor cursor;
    struct arena *nodes; // where nodes go: `arena`, or a scratch one
    struct arena *arena; // texts, and what is kept
    struct diags *diags;
    bool whole;                     // text stays as long as the arena
    const struct yaml_lists *lists; // or NULL
    // Of the outermost mappings, on the way to a node.
    const struct node *keys[YAML_LIST_KEYS];
    struct open_nodes open; // children of collections that have no end yet
    size_t count;           // nodes of the file, or of the element that is given next
    struct arena passed;    // of a document too many
    bool failed;            // a syntax error: nothing more comes
    bool has_tag_directive; // refused: tags are not looked at
    bool has_allow;         // comments have to be told from scalars:
    struct text_range *scalars; // in which a '#' is text, scalar_count of them
    size_t scalar_count;
    size_t scalar_cap;
};

// The place between two marks, as far as it is on one line.
static struct span mark_span(struct yaml_reader *reader, const yaml_mark_t *start,
                             const yaml_mark_t *end)
{
    return yaml_text_span(&reader->in, &reader->cursor, start->index, end->index);
}

// Whether "${" stands before the mark on its line: its brace ends a plain scalar within
// { } and [ ].
static bool has_open_template(const struct yaml_reader *reader, const yaml_mark_t *mark)
{
    struct text_cursor cursor = {0};
    text_cursor_seek(&cursor, reader->in.text, mark->index);
    struct str line = str_skip(reader->in.text, cursor.line_byte);
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
        (reader->has_tag_directive ||
         !node_tag_read(node, str_from((const char *)tag), reader->diags))) {
        node->poisoned = true;
    }
}

// A quoted scalar or a block: '#' begins no comment in it, but on a block's first line.
static void note_scalar(struct yaml_reader *reader, const yaml_event_t *event)
{
    text_cursor_seek(&reader->cursor, reader->in.text, event->start_mark.index);
    struct text_cursor end = reader->cursor;
    text_cursor_seek(&end, reader->in.text, event->end_mark.index);
    struct text_range range = {reader->cursor.byte, end.byte};
    if (event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
        event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE) {
        range.from += str_find_char(str_skip(reader->in.text, range.from), '\n');
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
    struct str value = {(const char *)event->data.scalar.value,
                        event->data.scalar.length};
    size_t at = reader->cursor.byte + (plain ? 0 : 1);
    char first = (char)(value.len > 0 ? value.at[0] : '\0');
    bool number = plain && (ascii_is_digit(first) || first == '-');
    if ((reader->nodes != reader->arena || (number && reader->whole)) &&
        at <= reader->in.text.len && str_starts(str_skip(reader->in.text, at), value)) {
        return (struct str){reader->in.text.at + at, value.len};
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

// The elements of a list that is taken one by one: their nodes live until the next.
static void give_elements(struct yaml_reader *reader, struct node *node, unsigned depth)
{
    struct arena scratch = {0};
    size_t count = reader->count;
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

static void read_sequence(struct yaml_reader *reader, struct node *node, unsigned depth)
{
    if (are_given(reader, node, depth)) {
        give_elements(reader, node, depth);
        return;
    }
    size_t from = reader->open.count;
    note_path(reader, depth, NULL);
    yaml_event_t event;
    while (next_event(reader, &event)) {
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        open_nodes_push(&reader->open, read_node(reader, &event, depth + 1));
        node->count++;
    }
    node->items = open_nodes_pop(&reader->open, from, reader->nodes);
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
    const struct node *first =
        seen_keys_find(seen, reader->open.nodes, reader->open.count, key);
    if (first != NULL) { // A027, A029, A168, B019 among others
        struct diag *diag =
            diag_add(reader->diags, DIAG_DUPLICATE_KEY, key->span,
                     "key %s stands twice", diag_quote(reader->diags, key->text));
        diag_related(reader->diags, diag, first->span, "first here");
        return false;
    }
    return true;
}

static void read_mapping(struct yaml_reader *reader, struct node *node, unsigned depth)
{
    struct seen_keys seen = {.from = reader->open.count};
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
        open_nodes_push(&reader->open, key);
        open_nodes_push(&reader->open, value);
        node->count++;
    }
    arena_deinit(&seen.arena);
    node->pairs = open_nodes_pop(&reader->open, seen.from, reader->nodes);
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
            reader->has_tag_directive =
                event.data.document_start.tag_directives.start !=
                event.data.document_start.tag_directives.end;
            if (reader->has_tag_directive ||
                event.data.document_start.version_directive != NULL) {
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
    yaml_parser_set_input_string(&reader->parser,
                                 (const unsigned char *)reader->in.text.at,
                                 reader->in.text.len);
    const struct node *root = read_document(reader);
    yaml_parser_delete(&reader->parser);
    arena_deinit(&reader->passed);
    open_nodes_deinit(&reader->open);
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
        struct allow_text comments = {first.in.text,    first.in.source,
                                      first.in.base_at, first.in.base_line,
                                      first.scalars,    first.scalar_count};
        allow_read(&comments, reader->diags);
    }
    arena_deinit(&arena);
}

static const struct node *read_text(struct yaml_reader *reader)
{
    if (!yaml_text_check(&reader->in, reader->diags)) {
        return NULL;
    }
    if (allow_text_has_any(reader->in.text)) {
        read_comments(reader);
    }
    return parse_text(reader);
}

const struct node *yaml_read_piece(struct str text, const struct source *source,
                                   uint64_t line_at, uint32_t line, struct arena *arena,
                                   struct diags *diags)
{
    struct yaml_reader reader = {
        .in = {text, source, line_at, line}, .arena = arena, .diags = diags};
    return read_text(&reader);
}

const struct node *yaml_read_lists(const struct source *source,
                                   const struct yaml_lists *lists, struct arena *arena,
                                   struct diags *diags)
{
    struct yaml_reader reader = {
        .in = {.text = source->text, .source = source, .base_line = 1},
        .arena = arena,
        .diags = diags,
        .whole = true,
        .lists = lists,
    };
    if (str_starts(reader.in.text, STR("\xef\xbb\xbf"))) {
        reader.in.base_at = 3;
        reader.in.text = str_skip(reader.in.text, 3);
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
