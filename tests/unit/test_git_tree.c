// git_tree: a revision's files, from a repository that does not notice.
#include "unit.h"

#include "file.h"
#include "folder.h"
#include "git_tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    char root[64];
    struct arena arena;
    struct diags diags;
    struct git_tree tree;
};

// What the shell says of a command; it must succeed.
static void sh(const char *command)
{
    if (system(command) != 0) {
        fail_msg("%s", command);
    }
}

// A repository with two commits, a change that is not committed, and one in the index,
// which is split, of a work tree that is sparse.
static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    (void)snprintf(f->root, sizeof f->root, "/tmp/ddbgen-git-test-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    diags_init(&f->diags, &f->arena);
    assert_int_equal(chdir(f->root), 0);
    assert_int_equal(setenv("TMPDIR", f->root, 1), 0);
    assert_int_equal(unsetenv("GIT_DIR"), 0);
    assert_int_equal(unsetenv("GIT_INDEX_FILE"), 0);
    assert_int_equal(setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1), 0);
    assert_int_equal(setenv("GIT_CEILING_DIRECTORIES", "/tmp", 1), 0);
    sh("mkdir repo && cd repo && git init --quiet . && git config user.name t && "
       "git config user.email t@example.com && mkdir -p 'a b/deep' && "
       "echo one >'a b/deep/file.txt' && ln -s /etc/passwd link && git add . && "
       "git commit --quiet -m one && echo two >'a b/deep/file.txt' && echo x >new && "
       "git add . && git commit --quiet -m two && echo three >'a b/deep/file.txt' && "
       "git add . && git config core.splitIndex true && "
       "git config core.sparseCheckout true && echo /new >.git/info/sparse-checkout && "
       "echo four >'a b/deep/file.txt' && echo y >untracked && "
       "find . -type f | sort | xargs -d '\\n' sha256sum >../before");
    assert_int_equal(chdir("repo"), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(chdir("/"), 0);
    assert_true(folder_remove(AT_FDCWD, f->root));
    arena_deinit(&f->arena);
    free(f);
    return 0;
}

static bool open_tree(struct fixture *f, const char *revision)
{
    diags_init(&f->diags, &f->arena);
    return git_tree_open(&f->tree, revision, NULL, &f->arena, &f->diags);
}

static void expect_text(struct fixture *f, const char *name, const char *text)
{
    struct str got;
    struct str path = arena_printf(&f->arena, "%s/%s", f->tree.files, name);
    assert_int_equal(file_read(&got, path.at, 1000, &f->arena), FILE_OK);
    assert_text(got, text);
}

// Of the repository and the temporary folder's place.
static void expect_unchanged(const struct fixture *f)
{
    assert_int_equal(chdir(f->root), 0);
    sh("cd repo && find . -type f | sort | xargs -d '\\n' sha256sum | cmp - ../before");
    sh("test \"$(ls)\" = \"$(printf 'before\\nrepo')\"");
    assert_int_equal(chdir("repo"), 0);
}

static void test_revisions(void **state)
{
    struct fixture *f = *state;
    struct stat info;
    assert_true(open_tree(f, "HEAD~1"));
    assert_int_equal(f->tree.commit.len, 40);
    expect_text(f, "a b/deep/file.txt", "one\n");
    assert_int_equal(stat(f->tree.folder, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    struct str path = arena_printf(&f->arena, "%s/new", f->tree.files);
    assert_int_not_equal(stat(path.at, &info), 0);
    path = arena_printf(&f->arena, "%s/link", f->tree.files);
    assert_int_equal(lstat(path.at, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_true(git_tree_close(&f->tree));
    expect_unchanged(f);
    assert_int_equal(stat("/etc/passwd", &info), 0);
}

// From a folder within, all files are there; links to the repository are resolved.
static void test_from_within(void **state)
{
    struct fixture *f = *state;
    struct str root = arena_printf(&f->arena, "%s/repo", f->root);
    assert_int_equal(chdir("a b/deep"), 0);
    assert_true(open_tree(f, "HEAD"));
    assert_text(root, f->tree.root);
    expect_text(f, "a b/deep/file.txt", "two\n");
    expect_text(f, "new", "x\n");
    assert_true(git_tree_close(&f->tree));
    assert_int_equal(chdir("../.."), 0);
    expect_unchanged(f);
}

static void expect_refused(struct fixture *f, const char *revision, const char *message)
{
    assert_false(open_tree(f, revision));
    assert_int_equal(f->diags.errors, 1);
    assert_int_equal(f->diags.kept[0].code, DIAG_GIT);
    struct str got = f->diags.kept[0].message;
    if (!str_starts(got, str_from(message))) {
        assert_text(got, message);
    }
}

static void test_refused(void **state)
{
    struct fixture *f = *state;
    expect_refused(f, "", "'' cannot be a revision");
    expect_refused(f, "--output=x", "'--output=x' cannot be a revision");
    expect_refused(f, "a\nb", "'a\nb' cannot be a revision");
    expect_refused(f, "\x7f", "'\x7f' cannot be a revision");
    expect_refused(f, "nowhere", "git knows no revision 'nowhere'");
    assert_true(f->diags.kept[0].help.len > 0);
    expect_refused(f, "HEAD:new", "git knows no revision 'HEAD:new'");
    expect_refused(f, "$(touch x)", "git knows no revision '$(touch x)'");
    expect_unchanged(f);
    assert_int_equal(chdir(f->root), 0);
    expect_refused(f, "HEAD", "the current folder is in no work tree of git: 'fatal: ");
}

static void test_no_git(void **state)
{
    struct fixture *f = *state;
    char *path = strdup(getenv("PATH"));
    assert_int_equal(setenv("PATH", "/nowhere", 1), 0);
    expect_refused(f, "HEAD", "git cannot be run: it is not installed, or not in PATH");
    assert_int_equal(setenv("PATH", path, 1), 0);
    free(path);
}

static void test_interrupted(void **state)
{
    static const struct stop SET = {1};
    struct fixture *f = *state;
    assert_false(git_tree_open(&f->tree, "HEAD", &SET, &f->arena, &f->diags));
    assert_int_equal(f->diags.count, 0);
    expect_unchanged(f);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_revisions), TEST(test_from_within), TEST(test_refused),
        TEST(test_no_git),    TEST(test_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
