// base64: the strictness of rule B010, and that it undoes json_put_base64.
#include "unit.h"

#include "base64.h"
#include "buf.h"
#include "json_write.h"

static void test_good_text(void **state)
{
    struct arena arena = {0};
    struct str out;
    (void)state;

    assert_true(base64_decode(&out, STR(""), &arena));
    assert_int_equal(out.len, 0);
    assert_true(base64_decode(&out, STR("Zg=="), &arena));
    assert_text(out, "f");
    assert_true(base64_decode(&out, STR("Zm8="), &arena));
    assert_text(out, "fo");
    assert_true(base64_decode(&out, STR("Zm9vYmFy"), &arena));
    assert_text(out, "foobar");
    assert_true(base64_decode(&out, STR("+/+/AA=="), &arena));
    assert_str(out, STR("\xFB\xFF\xBF\0"));
    arena_deinit(&arena);
}

static void test_bad_text(void **state)
{
    static const char *const bad[] = {
        "Z",     "Zg",    "Zg=",       "=",        "==",       "====", "A===",
        "Zh==",  "Zm9=",  "Zm8",       "Zg==Zg==", "Zm=v",     "Z=g=", "Zm9v\n",
        " Zg==", "Zg= =", "Zm9v YmFy", "-_-_",     "Zm9v====", "Zm9*", "Zm9\xC3",
    };
    struct arena arena = {0};
    struct str out;
    (void)state;

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        if (base64_decode(&out, str_from(bad[i]), &arena)) {
            fail_msg("'%s' was accepted", bad[i]);
        }
        assert_int_equal(out.len, 0);
    }
    assert_false(base64_decode(&out, STR("Zg=\0"), &arena));
    arena_deinit(&arena);
}

static void test_round_trip(void **state)
{
    struct arena arena = {0};
    struct buf buf;
    char bytes[300];
    (void)state;

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(i * 89 + i / 3);
    }
    buf_init(&buf, 1000);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        struct str out;
        buf_reset(&buf);
        json_put_base64(&buf, (struct str){bytes, len});
        assert_true(base64_decode(&out, buf_str(&buf), &arena));
        assert_str(out, ((struct str){bytes, len}));
    }
    buf_deinit(&buf);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_text),
        cmocka_unit_test(test_bad_text),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
