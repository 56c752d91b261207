// Running git. In: arguments of our own, and a repository that is anybody's. Out: what
// git says.
//
// No hook, filter, pager, helper, alias or transport of the repository's configuration
// is ever run: only commands that have no use for them are, and what git might do on
// its own (ask for objects that are missing, watch files) is switched off. The
// environment is an allow-list: no credentials are in it.
#include "git_run.h"

#include "follow.h"
#include "heap.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGUMENTS_MAX 32
#define ENVIRONMENT_MAX 32
#define DESCRIPTORS_MAX (1 << 20)

// Of our environment git sees these, where they are set: who and where the user is, and
// which repository was meant.
static const char *const PASSED[] = {
    "HOME",
    "USER",
    "LOGNAME",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "SUDO_UID",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_CONFIG_GLOBAL",
    "GIT_CEILING_DIRECTORIES",
};

static const char *const SET[] = {
    "LC_ALL=C",
    "GIT_TERMINAL_PROMPT=0",
    "GIT_OPTIONAL_LOCKS=0",
    "GIT_NO_LAZY_FETCH=1",
    "GIT_NO_REPLACE_OBJECTS=1",
    "GIT_ALLOW_PROTOCOL=none", // stronger than protocol.*.allow of any configuration
    "GIT_ATTR_NOSYSTEM=1",
    "GIT_PAGER=cat",
};

static const char *const OPTIONS[] = {
    "--no-pager",
    "--no-replace-objects",
    "--literal-pathspecs",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.alternateRefsCommand=false",
    "-c",
    "protocol.allow=never",
    "-c",
    "credential.helper=",
    "-c",
    "core.sshCommand=false",
    "-c",
    "core.gitProxy=none",
};

struct call {
    const struct git *git;
    const char *const *arguments;
    const char *program;
    const char *path; // "PATH=..."
    size_t max;
};

// What was opened for us, such as a pipe with handles, was not opened for git.
static void close_all_others(void)
{
    if (close_range(STDERR_FILENO + 1, UINT_MAX, 0) == 0) {
        return;
    }
    const long max = sysconf(_SC_OPEN_MAX); // the kernel is too old for it
    for (int fd = STDERR_FILENO + 1; fd < max && fd < DESCRIPTORS_MAX; fd++) {
        (void)close(fd);
    }
}

static int become_git(void *context)
{
    const struct call *call = context;
    const struct git *git = call->git;
    struct rlimit limit = {call->max, call->max};
    const char *argv[ARGUMENTS_MAX + sizeof OPTIONS / sizeof *OPTIONS + 4] = {"git"};
    char *environment[ENVIRONMENT_MAX] = {NULL};
    size_t count = 1;
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
        argv[count++] = OPTIONS[i];
    }
    if (git->folder != NULL) {
        argv[count++] = "-C";
        argv[count++] = git->folder;
    }
    for (size_t i = 0; call->arguments[i] != NULL && i < ARGUMENTS_MAX; i++) {
        argv[count++] = call->arguments[i];
    }
    count = 0;
    environment[count++] = (char *)(uintptr_t)call->path;
    for (size_t i = 0; i < sizeof SET / sizeof *SET; i++) {
        environment[count++] = (char *)(uintptr_t)SET[i];
    }
    if (!git->system) {
        environment[count++] = (char *)(uintptr_t) "GIT_CONFIG_NOSYSTEM=1";
    }
    for (size_t i = 0; i < sizeof PASSED / sizeof *PASSED; i++) {
        const char *value = getenv(PASSED[i]);
        if (value != NULL) {
            environment[count++] =
                (char *)(uintptr_t)arena_printf(git->arena, "%s=%s", PASSED[i], value)
                    .at;
        }
    }
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    close_all_others();
    if (setrlimit(RLIMIT_FSIZE, &limit) == 0) {
        (void)execve(call->program, (char *const *)(uintptr_t)argv, environment);
    }
    return CHILD_NOT_STARTED;
}

// ---- which git

static bool is_in_checkout(const char *checkout, const char *folder)
{
    char *real = checkout == NULL ? NULL : heap_realpath(folder);
    bool inside = real != NULL && follow_holds(checkout, real);
    free(real);
    return inside;
}

// Of PATH only absolute folders count that are not the checkout's own: what a stranger
// puts there is not run. False: none of them has a git.
static bool find_program(struct call *call)
{
    struct arena *arena = call->git->arena;
    char *current = heap_realpath(".");
    const char *checkout = current == NULL ? NULL : follow_project(current, arena);
    struct str rest = str_from(getenv("PATH"));
    call->program = NULL;
    call->path = "PATH=";
    while (rest.len > 0) {
        struct str folder = {rest.at, str_find_char(rest, ':')};
        rest = str_skip(rest, folder.len);
        rest = str_skip(rest, rest.len > 0 ? 1 : 0);
        folder = arena_str(arena, folder);
        if (folder.at[0] != '/' || is_in_checkout(checkout, folder.at)) {
            continue;
        }
        const char *program = arena_printf(arena, "%s/git", folder.at).at;
        struct stat info;
        if (call->program == NULL && access(program, X_OK) == 0 &&
            stat(program, &info) == 0 && S_ISREG(info.st_mode)) {
            call->program = program;
        }
        call->path =
            arena_printf(arena, "%s%s%s", call->path,
                         call->path[strlen("PATH=")] == '\0' ? "" : ":", folder.at)
                .at;
    }
    free(current);
    return call->program != NULL;
}

bool git_run(struct child *out, const struct git *git, const char *const *arguments,
             int input, int output, size_t max)
{
    struct call call = {.git = git, .arguments = arguments, .max = max};
    *out = (struct child){.code = CHILD_NOT_STARTED};
    if (!find_program(&call)) {
        return false;
    }
    struct child_files files = {input, output};
    child_run(out, &files, become_git, &call, git->stop, git->arena);
    out->error.len = str_find_char(out->error, '\n');
    return out->code == 0;
}

// ---- what is wrong

bool git_refuse(const struct git *git, const struct child *answer, const char *what,
                const char *help)
{
    if (stop_is_set(git->stop)) {
        return false;
    }
    struct diag *diag = NULL;
    if (answer != NULL && answer->code == CHILD_NOT_STARTED) {
        diag = diag_add(git->diags, DIAG_GIT, (struct span){0},
                        "git cannot be run: it is not installed, or not in PATH");
        diag_help(git->diags, diag, "or compare with a build: --against DIR");
        return false;
    }
    bool told = answer != NULL && answer->error.len > 0;
    diag =
        diag_add(git->diags, DIAG_GIT, (struct span){0}, "%s%s%s", what,
                 told ? ": " : "", told ? diag_quote(git->diags, answer->error) : "");
    if (help != NULL) {
        diag_help(git->diags, diag, "%s", help);
    }
    return false;
}
