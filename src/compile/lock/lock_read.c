// ddbgen.lock: a source enters, a struct lock leaves.
//
// ddbgen writes the file itself, so whatever is odd about it came from elsewhere: a
// merge, an edit by hand, a newer version. It is refused rather than half understood.
#include "lock.h"

#include "bind.h"
#include "yaml_read.h"

#define REMEDY "delete the file and run again with --update-lock"

struct lock_reader {
    struct lock *lock;
    struct arena *arena;
    struct diags *diags;
    struct map seen; // sections, definitions and times, by all that tells them apart
};

static bool refuse(struct lock_reader *reader, struct span span, const char *why)
{
    struct diag *diag = diag_add(reader->diags, DIAG_LOCK, span, "%s", why);
    diag_help(reader->diags, diag, REMEDY);
    return false;
}

static bool refuse_twice(struct lock_reader *reader, struct span span, const char *what,
                         struct str name)
{
    struct diag *diag = diag_add(reader->diags, DIAG_LOCK, span, "%s %s stands twice",
                                 what, diag_quote(reader->diags, name));
    diag_help(reader->diags, diag, REMEDY);
    return false;
}

// False when the same stood in the file before. The lock itself is searched from one
// end to the other, which a long file cannot be for each of its lines.
static bool is_first(struct lock_reader *reader, const char *kind,
                     const struct str *parts, size_t count)
{
    struct buf key;
    bool added = false;

    buf_init(&key, SIZE_MAX);
    buf_puts(&key, kind);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&key, " %zu:", parts[i].len);
        buf_put(&key, parts[i]);
    }
    map_add(&reader->seen, arena_str(reader->arena, buf_str(&key)), &added);
    buf_deinit(&key);
    return added;
}

static bool expect_list(struct lock_reader *reader, const struct node *node,
                        const char *what)
{
    if (node->poisoned || node->kind == NODE_SEQUENCE) {
        return !node->poisoned;
    }
    diag_add(reader->diags, DIAG_WRONG_TYPE, node->span,
             "'%s' is %s, and must be a list", what, node_describe(node));
    return false;
}

// ---- users

static bool read_field(struct lock_reader *reader, struct lock_user *user,
                       const struct node_pair *pair)
{
    const struct node *value = pair->value;

    if (value->poisoned) {
        return false;
    }
    if (value->kind != NODE_SCALAR) {
        return refuse(reader, value->span, "a column's value must be a scalar");
    }
    if (str_is(pair->key->text, "handle")) {
        user->handle = value->text;
        return true;
    }
    if (user->count == USERS_MAX_COLUMNS) {
        return refuse(reader, pair->key->span, "a user has too many columns");
    }
    user->columns[user->count] = pair->key->text;
    user->fields[user->count++] =
        (struct user_field){.null = node_type(value) == NODE_NULL, .text = value->text};
    return true;
}

static bool read_user(struct lock_reader *reader, struct lock_section *section,
                      const struct node *node)
{
    struct lock_user *user = arena_alloc(reader->arena, sizeof *user);
    bool good = true;

    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING) {
        return refuse(reader, node->span, "a user must be a mapping of columns");
    }
    user->columns = arena_array(reader->arena, node->count, sizeof *user->columns);
    user->fields = arena_array(reader->arena, node->count, sizeof *user->fields);
    for (size_t i = 0; i < node->count; i++) {
        good = read_field(reader, user, &node->pairs[i]) && good;
    }
    if (!good) {
        return false;
    }
    if (user->handle.len == 0) {
        return refuse(reader, node->span, "a user has no handle");
    }
    bool added = false;
    struct map_entry *entry = map_add(&section->users, user->handle, &added);
    if (!added) {
        return refuse_twice(reader, node->span, "handle", user->handle);
    }
    entry->value = user;
    return true;
}

// ---- sections

struct section_keys {
    const struct node *at;
    struct bind_string target;
    struct bind_string postgres;
    struct bind_string file;
    struct bind_string query;
    const struct node *definitions;
    const struct node *users;
};

