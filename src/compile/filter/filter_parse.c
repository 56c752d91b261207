// FilterExpression: text enters, a tree of tests leaves. The grammar is DynamoDB's, with
// values in place; what operands may be is filter_check.c's.
#include "ascii.h"
#include "filter.h"
#include "filter_lex.h"
#include "path_read.h"
#include "template_facts.h"

#define MAX_DEPTH FILTER_MAX_OPERATORS

struct filter_parser {
    struct filter_lexer lexer;
    const struct filter_scope *scope;
    struct filter_expression *out;
    size_t slot_cap;
    size_t path_cap;
    unsigned depth; // of parentheses and NOTs
};

// A part of a filter: a test, or an operand that none of them has yet.
struct part {
    const struct filter_node *node;
    const struct filter_operand *operand; // or NULL
    bool wrapped;                         // it stands in parentheses
    struct span span;
};

enum function_kind {
    FUNCTION_TEST,
    FUNCTION_SIZE,
};

static const struct function_row {
    const char *name;
    enum filter_test test;
    size_t operands;
    enum function_kind kind;
} FUNCTIONS[] = {
    {"attribute_exists", TEST_EXISTS, 1, FUNCTION_TEST},
    {"attribute_not_exists", TEST_NOT_EXISTS, 1, FUNCTION_TEST},
    {"attribute_type", TEST_TYPE, 2, FUNCTION_TEST},
    {"begins_with", TEST_BEGINS_WITH, 2, FUNCTION_TEST},
    {"contains", TEST_CONTAINS, 2, FUNCTION_TEST},
    {"size", TEST_EQ, 1, FUNCTION_SIZE},
};
#define FUNCTION_COUNT (sizeof FUNCTIONS / sizeof FUNCTIONS[0])

const char *filter_test_name(enum filter_test test)
{
    static const char *const NAMES[] = {
        [TEST_OR] = "OR",
        [TEST_AND] = "AND",
        [TEST_NOT] = "NOT",
        [TEST_EQ] = "=",
        [TEST_NE] = "<>",
        [TEST_LT] = "<",
        [TEST_LE] = "<=",
        [TEST_GT] = ">",
        [TEST_GE] = ">=",
        [TEST_BETWEEN] = "BETWEEN",
        [TEST_IN] = "IN",
        [TEST_EXISTS] = "attribute_exists",
        [TEST_NOT_EXISTS] = "attribute_not_exists",
        [TEST_TYPE] = "attribute_type",
        [TEST_BEGINS_WITH] = "begins_with",
        [TEST_CONTAINS] = "contains",
    };
    return NAMES[test];
}

static bool parse_or(struct filter_parser *parser, struct part *out);
static const struct filter_operand *parse_operand(struct filter_parser *parser);

static bool fail_at(struct filter_parser *parser, struct span span, const char *message,
                    const char *help)
{
    if (parser->lexer.token == TOKEN_ERROR) {
        return false; // diagnosed
    }
    struct diag *diag =
        diag_add(parser->lexer.diags, parser->lexer.code, span, "%s", message);
    if (help != NULL) {
        diag_help(parser->lexer.diags, diag, "%s", help);
    }
    parser->lexer.token = TOKEN_ERROR;
    return false;
}

static struct span here(const struct filter_parser *parser)
{
    return filter_lexer_span(&parser->lexer, parser->lexer.from, parser->lexer.to);
}

static bool fail(struct filter_parser *parser, const char *message, const char *help)
{
    return fail_at(parser, here(parser), message, help);
}

static bool expect(struct filter_parser *parser, enum filter_token token,
                   const char *message)
{
    if (parser->lexer.token != token) {
        return fail(parser, message, NULL);
    }
    return filter_lexer_next(&parser->lexer) != TOKEN_ERROR;
}

static bool deepen(struct filter_parser *parser)
{
    return ++parser->depth <= MAX_DEPTH ||
           fail(parser, "the filter is nested too deeply", NULL);
}

// B102.
static bool count_operator(struct filter_parser *parser, struct span span)
{
    if (++parser->out->operators <= FILTER_MAX_OPERATORS) {
        return true;
    }
    if (parser->lexer.token != TOKEN_ERROR) {
        diag_add(parser->lexer.diags, DIAG_FILTER_LIMIT, span,
                 "the filter has more than %d operators", FILTER_MAX_OPERATORS);
        parser->lexer.token = TOKEN_ERROR;
    }
    return false;
}

// ---- operands

