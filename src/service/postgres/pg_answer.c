// An answer of the process that asks Postgres. Enters: bytes, in portions of any size.
// Leaves: users with the query's columns, or what is wrong.
//
// A server that got hold of that process speaks here: frames that are out of their
// order are no answer, and each row is checked before it is kept.
#include "pg_answer.h"

#include "pg_frame.h"
#include "utf8.h"

#include <string.h>

#define ANSWER_MAX ((size_t)128 << 20) // bytes of all rows together

void pg_answer_init(struct pg_answer *out, const struct pg_handles *pg,
                    struct users *users, const struct str *handles, size_t count,
                    struct diags *diags)
{
    *out = (struct pg_answer){.pg = pg, .users = users, .count = count, .diags = diags};
    buf_init(&out->frames, 2 * PG_FRAME_MAX);
    map_init(&out->asked, &out->arena);
    for (size_t i = 0; i < count; i++) {
        map_add(&out->asked, handles[i], NULL)->value = out;
    }
}

void pg_answer_deinit(struct pg_answer *answer)
{
    arena_deinit(&answer->arena);
    buf_deinit(&answer->frames);
}

// ---- what is wrong

static bool query_refuse(struct pg_answer *answer, const char *help, const char *what)
{
    struct diag *diag = diag_add(answer->diags, DIAG_HANDLE_QUERY,
                                 answer->pg->query_span, "the handles' query %s", what);
    if (help != NULL) {
        diag_help(answer->diags, diag, "%s", help);
    }
    return false;
}

static bool row_refuse(struct pg_answer *answer, enum diag_code code, const char *what,
                       struct str handle)
{
    diag_add(answer->diags, code, answer->pg->query_span, "%s%s", what,
             handle.len > 0 ? diag_quote(answer->diags, handle) : "");
    return false;
}

bool pg_answer_refuse(struct pg_answer *answer, const char *what)
{
    struct diag *diag = diag_add(answer->diags, DIAG_POSTGRES, answer->pg->url.span,
                                 "handles from Postgres: %s", what);
    diag_help(answer->diags, diag, "look at the server and at the network");
    return false;
}

static bool is_no_answer(struct pg_answer *answer)
{
    return pg_answer_refuse(answer, "what came from there is no answer");
}

static bool warn_of_superuser(struct pg_answer *answer, struct str body)
{
    (void)body;
    struct diag *diag =
        diag_add(answer->diags, DIAG_HANDLE_SUPERUSER, answer->pg->url.span,
                 "the log-in of Postgres is a superuser, or may become one");
    diag_help(answer->diags, diag,
              "a query can call functions, and a superuser's may write files: take a "
              "role with SELECT on the users only");
    return true;
}

// The words were cleaned where the connection is known.
static bool failed(struct pg_answer *answer, struct str body)
{
    struct pg_field kind;
    struct pg_field words;
    struct pg_field help;
    if (!pg_frame_next(&kind, &body) || !pg_frame_next(&words, &body) ||
        !pg_frame_next(&help, &body) || kind.text.len != 1) {
        return is_no_answer(answer);
    }
    bool query = kind.text.at[0] == PG_FAILURE_QUERY;
    struct span span = kind.text.at[0] == PG_FAILURE_CONNECTION
                           ? answer->pg->url.span
                           : answer->pg->query_span;
    struct diag *diag =
        diag_add(answer->diags, query ? DIAG_HANDLE_QUERY : DIAG_POSTGRES, span, "%.*s",
                 STR_ARG(words.text));
    if (help.text.len > 0) {
        diag_help(answer->diags, diag, "%.*s", STR_ARG(help.text));
    }
    return false;
}

// ---- what it says

static bool columns_read(struct pg_answer *answer, struct str body)
{
    struct users *users = answer->users;
    struct pg_field field;
    while (pg_frame_next(&field, &body)) {
        if (users->column_count == USERS_MAX_COLUMNS) {
            return query_refuse(answer, NULL, "gives more than 64 columns");
        }
        if (utf8_check(field.text) < field.text.len) {
            return query_refuse(answer, NULL, "has a column name that is not UTF-8");
        }
        if (users_find_column(users, field.text) < users->column_count) {
            return query_refuse(answer, NULL,
                                arena_printf(&answer->arena,
                                             "gives two columns of the name %s",
                                             diag_quote(answer->diags, field.text))
                                    .at);
        }
        users->columns[users->column_count++] = arena_str(users->arena, field.text);
    }
    if (users_find_column(users, STR("handle")) == users->column_count) {
        return query_refuse(answer, NULL, "gives no column 'handle'");
    }
    return true;
}

