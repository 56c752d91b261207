// Templates: text enters, literal parts and typed expressions leave.
//
// Paths and filters are rows of tables; what a path may begin with is the scope's.
#include "template.h"

#include "ascii.h"
#include "instant.h"

#include <string.h>

struct parser {
    struct str text;
    size_t at;
    struct span span;
    struct span text_span;
    const struct scope *scope;
    struct arena *arena;
    struct diags *diags;
};

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
#define PARAMETERS_TOLD 16  // of a pattern, in help
#define PARAMETERS_NAMED 16 // in "did you mean"

#define TAKES(type) (1U << (type))
#define TAKES_TEXT (TAKES(TYPE_STRING) | TAKES(TYPE_UUID) | TAKES(TYPE_ANY))
#define TAKES_TIME (TAKES(TYPE_TIME) | TAKES(TYPE_ANY))

static const struct filter_row {
    const char *name;
    enum filter_kind kind;
    unsigned takes; // bits of enum text_type
    enum text_type gives;
    const char *wants; // for messages
} FILTERS[] = {
    {"lower", FILTER_LOWER, TAKES_TEXT, TYPE_STRING, "text"},
    {"upper", FILTER_UPPER, TAKES_TEXT, TYPE_STRING, "text"},
    {"trim", FILTER_TRIM, TAKES_TEXT, TYPE_STRING, "text"},
    {"pad", FILTER_PAD, TAKES_TEXT | TAKES(TYPE_NUMBER), TYPE_STRING,
     "text or a number"},
    {"date", FILTER_DATE, TAKES_TIME, TYPE_STRING, "a time"},
    {"epoch", FILTER_EPOCH, TAKES_TIME, TYPE_NUMBER, "a time"},
    {"time", FILTER_TIME, TAKES_TIME, TYPE_TIME, "a time"},
    {"uuid5", FILTER_UUID5, TAKES_TEXT | TAKES(TYPE_NUMBER), TYPE_UUID,
     "text or a number"},
};
#define FILTER_COUNT (sizeof FILTERS / sizeof FILTERS[0])

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

// The place of text[from, to) if the text stands in the file as it is, else the
// value's.
static struct span place(const struct parser *parser, size_t from, size_t to)
{
    if (parser->text_span.source == NULL) {
        return parser->span;
    }
    struct span span = parser->text_span;
    span.column += (uint32_t)from;
    span.length = SPAN_LENGTH(to - from);
    return span;
}

static bool is_word(char c)
{
    return ascii_is_alnum(c) || c == '_' || c == '-' || (unsigned char)c >= 0x80;
}

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

static bool is_in_scope(const struct parser *parser, const struct path_row *row)
{
    return (parser->scope->subjects >> row->subject & 1U) != 0;
}