static void add_slot(struct filter_parser *parser, struct filter_operand *operand)
{
    struct filter_expression *out = parser->out;
    operand->slot = out->slot_count;
    out->slots = arena_grow(parser->lexer.arena, out->slots, out->slot_count,
                            out->slot_count + 1, &parser->slot_cap,
                            sizeof(struct filter_operand *));
    out->slots[out->slot_count++] = operand;
}

static struct filter_operand *new_operand(struct filter_parser *parser,
                                          enum filter_operand_kind kind)
{
    struct filter_operand *operand = arena_alloc(parser->lexer.arena, sizeof *operand);
    operand->kind = kind;
    operand->span = here(parser);
    return operand;
}

static const struct filter_operand *take_literal(struct filter_parser *parser,
                                                 struct value value)
{
    struct filter_operand *operand = new_operand(parser, OPERAND_LITERAL);
    struct value *literal = arena_alloc(parser->lexer.arena, sizeof *literal);
    *literal = value;
    operand->literal = literal;
    operand->type = value.type;
    add_slot(parser, operand);
    return filter_lexer_next(&parser->lexer) == TOKEN_ERROR ? NULL : operand;
}

static enum value_type type_of(const struct expr *expr)
{
    switch ((int)expr->type) {
    case TYPE_NUMBER:
        return VALUE_N;
    case TYPE_BINARY:
        return VALUE_B;
    case TYPE_BOOLEAN:
        return VALUE_BOOL;
    default:
        return VALUE_S;
    }
}

static const struct filter_operand *take_parameter(struct filter_parser *parser)
{
    struct filter_operand *operand = new_operand(parser, OPERAND_PARAMETER);
    struct template *template = arena_alloc(parser->lexer.arena, sizeof *template);
    struct span text_span = parser->lexer.written->text_span.source == NULL
                                ? (struct span){0}
                                : operand->span;
    const struct scope *scope = parser->scope->scope;
    if (!template_parse(template, parser->lexer.text, operand->span, text_span, scope,
                        parser->lexer.arena, parser->lexer.diags)) {
        parser->lexer.token = TOKEN_ERROR;
        return NULL;
    }
    const struct expr *expr = template_single(template);
    if (expr == NULL) {
        (void)fail(parser, "a value is a parameter, or a literal", "text: 'text'");
        return NULL;
    }
    operand->template = template;
    operand->type = type_of(expr);
    operand->list = scope->parameters[expr->parameter].list;
    add_slot(parser, operand);
    return filter_lexer_next(&parser->lexer) == TOKEN_ERROR ? NULL : operand;
}

// true, false and null, in small letters only; other ones are more likely to be these
// than names.
static bool is_word_literal(struct filter_parser *parser, struct value *out)
{
    struct filter_lexer *lexer = &parser->lexer;
    bool truth = filter_lexer_is(lexer, "TRUE");
    bool nothing = filter_lexer_is(lexer, "NULL");
    if (!truth && !nothing && !filter_lexer_is(lexer, "FALSE")) {
        return false;
    }
    *out = (struct value){.type = nothing ? VALUE_NULL : VALUE_BOOL, .boolean = truth};
    if (!ascii_is_lower(lexer->text.at[0]) ||
        !ascii_is_lower(lexer->text.at[lexer->text.len - 1])) {
        (void)fail(parser, "true, false and null are written in small letters",
                   "a name like that stands in backquotes");
    }
    return true;
}

static bool is_keyword(const struct filter_lexer *lexer)
{
    static const char *const WORDS[] = {"AND", "OR", "NOT", "IN", "BETWEEN"};
    bool is = false;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        is = is || filter_lexer_is(lexer, WORDS[i]);
    }
    return is;
}

static const struct filter_operand *finish_path(struct filter_parser *parser,
                                                struct filter_operand *operand)
{
    struct filter_expression *out = parser->out;
    out->paths = arena_grow(parser->lexer.arena, out->paths, out->path_count,
                            out->path_count + 1, &parser->path_cap,
                            sizeof(struct filter_operand *));
    out->paths[out->path_count++] = operand;
    operand->span = operand->path.span;
    return operand;
}

static const struct filter_operand *take_path(struct filter_parser *parser)
{
    struct filter_operand *operand = new_operand(parser, OPERAND_PATH);
    if (is_keyword(&parser->lexer)) {
        (void)fail(parser, "an operand is expected here",
                   "a name like that stands in backquotes");
        return NULL;
    }
    return path_read(&operand->path, &parser->lexer) ? finish_path(parser, operand)
                                                     : NULL;
}

