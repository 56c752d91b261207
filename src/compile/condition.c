// `when`: text enters, a comparison leaves.
#include "condition.h"

#include "number.h"

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
    return true;
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

// Non-negative integers and what number_canonical gives: sign, whole part, fraction.
static int compare_numbers(struct str a, struct str b)
{
    bool a_negative = a.len > 0 && a.at[0] == '-';
    bool b_negative = b.len > 0 && b.at[0] == '-';
    if (a_negative != b_negative) {
        return a_negative ? -1 : 1;
    }
    size_t a_whole = str_find_char(a, '.');
    size_t b_whole = str_find_char(b, '.');
    int order = a_whole != b_whole ? (a_whole < b_whole ? -1 : 1) : str_cmp(a, b);
    return a_negative ? -order : order;
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
    if (type == VALUE_N && condition->number.len == 0) {
        return EVAL_NOT_COMPARABLE;
    }
    int order = type == VALUE_N ? compare_numbers(value, condition->number)
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
