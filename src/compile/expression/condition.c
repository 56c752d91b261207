// `when`: text enters, a comparison leaves.
#include "condition.h"

#include "number.h"
#include "template_facts.h"

#include <string.h>

static const struct {
    const char *text; // the longer ones first
    enum comparison comparison;
} COMPARISONS[] = {
    {"==", COMPARE_EQ}, {"!=", COMPARE_NE}, {"<=", COMPARE_LE},
    {">=", COMPARE_GE}, {"<", COMPARE_LT},  {">", COMPARE_GT},
};

static bool refuse(struct diags *diags, struct span span, const char *why)
{
    struct diag *diag = diag_add(diags, DIAG_ENTITY_WHEN, span, "%s", why);
    diag_help(diags, diag, "write it as ${conversation.participant_count} == 2");
    return false;
}

static bool parse_comparison(struct condition *out, struct str *rest)
{
    for (size_t i = 0; i < sizeof COMPARISONS / sizeof COMPARISONS[0]; i++) {
        struct str text = str_from(COMPARISONS[i].text);
        if (str_starts(*rest, text)) {
            out->comparison = COMPARISONS[i].comparison;
            *rest = str_trim(str_skip(*rest, text.len));
            return true;
        }
    }
    return false;
}

static bool parse_literal(struct condition *out, struct str text, struct span span,
                          struct arena *arena, struct diags *diags)
{
    bool quoted = text.len >= 2 && (text.at[0] == '\'' || text.at[0] == '"') &&
                  text.at[text.len - 1] == text.at[0];
    bool open = !quoted && text.len > 0 &&
                (strchr("'\"=", text.at[0]) != NULL ||
                 strchr("'\"", text.at[text.len - 1]) != NULL);
    if (open) {
        return refuse(diags, span, "'when' compares with a malformed literal");
    }
    struct str literal = quoted ? (struct str){text.at + 1, text.len - 2} : text;
    if (literal.len == 0 && !quoted) {
        return refuse(diags, span, "'when' compares with nothing");
    }
    if (str_find(literal, STR("${")) < literal.len) {
        return refuse(diags, span, "'when' compares an expression with a literal");
    }
    out->literal = literal;
    char canonical[NUMBER_TEXT_MAX];
    size_t len = 0;
    if (!quoted && number_canonical(canonical, &len, literal) == NUMBER_OK) {
        out->number = arena_str(arena, (struct str){canonical, len});
    } else if (out->expr->type == TYPE_NUMBER) {
        return refuse(diags, span, "'when' compares a number with something else");
    }
    bool text_type = out->expr->type != TYPE_NUMBER && out->expr->type != TYPE_ANY;
    if (text_type && out->number.len > 0) {
        struct diag *diag =
            diag_add(diags, DIAG_ENTITY_WHEN, span,
                     "'when' compares text with the number %.*s", STR_ARG(literal));
        diag_help(diags, diag, "text that looks like a number stands in quotes: '%.*s'",
                  STR_ARG(literal));
        return false;
    }
    return true;
}

// Whether a value of this type can be compared with the literal: numbers with numbers,
// text with text, true and false with these two words.
static bool is_comparable(const struct condition *condition, enum value_type type)
{
    bool number = condition->number.len > 0;
    bool truth =
        str_is(condition->literal, "true") || str_is(condition->literal, "false");
    return type == VALUE_N ? number : !number && (type != VALUE_BOOL || truth);
}

bool condition_parse(struct condition *out, struct str text, struct span span,
                     const struct scope *scope, struct arena *arena,
                     struct diags *diags)
{
    struct str trimmed = str_trim(text);
    size_t close = template_find_close(trimmed, str_starts(trimmed, STR("${")) ? 2 : 0);
    if (!str_starts(trimmed, STR("${")) || close == trimmed.len) {
        return refuse(diags, span, "'when' begins with ${...}");
    }
    struct template template;
    struct str left = {trimmed.at, close + 1};
    if (!template_parse(&template, left, span, (struct span){0}, scope, arena, diags)) {
        return false;
    }
    out->expr = template_single(&template);
    struct str rest = str_trim(str_skip(trimmed, close + 1));
    if (out->expr == NULL || !parse_comparison(out, &rest)) {
        out->expr = NULL;
        return refuse(diags, span, "'when' needs one of == != < <= > >=");
    }
    if (!parse_literal(out, rest, span, arena, diags)) {
        out->expr = NULL;
        return false;
    }
    return true;
}

