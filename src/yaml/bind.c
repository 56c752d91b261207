// Mappings to structs by tables of keys: nodes enter, typed members leave, and every
// unknown key, missing key and wrong type is diagnosed on the way.
#include "bind.h"

#include "die.h"
#include "number.h"
#include "utf8.h"

#include <limits.h>
#include <string.h>

#define BIND_MAX_KEYS 40

static const struct bind_key *find_key(const struct bind_record *record,
                                       struct str name)
{
    for (size_t i = 0; i < record->count; i++) {
        if (str_is(name, record->keys[i].name)) {
            return &record->keys[i];
        }
    }
    return NULL;
}

// A033. Returns the position of the key that was probably meant, or record->count.
static size_t report_unknown(const struct bind_record *record, const struct node *key,
                             struct diags *diags)
{
    struct str names[BIND_MAX_KEYS];
    size_t positions[BIND_MAX_KEYS];
    size_t count = 0;
    for (size_t i = 0; i < record->count; i++) {
        if (record->keys[i].kind != BIND_REFUSED) {
            positions[count] = i;
            names[count++] = str_from(record->keys[i].name);
        }
    }
    struct diag *diag =
        diag_add(diags, DIAG_UNKNOWN_KEY, key->span, "unknown key %s in %s",
                 diag_quote(diags, key->text), record->what);
    size_t nearest = diag_help_nearest(diags, diag, key->text, names, count);
    return nearest < count ? positions[nearest] : record->count;
}

static void report_refused(const struct bind_record *record, const struct bind_key *key,
                           const struct node *at, struct diags *diags)
{
    struct diag *diag = diag_add(diags, DIAG_KEY_REFUSED, at->span,
                                 "%s cannot have '%s'", record->what, key->name);
    diag_help(diags, diag, "%s", key->doc);
}

// A032.
static bool report_type(const struct bind_key *key, const struct node *node,
                        const char *wanted, struct diags *diags)
{
    struct diag *diag =
        diag_add(diags, DIAG_WRONG_TYPE, node->span, "'%s' is %s, and must be %s",
                 key->name, node_describe(node), wanted);
    if (key->kind == BIND_STRING && node->kind == NODE_SCALAR && node->text.len > 0) {
        diag_help(diags, diag, "put it in quotes");
    }
    return false;
}

bool bind_check_nul(const struct node *node, struct diags *diags)
{
    if (node->text.len == 0 || memchr(node->text.at, '\0', node->text.len) == NULL) {
        return true;
    }
    diag_add(diags, DIAG_CONTROL_CHARACTER, node->span, "%s holds a NUL character",
             diag_quote(diags, node->text));
    return false;
}

bool bind_check_control(const struct node *node, struct diags *diags)
{
    size_t at = utf8_find_control(node->text);
    if (at == node->text.len) {
        return true;
    }
    uint32_t c = 0;
    (void)utf8_decode(str_skip(node->text, at), &c);
    diag_add(diags, DIAG_CONTROL_CHARACTER, node->span,
             "%s holds the control character U+%04X", diag_quote(diags, node->text),
             (unsigned)c);
    return false;
}

// Words for truth values among them (B004).
void bind_warn_ambiguous(const struct node *value, struct diags *diags)
{
    const char *elsewhere =
        value->kind == NODE_SCALAR && !value->poisoned ? node_ambiguity(value) : NULL;
    if (elsewhere != NULL) {
        struct diag *diag = diag_add(diags, DIAG_AMBIGUOUS_SCALAR, value->span,
                                     "%s is a string here, but %s",
                                     diag_quote(diags, value->text), elsewhere);
        diag_help(diags, diag, "quote it, or force the type with a tag such as !S");
    }
}

static bool bind_string(struct bind_string *out, const struct bind_key *key,
                        const struct node *node, struct diags *diags)
{
    if (node->kind != NODE_SCALAR || node_type(node) != NODE_S) {
        return report_type(key, node, "a string", diags);
    }
    if (!bind_check_nul(node, diags)) {
        return false;
    }
    if (node->text.len == 0 && key->shape != NULL && shape_is_filled(key->shape)) {
        diag_add(diags, DIAG_WRONG_VALUE, node->span, "'%s' is empty", key->name);
        return false;
    }
    bind_warn_ambiguous(node, diags);
    *out = (struct bind_string){.node = node, .text = node->text};
    return true;
}

