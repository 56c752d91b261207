// Range keys whose order, by bytes, is not the order of what they are made of: numbers
// without zeros in front, dates with the year at the end.
//
// Only what decides the order is looked at: behind a message's time, or in a partition
// that holds one value, a number does no harm.
#include "prove_sort.h"

#include "program_keys.h"

// ---- numbers

static bool is_whole(const struct expr *expr)
{
    return expr->filter_count == 0 ||
           (expr->filter_count == 1 && expr->filters[0].kind == FILTER_PAD);
}

static bool is_of_conversation(const struct expr *expr)
{
    return expr->subject == SUBJECT_CONVERSATION ||
           expr->subject == SUBJECT_FIRST_MESSAGE ||
           expr->subject == SUBJECT_LAST_MESSAGE;
}

// Whether equal texts of `known` mean equal values of `expr`.
static bool decides(const struct expr *known, const struct expr *expr)
{
    if (known == NULL || !is_whole(known)) {
        return false;
    }
    bool same = known->subject == expr->subject && known->field == expr->field &&
                str_eq(known->name, expr->name);
    bool message = known->subject == SUBJECT_MESSAGE && known->field == FIELD_UUID;
    bool conversation = known->subject == SUBJECT_CONVERSATION &&
                        known->field == FIELD_UUID && is_of_conversation(expr);
    return same || message || conversation;
}

static bool template_decides(const struct template *template, size_t to,
                             const struct expr *expr)
{
    for (size_t i = 0; i < to; i++) {
        if (decides(template->parts[i].expr, expr)) {
            return true;
        }
    }
    return false;
}

// Whether all items of one hash key have one value of the expression.
static bool is_settled(const struct program *program, const struct key_schema *key,
                       const struct expr *expr)
{
    for (size_t i = 0; i < key->hash_count; i++) {
        const struct key_role *hash = program_find_role(program, key->hash[i].name);
        if (hash != NULL && hash->template != NULL &&
            template_decides(hash->template, hash->template->count, expr)) {
            return true;
        }
    }
    return false;
}

// A number as text with as many digits as it takes. Seconds since 1970 have ten of them
// from 2001 to 2286, and are left to prove_data.
static bool is_ragged(const struct expr *expr)
{
    return expr->type == TYPE_NUMBER && expr->filter_count == 0 &&
           expr->subject != SUBJECT_FIRST_MESSAGE; // always the same number
}

// Behind the time of a message its number only tells apart what has one time.
static bool is_behind(const struct template *template, size_t at)
{
    const struct expr *expr = template->parts[at].expr;
    for (size_t i = 0; i < at; i++) {
        const struct expr *before = template->parts[i].expr;
        if (before != NULL && before->subject == SUBJECT_MESSAGE &&
            before->field == FIELD_CREATED_AT && before->filter_count == 0) {
            return true;
        }
    }
    return template_decides(template, at, expr);
}

static void report_number(struct prover *prover, const struct key_role *role,
                          const struct expr *expr)
{
    struct diag *diag = diag_add(
        prover->diags, DIAG_SORT_ORDER, expr->span,
        "%s sorts as text, and this number has no fixed width: 10 comes before 9",
        diag_quote(prover->diags, role->attribute->name));
    diag_help(prover->diags, diag, "fill it up with zeros: | pad(6)");
}

// ---- dates

// What a date's conversions say, the greatest first.
enum unit_of_time { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND };

static const struct conversion {
    char letter;
    enum unit_of_time first, last;
} CONVERSIONS[] =
    {
        {'Y', YEAR, YEAR},     {'m', MONTH, MONTH}, {'d', DAY, DAY},
        {'j', DAY, DAY},       {'H', HOUR, HOUR},   {'M', MINUTE, MINUTE},
        {'S', SECOND, SECOND}, {'F', YEAR, DAY},    {'T', HOUR, SECOND},
        {'%', SECOND, YEAR}, // says nothing: not before anything, not behind anything
};

static const struct conversion *conversion_of(char letter)
{
    size_t i = 0;
    while (CONVERSIONS[i].letter != letter && CONVERSIONS[i].letter != '%') {
        i++;
    }
    return &CONVERSIONS[i];
}

