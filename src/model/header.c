// A conversation's header: nodes enter, struct header leaves.
#include "header.h"

#include "bind.h"
#include "utf8.h"

struct header_nodes {
    const struct node *node;
    struct bind_string conversation;
    const struct node *participants;
    struct bind_string starts_at;
    struct bind_string interval;
    struct bind_enum continuation;
    const struct node *vars;
};

enum { CONTINUATION_JOIN, CONTINUATION_JOIN_ALL };
static const char *const CONTINUATION_NAMES[] = {"join", "join-all", NULL};

// No blank around it, nothing that begins a time or a header, no colon and blank.
static const struct shape LABEL_SHAPE = {
    SHAPE_STRING,
    .min = 1,
    .max = LABEL_MAX_BYTES,
    .pattern = "^(?![ \\[]|---)(?!.*: )[^\\u0000-\\u001f\\u007f-\\u009f]*"
               "[^\\u0000-\\u001f\\u007f-\\u009f ]$",
};
static const struct shape HANDLE_SHAPE = {
    SHAPE_STRING, .min = 1, .pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]+$"};
static const struct shape PARTICIPANTS_SHAPE = {SHAPE_MAPPING, .key = &LABEL_SHAPE,
                                                .of = &HANDLE_SHAPE, .min = 1,
                                                .max = PARTICIPANTS_MAX};

// As starts_parse and duration_parse read them.
#define DURATION_PATTERN                                                               \
    "(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?([0-9]+us)?$"
static const struct shape STARTS_SHAPE = {
    SHAPE_ANY_OF,
    .choices = SHAPES(
        &(const struct shape){
            SHAPE_STRING, .doc = "A time with an offset.",
            .pattern = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
                       "[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?"
                       "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"},
        &(const struct shape){SHAPE_STRING, .doc = "A time relative to now.",
                              .pattern = "^now($|[+-]" DURATION_PATTERN ")"})};
static const struct shape INTERVAL_SHAPE = {SHAPE_STRING,
                                            .pattern = "^" DURATION_PATTERN};

static const struct shape VARS_SHAPE = {
    SHAPE_MAPPING,
    .of = &(const struct shape){
        SHAPE_ANY_OF, .choices = SHAPES(&TEXT_SHAPE, &NUMBER_SHAPE, &BOOL_SHAPE)}};

static const struct bind_key HEADER_KEYS[] = {
    {"conversation", BIND_STRING, offsetof(struct header_nodes, conversation),
     .required = true, .shape = &FILLED_SHAPE,
     .doc = "The conversation's uuid, or a name that gives one."},
    {"participants", BIND_NODE, offsetof(struct header_nodes, participants),
     .required = true, .shape = &PARTICIPANTS_SHAPE,
     .doc = "Labels and the handles behind them."},
    {"starts_at", BIND_STRING, offsetof(struct header_nodes, starts_at),
     .shape = &STARTS_SHAPE,
     .doc = "The first message's time: with an offset, or relative (now-1d)."},
    {"interval", BIND_STRING, offsetof(struct header_nodes, interval),
     .shape = &INTERVAL_SHAPE,
     .doc = "From one message to the next; 1m unless said otherwise."},
    {"continuation", BIND_ENUM, offsetof(struct header_nodes, continuation),
     .names = CONTINUATION_NAMES,
     .doc = "join: lines without a label belong to the message before; join-all: also "
            "those that look as if somebody spoke."},
    {"vars", BIND_NODE, offsetof(struct header_nodes, vars), .shape = &VARS_SHAPE,
     .doc = "Values for ${conversation.vars.NAME}."},
};

static const struct bind_record HEADER_RECORD = {
    "the header", HEADER_KEYS, sizeof HEADER_KEYS / sizeof HEADER_KEYS[0],
    offsetof(struct header_nodes, node)};

const struct shape HEADER_SHAPE = {SHAPE_RECORD, .record = &HEADER_RECORD};

