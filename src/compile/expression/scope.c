// Paths: text enters, what it reads and of which type leaves. Each path is a row of a
// table; which of them lead somewhere is the scope's.
#include "scope.h"

#include <string.h>

struct path_row {
    const char *path; // a final "*" stands for a name, "**" for names with dots between
    enum subject subject;
    enum field field;
    enum text_type type;
};

static const struct path_row PATHS[] = {
    {"conversation.uuid", SUBJECT_CONVERSATION, FIELD_UUID, TYPE_UUID},
    {"conversation.name", SUBJECT_CONVERSATION, FIELD_NAME, TYPE_STRING},
    {"conversation.starts_at", SUBJECT_CONVERSATION, FIELD_STARTS_AT, TYPE_TIME},
    {"conversation.message_count", SUBJECT_CONVERSATION, FIELD_MESSAGE_COUNT,
     TYPE_NUMBER},
    {"conversation.participant_count", SUBJECT_CONVERSATION, FIELD_PARTICIPANT_COUNT,
     TYPE_NUMBER},
    {"conversation.vars.*", SUBJECT_CONVERSATION, FIELD_VAR, TYPE_ANY},
    {"conversation.first_message.index", SUBJECT_FIRST_MESSAGE, FIELD_INDEX,
     TYPE_NUMBER},
    {"conversation.first_message.number", SUBJECT_FIRST_MESSAGE, FIELD_NUMBER,
     TYPE_NUMBER},
    {"conversation.first_message.uuid", SUBJECT_FIRST_MESSAGE, FIELD_UUID, TYPE_UUID},
    {"conversation.first_message.text", SUBJECT_FIRST_MESSAGE, FIELD_TEXT, TYPE_STRING},
    {"conversation.first_message.created_at", SUBJECT_FIRST_MESSAGE, FIELD_CREATED_AT,
     TYPE_TIME},
    {"conversation.first_message.label", SUBJECT_FIRST_MESSAGE, FIELD_LABEL,
     TYPE_STRING},
    {"conversation.last_message.index", SUBJECT_LAST_MESSAGE, FIELD_INDEX, TYPE_NUMBER},
    {"conversation.last_message.number", SUBJECT_LAST_MESSAGE, FIELD_NUMBER,
     TYPE_NUMBER},
    {"conversation.last_message.uuid", SUBJECT_LAST_MESSAGE, FIELD_UUID, TYPE_UUID},
    {"conversation.last_message.text", SUBJECT_LAST_MESSAGE, FIELD_TEXT, TYPE_STRING},
    {"conversation.last_message.created_at", SUBJECT_LAST_MESSAGE, FIELD_CREATED_AT,
     TYPE_TIME},
    {"conversation.last_message.label", SUBJECT_LAST_MESSAGE, FIELD_LABEL, TYPE_STRING},
    {"message.index", SUBJECT_MESSAGE, FIELD_INDEX, TYPE_NUMBER},
    {"message.number", SUBJECT_MESSAGE, FIELD_NUMBER, TYPE_NUMBER},
    {"message.uuid", SUBJECT_MESSAGE, FIELD_UUID, TYPE_UUID},
    {"message.text", SUBJECT_MESSAGE, FIELD_TEXT, TYPE_STRING},
    {"message.created_at", SUBJECT_MESSAGE, FIELD_CREATED_AT, TYPE_TIME},
    {"message.label", SUBJECT_MESSAGE, FIELD_LABEL, TYPE_STRING},
    {"sender.label", SUBJECT_SENDER, FIELD_LABEL, TYPE_STRING},
    {"sender.*", SUBJECT_SENDER, FIELD_COLUMN, TYPE_STRING},
    {"self.label", SUBJECT_SELF, FIELD_LABEL, TYPE_STRING},
    {"self.*", SUBJECT_SELF, FIELD_COLUMN, TYPE_STRING},
    {"other.label", SUBJECT_OTHER, FIELD_LABEL, TYPE_STRING},
    {"other.*", SUBJECT_OTHER, FIELD_COLUMN, TYPE_STRING},
    {"row.**", SUBJECT_ROW, FIELD_ROW, TYPE_ANY},
};
#define PATH_COUNT (sizeof PATHS / sizeof PATHS[0])
#define PARAMETERS_TOLD 16 // of a pattern, in help

