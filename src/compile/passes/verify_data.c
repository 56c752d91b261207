// Rows and items are verified one by one: each is made, held against the table's keys
// and limits, and compared with all that came before. Mistakes of a value stand at the
// value, those of an item at its row.
#include "verify_data.h"

#include "data_walk.h"
#include "item.h"
#include "item_build.h"
#include "item_check.h"

#define SCRATCH_MAX_BYTES (2 * ITEM_MAX_BYTES)
#define NAMES_MAX 1024 // that are looked through for a misspelt one

struct verifier {
    struct compilation *compilation;
    struct unit *unit;
    struct distinct *distinct;
    struct buf scratch;
    struct arena one;            // of one item
    const struct expr **unknown; // whose column no handle has: each said once
    size_t unknown_count;
    size_t unknown_cap;
    const struct row *row; // the row at hand, and the paths that are wrong in
    struct str *wrong;     // it: several templates may read one
    size_t wrong_count;
    size_t wrong_cap;
};

static const char *quote(struct verifier *verifier, struct str text)
{
    return diag_quote(verifier->compilation->diags, text);
}

// ---- what templates read of a row

static struct str first_word(struct str path)
{
    return (struct str){path.at, str_find_char(path, '.')};
}

static struct span row_place(const struct expr *expr, const struct row *row)
{
    const struct value *value = row_value(expr, row);
    if (value != NULL) {
        return value->span;
    }
    const struct row_column *found = row_find(row, first_word(expr->name));
    return found != NULL ? found->value->span : row->span;
}

// What is told of at once: a column, but for the members of a map, each by itself.
static struct str missing_name(const struct expr *expr, const struct row *row)
{
    struct str column = first_word(expr->name);
    const struct row_column *found = row_find(row, column);
    return found != NULL && found->value->type == VALUE_M ? expr->name : column;
}

// True the first time that a path is wrong in a row.
static bool is_news(struct verifier *verifier, const struct expr *expr,
                    const struct row *row)
{
    struct str name = missing_name(expr, row);
    if (verifier->row != row) {
        verifier->row = row;
        verifier->wrong_count = 0;
    }
    for (size_t i = 0; i < verifier->wrong_count; i++) {
        if (str_eq(verifier->wrong[i], name)) {
            return false;
        }
    }
    verifier->wrong = arena_grow(verifier->compilation->arena, verifier->wrong,
                                 verifier->wrong_count, verifier->wrong_count + 1,
                                 &verifier->wrong_cap, sizeof *verifier->wrong);
    verifier->wrong[verifier->wrong_count++] = name;
    return true;
}

// Of a path that leads into a map and ends there: the nearest name that it has.
static bool help_member(struct verifier *verifier, struct diag *diag,
                        const struct expr *expr, const struct value *value)
{
    struct diags *diags = verifier->compilation->diags;
    struct str rest = str_skip(expr->name, first_word(expr->name).len);
    while (value->type == VALUE_M && rest.len > 0) {
        rest = str_skip(rest, 1); // the dot
        struct str part = first_word(rest);
        struct str names[NAMES_MAX];
        size_t count = 0;
        const struct value *member = NULL;
        for (size_t i = 0; i < value->count; i++) {
            const struct value_entry *entry = &value->entries[i];
            member = str_eq(entry->name, part) ? entry->value : member;
            if (count < NAMES_MAX) {
                names[count++] = entry->name;
            }
        }
        size_t nearest = str_nearest_within(part, names, count, &diags->nearest_work);
        if (member == NULL && nearest < count) {
            diag_help(diags, diag, "did you mean '%.*s%.*s'?",
                      STR_ARG(str_slice(expr->name.at, part.at)),
                      STR_ARG(names[nearest]));
            return true;
        }
        if (member == NULL) {
            return false;
        }
        value = member;
        rest = str_skip(rest, part.len);
    }
    return false;
}

// The column may be misspelt, lack its !handle, or be missing for a reason.
static void help_missing(struct verifier *verifier, struct diag *diag,
                         const struct expr *expr, const struct row *row)
{
    struct diags *diags = verifier->compilation->diags;
    struct str column = first_word(expr->name);
    const struct row_column *found = row_find(row, column);
    if (found != NULL && help_member(verifier, diag, expr, found->value)) {
        return;
    }
    if (found != NULL && found->value->type == VALUE_S && !found->value->is_handle) {
        diag_help(diags, diag, "for a column of a user, write it as !handle %.*s",
                  STR_ARG(found->value->text));
        return;
    }
    if (diags_full(diags)) {
        return;
    }
    struct str names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < row->count && count < NAMES_MAX; i++) {
        names[count++] = row->columns[i].name;
    }
    size_t nearest =
        found == NULL ? str_nearest_within(column, names, count, &diags->nearest_work)
                      : count;
    if (nearest < count) {
        diag_help(diags, diag, "did you mean '%.*s'?", STR_ARG(names[nearest]));
    } else {
        diag_help(diags, diag, "if it may be missing, read it as ${row.%.*s?}",
                  STR_ARG(expr->name));
    }
}

