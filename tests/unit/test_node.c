// node: what a scalar is, what it would be elsewhere, and looking up keys.
#include "unit.h"

#include "node.h"

static struct node plain(const char *text)
{
    return (struct node){.kind = NODE_SCALAR, .plain = true, .text = str_from(text)};
}

static enum node_type type_of(const char *text)
{
    struct node node = plain(text);
    return node_type(&node);
}

static void test_numbers(void **state)
{
    static const char *const numbers[] = {
        "0",   "-0",     "5",    "-1.50",
        "1e3", "1E+3",   "1e-3", "0.5",
        "0e5", "-0.0e0", "10",   "1234567890123456789012345678901234567890",
    };
    static const char *const others[] = {
        "01",    "-01",   "00",   "+5",    ".5",  "5.",   "1e",  "1e+",
        "-",     "1_000", "0x10", "1.",    "--1", "1.e5", "NaN", "1 ",
        "1.2.3", "1e5.",  "e5",   "1e1e1", "-.5", "١",
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        if (type_of(numbers[i]) != NODE_N) {
            fail_msg("%s is a number", numbers[i]);
        }
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (type_of(others[i]) != NODE_S) {
            fail_msg("%s is a string", others[i]);
        }
    }
}

// A number ends with its text, whatever comes behind it.
static void test_numbers_end(void **state)
{
    static const char *const numbers[] = {"12.5", "12e5", "12345", "12x", "12\0"};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        struct node node = plain("");
        node.text = (struct str){numbers[i], 2};
        assert_int_equal(node_type(&node), NODE_N);
    }
}

static void test_words(void **state)
{
    (void)state;

    assert_int_equal(type_of("true"), NODE_BOOL);
    assert_int_equal(type_of("false"), NODE_BOOL);
    assert_int_equal(type_of("True"), NODE_S);
    assert_int_equal(type_of("yes"), NODE_S);
    assert_int_equal(type_of("null"), NODE_NULL);
    assert_int_equal(type_of("~"), NODE_NULL);
    assert_int_equal(type_of(""), NODE_NULL);
    assert_int_equal(type_of("Null"), NODE_S);
    assert_int_equal(type_of("2023-03-19"), NODE_S);
}

static void test_quotes_and_tags(void **state)
{
    struct node quoted = plain("5");
    struct node tagged = plain("5");
    (void)state;

    quoted.plain = false;
    assert_int_equal(node_type(&quoted), NODE_S);
    quoted.tag = NODE_TAG_N;
    assert_int_equal(node_type(&quoted), NODE_N);
    for (int tag = NODE_TAG_S; tag <= NODE_TAG_HANDLE; tag++) {
        tagged.tag = (uint8_t)tag;
        assert_int_equal(node_type(&tagged), tag == NODE_TAG_N ? NODE_N : NODE_S);
    }
    tagged = plain("");
    tagged.tag = NODE_TAG_S;
    assert_int_equal(node_type(&tagged), NODE_S);
}

static void test_ambiguity(void **state)
{
    static const char *const unclear[] = {
        "True",  "FALSE", "yes",   "No",    "on",   "OFF",  "Null",  "NULL",  ".inf",
        "-.Inf", ".NaN",  "+.inf", "0x10",  "0XfF", "0o17", "0b101", "-0x1f", "012",
        "+5",    ".5",    "5.",    "1_000", "-012", "00",   "+.5",   "1_0.5",
    };
    static const char *const clear[] = {
        "true",  "null",     "~",    "",   "5",   "1e3", "1.2.3", "2023-03-19",
        "hello", "nope",     "yess", "0x", "0xg", "-",   "+",     ".",
        "..",    "infinity", "a1",   "_1", "-a",  "nan",
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(unclear); i++) {
        struct node node = plain(unclear[i]);
        if (node_ambiguity(&node) == NULL) {
            fail_msg("%s reads differently elsewhere", unclear[i]);
        }
        node.plain = false;
        assert_null(node_ambiguity(&node));
        node.plain = true;
        node.tag = NODE_TAG_S;
        assert_null(node_ambiguity(&node));
    }
    for (size_t i = 0; i < COUNT_OF(clear); i++) {
        struct node node = plain(clear[i]);
        if (node_ambiguity(&node) != NULL) {
            fail_msg("%s is clear", clear[i]);
        }
    }
}

static void test_find(void **state)
{
    struct node a = plain("a");
    struct node empty = plain("");
    struct node one = plain("1");
    struct node two = plain("2");
    struct node_pair pairs[] = {{&a, &one}, {&empty, &two}};
    struct node mapping = {.kind = NODE_MAPPING, .pairs = pairs, .count = 2};
    (void)state;

    assert_ptr_equal(node_find(&mapping, "a"), &one);
    assert_ptr_equal(node_find(&mapping, ""), &two);
    assert_null(node_find(&mapping, "b"));
    assert_null(node_find(&a, "a"));
}

static void test_describe(void **state)
{
    static const struct {
        const char *text;
        const char *name;
    } rows[] = {{"x", "a string"},
                {"1", "a number"},
                {"true", "true or false"},
                {"", "nothing"}};
    struct node list = {.kind = NODE_SEQUENCE};
    struct node mapping = {.kind = NODE_MAPPING};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct node node = plain(rows[i].text);
        assert_string_equal(node_describe(&node), rows[i].name);
    }
    assert_string_equal(node_describe(&list), "a list");
    assert_string_equal(node_describe(&mapping), "a mapping");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),   cmocka_unit_test(test_numbers_end),
        cmocka_unit_test(test_words),     cmocka_unit_test(test_quotes_and_tags),
        cmocka_unit_test(test_ambiguity), cmocka_unit_test(test_find),
        cmocka_unit_test(test_describe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
