// build_dir: what output_dir wrote comes back, and every way in which a folder can be
// damaged is told at the file that it is about.
#include "unit.h"

#include "build_dir.h"
#include "folder.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CREATE(name)                                                                   \
    "{\"TableName\":\"" name                                                           \
    "\",\"AttributeDefinitions\":[{\"AttributeName\":\"pk\",\"AttributeType\":\"N\"}]" \
    ",\"KeySchema\":[{\"AttributeName\":\"pk\",\"KeyType\":\"HASH\"}],"                \
    "\"BillingMode\":\"PAY_PER_REQUEST\"}"
#define TTL                                                                            \
    "{\"TableName\":\"messages\",\"TimeToLiveSpecification\":{\"Enabled\":true,"       \
    "\"AttributeName\":\"e\"}}"

struct fixture {
    char root[64];
    char path[512];
    struct arena arena;
    struct diags diags;
    unsigned items;
    struct buf seen;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    (void)snprintf(f->root, sizeof f->root, "/tmp/ddbgen-build-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    diags_init(&f->diags, &f->arena);
    buf_init(&f->seen, SIZE_MAX);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    assert_true(folder_remove(AT_FDCWD, f->root));
    buf_deinit(&f->seen);
    arena_deinit(&f->arena);
    free(f);
    return 0;
}

static const char *in(struct fixture *f, const char *name)
{
    (void)snprintf(f->path, sizeof f->path, "%s/%s", f->root, name);
    return f->path;
}

static void give(struct fixture *f, struct output *output, const char *table,
                 unsigned count)
{
    const struct batch_sink sink = output_sink(output);
    struct batch batch;
    batch_init(&batch, str_from(table));
    for (unsigned i = 0; i < count; i++) {
        const size_t at = batch.json.len;
        buf_printf(&batch.json, "{\"pk\":{\"N\":\"%u\"}}", f->items++);
        batch.items[batch.count++] =
            (struct batch_item){.at = at, .len = batch.json.len - at};
    }
    assert_true(sink.take(sink.context, &batch));
    batch_deinit(&batch);
}

// A build of one table in ROOT/out: three batches of two items.
static void build(struct fixture *f)
{
    struct output *output = output_dir_new(in(f, "out"), false, &f->diags);
    assert_true(output_request(output, STR("messages"), "CreateTable",
                               STR(CREATE("messages"))));
    assert_true(output_request(output, STR("messages"), "UpdateTimeToLive", STR(TTL)));
    for (int i = 0; i < 3; i++) {
        give(f, output, "messages", 2);
    }
    assert_true(output_commit(output));
    output_free(output);
}

static void build_tables(struct fixture *f)
{
    struct output *output = output_dir_new(in(f, "out"), true, &f->diags);
    assert_true(
        output_request(output, STR("users"), "CreateTable", STR(CREATE("users"))));
    assert_true(output_request(output, STR("messages"), "CreateTable",
                               STR(CREATE("messages"))));
    give(f, output, "users", 1);
    assert_true(output_commit(output));
    output_free(output);
}

static bool note_item(void *context, struct str json, const struct made_for *made_for,
                      const char **why)
{
    struct fixture *f = context;
    (void)made_for;
    buf_put(&f->seen, json);
    if (str_find(json, STR("66")) < json.len) {
        *why = "66 is too much";
        return false;
    }
    return str_find(json, STR("77")) == json.len;
}

static bool read_all(struct fixture *f, struct build_dir *out)
{
    struct build_sink to = {note_item, f};
    char real[PATH_MAX];
    const char *path = realpath(in(f, "out"), real) != NULL ? real : in(f, "out");
    bool fine = build_dir_read(out, path, in(f, "out"), &f->arena, &f->diags);
    for (size_t i = 0; i < out->count && fine; i++) {
        fine = build_part_items(&out->parts[i], &to, &f->diags);
    }
    return fine;
}

static void write_text(struct fixture *f, const char *name, const char *text)
{
    FILE *file = fopen(in(f, name), "w");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

// The one mistake: its code, the end of the path that it names, and its text.
static void expect_error(struct fixture *f, enum diag_code code, const char *place,
                         const char *message)
{
    struct build_dir build = {0};
    assert_false(read_all(f, &build));
    assert_int_equal(f->diags.errors, 1);
    const struct diag *diag = &f->diags.kept[0];
    assert_int_equal(diag->code, code);
    assert_true(str_ends(diag->span.source->name, str_from(place)));
    assert_text(diag->message, message);
    assert_true(diag->help.len > 0);
    diags_init(&f->diags, &f->arena);
}

static void test_one_table(void **state)
{
    struct fixture *f = *state;
    struct build_dir out;
    build(f);
    assert_true(read_all(f, &out));
    assert_int_equal(out.count, 1);
    assert_int_equal(out.parts[0].batches, 3);
    assert_text(out.parts[0].table.name, "messages");
    assert_int_equal(out.parts[0].table.settings.time_to_live.state, SETTING_ENABLED);
    assert_int_equal(out.parts[0].table.settings.stream.state, SETTING_DISABLED);
    assert_text(buf_str(&f->seen),
                "{\"pk\":{\"N\":\"0\"}}{\"pk\":{\"N\":\"1\"}}{\"pk\":{\"N\":\"2\"}}"
                "{\"pk\":{\"N\":\"3\"}}{\"pk\":{\"N\":\"4\"}}{\"pk\":{\"N\":\"5\"}}");
}

static void test_several_tables(void **state)
{
    struct fixture *f = *state;
    struct build_dir out;
    build_tables(f);
    assert_true(read_all(f, &out));
    assert_int_equal(out.count, 2); // by name
    assert_text(out.parts[0].table.name, "messages");
    assert_int_equal(out.parts[0].batches, 0);
    assert_text(out.parts[1].table.name, "users");
    assert_text(buf_str(&f->seen), "{\"pk\":{\"N\":\"0\"}}");
}

// DIR may be a link, which was followed before; a table's folder may not.
static void test_links(void **state)
{
    struct fixture *f = *state;
    struct build_dir out;
    char target[600];
    build_tables(f);
    (void)snprintf(target, sizeof target, "%s/kept", f->root);
    assert_int_equal(rename(in(f, "out"), target), 0);
    assert_int_equal(symlink("kept", in(f, "out")), 0);
    assert_true(read_all(f, &out));
    assert_int_equal(out.count, 2);
    (void)snprintf(target, sizeof target, "%s/elsewhere", f->root);
    assert_int_equal(rename(in(f, "kept/users"), target), 0);
    assert_int_equal(symlink("../elsewhere", in(f, "kept/users")), 0);
    expect_error(f, DIAG_BUILD, "/out",
                 "it holds something that no build wrote: 'users'");
}

static void test_no_build(void **state)
{
    struct fixture *f = *state;
    expect_error(f, DIAG_FILE_READ, "/out",
                 "cannot be read: No such file or directory");
    write_text(f, "out", "");
    expect_error(f, DIAG_FILE_READ, "/out", "cannot be read: Not a directory");
    assert_int_equal(unlink(in(f, "out")), 0);
    assert_int_equal(mkdir(in(f, "out"), 0700), 0);
    expect_error(f, DIAG_BUILD, "/out", "it holds no build");
    write_text(f, "out/notes.txt", "");
    expect_error(f, DIAG_BUILD, "/out",
                 "it holds something that no build wrote: 'notes.txt'");
}

static void test_files_missing(void **state)
{
    struct fixture *f = *state;
    build(f);
    assert_int_equal(unlink(in(f, "out/batch-write-item-000002.json")), 0);
    expect_error(f, DIAG_BUILD, "/out",
                 "some of the files batch-write-item-NNNNNN.json are missing");
    assert_int_equal(unlink(in(f, "out/create-table.json")), 0);
    expect_error(f, DIAG_BUILD, "/out/create-table.json", "the file is missing");
}

static void test_foreign(void **state)
{
    struct fixture *f = *state;
    build(f);
    write_text(f, "out/batch-write-item-0000004.json", "{}"); // a zero too many
    expect_error(f, DIAG_BUILD, "/out",
                 "it holds something that no build wrote: "
                 "'batch-write-item-0000004.json'");
    assert_int_equal(unlink(in(f, "out/batch-write-item-0000004.json")), 0);
    assert_int_equal(symlink("/etc/passwd", in(f, "out/batch-write-item-000004.json")),
                     0);
    expect_error(f, DIAG_BUILD, "/out",
                 "it holds something that no build wrote: "
                 "'batch-write-item-000004.json'");
    assert_int_equal(unlink(in(f, "out/batch-write-item-000004.json")), 0);
    assert_int_equal(mkdir(in(f, "out/users"), 0700), 0);
    expect_error(f, DIAG_BUILD, "/out",
                 "it holds a table's files and folders of tables");
}

static void test_folders(void **state)
{
    struct fixture *f = *state;
    char other[600];
    build_tables(f);
    (void)snprintf(other, sizeof other, "%s/out/others", f->root);
    assert_int_equal(rename(in(f, "out/users"), other), 0);
    expect_error(f, DIAG_BUILD, "/out/others",
                 "it is the folder of another table: 'users'");
    assert_int_equal(mkdir(in(f, "out/others/deep"), 0700), 0);
    expect_error(f, DIAG_BUILD, "/out/others",
                 "it holds something that no build wrote: 'deep'");
}

static void test_damaged(void **state)
{
#define BATCH(requests) "{\"RequestItems\":{\"messages\":[" requests "]}}"
#define PUT(n) "{\"PutRequest\":{\"Item\":{\"pk\":{\"N\":\"" #n "\"}}}}"
    static const char OTHER[] =
        "it is no BatchWriteItem of this table as a build writes it";
    static const struct {
        const char *text;
        const char *message;
    } ROWS[] = {
        {"", "it is not JSON: the text ends where a value is expected"},
        {"[]", OTHER},
        {"{}", OTHER},
        {"{\"RequestItems\":{\"users\":[" PUT(1) "]}}", OTHER},
        {"{\"RequestItems\":{\"messages\":[],\"users\":[]}}", OTHER},
        {BATCH(PUT(1)) "x", "it is not JSON: something follows the value"},
        {BATCH("{\"DeleteRequest\":{\"Key\":{\"pk\":{\"N\":\"1\"}}}}"), OTHER},
        {BATCH("{\"PutRequest\":{\"Item\":[]}}"), OTHER},
        {BATCH("{\"PutRequest\":{\"Item\":{},\"More\":1}}"), OTHER},
        {BATCH("{\"PutRequest\":{\"Item\":{\"pk\":{\"N\":\"1\"}"),
         "it is not JSON: ',' or '}' is expected"},
        {BATCH(PUT(66)), "66 is too much"},
    };
    struct fixture *f = *state;
    build(f);
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        write_text(f, "out/batch-write-item-000002.json", ROWS[i].text);
        expect_error(f, DIAG_BUILD, "/out/batch-write-item-000002.json",
                     ROWS[i].message);
    }
    write_text(f, "out/create-table.json", CREATE("messages") ",");
    expect_error(f, DIAG_BUILD, "/out/create-table.json",
                 "it is not JSON: something follows the value at byte 178");
    write_text(f, "out/create-table.json", CREATE("others"));
    expect_error(f, DIAG_BUILD, "/out/update-time-to-live.json",
                 "this version of ddbgen would not write it like that");
}

// The sink's own reason is its own to tell.
static void test_sink_stops(void **state)
{
    struct fixture *f = *state;
    struct build_dir out;
    build(f);
    write_text(f, "out/batch-write-item-000002.json", BATCH(PUT(77)));
    assert_false(read_all(f, &out));
    assert_int_equal(f->diags.count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_one_table), TEST(test_several_tables), TEST(test_links),
        TEST(test_no_build),  TEST(test_files_missing),  TEST(test_foreign),
        TEST(test_folders),   TEST(test_damaged),        TEST(test_sink_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
