// output: lines, a file that appears whole, a folder that is replaced whole.
#include "unit.h"

#include "file.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    char root[64];
    char path[128]; // of the last in()
    struct arena arena;
    struct diags diags;
    struct batch batch;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    (void)snprintf(f->root, sizeof f->root, "/tmp/ddbgen-output-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    diags_init(&f->diags, &f->arena);
    batch_init(&f->batch, STR("messages"));
    (void)umask(022);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    char command[128];

    (void)snprintf(command, sizeof command, "rm -r '%s'", f->root);
    assert_int_equal(system(command), 0);
    batch_deinit(&f->batch);
    arena_deinit(&f->arena);
    free(f);
    return 0;
}

static const char *in(struct fixture *f, const char *name)
{
    (void)snprintf(f->path, sizeof f->path, "%s/%s", f->root, name);
    return f->path;
}

static void fill(struct fixture *f, const char *table, unsigned items)
{
    f->batch.table_name = str_from(table);
    for (unsigned i = 0; i < items; i++) {
        const size_t at = f->batch.json.len;
        buf_printf(&f->batch.json, "{\"pk\":{\"N\":\"%u\"}}", i);
        f->batch.items[f->batch.count++] =
            (struct batch_item){.at = at, .len = f->batch.json.len - at};
    }
}

static void give(struct fixture *f, struct output *output, const char *table,
                 unsigned items)
{
    const struct batch_sink sink = output_sink(output);

    fill(f, table, items);
    assert_true(sink.take(sink.context, &f->batch));
    assert_int_equal(f->batch.count, 0);
}

static struct str contents(struct fixture *f, const char *name)
{
    struct str text;

    if (file_read(&text, in(f, name), 1 << 20, &f->arena) != FILE_OK) {
        fail_msg("%s: %s", name, strerror(errno));
    }
    return text;
}

static bool is_there(struct fixture *f, const char *name)
{
    struct stat info;
    return lstat(in(f, name), &info) == 0;
}

static void put_file(struct fixture *f, const char *name)
{
    FILE *file = fopen(in(f, name), "w");
    assert_non_null(file);
    (void)fputs("old\n", file);
    assert_int_equal(fclose(file), 0);
}

// Nothing but `count` entries is left in the folder.
static void expect_entries(struct fixture *f, const char *name, unsigned count)
{
    char command[256];
    (void)snprintf(command, sizeof command, "test \"$(ls -A '%s' | wc -l)\" = %u",
                   in(f, name), count);
    assert_int_equal(system(command), 0);
}

static void expect_error(struct fixture *f, enum diag_code code)
{
    assert_int_equal(f->diags.errors, 1);
    assert_int_equal(f->diags.kept[0].code, code);
    diags_init(&f->diags, &f->arena);
}

static const char LINES[] = "{\"CreateTable\":{\"TableName\":\"messages\"}}\n"
                            "{\"BatchWriteItem\":{\"RequestItems\":{\"messages\":["
                            "{\"PutRequest\":{\"Item\":{\"pk\":{\"N\":\"0\"}}}},"
                            "{\"PutRequest\":{\"Item\":{\"pk\":{\"N\":\"1\"}}}}]}}}\n";

static void test_request_lines(void **state)
{
    struct fixture *f = *state;
    const int fd = open(in(f, "out"), O_WRONLY | O_CREAT, 0600);
    struct output *output = output_lines_new(fd, true, NULL, &f->diags);

    assert_true(output_request(output, STR("messages"), "CreateTable",
                               STR("{\"TableName\":\"messages\"}")));
    give(f, output, "messages", 2);
    give(f, output, "messages", 0); // nothing
    assert_true(output_commit(output));
    output_free(output);
    assert_int_equal(close(fd), 0);
    assert_text(contents(f, "out"), LINES);
}