static void read_conversation(struct header *out, const struct bind_string *text)
{
    out->span = text->node->span;
    if (uuid_parse(&out->uuid, text->text)) {
        return;
    }
    out->name = text->text;
    out->uuid = uuid_v5(&UUID_CONVERSATION_NAMESPACE, text->text);
}

const char *header_label_fault(struct str label)
{
    if (label.len == 0) {
        return "is empty";
    }
    if (label.len > LABEL_MAX_BYTES) {
        return "is longer than 255 bytes";
    }
    if (label.at[0] == ' ' || label.at[0] == '\t' || label.at[label.len - 1] == ' ') {
        return "begins or ends with a blank";
    }
    if (label.at[0] == '[') {
        return "begins with '[', which begins a time";
    }
    if (str_starts(label, STR("---"))) {
        return "begins like the line that begins a header";
    }
    if (str_find(label, STR(": ")) < label.len) {
        return "holds a colon and a blank, which end a label";
    }
    if (utf8_find_control(label) < label.len) {
        return "holds a control character";
    }
    return NULL;
}

static bool read_participant(struct participant *out, const struct node_pair *pair,
                             struct diags *diags)
{
    out->label = pair->key->text;
    out->label_span = pair->key->span;
    const char *fault = header_label_fault(out->label);
    if (fault != NULL) {
        diag_add(diags, DIAG_PARTICIPANT, out->label_span, "label %s %s",
                 diag_quote(diags, out->label), fault);
        return false;
    }
    const struct node *handle = pair->value;
    if (handle->poisoned) {
        return false;
    }
    if (handle->kind != NODE_SCALAR || node_type(handle) != NODE_S ||
        handle->text.len == 0) {
        struct diag *diag =
            diag_add(diags, DIAG_PARTICIPANT, handle->span,
                     "a participant is a handle, and this is %s",
                     handle->kind == NODE_SCALAR && handle->text.len == 0
                         ? "empty"
                         : node_describe(handle));
        if (handle->kind == NODE_SCALAR && handle->text.len > 0) {
            diag_help(diags, diag, "put it in quotes");
        }
        return false;
    }
    if (!bind_check_control(handle, diags)) {
        return false;
    }
    out->handle = handle->text;
    out->handle_span = handle->span;
    return true;
}

static bool check_handle_once(const struct header *header,
                              const struct participant *person, struct map *handles,
                              struct diags *diags)
{
    bool added = false;
    struct map_entry *entry = map_add(handles, person->handle, &added);
    if (added) {
        entry->value = header->participants + person->index;
        return true;
    }
    const struct participant *first = entry->value;
    struct diag *diag = diag_add(diags, DIAG_PARTICIPANT, person->handle_span,
                                 "handle %s stands behind two labels",
                                 diag_quote(diags, person->handle));
    diag_related(diags, diag, first->handle_span, "first here");
    return false;
}

static bool read_participants(struct header *out, const struct node *node,
                              struct arena *arena, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING || node->count == 0 ||
        node->count > PARTICIPANTS_MAX) {
        diag_add(diags, DIAG_PARTICIPANT, node->span,
                 "'participants' must be a mapping of 1 to %d labels to handles",
                 PARTICIPANTS_MAX);
        return false;
    }
    struct map handles;
    map_init(&handles, arena);
    map_init(&out->by_label, arena);
    out->participants = arena_array(arena, node->count, sizeof *out->participants);
    out->labels = arena_array(arena, node->count, sizeof *out->labels);
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        struct participant *person = &out->participants[out->participant_count];
        person->index = out->participant_count;
        if (!read_participant(person, &node->pairs[i], diags) ||
            !check_handle_once(out, person, &handles, diags)) {
            ok = false;
            continue;
        }
        map_add(&out->by_label, person->label, NULL)->value = person;
        out->labels[out->participant_count++] = person->label;
    }
    out->labels_read = ok;
    return ok;
}