static const struct function_row *find_function(struct filter_parser *parser,
                                                struct str name, struct span span)
{
    struct str names[FUNCTION_COUNT];
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        names[i] = str_from(FUNCTIONS[i].name);
        if (str_eq(names[i], name)) {
            return &FUNCTIONS[i];
        }
    }
    struct diags *diags = parser->lexer.diags;
    struct diag *diag = diag_add(diags, parser->lexer.code, span, "unknown function %s",
                                 diag_quote(diags, name));
    diag_help_nearest(diags, diag, name, names, FUNCTION_COUNT);
    parser->lexer.token = TOKEN_ERROR;
    return NULL;
}

// A function's operands, from behind its '(' to behind its ')'.
static bool parse_operands(struct filter_parser *parser, const struct function_row *row,
                           const struct filter_operand **out, struct span span)
{
    size_t count = 0;
    do {
        const struct filter_operand *operand = parse_operand(parser);
        if (operand == NULL) {
            return false;
        }
        if (count < row->operands) {
            out[count] = operand;
        }
        count++;
        if (parser->lexer.token != TOKEN_COMMA) {
            break;
        }
    } while (filter_lexer_next(&parser->lexer) != TOKEN_ERROR);
    if (count != row->operands) {
        struct str text =
            arena_printf(parser->lexer.arena, "%s takes %zu operand%s", row->name,
                         row->operands, row->operands == 1 ? "" : "s");
        return fail_at(parser, span, text.at, NULL);
    }
    return expect(parser, TOKEN_CLOSE, "a ) is missing");
}

static const struct filter_operand *wrap_size(struct filter_parser *parser,
                                              const struct filter_operand *of,
                                              struct span span)
{
    if (of->size) {
        (void)fail_at(parser, span, "size takes no number", NULL);
        return NULL;
    }
    struct filter_operand *operand = arena_alloc(parser->lexer.arena, sizeof *operand);
    *operand = *of;
    operand->size = true;
    operand->span = span;
    return operand;
}

// A name, which may be a function's. `test`: one that is a condition by itself fits here.
static bool parse_named(struct filter_parser *parser, struct part *out, bool test)
{
    struct filter_lexer *lexer = &parser->lexer;
    struct filter_lexer before = *lexer;
    struct str name = lexer->text;
    out->span = here(parser);
    if (lexer->token != TOKEN_NAME || is_keyword(lexer) ||
        filter_lexer_next(lexer) != TOKEN_OPEN) {
        if (lexer->token == TOKEN_ERROR) {
            return false;
        }
        *lexer = before;
        out->operand = take_path(parser);
        return out->operand != NULL;
    }
    const struct function_row *row = find_function(parser, name, out->span);
    if (row == NULL || filter_lexer_next(lexer) == TOKEN_ERROR) {
        return false;
    }
    if (row->kind == FUNCTION_TEST && !test) {
        return fail_at(parser, out->span, "this function is a condition, no operand",
                       NULL);
    }
    const struct filter_operand **operands =
        arena_array(lexer->arena, row->operands, sizeof(struct filter_operand *));
    if (!parse_operands(parser, row, operands, out->span) ||
        !count_operator(parser, out->span)) {
        return false;
    }
    if (row->kind == FUNCTION_SIZE) {
        out->operand = wrap_size(parser, operands[0], out->span);
        return out->operand != NULL;
    }
    struct filter_node *node = arena_alloc(lexer->arena, sizeof *node);
    *node = (struct filter_node){.test = row->test,
                                 .operands = operands,
                                 .operand_count = row->operands,
                                 .span = out->span};
    out->node = node;
    return true;
}

// A literal, a parameter, a path or a function. `test` as above.
static bool parse_atom(struct filter_parser *parser, struct part *out, bool test)
{
    struct filter_lexer *lexer = &parser->lexer;
    struct value value = {.text = lexer->text};
    out->span = here(parser);
    switch ((int)lexer->token) {
    case TOKEN_STRING:
        value.type = VALUE_S;
        break;
    case TOKEN_BINARY:
        value.type = VALUE_B;
        break;
    case TOKEN_NUMBER:
        value.type = VALUE_N;
        break;
    case TOKEN_PARAMETER:
        out->operand = take_parameter(parser);
        return out->operand != NULL;
    case TOKEN_NAME:
    case TOKEN_QUOTED:
        if (lexer->token == TOKEN_NAME && is_word_literal(parser, &value)) {
            break;
        }
        return parse_named(parser, out, test);
    default:
        return fail(parser,
                    test ? "a condition is expected here"
                         : "an operand is expected here",
                    NULL);
    }
    out->operand = lexer->token == TOKEN_ERROR ? NULL : take_literal(parser, value);
    return out->operand != NULL;
}

