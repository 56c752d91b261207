// Programs that print credentials. In: a command of the user's own configuration. Out:
// what it said, checked.
#include "process.h"

#include "child.h"
#include "follow.h"
#include "heap.h"
#include "json_fields.h"
#include "utf8.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORDS_MAX 64
#define SAID_MAX 500 // of standard error

static const struct span NOWHERE;

struct command {
    const char *words[WORDS_MAX + 1]; // NULL behind the last one
    size_t count;
    const char *program; // an absolute path
    const char *folder;  // where it starts
};

// ---- words

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// One word of *rest, as a POSIX shell would take it apart. False: a quote is open.
static bool take_word(const char **word, struct str *rest, struct arena *arena)
{
    char *to = arena_alloc(arena, rest->len + 1);
    size_t len = 0;
    char quote = '\0';
    size_t i = 0;
    for (; i < rest->len && (quote != '\0' || !is_blank(rest->at[i])); i++) {
        char c = rest->at[i];
        char next = i + 1 < rest->len ? rest->at[i + 1] : '\0';
        if (quote == '\0' && (c == '\'' || c == '"')) {
            quote = c;
        } else if (quote != '\0' && c == quote) {
            quote = '\0';
        } else if (c == '\\' &&
                   (quote == '\0' || (quote == '"' && (next == '"' || next == '\\')))) {
            if (next == '\0') {
                return false;
            }
            to[len++] = next;
            i++;
        } else {
            to[len++] = c;
        }
    }
    *rest = str_skip(*rest, i);
    *word = to;
    return quote == '\0';
}

static bool split(struct command *command, struct str text, struct arena *arena)
{
    for (;;) {
        while (text.len > 0 && is_blank(text.at[0])) {
            text = str_skip(text, 1);
        }
        if (text.len == 0) {
            return command->count > 0;
        }
        if (command->count == WORDS_MAX ||
            !take_word(&command->words[command->count++], &text, arena)) {
            return false;
        }
    }
}

// ---- the program

