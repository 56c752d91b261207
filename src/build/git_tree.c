// Reading a revision through git. In: its name. Out: its files in a temporary folder.
//
// What the user wrote comes before nothing of git's that it could be an option of. The
// files are written by git_files.c.
#include "git_tree.h"

#include "folder.h"
#include "git_files.h"
#include "heap.h"
#include "leftover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)1 << 20)

// Its output without the line feed at its end.
static bool run(struct child *out, const struct git *git, const char *const *arguments)
{
    bool fine = git_run(out, git, arguments, -1, -1, ANSWER_MAX);
    while (out->output.len > 0 && out->output.at[out->output.len - 1] == '\n') {
        out->output.len--;
    }
    return fine;
}

// ---- what is wrong

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

// The system's configuration is read only where the repository is refused without it:
// it may say that another user's is to be trusted.
static bool find_root(struct git_tree *out, struct git *git)
{
    static const char *const ARGUMENTS[] = {"rev-parse", "--show-toplevel", NULL};
    struct child answer;
    bool found = run(&answer, git, ARGUMENTS);
    if (!found && answer.code != CHILD_NOT_STARTED && !stop_is_set(git->stop)) {
        git->system = true;
        found = run(&answer, git, ARGUMENTS);
    }
    if (!found || answer.output.len == 0) {
        return git_refuse(git, &answer, "the current folder is in no work tree of git",
                          NULL);
    }
    char *real = heap_realpath(arena_str(git->arena, answer.output).at);
    if (real == NULL) {
        return refuse_errno(git, "the repository cannot be found");
    }
    out->root = arena_str(git->arena, str_from(real)).at;
    free(real);
    return true;
}

static bool is_id(struct str text)
{
    size_t digits = 0;
    while (digits < text.len && strchr("0123456789abcdef", text.at[digits]) != NULL) {
        digits++;
    }
    return digits == text.len && (digits == 40 || digits == 64); // SHA-1, SHA-256
}

static bool find_commit(struct git_tree *out, const struct git *git,
                        const char *revision)
{
    struct str commit = arena_printf(git->arena, "%s^{commit}", revision);
    const char *const arguments[] = {"rev-parse", "--verify", "--quiet", commit.at,
                                     NULL};
    struct child answer;
    // "^main" and "main..next" stand for something else than one commit.
    if (!run(&answer, git, arguments) || !is_id(answer.output)) {
        struct str what = arena_printf(git->arena, "git knows no revision %s",
                                       diag_quote(git->diags, str_from(revision)));
        return git_refuse(git, &answer, what.at,
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
    leftover_add(name);
    out->made = name;
    char *real = heap_realpath(name);
    out->folder = real == NULL ? name : arena_str(git->arena, str_from(real)).at;
    free(real);
    out->files = arena_printf(git->arena, "%s/files", out->folder).at;
    // No revision can hold an entry of that name.
    const char *mark = arena_printf(git->arena, "%s/.git", out->files).at;
    return (mkdir(out->files, 0700) == 0 && mkdir(mark, 0700) == 0) ||
           refuse_errno(git, "no temporary folder can be made");
}

bool git_tree_open(struct git_tree *out, const char *revision, const struct stop *stop,
                   struct arena *arena, struct diags *diags)
{
    struct git git = {.stop = stop, .arena = arena, .diags = diags};
    *out = (struct git_tree){0};
    if (!check_name(&git, revision) || !find_root(out, &git) ||
        !find_commit(out, &git, revision)) {
        return false;
    }
    out->commit = arena_str(arena, out->commit);
    git.folder = out->root; // all files, wherever we are
    bool fine = make_folder(out, &git) &&
                git_files_write(out->files, out->folder, out->commit.at, &git) &&
                !stop_is_set(stop);
    if (!fine) {
        (void)git_tree_close(out);
    }
    return fine;
}

bool git_tree_close(struct git_tree *tree)
{
    bool gone = tree->folder == NULL || folder_remove(AT_FDCWD, tree->folder);
    leftover_drop(tree->made);
    tree->folder = NULL;
    return gone;
}
