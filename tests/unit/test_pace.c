// pace: how many units calls take in a second, however they are answered.
#include "unit.h"

#include "dice.h"
#include "pace.h"

#define SLOTS 8
#define CALLS 2000

static void test_no_limit(void **state)
{
    struct pace pace = pace_begin(0, 128);
    (void)state;
    for (uint64_t now = 0; now < 100; now++) {
        assert_int_equal(pace_next_ms(&pace, now), now);
        pace_answered(&pace, pace_sent(&pace, now), 1000);
    }
    assert_true(pace.consumed == 100000.0 && pace.requests == 100 && !pace.untold);
}

static void test_what_is_not_told(void **state)
{
    struct pace pace = pace_begin(10, 5);
    (void)state;
    pace_answered(&pace, pace_sent(&pace, 1000), -1);
    assert_true(pace.untold && pace.consumed == 0.0);
    // What was expected is taken as used.
    assert_in_range(pace_next_ms(&pace, 1000), 1500, 1501);
}

// Calls of any size, several in flight, answered whenever: over all of the time it is the
// rate, but for the few that are in flight at first, of which nothing was known.
static void test_rate(void **state)
{
    struct dice dice = {UINT64_C(0xface)};
    struct pace pace = pace_begin(250, 1);
    uint64_t now = 5000;
    double charged[SLOTS] = {0};
    size_t flying = 0;
    (void)state;
    for (unsigned i = 0; i < CALLS;) {
        if (flying < SLOTS && pace_next_ms(&pace, now) <= now) {
            charged[flying++] = pace_sent(&pace, now);
        } else if (flying > 0 && dice_below(&dice, 2) == 0) {
            double units = (double)dice_below(&dice, 257) / 2;
            size_t which = dice_below(&dice, flying);
            pace_answered(&pace, charged[which], units);
            charged[which] = charged[--flying];
            i++;
        } else {
            now += dice_below(&dice, 20);
        }
    }
    double allowed = (double)(now - 5000) / 1000 * 250;
    assert_true(pace.consumed <= allowed + SLOTS * 128);
    assert_true(pace.consumed >= allowed * 0.9); // and what it may take it takes
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_limit),
        cmocka_unit_test(test_what_is_not_told),
        cmocka_unit_test(test_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
