// Connection urls. In: a url or connection string as someone wrote it. Out: whether it
// may be used, without repeating it.
//
// What may stand in a file is a list of what is allowed, not of what is not: libpq's
// next version may read yet another file.
#include "pg_url.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_SECONDS 10
#define CONNECT_MAX_SECONDS 60

extern char **environ;

// Parameters that name no file, no service and no credentials but their own.
static const char *const ALLOWED[] = {
    "user",
    "password",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "connect_timeout",
    "client_encoding",
    "options",
    "application_name",
    "fallback_application_name",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "channel_binding",
    "sslmode",
    "sslcompression",
    "sslsni",
    "sslnegotiation",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
    "gssencmode",
    "requirepeer",
    "require_auth",
    "target_session_attrs",
    "load_balance_hosts",
};

// Variables that only make a connection stricter.
static const char *const KEPT[] = {
    "PGSSLMODE",
    "PGREQUIRESSL",
    "PGSSLROOTCERT",
    "PGSSLCRL",
    "PGSSLCRLDIR",
    "PGSSLMINPROTOCOLVERSION",
    "PGSSLMAXPROTOCOLVERSION",
    "PGCHANNELBINDING",
    "PGREQUIREAUTH",
    "PGREQUIREPEER",
};

static bool is_in(const char *const *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(name, names[i])) {
            return true;
        }
    }
    return false;
}

// A password with a bare '@', '/' or '?' makes libpq take pieces of it for the host,
// the port or the database, and then name them.
static bool is_plausible(struct str url, const PQconninfoOption *options)
{
    if (!str_starts(url, STR("postgresql://")) &&
        !str_starts(url, STR("postgres://"))) {
        return true;
    }
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        struct str name = str_from(option->keyword);
        const char *value = option->val != NULL ? option->val : "";
        if ((str_is(name, "host") || str_is(name, "dbname")) &&
            strchr(value, '@') != NULL) {
            return false;
        }
        if (str_is(name, "port") && value[strspn(value, "0123456789,")] != '\0') {
            return false;
        }
    }
    return true;
}

// libpq quotes what it cannot parse, passwords included, so its words are not passed
// on. NULL: malformed.
static PQconninfoOption *parse(struct str url)
{
    if (memchr(url.at, '\0', url.len) != NULL) {
        return NULL;
    }
    char *words = NULL;
    PQconninfoOption *options = PQconninfoParse(url.at, &words);
    PQfreemem(words);
    if (options != NULL && !is_plausible(url, options)) {
        PQconninfoFree(options);
        options = NULL;
    }
    return options;
}

static bool refuse_malformed(const struct pg_url *url, struct diags *diags)
{
    struct diag *diag = diag_add(diags, DIAG_POSTGRES, url->span,
                                 "the connection url of Postgres is malformed");
    diag_help(
        diags, diag,
        "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, special characters of the "
        "password percent-encoded");
    return false;
}

// The first parameter that may not stand in a file, or NULL.
static const char *find_refused(const PQconninfoOption *options)
{
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        if (option->val != NULL && !is_in(ALLOWED, sizeof ALLOWED / sizeof ALLOWED[0],
                                          str_from(option->keyword))) {
            return option->keyword;
        }
    }
    return NULL;
}

bool pg_url_check(const struct pg_url *url, struct diags *diags)
{
    if (url->text.len == 0) {
        return true;
    }
    PQconninfoOption *options = parse(url->text);
    if (options == NULL) {
        return refuse_malformed(url, diags);
    }
    const char *refused = url->written ? find_refused(options) : NULL;
    if (refused != NULL) {
        struct diag *diag = diag_add(
            diags, DIAG_HANDLE_URL, url->span,
            "the connection url has '%s', which is not allowed in a file", refused);
        diag_help(diags, diag,
                  "put the whole url into the environment, and write url: ${env.NAME}");
    }
    PQconninfoFree(options);
    return refused == NULL;
}

unsigned pg_url_connect_seconds(const struct pg_url *url)
{
    PQconninfoOption *options = url->text.len > 0 ? parse(url->text) : NULL;
    long seconds = CONNECT_SECONDS;
    for (const PQconninfoOption *option = options;
         option != NULL && option->keyword != NULL; option++) {
        if (strcmp(option->keyword, "connect_timeout") == 0 && option->val != NULL) {
            seconds = strtol(option->val, NULL, 10);
        }
    }
    PQconninfoFree(options);
    return seconds > 0 && seconds < CONNECT_MAX_SECONDS ? (unsigned)seconds
                                                        : CONNECT_MAX_SECONDS;
}

// Whether libpq, or Kerberos below it, would look at the variable.
static bool is_forgotten(struct str name)
{
    return (str_starts(name, STR("PG")) &&
            !is_in(KEPT, sizeof KEPT / sizeof KEPT[0], name)) ||
           str_starts(name, STR("KRB5"));
}

void pg_url_forget_environment(void)
{
    size_t at = 0;
    while (environ[at] != NULL) {
        struct str entry = str_from(environ[at]);
        char *name = strndup(entry.at, str_find_char(entry, '='));
        if (name == NULL) {
            _Exit(1);
        }
        // What is removed is followed by another one in its place.
        if (!is_forgotten(str_from(name)) || unsetenv(name) != 0) {
            at++;
        }
        free(name);
    }
}