struct scope scope_of_entity(enum for_each for_each)
{
    unsigned conversation = 1U << SUBJECT_CONVERSATION | 1U << SUBJECT_FIRST_MESSAGE |
                            1U << SUBJECT_LAST_MESSAGE;
    switch (for_each) {
    case FOR_EACH_PARTICIPANT:
        return (struct scope){conversation | 1U << SUBJECT_SELF | 1U << SUBJECT_OTHER,
                              NULL,
                              0,
                              "an entity for each participant",
                              NULL,
                              false};
    case FOR_EACH_MESSAGE:
        return (struct scope){conversation | 1U << SUBJECT_MESSAGE |
                                  1U << SUBJECT_SENDER,
                              NULL,
                              0,
                              "an entity for each message",
                              NULL,
                              false};
    case FOR_EACH_ROW:
        return (struct scope){1U << SUBJECT_ROW,        NULL, 0,
                              "an entity for each row", NULL, false};
    case FOR_EACH_CONVERSATION:
    default:
        return (struct scope){conversation, NULL, 0, "an entity for each conversation",
                              NULL,         false};
    }
}

struct scope scope_of_any_entity(void)
{
    return (struct scope){
        (1U << SUBJECT_PARAMETER) - 1, NULL, 0, "an entity", NULL, false};
}

struct resolver {
    const struct scope *scope;
    struct arena *arena;
    struct diags *diags;
};

// Where `row` leads `path`: the name behind its "*", or the empty string. False:
// nowhere.
static bool path_matches(const struct path_row *row, struct str path, struct str *name)
{
    struct str pattern = str_from(row->path);
    *name = (struct str){0};
    if (pattern.at[pattern.len - 1] != '*') {
        return str_eq(path, pattern);
    }
    size_t stars = pattern.at[pattern.len - 2] == '*' ? 2 : 1;
    struct str prefix = {pattern.at, pattern.len - stars};
    if (!str_starts(path, prefix) || path.len == prefix.len) {
        return false;
    }
    *name = str_skip(path, prefix.len);
    if (stars == 1) {
        return memchr(name->at, '.', name->len) == NULL;
    }
    return name->at[0] != '.' && name->at[name->len - 1] != '.' &&
           str_find(*name, STR("..")) == name->len;
}

static bool is_in_scope(const struct resolver *resolver, const struct path_row *row)
{
    return (resolver->scope->subjects >> row->subject & 1U) != 0;
}

// Names that may be meant by a part of a path, each once.
struct part_names {
    struct str at[PATH_COUNT + PARAMETERS_TOLD + 1];
    size_t count;
};

static void add_name(struct part_names *names, struct str name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (str_eq(names->at[i], name)) {
            return;
        }
    }
    names->at[names->count++] = name;
}

// The parts that may follow `before`, which ends in a dot or is empty.
static void find_parts(struct part_names *out, const struct resolver *resolver,
                       struct str before)
{
    out->count = 0;
    for (size_t i = 0; i < PATH_COUNT; i++) {
        struct str row = str_from(PATHS[i].path);
        if (!is_in_scope(resolver, &PATHS[i]) || !str_starts(row, before)) {
            continue;
        }
        struct str rest = str_skip(row, before.len);
        struct str part = {rest.at, str_find_char(rest, '.')};
        if (part.len > 0 && part.at[0] != '*') {
            add_name(out, part);
        }
    }
    for (size_t i = 0; before.len == 0 && i < resolver->scope->parameter_count; i++) {
        if (i < PARAMETERS_TOLD) {
            add_name(out, resolver->scope->parameters[i].name);
        }
    }
}

// Whether the path leads somewhere; `name` is what only the user's data know, if any.
static bool is_path(const struct resolver *resolver, struct str path, struct str *name)
{
    for (size_t i = 0; i < PATH_COUNT; i++) {
        if (is_in_scope(resolver, &PATHS[i]) && path_matches(&PATHS[i], path, name)) {
            return true;
        }
    }
    return false;
}