// Of a number in any spelling: 5.0 and 0.5e1 are 5.
static bool parse_int(int64_t *out, struct str spelling)
{
    char canonical[NUMBER_TEXT_MAX];
    struct str text = {canonical, 0};
    if (number_canonical(canonical, &text.len, spelling) != NUMBER_OK) {
        return false;
    }
    bool negative = text.len > 0 && text.at[0] == '-';
    uint64_t value = 0;
    size_t at = negative ? 1 : 0;
    if (at == text.len) {
        return false;
    }
    for (; at < text.len; at++) {
        if (text.at[at] < '0' || text.at[at] > '9' || value > INT64_MAX / 10 - 1) {
            return false;
        }
        value = value * 10 + (uint64_t)(text.at[at] - '0');
    }
    *out = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

static bool bind_int(struct bind_int *out, const struct bind_key *key,
                     const struct node *node, struct diags *diags)
{
    if (node->kind != NODE_SCALAR || node_type(node) != NODE_N) {
        return report_type(key, node, "an integer", diags);
    }
    int64_t value = 0;
    if (!parse_int(&value, node->text) || value < key->min || value > key->max) {
        diag_add(diags, DIAG_WRONG_VALUE, node->span,
                 "'%s' must be an integer from %lld to %lld", key->name,
                 (long long)key->min, (long long)key->max);
        return false;
    }
    *out = (struct bind_int){.node = node, .value = value};
    return true;
}

static bool bind_bool(struct bind_bool *out, const struct bind_key *key,
                      const struct node *node, struct diags *diags)
{
    if (node->kind != NODE_SCALAR || node_type(node) != NODE_BOOL) {
        return report_type(key, node, "true or false", diags);
    }
    *out = (struct bind_bool){.node = node, .value = str_is(node->text, "true")};
    return true;
}

// A024: case counts.
static bool bind_enum(struct bind_enum *out, const struct bind_key *key,
                      const struct node *node, struct diags *diags)
{
    struct str names[BIND_MAX_KEYS];
    size_t count = 0;
    bool scalar = node->kind == NODE_SCALAR;
    for (; key->names[count] != NULL; count++) {
        if (count == BIND_MAX_KEYS) {
            die("bind: %s has too many words", key->name);
        }
        names[count] = str_from(key->names[count]);
        if (scalar && str_eq(node->text, names[count])) {
            *out = (struct bind_enum){.node = node, .value = (int)count};
            return true;
        }
    }
    struct diag *diag;
    if (scalar) {
        diag = diag_add(diags, DIAG_WRONG_VALUE, node->span, "'%s' cannot be %s",
                        key->name, diag_quote(diags, node->text));
        diag_help_nearest(diags, diag, node->text, names, count);
    } else {
        diag =
            diag_add(diags, DIAG_WRONG_TYPE, node->span,
                     "'%s' is %s, and must be a word", key->name, node_describe(node));
        diag_help_nearest(diags, diag, STR(""), names, count);
    }
    return false;
}

// A setting takes no tag, but for the one that says what it is anyway. A scalar that
// the caller binds is the caller's to judge.
static bool check_tag(const struct bind_key *key, const struct node *node,
                      struct diags *diags)
{
    bool fits = node->tag == NODE_TAG_NONE ||
                (key->kind == BIND_NODE && node->kind == NODE_SCALAR) ||
                (key->kind == BIND_STRING && node->tag == NODE_TAG_S) ||
                (key->kind == BIND_INT && node->tag == NODE_TAG_N);
    if (!fits) {
        diag_add(diags, DIAG_YAML_TAG, node->span, "'%s' takes no tag", key->name);
    }
    return fits;
}

static bool bind_value(void *member, const struct bind_key *key,
                       const struct node *node, struct diags *diags)
{
    if (node->poisoned) {
        return false; // diagnosed where it was read
    }
    if (!check_tag(key, node, diags)) {
        return false;
    }
    switch (key->kind) {
    case BIND_STRING:
        return bind_string(member, key, node, diags);
    case BIND_INT:
        return bind_int(member, key, node, diags);
    case BIND_BOOL:
        return bind_bool(member, key, node, diags);
    case BIND_ENUM:
        return bind_enum(member, key, node, diags);
    case BIND_RECORD:
        return bind_read(member, key->record, node, diags);
    case BIND_REFUSED: // not met: reported where the key was found
        return false;
    case BIND_NODE:
    default:
        *(const struct node **)member = node;
        return true;
    }
}

// A member whose key is there, and wrong. Records tell by themselves: they stay empty.
static void mark_broken(void *member, const struct bind_key *key)
{
    static const struct node POISONED = {.poisoned = true};
    switch (key->kind) {
    case BIND_STRING:
        ((struct bind_string *)member)->broken = true;
        break;
    case BIND_INT:
        ((struct bind_int *)member)->broken = true;
        break;
    case BIND_BOOL:
        ((struct bind_bool *)member)->broken = true;
        break;
    case BIND_ENUM:
        ((struct bind_enum *)member)->broken = true;
        break;
    case BIND_NODE:
        *(const struct node **)member = &POISONED;
        break;
    case BIND_RECORD:
    case BIND_REFUSED:
    default:
        break;
    }
}

bool bind_read(void *out, const struct bind_record *record, const struct node *node,
               struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->tag != NODE_TAG_NONE) {
        diag_add(diags, DIAG_YAML_TAG, node->span, "%s takes no tag", record->what);
        return false;
    }
    if (node->kind != NODE_MAPPING) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span, "%s must be a mapping, and is %s",
                 record->what, node_describe(node));
        return false;
    }
    char *base = out;
    *(const struct node **)(void *)(base + record->bind_at_offset) = node;
    // There, under a name that is near; one more for those that are near to nothing.
    bool misspelt[BIND_MAX_KEYS + 1] = {false};
    if (record->count > BIND_MAX_KEYS) {
        die("bind: %s has %zu keys", record->what, record->count);
    }
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        const struct node_pair *pair = &node->pairs[i];
        const struct bind_key *key = find_key(record, pair->key->text);
        if (key == NULL) {
            misspelt[report_unknown(record, pair->key, diags)] = true;
            ok = false;
        } else if (key->kind == BIND_REFUSED) {
            report_refused(record, key, pair->key, diags);
            ok = false;
        } else if (!bind_value(base + key->offset, key, pair->value, diags)) {
            mark_broken(base + key->offset, key);
            ok = false;
        }
    }
    for (size_t i = 0; i < record->count; i++) {
        const struct bind_key *key = &record->keys[i];
        if (node_find(node, key->name) != NULL) {
            continue;
        }
        if (misspelt[i]) {
            mark_broken(base + key->offset, key);
        } else if (key->required) {
            diag_add(diags, DIAG_MISSING_KEY, node->span, "%s has no '%s'",
                     record->what, key->name);
            ok = false;
        }
    }
    return ok;
}