bool starts_parse(enum starts_kind *kind, instant_us *value, struct str text,
                  const char **why)
{
    if (!str_starts(text, STR("now"))) {
        *kind = STARTS_AT;
        return instant_parse(value, text, why);
    }
    *kind = STARTS_RELATIVE;
    *value = 0;
    struct str rest = str_skip(text, 3);
    if (rest.len == 0) {
        return true;
    }
    *why = "a relative time is now, now-1d or now+1h";
    if (rest.at[0] != '-' && rest.at[0] != '+') {
        return false;
    }
    instant_us duration = 0;
    if (!duration_parse(&duration, str_skip(rest, 1), why)) {
        return false;
    }
    *value = rest.at[0] == '-' ? -duration : duration;
    return true;
}

static bool read_times(struct header *out, const struct header_nodes *nodes,
                       struct diags *diags)
{
    const char *why = NULL;
    bool ok = true;
    if (nodes->starts_at.node != NULL) {
        out->starts_span = nodes->starts_at.node->span;
        if (!starts_parse(&out->starts, &out->starts_at, nodes->starts_at.text, &why)) {
            diag_add(diags, DIAG_TIME, out->starts_span, "%s is no time: %s",
                     diag_quote(diags, nodes->starts_at.text), why);
            ok = false;
        }
    }
    out->interval = INTERVAL_DEFAULT;
    if (nodes->interval.node != NULL) {
        if (!duration_parse(&out->interval, nodes->interval.text, &why)) {
            diag_add(diags, DIAG_TIME, nodes->interval.node->span,
                     "%s is no duration: %s", diag_quote(diags, nodes->interval.text),
                     why);
            ok = false;
        } else if (out->interval <= 0) {
            diag_add(diags, DIAG_TIME, nodes->interval.node->span,
                     "the interval must be longer than nothing");
            ok = false;
        }
    }
    return ok;
}

static bool read_vars(struct header *out, const struct node *node, struct arena *arena,
                      struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "'vars' must be a mapping from names to values, and is %s",
                 node_describe(node));
        return false;
    }
    out->vars = arena_array(arena, node->count, sizeof *out->vars);
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        const struct node_pair *pair = &node->pairs[i];
        struct value *value = value_read(pair->value, false, arena, diags);
        if (value == NULL) {
            ok = false;
            continue;
        }
        if (value->type != VALUE_S && value->type != VALUE_N &&
            value->type != VALUE_BOOL) {
            diag_add(diags, DIAG_WRONG_TYPE, pair->value->span,
                     "variable %s must be a string, a number, true or false",
                     diag_quote(diags, pair->key->text));
            ok = false;
        }
        out->vars[out->var_count++] =
            (struct value_entry){pair->key->text, pair->key->span, value};
    }
    return ok;
}

bool header_is_foreign(const struct node *root)
{
    struct str names[sizeof HEADER_KEYS / sizeof HEADER_KEYS[0]];
    for (size_t i = 0; i < HEADER_RECORD.count; i++) {
        names[i] = str_from(HEADER_KEYS[i].name);
    }
    bool foreign = root->kind == NODE_MAPPING && root->count > 0;
    for (size_t i = 0; foreign && i < root->count; i++) {
        foreign = str_nearest(root->pairs[i].key->text, names, HEADER_RECORD.count) ==
                  HEADER_RECORD.count;
    }
    return foreign;
}

bool header_read(struct header *out, const struct node *root, struct arena *arena,
                 struct diags *diags)
{
    struct header_nodes bound = {0};
    *out = (struct header){.interval = INTERVAL_DEFAULT};
    bool ok = bind_read(&bound, &HEADER_RECORD, root, diags);
    if (bound.conversation.node != NULL) {
        read_conversation(out, &bound.conversation);
    }
    if (bound.participants != NULL) {
        ok = read_participants(out, bound.participants, arena, diags) && ok;
    }
    ok = read_times(out, &bound, diags) && ok;
    // Joining is all that it can mean, so a wrong word says nothing about the lines.
    out->join = node_find(root, "continuation") != NULL;
    out->join_all = out->join && (bound.continuation.node == NULL ||
                                  bound.continuation.value == CONTINUATION_JOIN_ALL);
    if (bound.vars != NULL) {
        ok = read_vars(out, bound.vars, arena, diags) && ok;
    }
    return ok;
}
