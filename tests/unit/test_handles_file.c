// handles_file and header_write: records of users from a file, headers that read back.
#include "stage.h"

#include "dice.h"

#include "handles_file.h"
#include "header.h"
#include "header_write.h"
#include "yaml_read.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_file(struct stage *stage, struct users *users, struct str text)
{
    char path[] = "/tmp/ddbgen-unit-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.at, text.len), text.len);
    (void)close(fd);
    stage_init(stage, "");
    users_init(users, &stage->arena);
    const struct yaml_file file = {.path = path, .shown = path};
    bool ok = handles_file_read(users, &file, &stage->arena, &stage->diags);
    (void)unlink(path);
    return ok;
}

static void test_list(void **state)
{
    struct stage stage;
    struct users users;
    (void)state;

    assert_true(
        read_file(&stage, &users,
                  STR("- {handle: a, uuid: u1, age: 5.0, on: true, bio: ~}\n"
                      "- {bio: \"\", uuid: u2, handle: b, \"on\": false, age: 7}\n")));
    assert_clean(&stage);
    assert_int_equal(users.column_count, 5);
    const struct user *a = users_find(&users, STR("a"));
    const struct user *b = users_find(&users, STR("b"));
    assert_non_null(a);
    assert_non_null(b);
    assert_text(a->fields[users_find_column(&users, STR("age"))].text, "5.0");
    assert_text(a->fields[users_find_column(&users, STR("on"))].text, "true");
    assert_true(a->fields[users_find_column(&users, STR("bio"))].null);
    assert_false(b->fields[users_find_column(&users, STR("bio"))].null);
    assert_text(b->fields[users_find_column(&users, STR("uuid"))].text, "u2");
    assert_text(b->fields[users_find_column(&users, STR("handle"))].text, "b");
    assert_int_equal(b->span.line, 2);
    stage_deinit(&stage);
}

static void test_mapping_and_json(void **state)
{
    struct stage stage;
    struct users users;
    (void)state;

    assert_true(read_file(&stage, &users, STR("a: {uuid: u1}\n\"b c\": {uuid: u2}\n")));
    assert_clean(&stage);
    const struct user *user = users_find(&users, STR("b c"));
    assert_non_null(user);
    assert_text(user->fields[users_find_column(&users, STR("handle"))].text, "b c");
    assert_text(user->fields[users_find_column(&users, STR("uuid"))].text, "u2");
    stage_deinit(&stage);

    assert_true(read_file(
        &stage, &users,
        STR("[\n  {\"handle\": \"a\", \"uuid\": \"u\\u00e9\", \"n\": null}\n]\n")));
    assert_clean(&stage);
    user = users_find(&users, STR("a"));
    assert_non_null(user);
    assert_text(user->fields[1].text, "u\xc3\xa9");
    assert_true(user->fields[2].null);
    stage_deinit(&stage);
}

static void test_one_mistake(void **state)
{
    static const struct {
        const char *text;
        enum diag_code code;
        uint32_t line, column;
    } rows[] = {
        {"just text\n", DIAG_HANDLE_FILE, 1, 0},
        {"- 5\n", DIAG_HANDLE_FILE, 1, 2},
        {"- {}\n", DIAG_HANDLE_FILE, 1, 2},
        {"- {handle: a, uuid: [x]}\n", DIAG_HANDLE_FILE, 1, 20},
        {"- {handle: a, uuid: x}\n- {handle: b}\n", DIAG_HANDLE_FILE, 2, 2},
        {"- {handle: a}\n- {handle: b, uuid: x}\n", DIAG_HANDLE_FILE, 2, 14},
        {"- {handle: \"\"}\n", DIAG_HANDLE_FILE, 1, 2},
        {"- {handle: ~}\n", DIAG_HANDLE_FILE, 1, 2},
        {"- {handle: a}\n- {handle: a}\n", DIAG_HANDLE_TWICE, 2, 2},
        {"a: {x: 1}\nb: {}\n", DIAG_HANDLE_FILE, 2, 3},
        {"- {uuid: x}\n- {uuid: z}\n- {uuid: w}\n", DIAG_HANDLE_FILE, 1, 2},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct users users;
        print_message("%s", rows[i].text);
        assert_false(read_file(&stage, &users, str_from(rows[i].text)));
        assert_only_diag(&stage, rows[i].code, rows[i].line, rows[i].column);
        stage_deinit(&stage);
    }
}

static void put_record(struct buf *out, unsigned columns)
{
    buf_puts(out, "- {c0: x");
    for (unsigned i = 1; i < columns; i++) {
        buf_printf(out, ", c%u: x", i);
    }
}

// USERS_MAX_COLUMNS with `handle` among them, and as many without it.
static void test_many_columns(void **state)
{
    struct stage stage;
    struct users users;
    struct buf out;
    (void)state;

    buf_init(&out, 1 << 16);
    put_record(&out, USERS_MAX_COLUMNS - 1);
    buf_puts(&out, ", handle: a}\n");
    assert_true(read_file(&stage, &users, buf_str(&out)));
    assert_int_equal(users.column_count, USERS_MAX_COLUMNS);
    stage_deinit(&stage);

    buf_reset(&out);
    for (int i = 0; i < 2; i++) {
        put_record(&out, USERS_MAX_COLUMNS);
        buf_puts(&out, ", handle: a}\n");
    }
    assert_false(read_file(&stage, &users, buf_str(&out)));
    assert_true(stage_count(&stage, DIAG_HANDLE_FILE) >= 1);
    stage_deinit(&stage);

    buf_reset(&out);
    for (int i = 0; i < 2; i++) {
        put_record(&out, USERS_MAX_COLUMNS);
        buf_puts(&out, "}\n");
    }
    assert_false(read_file(&stage, &users, buf_str(&out)));
    assert_diags(&stage, 1); // no column 'handle'
    stage_deinit(&stage);
    buf_deinit(&out);
}

