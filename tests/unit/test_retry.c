// retry: bases, doubling, the cap, Retry-After.
#include "unit.h"

#include "retry.h"

#define ALMOST_ONE 0.9999999999

static void test_bases(void **state)
{
    (void)state;
    assert_int_equal(retry_delay_ms(RETRY_TRANSIENT, 0, ALMOST_ONE, 0), 24);
    assert_int_equal(retry_delay_ms(RETRY_THROTTLED, 0, ALMOST_ONE, 0), 999);
    assert_int_equal(retry_delay_ms(RETRY_UNPROCESSED, 0, ALMOST_ONE, 0), 49);
    assert_int_equal(retry_delay_ms(RETRY_THROTTLED, 0, 0.5, 0), 500);
    assert_int_equal(retry_delay_ms(RETRY_THROTTLED, 9, 0.0, 0), 0);
}

static void test_doubles_to_the_cap(void **state)
{
    (void)state;
    assert_int_equal(retry_delay_ms(RETRY_TRANSIENT, 3, 0.5, 0), 100);
    assert_int_equal(retry_delay_ms(RETRY_THROTTLED, 4, 0.5, 0), 8000);
    assert_int_equal(retry_delay_ms(RETRY_THROTTLED, 5, 0.5, 0), 10000);
    assert_int_equal(retry_delay_ms(RETRY_UNPROCESSED, 4000000000u, 0.5, 0), 10000);
}

static void test_retry_after(void **state)
{
    (void)state;
    assert_int_equal(retry_delay_ms(RETRY_TRANSIENT, 0, 0.5, 300), 300);
    assert_int_equal(retry_delay_ms(RETRY_THROTTLED, 0, 0.5, 300), 500);
    assert_int_equal(retry_delay_ms(RETRY_TRANSIENT, 0, 0.5, 3600000), 12 + 5000);
}

static void test_quota(void **state)
{
    (void)state;
    struct retry_quota quota = retry_quota_full();
    unsigned repeats = 0;
    while (retry_quota_take(&quota, retry_cost(RETRY_TRANSIENT))) {
        repeats++;
    }
    assert_int_equal(repeats, 500 / 14);
    assert_int_equal(quota.tokens, 500 % 14);
    assert_true(retry_quota_take(&quota, retry_cost(RETRY_THROTTLED)));
    assert_true(
        retry_quota_take(&quota, retry_cost(RETRY_UNPROCESSED))); // costs nothing
    assert_int_equal(quota.tokens, 500 % 14 - 5);
    retry_quota_return(&quota, 0);
    assert_int_equal(quota.tokens, 500 % 14 - 4);
    for (unsigned i = 0; i < 100; i++) {
        retry_quota_return(&quota, 14);
    }
    assert_int_equal(quota.tokens, 500);
}

static void test_random(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        double random = retry_random();
        assert_true(random >= 0.0 && random < 1.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bases),       cmocka_unit_test(test_doubles_to_the_cap),
        cmocka_unit_test(test_retry_after), cmocka_unit_test(test_quota),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
