// ddbgen.yaml. In: the folder where the search begins. Out: its targets, each of them
// checked whether it is used or not.
//
// The file decides where data goes, so it must be the user's own: owner and mode are
// those of the very descriptor that is read.
#include "project_file.h"

#include "ascii.h"
#include "endpoint.h"
#include "env_ref.h"
#include "file.h"
#include "follow.h"
#include "heap.h"
#include "target_aws.h"
#include "yaml_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TARGET_NAME_MAX 64

// ---- finding and trusting it

static bool exists(struct str folder, const char *name, struct arena *arena)
{
    struct stat info;
    struct str path = arena_printf(arena, "%.*s/%s", STR_ARG(folder), name);

    return lstat(path.at, &info) == 0;
}

// The absolute path of the nearest ddbgen.yaml, or empty.
static struct str find(const char *start_dir, struct arena *arena)
{
    char *start =
        heap_realpath(start_dir == NULL || start_dir[0] == '\0' ? "." : start_dir);
    if (start == NULL) {
        return (struct str){0}; // whatever is in there will be missed by others
    }
    struct str folder = arena_str(arena, str_from(start));
    free(start);
    for (;;) {
        while (folder.len > 0 && folder.at[folder.len - 1] == '/') {
            folder.len--;
        }
        if (exists(folder, PROJECT_FILE_NAME, arena)) {
            return arena_printf(arena, "%.*s/" PROJECT_FILE_NAME, STR_ARG(folder));
        }
        if (folder.len == 0 || exists(folder, ".git", arena)) {
            return (struct str){0};
        }
        while (folder.at[folder.len - 1] != '/') {
            folder.len--;
        }
    }
}

// As the user would write it: relative when it is below the current folder.
static struct str shown_name(struct str path, struct arena *arena)
{
    char *current = heap_realpath(".");
    struct str name = path;

    if (current != NULL) {
        struct str folder = str_from(current);
        if (str_starts(path, folder) && path.at[folder.len] == '/') {
            name = str_skip(path, folder.len + 1);
        }
    }
    name = arena_str(arena, name);
    free(current);
    return name;
}

static bool check_trust(const struct source *source, int fd, const char *path,
                        struct diags *diags)
{
    const char *why = file_why_untrusted(fd, path);
    if (why == NULL) {
        return true;
    }
    struct diag *diag = diag_add(diags, DIAG_PROJECT_FILE, source_span_file(source),
                                 "this file decides where data goes, and %s", why);
    diag_help(diags, diag,
              "it must be your own, and others may not write it (chmod go-w)");
    return false;
}

static bool report_unreadable(const struct source *source, enum file_result result,
                              int error, struct diags *diags)
{
    struct span span = source_span_file(source);

    if (result == FILE_TOO_LARGE) {
        diag_add(diags, DIAG_FILE_TOO_LARGE, span, "the file is larger than %zu MiB",
                 YAML_MAX_BYTES >> 20);
    } else {
        diag_add(diags, DIAG_FILE_READ, span, "the file cannot be read: %s",
                 result == FILE_NOT_REGULAR ? "it is not a regular file"
                                            : strerror(error));
    }
    return false;
}

// The same file without links. Its project is its folder, which it marks.
static bool resolve(const char **real, const struct source *source, const char *path,
                    bool all_links, struct arena *arena, struct diags *diags)
{
    struct followed followed;

    switch (follow_named(&followed, path, all_links, arena)) {
    case FOLLOW_OK:
        *real = followed.real;
        return true;
    case FOLLOW_ERRNO:
        return report_unreadable(source, FILE_ERRNO, errno, diags);
    case FOLLOW_OUTSIDE:
    case FOLLOW_GIT:
    default:
        break;
    }
    struct diag *diag = diag_add(diags, DIAG_FILE_OUTSIDE, source_span_file(source),
                                 "the file is a link that leads out of the project");
    diag_help(diags, diag, "--follow-links follows it all the same");
    return false;
}

// Opens, trusts and reads path into *source.
static bool load(struct source *source, const char *path, bool all_links,
                 struct arena *arena, struct diags *diags)
{
    const char *real = NULL;
    int fd = -1;

