// ledger_file: what was written is read back, whole or not at all; what a checkout, a
// crash or another user may have left there is harmless.
#include "unit.h"

#include "file.h"
#include "ledger_blocks.h"
#include "ledger_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BASE ".ddbgen/local/messages"

static char folder[64];

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/ddbgen-test-ledger-XXXXXX");
    return mkdtemp(folder) == NULL || chdir(folder) != 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf -- %s", folder);
    return chdir("/") != 0 || system(command) != 0 ? -1 : 0;
}

static struct arena arena;
static struct str trouble;

static enum ledger_opened open_as(struct ledger_store **store, bool writes,
                                  const char *table)
{
    struct ledger_file_options options = {.root = folder,
                                          .target = STR("local"),
                                          .table = str_from(table),
                                          .writes = writes};
    *store = NULL;
    return ledger_file_open(store, &trouble, &options, &arena);
}

static struct ledger_store *open_for(bool writes)
{
    struct ledger_store *store = NULL;
    assert_int_equal(open_as(&store, writes, "messages"), LEDGER_OPENED);
    return store;
}

static struct ledger_head new_head(void)
{
    return (struct ledger_head){.table = STR("messages"),
                                .table_id = STR("1-2-3"),
                                .created = STR("1.5E9"),
                                .host = STR("localhost:8000"),
                                .seed = uuid_v4(),
                                .base = uuid_v4()};
}

static bool gather(void *context, struct str bytes)
{
    buf_put(context, bytes);
    return true;
}

static void assert_holds(struct ledger_store *store, struct str base, struct str notes)
{
    struct buf out;
    buf_init(&out, SIZE_MAX);
    assert_int_equal(store->state, LEDGER_STATE_FOUND);
    assert_true(ledger_store_base(store, (struct byte_sink){gather, &out}));
    assert_int_equal(out.len, base.len);
    assert_memory_equal(buf_cstr(&out), base.len > 0 ? base.at : "", base.len);
    buf_reset(&out);
    assert_true(ledger_store_notes(store, (struct byte_sink){gather, &out}));
    assert_int_equal(out.len, notes.len);
    assert_memory_equal(buf_cstr(&out), notes.len > 0 ? notes.at : "", notes.len);
    buf_deinit(&out);
}

// A base of `count` lines, one of them for each number.
static struct str write_base(unsigned count)
{
    struct ledger_store *store = open_for(true);
    struct buf text;
    buf_init(&text, SIZE_MAX);
    store->head = new_head();
    assert_true(ledger_store_rebase(store));
    for (unsigned i = 0; i < count; i++) {
        struct str line = arena_printf(&arena, "entry %u\n", i);
        buf_put(&text, line);
        assert_true(ledger_store_put(store, line));
    }
    assert_true(ledger_store_commit(store));
    ledger_store_close(store);
    struct str copy = arena_str(&arena, buf_str(&text));
    buf_deinit(&text);
    return copy;
}

static mode_t mode_of(const char *path)
{
    struct stat info;
    assert_int_equal(lstat(path, &info), 0);
    return info.st_mode & 07777;
}

static struct str contents(const char *path)
{
    struct str text;
    assert_int_equal(file_read(&text, path, SIZE_MAX / 2, &arena), FILE_OK);
    return text;
}