// Names that may be meant by a part of a path, each once.
struct part_names {
    struct str at[PATH_COUNT + PARAMETERS_TOLD];
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
static void find_parts(struct part_names *out, const struct parser *parser,
                       struct str before)
{
    out->count = 0;
    for (size_t i = 0; i < PATH_COUNT; i++) {
        struct str row = str_from(PATHS[i].path);
        if (!is_in_scope(parser, &PATHS[i]) || !str_starts(row, before)) {
            continue;
        }
        struct str rest = str_skip(row, before.len);
        struct str part = {rest.at, str_find_char(rest, '.')};
        if (part.len > 0 && part.at[0] != '*') {
            add_name(out, part);
        }
    }
    for (size_t i = 0; before.len == 0 && i < parser->scope->parameter_count; i++) {
        if (i < PARAMETERS_TOLD) {
            add_name(out, parser->scope->parameters[i].name);
        }
    }
}

// Whether a path without a name of the user's leads somewhere.
static bool is_path(const struct parser *parser, struct str path)
{
    for (size_t i = 0; i < PATH_COUNT; i++) {
        if (is_in_scope(parser, &PATHS[i]) && str_is(path, PATHS[i].path)) {
            return true;
        }
    }
    return false;
}

// The first part of the path that leads nowhere, and what is near it.
static bool help_part(struct parser *parser, struct diag *diag, struct str path)
{
    struct part_names names;
    for (size_t from = 0; from < path.len;) {
        struct str before = {path.at, from};
        struct str rest = str_skip(path, from);
        struct str part = {rest.at, str_find_char(rest, '.')};
        find_parts(&names, parser, before);
        size_t same = 0;
        while (same < names.count && !str_eq(names.at[same], part)) {
            same++;
        }
        if (same == names.count) {
            size_t nearest = str_nearest_within(part, names.at, names.count,
                                                &parser->diags->nearest_work);
            if (nearest < names.count) {
                struct str meant =
                    arena_printf(parser->arena, "%.*s%.*s", STR_ARG(before),
                                 STR_ARG(names.at[nearest]));
                struct str whole =
                    arena_printf(parser->arena, "%.*s%.*s", STR_ARG(meant),
                                 STR_ARG(str_skip(rest, part.len)));
                diag_help(parser->diags, diag, "did you mean '%.*s'?",
                          STR_ARG(is_path(parser, whole) ? whole : meant));
            }
            return nearest < names.count;
        }
        from += part.len + 1;
    }
    return false;
}

static void report_path(struct parser *parser, struct str path, struct span span)
{
    if (parser->scope->parameters_broken) {
        return; // it may be one of those that could not be read
    }
    struct diag *diag =
        diag_add(parser->diags, DIAG_EXPRESSION_PATH, span, "%s leads nowhere in %s",
                 diag_quote(parser->diags, path), parser->scope->what);
    struct str name;
    for (size_t i = 0; i < PATH_COUNT; i++) {
        if (path_matches(&PATHS[i], path, &name)) {
            diag_help(parser->diags, diag, "it exists, but not in %s",
                      parser->scope->what);
            return;
        }
    }
    struct str names[PATH_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < PATH_COUNT; i++) {
        struct str row = str_from(PATHS[i].path);
        if (is_in_scope(parser, &PATHS[i]) && !str_ends(row, STR("*"))) {
            names[count++] = row;
        }
    }
    if (help_part(parser, diag, path)) {
        return;
    }
    size_t nearest =
        str_nearest_within(path, names, count, &parser->diags->nearest_work);
    if (nearest < count) {
        diag_help(parser->diags, diag, "did you mean '%.*s'?", STR_ARG(names[nearest]));
    } else {
        struct part_names first;
        find_parts(&first, parser, (struct str){0});
        diag_help_nearest(parser->diags, diag, (struct str){0}, first.at, first.count);
    }
}

static bool resolve_parameter(struct parser *parser, struct str path, struct expr *out)
{
    size_t dot = str_find_char(path, '.');
    struct str first = {path.at, dot};
    for (size_t i = 0; i < parser->scope->parameter_count; i++) {
        const struct parameter *parameter = &parser->scope->parameters[i];
        if (!str_eq(parameter->name, first)) {
            continue;
        }
        out->subject = SUBJECT_PARAMETER;
        out->parameter = i;
        out->field = FIELD_PARAMETER;
        out->type = parameter->type == PARAMETER_NUMBER ? TYPE_NUMBER
                    : parameter->type == PARAMETER_UUID ? TYPE_UUID
                                                        : TYPE_STRING;
        if (dot == path.len) {
            return true;
        }
        out->field = FIELD_COLUMN;
        out->name = str_skip(path, dot + 1);
        return parameter->type == PARAMETER_HANDLE && out->name.len > 0;
    }
    return false;
}

static bool resolve_path(struct parser *parser, struct str path, struct span span,
                         struct expr *out)
{
    if (resolve_parameter(parser, path, out)) {
        return true;
    }
    for (size_t i = 0; i < PATH_COUNT; i++) {
        const struct path_row *row = &PATHS[i];
        if ((parser->scope->subjects >> row->subject & 1U) != 0 &&
            path_matches(row, path, &out->name)) {
            out->subject = row->subject;
            out->field = row->field;
            out->type = row->type;
            return true;
        }
    }
    if (str_starts(path, STR("env."))) {
        diag_add(parser->diags, DIAG_ENV_NOT_ALLOWED, span,
                 "the environment is not allowed here");
        return false;
    }
    report_path(parser, path, span);
    return false;
}

static bool parse_width(unsigned *out, struct str text)
{
    unsigned width = 0;
    if (text.len == 0 || text.len > 3) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
        width = width * 10 + (unsigned)(text.at[i] - '0');
    }
    *out = width;
    return width >= 1 && width <= PAD_MAX_WIDTH;
}