static void test_item_lines(void **state)
{
    struct fixture *f = *state;
    struct output *output = output_file_new(in(f, "out"), false, NULL, &f->diags);

    assert_true(output_request(output, STR("messages"), "CreateTable", STR("{}")));
    give(f, output, "messages", 2);
    assert_false(is_there(f, "out"));
    assert_true(output_commit(output));
    output_free(output);
    assert_text(contents(f, "out"), "{\"Item\":{\"pk\":{\"N\":\"0\"}}}\n"
                                    "{\"Item\":{\"pk\":{\"N\":\"1\"}}}\n");
    expect_entries(f, "", 1);
    struct stat info;
    assert_int_equal(stat(in(f, "out"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0644);
}

static void test_many_lines(void **state)
{
    struct fixture *f = *state;
    struct output *output = output_file_new(in(f, "out"), false, NULL, &f->diags);
    struct stat info;

    for (unsigned i = 0; i < 4000; i++) {
        give(f, output, "messages", 25);
    }
    assert_true(output_commit(output));
    output_free(output);
    assert_int_equal(stat(in(f, "out"), &info), 0);
    // {"Item":{"pk":{"N":"0"}}} and a line feed, 15 of the 25 with two digits.
    assert_int_equal(info.st_size, 4000 * (25 * 26 + 15));
}

static void test_file_not_committed(void **state)
{
    struct fixture *f = *state;

    put_file(f, "out");
    struct output *output = output_file_new(in(f, "out"), true, NULL, &f->diags);
    give(f, output, "messages", 25);
    output_free(output);
    assert_text(contents(f, "out"), "old\n");
    expect_entries(f, "", 1);
}

static void test_file_replaced(void **state)
{
    struct fixture *f = *state;
    char target[128];
    struct stat info;

    put_file(f, "out");
    assert_int_equal(chmod(in(f, "out"), 0600), 0);
    (void)snprintf(target, sizeof target, "%s/link", f->root);
    assert_int_equal(symlink("out", target), 0);
    struct output *output = output_file_new(target, false, NULL, &f->diags);
    give(f, output, "messages", 1);
    assert_true(output_commit(output));
    output_free(output);
    assert_text(contents(f, "out"), "{\"Item\":{\"pk\":{\"N\":\"0\"}}}\n");
    assert_int_equal(lstat(target, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(stat(target, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void test_file_impossible(void **state)
{
    struct fixture *f = *state;

    assert_null(output_file_new(f->root, true, NULL, &f->diags));
    expect_error(f, DIAG_FILE_WRITE);
    assert_null(output_file_new(in(f, "no/such"), true, NULL, &f->diags));
    expect_error(f, DIAG_FILE_WRITE);
    struct output *output = output_file_new("/dev/full", true, NULL, &f->diags);
    assert_non_null(output);
    give(f, output, "messages", 25);
    assert_false(output_commit(output));
    assert_false(output_commit(output)); // said once
    output_free(output);
    expect_error(f, DIAG_FILE_WRITE);
}

static void test_reader_gone(void **state)
{
    struct fixture *f = *state;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(close(ends[0]), 0);
    (void)signal(SIGPIPE, SIG_IGN);
    struct output *output = output_lines_new(ends[1], false, NULL, &f->diags);
    const struct batch_sink sink = output_sink(output);
    bool good = true;
    for (unsigned i = 0; good && i < 10000; i++) {
        fill(f, "messages", 25);
        good = sink.take(sink.context, &f->batch);
    }
    assert_false(good);
    assert_true(output_commit(output));
    output_free(output);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(f->diags.count, 0);
}

static void build_dir(struct fixture *f, const char *name, unsigned batches)
{
    struct output *output = output_dir_new(in(f, name), false, &f->diags);

    assert_non_null(output);
    assert_true(output_request(output, STR("messages"), "CreateTable",
                               STR("{\"TableName\":\"messages\"}")));
    for (unsigned i = 0; i < batches; i++) {
        give(f, output, "messages", 1);
    }
    assert_true(output_commit(output));
    output_free(output);
}

static void test_dir(void **state)
{
    struct fixture *f = *state;

    build_dir(f, "out/", 3);
    assert_text(contents(f, "out/create-table.json"), "{\"TableName\":\"messages\"}\n");
    assert_text(contents(f, "out/batch-write-item-000003.json"),
                "{\"RequestItems\":{\"messages\":["
                "{\"PutRequest\":{\"Item\":{\"pk\":{\"N\":\"0\"}}}}]}}\n");
    expect_entries(f, "out", 4);
    build_dir(f, "out", 1);
    expect_entries(f, "out", 2);
    expect_entries(f, "", 1);
    struct stat info;
    assert_int_equal(stat(in(f, "out"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0755);
}

static void test_dir_per_table(void **state)
{
    struct fixture *f = *state;

    for (int round = 0; round < 2; round++) {
        struct output *output = output_dir_new(in(f, "out"), true, &f->diags);
        assert_non_null(output);
        assert_true(output_request(output, STR("one"), "CreateTable", STR("{}")));
        assert_true(output_request(output, STR("two"), "CreateTable", STR("{}")));
        give(f, output, "two", 1);
        give(f, output, "one", 1);
        give(f, output, "two", 1);
        assert_true(output_commit(output));
        output_free(output);
    }
    expect_entries(f, "out", 2);
    expect_entries(f, "out/one", 2);
    expect_entries(f, "out/two", 3);
    // And back to the flat form.
    build_dir(f, "out", 1);
    expect_entries(f, "out", 2);
}

static void test_dir_not_committed(void **state)
{
    struct fixture *f = *state;

    build_dir(f, "out", 3);
    struct output *output = output_dir_new(in(f, "out"), true, &f->diags);
    assert_true(output_request(output, STR("one"), "CreateTable", STR("{}")));
    give(f, output, "two", 1);
    output_free(output);
    expect_entries(f, "", 1);
    expect_entries(f, "out", 4);
}

static void test_dir_foreign(void **state)
{
    static const char *const names[] = {
        "out/notes.txt",
        "out/batch-write-item-00001.json",
        "out/batch-write-item-000001.json.bak",
        "out/sub/notes.txt",
    };
    struct fixture *f = *state;

    build_dir(f, "out", 1);
    assert_int_equal(mkdir(in(f, "out/sub"), 0700), 0);
    assert_null(output_dir_new(in(f, "out"), false, &f->diags)); // an empty folder
    expect_error(f, DIAG_OUTPUT_FOREIGN);
    put_file(f, "out/sub/create-table.json");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        put_file(f, names[i]);
        assert_null(output_dir_new(in(f, "out"), false, &f->diags));
        expect_error(f, DIAG_OUTPUT_FOREIGN);
        assert_text(contents(f, names[i]), "old\n");
        assert_int_equal(unlink(in(f, names[i])), 0);
    }
    // A link is not ours either, whatever its name and target.
    assert_int_equal(
        symlink("create-table.json", in(f, "out/batch-write-item-000009.json")), 0);
    assert_null(output_dir_new(in(f, "out"), false, &f->diags));
    expect_error(f, DIAG_OUTPUT_FOREIGN);
    assert_true(is_there(f, "out/create-table.json"));
    expect_entries(f, "", 1);
}

// Something of someone else's appears while the build runs.
static void test_dir_foreign_at_commit(void **state)
{
    struct fixture *f = *state;

    build_dir(f, "out", 1);
    struct output *output = output_dir_new(in(f, "out"), false, &f->diags);
    assert_true(output_request(output, STR("messages"), "CreateTable", STR("{}")));
    put_file(f, "out/notes.txt");
    assert_false(output_commit(output));
    output_free(output);
    expect_error(f, DIAG_OUTPUT_FOREIGN);
    assert_text(contents(f, "out/notes.txt"), "old\n");
    expect_entries(f, "out", 3);
    expect_entries(f, "", 1);
}

static void test_dir_impossible(void **state)
{
    struct fixture *f = *state;
    char current[256];

    put_file(f, "file");
    assert_null(output_dir_new(in(f, "file"), false, &f->diags));
    expect_error(f, DIAG_OUTPUT_FOREIGN);
    assert_null(output_dir_new("", false, &f->diags));
    expect_error(f, DIAG_OUTPUT_FOREIGN);
    assert_null(output_dir_new("/", false, &f->diags));
    expect_error(f, DIAG_OUTPUT_FOREIGN);
    assert_null(output_dir_new(in(f, "no/such"), false, &f->diags));
    expect_error(f, DIAG_FILE_WRITE);
    build_dir(f, "out", 1);
    assert_non_null(getcwd(current, sizeof current));
    assert_int_equal(chdir(in(f, "out")), 0);
    assert_null(output_dir_new(".", false, &f->diags));
    expect_error(f, DIAG_OUTPUT_FOREIGN);
    assert_int_equal(chdir(current), 0);
}

static void test_dir_link(void **state)
{
    struct fixture *f = *state;
    struct stat info;

    build_dir(f, "real", 3);
    assert_int_equal(symlink("real", in(f, "out")), 0);
    build_dir(f, "out", 1);
    assert_int_equal(lstat(in(f, "out"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    expect_entries(f, "real", 2);
    assert_int_equal(symlink("nowhere", in(f, "dangling")), 0);
    assert_null(output_dir_new(in(f, "dangling"), false, &f->diags));
    expect_error(f, DIAG_FILE_WRITE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_request_lines),  TEST(test_item_lines),
        TEST(test_many_lines),     TEST(test_file_not_committed),
        TEST(test_file_replaced),  TEST(test_file_impossible),
        TEST(test_reader_gone),    TEST(test_dir),
        TEST(test_dir_per_table),  TEST(test_dir_not_committed),
        TEST(test_dir_foreign),    TEST(test_dir_foreign_at_commit),
        TEST(test_dir_impossible), TEST(test_dir_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