// The row has it under another name, which was told.
static bool is_misspelt(const struct verifier *verifier, const struct program *program,
                        struct str column, const struct row *row)
{
    const struct misspelt *misspelt =
        compilation_misspelt_find(verifier->compilation, program->entity->rows, column);
    for (size_t i = 0; misspelt != NULL && i < misspelt->count; i++) {
        if (row_find(row, misspelt->names[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static void report_missing(struct verifier *verifier, const struct program *program,
                           const struct expr *expr, const struct row *row)
{
    struct diags *diags = verifier->compilation->diags;
    struct str name = row_find(row, first_word(expr->name)) == NULL
                          ? first_word(expr->name)
                          : expr->name;
    if (is_misspelt(verifier, program, name, row)) {
        return;
    }
    struct diag *diag =
        diag_add_once(diags, DIAG_ROW_COLUMN_MISSING, row->span,
                      "the row has no %s, which entity %s reads", quote(verifier, name),
                      quote(verifier, program->entity->name));
    help_missing(verifier, diag, expr, row);
    diag_related(diags, diag, expr->span, "read here");
}

static void report_unknown_column(struct verifier *verifier, const struct expr *expr)
{
    for (size_t i = 0; i < verifier->unknown_count; i++) {
        if (verifier->unknown[i] == expr) {
            return;
        }
    }
    verifier->unknown = arena_grow(verifier->compilation->arena, verifier->unknown,
                                   verifier->unknown_count, verifier->unknown_count + 1,
                                   &verifier->unknown_cap, sizeof(struct expr *));
    verifier->unknown[verifier->unknown_count++] = expr;
    struct diags *diags = verifier->compilation->diags;
    struct str column = str_skip(expr->name, str_find_char(expr->name, '.') + 1);
    if (users_may_have_column(&verifier->unit->users, column)) {
        return;
    }
    struct diag *diag =
        diag_add(diags, DIAG_COLUMN_UNKNOWN, expr->span,
                 "the handles have no column %s", quote(verifier, column));
    diag_help_nearest(diags, diag, column, verifier->unit->users.columns,
                      verifier->unit->users.column_count);
}

static void report_null(struct verifier *verifier, const struct expr *expr,
                        struct span place, struct str handle)
{
    struct diags *diags = verifier->compilation->diags;
    struct str column = str_skip(expr->name, str_find_char(expr->name, '.') + 1);
    struct diag *diag =
        diag_add(diags, DIAG_HANDLE_NULL, place, "column %s is NULL for handle %s",
                 quote(verifier, column), quote(verifier, handle));
    diag_related(diags, diag, expr->span, "read here");
}

static void report_value(struct verifier *verifier, enum diag_code code,
                         const struct expr *expr, const struct row *row,
                         const char *message)
{
    struct diags *diags = verifier->compilation->diags;
    struct diag *diag = diag_add(diags, code, row_place(expr, row), "%s %s",
                                 quote(verifier, expr->name), message);
    diag_related(diags, diag, expr->span, "read here");
}

static void report_not_comparable(struct verifier *verifier,
                                  const struct program *program,
                                  const struct expr *expr, const struct row *row)
{
    struct diags *diags = verifier->compilation->diags;
    const struct value *value = row_value(expr, row);
    bool truth = value != NULL && value->type == VALUE_BOOL;
    struct diag *diag =
        diag_add(diags, DIAG_ENTITY_WHEN, row_place(expr, row),
                 "%s is %s, and is compared with %s", quote(verifier, expr->name),
                 value != NULL && value->type == VALUE_N ? "a number"
                 : truth                                 ? "true or false"
                                                         : "text",
                 condition_literal(&program->when, diags));
    diag_help(diags, diag, "%s",
              truth ? "compare it with one of the words true and false"
                    : "in 'when' a number stands without quotes, text that looks like "
                      "one in quotes");
    diag_related(diags, diag, expr->span, "read here");
}

static void report_eval(struct verifier *verifier, enum eval_result result,
                        const struct program *program, const struct expr *expr,
                        const struct row *row)
{
    bool fine = result == EVAL_OK || result == EVAL_ABSENT;
    if (fine || !is_news(verifier, expr, row)) {
        return;
    }
    switch (result) {
    case EVAL_COLUMN_MISSING:
        report_missing(verifier, program, expr, row);
        break;
    case EVAL_UNKNOWN_COLUMN:
        report_unknown_column(verifier, expr);
        break;
    case EVAL_NULL_COLUMN:
        report_null(verifier, expr, row_place(expr, row),
                    row_find(row, first_word(expr->name))->value->text);
        break;
    case EVAL_NOT_TEXT:
        report_value(verifier, DIAG_ROW_VALUE, expr, row,
                     "cannot stand in text: it is no string, number, true or false");
        break;
    case EVAL_NOT_TIME:
        report_value(verifier, DIAG_TIME, expr, row,
                     "is no time with an offset, such as 2023-03-19T12:00:00Z");
        break;
    case EVAL_PAD_OVERFLOW:
        report_value(verifier, DIAG_PAD_OVERFLOW, expr, row,
                     "has more characters than it is padded to");
        break;
    case EVAL_NOT_COMPARABLE:
        report_not_comparable(verifier, program, expr, row);
        break;
    case EVAL_UNKNOWN_USER: // diagnosed where the handle stands
    case EVAL_VAR_MISSING:  // of conversations only, like the next two
    case EVAL_NAME_MISSING:
    case EVAL_NO_OTHER:
    case EVAL_ABSENT:
    case EVAL_OK:
    default:
        break;
    }
}

// Evaluates one piece as item_build will. False: something is wrong with it.
static bool check_piece(struct verifier *verifier, const struct program *program,
                        const struct piece *piece, const struct eval_context *context)
{
    const struct expr *expr = piece->expr;
    if (piece->kind == PIECE_VALUE && expr->field == FIELD_ROW &&
        row_value(expr, context->row) != NULL) {
        return true;
    }
    enum value_type type = VALUE_S;
    buf_reset(&verifier->scratch);
    enum eval_result result = expr_eval(&verifier->scratch, &type, expr, context);
    report_eval(verifier, result, program, expr, context->row);
    return result == EVAL_OK || result == EVAL_ABSENT;
}

// All that is wrong with what an entity reads of a row, not only the first of it.
static bool check_reads(struct verifier *verifier, const struct program *program,
                        const struct eval_context *context)
{
    bool ok = true;
    for (size_t i = 0; i < program->piece_count; i++) {
        if (program->pieces[i].expr != NULL) {
            ok = check_piece(verifier, program, &program->pieces[i], context) && ok;
        }
    }
    return ok;
}

static void check_item(struct verifier *verifier, const struct item_origin *origin,
                       const struct item *item)
{
    const struct table *table = &verifier->unit->definition.table;
    const struct key_schema *key = &table->key;
    struct diags *diags = verifier->compilation->diags;
    verifier->unit->item_count++;
    if (verifier->unit->keys_broken) {
        // What it is as a key of an index is not known: the table's own key is.
        if (!table_key_known(table) || !item_check_key(item, origin, table, diags)) {
            return;
        }
    } else if (!item_check(item, origin, table, diags)) {
        return;
    }
    distinct_begin(verifier->distinct);
    distinct_part(verifier->distinct, item_find(item, key->hash[0].name)->value->text);
    if (key->range_count > 0) {
        distinct_part(verifier->distinct,
                      item_find(item, key->range[0].name)->value->text);
    }
    (void)distinct_end(verifier->distinct, origin->fixture, origin->span,
                       origin->entity); // diagnosed
}

static bool check_row(void *data, const struct fixture *fixture,
                      const struct program *program, const struct row *row)
{
    struct verifier *verifier = data;
    if (!program_reads_known(program)) {
        return true;
    }
    struct eval_context context = {
        .users = &verifier->unit->users,
        .placeholders = verifier->unit->placeholders,
        .row = row,
    };
    bool holds = true;
    enum eval_result result =
        condition_eval(&holds, &program->when, &context, &verifier->scratch);
    if (result != EVAL_OK) {
        report_eval(verifier, result, program, program->when.expr, row);
        return true;
    }
    if (!holds || !check_reads(verifier, program, &context) || program->broken) {
        return true;
    }
    struct item item;
    const struct expr *failed = NULL;
    struct item_origin origin = {fixture, program->entity, row->span};
    arena_reset(&verifier->one);
    if (item_build(&item, program, &context, &verifier->one, &failed) == EVAL_OK) {
        check_item(verifier, &origin, &item);
    }
    return true;
}

static bool check_plain(void *data, const struct fixture *fixture,
                        const struct plain_item *plain)
{
    struct item_origin origin = {fixture, NULL, plain->span};
    struct item item = item_of_plain(plain);
    check_item(data, &origin, &item);
    return true;
}

void verify_data(struct compilation *compilation, struct unit *unit,
                 struct distinct *distinct)
{
    struct verifier verifier = {
        .compilation = compilation, .unit = unit, .distinct = distinct};
    struct data_visitor visitor = {check_row, check_plain, &verifier, true};
    buf_init(&verifier.scratch, SCRATCH_MAX_BYTES);
    (void)data_walk(compilation, unit, &visitor);
    buf_deinit(&verifier.scratch);
    arena_deinit(&verifier.one);
}