static bool is_quoted(struct str text)
{
    return text.len >= 2 && (text.at[0] == '\'' || text.at[0] == '"') &&
           text.at[text.len - 1] == text.at[0];
}

// The argument between the parentheses; text without them has none.
static bool read_argument(struct parser *parser, struct filter *out,
                          struct str argument, bool given, struct span span)
{
    const char *fault = NULL;
    switch (out->kind) {
    case FILTER_PAD:
        if (!given || !parse_width(&out->width, str_trim(argument))) {
            fault = "pad takes a width of 1 to 64: pad(6)";
        }
        break;
    case FILTER_DATE: {
        struct str format = str_trim(argument);
        if (!given || !is_quoted(format)) {
            fault = "date takes a quoted format: date('%Y-%m')";
            break;
        }
        out->format = (struct str){format.at + 1, format.len - 2};
        if (!instant_strftime(NULL, 0, out->format)) {
            fault = "date knows %Y %m %d %H %M %S %j %F %T and %%";
        }
        break;
    }
    case FILTER_LOWER:
    case FILTER_UPPER:
    case FILTER_TRIM:
    case FILTER_EPOCH:
    case FILTER_UUID5:
    case FILTER_TIME:
    default:
        if (given) {
            fault = "this filter takes no argument";
        }
        break;
    }
    if (fault != NULL) {
        diag_add(parser->diags, DIAG_EXPRESSION_FILTER, span, "%s", fault);
    }
    return fault == NULL;
}

static const struct filter_row *find_filter(struct parser *parser, struct str name,
                                            struct span span)
{
    struct str names[FILTER_COUNT];
    for (size_t i = 0; i < FILTER_COUNT; i++) {
        names[i] = str_from(FILTERS[i].name);
        if (str_eq(name, names[i])) {
            return &FILTERS[i];
        }
    }
    struct diag *diag = diag_add(parser->diags, DIAG_EXPRESSION_FILTER, span,
                                 "unknown filter %s", diag_quote(parser->diags, name));
    diag_help_nearest(parser->diags, diag, name, names, FILTER_COUNT);
    return NULL;
}

static const char *type_name(enum text_type type)
{
    static const char *const NAMES[] = {"text", "a uuid", "a time", "a number",
                                        "of any type"};
    return NAMES[type];
}