static const struct bind_key SECTION_KEYS[] = {
    {.name = "target",
     .kind = BIND_STRING,
     .required = true,
     .offset = offsetof(struct section_keys, target),
     .doc = "whose handles these are: a target's name, or an endpoint"},
    {.name = "postgres",
     .kind = BIND_STRING,
     .offset = offsetof(struct section_keys, postgres),
     .doc = "the Postgres that said so: host:port/database"},
    {.name = "file",
     .kind = BIND_STRING,
     .offset = offsetof(struct section_keys, file),
     .doc = "the handles file that said so, relative to the lock"},
    {.name = "query",
     .kind = BIND_STRING,
     .offset = offsetof(struct section_keys, query),
     .doc = "what Postgres was asked, if not the default query"},
    {.name = "definitions",
     .kind = BIND_NODE,
     .required = true,
     .offset = offsetof(struct section_keys, definitions),
     .doc = "who asked, relative to the lock"},
    {.name = "users",
     .kind = BIND_NODE,
     .required = true,
     .offset = offsetof(struct section_keys, users),
     .doc = "the handles' records, as far as templates read them"},
};

static const struct bind_record SECTION_RECORD = {
    "the lock's section of handles", SECTION_KEYS,
    sizeof SECTION_KEYS / sizeof SECTION_KEYS[0], offsetof(struct section_keys, at)};

static bool read_definition(struct lock_reader *reader, struct lock_section *section,
                            const struct node *node)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_SCALAR || node->text.len == 0) {
        return refuse(reader, node->span, "a definition must be its path");
    }
    const struct str parts[] = {section->key.target, node->text};
    if (!is_first(reader, "definition", parts, 2)) {
        return refuse_twice(reader, node->span, "definition", node->text);
    }
    section->definitions = arena_grow(
        reader->arena, section->definitions, section->definition_count,
        section->definition_count + 1, &section->definition_cap, sizeof(struct str));
    section->definitions[section->definition_count++] = node->text;
    return true;
}

static bool read_section(struct lock_reader *reader, const struct node *node)
{
    struct section_keys keys = {0};
    struct lock *lock = reader->lock;

    if (!bind_read(&keys, &SECTION_RECORD, node, reader->diags)) {
        return false;
    }
    if ((keys.postgres.node == NULL) == (keys.file.node == NULL)) {
        return refuse(reader, node->span,
                      "a section of handles has either 'postgres' or 'file'");
    }
    bool good = expect_list(reader, keys.definitions, "definitions");
    good = expect_list(reader, keys.users, "users") && good;
    if (!good) {
        return false;
    }
    bool postgres = keys.postgres.node != NULL;
    struct lock_key key = {
        .target = keys.target.text,
        .kind = postgres ? LOCK_POSTGRES : LOCK_FILE,
        .source = postgres ? keys.postgres.text : keys.file.text,
        .query = keys.query.text,
    };
    const struct str parts[] = {key.target, key.source, key.query};
    if (!is_first(reader, postgres ? "postgres" : "file", parts, 3)) {
        return refuse_twice(reader, node->span, "the section of", key.source);
    }
    if (keys.definitions->count == 0) {
        return refuse(reader, keys.definitions->span, "nobody asked for these handles");
    }
    lock->sections =
        arena_grow(reader->arena, lock->sections, lock->section_count,
                   lock->section_count + 1, &lock->section_cap, sizeof *lock->sections);
    struct lock_section *section = &lock->sections[lock->section_count++];
    *section = (struct lock_section){.key = key};
    map_init(&section->users, reader->arena);
    for (size_t i = 0; i < keys.definitions->count; i++) {
        good = read_definition(reader, section, keys.definitions->items[i]) && good;
    }
    for (size_t i = 0; i < keys.users->count; i++) {
        good = read_user(reader, section, keys.users->items[i]) && good;
    }
    return good;
}

// ---- times

struct time_keys {
    const struct node *at;
    struct bind_string target;
    struct bind_string fixture;
    struct bind_string now;
};

static const struct bind_key TIME_KEYS[] = {
    {.name = "target",
     .kind = BIND_STRING,
     .required = true,
     .offset = offsetof(struct time_keys, target),
     .doc = "where the fixture was put: a target's name, or an endpoint"},
    {.name = "fixture",
     .kind = BIND_STRING,
     .required = true,
     .offset = offsetof(struct time_keys, fixture),
     .doc = "a transcript with relative times, relative to the lock"},
    {.name = "now",
     .kind = BIND_STRING,
     .required = true,
     .offset = offsetof(struct time_keys, now),
     .doc = "what `now` meant in it"},
};

static const struct bind_record TIME_RECORD = {"the lock's time", TIME_KEYS,
                                               sizeof TIME_KEYS / sizeof TIME_KEYS[0],
                                               offsetof(struct time_keys, at)};

