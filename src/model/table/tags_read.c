// Tags: a mapping enters, keys and values leave, each within the service's limits.
//
// Lengths count Unicode characters, that is, code points. What is a letter or a digit
// of any script is asked of the C library (utf8_is_alnum).
#include "tags_read.h"

#include "bind.h"
#include "utf8.h"

#define TAGS_MAX 50   // A164
#define KEY_MAX 128   // A165
#define VALUE_MAX 256 // A165

// ASCII only: schemas' regular expressions know no letters beyond it everywhere. A166.
#define ILLEGAL "\\u0000-\\u001f!-*,;<>?\\[-^`{-\\u007f"

static const struct shape KEY_SHAPE = {SHAPE_STRING, .min = 1, .max = KEY_MAX,
                                       .pattern = "^(?![aA][wW][sS]:)[^" ILLEGAL "]*$"};
static const struct shape TAG_VALUE_SHAPE = {SHAPE_STRING, .max = VALUE_MAX,
                                             .pattern = "^[^" ILLEGAL "]*$"};
const struct shape TAGS_SHAPE = {SHAPE_MAPPING, .key = &KEY_SHAPE,
                                 .of = &TAG_VALUE_SHAPE, .max = TAGS_MAX};

// Letters and digits of any script, blanks of any kind, and some signs (A166).
static bool is_legal(uint32_t c)
{
    static const char SIGNS[] = "+-=._:/@";
    for (const char *sign = SIGNS; *sign != '\0'; sign++) {
        if (c == (unsigned char)*sign) {
            return true;
        }
    }
    return utf8_is_separator(c) || utf8_is_alnum(c);
}

static bool check_characters(const struct node *node, const char *what,
                             struct diags *diags)
{
    for (size_t at = 0; at < node->text.len;) {
        struct str rest = str_skip(node->text, at);
        uint32_t c = 0;
        size_t len = utf8_decode(rest, &c);
        if (len == 0) {
            return false; // YAML is read as UTF-8: not met
        }
        if (!is_legal(c)) {
            struct diag *diag =
                diag_add(diags, DIAG_TAG, node->span, "a tag's %s cannot hold %s", what,
                         diag_quote(diags, (struct str){rest.at, len}));
            diag_help(diags, diag,
                      "use letters, digits, blanks and the signs + - = . _ : / @");
            return false;
        }
        at += len;
    }
    return true;
}

static bool check_text(const struct node *node, const char *what, size_t min,
                       size_t max, struct diags *diags)
{
    size_t count = utf8_count(node->text);
    if (count < min || count > max) {
        diag_add(diags, DIAG_TAG, node->span,
                 "a tag's %s has %zu to %zu characters, this one %zu", what, min, max,
                 count);
        return false;
    }
    return check_characters(node, what, diags);
}

// A167.
static bool check_prefix(const struct node *key, struct diags *diags)
{
    struct str text = key->text;
    bool reserved = text.len >= 4 && (text.at[0] == 'a' || text.at[0] == 'A') &&
                    (text.at[1] == 'w' || text.at[1] == 'W') &&
                    (text.at[2] == 's' || text.at[2] == 'S') && text.at[3] == ':';
    if (reserved) {
        diag_add(diags, DIAG_TAG, key->span,
                 "%s begins with 'aws:', which is reserved for AWS",
                 diag_quote(diags, text));
    }
    return !reserved;
}

static bool read_tag(struct tag *out, const struct node_pair *pair, struct diags *diags)
{
    const struct node *value = pair->value;
    bool ok = check_text(pair->key, "key", 1, KEY_MAX, diags) &&
              check_prefix(pair->key, diags);
    if (value->poisoned) {
        return false;
    }
    if (value->kind != NODE_SCALAR || node_type(value) != NODE_S ||
        (value->tag != NODE_TAG_NONE && value->tag != NODE_TAG_S)) {
        struct diag *diag =
            diag_add(diags, DIAG_WRONG_TYPE, value->span,
                     "the value of tag %s is %s, and must be a string",
                     diag_quote(diags, pair->key->text), node_describe(value));
        if (value->kind == NODE_SCALAR && value->tag == NODE_TAG_NONE) {
            diag_help(diags, diag, "%s",
                      node_type(value) == NODE_NULL ? "write '' for an empty value"
                                                    : "put it in quotes");
        }
        return false;
    }
    bind_warn_ambiguous(value, diags);
    *out = (struct tag){pair->key->text, value->text, pair->key->span};
    return check_text(value, "value", 0, VALUE_MAX, diags) && ok;
}

bool tags_read(struct table_settings *out, const struct node *node, struct arena *arena,
               struct diags *diags)
{
    if (node == NULL || node->poisoned) {
        return node == NULL;
    }
    if (node->kind != NODE_MAPPING) {
        struct diag *diag = diag_add(diags, DIAG_WRONG_TYPE, node->span,
                                     "'tags' must be a mapping from keys to values, "
                                     "and is %s",
                                     node_describe(node));
        diag_help(diags, diag, "write it as { key: value }");
        return false;
    }
    bool ok = true;
    out->tags_said = true;
    out->tags_span = node->span;
    out->tags = arena_array(arena, node->count, sizeof *out->tags);
    for (size_t i = 0; i < node->count; i++) {
        ok = read_tag(&out->tags[i], &node->pairs[i], diags) && ok;
    }
    out->tag_count = node->count;
    if (node->count > TAGS_MAX) { // A164, A169
        diag_add(diags, DIAG_TAG, node->pairs[TAGS_MAX].key->span,
                 "a table has at most %d tags, this one %zu", TAGS_MAX,
                 (size_t)node->count);
        ok = false;
    }
    return ok;
}