static void overwrite(const char *path, struct str text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.at, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

static void test_nothing(void **state)
{
    (void)state;
    struct ledger_store *store = open_for(false);
    assert_int_equal(store->state, LEDGER_STATE_EMPTY);
    ledger_store_close(store);
    assert_int_equal(access(".ddbgen", F_OK), -1); // reading makes nothing
}

static void test_round(void **state)
{
    (void)state;
    mode_t mask = umask(0);
    struct str base = write_base(50000); // several blocks
    struct ledger_store *store = open_for(false);
    assert_holds(store, base, STR(""));
    assert_true(str_is(store->head.table_id, "1-2-3"));
    assert_true(store->bytes < base.len / 2);
    ledger_store_close(store);
    assert_int_equal(mode_of(BASE), 0600);
    assert_int_equal(mode_of(".ddbgen"), 0700);
    assert_int_equal(mode_of(".ddbgen/local"), 0700);
    assert_true(str_ends(contents(".ddbgen/.gitignore"), STR("\n*\n")));
    assert_int_equal(access(BASE "+notes", F_OK), -1);
    assert_int_equal(access(BASE "+new", F_OK), -1);
    (void)umask(mask);
}

static void test_notes(void **state)
{
    (void)state;
    struct ledger_store *store = open_for(true);
    store->head = new_head();
    assert_true(ledger_store_begin(store));
    assert_true(ledger_store_note(store, STR("one ")));
    assert_true(ledger_store_note(store, STR("two ")));
    ledger_store_close(store); // a run that ended before its end

    store = open_for(true);
    assert_true(store->has_notes);
    assert_holds(store, STR(""), STR("one two "));
    assert_true(ledger_store_begin(store));
    assert_true(ledger_store_note(store, STR("three")));
    ledger_store_close(store);

    // A note of which only a part was written, and what a next run writes behind it.
    struct str notes = contents(BASE "+notes");
    overwrite(BASE "+notes", (struct str){notes.at, notes.len - 2});
    store = open_for(true);
    assert_holds(store, STR(""), STR("one two "));
    assert_true(ledger_store_begin(store));
    assert_true(ledger_store_note(store, STR("four")));
    ledger_store_close(store);
    store = open_for(false);
    assert_holds(store, STR(""), STR("one two four"));
    ledger_store_close(store);

    // A new base takes their place, also when they could not be removed.
    notes = contents(BASE "+notes");
    struct str base = write_base(3);
    assert_int_equal(access(BASE "+notes", F_OK), -1);
    overwrite(BASE "+notes", notes);
    store = open_for(false);
    assert_false(store->has_notes);
    assert_holds(store, base, STR(""));
    ledger_store_close(store);
}

static void test_note_of_any_length(void **state)
{
    (void)state;
    size_t len = 3 * BLOCK_RAW_MAX + 5;
    char *text = arena_alloc(&arena, len);
    for (size_t i = 0; i < len; i++) {
        text[i] = (char)(i * 2654435761U >> 13);
    }
    struct ledger_store *store = open_for(true);
    store->head = new_head();
    assert_true(ledger_store_begin(store));
    assert_true(ledger_store_note(store, (struct str){text, len}));
    ledger_store_close(store);
    store = open_for(false);
    assert_holds(store, STR(""), (struct str){text, len});
    ledger_store_close(store);
}

static void assert_unsound(const char *why)
{
    struct ledger_store *store = open_for(false);
    assert_int_equal(store->state, LEDGER_STATE_UNSOUND);
    if (why != NULL) {
        assert_string_equal(store->why, why);
    }
    ledger_store_close(store);
}

// Cut off anywhere, or with any byte another one: nothing of it is used.
static void test_damaged(void **state)
{
    (void)state;
    (void)write_base(40);
    struct str sound = contents(BASE);
    for (size_t len = 0; len < sound.len; len++) {
        overwrite(BASE, (struct str){sound.at, len});
        assert_unsound(NULL);
    }
    for (size_t i = 0; i < sound.len; i++) {
        char *copy = arena_alloc(&arena, sound.len);
        memcpy(copy, sound.at, sound.len);
        copy[i] = (char)(copy[i] ^ 0x41);
        overwrite(BASE, (struct str){copy, sound.len});
        assert_unsound(NULL);
    }
    overwrite(BASE, arena_printf(&arena, "%.*s?", STR_ARG(sound)));
    assert_unsound(NULL);
    overwrite(BASE, sound);
    struct ledger_store *store = open_for(false);
    assert_int_equal(store->state, LEDGER_STATE_FOUND);
    ledger_store_close(store);
}

// Lengths that promise more than anybody has.
static void test_hostile_lengths(void **state)
{
    (void)state;
    static const char *const HEADERS[] = {
        "\xff\xff\xff\xff\xff\xff\xff\xff....",
        "\xff\xff\xff\x7f\x01\0\0\0....",
        "\0\0\x10\0\x01\0\0\0....x",
        "\x01\0\0\0\0\0\0\0....",
        "\0\0\0\0\x01\0\0\0....x",
    };
    (void)write_base(1);
    for (size_t i = 0; i < sizeof HEADERS / sizeof HEADERS[0]; i++) {
        struct buf text;
        buf_init(&text, SIZE_MAX);
        buf_puts(&text, "ddbgen ledger 1\n");
        buf_put(&text, (struct str){HEADERS[i], 13});
        overwrite(BASE, buf_str(&text));
        assert_unsound(NULL);
        buf_deinit(&text);
    }
}

// What does not lie there as a file of ours is not followed, waited for or read.
static void test_strange_places(void **state)
{
    (void)state;
    (void)write_base(1);
    struct str sound = contents(BASE);
    assert_int_equal(rename(BASE, "elsewhere"), 0);
    assert_int_equal(symlink("../../elsewhere", BASE), 0);
    assert_unsound("it is a link");
    assert_int_equal(unlink(BASE), 0);
    assert_int_equal(mkfifo(BASE, 0600), 0);
    assert_unsound("it is no file");
    assert_int_equal(unlink(BASE), 0);
    assert_int_equal(mkdir(BASE, 0700), 0);
    assert_unsound("it is no file");
    assert_int_equal(rmdir(BASE), 0);
    overwrite(BASE, sound);
    assert_int_equal(chmod(BASE, 0666), 0);
    assert_unsound("others may write it");
    assert_int_equal(chmod(BASE, 0600), 0);

    struct ledger_store *store = NULL;
    assert_int_equal(chmod(".ddbgen", 0777), 0);
    assert_int_equal(open_as(&store, true, "messages"), LEDGER_UNUSABLE);
    assert_true(str_is(trouble, "others may write it"));
    assert_int_equal(rename(".ddbgen", "real"), 0);
    assert_int_equal(chmod("real", 0700), 0);
    assert_int_equal(symlink("real", ".ddbgen"), 0);
    assert_int_equal(open_as(&store, true, "messages"), LEDGER_UNUSABLE);
    assert_true(str_is(trouble, "its folder is a link, or no folder"));
}

// What is in the way of a base or its notes is replaced, never written through.
static void test_written_over(void **state)
{
    (void)state;
    (void)write_base(1);
    overwrite("victim", STR("mine"));
    static const char *const NAMES[] = {BASE, BASE "+new", BASE "+notes"};
    for (size_t i = 0; i < 3; i++) {
        (void)unlink(NAMES[i]);
        assert_int_equal(symlink("../../victim", NAMES[i]), 0);
        struct ledger_store *store = open_for(true);
        store->head = new_head();
        assert_true(ledger_store_begin(store));
        assert_true(ledger_store_note(store, STR("a note")));
        ledger_store_close(store);
        assert_true(str_is(contents("victim"), "mine"));
    }
    assert_int_equal(unlink(BASE "+lock"), 0);
    assert_int_equal(symlink("../../victim", BASE "+lock"), 0);
    struct ledger_store *store = NULL;
    assert_int_equal(open_as(&store, true, "messages"), LEDGER_UNUSABLE);
    assert_true(str_is(contents("victim"), "mine"));
}

static void test_held(void **state)
{
    (void)state;
    struct ledger_store *other = NULL;
    struct ledger_store *store = open_for(true);
    assert_int_equal(open_as(&other, true, "messages"), LEDGER_HELD);
    assert_true(str_find(trouble, STR(", process ")) < trouble.len);
    assert_true(str_find(trouble, STR(", since 2")) < trouble.len);
    assert_int_equal(open_as(&other, true, "rooms"), LEDGER_OPENED);
    ledger_store_close(other);
    assert_int_equal(open_as(&other, false, "messages"), LEDGER_OPENED); // to read
    ledger_store_close(other);
    ledger_store_close(store);
    ledger_store_close(open_for(true));
}

static void test_long_name(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    struct ledger_store *store = NULL;
    assert_int_equal(open_as(&store, true, name), LEDGER_OPENED);
    store->head = new_head();
    assert_true(ledger_store_begin(store));
    ledger_store_close(store);
    assert_int_equal(open_as(&store, false, name), LEDGER_OPENED);
    assert_int_equal(store->state, LEDGER_STATE_FOUND);
    ledger_store_close(store);
    name[254] = 'm'; // another one
    assert_int_equal(open_as(&store, false, name), LEDGER_OPENED);
    assert_int_equal(store->state, LEDGER_STATE_EMPTY);
    ledger_store_close(store);
}

static void test_forgotten(void **state)
{
    (void)state;
    (void)write_base(10);
    struct ledger_store *store = open_for(true);
    assert_true(ledger_store_forget(store));
    ledger_store_close(store);
    store = open_for(false);
    assert_int_equal(store->state, LEDGER_STATE_EMPTY);
    ledger_store_close(store);
}

static void test_read_only(void **state)
{
    struct ledger_file_options options = {.root = "/proc",
                                          .target = STR("local"),
                                          .table = STR("messages"),
                                          .writes = true};
    struct ledger_store *store = NULL;
    (void)state;
    assert_int_equal(ledger_file_open(&store, &trouble, &options, &arena),
                     LEDGER_UNUSABLE); // nobody makes folders there
    assert_true(trouble.len > 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_nothing),        CASE(test_round),
        CASE(test_notes),          CASE(test_note_of_any_length),
        CASE(test_damaged),        CASE(test_hostile_lengths),
        CASE(test_strange_places), CASE(test_written_over),
        CASE(test_held),           CASE(test_long_name),
        CASE(test_forgotten),      CASE(test_read_only),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_deinit(&arena);
    return failed;
}