// Where the first part of the path begins that leads nowhere; its length if all of them
// lead somewhere, but not to a value. `names`: what may stand there.
static size_t find_wrong_part(struct part_names *names, const struct resolver *resolver,
                              struct str path)
{
    for (size_t from = 0; from < path.len;) {
        struct str rest = str_skip(path, from);
        struct str part = {rest.at, str_find_char(rest, '.')};
        find_parts(names, resolver, (struct str){path.at, from});
        size_t same = 0;
        while (same < names->count && !str_eq(names->at[same], part)) {
            same++;
        }
        struct str name;
        if (same == names->count &&
            !is_path(resolver, (struct str){path.at, from + part.len}, &name)) {
            return from;
        }
        from += part.len + 1;
    }
    return path.len;
}

// A part that is near to the wrong one, or what comes before it, if that is a value.
static bool help_near_part(const struct resolver *resolver, struct diag *diag,
                           struct str path, size_t from, const struct part_names *names)
{
    struct str before = {path.at, from};
    struct str rest = str_skip(path, from);
    size_t nearest =
        str_nearest_within((struct str){rest.at, str_find_char(rest, '.')}, names->at,
                           names->count, &resolver->diags->nearest_work);
    struct str meant = {path.at, from > 0 ? from - 1 : 0};
    struct str name;
    if (nearest < names->count) {
        meant = arena_printf(resolver->arena, "%.*s%.*s", STR_ARG(before),
                             STR_ARG(names->at[nearest]));
        struct str whole =
            arena_printf(resolver->arena, "%.*s%.*s", STR_ARG(meant),
                         STR_ARG(str_skip(rest, str_find_char(rest, '.'))));
        bool sure = is_path(resolver, whole, &name) && name.len == 0;
        meant = sure ? whole : meant;
    } else if (!is_path(resolver, meant, &name)) {
        return false;
    }
    diag_help(resolver->diags, diag, "did you mean '%.*s'?", STR_ARG(meant));
    return true;
}

// Paths of two parts of which only the last is written: ${text}, ${handle}. What the item
// is made for goes before the conversation.
static bool help_last_part(const struct resolver *resolver, struct diag *diag,
                           struct str path)
{
    struct str first = {0};
    for (size_t i = 0; i < PATH_COUNT; i++) {
        struct str row = str_from(PATHS[i].path);
        size_t dot = str_find_char(row, '.');
        struct str last = str_skip(row, dot + 1);
        bool column = str_is(last, "*") && str_is(path, "handle");
        if (is_in_scope(resolver, &PATHS[i]) && (column || str_eq(last, path)) &&
            (first.len == 0 || str_is(first, "conversation"))) {
            first = (struct str){row.at, dot};
        }
    }
    if (first.len > 0) {
        diag_help(resolver->diags, diag, "did you mean '%.*s.%.*s'?", STR_ARG(first),
                  STR_ARG(path));
    }
    return first.len > 0;
}

// All that may follow `before`, which ends in a dot or is empty.
static void help_parts(const struct resolver *resolver, struct diag *diag,
                       struct str before, const char *lead)
{
    struct part_names names;
    find_parts(&names, resolver, before);
    for (size_t i = 0; i < PATH_COUNT; i++) {
        struct str row = str_from(PATHS[i].path);
        if (is_in_scope(resolver, &PATHS[i]) && str_starts(row, before) &&
            row.at[before.len] == '*') {
            add_name(&names, STR("NAME"));
        }
    }
    struct buf list;
    buf_init(&list, 4096);
    for (size_t i = 0; i < names.count; i++) {
        buf_printf(&list, "%s%.*s%.*s", i > 0 ? ", " : "", STR_ARG(before),
                   STR_ARG(names.at[i]));
    }
    if (names.count > 0) {
        diag_help(resolver->diags, diag, "%s: %s", lead, buf_cstr(&list));
    }
    buf_deinit(&list);
}