static bool parse_filter(struct parser *parser, struct expr *expr, size_t from,
                         size_t to)
{
    struct str text = str_trim(str_slice(parser->text.at + from, parser->text.at + to));
    size_t at = text.len > 0 ? (size_t)(text.at - parser->text.at) : from;
    struct span span = place(parser, at, at + text.len);
    size_t open = str_find_char(text, '(');
    bool given = open < text.len;
    if (given && text.at[text.len - 1] != ')') {
        diag_add(parser->diags, DIAG_EXPRESSION_SYNTAX, span,
                 "the filter's ')' is missing");
        return false;
    }
    const struct filter_row *row =
        find_filter(parser, str_trim((struct str){text.at, open}), span);
    if (row == NULL) {
        return false;
    }
    if (expr->filter_count == EXPR_MAX_FILTERS) {
        diag_add(parser->diags, DIAG_EXPRESSION_FILTER, span, "more than %d filters",
                 EXPR_MAX_FILTERS);
        return false;
    }
    if ((row->takes >> expr->type & 1U) == 0) {
        diag_add(parser->diags, DIAG_EXPRESSION_FILTER, span,
                 "%s takes %s, and this is %s", row->name, row->wants,
                 type_name(expr->type));
        return false;
    }
    struct filter *filter = &expr->filters[expr->filter_count++];
    filter->kind = row->kind;
    expr->type = row->gives;
    struct str argument =
        given ? (struct str){text.at + open + 1, text.len - open - 2} : (struct str){0};
    return read_argument(parser, filter, argument, given, span);
}

// The next '|' outside quotes in [from, to), or to.
static size_t find_pipe(struct str text, size_t from, size_t to)
{
    char quote = 0;
    for (size_t i = from; i < to; i++) {
        char c = text.at[i];
        if (quote != 0) {
            quote = c == quote ? 0 : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '|') {
            return i;
        }
    }
    return to;
}

// What a header, a row or somebody's record may lack. Nobody lacks a handle.
static bool may_be_missing(const struct expr *expr)
{
    return expr->field == FIELD_ROW || expr->field == FIELD_VAR ||
           (expr->field == FIELD_COLUMN && expr->subject != SUBJECT_PARAMETER &&
            !str_is(expr->name, "handle"));
}

// [from, to) is what stands between ${ and }.
static const struct expr *parse_expr(struct parser *parser, size_t from, size_t to)
{
    struct expr *expr = arena_alloc(parser->arena, sizeof *expr);
    expr->span = place(parser, from - 2, to + 1);
    size_t pipe = find_pipe(parser->text, from, to);
    struct str path =
        str_trim(str_slice(parser->text.at + from, parser->text.at + pipe));
    size_t path_at = path.len > 0 ? (size_t)(path.at - parser->text.at) : from;
    struct span span = place(parser, path_at, path_at + path.len);
    bool optional = path.len > 0 && path.at[path.len - 1] == '?';
    path.len -= optional ? 1 : 0;
    bool legal = path.len > 0;
    for (size_t i = 0; i < path.len; i++) {
        legal = legal && (is_word(path.at[i]) || path.at[i] == '.');
    }
    if (!legal) {
        diag_add(parser->diags, DIAG_EXPRESSION_SYNTAX, span,
                 "%s is no path: a path is words with dots between them",
                 diag_quote(parser->diags, path));
        return NULL;
    }
    if (!resolve_path(parser, path, span, expr)) {
        return NULL;
    }
    if (optional && !may_be_missing(expr)) {
        struct diag *diag = diag_add(parser->diags, DIAG_EXPRESSION_SYNTAX, span,
                                     "%s is always there: it cannot be optional",
                                     diag_quote(parser->diags, path));
        diag_help(parser->diags, diag,
                  "variables, rows' columns and people's columns can be");
        return NULL;
    }
    expr->optional = optional;
    while (pipe < to) {
        size_t next = find_pipe(parser->text, pipe + 1, to);
        if (!parse_filter(parser, expr, pipe + 1, next)) {
            return NULL;
        }
        pipe = next;
    }
    return expr;
}

size_t template_find_close(struct str text, size_t from)
{
    char quote = 0;
    for (size_t i = from; i < text.len; i++) {
        char c = text.at[i];
        if (quote != 0) {
            quote = c == quote ? 0 : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '}') {
            return i;
        }
    }
    return text.len;
}

