// pages: places of pages enter, all of them lead to an end.
#include "unit.h"

#include "pages.h"

#include <stdio.h>

// How many pages are read of a circle of `around` pages that `before` ones lead to.
static unsigned walk(unsigned before, unsigned around)
{
    struct pages pages = {0};
    unsigned count = 0;
    for (;;) {
        unsigned at = count < before ? count : before + (count - before) % around;
        char place[32];
        int len = snprintf(place, sizeof place, "{\"pk\":{\"N\":\"%u\"}}", at);
        count++;
        if (pages_check(&pages, (struct str){place, (size_t)len}, true) != NULL) {
            return count;
        }
        assert_true(count < 100000);
    }
}

static void test_a_circle_back_to_the_beginning(void **state)
{
    (void)state;
    for (unsigned around = 1; around <= 1000; around++) {
        assert_int_equal(walk(0, around), around + 1);
    }
}

static void test_any_circle(void **state)
{
    (void)state;
    for (unsigned before = 0; before < 40; before++) {
        for (unsigned around = 1; around < 40; around++) {
            unsigned longer = before > around ? before : around;
            assert_true(walk(before, around) <= 2 * longer + around + 1);
        }
    }
}

static void test_ever_new_ones(void **state)
{
    (void)state;
    struct pages pages = {0};
    for (unsigned i = 0; i < 5000; i++) {
        char place[16];
        int len = snprintf(place, sizeof place, "%u", i);
        struct str next = {place, (size_t)len};
        bool gave = i < 3000 && i % 1000 == 0; // 999 empty ones in a row are fine
        const char *why = pages_check(&pages, next, gave);
        assert_true((why != NULL) == (i >= 3000));
        if (why != NULL) {
            return;
        }
    }
    fail();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_circle_back_to_the_beginning),
        cmocka_unit_test(test_any_circle),
        cmocka_unit_test(test_ever_new_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
