// Range keys made of data: numbers of different widths, times of different forms. What
// columns and variables hold is only known when they have been seen.
#include "prove_order.h"

#include "ascii.h"
#include "prove_sort.h"
#include "time_form.h"
#include "walk.h"

#include <string.h>

// What a value looks like.
enum looks {
    LOOKS_NUMBER,
    LOOKS_TIME,
    LOOKS_OTHER,
};

// Partitions of plain items that are looked at; those past it are not.
#define PARTITIONS_MAX 100000

// An expression of a range key, or a range key of plain items in a partition (without
// program, role and expr), and the values of it that were seen.
struct watched {
    struct str name; // of the attribute
    struct span at;  // of the expression, of the first value
    const struct program *program;
    const struct expr *expr;
    enum looks looks; // of all values so far
    bool seen;
    bool negative;         // of a number
    size_t width;          // of the first number's digits before the point
    struct time_form form; // of the first time
    struct str first;      // the first value
    struct str other;      // one that does not sort with it; empty: none yet
    struct span place;     // of the other
};

struct order_proof {
    struct arena *arena;
    const struct unit *unit;
    const struct program *program; // whose expressions are looked for
    struct watched *watched;
    size_t count;
    size_t cap;
    struct buf *scratch;
    struct map partitions; // range and hash key's names, a hash key's value: to watched
};

// ---- which expressions

static bool ends_in_epoch(const struct expr *expr)
{
    return expr->filter_count > 0 &&
           expr->filters[expr->filter_count - 1].kind == FILTER_EPOCH;
}

static bool keeps_digits(const struct expr *expr)
{
    for (size_t i = 0; i < expr->filter_count; i++) {
        enum filter_kind kind = expr->filters[i].kind;
        if (kind != FILTER_LOWER && kind != FILTER_UPPER && kind != FILTER_TRIM) {
            return false;
        }
    }
    return true;
}

static void watch(void *context, const struct key_role *role, const struct expr *expr)
{
    struct order_proof *proof = context;
    bool data = expr->field == FIELD_ROW || expr->field == FIELD_VAR ||
                (expr->field == FIELD_COLUMN && !str_is(expr->name, "handle"));
    if ((data && keeps_digits(expr)) || ends_in_epoch(expr)) {
        proof->watched =
            arena_grow(proof->arena, proof->watched, proof->count, proof->count + 1,
                       &proof->cap, sizeof *proof->watched);
        proof->watched[proof->count++] = (struct watched){.name = role->attribute->name,
                                                          .at = expr->span,
                                                          .program = proof->program,
                                                          .expr = expr};
    }
}

struct order_proof *order_proof_new(const struct unit *unit, struct buf *scratch,
                                    struct arena *arena)
{
    struct order_proof *proof = arena_alloc(arena, sizeof *proof);
    proof->arena = arena;
    proof->scratch = scratch;
    proof->unit = unit;
    map_init(&proof->partitions, arena);
    for (size_t i = 0; i < unit->program_count; i++) {
        proof->program = &unit->programs[i];
        if (!proof->program->broken) {
            prove_deciding(proof->program, watch, proof);
        }
    }
    return proof;
}

// ---- one value

// -12.5: its digits before the point, or 0 when it is no number.
static size_t number_width(struct str text)
{
    size_t at = text.len > 0 && text.at[0] == '-' ? 1 : 0;
    size_t start = at;
    while (at < text.len && ascii_is_digit(text.at[at])) {
        at++;
    }
    size_t width = at - start;
    if (at + 1 < text.len && text.at[at] == '.') {
        at++;
        while (at < text.len && ascii_is_digit(text.at[at])) {
            at++;
        }
    }
    return at == text.len ? width : 0;
}

static bool sorts_with_first(const struct watched *watched, struct str text)
{
    if (watched->looks == LOOKS_NUMBER) {
        bool negative = text.at[0] == '-';
        return number_width(text) == watched->width && !negative && !watched->negative;
    }
    struct time_form form;
    return time_form_read(&form, text) && time_forms_sort(&form, &watched->form);
}

// A time as text, and one as a number: 20201223, or seconds since 1970.
#define DATE_DIGITS 8

