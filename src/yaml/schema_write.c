// The JSON Schema of a shape. In: shapes, and the key tables that they name. Out: JSON.
//
// The schema sees a document as an editor does, after YAML's tags are gone: a set is a
// list, base64 a string. It refuses nothing that the compiler accepts.
#include "schema_write.h"

#include "bind.h"
#include "die.h"
#include "json_write.h"

#include <string.h>

#define NAMED_MAX 100 // named shapes of one schema
#define INDENT 2

struct schema_writer {
    struct buf *out;
    size_t depth;
    bool empty; // nothing stands yet between the innermost braces
    const struct shape *named[NAMED_MAX];
    size_t named_count;
};

// ---- JSON, indented

static void put_line(struct schema_writer *writer)
{
    buf_char(writer->out, '\n');
    for (size_t i = 0; i < writer->depth * INDENT; i++) {
        buf_char(writer->out, ' ');
    }
}

static void put_text(struct schema_writer *writer, const char *text)
{
    json_put_string(writer->out, str_from(text));
}

static void open(struct schema_writer *writer, char bracket)
{
    buf_char(writer->out, bracket);
    writer->depth++;
    writer->empty = true;
}

static void close(struct schema_writer *writer, char bracket)
{
    writer->depth--;
    if (!writer->empty) {
        put_line(writer);
    }
    buf_char(writer->out, bracket);
    writer->empty = false;
}

// What comes next is the next element of the innermost list.
static void put_element(struct schema_writer *writer)
{
    if (!writer->empty) {
        buf_char(writer->out, ',');
    }
    put_line(writer);
    writer->empty = false;
}

// What comes next is the value of this member of the innermost object.
static void put_member(struct schema_writer *writer, const char *name)
{
    put_element(writer);
    put_text(writer, name);
    buf_puts(writer->out, ": ");
}

static void put_text_member(struct schema_writer *writer, const char *name,
                            const char *text)
{
    put_member(writer, name);
    put_text(writer, text);
}

// The next text of a list on one line; the caller writes its last bracket.
static void put_in_row(struct schema_writer *writer, bool first, const char *text)
{
    buf_puts(writer->out, first ? "[" : ", ");
    put_text(writer, text);
}

static void put_int_member(struct schema_writer *writer, const char *name,
                           int64_t value)
{
    put_member(writer, name);
    buf_printf(writer->out, "%lld", (long long)value);
}

// ---- shapes

static void put_shape(struct schema_writer *writer, const struct shape *shape,
                      const char *doc);

// Of each kind: its "type", and the keywords that its .min and .max are.
static const struct {
    const char *type;
    const char *min;
    const char *max;
} KINDS[] = {
    [SHAPE_STRING] = {"string", "minLength", "maxLength"},
    [SHAPE_NUMBER] = {"number", NULL, NULL},
    [SHAPE_INTEGER] = {"integer", "minimum", "maximum"},
    [SHAPE_BOOL] = {"boolean", NULL, NULL},
    [SHAPE_NULL] = {"null", NULL, NULL},
    [SHAPE_WORD] = {"string", NULL, NULL},
    [SHAPE_RECORD] = {"object", "minProperties", "maxProperties"},
    [SHAPE_MAPPING] = {"object", "minProperties", "maxProperties"},
    [SHAPE_LIST] = {"array", "minItems", "maxItems"},
    [SHAPE_ANY_OF] = {NULL, NULL, NULL},
};

static void put_limits(struct schema_writer *writer, const struct shape *shape)
{
    bool integer = shape->kind == SHAPE_INTEGER;
    if (KINDS[shape->kind].min != NULL && (integer || shape->min > 0)) {
        put_int_member(writer, KINDS[shape->kind].min, shape->min);
    }
    if (KINDS[shape->kind].max != NULL && (integer || shape->max > 0)) {
        put_int_member(writer, KINDS[shape->kind].max, shape->max);
    }
}

static void put_words(struct schema_writer *writer, const char *const *words)
{
    put_member(writer, "enum");
    for (size_t i = 0; words[i] != NULL; i++) {
        put_in_row(writer, i == 0, words[i]);
    }
    buf_char(writer->out, ']');
}

// The shape of a key that is bound without one of its own.
static struct shape bound_shape(const struct bind_key *key)
{
    switch (key->kind) {
    case BIND_STRING:
        return TEXT_SHAPE;
    case BIND_INT:
        return (struct shape){SHAPE_INTEGER, .min = key->min, .max = key->max};
    case BIND_BOOL:
        return BOOL_SHAPE;
    case BIND_ENUM:
        return (struct shape){SHAPE_WORD, .words = key->names};
    case BIND_RECORD:
        return (struct shape){SHAPE_RECORD, .record = key->record};
    case BIND_REFUSED:
    case BIND_NODE:
    default:
        die("a key table has a node without a shape");
    }
}

static void put_required(struct schema_writer *writer, const struct shape *shape)
{
    bool first = true;
    for (size_t i = 0; i < shape->record->count; i++) {
        const struct bind_key *key = &shape->record->keys[i];
        if (key->required ||
            (shape->has != NULL && strcmp(key->name, shape->has) == 0)) {
            if (first) {
                put_member(writer, "required");
            }
            put_in_row(writer, first, key->name);
            first = false;
        }
    }
    if (!first) {
        buf_char(writer->out, ']');
    }
}

