// asked_keys: the keys of a BatchGetItem against its answers: what was asked for comes
// once, what is left over is asked for again in our words, and nothing else is taken.
#include "unit.h"

#include "asked_keys.h"

static struct attribute_definition ATTRIBUTES[] = {
    {.name = {"pk", 2}, .type = 'S'},
    {.name = {"n", 1}, .type = 'N'},
};

#define KEY(pk, n) "{\"pk\":{\"S\":\"" pk "\"},\"n\":{\"N\":\"" n "\"}}"
#define A1 KEY("a", "1")
#define A2 KEY("a", "2")
#define B1 KEY("b", "1")
#define MEMBERS(keys) "\"t\":{\"Keys\":[" keys "],\"ConsistentRead\":true}"
#define BODY(keys) "{\"RequestItems\":{" MEMBERS(keys) "}"

struct fixture {
    struct table table;
    struct asked_keys asked;
    struct arena scratch;
};

static void ask(struct fixture *fixture, const char *members)
{
    *fixture = (struct fixture){.table = {.name = STR("t"),
                                          .attributes = ATTRIBUTES,
                                          .attribute_count = 2,
                                          .key = {.hash = {{.name = STR("pk")}},
                                                  .hash_count = 1,
                                                  .range = {{.name = STR("n")}},
                                                  .range_count = 1}}};
    asked_keys_init(&fixture->asked, str_from(members), &fixture->table);
}

static void end(struct fixture *fixture)
{
    asked_keys_deinit(&fixture->asked);
    arena_deinit(&fixture->scratch);
}

static bool take(struct fixture *fixture, const char *item)
{
    return asked_keys_take(&fixture->asked, str_from(item), &fixture->scratch);
}

// An answer's UnprocessedKeys.
static bool leave(struct fixture *fixture, const char *unprocessed)
{
    struct json_reader reader;
    json_reader_init(&reader, str_from(unprocessed), &fixture->scratch);
    return json_next(&reader) == JSON_OBJECT_BEGIN &&
           asked_keys_unprocessed(&fixture->asked, &reader, &fixture->scratch);
}

static void expect_body(const struct fixture *fixture, const char *body)
{
    struct buf out;
    buf_init(&out, 4096);
    asked_keys_write(&out, &fixture->asked);
    assert_text(buf_str(&out), body);
    buf_deinit(&out);
}

// What is asked for is written as it came, whatever stands behind the keys.
static void test_what_is_asked_for(void **state)
{
    static const struct {
        const char *members;
        const char *body;
        size_t count;
    } ROWS[] = {
        {MEMBERS(A1 "," B1), BODY(A1 "," B1), 2},
        {MEMBERS(A1), BODY(A1), 1},
        {MEMBERS(""), BODY(""), 0},
        {"\"t\":{\"Keys\":[" A1 "]}", "{\"RequestItems\":{\"t\":{\"Keys\":[" A1 "]}}",
         1},
        {"\"t\":{\"Keys\":[" A1 "],\"ExpressionAttributeNames\":{\"#a\":\"x}]\"}}",
         "{\"RequestItems\":{\"t\":{\"Keys\":[" A1
         "],\"ExpressionAttributeNames\":{\"#a\":\"x}]\"}}}",
         1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct fixture fixture;
        ask(&fixture, ROWS[i].members);
        assert_int_equal(fixture.asked.count, ROWS[i].count);
        assert_int_equal(asked_keys_left(&fixture.asked), ROWS[i].count);
        expect_body(&fixture, ROWS[i].body);
        end(&fixture);
    }
}

// Each item once, however its numbers are spelt; then it is not asked for again.
static void test_items_come_once(void **state)
{
    struct fixture fixture;
    (void)state;
    ask(&fixture, MEMBERS(A1 "," A2 "," B1));
    assert_true(take(&fixture, "{\"x\":{\"S\":\"}\"},\"n\":{\"N\":\"1.0\"},"
                               "\"pk\":{\"S\":\"\\u0061\"}}"));
    assert_false(take(&fixture, A1));            // it came
    assert_false(take(&fixture, KEY("c", "1"))); // nobody asked for it
    assert_false(take(&fixture, "{\"pk\":{\"S\":\"b\"}}"));
    assert_false(take(&fixture, "{\"pk\":{\"S\":\"b\"},\"n\":{\"S\":\"1\"}}"));
    assert_int_equal(asked_keys_left(&fixture.asked), 2);
    assert_true(take(&fixture, B1));
    assert_int_equal(asked_keys_left(&fixture.asked), 1);
    expect_body(&fixture, BODY(A2));
    asked_keys_answered(&fixture.asked); // A2 is not there, and not left over
    assert_int_equal(asked_keys_left(&fixture.asked), 0);
    end(&fixture);
}

// What is left over is asked for again, in our order and spelling, and only that.
static void test_what_is_left_over(void **state)
{
    struct fixture fixture;
    (void)state;
    ask(&fixture, MEMBERS(A1 "," A2 "," B1));
    assert_true(take(&fixture, A2));
    assert_true(leave(&fixture,
                      "{\"t\":{\"ConsistentRead\":true,\"Keys\":[" B1
                      ",{\"n\":{\"N\":\"1e0\"},\"pk\":{\"S\":\"a\"}}],\"x\":[{}]}}"));
    assert_false(take(&fixture, A1)); // both there and left over
    asked_keys_answered(&fixture.asked);
    assert_int_equal(asked_keys_left(&fixture.asked), 2);
    expect_body(&fixture, BODY(A1 "," B1));

    // The next answer: the same key may be left over again.
    assert_true(take(&fixture, B1));
    assert_true(leave(&fixture, "{\"t\":{\"Keys\":[" A1 "]}}"));
    asked_keys_answered(&fixture.asked);
    expect_body(&fixture, BODY(A1));
    assert_true(take(&fixture, A1));
    assert_true(leave(&fixture, "{}"));
    asked_keys_answered(&fixture.asked);
    assert_int_equal(asked_keys_left(&fixture.asked), 0);
    end(&fixture);
}

// UnprocessedKeys that no service would send.
static void test_left_over_and_not_asked_for(void **state)
{
    static const char *const ROWS[] = {
        "{\"t\":{\"Keys\":[" KEY("c", "1") "]}}",
        "{\"t\":{\"Keys\":[" A1 "," A1 "]}}",
        "{\"t\":{\"Keys\":[" A2 "]}}", // it came
        "{\"t\":{\"Keys\":[{\"pk\":{\"S\":\"a\"}}]}}",
        "{\"t\":{\"Keys\":[[]]}}",
        "{\"t\":{\"Keys\":" A1 "}}",
        "{\"t\":[" A1 "]}",
        "{\"u\":{\"Keys\":[" A1 "]}}",
        "{\"t\":{\"Keys\":[" A1 "]},\"u\":{\"Keys\":[]}}",
        "{\"t\":{\"Keys\":[" A1 "]",
        "{\"t\":{\"Keys\":[" A1,
        "{\"t\":{\"x\":}}",
        "{\"t\":{\"Keys\":[]}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct fixture fixture;
        ask(&fixture, MEMBERS(A1 "," A2));
        assert_true(take(&fixture, A2));
        if (leave(&fixture, ROWS[i])) {
            fail_msg("taken: %s", ROWS[i]);
        }
        end(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_asked_for),
        cmocka_unit_test(test_items_come_once),
        cmocka_unit_test(test_what_is_left_over),
        cmocka_unit_test(test_left_over_and_not_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
