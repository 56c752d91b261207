// Attribute values: YAML nodes enter, DynamoDB's ten types (or a template's text)
// leave, with their size by the service's formula and their form on the wire.
#include "value.h"

#include "base64.h"
#include "bind.h"
#include "json_write.h"
#include "map.h"
#include "number.h"
#include "value_file.h"

#include <string.h>

#define NAME_MAX_BYTES 65535

const struct shape VALUE_NAME_SHAPE = {SHAPE_STRING, .min = 1, .max = NAME_MAX_BYTES};

// A set is a list under its tag, and base64 a string.
const struct shape VALUE_SHAPE = {
    SHAPE_ANY_OF, .name = "attribute_value",
    .doc = "A value: text, a number, true, false, null, a list or a mapping.",
    .choices = SHAPES(&TEXT_SHAPE, &NUMBER_SHAPE, &BOOL_SHAPE, &NULL_SHAPE,
                      &(const struct shape){SHAPE_LIST, .of = &VALUE_SHAPE},
                      &(const struct shape){SHAPE_MAPPING, .key = &VALUE_NAME_SHAPE,
                                            .of = &VALUE_SHAPE})};

struct value_reader {
    bool templates;
    struct arena *arena;
    struct diags *diags;
};

const char *value_type_name(enum value_type type)
{
    static const char *const NAMES[] = {"S",  "N",  "B", "BOOL", "NULL",    "SS",
                                        "NS", "BS", "L", "M",    "template"};
    return NAMES[type];
}

static bool read_number(struct str *out, const struct node *node,
                        struct value_reader *reader)
{
    char text[NUMBER_TEXT_MAX];
    size_t len = 0;
    const char *why = NULL;
    switch (number_canonical(text, &len, node->text)) {
    case NUMBER_OK:
        *out = str_eq((struct str){text, len}, node->text)
                   ? node->text
                   : arena_str(reader->arena, (struct str){text, len});
        return true;
    case NUMBER_MALFORMED:
        why = "is not a number";
        break;
    case NUMBER_TOO_LONG:
        why = "has more than 38 significant digits";
        break;
    case NUMBER_TOO_LARGE:
        why = "is too large: the limit is under 1e126";
        break;
    case NUMBER_TOO_SMALL:
    default:
        why = "is too close to zero: the limit is 1e-130";
        break;
    }
    diag_add(reader->diags, DIAG_NUMBER, node->span, "%s %s",
             diag_quote(reader->diags, node->text), why);
    return false;
}

static bool read_binary(struct str *out, const struct node *node,
                        struct value_reader *reader)
{
    if (base64_decode(out, node->text, reader->arena)) {
        return true;
    }
    struct diag *diag =
        diag_add(reader->diags, DIAG_BASE64, node->span, "%s is not base64",
                 diag_quote(reader->diags, node->text));
    diag_help(reader->diags, diag,
              "the standard alphabet, padded with =, without blanks");
    return false;
}

static bool is_template(struct str text)
{
    return str_find(text, STR("${")) < text.len;
}

static bool is_set_tag(enum node_tag tag)
{
    return tag == NODE_TAG_SS || tag == NODE_TAG_NS || tag == NODE_TAG_BS;
}

static bool read_member(struct str *out, const struct node *node, enum value_type set,
                        struct value_reader *reader)
{
    if (node->poisoned) {
        return false;
    }
    // Under !NS quotes do not make a string; base64 may look like anything.
    enum node_type wanted = set == VALUE_NS ? NODE_N : NODE_S;
    bool typed =
        node->kind == NODE_SCALAR && (node_type(node) == wanted || set == VALUE_BS ||
                                      (set == VALUE_NS && node_type(node) == NODE_S));
    if (typed && node->tag != NODE_TAG_NONE) {
        struct diag *diag = diag_add(reader->diags, DIAG_YAML_TAG, node->span,
                                     "a member of a set takes no tag");
        diag_help(reader->diags, diag, "the set's own tag says what its members are");
        return false;
    }
    if (!typed) { // B009
        diag_add(reader->diags, DIAG_WRONG_TYPE, node->span,
                 "a member of a set !%s is %s, and must be %s", value_type_name(set),
                 node_describe(node), set == VALUE_NS ? "a number" : "a string");
        return false;
    }
    if (reader->templates && is_template(node->text)) {
        struct diag *diag = diag_add(reader->diags, DIAG_SET, node->span,
                                     "a set's member cannot be a template");
        diag_help(reader->diags, diag, "a list may hold templates: leave the tag out");
        return false;
    }
    if (set == VALUE_NS) { // B039, and so equal ones are the same bytes (B042)
        return read_number(out, node, reader);
    }
    if (set == VALUE_BS) {
        return read_binary(out, node, reader);
    }
    bind_warn_ambiguous(node, reader->diags);
    *out = node->text;
    return true;
}