// B106.
static bool close_group(struct filter_parser *parser, struct part *inner,
                        struct span open)
{
    if (inner->wrapped) {
        return fail_at(parser, open, "these parentheses are redundant",
                       "the service refuses a group that is nothing but a group");
    }
    inner->wrapped = true;
    parser->depth--;
    return expect(parser, TOKEN_CLOSE, "a ) is missing");
}

static const struct filter_operand *parse_operand(struct filter_parser *parser)
{
    struct part part = {0};
    if (parser->lexer.token != TOKEN_OPEN) {
        return parse_atom(parser, &part, false) ? part.operand : NULL;
    }
    struct span open = here(parser);
    bool again = false;
    if (!deepen(parser) || filter_lexer_next(&parser->lexer) == TOKEN_ERROR) {
        return NULL;
    }
    again = parser->lexer.token == TOKEN_OPEN;
    part.operand = parse_operand(parser);
    part.wrapped = again;
    return part.operand != NULL && close_group(parser, &part, open) ? part.operand
                                                                    : NULL;
}

// ---- tests

static struct filter_node *new_test(struct filter_parser *parser, enum filter_test test,
                                    size_t operands, struct span span)
{
    struct filter_node *node = arena_alloc(parser->lexer.arena, sizeof *node);
    *node = (struct filter_node){.test = test, .span = span};
    node->operands =
        arena_array(parser->lexer.arena, operands, sizeof(struct filter_operand *));
    node->operand_count = operands;
    return node;
}

static bool parse_between(struct filter_parser *parser, struct part *part)
{
    struct filter_node *node = new_test(parser, TEST_BETWEEN, 3, here(parser));
    node->operands[0] = part->operand;
    if (!count_operator(parser, node->span) ||
        filter_lexer_next(&parser->lexer) == TOKEN_ERROR ||
        (node->operands[1] = parse_operand(parser)) == NULL) {
        return false;
    }
    if (!filter_lexer_is(&parser->lexer, "AND")) {
        return fail(parser,
                    "BETWEEN has a lower and an upper bound, with AND between them",
                    NULL);
    }
    if (filter_lexer_next(&parser->lexer) == TOKEN_ERROR) {
        return false;
    }
    node->operands[2] = parse_operand(parser);
    *part = (struct part){.node = node, .span = node->span};
    return node->operands[2] != NULL;
}

// B103: as many operands as there may be at most.
static bool parse_in(struct filter_parser *parser, struct part *part)
{
    struct filter_node *node =
        new_test(parser, TEST_IN, FILTER_MAX_IN + 1, here(parser));
    node->operands[0] = part->operand;
    node->operand_count = 1;
    if (!count_operator(parser, node->span) ||
        filter_lexer_next(&parser->lexer) == TOKEN_ERROR ||
        !expect(parser, TOKEN_OPEN, "IN has its values in parentheses")) {
        return false;
    }
    do {
        const struct filter_operand *operand = parse_operand(parser);
        if (operand == NULL) {
            return false;
        }
        if (node->operand_count > FILTER_MAX_IN) {
            diag_add(parser->lexer.diags, DIAG_FILTER_LIMIT, operand->span,
                     "IN has more than %d values", FILTER_MAX_IN);
            parser->lexer.token = TOKEN_ERROR;
            return false;
        }
        node->operands[node->operand_count++] = operand;
    } while (parser->lexer.token == TOKEN_COMMA &&
             filter_lexer_next(&parser->lexer) != TOKEN_ERROR);
    *part = (struct part){.node = node, .span = node->span};
    return expect(parser, TOKEN_CLOSE, "a ) is missing");
}

static bool parse_comparison(struct filter_parser *parser, struct part *part,
                             enum filter_test test)
{
    struct filter_node *node = new_test(parser, test, 2, here(parser));
    node->operands[0] = part->operand;
    if (!count_operator(parser, node->span) ||
        filter_lexer_next(&parser->lexer) == TOKEN_ERROR) {
        return false;
    }
    node->operands[1] = parse_operand(parser);
    *part = (struct part){.node = node, .span = node->span};
    return node->operands[1] != NULL;
}