static bool fields_read(struct user_field *fields, struct pg_answer *answer,
                        struct str body)
{
    for (size_t i = 0; i < answer->users->column_count; i++) {
        struct pg_field field;
        if (!pg_frame_next(&field, &body)) {
            return pg_answer_refuse(answer, "the server's rows are of several kinds");
        }
        fields[i] = (struct user_field){field.null, field.text};
    }
    return true;
}

// A handle that was not asked for (by a query without its WHERE) is passed over, as
// long as there are no more rows than handles.
static bool row_read(struct pg_answer *answer, struct str body)
{
    struct users *users = answer->users;
    struct user_field fields[USERS_MAX_COLUMNS] = {0};
    size_t key = users_find_column(users, STR("handle"));
    if (!fields_read(fields, answer, body)) {
        return false;
    }
    struct str handle = fields[key].text;
    answer->rows++;
    answer->bytes += body.len;
    if (fields[key].null) {
        return row_refuse(answer, DIAG_HANDLE_NULL,
                          "the handles' query gives a row whose handle is NULL",
                          str_from(NULL));
    }
    if (map_find(&answer->asked, handle) != NULL) {
        for (size_t i = 0; i < users->column_count; i++) {
            if (utf8_check(fields[i].text) < fields[i].text.len) {
                return row_refuse(answer, DIAG_UTF8,
                                  "Postgres has text that is not UTF-8 for handle ",
                                  handle);
            }
        }
        if (users_add(users, handle, fields) == NULL) {
            return row_refuse(
                answer, DIAG_HANDLE_TWICE,
                "the handles' query finds more than one user with the handle ", handle);
        }
    }
    if (answer->rows > answer->count) {
        return query_refuse(answer, "select only these: WHERE handle = ANY($1::text[])",
                            "gives more rows than handles were asked for");
    }
    return answer->bytes <= ANSWER_MAX ||
           query_refuse(answer, "select only the columns that templates read",
                        "gives more than 128 MiB");
}

static bool connected(struct pg_answer *answer, struct str body)
{
    struct pg_field where;
    if (!pg_frame_next(&where, &body)) {
        return is_no_answer(answer);
    }
    answer->users->origin = arena_str(answer->users->arena, where.text);
    if (answer->pg->asked != NULL) {
        answer->pg->asked(answer->pg->context, answer->users->origin);
    }
    return true;
}

// Each kind in its turn: columns once, and rows only behind them, so that every row has
// a value for every column.
static const struct turn {
    char kind;
    enum pg_answer_stage from; // the stage that it may come in,
    enum pg_answer_stage to;   // and the one that it leads to
    bool (*read)(struct pg_answer *answer, struct str body); // NULL: it says no more
} TURNS[] = {
    {PG_CONNECTED, PG_ANSWER_NOTHING, PG_ANSWER_CONNECTED, connected},
    {PG_SUPERUSER, PG_ANSWER_CONNECTED, PG_ANSWER_CONNECTED, warn_of_superuser},
    {PG_COLUMNS, PG_ANSWER_CONNECTED, PG_ANSWER_ROWS, columns_read},
    {PG_ROW, PG_ANSWER_ROWS, PG_ANSWER_ROWS, row_read},
    {PG_COMPLETE, PG_ANSWER_ROWS, PG_ANSWER_COMPLETE, NULL},
};

static bool frame_read(struct pg_answer *answer, char kind, struct str body)
{
    if (kind == PG_FAILED && answer->stage != PG_ANSWER_COMPLETE) {
        return failed(answer, body);
    }
    for (size_t i = 0; i < sizeof TURNS / sizeof TURNS[0]; i++) {
        const struct turn *turn = &TURNS[i];
        if (turn->kind == kind && turn->from == answer->stage) {
            answer->stage = turn->to;
            return turn->read == NULL || turn->read(answer, body);
        }
    }
    return is_no_answer(answer);
}

bool pg_answer_take(struct pg_answer *answer, struct str bytes)
{
    buf_put(&answer->frames, bytes);
    if (answer->frames.overflowed) {
        return is_no_answer(answer);
    }
    struct str left = buf_str(&answer->frames);
    bool fine = true;
    while (fine && left.len >= PG_FRAME_HEAD) {
        size_t length = pg_frame_length(left.at);
        if (length > PG_FRAME_MAX) {
            return is_no_answer(answer);
        }
        if (left.len - PG_FRAME_HEAD < length) {
            break;
        }
        fine = frame_read(answer, left.at[0],
                          (struct str){left.at + PG_FRAME_HEAD, length});
        left = str_skip(left, PG_FRAME_HEAD + length);
    }
    if (left.len > 0) {
        memmove(answer->frames.at, left.at, left.len);
    }
    answer->frames.len = left.len;
    return fine;
}
