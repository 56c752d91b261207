// A tree of nodes and its text once more: libyaml's events are those nodes in order, and
// know where each ends.
#include "yaml_extent.h"

#include "die.h"
#include "yaml_text.h"

#include <yaml.h>

struct extent_reader {
    yaml_parser_t parser;
    struct str text; // without a mark at its beginning
    size_t base;     // that mark's bytes
    struct text_cursor cursor;
    struct yaml_extents *out;
    struct arena *arena;
};

static struct str address_of(const struct node *const *node)
{
    return (struct str){(const char *)node, sizeof(const struct node *)};
}

const struct yaml_extent *yaml_extent_of(const struct yaml_extents *extents,
                                         const struct node *node)
{
    return map_find(&extents->by_node, address_of(&node));
}

static struct yaml_extent *add(struct extent_reader *reader, const struct node *node)
{
    struct yaml_extent *extent = arena_alloc(reader->arena, sizeof *extent);
    const struct node **key = arena_alloc(reader->arena, sizeof(const struct node *));
    *key = node;
    map_add(&reader->out->by_node, address_of(key), NULL)->value = extent;
    return extent;
}

static size_t byte_of(struct extent_reader *reader, size_t index)
{
    text_cursor_seek(&reader->cursor, reader->text, index);
    return reader->base + reader->cursor.byte;
}

// A block scalar ends where the next thing begins.
static size_t without_blanks(const struct extent_reader *reader, size_t from, size_t to)
{
    const char *text = reader->text.at - reader->base;
    while (to > from &&
           (text[to - 1] == '\n' || text[to - 1] == '\r' || text[to - 1] == ' ')) {
        to--;
    }
    return to;
}

static bool next(struct extent_reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event) != 0) {
        return true;
    }
    if (reader->parser.error == YAML_MEMORY_ERROR) {
        die("out of memory");
    }
    return false;
}

static bool skip_to(struct extent_reader *reader, yaml_event_t *event,
                    yaml_event_type_t type)
{
    bool found = false;
    while (!found && next(reader, event)) {
        found = event->type == type;
        if (!found) {
            yaml_event_delete(event);
        }
    }
    return found;
}

static bool read_node(struct extent_reader *reader, const struct node *node);

static bool read_children(struct extent_reader *reader, const struct node *node,
                          size_t *end)
{
    bool mapping = node->kind == NODE_MAPPING;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node *last = mapping ? node->pairs[i].value : node->items[i];
        if ((mapping && !read_node(reader, node->pairs[i].key)) ||
            !read_node(reader, last)) {
            return false;
        }
        *end = yaml_extent_of(reader->out, last)->to;
        if (mapping && yaml_extent_of(reader->out, node->pairs[i].key)->to > *end) {
            *end = yaml_extent_of(reader->out, node->pairs[i].key)->to;
        }
    }
    return true;
}

static bool read_collection(struct extent_reader *reader, const struct node *node,
                            struct yaml_extent *extent)
{
    yaml_event_t event;
    size_t end = extent->from;
    if (!read_children(reader, node, &end) || !next(reader, &event)) {
        return false;
    }
    bool ends = event.type == (node->kind == NODE_MAPPING ? YAML_MAPPING_END_EVENT
                                                          : YAML_SEQUENCE_END_EVENT);
    extent->to = extent->flow ? byte_of(reader, event.end_mark.index) : end;
    yaml_event_delete(&event);
    return ends;
}

// As deep as the tree is, which has a limit.
static bool read_node(struct extent_reader *reader, const struct node *node)
{
    static const yaml_event_type_t TYPES[] = {
        [NODE_SCALAR] = YAML_SCALAR_EVENT,
        [NODE_SEQUENCE] = YAML_SEQUENCE_START_EVENT,
        [NODE_MAPPING] = YAML_MAPPING_START_EVENT,
    };
    yaml_event_t event;
    if (!next(reader, &event)) {
        return false;
    }
    bool same = event.type == TYPES[node->kind];
    struct yaml_extent *extent = add(reader, node);
    extent->from = byte_of(reader, event.start_mark.index);
    extent->column = extent->from - reader->base - reader->cursor.line_byte;
    extent->to = byte_of(reader, event.end_mark.index);
    if (event.type == YAML_SCALAR_EVENT) {
        extent->to = without_blanks(reader, extent->from, extent->to);
    } else if (event.type == YAML_SEQUENCE_START_EVENT) {
        extent->flow = event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    } else if (event.type == YAML_MAPPING_START_EVENT) {
        extent->flow = event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
    }
    yaml_event_delete(&event);
    return same && (node->kind == NODE_SCALAR || read_collection(reader, node, extent));
}

bool yaml_extents_read(struct yaml_extents *out, const struct source *source,
                       const struct node *root, struct arena *arena)
{
    struct extent_reader reader = {.text = source->text, .out = out, .arena = arena};
    yaml_event_t event;
    map_init(&out->by_node, arena);
    if (yaml_parser_initialize(&reader.parser) == 0) {
        die("out of memory");
    }
    if (str_starts(reader.text, STR("\xef\xbb\xbf"))) {
        reader.base = 3;
        reader.text = str_skip(reader.text, reader.base);
    }
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)reader.text.at,
                                 reader.text.len);
    bool good = skip_to(&reader, &event, YAML_DOCUMENT_START_EVENT);
    if (good) {
        yaml_event_delete(&event);
        good = read_node(&reader, root);
    }
    yaml_parser_delete(&reader.parser);
    return good;
}