    if (!resolve(&real, source, path, all_links, arena, diags)) {
        return false;
    }
    enum file_result result = file_open(&fd, real);
    if (result != FILE_OK) {
        return report_unreadable(source, result, errno, diags);
    }
    bool good = check_trust(source, fd, path, diags);
    if (good) {
        result = file_read_fd(&source->text, fd, YAML_MAX_BYTES, arena);
        if (result != FILE_OK) {
            good = report_unreadable(source, result, errno, diags);
        }
    }
    (void)close(fd);
    return good;
}

// ---- its keys

// A target's texts: a reference to the environment, or what its check accepts.
static const struct shape ENDPOINT_SHAPE = {
    SHAPE_ANY_OF, .choices = SHAPES(&ENV_REF_SHAPE, &ENDPOINT_URL_SHAPE)};
static const struct shape TARGET_REGION_SHAPE = {
    SHAPE_ANY_OF, .choices = SHAPES(&ENV_REF_SHAPE, &REGION_SHAPE)};
static const struct shape PROFILE_SHAPE = {
    SHAPE_ANY_OF, .choices = SHAPES(&ENV_REF_SHAPE, &ENV_FREE_SHAPE)};
static const struct shape ACCOUNT_SHAPE = {
    SHAPE_ANY_OF, .choices = SHAPES(&ENV_REF_SHAPE, &ACCOUNT_ID_SHAPE)};

static const struct shape KEY_ID_SHAPE = {SHAPE_STRING, .min = 1, .max = 128,
                                          .pattern = "^[A-Za-z0-9_.-]+$"};

// The order of enum target_theirs.
static const char *const THEIRS_NAMES[] = {"keep", "restore", NULL};

static const struct bind_key TARGET_KEYS[] = {
    {.name = "endpoint_url",
     .kind = BIND_STRING,
     .offset = offsetof(struct project_target, endpoint_url),
     .shape = &ENDPOINT_SHAPE,
     .doc = "A url with http or https, a host, perhaps a port; without it, AWS's own "
            "endpoint."},
    {.name = "region",
     .kind = BIND_STRING,
     .offset = offsetof(struct project_target, region),
     .shape = &TARGET_REGION_SHAPE,
     .doc = "The AWS region."},
    {.name = "profile",
     .kind = BIND_STRING,
     .offset = offsetof(struct project_target, profile),
     .shape = &PROFILE_SHAPE,
     .doc = "The AWS profile with the credentials."},
    {.name = "account_id",
     .kind = BIND_STRING,
     .offset = offsetof(struct project_target, account_id),
     .shape = &ACCOUNT_SHAPE,
     .doc = "The AWS account that must answer: 12 digits, in quotes."},
    {.name = "access_key_id",
     .kind = BIND_STRING,
     .offset = offsetof(struct project_target, access_key_id),
     .shape = &KEY_ID_SHAPE,
     .doc = "Over plain http: the key id that requests are signed with, beside a dummy "
            "secret."},
    {.name = "protected",
     .kind = BIND_BOOL,
     .offset = offsetof(struct project_target, is_protected),
     .doc = "true: writing asks for the target's name."},
    {.name = "handles",
     .kind = BIND_NODE,
     .offset = offsetof(struct project_target, handles_node),
     .shape = &HANDLES_SHAPE,
     .doc = "Where handles are looked up instead of where the definition says."},
    {.name = "ledger",
     .kind = BIND_NODE,
     .offset = offsetof(struct project_target, ledger_node),
     .shape = &LEDGER_SHAPE,
     .doc = "Where it is kept what was applied: file, none or { table: NAME }."},
    {.name = "was",
     .kind = BIND_STRING,
     .offset = offsetof(struct project_target, was),
     .shape = &ENV_FREE_SHAPE,
     .doc = "An earlier build's folder, or git:REV: what was applied, in place of the "
            "ledger."},
    {.name = "theirs",
     .kind = BIND_ENUM,
     .offset = offsetof(struct project_target, theirs),
     .names = THEIRS_NAMES,
     .doc = "What becomes of what others changed in our items; keep when left out."},
};