static bool is_date_and_number(const struct watched *watched, enum looks looks,
                               size_t width)
{
    bool mixed = (watched->looks == LOOKS_TIME && looks == LOOKS_NUMBER &&
                  width >= DATE_DIGITS) ||
                 (watched->looks == LOOKS_NUMBER && looks == LOOKS_TIME &&
                  watched->width >= DATE_DIGITS);
    return mixed && watched->other.len == 0;
}

static void note_value(struct order_proof *proof, struct watched *watched,
                       struct str text, struct span place)
{
    struct time_form form = {0};
    size_t width = number_width(text);
    bool is_time = time_form_read(&form, text);
    enum looks looks = width > 0 ? LOOKS_NUMBER : is_time ? LOOKS_TIME : LOOKS_OTHER;
    if (!watched->seen) {
        watched->seen = true;
        watched->looks = looks;
        watched->width = width;
        watched->negative = width > 0 && text.at[0] == '-';
        watched->form = form;
        watched->first = arena_str(proof->arena, text);
        return;
    }
    if (is_date_and_number(watched, looks, width)) {
        watched->looks = LOOKS_TIME;
        watched->other = arena_str(proof->arena, text);
        watched->place = place;
        return;
    }
    watched->looks = looks == watched->looks ? looks : LOOKS_OTHER;
    if (watched->looks != LOOKS_OTHER && watched->other.len == 0 &&
        !str_eq(text, watched->first) && !sorts_with_first(watched, text)) {
        watched->other = arena_str(proof->arena, text);
        watched->place = place;
    }
}

static void note_expr(struct order_proof *proof, struct watched *watched,
                      const struct eval_context *context, struct span place)
{
    enum value_type type = VALUE_S;
    buf_reset(proof->scratch);
    if (expr_eval(proof->scratch, &type, watched->expr, context) == EVAL_OK &&
        !proof->scratch->overflowed) {
        note_value(proof, watched, buf_str(proof->scratch), place);
    }
}

// ---- where values come from

void order_proof_row(struct order_proof *proof, const struct program *program,
                     const struct eval_context *context)
{
    for (size_t i = 0; i < proof->count; i++) {
        struct watched *watched = &proof->watched[i];
        if (watched->program == program && watched->expr->subject == SUBJECT_ROW) {
            note_expr(proof, watched, context, context->row->span);
        }
    }
}

static void note_partition(struct order_proof *proof, const struct item *item,
                           const struct key_schema *key)
{
    if (key->hash_count != 1 || key->range_count != 1) {
        return;
    }
    const struct value_entry *hash = item_find(item, key->hash[0].name);
    const struct value_entry *range = item_find(item, key->range[0].name);
    if (hash == NULL || range == NULL || range->value->type != VALUE_S) {
        return;
    }
    buf_reset(proof->scratch);
    buf_printf(proof->scratch, "%.*s\n%.*s\n", STR_ARG(range->name),
               STR_ARG(hash->name));
    buf_put(proof->scratch, hash->value->text);
    struct watched *watched = map_find(&proof->partitions, buf_str(proof->scratch));
    if (watched == NULL && proof->partitions.count < PARTITIONS_MAX) {
        watched = arena_alloc(proof->arena, sizeof *watched);
        *watched = (struct watched){.name = range->name, .at = range->value->span};
        struct str kept = arena_str(proof->arena, buf_str(proof->scratch));
        map_add(&proof->partitions, kept, NULL)->value = watched;
    }
    if (watched != NULL) {
        note_value(proof, watched, range->value->text, range->value->span);
    }
}

void order_proof_item(struct order_proof *proof, const struct item *item)
{
    const struct table *table = &proof->unit->definition.table;
    note_partition(proof, item, &table->key);
    for (size_t i = 0; i < table->index_count; i++) {
        note_partition(proof, item, &table->indexes[i].key);
    }
}

// What every conversation has one value of, or a first and a last one.
static void note_conversation(struct order_proof *proof, const struct walk *walk)
{
    struct message_facts ends[] = {walk->facts.first, walk->facts.last};
    struct eval_context context = {.conversation = &walk->facts};
    for (size_t i = 0; i < proof->count; i++) {
        struct watched *watched = &proof->watched[i];
        bool column = watched->expr->field == FIELD_COLUMN;
        if (watched->expr->subject == SUBJECT_ROW || column) {
            continue;
        }
        for (size_t k = 0; k < 2; k++) {
            context.message = &ends[k];
            note_expr(proof, watched, &context, walk->facts.header->span);
        }
    }
}

