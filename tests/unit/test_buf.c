// buf: appending, and what happens at the ceiling.
#include "unit.h"

#include "buf.h"

#include <string.h>

static void test_appending(void **state)
{
    struct buf buf;
    (void)state;

    buf_init(&buf, 1 << 20);
    buf_put(&buf, STR("ab"));
    buf_char(&buf, 'c');
    buf_puts(&buf, "de");
    buf_puts(&buf, NULL);
    buf_put(&buf, (struct str){NULL, 0});
    buf_uint(&buf, 0);
    buf_uint(&buf, UINT64_MAX);
    buf_printf(&buf, "[%s|%d]", "x", -1);
    assert_text(buf_str(&buf), "abcde018446744073709551615[x|-1]");
    assert_string_equal(buf_cstr(&buf), "abcde018446744073709551615[x|-1]");
    buf_reset(&buf);
    assert_text(buf_str(&buf), "");
    assert_string_equal(buf_cstr(&buf), "");
    assert_false(buf.overflowed);
    buf_deinit(&buf);
    assert_string_equal(buf_cstr(&buf), "");
}

static void test_growing(void **state)
{
    struct buf buf;
    (void)state;

    buf_init(&buf, SIZE_MAX);
    for (unsigned i = 0; i < 100000; i++) {
        buf_char(&buf, (char)('a' + i % 26));
    }
    assert_int_equal(buf.len, 100000);
    for (unsigned i = 0; i < 100000; i++) {
        assert_int_equal(buf.at[i], 'a' + i % 26);
    }
    assert_true(buf.cap < 300000);
    buf_printf(&buf, "%300000d", 5); // far more than is free
    assert_int_equal(buf.len, 400000);
    assert_int_equal(buf.at[399999], '5');
    buf_deinit(&buf);
}

static void test_the_ceiling_drops_whole_pieces(void **state)
{
    struct buf buf;
    (void)state;

    buf_init(&buf, 10);
    buf_put(&buf, STR("12345678"));
    buf_put(&buf, STR("abc"));
    assert_true(buf.overflowed);
    assert_text(buf_str(&buf), "12345678");
    buf_printf(&buf, "%s", "xyz");
    assert_text(buf_str(&buf), "12345678");
    buf_put(&buf, STR("9"));
    buf_char(&buf, 'A');
    assert_text(buf_str(&buf), "123456789A");
    assert_string_equal(buf_cstr(&buf), "123456789A");
    buf_char(&buf, 'B');
    buf_uint(&buf, 1);
    assert_text(buf_str(&buf), "123456789A");
    assert_null(buf_reserve(&buf, 1));
    assert_null(buf_reserve(&buf, SIZE_MAX));
    assert_non_null(buf_reserve(&buf, 0));
    buf_reset(&buf);
    assert_false(buf.overflowed);
    buf_printf(&buf, "%s", "0123456789"); // exactly full
    assert_false(buf.overflowed);
    assert_text(buf_str(&buf), "0123456789");
    buf_deinit(&buf);
}

static void test_a_large_ceiling_is_met_exactly(void **state)
{
    struct buf buf;
    char block[1000];
    (void)state;

    memset(block, 'x', sizeof block);
    buf_init(&buf, 100500);
    for (int i = 0; i < 101; i++) {
        buf_put(&buf, (struct str){block, sizeof block});
    }
    assert_true(buf.overflowed);
    assert_int_equal(buf.len, 100000);
    buf.overflowed = false;
    buf_put(&buf, (struct str){block, 500});
    assert_false(buf.overflowed);
    assert_int_equal(buf.len, 100500);
    buf_deinit(&buf);
}

static void test_a_ceiling_of_nothing(void **state)
{
    struct buf buf;
    (void)state;

    buf_init(&buf, 0);
    buf_put(&buf, STR(""));
    buf_printf(&buf, "%s", "");
    assert_false(buf.overflowed);
    buf_char(&buf, 'x');
    assert_true(buf.overflowed);
    assert_string_equal(buf_cstr(&buf), "");
    buf_deinit(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appending),
        cmocka_unit_test(test_growing),
        cmocka_unit_test(test_the_ceiling_drops_whole_pieces),
        cmocka_unit_test(test_a_large_ceiling_is_met_exactly),
        cmocka_unit_test(test_a_ceiling_of_nothing),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
