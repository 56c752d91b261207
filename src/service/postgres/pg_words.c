// Words of libpq and of a server. In: what they say, and the connection. Out: the first
// line of it, without what only the user may know.
#include "pg_words.h"

#include "pg_mask.h"

#include <libpq-fe.h>
#include <string.h>

#define WORDS_MAX 1000

// What DECLARE CURSOR, the parser and a read-only transaction refuse is the query's
// mistake; what is missing in the database may be somebody else's.
static const struct pg_advice ADVICE[] = {
    {"42601", true, "it has to be one SELECT with the parameter $1, and nothing else"},
    {"0A000", true, "it has to be one SELECT that only reads"},
    {"25001", true, "it may only read"},
    {"25006", true, "it may only read"},
    {"42P02", true, "it has to have the parameter $1, and no other"},
    {"42P18", true, "it has to have the parameter $1, and no other"},
    {"08P01", true, "it has to have the parameter $1, and no other"},
    {"42P01", false,
     "is the users table in this database? load it first, or set "
     "handles.postgres.query"},
    {"42703", false, "the query names a column that the table does not have"},
    {"42501", false, "the log-in needs the right to read these users"},
    {"57014", false,
     "it took longer than ten seconds, or somebody cancelled it: does the column "
     "handle "
     "have an index?"},
};

const struct pg_advice *pg_advice_find(const char *state)
{
    for (size_t i = 0; i < sizeof ADVICE / sizeof ADVICE[0]; i++) {
        if (state != NULL && strcmp(state, ADVICE[i].state) == 0) {
            return &ADVICE[i];
        }
    }
    return NULL;
}

// A value as messages quote it; a bare one might be any word of them.
static struct str mask_quoted(struct str text, const char *value, struct arena *arena)
{
    return pg_mask(text, arena_printf(arena, "\"%s\"", value), arena);
}

static bool is_one_of(const char *keyword, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keyword, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static struct str mask_options(struct str text, const PQconninfoOption *options,
                               bool all, struct arena *arena)
{
    static const char *const SECRET[] = {"password", "sslpassword"};
    static const char *const SHOWN[] = {"host", "hostaddr", "port", "dbname"};
    for (const PQconninfoOption *option = options;
         option != NULL && option->keyword != NULL; option++) {
        if (option->val == NULL || option->val[0] == '\0') {
            continue;
        }
        if (is_one_of(option->keyword, SECRET, 2)) {
            text = pg_mask(text, str_from(option->val), arena);
        } else if (all && !is_one_of(option->keyword, SHOWN, 4)) {
            text = mask_quoted(text, option->val, arena);
        }
    }
    return text;
}

void pg_words_put(struct buf *out, const char *words, struct pg_conn *conn,
                  const struct pg_url *url)
{
    bool all = url->text.len > 0 && !url->written;
    struct arena arena = {0};
    struct str line = str_from(words);
    line.len = str_find_char(line, '\n');
    line = str_trim(line);
    if (line.len > WORDS_MAX) {
        line.len = WORDS_MAX;
    }
    // A service that is not found leaves the connection without its parameters.
    PQconninfoOption *given =
        url->text.len > 0 ? PQconninfoParse(url->text.at, NULL) : NULL;
    PQconninfoOption *used = PQconninfo(conn);
    const char *password = PQpass(conn);
    line = pg_mask(line, str_from(password), &arena);
    line = mask_options(line, given, all, &arena);
    line = mask_options(line, used, all, &arena);
    PQconninfoFree(given);
    PQconninfoFree(used);
    buf_put(out, line);
    arena_deinit(&arena);
}

bool pg_words_tell_of_memory(const char *words)
{
    static const char *const PHRASES[] = {"out of memory", "cannot allocate memory",
                                          "lost synchronization with server"};
    for (size_t i = 0; i < sizeof PHRASES / sizeof PHRASES[0]; i++) {
        if (words != NULL && strstr(words, PHRASES[i]) != NULL) {
            return true;
        }
    }
    return false;
}