static bool read_time(struct lock_reader *reader, const struct node *node)
{
    struct time_keys keys = {0};
    const char *why = NULL;
    instant_us now = 0;

    if (!bind_read(&keys, &TIME_RECORD, node, reader->diags)) {
        return false;
    }
    if (!instant_parse(&now, keys.now.text, &why)) {
        diag_add(reader->diags, DIAG_TIME, keys.now.node->span, "%s is no time: %s",
                 diag_quote(reader->diags, keys.now.text), why);
        return false;
    }
    const struct str parts[] = {keys.target.text, keys.fixture.text};
    if (!is_first(reader, "time", parts, 2)) {
        return refuse_twice(reader, keys.fixture.node->span, "fixture",
                            keys.fixture.text);
    }
    lock_add_time(reader->lock, keys.target.text, keys.fixture.text, now);
    return true;
}

// ---- the file

struct lock_keys {
    const struct node *at;
    struct bind_int version;
    const struct node *handles;
    const struct node *times;
};

static const struct bind_key LOCK_KEYS[] = {
    {.name = "version",
     .kind = BIND_INT,
     .required = true,
     .min = LOCK_VERSION,
     .max = LOCK_VERSION,
     .offset = offsetof(struct lock_keys, version),
     .doc = "of the file's form"},
    {.name = "handles",
     .kind = BIND_NODE,
     .offset = offsetof(struct lock_keys, handles),
     .doc = "who the handles stand for"},
    {.name = "times",
     .kind = BIND_NODE,
     .offset = offsetof(struct lock_keys, times),
     .doc = "what `now` meant"},
};

static const struct bind_record LOCK_RECORD = {"the lock", LOCK_KEYS,
                                               sizeof LOCK_KEYS / sizeof LOCK_KEYS[0],
                                               offsetof(struct lock_keys, at)};

// A conflict that was not resolved is a syntax error somewhere; its first mark tells
// more.
static bool check_conflict(struct lock_reader *reader, const struct source *source)
{
    struct str text = source->text;

    for (size_t at = 0; at < text.len;) {
        struct str line = str_skip(text, at);
        if (str_starts(line, STR("<<<<<<< "))) {
            struct diag *diag =
                diag_add(reader->diags, DIAG_LOCK,
                         source_span_at(source, at, str_find_char(line, '\n')),
                         "the lock has a merge conflict");
            diag_help(reader->diags, diag,
                      "take either side whole, then run again with --update-lock");
            return false;
        }
        at += str_find_char(line, '\n') + 1;
    }
    return true;
}

// A newer version may have keys that this one does not know: they are not the mistake.
static bool check_version(struct lock_reader *reader, const struct node *root)
{
    const struct node *version =
        root->kind == NODE_MAPPING ? node_find(root, "version") : NULL;

    if (version == NULL || version->kind != NODE_SCALAR ||
        node_type(version) != NODE_N || str_is(version->text, "1")) {
        return true; // in order, or refused with everything else
    }
    struct diag *diag =
        diag_add(reader->diags, DIAG_LOCK, version->span,
                 "the lock has version %s, and this ddbgen reads version %d",
                 diag_quote(reader->diags, version->text), LOCK_VERSION);
    diag_help(reader->diags, diag, "a newer ddbgen wrote it; or " REMEDY);
    return false;
}

static bool read_all(struct lock_reader *reader, const struct node *node,
                     const char *what,
                     bool (*read)(struct lock_reader *reader, const struct node *node))
{
    if (node == NULL) {
        return true;
    }
    bool good = expect_list(reader, node, what);
    for (size_t i = 0; node->kind == NODE_SEQUENCE && i < node->count; i++) {
        good = read(reader, node->items[i]) && good;
    }
    return good;
}

bool lock_read(struct lock *lock, const struct source *source, struct diags *diags)
{
    struct lock_reader reader = {.lock = lock, .arena = lock->arena, .diags = diags};
    struct lock_keys keys = {0};
    size_t errors = diags->errors;

    map_init(&reader.seen, lock->arena);
    if (!check_conflict(&reader, source)) {
        return false;
    }
    const struct node *root = yaml_read(source, lock->arena, diags);
    if (root == NULL || !check_version(&reader, root) ||
        !bind_read(&keys, &LOCK_RECORD, root, diags)) {
        return false;
    }
    bool good = read_all(&reader, keys.handles, "handles", read_section);
    good = read_all(&reader, keys.times, "times", read_time) && good;
    return good && diags->errors == errors; // what stands twice was passed over
}
