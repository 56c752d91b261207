// follow: links of a checkout, and what they may lead to. Everything happens in a
// folder of its own, which is the working directory.
#include "unit.h"

#include "arena.h"
#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/ddbgen-test-follow-XXXXXX";

static void make_file(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static void make_link(const char *path, const char *target)
{
    assert_int_equal(symlink(target, path), 0);
}

static int set_up(void **state)
{
    static const char *const FOLDERS[] = {
        "p",           "p/.git", "p/sub",    "p/sub/in", "p/meta", "p/meta/objects",
        "p/meta/refs", "out",    "out/deep", "p/nested", "bare",
    };
    static const char *const FILES[] = {
        "p/a",        "p/sub/in/b", "p/.git/config",        "p/meta/HEAD",
        "out/secret", "out/deep/x", "p/nested/ddbgen.yaml", "bare/a",
    };
    (void)state;
    if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
        return -1;
    }
    for (size_t i = 0; i < COUNT_OF(FOLDERS); i++) {
        assert_int_equal(mkdir(FOLDERS[i], 0700), 0);
    }
    for (size_t i = 0; i < COUNT_OF(FILES); i++) {
        make_file(FILES[i]);
    }
    make_link("p/inside", "sub/in/b");
    make_link("p/chain", "inside");
    make_link("p/away", "../out/secret");
    make_link("p/away-chain", "away");
    make_link("p/nowhere", "../out/nothing");
    make_link("p/there-and-back", "../out/../p/a");
    make_link("p/folder", "../out");
    make_link("p/absolute", "/etc/passwd");
    make_link("p/loop", "loop");
    make_link("p/git", ".git/config");
    make_link("p/GIT", ".GIT/config");
    make_link("p/elsewhere", "meta/HEAD");
    make_link("p/dangling", "missing");
    make_link("p/nested/up", "../a");
    make_link("to-p", "p");
    make_link("bare/away", "../out/secret");
    return 0;
}

static int tear_down(void **state)
{
    char command[100];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return chdir("/") != 0 || system(command) != 0 ? -1 : 0;
}

static const struct {
    const char *path;
    enum follow_result result;
    const char *real; // below the folder, or the errno's
    const char *link;
} ROWS[] = {
    {"p/a", FOLLOW_OK, "p/a", NULL},
    {"p//sub/../sub/./in/b", FOLLOW_OK, "p/sub/in/b", NULL},
    {"p/inside", FOLLOW_OK, "p/sub/in/b", "p/inside"},
    {"p/chain", FOLLOW_OK, "p/sub/in/b", "p/chain"},
    {"p/away", FOLLOW_OUTSIDE, NULL, "p/away"},
    {"p/away-chain", FOLLOW_OUTSIDE, NULL, "p/away-chain"},
    {"p/nowhere", FOLLOW_OUTSIDE, NULL, "p/nowhere"}, // no word about what is there
    {"p/there-and-back", FOLLOW_OUTSIDE, NULL, "p/there-and-back"},
    {"p/folder/secret", FOLLOW_OUTSIDE, NULL, "p/folder"},
    {"p/folder/nothing", FOLLOW_OUTSIDE, NULL, "p/folder"},
    {"p/absolute", FOLLOW_OUTSIDE, NULL, "p/absolute"},
    {"p/loop", FOLLOW_ERRNO, "p/loop", "p/loop"},
    {"p/git", FOLLOW_GIT, NULL, "p/git"},
    {"p/GIT", FOLLOW_GIT, NULL, "p/GIT"},
    {"p/elsewhere", FOLLOW_GIT, NULL, "p/elsewhere"},
    {"p/dangling", FOLLOW_ERRNO, "p/missing", "p/dangling"},
    {"p/nested/up", FOLLOW_OUTSIDE, NULL, "p/nested/up"},
    {"p/sub/", FOLLOW_OK, "p/sub", NULL},
    {"p/a/", FOLLOW_ERRNO, "p/a/.", NULL}, // only of a folder
    {"p/inside/", FOLLOW_ERRNO, "p/sub/in/b/.", "p/inside"},
    {"p/a/b", FOLLOW_ERRNO, "p/a/.", NULL},
    {"p/.git/config", FOLLOW_OK, "p/.git/config", NULL}, // the user's own word
    {"out/secret", FOLLOW_OK, "out/secret", NULL},
    {"missing", FOLLOW_ERRNO, "missing", NULL},
};

