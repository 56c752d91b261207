// str: comparing, searching, cutting, and the nearest name.
#include "unit.h"

#include "str.h"

#include <limits.h>

static const struct str nothing = {NULL, 0};

static void test_comparing(void **state)
{
    (void)state;
    assert_true(str_eq(STR("ab"), STR("ab")));
    assert_false(str_eq(STR("ab"), STR("abc")));
    assert_false(str_eq(STR("ab"), STR("aB")));
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_true(str_eq(nothing, STR("")));
    assert_true(str_is(STR("ab"), "ab"));
    assert_false(str_is(STR("a\0"), "a"));
    assert_true(str_is(nothing, ""));
}

static void test_order_is_by_unsigned_bytes(void **state)
{
    (void)state;
    assert_int_equal(str_cmp(STR("a"), STR("b")), -1);
    assert_int_equal(str_cmp(STR("b"), STR("a")), 1);
    assert_int_equal(str_cmp(STR("a"), STR("a")), 0);
    assert_int_equal(str_cmp(STR("a"), STR("ab")), -1);
    assert_int_equal(str_cmp(STR("ab"), STR("a")), 1);
    assert_int_equal(str_cmp(nothing, STR("")), 0);
    assert_int_equal(str_cmp(nothing, STR("\0")), -1);
    assert_int_equal(str_cmp(STR("z"), STR("\xC3\xA9")), -1);
    // UTF-8 order, which UTF-16 does not have: U+FFFD before U+1F600.
    assert_int_equal(str_cmp(STR("\xEF\xBF\xBD"), STR("\xF0\x9F\x98\x80")), -1);
}

static void test_prefix_suffix_slices(void **state)
{
    (void)state;
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_true(str_starts(STR("abc"), nothing));
    assert_false(str_starts(STR("ab"), STR("abc")));
    assert_false(str_starts(STR("abc"), STR("b")));
    assert_true(str_ends(STR("abc"), STR("bc")));
    assert_true(str_ends(STR("abc"), STR("")));
    assert_true(str_ends(nothing, nothing));
    assert_false(str_ends(STR("bc"), STR("abc")));
    assert_text(str_skip(STR("abc"), 1), "bc");
    assert_text(str_skip(STR("abc"), 3), "");
    assert_text(str_skip(nothing, 0), "");
    assert_int_equal(str_from(NULL).len, 0);
    const char *text = "abc";
    assert_text(str_slice(text + 1, text + 2), "b");
    assert_int_equal(str_int_len((struct str){text, SIZE_MAX}), INT_MAX);
    assert_int_equal(str_int_len((struct str){text, 3}), 3);
}

static void test_searching(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("abcabc"), STR("ca")), 2);
    assert_int_equal(str_find(STR("abcabc"), STR("x")), 6);
    assert_int_equal(str_find(STR("abc"), STR("abcd")), 3);
    assert_int_equal(str_find(STR("abc"), STR("")), 0);
    assert_int_equal(str_find(nothing, STR("a")), 0);
    assert_int_equal(str_find(STR("a\0b"), STR("b")), 2);
    assert_int_equal(str_find_char(STR("abc"), 'c'), 2);
    assert_int_equal(str_find_char(STR("abc"), 'x'), 3);
    assert_int_equal(str_find_char(nothing, 'x'), 0);
}

static void test_trimming(void **state)
{
    (void)state;
    assert_text(str_trim(STR(" \t a b\t ")), "a b");
    assert_text(str_trim(STR(" \t ")), "");
    assert_text(str_trim(nothing), "");
    assert_text(str_trim(STR("\na\r")), "\na\r");
}

static void test_nearest(void **state)
{
    static const struct str names[] = {
        {"billing_mode", 12}, {"key_schema", 10}, {"table_name", 10},
        {"tags", 4},          {"N", 1},
    };
    const size_t count = COUNT_OF(names);
    (void)state;

    assert_int_equal(str_nearest(STR("bilign_mode"), names, count), 0);
    assert_int_equal(str_nearest(STR("BILLING_MODE"), names, count), 0);
    assert_int_equal(str_nearest(STR("keyschema"), names, count), 1);
    assert_int_equal(str_nearest(STR("table_naem"), names, count), 2);
    assert_int_equal(str_nearest(STR("tag"), names, count), 3);
    assert_int_equal(str_nearest(STR("atgs"), names, count), 3); // a swap is one edit
    assert_int_equal(str_nearest(STR("n"), names, count), 4);
    assert_int_equal(str_nearest(STR("x"), names, count), count);
    assert_int_equal(str_nearest(STR("taxes"), names, count), count);
    assert_int_equal(str_nearest(STR("projection"), names, count), count);
    assert_int_equal(str_nearest(STR(""), names, count), count);
    assert_int_equal(str_nearest(STR("tags"), names, 0), 0);
}

static void test_nearest_takes_the_smallest_distance_then_the_first(void **state)
{
    static const struct str names[] = {{"abcdxx", 6}, {"abcdey", 6}, {"abcdez", 6}};
    static char long_name[5000];
    (void)state;

    assert_int_equal(str_nearest(STR("abcdef"), names, 3), 1);
    for (size_t i = 0; i < sizeof long_name; i++) {
        long_name[i] = 'a';
    }
    const struct str hostile = {long_name, sizeof long_name};
    assert_int_equal(str_nearest(hostile, names, 3), 3);
    assert_int_equal(str_nearest(STR("a"), &hostile, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comparing),
        cmocka_unit_test(test_order_is_by_unsigned_bytes),
        cmocka_unit_test(test_prefix_suffix_slices),
        cmocka_unit_test(test_searching),
        cmocka_unit_test(test_trimming),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_nearest_takes_the_smallest_distance_then_the_first),
    };
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