static bool read_set(struct value *out, const struct node *node,
                     struct value_reader *reader)
{
    if (node->kind != NODE_SEQUENCE || node->count == 0) { // B005
        struct diag *diag = diag_add(reader->diags, DIAG_SET, node->span,
                                     "a set needs a list of at least one member");
        diag_help(reader->diags, diag, "write it as !%s [a, b]",
                  value_type_name(out->type));
        return false;
    }
    struct map seen;
    map_init(&seen, reader->arena);
    out->members = arena_array(reader->arena, node->count, sizeof *out->members);
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        struct str member = {0};
        if (!read_member(&member, node->items[i], out->type, reader)) {
            ok = false;
            continue;
        }
        bool added = false;
        map_add(&seen, member, &added);
        if (!added) { // B007
            diag_add(reader->diags, DIAG_SET, node->items[i]->span,
                     "%s stands twice in the set",
                     diag_quote(reader->diags, node->items[i]->text));
            ok = false;
        }
        out->members[out->count++] = member;
    }
    return ok;
}

static struct value *read_value(const struct node *node, struct value_reader *reader,
                                unsigned level);

static bool read_list(struct value *out, const struct node *node,
                      struct value_reader *reader, unsigned level)
{
    out->type = VALUE_L;
    out->items = arena_array(reader->arena, node->count, sizeof(struct value *));
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        struct value *item = read_value(node->items[i], reader, level + 1);
        ok = item != NULL && ok;
        out->items[out->count++] = item;
    }
    return ok;
}

// B014, B015: of attributes, and of entries at any level.
static bool check_name(const struct node *key, struct diags *diags)
{
    if (key->text.len >= 1 && key->text.len <= NAME_MAX_BYTES) {
        return true;
    }
    diag_add(diags, DIAG_ATTRIBUTE_NAME, key->span,
             "an attribute name has 1 to 65,535 bytes, this one %zu", key->text.len);
    return false;
}

static bool read_map(struct value *out, const struct node *node,
                     struct value_reader *reader, unsigned level)
{
    out->type = VALUE_M;
    out->entries = arena_array(reader->arena, node->count, sizeof *out->entries);
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *key = node->pairs[i].key;
        ok = check_name(key, reader->diags) && ok;
        struct value *value = read_value(node->pairs[i].value, reader, level + 1);
        ok = value != NULL && ok;
        out->entries[out->count++] = (struct value_entry){key->text, key->span, value};
    }
    return ok;
}

static bool refuse_template(const struct node *node, struct value_reader *reader)
{
    struct diag *diag = diag_add(reader->diags, DIAG_YAML_TAG, node->span,
                                 "a template takes no tag but !S");
    diag_help(reader->diags, diag,
              "a single expression keeps its own type; a literal ${ is written $${");
    return false;
}

// A number is kept by its value. Where its text is another one than it was written, it
// may have been text: a version, the hash of a commit. A tag says that it is a number.
static void warn_number_form(const struct node *node, struct str number,
                             struct diags *diags)
{
    if (node->tag != NODE_TAG_NONE || str_eq(node->text, number)) {
        return;
    }
    struct diag *diag = diag_add(
        diags, DIAG_NUMBER_FORM, node->span, "%s is a number, and becomes %.*s%s",
        diag_quote(diags, node->text), number.len > 40 ? 40 : (int)number.len,
        number.at, number.len > 40 ? "..." : "");
    diag_help(
        diags, diag,
        "quote it if it is text, such as a version; else write it as it becomes, or "
        "put !N before it");
}