static bool watches(const struct order_proof *proof, bool columns)
{
    for (size_t i = 0; i < proof->count; i++) {
        const struct expr *expr = proof->watched[i].expr;
        if (expr->subject != SUBJECT_ROW && (expr->field == FIELD_COLUMN) == columns) {
            return true;
        }
    }
    return false;
}

static void note_users(struct order_proof *proof)
{
    const struct users *users = &proof->unit->users;
    for (size_t w = 0; w < proof->unit->wanted.count; w++) {
        const struct wanted_handle *wanted = proof->unit->wanted.entries[w].value;
        const struct user *user = users_find(users, wanted->handle);
        for (size_t i = 0; user != NULL && i < proof->count; i++) {
            struct watched *watched = &proof->watched[i];
            size_t column = users_find_column(users, watched->expr->name);
            if (watched->expr->field == FIELD_COLUMN && wanted->in_transcript &&
                column < users->column_count && !user->fields[column].null) {
                note_value(proof, watched, user->fields[column].text, wanted->span);
            }
        }
    }
}

void order_proof_conversations(struct order_proof *proof,
                               struct compilation *compilation)
{
    if (watches(proof, true) && !proof->unit->placeholders) {
        note_users(proof);
    }
    for (size_t i = 0; watches(proof, false) && i < proof->unit->fixture_count; i++) {
        struct walk walk;
        struct fixture *fixture = proof->unit->fixtures[i];
        if (fixture->data != NULL) {
            continue;
        }
        walk_init(&walk, compilation, fixture);
        while (walk_next(&walk)) {
            note_conversation(proof, &walk);
        }
        walk_deinit(&walk);
    }
}

static const char *help_of(const struct watched *watched)
{
    if (watched->expr == NULL) {
        return watched->looks == LOOKS_NUMBER
                   ? "fill them up with zeros, to one width"
                   : "write them all in UTC, in one form: 2023-03-19T12:00:00Z";
    }
    if (watched->looks == LOOKS_NUMBER) {
        return "fill them up with zeros: | pad(6)";
    }
    if (watched->expr->field == FIELD_COLUMN) {
        return "let the source of handles give them in UTC, in one form";
    }
    if (watched->form.clock) {
        return "write them all alike, with 24 hours and two digits: 07:05";
    }
    instant_us t = 0;
    const char *why = NULL;
    bool readable = instant_parse(&t, watched->first, &why) &&
                    instant_parse(&t, watched->other, &why);
    return readable
               ? "write them all in UTC, in one form: | time"
               : "write them all as 2023-03-19T12:00:00Z; | time then gives them one "
                 "form";
}

static bool is_unsorted(const struct watched *watched)
{
    return watched->looks != LOOKS_OTHER && watched->other.len > 0;
}

static void report(const struct watched *watched, struct diags *diags)
{
    bool number = watched->looks == LOOKS_NUMBER;
    struct diag *diag = diag_add(
        diags, DIAG_SORT_ORDER, watched->at,
        "%s sorts as text, and there are %s: %s and %s",
        diag_quote(diags, watched->name),
        number                    ? "numbers of different widths"
        : !watched->form.sortable ? "times whose text is not in the order of time"
                                  : "times of different forms",
        diag_quote(diags, watched->first), diag_quote(diags, watched->other));
    diag_help(diags, diag, "%s", help_of(watched));
    diag_related(diags, diag, watched->place, "the second one");
}

void order_proof_report(const struct order_proof *proof, struct diags *diags)
{
    for (size_t i = 0; i < proof->count; i++) {
        if (is_unsorted(&proof->watched[i])) {
            report(&proof->watched[i], diags);
        }
    }
    struct map told; // attributes: of many partitions one is enough
    map_init(&told, proof->arena);
    for (size_t i = 0; i < proof->partitions.count; i++) {
        const struct watched *watched = proof->partitions.entries[i].value;
        bool first = false;
        if (is_unsorted(watched)) {
            (void)map_add(&told, watched->name, &first);
        }
        if (first) {
            report(watched, diags);
        }
    }
}