// Goes on through a format; *smallest is what stands before it. True when a greater
// unit stands behind a smaller one.
static bool is_disordered(struct str format, enum unit_of_time *smallest)
{
    for (size_t i = 0; i + 1 < format.len; i++) {
        if (format.at[i] != '%') {
            continue;
        }
        const struct conversion *row = conversion_of(format.at[++i]);
        if (row->first < *smallest) {
            return true;
        }
        *smallest = row->last > *smallest ? row->last : *smallest;
    }
    return false;
}

static const struct filter *date_of(const struct expr *expr)
{
    for (size_t i = 0; i < expr->filter_count; i++) {
        if (expr->filters[i].kind == FILTER_DATE) {
            return &expr->filters[i];
        }
    }
    return NULL;
}

static void report_date(struct prover *prover, const struct key_role *role,
                        const struct expr *expr)
{
    struct diag *diag = diag_add(
        prover->diags, DIAG_SORT_ORDER, expr->span,
        "%s sorts as text, and this date is not in the order of time: a greater unit "
        "stands behind a smaller one",
        diag_quote(prover->diags, role->attribute->name));
    diag_help(prover->diags, diag, "put the greater unit first: date('%%Y-%%m-%%d')");
}

// ---- walking the keys

static bool has_range(const struct key_schema *key, const struct key_role *role)
{
    for (size_t i = 0; i < key->range_count; i++) {
        if (str_eq(key->range[i].name, role->attribute->name)) {
            return true;
        }
    }
    return false;
}

static bool decides_in(const struct program *program, const struct key_schema *key,
                       const struct key_role *role, const struct expr *expr)
{
    return has_range(key, role) && program_has_key(program, key) &&
           !is_settled(program, key, expr);
}

// An attribute may be the range key of the table and of indexes.
static bool decides_somewhere(const struct program *program,
                              const struct key_role *role, const struct expr *expr)
{
    const struct table *table = program->table;
    bool somewhere = decides_in(program, &table->key, role, expr);
    for (size_t i = 0; i < table->index_count && !somewhere; i++) {
        somewhere = decides_in(program, &table->indexes[i].key, role, expr);
    }
    return somewhere;
}

void prove_deciding(const struct program *program,
                    void (*seen)(void *context, const struct key_role *role,
                                 const struct expr *expr),
                    void *context)
{
    for (size_t k = 0; !program->broken && k < program->role_count; k++) {
        const struct key_role *role = &program->roles[k];
        const struct template *template = role->type == 'S' ? role->template : NULL;
        for (size_t i = 0; template != NULL && i < template->count; i++) {
            const struct expr *expr = template->parts[i].expr;
            if (expr != NULL && !is_behind(template, i) &&
                decides_somewhere(program, role, expr)) {
                seen(context, role, expr);
            }
        }
    }
}

struct sorting {
    struct prover *prover;
    const struct key_role *role; // of the last date, which goes on from there
    const struct expr *dated;
    enum unit_of_time smallest;
};

static void prove_expr(void *context, const struct key_role *role,
                       const struct expr *expr)
{
    struct sorting *sorting = context;
    const struct filter *date = date_of(expr);
    if (date != NULL) {
        bool goes_on = sorting->role == role &&
                       sorting->dated->subject == expr->subject &&
                       sorting->dated->field == expr->field &&
                       str_eq(sorting->dated->name, expr->name);
        sorting->smallest = goes_on ? sorting->smallest : YEAR;
        sorting->role = role;
        sorting->dated = expr;
        if (is_disordered(date->format, &sorting->smallest)) {
            report_date(sorting->prover, role, expr);
        }
    } else if (is_ragged(expr)) {
        report_number(sorting->prover, role, expr);
    }
}

void prove_sort(struct prover *prover)
{
    struct sorting sorting = {.prover = prover};
    for (size_t i = 0; i < prover->unit->program_count; i++) {
        prove_deciding(&prover->unit->programs[i], prove_expr, &sorting);
    }
}