static bool read_scalar(struct value *out, const struct node *node,
                        struct value_reader *reader)
{
    if (reader->templates && is_template(node->text)) {
        if (node->tag != NODE_TAG_NONE && node->tag != NODE_TAG_S) {
            return refuse_template(node, reader);
        }
        out->type = VALUE_TEMPLATE;
        out->as_text = node->tag == NODE_TAG_S;
        out->text = node->text;
        size_t quote = node->plain ? 0 : 1;
        bool verbatim = node->span.length == node->text.len + 2 * quote;
        out->verbatim = (uint8_t)(verbatim ? 1 + quote : 0);
        return true;
    }
    if (node->tag == NODE_TAG_B) {
        out->type = VALUE_B;
        return read_binary(&out->text, node, reader);
    }
    switch (node_type(node)) {
    case NODE_N:
        out->type = VALUE_N;
        if (!read_number(&out->text, node, reader)) {
            return false;
        }
        warn_number_form(node, out->text, reader->diags);
        return true;
    case NODE_BOOL:
        out->type = VALUE_BOOL;
        out->boolean = str_is(node->text, "true");
        return true;
    case NODE_NULL:
        out->type = VALUE_NULL;
        return true;
    case NODE_S:
    default:
        bind_warn_ambiguous(node, reader->diags);
        out->type = VALUE_S;
        out->text = node->text;
        return true;
    }
}

static bool check_tag(const struct node *node, struct value_reader *reader)
{
    bool scalar_tag =
        node->tag == NODE_TAG_S || node->tag == NODE_TAG_N || node->tag == NODE_TAG_B;
    bool from_file = node->tag == NODE_TAG_B && node->kind == NODE_MAPPING;
    if (node->tag == NODE_TAG_HANDLE ||
        (scalar_tag && node->kind != NODE_SCALAR && !from_file)) {
        struct diag *diag =
            diag_add(reader->diags, DIAG_YAML_TAG, node->span,
                     "this tag does not fit %s here", node_describe(node));
        if (node->tag == NODE_TAG_HANDLE) {
            diag_help(reader->diags, diag,
                      "!handle stands before a column of a fixture's row");
        }
        return false;
    }
    return true;
}

static struct value *read_value(const struct node *node, struct value_reader *reader,
                                unsigned level)
{
    if (node->poisoned || !check_tag(node, reader)) {
        return NULL;
    }
    if (level > VALUE_MAX_DEPTH) { // B012
        diag_add(reader->diags, DIAG_VALUE_DEPTH, node->span,
                 "an attribute nests at most %d levels", VALUE_MAX_DEPTH);
        return NULL;
    }
    struct value *value = arena_alloc(reader->arena, sizeof *value);
    value->span = node->span;
    bool ok = false;
    if (is_set_tag(node->tag)) {
        value->type = node->tag == NODE_TAG_SS   ? VALUE_SS
                      : node->tag == NODE_TAG_NS ? VALUE_NS
                                                 : VALUE_BS;
        ok = read_set(value, node, reader);
    } else if (node->kind == NODE_SEQUENCE) {
        ok = read_list(value, node, reader, level);
    } else if (node->tag == NODE_TAG_B && node->kind == NODE_MAPPING) {
        ok = value_file_read(value, node, reader->arena, reader->diags);
    } else if (node->kind == NODE_MAPPING) {
        ok = read_map(value, node, reader, level);
    } else {
        ok = read_scalar(value, node, reader);
    }
    return ok ? value : NULL;
}

struct value *value_read(const struct node *node, bool templates, struct arena *arena,
                         struct diags *diags)
{
    struct value_reader reader = {templates, arena, diags};
    return read_value(node, &reader, 1);
}

