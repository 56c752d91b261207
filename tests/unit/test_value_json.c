// Items in DynamoDB JSON, read back: what value_write gives is what was written, and
// what is no item is refused.
#include "stage.h"

#include "canon.h"
#include "json_write.h"
#include "value_json.h"
#include "yaml_read.h"

static struct value *value_of(struct stage *stage, const char *yaml)
{
    stage_init(stage, yaml);
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    assert_non_null(root);
    struct value *value = value_read(root, false, &stage->arena, &stage->diags);
    assert_non_null(value);
    return value;
}

static bool read_json(struct arena *arena, struct str json,
                      struct value_entry **entries, size_t *count)
{
    const char *why = NULL;
    bool read = value_json_read_item(entries, count, json, arena, &why);
    assert_true(read || why != NULL);
    return read;
}

// Written, read, and equal to what it was.
static void test_round_trip(void **state)
{
    static const char *const VALUES[] = {
        "a",
        "\"\"",
        "5.0",
        "-1e-130",
        "true",
        "null",
        "!B aGVsbG8=",
        "!SS [b, a]",
        "!NS [1.0, 2]",
        "!BS [aGk=, aGg=]",
        "[]",
        "{}",
        "[1, [x, {}]]",
        "{a: {b: [!B aGk=]}, c: null}",
        "\"\\0\\e[2J \\\" \\u202e\"",
    };
    (void)state;
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
        struct stage stage;
        const struct value *value = value_of(&stage, VALUES[i]);
        struct buf json;
        buf_init(&json, 1 << 20);
        buf_puts(&json, "{\"x\":");
        value_write(&json, value);
        buf_char(&json, '}');
        struct value_entry *entries = NULL;
        size_t count = 0;
        assert_true(read_json(&stage.arena, buf_str(&json), &entries, &count));
        assert_int_equal(count, 1);
        assert_text(entries[0].name, "x");
        assert_true(canon_equal(entries[0].value, value, &stage.arena));
        buf_deinit(&json);
        stage_deinit(&stage);
    }
}

static void expect_equal(const char *left, const char *right, bool equal)
{
    struct stage a;
    struct stage b;
    const struct value *x = value_of(&a, left);
    const struct value *y = value_of(&b, right);
    if (canon_equal(x, y, &a.arena) != equal) {
        print_error("%s and %s\n", left, right);
        fail();
    }
    stage_deinit(&a);
    stage_deinit(&b);
}

// Values, not spellings; and nothing runs together.
static void test_equality(void **state)
{
    (void)state;
    expect_equal("5.0", "5", true);
    expect_equal("5", "\"5\"", false);
    expect_equal("!SS [a, b]", "!SS [b, a]", true);
    expect_equal("!NS [1, 20]", "!NS [20.0, 1]", true);
    expect_equal("!NS [1, 20]", "!SS [\"1\", \"20\"]", false);
    expect_equal("[a, b]", "[b, a]", false);
    expect_equal("{a: 1, b: 2}", "{b: 2, a: 1}", true);
    expect_equal("{a: 1, b: 2}", "{a: 2, b: 1}", false);
    expect_equal("[ab, c]", "[a, bc]", false);
    expect_equal("[[a], b]", "[[a, b]]", false);
    expect_equal("{a: {b: c}}", "{a: {}, b: c}", false);
    expect_equal("!SS [ab, c]", "!SS [a, bc]", false);
    expect_equal("!B aGk=", "hi", false);
    expect_equal("[]", "{}", false);
    expect_equal("\"\"", "null", false);
    expect_equal("true", "false", false);
}

static void test_refused(void **state)
{
    static const char *const TEXTS[] = {
        "",
        "[]",
        "{",
        "{}x",
        "{\"a\":1}",
        "{\"a\":{}}",
        "{\"a\":{\"S\":1}}",
        "{\"a\":{\"N\":1}}",
        "{\"a\":{\"N\":\"x\"}}",
        "{\"a\":{\"B\":\"x\"}}",
        "{\"a\":{\"BOOL\":\"true\"}}",
        "{\"a\":{\"NULL\":false}}",
        "{\"a\":{\"S\":\"x\",\"N\":\"1\"}}",
        "{\"a\":{\"T\":\"x\"}}",
        "{\"a\":{\"template\":\"x\"}}",
        "{\"a\":{\"SS\":[1]}}",
        "{\"a\":{\"L\":[\"x\"]}}",
        "{\"a\":{\"M\":[]}}",
        "{\"a\":{\"S\":\"x\"},\"a\":{\"S\":\"y\"}}",
        "{\"a\":{\"S\":\"\\ud800\"}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        struct arena arena = {0};
        struct value_entry *entries = NULL;
        size_t count = 0;
        if (read_json(&arena, str_from(TEXTS[i]), &entries, &count)) {
            print_error("taken: %s\n", TEXTS[i]);
            fail();
        }
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_equality),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
