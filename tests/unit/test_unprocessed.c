// unprocessed: answers matched back to a batch by canonical key; what does not match is
// refused.
#include "unit.h"

#include "unprocessed.h"

#include <stdio.h>

static struct attribute_definition ATTRIBUTES[] = {
    {.name = {"pk", 2}, .type = 'S'},
    {.name = {"n", 1}, .type = 'N'},
};

struct fixture {
    struct table table;
    struct batch batch;
    struct arena arena;
    const char *why;
};

static void add(struct batch *batch, const char *json)
{
    struct str text = str_from(json);
    batch->items[batch->count++] =
        (struct batch_item){.at = batch->json.len, .len = text.len};
    buf_put(&batch->json, text);
}

static int setup(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){0};
    fixture.table.attributes = ATTRIBUTES;
    fixture.table.attribute_count = 2;
    fixture.table.key.hash[0].name = STR("pk");
    fixture.table.key.hash_count = 1;
    fixture.table.key.range[0].name = STR("n");
    fixture.table.key.range_count = 1;
    batch_init(&fixture.batch, STR("t"));
    add(&fixture.batch, "{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"},"
                        "\"x\":{\"L\":[{\"S\":\"}\"}]}}");
    add(&fixture.batch, "{\"x\":{\"NULL\":true},\"n\":{\"N\":\"100\"},"
                        "\"pk\":{\"S\":\"a\"}}");
    add(&fixture.batch, "{\"pk\":{\"S\":\"\\u0000\\u00e9\"},"
                        "\"n\":{\"N\":\"-0.5\"}}");
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    batch_deinit(&fixture->batch);
    arena_deinit(&fixture->arena);
    return 0;
}

// The bits left by an answer, or -1 when it was refused.
static int64_t left_by(struct fixture *fixture, uint32_t sent, const char *body)
{
    uint32_t left = 0;
    fixture->why = NULL;
    bool fine = unprocessed_read(&left, str_from(body), &fixture->batch, sent,
                                 &fixture->table, &fixture->arena, &fixture->why);
    return fine ? (int64_t)left : -1;
}

#define PUT(item) "{\"PutRequest\":{\"Item\":" item "}}"
#define FIRST PUT("{\"n\":{\"N\":\"1.0\"},\"pk\":{\"S\":\"a\"},\"x\":{\"BOOL\":false}}")
#define SECOND PUT("{\"n\":{\"N\":\"1e2\"},\"pk\":{\"S\":\"\\u0061\"}}")
#define THIRD PUT("{\"n\":{\"N\":\"-5E-1\"},\"pk\":{\"S\":\"\\u0000\xc3\xa9\"}}")
#define LEFT(items) "{\"UnprocessedItems\":{\"t\":[" items "]}}"

static void test_nothing_left(void **state)
{
    assert_int_equal(left_by(*state, 7, "{\"UnprocessedItems\":{}}"), 0);
    assert_int_equal(left_by(*state, 7, "{}"), 0);
    assert_int_equal(left_by(*state, 7, LEFT("")), 0);
    assert_int_equal(left_by(*state, 7,
                             "{\"ConsumedCapacity\":[{\"UnprocessedItems\":[1]}],"
                             "\"UnprocessedItems\":{},\"New\":null}"),
                     0);
}

static void test_matches_by_value(void **state)
{
    assert_int_equal(left_by(*state, 7, LEFT(FIRST)), 1);
    assert_int_equal(left_by(*state, 7, LEFT(SECOND)), 2);
    assert_int_equal(left_by(*state, 7, LEFT(THIRD)), 4);
    assert_int_equal(left_by(*state, 7, LEFT(THIRD "," FIRST "," SECOND)), 7);
    assert_int_equal(left_by(*state, 7, LEFT(FIRST "," FIRST)), 1);
    assert_int_equal(left_by(*state, 7, LEFT(FIRST "," FIRST "," FIRST "," FIRST)), -1);
}

static void test_refuses_what_was_not_sent(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(left_by(fixture, 6, LEFT(FIRST)),
                     -1); // ours, but not in this call
    assert_string_equal(fixture->why, "it names an item that was not sent");
    assert_int_equal(
        left_by(fixture, 7, LEFT(PUT("{\"pk\":{\"S\":\"b\"},\"n\":{\"N\":\"1\"}}"))),
        -1);
    assert_int_equal(
        left_by(fixture, 7, "{\"UnprocessedItems\":{\"other\":[" FIRST "]}}"), -1);
    assert_string_equal(fixture->why, "it names a table that nothing was sent to");
    assert_int_equal(left_by(fixture, 7,
                             LEFT("{\"DeleteRequest\":{\"Key\":{\"pk\":{\"S\":\"a\"},"
                                  "\"n\":{\"N\":\"1\"}}}}")),
                     -1);
    assert_string_equal(fixture->why,
                        "it names an item that was not sent"); // a put was
    assert_int_equal(left_by(fixture, 7, LEFT("{\"Put\":{\"Item\":{}}}")), -1);
    assert_string_equal(fixture->why,
                        "it names a request that is neither put nor delete");
}

// Of what was deleted: a put of the same key is something else.
static void test_deletes(void **state)
{
    static const char KEY[] = "{\"n\":{\"N\":\"1e0\"},\"pk\":{\"S\":\"a\"}}";
    struct fixture *fixture = *state;
    char body[200];
    fixture->batch.items[0].write = ITEM_DELETE;
    assert_int_equal(left_by(fixture, 7, LEFT(FIRST)), -1);
    (void)snprintf(body, sizeof body, LEFT("{\"DeleteRequest\":{\"Key\":%s}}"), KEY);
    assert_int_equal(left_by(fixture, 7, body), 1);
    (void)snprintf(body, sizeof body, LEFT("{\"DeleteRequest\":{\"Item\":%s}}"), KEY);
    assert_int_equal(left_by(fixture, 7, body), -1);
}

static void test_refuses_other_shapes(void **state)
{
    static const char *const BODIES[] = {
        "",
        "[]",
        "null",
        "{\"UnprocessedItems\":null}",
        "{\"UnprocessedItems\":[]}",
        "{\"UnprocessedItems\":{\"t\":{}}}",
        "{\"UnprocessedItems\":{\"t\":[1]}}",
        LEFT("{}"),
        LEFT("{\"PutRequest\":{}}"),
        LEFT("{\"PutRequest\":{\"Key\":{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}}}"),
        LEFT(PUT("{}")),
        LEFT(PUT("{\"pk\":{\"S\":\"a\"}}")),
        LEFT(PUT("{\"pk\":{\"S\":\"a\"},\"n\":{\"S\":\"1\"}}")),
        LEFT(PUT("{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":1}}")),
        LEFT(PUT("{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"one\"}}")),
        LEFT(PUT("{\"pk\":{\"S\":\"a\",\"N\":\"1\"},\"n\":{\"N\":\"1\"}}")),
        "{\"UnprocessedItems\":{\"t\":[" FIRST "]}",
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT_OF(BODIES); i++) {
        if (left_by(fixture, 7, BODIES[i]) != -1) {
            fail_msg("taken: %s", BODIES[i]);
        }
        assert_non_null(fixture->why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_left, setup, teardown),
        cmocka_unit_test_setup_teardown(test_matches_by_value, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refuses_what_was_not_sent, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_deletes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refuses_other_shapes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