bool value_read_attributes(struct value_entry **entries, size_t *count,
                           const struct node *mapping, bool templates,
                           struct arena *arena, struct diags *diags)
{
    bool ok = true;
    *count = 0;
    *entries = arena_array(arena, mapping->count, sizeof **entries);
    for (size_t i = 0; i < mapping->count; i++) {
        const struct node *key = mapping->pairs[i].key;
        ok = check_name(key, diags) && ok;
        struct value *value =
            value_read(mapping->pairs[i].value, templates, arena, diags);
        ok = value != NULL && ok;
        (*entries)[(*count)++] = (struct value_entry){key->text, key->span, value};
    }
    return ok;
}

struct span value_text_span(const struct value *value)
{
    struct span span = value->span;
    if (value->verbatim == 0) {
        return (struct span){0};
    }
    span.column += value->verbatim - 1U;
    span.length = SPAN_LENGTH(value->text.len);
    return span;
}

size_t value_size(const struct value *value)
{
    size_t size = 0;
    switch (value->type) {
    case VALUE_S: // B072
    case VALUE_B: // B011, B073
        return value->text.len;
    case VALUE_N: // B075
        return number_size(value->text);
    case VALUE_BOOL:
    case VALUE_NULL: // B074
        return 1;
    case VALUE_SS:
    case VALUE_BS:
    case VALUE_NS: // B079
        for (size_t i = 0; i < value->count; i++) {
            size += value->type == VALUE_NS ? number_size(value->members[i])
                                            : value->members[i].len;
        }
        return size;
    case VALUE_L: // B080
        size = 3;
        for (size_t i = 0; i < value->count; i++) {
            size += 1 + value_size(value->items[i]);
        }
        return size;
    case VALUE_M: // B081
        size = 3;
        for (size_t i = 0; i < value->count; i++) {
            size +=
                1 + value->entries[i].name.len + value_size(value->entries[i].value);
        }
        return size;
    case VALUE_TEMPLATE:
    default:
        return 0;
    }
}

unsigned value_depth(const struct value *value)
{
    unsigned inner = 0;
    for (size_t i = 0; i < value->count; i++) {
        unsigned depth = value->type == VALUE_L   ? value_depth(value->items[i])
                         : value->type == VALUE_M ? value_depth(value->entries[i].value)
                                                  : 0;
        inner = depth > inner ? depth : inner;
    }
    return inner + 1;
}

static void write_set(struct buf *out, const struct value *value)
{
    buf_char(out, '[');
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0) {
            buf_char(out, ',');
        }
        if (value->type == VALUE_BS) {
            buf_char(out, '"');
            json_put_base64(out, value->members[i]);
            buf_char(out, '"');
        } else {
            json_put_string(out, value->members[i]);
        }
    }
    buf_char(out, ']');
}

static void write_list(struct buf *out, const struct value *value)
{
    buf_char(out, '[');
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0) {
            buf_char(out, ',');
        }
        value_write(out, value->items[i]);
    }
    buf_char(out, ']');
}

static void write_map(struct buf *out, const struct value *value)
{
    buf_char(out, '{');
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0) {
            buf_char(out, ',');
        }
        json_put_string(out, value->entries[i].name);
        buf_char(out, ':');
        value_write(out, value->entries[i].value);
    }
    buf_char(out, '}');
}

void value_write(struct buf *out, const struct value *value)
{
    buf_puts(out, "{\"");
    buf_puts(out, value_type_name(value->type));
    buf_puts(out, "\":");
    switch (value->type) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_TEMPLATE:
        json_put_string(out, value->text);
        break;
    case VALUE_B:
        buf_char(out, '"');
        json_put_base64(out, value->text);
        buf_char(out, '"');
        break;
    case VALUE_BOOL:
        buf_puts(out, value->boolean ? "true" : "false");
        break;
    case VALUE_NULL:
        buf_puts(out, "true");
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        write_set(out, value);
        break;
    case VALUE_L:
        write_list(out, value);
        break;
    case VALUE_M:
    default:
        write_map(out, value);
        break;
    }
    buf_char(out, '}');
}