static void put_record(struct schema_writer *writer, const struct shape *shape)
{
    const struct bind_record *record = shape->record;

    put_member(writer, "properties");
    open(writer, '{');
    for (size_t i = 0; i < record->count; i++) {
        const struct bind_key *key = &record->keys[i];
        if (key->kind == BIND_REFUSED) {
            continue;
        }
        struct shape bound = key->shape == NULL ? bound_shape(key) : *key->shape;
        put_member(writer, key->name);
        put_shape(writer, key->shape == NULL ? &bound : key->shape, key->doc);
    }
    close(writer, '}');
    put_required(writer, shape);
    put_member(writer, "additionalProperties");
    buf_puts(writer->out, "false");
}

static void put_mapping(struct schema_writer *writer, const struct shape *shape)
{
    if (shape->key != NULL) {
        put_member(writer, "propertyNames");
        put_shape(writer, shape->key, NULL);
    }
    if (shape->has != NULL) { // as a property too: only those are completed
        put_member(writer, "properties");
        open(writer, '{');
        put_member(writer, shape->has);
        put_shape(writer, shape->of, NULL);
        close(writer, '}');
        put_member(writer, "required");
        put_in_row(writer, true, shape->has);
        buf_char(writer->out, ']');
    }
    put_member(writer, "additionalProperties");
    put_shape(writer, shape->of, NULL);
}

static void put_list(struct schema_writer *writer, const struct shape *shape)
{
    put_member(writer, "items");
    put_shape(writer, shape->of, NULL);
    if (shape->has != NULL) {
        put_member(writer, "contains");
        buf_puts(writer->out, "{\"const\": ");
        put_text(writer, shape->has);
        buf_char(writer->out, '}');
    }
    if (shape->distinct) {
        put_member(writer, "uniqueItems");
        buf_puts(writer->out, "true");
    }
}

// Says nothing but its type.
static bool is_bare(const struct shape *shape)
{
    bool scalar = shape->kind == SHAPE_STRING || shape->kind == SHAPE_NUMBER ||
                  shape->kind == SHAPE_BOOL || shape->kind == SHAPE_NULL;
    return scalar && shape->name == NULL && shape->doc == NULL &&
           shape->pattern == NULL && shape->min == 0 && shape->max == 0;
}

static void put_choices(struct schema_writer *writer,
                        const struct shape *const *choices)
{
    size_t bare = 0;
    while (choices[bare] != NULL && is_bare(choices[bare])) {
        bare++;
    }
    if (choices[bare] == NULL) {
        put_member(writer, "type");
        for (size_t i = 0; i < bare; i++) {
            put_in_row(writer, i == 0, KINDS[choices[i]->kind].type);
        }
        buf_char(writer->out, ']');
        return;
    }
    put_member(writer, "anyOf");
    open(writer, '[');
    for (size_t i = 0; choices[i] != NULL; i++) {
        put_element(writer);
        put_shape(writer, choices[i], NULL);
    }
    close(writer, ']');
}

// The members of a schema, inside its braces.
static void put_body(struct schema_writer *writer, const struct shape *shape,
                     const char *doc)
{
    if (doc != NULL) {
        put_text_member(writer, "description", doc);
    }
    if (KINDS[shape->kind].type != NULL) {
        put_text_member(writer, "type", KINDS[shape->kind].type);
    }
    put_limits(writer, shape);
    switch (shape->kind) {
    case SHAPE_STRING:
        if (shape->pattern != NULL) {
            put_text_member(writer, "pattern", shape->pattern);
        }
        break;
    case SHAPE_WORD:
        put_words(writer, shape->words);
        break;
    case SHAPE_RECORD:
        put_record(writer, shape);
        break;
    case SHAPE_MAPPING:
        put_mapping(writer, shape);
        break;
    case SHAPE_LIST:
        put_list(writer, shape);
        break;
    case SHAPE_ANY_OF:
        put_choices(writer, shape->choices);
        break;
    case SHAPE_NUMBER:
    case SHAPE_INTEGER:
    case SHAPE_BOOL:
    case SHAPE_NULL:
    default:
        break;
    }
}

// ---- named shapes

static void remember(struct schema_writer *writer, const struct shape *shape)
{
    for (size_t i = 0; i < writer->named_count; i++) {
        if (writer->named[i] == shape) {
            return;
        }
    }
    if (writer->named_count == NAMED_MAX) {
        die("a schema has too many named shapes");
    }
    writer->named[writer->named_count++] = shape;
}

// A whole schema. A named shape is only referred to; doc goes before its own.
static void put_shape(struct schema_writer *writer, const struct shape *shape,
                      const char *doc)
{
    open(writer, '{');
    if (shape->name == NULL) {
        put_body(writer, shape, doc != NULL ? doc : shape->doc);
    } else {
        if (doc != NULL) {
            put_text_member(writer, "description", doc);
        }
        put_member(writer, "$ref");
        buf_printf(writer->out, "\"#/definitions/%s\"", shape->name);
        remember(writer, shape);
    }
    close(writer, '}');
}

// Definitions refer to others, which are then remembered and come after them.
static void put_definitions(struct schema_writer *writer)
{
    if (writer->named_count == 0) {
        return;
    }
    put_member(writer, "definitions");
    open(writer, '{');
    for (size_t i = 0; i < writer->named_count; i++) {
        const struct shape *shape = writer->named[i];
        put_member(writer, shape->name);
        open(writer, '{');
        put_body(writer, shape, shape->doc);
        close(writer, '}');
    }
    close(writer, '}');
}

void schema_write(struct buf *out, const char *title, const struct shape *root)
{
    struct schema_writer writer = {.out = out};

    open(&writer, '{');
    put_text_member(&writer, "$schema", "http://json-schema.org/draft-07/schema#");
    put_text_member(&writer, "title", title);
    put_body(&writer, root, root->doc);
    put_definitions(&writer);
    close(&writer, '}');
    buf_char(out, '\n');
}
