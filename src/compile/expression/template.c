// Templates: text enters, literal parts and typed expressions leave.
//
// Filters are rows of a table; what a path reads is the scope's to say (scope.c).
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

#define TAKES(type) (1U << (type))
#define TAKES_TEXT (TAKES(TYPE_STRING) | TAKES(TYPE_UUID) | TAKES(TYPE_ANY))
#define TAKES_TIME (TAKES(TYPE_TIME) | TAKES(TYPE_ANY))

enum filter_argument {
    ARGUMENT_NONE,
    ARGUMENT_WIDTH,
    ARGUMENT_FORMAT, // of a time, quoted
};

static const struct filter_row {
    const char *name;
    unsigned takes; // bits of enum text_type
    enum text_type gives;
    const char *wants; // for messages
    enum filter_argument argument;
} FILTERS[] = {
    [FILTER_LOWER] = {"lower", TAKES_TEXT, TYPE_STRING, "text", ARGUMENT_NONE},
    [FILTER_UPPER] = {"upper", TAKES_TEXT, TYPE_STRING, "text", ARGUMENT_NONE},
    [FILTER_TRIM] = {"trim", TAKES_TEXT, TYPE_STRING, "text", ARGUMENT_NONE},
    [FILTER_PAD] = {"pad", TAKES_TEXT | TAKES(TYPE_NUMBER), TYPE_STRING,
                    "text or a number", ARGUMENT_WIDTH},
    [FILTER_DATE] = {"date", TAKES_TIME, TYPE_STRING, "a time", ARGUMENT_FORMAT},
    [FILTER_EPOCH] = {"epoch", TAKES_TIME, TYPE_NUMBER, "a time", ARGUMENT_NONE},
    [FILTER_UUID5] = {"uuid5", TAKES_TEXT | TAKES(TYPE_NUMBER), TYPE_UUID,
                      "text or a number", ARGUMENT_NONE},
    [FILTER_TIME] = {"time", TAKES_TIME, TYPE_TIME, "a time", ARGUMENT_NONE},
};
_Static_assert(sizeof FILTERS / sizeof FILTERS[0] == FILTER_KINDS, "a row for each");

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

static const char *read_format(struct filter *out, struct str format)
{
    if (!is_quoted(format)) {
        return "date takes a quoted format: date('%Y-%m')";
    }
    out->format = (struct str){format.at + 1, format.len - 2};
    return instant_strftime(NULL, 0, out->format)
               ? NULL
               : "date knows %Y %m %d %H %M %S %j %F %T and %%";
}

// The argument between the parentheses, or without them nothing. NULL, or what is wrong
// with it.
static const char *argument_fault(struct filter *out, struct str argument, bool given)
{
    switch (FILTERS[out->kind].argument) {
    case ARGUMENT_WIDTH:
        return given && parse_width(&out->width, argument)
                   ? NULL
                   : "pad takes a width of 1 to 64: pad(6)";
    case ARGUMENT_FORMAT:
        return read_format(out, argument);
    case ARGUMENT_NONE:
    default:
        return given ? "this filter takes no argument" : NULL;
    }
}

static bool read_argument(struct parser *parser, struct filter *out,
                          struct str argument, bool given, struct span span)
{
    const char *fault = argument_fault(out, str_trim(argument), given);
    if (fault != NULL) {
        diag_add(parser->diags, DIAG_EXPRESSION_FILTER, span, "%s", fault);
    }
    return fault == NULL;
}

static const struct filter_row *find_filter(struct parser *parser, struct str name,
                                            struct span span)
{
    struct str names[FILTER_KINDS];
    for (size_t i = 0; i < FILTER_KINDS; i++) {
        names[i] = str_from(FILTERS[i].name);
        if (str_eq(name, names[i])) {
            return &FILTERS[i];
        }
    }
    struct diag *diag = diag_add(parser->diags, DIAG_EXPRESSION_FILTER, span,
                                 "unknown filter %s", diag_quote(parser->diags, name));
    diag_help_nearest(parser->diags, diag, name, names, FILTER_KINDS);
    return NULL;
}

static const char *type_name(enum text_type type)
{
    static const char *const NAMES[] = {"text",        "a uuid", "a time",   "a number",
                                        "of any type", "binary", "a boolean"};
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
    filter->kind = (enum filter_kind)(row - FILTERS);
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
    if (!scope_resolve(expr, path, span, parser->scope, parser->arena, parser->diags)) {
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