static void help_path(const struct resolver *resolver, struct diag *diag,
                      struct str path)
{
    struct part_names names = {0};
    size_t from = find_wrong_part(&names, resolver, path);
    if (from == path.len && !str_ends(path, STR("."))) {
        help_parts(resolver, diag,
                   arena_printf(resolver->arena, "%.*s.", STR_ARG(path)),
                   "a part of it is meant");
        return;
    }
    if (help_near_part(resolver, diag, path, from, &names)) {
        return;
    }
    struct str whole[PATH_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < PATH_COUNT; i++) {
        struct str row = str_from(PATHS[i].path);
        if (is_in_scope(resolver, &PATHS[i]) && !str_ends(row, STR("*"))) {
            whole[count++] = row;
        }
    }
    // Where a part is known, all that begin with it would be near.
    bool dots = path.at[from] == '.' && from + 1 < path.len;
    size_t nearest =
        from == 0 || dots
            ? str_nearest_within(path, whole, count, &resolver->diags->nearest_work)
            : count;
    if (nearest < count) {
        diag_help(resolver->diags, diag, "did you mean '%.*s'?",
                  STR_ARG(whole[nearest]));
    } else if (!help_last_part(resolver, diag, path)) {
        help_parts(resolver, diag, (struct str){path.at, from}, "known");
    }
}

static void report_path(const struct resolver *resolver, struct str path,
                        struct span span)
{
    if (resolver->scope->parameters_broken) {
        return; // it may be one of those that could not be read
    }
    struct diag *diag =
        diag_add(resolver->diags, DIAG_EXPRESSION_PATH, span, "%s leads nowhere in %s",
                 diag_quote(resolver->diags, path), resolver->scope->what);
    struct str name;
    for (size_t i = 0; i < PATH_COUNT; i++) {
        if (path_matches(&PATHS[i], path, &name)) {
            diag_help(resolver->diags, diag, "it exists, but not in %s",
                      resolver->scope->what);
            return;
        }
    }
    help_path(resolver, diag, path);
}

static bool resolve_parameter(const struct resolver *resolver, struct str path,
                              struct expr *out)
{
    static const enum text_type TYPES[] = {
        [PARAMETER_HANDLE] = TYPE_STRING, [PARAMETER_STRING] = TYPE_STRING,
        [PARAMETER_UUID] = TYPE_UUID,     [PARAMETER_NUMBER] = TYPE_NUMBER,
        [PARAMETER_BINARY] = TYPE_BINARY, [PARAMETER_BOOLEAN] = TYPE_BOOLEAN,
    };
    size_t dot = str_find_char(path, '.');
    struct str first = {path.at, dot};
    for (size_t i = 0; i < resolver->scope->parameter_count; i++) {
        const struct parameter *parameter = &resolver->scope->parameters[i];
        if (!str_eq(parameter->name, first)) {
            continue;
        }
        out->subject = SUBJECT_PARAMETER;
        out->parameter = i;
        out->field = FIELD_PARAMETER;
        out->type = TYPES[parameter->type];
        if (dot == path.len) {
            return true;
        }
        out->field = FIELD_COLUMN;
        out->name = str_skip(path, dot + 1);
        return parameter->type == PARAMETER_HANDLE && out->name.len > 0;
    }
    return false;
}

bool scope_resolve(struct expr *out, struct str path, struct span span,
                   const struct scope *scope, struct arena *arena, struct diags *diags)
{
    struct resolver of = {scope, arena, diags};
    const struct resolver *resolver = &of;
    if (resolve_parameter(resolver, path, out)) {
        return true;
    }
    for (size_t i = 0; i < PATH_COUNT; i++) {
        const struct path_row *row = &PATHS[i];
        if ((resolver->scope->subjects >> row->subject & 1U) != 0 &&
            path_matches(row, path, &out->name)) {
            out->subject = row->subject;
            out->field = row->field;
            out->type = row->type;
            return true;
        }
    }
    if (str_starts(path, STR("env."))) {
        diag_add(resolver->diags, DIAG_ENV_NOT_ALLOWED, span,
                 "the environment is not allowed here");
        return false;
    }
    report_path(resolver, path, span);
    return false;
}