static const struct bind_record TARGET_RECORD = {
    "a target",
    TARGET_KEYS,
    sizeof TARGET_KEYS / sizeof TARGET_KEYS[0],
    offsetof(struct project_target, at),
};

// As check_name says.
static const struct shape TARGET_NAME_SHAPE = {
    SHAPE_STRING, .min = 1, .max = TARGET_NAME_MAX,
    .pattern = "^[A-Za-z0-9][A-Za-z0-9_.-]*$"};
static const struct shape TARGETS_SHAPE = {
    SHAPE_MAPPING, .key = &TARGET_NAME_SHAPE,
    .of = &(const struct shape){SHAPE_RECORD, .record = &TARGET_RECORD}};

struct project_keys {
    const struct node *at;
    struct bind_string default_target;
    const struct node *targets;
};

static const struct bind_key PROJECT_KEYS[] = {
    {.name = "default_target",
     .kind = BIND_STRING,
     .offset = offsetof(struct project_keys, default_target),
     .shape = &TARGET_NAME_SHAPE,
     .doc = "The target without --target; local when left out."},
    {.name = "targets",
     .kind = BIND_NODE,
     .offset = offsetof(struct project_keys, targets),
     .shape = &TARGETS_SHAPE,
     .doc = "The targets by their names."},
};

static const struct bind_record PROJECT_RECORD = {
    PROJECT_FILE_NAME,
    PROJECT_KEYS,
    sizeof PROJECT_KEYS / sizeof PROJECT_KEYS[0],
    offsetof(struct project_keys, at),
};

const struct shape PROJECT_FILE_SHAPE = {SHAPE_RECORD, .record = &PROJECT_RECORD};

// A name is typed to confirm, and stands in messages and in the lock.
static bool check_name(const struct node *key, struct diags *diags)
{
    bool good = key->text.len > 0 && key->text.len <= TARGET_NAME_MAX;
    for (size_t i = 0; good && i < key->text.len; i++) {
        char c = key->text.at[i];
        bool letter = ascii_is_alnum(c);
        good = letter || (i > 0 && (c == '-' || c == '_' || c == '.'));
    }
    if (!good) {
        diag_add(
            diags, DIAG_WRONG_VALUE, key->span,
            "a target's name has 1 to %d letters, digits, '-', '_' and '.', not %s",
            TARGET_NAME_MAX, diag_quote(diags, key->text));
    }
    return good;
}

// Whether a field is there and no reference to the environment: then it can be checked
// already. A reference within other text is diagnosed, and clears *good.
static bool is_literal(const struct bind_string *field, bool *good, struct diags *diags)
{
    struct str name;

    if (field->node == NULL) {
        return false;
    }
    switch (env_ref_find(&name, field->text)) {
    case ENV_REF_NONE:
        return true;
    case ENV_REF_WITHIN:
        *good = env_ref_check_whole(field->text, field->node->span, diags) && *good;
        return false;
    case ENV_REF_WHOLE:
    default:
        return false;
    }
}

static bool check_fields(const struct project_target *target, struct arena *arena,
                         struct diags *diags)
{
    struct endpoint endpoint;
    bool good = true;

    if (is_literal(&target->endpoint_url, &good, diags)) {
        good = endpoint_read(&endpoint, target->endpoint_url.text, "endpoint_url",
                             target->endpoint_url.node->span, arena, diags) &&
               good;
    }
    if (is_literal(&target->region, &good, diags)) {
        good = region_check(target->region.text, "region", target->region.node->span,
                            diags) &&
               good;
    }
    if (is_literal(&target->account_id, &good, diags)) {
        good = account_id_check(target->account_id.text, "account_id",
                                target->account_id.node->span, diags) &&
               good;
    }
    const struct bind_string *key = &target->access_key_id;
    if (key->node != NULL && !key_id_is_usual(key->text)) {
        diag_add(diags, DIAG_WRONG_VALUE, key->node->span,
                 "access_key_id: a key's id has 1 to 128 letters, digits, '-', '_' and "
                 "'.', written out");
        good = false;
    }
    // A profile may be any name; a reference within one is diagnosed all the same.
    (void)is_literal(&target->profile, &good, diags);
    if (target->was.node != NULL) {
        good = env_ref_refuse(target->was.text, target->was.node->span, diags) && good;
    }
    return good;
}

