// keyset: every fingerprint once, with its first place.
#include "stage.h"

#include "keyset.h"

#include <stdio.h>

static void test_many(void **state)
{
    enum { COUNT = 5000 };
    struct keyset set;
    (void)state;

    keyset_init(&set);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < COUNT; i++) {
            char name[16];
            int n = snprintf(name, sizeof name, "key %u", i);
            struct uuid fingerprint =
                keyset_fingerprint(&set, (struct str){name, (size_t)n});
            struct keyset_place first = {0};
            struct keyset_place place = {i * 10 + (unsigned)round, i, (uint32_t)round};
            assert_true(keyset_add(&set, &fingerprint, place, &first) == (round == 0));
            if (round == 1) {
                assert_int_equal(first.at, i * 10);
                assert_int_equal(first.line, i);
                assert_int_equal(first.source, 0);
            }
        }
        assert_int_equal(set.prints.count, COUNT);
    }
    keyset_deinit(&set);
}

// The largest place that there is comes back as it went in.
static void test_places(void **state)
{
    static const struct keyset_place LAST = {UINT64_C(0xffffffffff), UINT32_MAX,
                                             0xffffffU};
    struct keyset set;
    struct keyset_place first = {0};
    struct uuid fingerprint = {{5}};
    (void)state;

    keyset_init(&set);
    assert_true(keyset_add(&set, &fingerprint, LAST, &first));
    assert_false(keyset_add(&set, &fingerprint, (struct keyset_place){0}, &first));
    assert_true(first.at == LAST.at);
    assert_int_equal(first.line, LAST.line);
    assert_int_equal(first.source, LAST.source);
    keyset_deinit(&set);
}

static void test_fingerprint(void **state)
{
    struct keyset set;
    (void)state;

    keyset_init(&set);
    struct uuid one = keyset_fingerprint(&set, STR("a"));
    struct uuid again = keyset_fingerprint(&set, STR("a"));
    struct uuid other = keyset_fingerprint(&set, STR("a\0"));
    assert_true(uuid_eq(&one, &again));
    assert_false(uuid_eq(&one, &other));
    keyset_deinit(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_fingerprint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
