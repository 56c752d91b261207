// Reading a revision through git. In: its name. Out: its files in a temporary folder.
//
// git is started by its argument vector, without a shell, and what the user wrote
// comes before nothing that it could be an option of. An index of our own, in the
// temporary folder, takes the revision; from there the files are written.
#include "git_tree.h"

#include "child.h"
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGUMENTS_MAX 12

struct git {
    const volatile sig_atomic_t *interrupted;
    struct arena *arena;
    struct diags *diags;
    const char *folder; // where git is to be run; NULL: here
    const char *index;  // ours; NULL: none is needed
};

// A git that is to be run.
struct call {
    const struct git *git;
    const char *const *arguments; // NULL-terminated
};

// ---- running it

static int become_git(void *context)
{
    const struct call *call = context;
    const struct git *git = call->git;
    const char *argv[ARGUMENTS_MAX + 8] = {"git", "-c", "core.fsmonitor=false"};
    size_t count = 3;
    if (git->folder != NULL) {
        argv[count++] = "-C";
        argv[count++] = git->folder;
    }
    for (size_t i = 0; call->arguments[i] != NULL && i < ARGUMENTS_MAX; i++) {
        argv[count++] = call->arguments[i];
    }
    if ((git->index == NULL || setenv("GIT_INDEX_FILE", git->index, 1) == 0) &&
        setenv("LC_ALL", "C", 1) == 0 && setenv("GIT_TERMINAL_PROMPT", "0", 1) == 0 &&
        setenv("GIT_OPTIONAL_LOCKS", "0", 1) == 0) {
        (void)signal(SIGPIPE, SIG_DFL);
        (void)execvp("git", (char *const *)(uintptr_t)argv);
    }
    return CHILD_NOT_STARTED;
}

// Its output without the line feed at its end, of its errors the first line.
static bool run(struct child *out, const struct git *git, const char *const *arguments)
{
    struct call call = {git, arguments};
    child_run(out, become_git, &call, git->interrupted, git->arena);
    out->error.len = str_find_char(out->error, '\n');
    while (out->output.len > 0 && out->output.at[out->output.len - 1] == '\n') {
        out->output.len--;
    }
    return out->code == 0;
}

// ---- what is wrong

static bool is_interrupted(const struct git *git)
{
    return git->interrupted != NULL && *git->interrupted != 0;
}

// False. `what` is said before git's own words.
static bool refuse(const struct git *git, const struct child *answer, const char *what,
                   const char *help)
{
    if (is_interrupted(git)) {
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

static bool refuse_errno(const struct git *git, const char *what)
{
    diag_add(git->diags, DIAG_FILE_WRITE, (struct span){0}, "%s: %s", what,
             strerror(errno));
    return false;
}

// ---- a revision

// What begins with a dash would be an option, and nothing but a name may hold a control
// character.
static bool check_name(const struct git *git, const char *revision)
{
    bool fine = revision[0] != '\0' && revision[0] != '-';
    for (const char *at = revision; *at != '\0'; at++) {
        fine = fine && (unsigned char)*at >= 0x20 && *at != 0x7f;
    }
    if (!fine) {
        struct diag *diag =
            diag_add(git->diags, DIAG_GIT, (struct span){0}, "%s cannot be a revision",
                     diag_quote(git->diags, str_from(revision)));
        diag_help(git->diags, diag, "such as git:main, git:HEAD~1, git:origin/main");
    }
    return fine;
}

static bool find_root(struct git_tree *out, const struct git *git)
{
    static const char *const ARGUMENTS[] = {"rev-parse", "--show-toplevel", NULL};
    struct child answer;
    if (!run(&answer, git, ARGUMENTS) || answer.output.len == 0) {
        return refuse(git, &answer, "the current folder is in no work tree of git",
                      NULL);
    }
    char *real = realpath(arena_str(git->arena, answer.output).at, NULL);
    if (real == NULL) {
        return refuse_errno(git, "the repository cannot be found");
    }
    out->root = arena_str(git->arena, str_from(real)).at;
    free(real);
    return true;
}

static bool find_commit(struct git_tree *out, const struct git *git,
                        const char *revision)
{
    struct str commit = arena_printf(git->arena, "%s^{commit}", revision);
    const char *const arguments[] = {"rev-parse", "--verify", "--quiet", commit.at,
                                     NULL};
    struct child answer;
    if (!run(&answer, git, arguments)) {
        struct str what = arena_printf(git->arena, "git knows no revision %s",
                                       diag_quote(git->diags, str_from(revision)));
        return refuse(git, &answer, what.at,
                      "it may have to be fetched: 'git fetch origin', or, in CI, a "
                      "checkout with fetch-depth: 0");
    }
    out->commit = answer.output;
    return true;
}

static bool make_folder(struct git_tree *out, struct git *git)
{
    const char *base = getenv("TMPDIR");
    base = base == NULL || base[0] != '/' ? "/tmp" : base;
    struct str pattern = arena_printf(git->arena, "%s/ddbgen-git-XXXXXX", base);
    char *name = arena_alloc(git->arena, pattern.len + 1);
    memcpy(name, pattern.at, pattern.len);
    if (mkdtemp(name) == NULL) {
        return refuse_errno(git, "no temporary folder can be made");
    }
    char *real = realpath(name, NULL);
    out->folder = real == NULL ? name : arena_str(git->arena, str_from(real)).at;
    free(real);
    out->files = arena_printf(git->arena, "%s/files", out->folder).at;
    git->index = arena_printf(git->arena, "%s/index", out->folder).at;
    // No revision can hold an entry of that name.
    const char *mark = arena_printf(git->arena, "%s/.git", out->files).at;
    return (mkdir(out->files, 0700) == 0 && mkdir(mark, 0700) == 0) ||
           refuse_errno(git, "no temporary folder can be made");
}

static bool write_files(const struct git_tree *tree, const struct git *git)
{
    const char *prefix = arena_printf(git->arena, "--prefix=%s/", tree->files).at;
    const char *const fill[] = {"read-tree", tree->commit.at, NULL};
    const char *const write[] = {"checkout-index", "--all", "--quiet", prefix, NULL};
    struct child answer;
    if (!run(&answer, git, fill)) {
        return refuse(git, &answer, "git cannot read the revision", NULL);
    }
    return run(&answer, git, write) ||
           refuse(git, &answer, "git cannot write the revision's files", NULL);
}

bool git_tree_open(struct git_tree *out, const char *revision,
                   const volatile sig_atomic_t *interrupted, struct arena *arena,
                   struct diags *diags)
{
    struct git git = {.interrupted = interrupted, .arena = arena, .diags = diags};
    *out = (struct git_tree){0};
    if (!check_name(&git, revision) || !find_root(out, &git) ||
        !find_commit(out, &git, revision)) {
        return false;
    }
    out->commit = arena_str(arena, out->commit);
    git.folder = out->root; // all files, wherever we are
    bool fine =
        make_folder(out, &git) && write_files(out, &git) && !is_interrupted(&git);
    if (!fine) {
        (void)git_tree_close(out);
    }
    return fine;
}

bool git_tree_close(struct git_tree *tree)
{
    bool gone = tree->folder == NULL || folder_remove(AT_FDCWD, tree->folder);
    tree->folder = NULL;
    return gone;
}
