// `!B { file: PATH }`: a mapping enters, a value that knows its file leaves.
#include "value_file.h"

#include "bind.h"

struct file_nodes {
    const struct node *node;
    struct bind_string file;
};

static const struct bind_key FILE_KEYS[] = {
    {"file", BIND_STRING, offsetof(struct file_nodes, file), .required = true,
     .shape = &FILLED_SHAPE, .doc = "A path, relative to this file."},
};

static const struct bind_record FILE_RECORD = {"a binary from a file", FILE_KEYS,
                                               sizeof FILE_KEYS / sizeof FILE_KEYS[0],
                                               offsetof(struct file_nodes, node)};

bool value_file_read(struct value *out, const struct node *node, struct arena *arena,
                     struct diags *diags)
{
    struct file_nodes bound = {0};
    struct node untagged = *node; // the tag says what the mapping means
    untagged.tag = NODE_TAG_NONE;
    if (!bind_read(&bound, &FILE_RECORD, &untagged, diags)) {
        return false;
    }
    struct str path = bound.file.text;
    if (path.at[0] == '/' || str_find(path, STR("${")) < path.len) {
        struct diag *diag = diag_add(diags, DIAG_FILE_OUTSIDE, bound.file.node->span,
                                     "a binary's path is relative to this file");
        diag_help(diags, diag, "write it as !B { file: images/avatar.png }");
        return false;
    }
    struct value_path *file = arena_alloc(arena, sizeof *file);
    *file = (struct value_path){path, bound.file.node->span};
    out->type = VALUE_B;
    out->file = file;
    return true;
}

bool value_file_each(struct value *value,
                     bool (*load)(void *context, struct value *value), void *context)
{
    if (value == NULL) {
        return true;
    }
    if (value->file != NULL) {
        return load(context, value);
    }
    bool ok = true;
    for (size_t i = 0; i < value->count; i++) {
        if (value->type == VALUE_L) {
            ok = value_file_each(value->items[i], load, context) && ok;
        } else if (value->type == VALUE_M) {
            ok = value_file_each(value->entries[i].value, load, context) && ok;
        }
    }
    return ok;
}
