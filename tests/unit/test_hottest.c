// The heaviest key: exact as long as all keys fit, and past that between two figures
// that hold whatever comes.
#include "unit.h"

#include "dice.h"
#include "hottest.h"

#include <stdio.h>
#include <stdlib.h>

static void add(struct hottest *hottest, size_t key, uint64_t weight)
{
    char text[32];
    int len = snprintf(text, sizeof text, "key %zu", key);
    hottest_add(hottest, (struct str){text, (size_t)len}, weight);
}

static void test_none(void **state)
{
    (void)state;
    struct hottest *hottest = hottest_new();
    struct hottest_key found;
    assert_false(hottest_find(&found, hottest));
    hottest_add(hottest, STR(""), 3);
    assert_true(hottest_find(&found, hottest));
    assert_text(found.key, "");
    assert_int_equal(found.at_least, 3);
    hottest_free(hottest);
    hottest_free(NULL);
}

// Weights add up; of equal ones the first by its bytes is found, however they came.
static void test_ties(void **state)
{
    (void)state;
    static const char *const ORDERS[][3] = {{"b", "a", "c"}, {"c", "b", "a"}};
    for (size_t i = 0; i < COUNT_OF(ORDERS); i++) {
        struct hottest *hottest = hottest_new();
        struct hottest_key found;
        for (size_t k = 0; k < 6; k++) {
            hottest_add(hottest, str_from(ORDERS[i][k % 3]), 2);
        }
        assert_true(hottest_find(&found, hottest));
        assert_text(found.key, "a");
        assert_int_equal(found.at_least, 4);
        assert_int_equal(found.at_most, 4);
        hottest_free(hottest);
    }
}

// The last number of keys that is exact, and the first that is not.
static void test_exact_up_to(void **state)
{
    (void)state;
    struct hottest *hottest = hottest_new();
    struct hottest_key found;
    for (size_t i = 0; i < HOTTEST_KEYS; i++) {
        add(hottest, i, i == 77 ? 3 : 2);
    }
    assert_true(hottest_find(&found, hottest));
    assert_text(found.key, "key 77");
    assert_int_equal(found.at_least, 3);
    assert_int_equal(found.at_most, 3);
    add(hottest, HOTTEST_KEYS, 1); // takes the place of one that weighs 2
    assert_true(hottest_find(&found, hottest));
    assert_text(found.key, "key 77");
    assert_int_equal(found.at_least, 3);
    assert_int_equal(found.at_most, 3); // 2 + 1, and at least 1 of them its own
    hottest_free(hottest);
}

// Many more keys than fit, some of them heavy, against exact sums.
static void test_sketch(void **state)
{
    (void)state;
    enum { KEYS = 5 * HOTTEST_KEYS, WRITES = 200000, ROUNDS = 4 };
    uint64_t *sums = calloc(KEYS, sizeof *sums);
    assert_non_null(sums);
    struct dice dice = {42};
    for (int round = 0; round < ROUNDS; round++) {
        struct hottest *hottest = hottest_new();
        uint64_t total = 0;
        for (size_t i = 0; i < KEYS; i++) {
            sums[i] = 0;
        }
        for (size_t i = 0; i < WRITES; i++) {
            // In the first round all keys are alike; then some are heavier and heavier.
            size_t heavy = dice_below(&dice, 100) < (size_t)round * 10;
            size_t key = heavy ? dice_below(&dice, 3) : dice_below(&dice, KEYS);
            uint64_t weight = 1 + dice_below(&dice, 4);
            sums[key] += weight;
            total += weight;
            add(hottest, key, weight);
        }
        struct hottest_key found;
        assert_true(hottest_find(&found, hottest));
        char name[32];
        uint64_t heaviest = 0;
        bool seen = false;
        for (size_t i = 0; i < KEYS; i++) {
            (void)snprintf(name, sizeof name, "key %zu", i);
            heaviest = sums[i] > heaviest ? sums[i] : heaviest;
            if (str_is(found.key, name)) {
                seen = true;
                assert_true(sums[i] >= found.at_least);
            }
        }
        assert_true(seen);
        assert_true(found.at_most >= heaviest);
        assert_true(found.at_most - found.at_least <= total / HOTTEST_KEYS);
        assert_true(round == 0 || sums[0] + sums[1] + sums[2] > total / 20);
        hottest_free(hottest);
    }
    free(sums);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_exact_up_to),
        cmocka_unit_test(test_sketch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