static void check_row(size_t i, const char *path, struct arena *arena)
{
    struct followed followed;
    enum follow_result result = follow_named(&followed, path, false, arena);

    if (result != ROWS[i].result) {
        print_error("%s: %d\n", path, (int)result);
    }
    assert_int_equal(result, ROWS[i].result);
    if (ROWS[i].real != NULL) {
        assert_string_equal(followed.real,
                            arena_printf(arena, "%s/%s", folder, ROWS[i].real).at);
    }
    if (ROWS[i].link == NULL) {
        assert_null(followed.link);
    } else if (path[0] != '/') {
        assert_string_equal(followed.link, ROWS[i].link);
    }
}

static void test_named(void **state)
{
    struct arena arena = {0};
    struct followed followed;
    (void)state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        check_row(i, ROWS[i].path, &arena);
        check_row(i, arena_printf(&arena, "%s/%s", folder, ROWS[i].path).at, &arena);
    }
    assert_int_equal(follow_named(&followed, "", false, &arena), FOLLOW_ERRNO);
    assert_int_equal(errno, ENOENT);
    // Without a project the current folder is one, and elsewhere the file's own.
    assert_int_equal(follow_named(&followed, "to-p/a", false, &arena), FOLLOW_OK);
    assert_int_equal(follow_named(&followed, "bare/away", false, &arena), FOLLOW_OK);
    assert_int_equal(chdir("bare"), 0);
    assert_int_equal(follow_named(&followed, "away", false, &arena), FOLLOW_OUTSIDE);
    assert_int_equal(follow_named(&followed, "../p/a", false, &arena), FOLLOW_OK);
    assert_int_equal(chdir("/"), 0);
    const char *bare = arena_printf(&arena, "%s/bare/away", folder).at;
    assert_int_equal(follow_named(&followed, bare, false, &arena), FOLLOW_OK);
    assert_int_equal(chdir("/etc"), 0);
    assert_int_equal(follow_named(&followed, bare, false, &arena), FOLLOW_OUTSIDE);
    // A link on the way to a project is nobody's checkout.
    const char *way = arena_printf(&arena, "%s/to-p/a", folder).at;
    assert_int_equal(follow_named(&followed, way, false, &arena), FOLLOW_OK);
    assert_null(followed.link);
    assert_int_equal(follow_named(&followed, "/dev/null", false, &arena), FOLLOW_OK);
    assert_int_equal(chdir(folder), 0);
    arena_deinit(&arena);
}

// The user may want it.
static void test_all_links(void **state)
{
    struct arena arena = {0};
    struct followed followed;
    (void)state;

    assert_int_equal(follow_named(&followed, "p/away-chain", true, &arena), FOLLOW_OK);
    assert_string_equal(followed.real,
                        arena_printf(&arena, "%s/out/secret", folder).at);
    assert_int_equal(follow_named(&followed, "p/git", true, &arena), FOLLOW_OK);
    assert_int_equal(follow_named(&followed, "p/loop", true, &arena), FOLLOW_ERRNO);
    assert_int_equal(errno, ELOOP);
    arena_deinit(&arena);
}

// What a file of the checkout names.
static void test_inside(void **state)
{
    static const struct {
        const char *path;
        enum follow_result result;
    } rows[] = {
        {"in/b", FOLLOW_OK},
        {"../a", FOLLOW_OK},
        {"../inside", FOLLOW_OK},
        {"../../p/a", FOLLOW_OUTSIDE},
        {"../../out/secret", FOLLOW_OUTSIDE},
        {"../../out/nothing", FOLLOW_OUTSIDE},
        {"../../../../../../../etc/passwd", FOLLOW_OUTSIDE},
        {"/etc/passwd", FOLLOW_OUTSIDE},
        {"../away", FOLLOW_OUTSIDE},
        {"../folder/deep/x", FOLLOW_OUTSIDE},
        {"../.git/config", FOLLOW_GIT},
        {"../.Git/nothing", FOLLOW_GIT},
        {"../meta/objects/x", FOLLOW_GIT},
        {"../missing", FOLLOW_ERRNO},
    };
    struct arena arena = {0};
    const char *root = arena_printf(&arena, "%s/p", folder).at;
    const char *at = arena_printf(&arena, "%s/p/sub", folder).at;
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct followed followed;
        assert_int_equal(follow_inside(&followed, at, root, rows[i].path, &arena),
                         rows[i].result);
    }
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_named),
        cmocka_unit_test(test_all_links),
        cmocka_unit_test(test_inside),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
