// revision: a run's files as they were at a commit, built, each table under its name.
#include "unit.h"

#include "pipeline.h"
#include "revision.h"

#include "folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char root[64];

// What the shell says of a command; it must succeed.
static void sh(const char *command)
{
    if (system(command) != 0) {
        fail_msg("%s", command);
    }
}

// A definition of a table in a file.
static void define(const char *path, const char *table)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fprintf(file,
                        "table_name: %s\nattribute_definitions: {pk: S}\n"
                        "key_schema: {hash: pk}\nbilling_mode: PAY_PER_REQUEST\n",
                        table) > 0);
    assert_int_equal(fclose(file), 0);
}

// A repository: first of one definition; then it has another name, and there is a second
// one, of which nothing can be made; now that is right, too, and a third one came.
static int set_up(void **state)
{
    (void)state;
    (void)snprintf(root, sizeof root, "/tmp/ddbgen-revision-test-XXXXXX");
    assert_non_null(mkdtemp(root));
    assert_int_equal(chdir(root), 0);
    assert_int_equal(setenv("TMPDIR", root, 1), 0);
    assert_int_equal(unsetenv("GIT_DIR"), 0);
    assert_int_equal(unsetenv("GIT_INDEX_FILE"), 0);
    assert_int_equal(setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1), 0);
    assert_int_equal(setenv("GIT_CEILING_DIRECTORIES", "/tmp", 1), 0);
    sh("git init --quiet repo");
    assert_int_equal(chdir("repo"), 0);
    sh("git config user.name t && git config user.email t@example.com");
    define("a.yaml", "then");
    sh("git add . && git commit --quiet -m one");
    define("a.yaml", "now");
    sh("echo 'table_name: second' >b.yaml && git add . && git commit --quiet -m two");
    define("b.yaml", "second");
    define("c.yaml", "third");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(chdir("/"), 0);
    return folder_remove(AT_FDCWD, root) ? 0 : -1;
}

// Of all three definitions. The run goes on until it is closed.
static struct ddb *build_at(struct revision *revision, const char *name)
{
    static const char *const FILES[] = {"a.yaml", "b.yaml", "c.yaml"};
    struct ddb_options options = {.files = FILES, .file_count = COUNT_OF(FILES)};
    struct ddb *ddb = ddb_open(&options);
    assert_true(pipeline_open(ddb, LOOKUP_LOCKED));
    assert_int_equal(ddb->compilation.unit_count, 3);
    assert_true(revision_build(revision, ddb, name, "against"));
    return ddb;
}

// Nothing is left behind.
static void end(struct ddb *ddb, struct revision *revision)
{
    revision_close(revision, ddb);
    assert_int_equal(ddb_close(ddb), DDB_OK);
    sh("test \"$(ls ..)\" = repo && test \"$(ls)\" = \"$(printf 'a.yaml\\nb.yaml\\n"
       "c.yaml')\"");
}

static void test_what_was_there(void **state)
{
    struct revision revision;
    (void)state;
    struct ddb *ddb = build_at(&revision, "HEAD~1");
    assert_string_equal(revision.name, "HEAD~1");
    assert_int_equal(revision.build.count, 1);
    assert_text(revision.build.parts[0].table.name, "then");
    assert_null(revision.states); // all are whole
    end(ddb, &revision);
}

static void test_what_did_not_compile(void **state)
{
    struct revision revision;
    (void)state;
    struct ddb *ddb = build_at(&revision, "HEAD");
    assert_int_equal(revision.build.count, 1);
    assert_text(revision.build.parts[0].table.name, "now");
    assert_non_null(revision.states);
    assert_int_equal(revision.states[0], REVISION_WHOLE);
    assert_int_equal(revision.states[1], REVISION_BROKEN);
    assert_int_equal(revision.states[2], REVISION_WHOLE); // there was none
    assert_int_equal(revision.mistakes[0].lines.len, 0);
    assert_true(str_starts(revision.mistakes[1].lines, STR("b.yaml:1:1: ")));
    assert_true(str_starts(revision.together.lines, STR("b.yaml:1:1: ")));
    end(ddb, &revision);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_was_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_did_not_compile, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