static bool is_program(const char *path)
{
    struct stat info;
    return access(path, X_OK) == 0 && stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static bool is_in_checkout(const char *checkout, const char *path)
{
    char *real = checkout == NULL ? NULL : heap_realpath(path);
    bool inside = real != NULL && follow_holds(checkout, real);
    free(real);
    return inside;
}

static const char *search(const char *name, const char *checkout, struct arena *arena)
{
    struct str rest = str_from(getenv("PATH"));
    const char *found = NULL;
    while (found == NULL && rest.len > 0) {
        struct str folder = {rest.at, str_find_char(rest, ':')};
        rest = str_skip(rest, folder.len < rest.len ? folder.len + 1 : folder.len);
        if (folder.len > 0 && folder.at[0] == '/') {
            const char *path = arena_printf(arena, "%.*s/%s", STR_ARG(folder), name).at;
            bool fine = is_program(path) && !is_in_checkout(checkout, path);
            found = fine ? path : NULL;
        }
    }
    return found;
}

// What a stranger puts into a checkout is not run because PATH leads there. An absolute
// path is what the user's configuration means.
static const char *find_program(const char *name, struct arena *arena)
{
    if (name[0] == '/') {
        return is_program(name) ? name : NULL;
    }
    char *current = heap_realpath(".");
    const char *checkout = current == NULL ? NULL : follow_project(current, arena);
    const char *found =
        strchr(name, '/') == NULL ? search(name, checkout, arena) : NULL;
    free(current);
    return found;
}

static int become(void *context)
{
    const struct command *command = context;
    (void)signal(SIGPIPE, SIG_DFL);
    (void)close_range(STDERR_FILENO + 1, UINT_MAX, 0);
    if (chdir(command->folder) == 0 || chdir("/") == 0) {
        (void)execv(command->program, (char *const *)(uintptr_t)command->words);
    }
    return CHILD_NOT_STARTED;
}

// Its first line on standard error, for people.
static const char *said(const struct child *child, struct diags *diags)
{
    struct str text = child->error;
    while (text.len > 0 && is_blank(text.at[0])) {
        text = str_skip(text, 1);
    }
    text.len = str_find_char(text, '\n');
    return text.len == 0 ? ""
                         : arena_printf(diags->arena, ": %s",
                                        diag_quote(diags, utf8_prefix(text, SAID_MAX)))
                               .at;
}

static bool run(struct child *child, const struct command *command,
                const struct provider *provider, const char *whose)
{
    child_run(child, NULL, become, (void *)(uintptr_t)command, provider->stop,
              provider->secrets);
    if (stop_is_set(provider->stop)) {
        return false;
    }
    if (child->code != 0) {
        struct diags *diags = provider->diags;
        diag_add(diags, DIAG_CREDENTIALS, NOWHERE, "%s: %s %s%s", whose,
                 diag_quote(diags, str_from(command->words[0])),
                 child->code == CHILD_NOT_STARTED ? "cannot be started"
                 : child->code < 0                ? "was ended by a signal"
                                                  : "failed",
                 said(child, diags));
        return false;
    }
    return true;
}

// ---- what it prints

static bool read_output(struct fetched *out, struct str text,
                        const struct provider *provider, const char *whose)
{
    struct str version = {0};
    struct str expiration = {0};
    const struct json_field fields[] = {
        {"Version", &version},
        {"AccessKeyId", &out->keys.access_key_id},
        {"SecretAccessKey", &out->keys.secret_access_key},
        {"SessionToken", &out->keys.session_token},
        {"Expiration", &expiration},
        {"AccountId", &out->account_id},
    };
    if (!json_fields_read(fields, sizeof fields / sizeof *fields, text,
                          provider->secrets) ||
        !str_is(version, "1")) {
        struct diag *diag = diag_add(provider->diags, DIAG_CREDENTIALS, NOWHERE,
                                     "%s: the program printed no credentials", whose);
        diag_help(
            provider->diags, diag,
            "it prints one JSON object: Version (1), AccessKeyId, SecretAccessKey, "
            "and for temporary ones SessionToken and Expiration");
        return false;
    }
    return expiration.len == 0 ||
           provided_read_time(&out->expires, expiration, whose, provider->diags);
}

static void start_at_home(struct command *command, const struct provider *provider)
{
    struct str home = aws_home();
    command->folder =
        home.len > 0 && home.at[0] == '/' ? arena_str(provider->secrets, home).at : "/";
}

bool process_fetch(struct fetched *out, const struct origin *origin,
                   const struct provider *provider)
{
    struct diags *diags = provider->diags;
    const char *whose = origin_words(origin, diags->arena).at;
    struct command command = {0};
    struct child child;
    if (!aws_value_trust(&origin->command, "a program to run", diags)) {
        return false;
    }
    if (!split(&command, origin->command.text, provider->secrets)) {
        diag_add(diags, DIAG_CREDENTIALS, NOWHERE,
                 "%s: credential_process is no command: a quote is open, or there are "
                 "more than %d words",
                 whose, WORDS_MAX);
        return false;
    }
    command.program = find_program(command.words[0], provider->secrets);
    if (command.program == NULL) {
        struct diag *diag =
            diag_add(diags, DIAG_CREDENTIALS, NOWHERE, "%s: there is no program %s",
                     whose, diag_quote(diags, str_from(command.words[0])));
        diag_help(
            diags, diag,
            "credential_process names it by an absolute path, or as PATH finds it "
            "outside of the project");
        return false;
    }
    start_at_home(&command, provider);
    return run(&child, &command, provider, whose) &&
           read_output(out, child.output, provider, whose);
}

// ---- the AWS CLI

static bool is_version_2(const struct command *cli, const struct provider *provider,
                         const char *whose, bool *interrupted)
{
    struct command ask = *cli;
    struct child child;
    ask.words[1] = "--version";
    ask.words[2] = NULL;
    *interrupted = !run(&child, &ask, provider, whose);
    return !*interrupted && str_starts(child.output, STR("aws-cli/")) &&
           !str_starts(child.output, STR("aws-cli/1."));
}

static bool refuse_cli(const struct origin *origin, const char *whose, const char *why,
                       struct diags *diags)
{
    const char *name = origin->hidden ? "NAME" : diag_quote(diags, origin->profile);
    struct diag *diag =
        diag_add(diags, DIAG_CREDENTIALS, NOWHERE,
                 "%s: this profile takes the AWS CLI, version 2 (%s), %s", whose,
                 origin->why, why);
    diag_help(diags, diag,
              "install it, or export its credentials: eval \"$(aws configure "
              "export-credentials --profile %s --format env)\"",
              name);
    return false;
}

bool aws_cli_fetch(struct fetched *out, const struct origin *origin,
                   const struct provider *provider)
{
    struct diags *diags = provider->diags;
    const char *whose = origin_words(origin, diags->arena).at;
    struct command command = {
        .words = {"aws", "configure", "export-credentials", "--profile",
                  arena_str(provider->secrets, origin->profile).at, "--format",
                  "process"},
        .program = find_program("aws", provider->secrets),
    };
    struct child child;
    bool interrupted = false;
    start_at_home(&command, provider);
    if (command.program == NULL) {
        return refuse_cli(origin, whose, "which is not installed", diags);
    }
    if (!is_version_2(&command, provider, whose, &interrupted)) {
        return !interrupted &&
               refuse_cli(origin, whose, "and what is installed is version 1", diags);
    }
    return run(&child, &command, provider, whose) &&
           read_output(out, child.output, provider, whose);
}