static bool read_target(struct project_target *target, const struct node_pair *pair,
                        struct arena *arena, struct diags *diags)
{
    bool good = check_name(pair->key, diags);
    target->name = pair->key->text;
    good = bind_read(target, &TARGET_RECORD, pair->value, diags) && good;
    good = check_fields(target, arena, diags) && good;
    if (target->handles_node != NULL) {
        good =
            handles_config_read(&target->handles, target->handles_node, arena, diags) &&
            good;
    }
    if (target->ledger_node != NULL) {
        good = ledger_config_read(&target->ledger, target->ledger_node, arena, diags) &&
               good;
    }
    if (str_is(target->name, TARGET_AWS) && target->is_protected.node != NULL &&
        !target->is_protected.value) {
        diag_add(diags, DIAG_WRONG_VALUE, target->is_protected.node->span,
                 "the target " TARGET_AWS " is always protected");
        good = false;
    }
    return good;
}

static bool read_targets(struct project_file *out, const struct node *node,
                         struct arena *arena, struct diags *diags)
{
    bool good = true;
    if (node == NULL) {
        return true;
    }
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "'targets' is %s, and must be a mapping", node_describe(node));
        return false;
    }
    out->targets = arena_array(arena, node->count, sizeof *out->targets);
    out->target_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        good = read_target(&out->targets[i], &node->pairs[i], arena, diags) && good;
    }
    return good;
}

static bool is_built_in(struct str name)
{
    return str_is(name, TARGET_LOCAL) || str_is(name, TARGET_AWS);
}

static bool read_default(struct project_file *out, struct diags *diags)
{
    const struct bind_string *name = &out->default_target;

    if (name->node == NULL) {
        return true;
    }
    if (!env_ref_refuse(name->text, name->node->span, diags)) {
        return false;
    }
    if (!is_built_in(name->text) && project_file_find(out, name->text) == NULL) {
        project_file_report_unknown(out, name->text, name->node->span, diags);
        return false;
    }
    return true;
}

bool project_file_read_source(struct project_file *out, const struct source *source,
                              struct arena *arena, struct diags *diags)
{
    *out = (struct project_file){.source = source};
    size_t errors = diags->errors;
    const struct node *node = yaml_read(source, arena, diags);
    if (node == NULL) {
        return false;
    }
    struct project_keys keys = {0};
    bool good = bind_read(&keys, &PROJECT_RECORD, node, diags);
    good = read_targets(out, keys.targets, arena, diags) && good;
    out->default_target = keys.default_target;
    // A tree may come with mistakes of its own: a key that stands twice, an alias.
    return read_default(out, diags) && good && diags->errors == errors;
}

bool project_file_read(struct project_file *out, const char *start_dir, bool all_links,
                       struct arena *arena, struct diags *diags)
{
    *out = (struct project_file){0};
    struct str path = find(start_dir, arena);
    if (path.len == 0) {
        return true;
    }
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){.name = shown_name(path, arena), .fd = -1};
    out->source = source;
    return load(source, path.at, all_links, arena, diags) &&
           project_file_read_source(out, source, arena, diags);
}

const struct project_target *project_file_find(const struct project_file *project,
                                               struct str name)
{
    for (size_t i = 0; i < project->target_count; i++) {
        if (str_eq(project->targets[i].name, name)) {
            return &project->targets[i];
        }
    }
    return NULL;
}

void project_file_report_unknown(const struct project_file *project, struct str name,
                                 struct span span, struct diags *diags)
{
    struct str *names =
        arena_array(diags->arena, project->target_count + 2, sizeof *names);
    size_t count = 0;

    for (size_t i = 0; i < project->target_count; i++) {
        if (!is_built_in(project->targets[i].name)) {
            names[count++] = project->targets[i].name;
        }
    }
    names[count++] = STR(TARGET_LOCAL);
    names[count++] = STR(TARGET_AWS);
    struct diag *diag = diag_add(diags, DIAG_TARGET_UNKNOWN, span,
                                 "there is no target %s", diag_quote(diags, name));
    diag_help_nearest(diags, diag, name, names, count);
}
