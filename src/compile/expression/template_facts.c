// Parsed templates enter; what is true of every text that they give leaves.
#include "template_facts.h"

enum filter_width {
    WIDTH_ANY,
    WIDTH_FIXED,  // it gives the same number of bytes for all items
    WIDTH_DIGITS, // of ASCII digits: a text may hold wider characters
};

static const struct {
    enum filter_width width;
    bool keeps_distinct; // what differs does so afterwards
} FACTS[] = {
    [FILTER_LOWER] = {WIDTH_ANY, false},   [FILTER_UPPER] = {WIDTH_ANY, false},
    [FILTER_TRIM] = {WIDTH_ANY, false},    [FILTER_PAD] = {WIDTH_DIGITS, true},
    [FILTER_DATE] = {WIDTH_FIXED, false},  [FILTER_EPOCH] = {WIDTH_ANY, false},
    [FILTER_UUID5] = {WIDTH_FIXED, false}, [FILTER_TIME] = {WIDTH_FIXED, false},
};
_Static_assert(sizeof FACTS / sizeof FACTS[0] == FILTER_KINDS, "a row for each");

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
        if (!FACTS[expr->filters[i].kind].keeps_distinct) {
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
    switch (FACTS[expr->filters[expr->filter_count - 1].kind].width) {
    case WIDTH_DIGITS:
        return expr->field == FIELD_INDEX || expr->field == FIELD_NUMBER;
    case WIDTH_FIXED:
        return true;
    case WIDTH_ANY:
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