static void test_unreadable(void **state)
{
    struct stage stage;
    struct users users;
    (void)state;

    stage_init(&stage, "");
    users_init(&users, &stage.arena);
    struct span wanted = {.source = &stage.source, .line = 9};
    const struct yaml_file file = {"/no/such/file", "no such file", wanted, NULL};
    assert_false(handles_file_read(&users, &file, &stage.arena, &stage.diags));
    assert_only_diag(&stage, DIAG_FILE_READ, 9, 0);
    stage_deinit(&stage);
}

// Writes a header and reads it back: the same values, and nothing to remark.
static void expect_back(struct str conversation, struct str label, struct str handle)
{
    struct stage stage;
    struct header header;
    struct buf out;
    struct str labels[] = {label, STR("other one")};
    struct str handles[] = {handle, STR("other-one")};
    struct header_values values = {
        conversation, labels,     handles, 2, STR("2023-03-19T12:00:00Z"),
        STR("1m"),    STR("join")};
    buf_init(&out, 1 << 16);
    header_write(&out, &values);
    assert_true(str_starts(buf_str(&out), STR("---\n")));
    assert_true(str_ends(buf_str(&out), STR("\n---\n")));
    struct str inner = {out.at + 4, out.len - 8};
    stage_init_str(&stage, inner);
    const struct node *root = yaml_read(&stage.source, &stage.arena, &stage.diags);
    if (root == NULL || !header_read(&header, root, &stage.arena, &stage.diags) ||
        stage.diags.count > 0) {
        stage_print(&stage);
        fail_msg("%.*s", STR_ARG(inner));
        return;
    }
    struct uuid uuid;
    if (!uuid_parse(&uuid, conversation)) {
        assert_str(header.name, conversation);
    }
    assert_str(header.participants[0].label, label);
    assert_str(header.participants[0].handle, handle);
    assert_int_equal(header.starts_at, INT64_C(1679227200000000));
    assert_int_equal(header.interval, 60000000);
    assert_true(header.join);
    buf_deinit(&out);
    stage_deinit(&stage);
}

static void test_header_back(void **state)
{
    static const char *const texts[] = {
        "plain",
        "true",
        "no",
        "Null",
        "~",
        "5",
        "1e3",
        "0x10",
        "012",
        "a: b",
        "a #b",
        "a",
        "-",
        "--- x",
        "- a",
        "? a",
        "!S a",
        "&a",
        "*a",
        "%a",
        "@a",
        "`a",
        "a:",
        ":a",
        "{a}",
        "[a",
        "a]",
        "a,b",
        "\"a\"",
        "'a'",
        "a\\b",
        "a'b",
        "|",
        ">",
        "1:30",
        "<<",
        "2023-01-01",
        "1-2-3",
        "a-b-c-d",
        "1-1-",
        "e-e-e",
        "\xc3\xa9",
        "\xf0\x9f\x98\x80",
        "a\xe2\x80\xaez",
        "a\xe2\x80\xa8z",
        "\xef\xbb\xbfz",
        ".inf",
        "...",
        "=",
        "yes",
        "Y",
        "12-13-14T15:16",
        "-1-2-3",
        "+1-2-3",
        ".1-2-3",
        "1-2-3.",
        "=a",
        "a=b",
        "x/y@z+w",
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        expect_back(str_from(texts[i]), STR("A"), STR("a"));
        expect_back(STR("x1"), STR("A"), str_from(texts[i]));
    }
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct str label = str_from(texts[i]);
        if (label.at[0] != '[' && !str_starts(label, STR("---")) &&
            str_find(label, STR(": ")) == label.len) {
            expect_back(STR("x1"), label, STR("a"));
        }
    }
    expect_back(STR("tab\tlf\nesc\x1b c1\xc2\x85 del\x7f"), STR("A"), STR("a b"));
}

static void test_header_random(void **state)
{
    static const char alphabet[] = "abTZe019-:+. _/@#'\"\\{}[],&*!|>%`?~=\t";
    struct dice dice = {42};
    (void)state;

    for (int round = 0; round < 3000; round++) {
        char text[12];
        char handle[12]; // holds no tab
        size_t len = 1 + dice_below(&dice, sizeof text - 1);
        for (size_t i = 0; i < len; i++) {
            text[i] = alphabet[dice_below(&dice, sizeof alphabet - 1)];
            handle[i] = text[i] == '\t' ? '_' : text[i];
        }
        expect_back((struct str){text, len}, STR("A"), (struct str){handle, len});
    }
}

static void test_header_optional(void **state)
{
    struct buf out;
    struct str label = STR("Person 1");
    struct str handle = STR("bayko");
    struct header_values values = {
        STR("5ae290ed-55d1-47a0-bc6d-fe2bc2700399"), &label, &handle, 1, {0}, {0}, {0}};
    (void)state;

    buf_init(&out, 4096);
    header_write(&out, &values);
    assert_text(buf_str(&out),
                "---\nconversation: 5ae290ed-55d1-47a0-bc6d-fe2bc2700399\n"
                "participants:\n  Person 1: bayko\n---\n");
    buf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_mapping_and_json),
        cmocka_unit_test(test_one_mistake),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_header_back),
        cmocka_unit_test(test_header_random),
        cmocka_unit_test(test_header_optional),
        cmocka_unit_test(test_many_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
