// header and users: who speaks, as whom, when; and the records behind handles.
#include "stage.h"

#include "header.h"
#include "users.h"
#include "yaml_read.h"

#include <string.h>

#define WHO "participants: {A: a, B: b}\n"
#define HEAD "conversation: x\n" WHO // lines 1 and 2

static bool read_text(struct stage *stage, struct header *out, const char *text)
{
    stage_init(stage, text);
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    assert_non_null(root);
    return header_read(out, root, &stage->arena, &stage->diags);
}

static void test_everything(void **state)
{
    struct stage stage;
    struct header header;
    struct uuid uuid;
    (void)state;

    assert_true(
        read_text(&stage, &header,
                  "conversation: 5AE290ED-55d1-47a0-bc6d-fe2bc2700399\n"
                  "participants:\n  Person 1: andrewbrown\n  \"a:b\": bayko\n"
                  "starts_at: 2023-03-19T13:00:00.5+01:00\ninterval: 1h30m\n"
                  "continuation: join\nvars: {room: 7, open: true, \"a b\": x}\n"));
    assert_clean(&stage);
    assert_true(uuid_parse(&uuid, STR("5ae290ed-55d1-47a0-bc6d-fe2bc2700399")));
    assert_true(uuid_eq(&header.uuid, &uuid));
    assert_int_equal(header.name.len, 0);
    assert_int_equal(header.participant_count, 2);
    const struct participant *second = map_find(&header.by_label, STR("a:b"));
    assert_ptr_equal(second, &header.participants[1]);
    assert_int_equal(second->index, 1);
    assert_text(second->handle, "bayko");
    assert_int_equal(second->handle_span.line, 4);
    assert_int_equal(header.starts, STARTS_AT);
    assert_int_equal(header.starts_at, INT64_C(1679227200500000));
    assert_int_equal(header.interval, INT64_C(5400000000));
    assert_true(header.join);
    assert_int_equal(header.var_count, 3);
    assert_int_equal(header.vars[0].value->type, VALUE_N);
    assert_int_equal(header.vars[1].value->type, VALUE_BOOL);
    stage_deinit(&stage);
}

static void test_defaults_and_name(void **state)
{
    struct stage stage;
    struct header header;
    char text[UUID_TEXT_LEN];
    (void)state;

    assert_true(
        read_text(&stage, &header, "conversation: Bus 42\nparticipants: {A: a}\n"));
    assert_clean(&stage);
    uuid_format(&header.uuid, text); // the documented one
    assert_str(((struct str){text, sizeof text}),
               STR("ef127364-5064-5817-aa35-82e3bc4a540f"));
    assert_text(header.name, "Bus 42");
    assert_int_equal(header.starts, STARTS_NONE);
    assert_int_equal(header.interval, INTERVAL_DEFAULT);
    assert_int_equal(INTERVAL_DEFAULT, 60000000);
    assert_false(header.join);
    stage_deinit(&stage);
}

static void test_one_mistake(void **state)
{
    static const struct {
        const char *text;
        enum diag_code code;
        uint32_t line, column;
    } rows[] = {
        {WHO, DIAG_MISSING_KEY, 1, 0},
        {"conversation: x\n", DIAG_MISSING_KEY, 1, 0},
        {"conversation: \"\"\n" WHO, DIAG_WRONG_VALUE, 1, 14},
        {"conversation: 42\n" WHO, DIAG_WRONG_TYPE, 1, 14},
        {"conversation: x\nparticipants: {}\n", DIAG_PARTICIPANT, 2, 14},
        {"conversation: x\nparticipants: [a]\n", DIAG_PARTICIPANT, 2, 14},
        {"conversation: x\nparticipants: {A: 5}\n", DIAG_PARTICIPANT, 2, 18},
        {"conversation: x\nparticipants: {A: }\n", DIAG_PARTICIPANT, 2, 18},
        {"conversation: x\nparticipants: {A: [a]}\n", DIAG_PARTICIPANT, 2, 18},
        {"conversation: x\nparticipants: {A: a, B: a}\n", DIAG_PARTICIPANT, 2, 24},
        {"conversation: x\nparticipants: {\"\": a}\n", DIAG_PARTICIPANT, 2, 15},
        {"conversation: x\nparticipants: {\" A\": a}\n", DIAG_PARTICIPANT, 2, 15},
        {"conversation: x\nparticipants: {\"A \": a}\n", DIAG_PARTICIPANT, 2, 15},
        {"conversation: x\nparticipants: {\"\\tA\": a}\n", DIAG_PARTICIPANT, 2, 15},
        {"conversation: x\nparticipants: {\"A\\tB\": a}\n", DIAG_PARTICIPANT, 2, 15},
        {"conversation: x\nparticipants: {\"[A\": a}\n", DIAG_PARTICIPANT, 2, 15},
        {"conversation: x\nparticipants: {\"---A\": a}\n", DIAG_PARTICIPANT, 2, 15},
        {"conversation: x\nparticipants: {\"A: B\": a}\n", DIAG_PARTICIPANT, 2, 15},
        {HEAD "starts_at: 2023-03-19T12:00:00\n", DIAG_TIME, 3, 11},
        {HEAD "starts_at: nowish\n", DIAG_TIME, 3, 11},
        {HEAD "starts_at: now-\n", DIAG_TIME, 3, 11},
        {HEAD "starts_at: now - 1d\n", DIAG_TIME, 3, 11},
        {HEAD "starts_at: 2023-02-29T12:00:00Z\n", DIAG_TIME, 3, 11},
        {HEAD "interval: 60\n", DIAG_WRONG_TYPE, 3, 10},
        {HEAD "interval: 1x\n", DIAG_TIME, 3, 10},
        {HEAD "interval: 0s\n", DIAG_TIME, 3, 10},
        {HEAD "interval: -1m\n", DIAG_TIME, 3, 10},
        {HEAD "continuation: joined\n", DIAG_WRONG_VALUE, 3, 14},
        {HEAD "vars: [a]\n", DIAG_WRONG_TYPE, 3, 6},
        {HEAD "vars: {a: [1]}\n", DIAG_WRONG_TYPE, 3, 10},
        {HEAD "vars: {a: }\n", DIAG_WRONG_TYPE, 3, 10},
        {HEAD "vars: {a: 1e999}\n", DIAG_NUMBER, 3, 10},
        {HEAD "start_at: now\n", DIAG_UNKNOWN_KEY, 3, 0},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct header header;
        print_message("%s", rows[i].text);
        assert_false(read_text(&stage, &header, rows[i].text));
        assert_only_diag(&stage, rows[i].code, rows[i].line, rows[i].column);
        stage_deinit(&stage);
    }
}