// The text of ${'...'} or ${"..."} that stands at `at`; what is behind it in *end.
// False: another expression stands there.
static bool find_quoted(struct str text, size_t at, struct str *quoted, size_t *end)
{
    size_t close = template_find_close(text, at + 2);
    if (close == text.len) {
        return false;
    }
    struct str inner = str_trim(str_slice(text.at + at + 2, text.at + close));
    if (!is_quoted(inner) ||
        str_find_char(str_skip(inner, 1), inner.at[0]) != inner.len - 2) {
        return false;
    }
    *quoted = (struct str){inner.at + 1, inner.len - 2};
    *end = close + 1;
    return true;
}

// One step through literal text: how much of text it takes at `at`, and in *piece what
// it gives: ${ of $${, the text of ${'text'}, else one byte. 0: an expression, or the
// end.
static size_t take_literal(struct str text, size_t at, struct str *piece)
{
    struct str rest = str_skip(text, at);
    size_t end = 0;
    if (str_starts(rest, STR("$${"))) {
        *piece = (struct str){rest.at + 1, 2};
        return 3;
    }
    if (str_starts(rest, STR("${"))) {
        return find_quoted(text, at, piece, &end) ? end - at : 0;
    }
    *piece = (struct str){rest.at, rest.len > 0 ? 1 : 0};
    return piece->len;
}

// Literal text up to the next expression.
static struct str parse_literal(struct parser *parser)
{
    struct str piece = {0};
    size_t len = 0;
    size_t end = parser->at;
    for (size_t took; (took = take_literal(parser->text, end, &piece)) > 0;
         end += took) {
        len += piece.len;
    }
    char *out = arena_alloc(parser->arena, len);
    size_t at = 0;
    while (parser->at < end) {
        parser->at += take_literal(parser->text, parser->at, &piece);
        memcpy(out + at, piece.at, piece.len);
        at += piece.len;
    }
    return (struct str){out, len};
}

// Whether one more part, at [from, to), is not too much; said once for each template,
// and once for all expressions of a definition.
static bool check_room(const struct parser *parser, size_t parts, bool expr,
                       size_t from, size_t to)
{
    size_t *exprs = expr ? parser->scope->exprs : NULL;
    if (parts >= TEMPLATE_MAX_PARTS) {
        struct diag *diag =
            diag_add(parser->diags, DIAG_EXPRESSION_LIMIT, place(parser, from, to),
                     "the text has more than %d parts", TEMPLATE_MAX_PARTS);
        diag_help(parser->diags, diag,
                  "each ${...} is one, and each text between them");
        return false;
    }
    if (exprs != NULL && *exprs >= DEFINITION_MAX_EXPRS) {
        if ((*exprs)++ == DEFINITION_MAX_EXPRS) {
            diag_add(parser->diags, DIAG_EXPRESSION_LIMIT, place(parser, from, to),
                     "the definition has more than %u expressions",
                     DEFINITION_MAX_EXPRS);
        }
        return false;
    }
    if (exprs != NULL) {
        (*exprs)++;
    }
    return true;
}

// The expression whose "${" stands at parser->at. False: what follows is not looked at.
static bool take_expr(struct parser *parser, struct template_part *out, size_t parts,
                      bool *ok)
{
    size_t from = parser->at;
    size_t close = template_find_close(parser->text, from + 2);
    if (close == parser->text.len) {
        struct diag *diag =
            diag_add(parser->diags, DIAG_EXPRESSION_SYNTAX,
                     place(parser, from, parser->text.len), "this ${ has no }");
        diag_help(parser->diags, diag, "a literal ${ is written $${");
        return false;
    }
    if (!check_room(parser, parts, true, from, close + 1)) {
        return false;
    }
    out->expr = parse_expr(parser, from + 2, close);
    *ok = out->expr != NULL && *ok;
    parser->at = close + 1;
    return true;
}