// What may follow an operand; without it the operand stays one.
static bool parse_tail(struct filter_parser *parser, struct part *part)
{
    enum filter_token token = parser->lexer.token;
    if (token == TOKEN_ERROR) {
        return false;
    }
    if (token >= TOKEN_EQ && token <= TOKEN_GE) {
        return parse_comparison(parser, part,
                                (enum filter_test)(TEST_EQ + (token - TOKEN_EQ)));
    }
    if (filter_lexer_is(&parser->lexer, "BETWEEN")) {
        return parse_between(parser, part);
    }
    return filter_lexer_is(&parser->lexer, "IN") ? parse_in(parser, part) : true;
}

static bool parse_primary(struct filter_parser *parser, struct part *out)
{
    if (parser->lexer.token == TOKEN_OPEN) {
        struct span open = here(parser);
        if (!deepen(parser) || filter_lexer_next(&parser->lexer) == TOKEN_ERROR ||
            !parse_or(parser, out) || !close_group(parser, out, open)) {
            return false;
        }
    } else if (!parse_atom(parser, out, true)) {
        return false;
    }
    return out->operand == NULL || parse_tail(parser, out);
}

// An operand alone is no condition.
static bool require_test(struct filter_parser *parser, const struct part *part)
{
    if (part->node != NULL) {
        return true;
    }
    return fail_at(parser, part->operand->span,
                   part->operand->size ? "size() is compared with something"
                                       : "an operand alone is no condition",
                   "such as: flag = true, attribute_exists(flag)");
}

static bool parse_not(struct filter_parser *parser, struct part *out)
{
    if (!filter_lexer_is(&parser->lexer, "NOT")) {
        return parse_primary(parser, out);
    }
    struct filter_node *node = new_test(parser, TEST_NOT, 0, here(parser));
    struct part inner = {0};
    if (!deepen(parser) || !count_operator(parser, node->span) ||
        filter_lexer_next(&parser->lexer) == TOKEN_ERROR ||
        !parse_not(parser, &inner) || !require_test(parser, &inner)) {
        return false;
    }
    parser->depth--;
    node->left = inner.node;
    *out = (struct part){.node = node, .span = node->span};
    return true;
}

// Operands of one precedence, from left to right.
static bool parse_row(struct filter_parser *parser, struct part *out, const char *word,
                      enum filter_test test,
                      bool (*next)(struct filter_parser *parser, struct part *out))
{
    if (!next(parser, out)) {
        return false;
    }
    while (filter_lexer_is(&parser->lexer, word)) {
        struct filter_node *node = new_test(parser, test, 0, here(parser));
        struct part right = {0};
        if (!require_test(parser, out) || !count_operator(parser, node->span) ||
            filter_lexer_next(&parser->lexer) == TOKEN_ERROR || !next(parser, &right) ||
            !require_test(parser, &right)) {
            return false;
        }
        node->left = out->node;
        node->right = right.node;
        *out = (struct part){.node = node, .span = node->span};
    }
    return parser->lexer.token != TOKEN_ERROR;
}

static bool parse_and(struct filter_parser *parser, struct part *out)
{
    return parse_row(parser, out, "AND", TEST_AND, parse_not);
}

static bool parse_or(struct filter_parser *parser, struct part *out)
{
    return parse_row(parser, out, "OR", TEST_OR, parse_and);
}

const struct filter_expression *filter_parse(const struct written *written,
                                             const struct filter_scope *scope,
                                             struct arena *arena, struct diags *diags)
{
    struct filter_parser parser = {.scope = scope};
    struct part whole = {0};
    parser.out = arena_alloc(arena, sizeof *parser.out);
    parser.out->span = written->span;
    parser.out->parameters = scope->scope->parameters;
    filter_lexer_init(&parser.lexer, written, DIAG_FILTER, arena, diags);
    if (filter_lexer_next(&parser.lexer) == TOKEN_ERROR || !parse_or(&parser, &whole) ||
        !require_test(&parser, &whole)) {
        return NULL;
    }
    if (parser.lexer.token != TOKEN_END) {
        (void)fail(&parser, "the filter goes on where it should end",
                   "conditions are joined by AND or OR");
        return NULL;
    }
    parser.out->root = whole.node;
    return parser.out;
}

void filter_visit(const struct filter_expression *filter,
                  void (*seen)(void *context, const struct expr *expr), void *context)
{
    for (size_t i = 0; i < filter->slot_count; i++) {
        if (filter->slots[i]->kind == OPERAND_PARAMETER) {
            seen(context, filter->slots[i]->template->parts[0].expr);
        }
    }
}