enum eval_result condition_eval(bool *holds, const struct condition *condition,
                                const struct eval_context *context, struct buf *scratch)
{
    *holds = true;
    if (condition->expr == NULL) {
        return EVAL_OK;
    }
    enum value_type type = VALUE_S;
    buf_reset(scratch);
    enum eval_result result = expr_eval(scratch, &type, condition->expr, context);
    if (result == EVAL_ABSENT) { // nothing compares with nothing
        *holds = false;
        return EVAL_OK;
    }
    if (result != EVAL_OK) {
        return result;
    }
    struct str value = buf_str(scratch);
    if (!is_comparable(condition, type)) {
        return EVAL_NOT_COMPARABLE;
    }
    int order = type == VALUE_N ? number_cmp(value, condition->number)
                                : str_cmp(value, condition->literal);
    switch (condition->comparison) {
    case COMPARE_EQ:
        *holds = order == 0;
        break;
    case COMPARE_NE:
        *holds = order != 0;
        break;
    case COMPARE_LT:
        *holds = order < 0;
        break;
    case COMPARE_LE:
        *holds = order <= 0;
        break;
    case COMPARE_GT:
        *holds = order > 0;
        break;
    case COMPARE_GE:
    default:
        *holds = order >= 0;
        break;
    }
    return EVAL_OK;
}

const char *condition_literal(const struct condition *condition, struct diags *diags)
{
    if (condition->number.len > 0) {
        return arena_printf(diags->arena, "the number %.*s",
                            STR_ARG(condition->literal))
            .at;
    }
    return arena_printf(diags->arena, "the text %s",
                        diag_quote(diags, condition->literal))
        .at;
}

static bool is_same_filter(const struct filter *a, const struct filter *b)
{
    return a->kind == b->kind && a->width == b->width && str_eq(a->format, b->format);
}

static bool is_same_expr(const struct expr *a, const struct expr *b)
{
    bool same = a->subject == b->subject && a->field == b->field &&
                str_eq(a->name, b->name) && a->filter_count == b->filter_count;
    for (size_t i = 0; same && i < a->filter_count; i++) {
        same = is_same_filter(&a->filters[i], &b->filters[i]);
    }
    return same;
}

// Where a value stands to the literal when the comparison holds.
#define BELOW 1U
#define AT 2U
#define ABOVE 4U

static unsigned sides(enum comparison comparison)
{
    static const unsigned SIDES[] = {
        [COMPARE_EQ] = AT,    [COMPARE_NE] = BELOW | ABOVE,
        [COMPARE_LT] = BELOW, [COMPARE_LE] = BELOW | AT,
        [COMPARE_GT] = ABOVE, [COMPARE_GE] = AT | ABOVE,
    };
    return SIDES[comparison];
}

bool condition_excludes(const struct condition *a, const struct condition *b)
{
    if (a->expr == NULL || b->expr == NULL || !is_same_expr(a->expr, b->expr)) {
        return false;
    }
    bool numbers = a->number.len > 0 && b->number.len > 0;
    int order =
        numbers ? number_cmp(a->number, b->number) : str_cmp(a->literal, b->literal);
    unsigned low = sides(order <= 0 ? a->comparison : b->comparison);
    unsigned high = sides(order <= 0 ? b->comparison : a->comparison);
    if (order == 0) {
        return (low & high) == 0;
    }
    // Below both, at the lower one, between, at the higher one, above both.
    return (low & BELOW & high) == 0 && ((low & AT) == 0 || (high & BELOW) == 0) &&
           ((low & ABOVE) == 0 || (high & BELOW) == 0) &&
           ((low & ABOVE) == 0 || (high & AT) == 0) && (low & ABOVE & high) == 0;
}
