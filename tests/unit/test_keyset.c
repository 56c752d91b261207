// keyset: every fingerprint once, wherever the table has grown to, with its first
// place.
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
        assert_int_equal(set.count, COUNT);
    }
    keyset_deinit(&set);
}

// Fingerprints that differ in one byte only are told apart.
static void test_collisions(void **state)
{
    struct keyset set;
    struct uuid fingerprint = {{5}};
    struct keyset_place first;
    (void)state;

    keyset_init(&set);
    for (uint8_t i = 1; i < 40; i++) {
        fingerprint.bytes[15] = i;
        assert_true(
            keyset_add(&set, &fingerprint, (struct keyset_place){i, i, 0}, &first));
    }
    fingerprint.bytes[15] = 7;
    assert_false(keyset_add(&set, &fingerprint, (struct keyset_place){0}, &first));
    assert_int_equal(first.line, 7);
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
        cmocka_unit_test(test_collisions),
        cmocka_unit_test(test_fingerprint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