static void test_limits(void **state)
{
    struct buf out;
    (void)state;

    buf_init(&out, 1 << 20);
    for (unsigned n = PARTICIPANTS_MAX; n <= PARTICIPANTS_MAX + 1; n++) {
        struct stage stage;
        struct header header;
        buf_reset(&out);
        buf_puts(&out, "conversation: x\nparticipants:\n");
        for (unsigned i = 0; i < n; i++) {
            buf_printf(&out, "  P%u: h%u\n", i, i);
        }
        bool ok = read_text(&stage, &header, buf_cstr(&out));
        assert_true(ok == (n == PARTICIPANTS_MAX));
        stage_deinit(&stage);
    }
    for (size_t n = 255; n <= 256; n++) {
        struct stage stage;
        struct header header;
        buf_reset(&out);
        buf_puts(&out, "conversation: x\nparticipants:\n  ");
        for (size_t i = 0; i < n; i++) {
            buf_char(&out, 'L');
        }
        buf_puts(&out, ": a\n");
        bool ok = read_text(&stage, &header, buf_cstr(&out));
        assert_true(ok == (n == 255));
        stage_deinit(&stage);
    }
    buf_deinit(&out);
}

static void test_starts(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        enum starts_kind kind;
        instant_us value;
    } rows[] = {
        {"now", true, STARTS_RELATIVE, 0},
        {"now-1d", true, STARTS_RELATIVE, -INT64_C(86400000000)},
        {"now+90m", true, STARTS_RELATIVE, INT64_C(5400000000)},
        {"now+2h30m", true, STARTS_RELATIVE, INT64_C(9000000000)},
        {"1970-01-01T00:00:00Z", true, STARTS_AT, 0},
        {"now*1d", false, STARTS_RELATIVE, 0},
        {"now+", false, STARTS_RELATIVE, 0},
        {"now-1", false, STARTS_RELATIVE, 0},
        {"now--1d", false, STARTS_RELATIVE, 0},
        {"1970-01-01", false, STARTS_AT, 0},
        {"", false, STARTS_AT, 0},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum starts_kind kind = STARTS_NONE;
        instant_us value = 0;
        const char *why = NULL;
        bool ok = starts_parse(&kind, &value, str_from(rows[i].text), &why);
        assert_true(ok == rows[i].ok);
        if (ok) {
            assert_int_equal(kind, rows[i].kind);
            assert_int_equal(value, rows[i].value);
        } else {
            assert_non_null(why);
        }
    }
}

static void test_users(void **state)
{
    struct arena arena = {0};
    struct users users;
    char name[] = "bayko";
    struct user_field fields[] = {
        {.text = STR("u1")}, {.text = {name, 5}}, {.null = true}};
    (void)state;

    users_init(&users, &arena);
    users.columns[0] = STR("uuid");
    users.columns[1] = STR("handle");
    users.columns[2] = STR("bio");
    users.column_count = 3;
    assert_int_equal(users_find_column(&users, STR("bio")), 2);
    assert_int_equal(users_find_column(&users, STR("Bio")), 3);
    assert_non_null(users_add(&users, (struct str){name, 5}, fields));
    name[0] = 'x'; // they were copied
    const struct user *user = users_find(&users, STR("bayko"));
    assert_non_null(user);
    assert_text(user->handle, "bayko");
    assert_text(user->fields[1].text, "bayko");
    assert_true(user->fields[2].null);
    assert_null(users_find(&users, STR("xayko")));
    assert_null(users_add(&users, STR("bayko"), fields));
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),  cmocka_unit_test(test_defaults_and_name),
        cmocka_unit_test(test_one_mistake), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_starts),      cmocka_unit_test(test_users),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