bool template_parse(struct template *out, struct str text, struct span span,
                    struct span text_span, const struct scope *scope,
                    struct arena *arena, struct diags *diags)
{
    struct parser parser = {text, 0, span, text_span, scope, arena, diags};
    struct template_part *parts = NULL;
    size_t cap = 0;
    size_t count = 0;
    bool ok = true;
    while (parser.at < text.len) {
        parts = arena_grow(arena, parts, count, count + 2, &cap, sizeof *parts);
        size_t from = parser.at;
        struct str literal = parse_literal(&parser);
        if (literal.len > 0) {
            if (!check_room(&parser, count, false, from, parser.at)) {
                return false;
            }
            parts[count++] = (struct template_part){.literal = literal};
        }
        if (parser.at == text.len) {
            break;
        }
        if (!take_expr(&parser, &parts[count], count, &ok)) {
            return false;
        }
        count++;
    }
    *out = (struct template){.parts = parts, .count = count, .span = span};
    return ok;
}

const struct expr *template_single(const struct template *template)
{
    return template->count == 1 && !template->is_text ? template->parts[0].expr : NULL;
}

bool template_is_optional(const struct template *template)
{
    for (size_t i = 0; i < template->count; i++) {
        const struct expr *expr = template->parts[i].expr;
        if (expr != NULL && expr->optional) {
            return true;
        }
    }
    return false;
}

struct str template_prefix(const struct template *template)
{
    return template->count > 0 ? template->parts[0].literal : (struct str){0};
}

static bool keeps_distinct(const struct expr *expr)
{
    for (size_t i = 0; i < expr->filter_count; i++) {
        if (expr->filters[i].kind != FILTER_PAD) {
            return false;
        }
    }
    return true;
}

// Literals, uuids, times, and what pad and date give take the same bytes in every item.
static bool is_fixed_width(const struct template_part *part)
{
    const struct expr *expr = part->expr;
    if (expr == NULL) {
        return true;
    }
    if (expr->filter_count == 0) {
        return expr->type == TYPE_UUID ? expr->subject != SUBJECT_PARAMETER
                                       : expr->type == TYPE_TIME;
    }
    switch (expr->filters[expr->filter_count - 1].kind) {
    case FILTER_PAD: // of ASCII digits: a text may hold wider characters
        return expr->field == FIELD_INDEX || expr->field == FIELD_NUMBER;
    case FILTER_DATE:
    case FILTER_TIME:
    case FILTER_UUID5:
        return true;
    case FILTER_LOWER:
    case FILTER_UPPER:
    case FILTER_TRIM:
    case FILTER_EPOCH:
    default:
        return false;
    }
}

static bool are_fixed_width(const struct template *template, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (!is_fixed_width(&template->parts[i])) {
            return false;
        }
    }
    return true;
}

// Digits end where a literal begins with something else.
static bool ends_digits(const struct template *template, size_t next)
{
    if (next == template->count) {
        return true;
    }
    struct str literal = template->parts[next].literal;
    return literal.len > 0 && (literal.at[0] < '0' || literal.at[0] > '9');
}

// Whether part i of the text can be told from the text.
static bool is_decodable(const struct template *template, size_t i)
{
    bool before = are_fixed_width(template, 0, i);
    bool after = are_fixed_width(template, i + 1, template->count);
    if (is_fixed_width(&template->parts[i])) {
        return before || after;
    }
    bool digits = template->parts[i].expr->type == TYPE_NUMBER;
    return before && (after || (digits && ends_digits(template, i + 1)));
}

bool template_keeps(const struct template *template, enum subject subject,
                    enum field field)
{
    for (size_t i = 0; i < template->count; i++) {
        const struct expr *expr = template->parts[i].expr;
        if (expr != NULL && expr->subject == subject && expr->field == field &&
            keeps_distinct(expr) && is_decodable(template, i)) {
            return true;
        }
    }
    return false;
}

bool template_reads(const struct template *template, enum subject subject,
                    enum field field)
{
    for (size_t i = 0; i < template->count; i++) {
        const struct expr *expr = template->parts[i].expr;
        if (expr != NULL && expr->subject == subject && expr->field == field) {
            return true;
        }
    }
    return false;
}
