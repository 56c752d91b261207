// instant: the calendar both ways (checked against Python's datetime and against a
// plain count of days), refusals with their reasons, durations.
#include "unit.h"

#include "instant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static instant_us parsed(const char *text)
{
    instant_us t = 0;
    const char *why = "";

    if (!instant_parse(&t, str_from(text), &why)) {
        fail_msg("'%s' was refused: %s", text, why);
    }
    return t;
}

static void assert_formatted(instant_us t, const char *expected)
{
    char text[INSTANT_TEXT_LEN];

    instant_format(t, text);
    assert_text(((struct str){text, sizeof text}), expected);
}

static void test_known_instants(void **state)
{
    static const struct {
        const char *text;
        instant_us t;
    } cases[] = {
        {"0001-01-01T00:00:00.000000+00:00", INSTANT_MIN},
        {"1600-02-29T23:59:59.000000+00:00", INT64_C(-11670912001000000)},
        {"1900-02-28T12:00:00.000000+00:00", INT64_C(-2203934400000000)},
        {"1969-12-31T23:59:59.999999+00:00", -1},
        {"1970-01-01T00:00:00.000000+00:00", 0},
        {"2000-02-29T00:00:00.000000+00:00", INT64_C(951782400000000)},
        {"2000-03-01T00:00:00.000000+00:00", INT64_C(951868800000000)},
        {"2023-03-19T12:01:00.000000+00:00", INT64_C(1679227260000000)},
        {"2024-12-31T23:59:59.500000+00:00", INT64_C(1735689599500000)},
        {"2100-03-01T00:00:00.000000+00:00", INT64_C(4107542400000000)},
        {"9999-12-31T23:59:59.999999+00:00", INSTANT_MAX},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_formatted(cases[i].t, cases[i].text);
        assert_true(parsed(cases[i].text) == cases[i].t);
    }
}

// t is the first microsecond of an even day, the last of an odd one.
static void assert_day(int year, int month, int day, instant_us t)
{
    char expected[64];
    char text[INSTANT_TEXT_LEN];
    instant_us back = 0;
    const char *why = NULL;

    (void)snprintf(expected, sizeof expected, "%04d-%02d-%02dT%s+00:00", year, month,
                   day, day % 2 == 0 ? "00:00:00.000000" : "23:59:59.999999");
    instant_format(t, text);
    if (memcmp(text, expected, sizeof text) != 0 ||
        !instant_parse(&back, (struct str){text, sizeof text}, &why) || back != t) {
        fail_msg("%s", expected);
    }
}

// The range's days against a calendar that only counts: all of the first and last 400
// years, and the ends of every month.
static void test_the_calendar(void **state)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const instant_us day_us = INT64_C(86400000000);
    instant_us t = INSTANT_MIN;
    (void)state;

    for (int year = 1; year <= 9999; year++) {
        const int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            const int length = lengths[month - 1] + (month == 2 ? leap : 0);
            for (int day = 1; day <= length; day++, t += day_us) {
                const bool whole = year < 410 || year > 9590;
                if (whole || day == 1 || day == length) {
                    assert_day(year, month, day, day % 2 == 0 ? t : t + day_us - 1);
                }
            }
        }
    }
    assert_true(t == INSTANT_MAX + 1);
}

static void test_forms(void **state)
{
    const instant_us noon = parsed("2023-03-19T12:00:00Z");
    (void)state;

    assert_true(parsed("2023-03-19t12:00:00z") == noon);
    assert_true(parsed("2023-03-19T12:00:00+00:00") == noon);
    assert_true(parsed("2023-03-19T12:00:00-00:00") == noon);
    assert_true(parsed("2023-03-19T14:30:00+02:30") == noon);
    assert_true(parsed("2023-03-18T13:00:00-23:00") == noon);
    assert_true(parsed("2023-03-19T12:00:00.5Z") == noon + 500000);
    assert_true(parsed("2023-03-19T12:00:00.000001Z") == noon + 1);
    assert_true(parsed("2023-03-19T12:00:00.120Z") == noon + 120000);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        {"", "YYYY-MM-DD"},
        {"now", "YYYY-MM-DD"},
        {"2023-3-19T12:00:00Z", "YYYY-MM-DD"},
        {"23-03-19T12:00:00Z", "YYYY-MM-DD"},
        {"2023/03/19T12:00:00Z", "YYYY-MM-DD"},
        {"+2023-03-19T12:00:00Z", "YYYY-MM-DD"},
        {"0000-01-01T00:00:00Z", "the year must"},
        {"2023-00-01T00:00:00Z", "the month must"},
        {"2023-13-01T00:00:00Z", "the month must"},
        {"2023-06-31T00:00:00Z", "no such day"},
        {"2023-01-00T00:00:00Z", "no such day"},
        {"2023-01-32T00:00:00Z", "no such day"},
        {"2023-02-29T00:00:00Z", "no such day"},
        {"1900-02-29T00:00:00Z", "no such day"},
        {"2023-03-19", "Thh:mm:ss"},
        {"2023-03-19 12:00:00Z", "Thh:mm:ss"},
        {"2023-03-19T12:00Z", "Thh:mm:ss"},
        {"2023-03-19T1:00:00Z", "Thh:mm:ss"},
        {"2023-03-19T24:00:00Z", "the hour must"},
        {"2023-03-19T12:60:00Z", "the minute must"},
        {"2023-06-30T23:59:60Z", "the second must"},
        {"2023-03-19T12:00:00.Z", "a digit must follow"},
        {"2023-03-19T12:00:00.1234567Z", "at most six digits"},
        {"2023-03-19T12:00:00,5Z", "an offset must end"},
        {"2023-03-19T12:00:00", "an offset must end"},
        {"2023-03-19T12:00:00+0200", "an offset is written"},
        {"2023-03-19T12:00:00+02", "an offset is written"},
        {"2023-03-19T12:00:00+24:00", "an offset is written"},
        {"2023-03-19T12:00:00+02:60", "an offset is written"},
        {"2023-03-19T12:00:00UTC", "an offset must end"},
        {"2023-03-19T12:00:00Z ", "something follows"},
        {"2023-03-19T12:00:00+02:00x", "something follows"},
        {"0001-01-01T00:00:00+00:01", "outside the years"},
        {"9999-12-31T23:59:59-00:01", "outside the years"},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        instant_us t = 7;
        const char *why = "";
        if (instant_parse(&t, str_from(cases[i].text), &why) ||
            strstr(why, cases[i].why) == NULL) {
            fail_msg("'%s': '%s' instead of '%s'", cases[i].text, why, cases[i].why);
        }
        assert_true(t == 0);
    }
}

static void assert_strftime(const char *at, const char *format, const char *expected)
{
    struct buf buf;

    buf_init(&buf, 200);
    assert_true(instant_strftime(NULL, parsed(at), str_from(format)));
    assert_true(instant_strftime(&buf, parsed(at), str_from(format)));
    assert_text(buf_str(&buf), expected);
    buf_deinit(&buf);
}

static void test_other_formats(void **state)
{
    char basic[16];
    struct buf buf;
    (void)state;

    instant_format_basic(parsed("2023-03-19T12:01:59.9Z"), basic);
    assert_text(((struct str){basic, sizeof basic}), "20230319T120159Z");
    assert_strftime("2023-03-09T02:01:07Z", "%Y|%m|%d|%H|%M|%S|%j|%F|%T|%%",
                    "2023|03|09|02|01|07|068|2023-03-09|02:01:07|%");
    assert_strftime("0033-12-31T00:00:00Z", "%Y %j", "0033 365");
    assert_strftime("2024-12-31T00:00:00Z", "%j", "366");
    assert_strftime("2024-12-31T00:00:00Z", "", "");
    assert_strftime("2024-12-31T00:00:00Z", "plain \xC3\xA9", "plain \xC3\xA9");
    assert_false(instant_strftime(NULL, 0, STR("%Y-%b")));
    assert_false(instant_strftime(NULL, 0, STR("50%")));
    buf_init(&buf, 100);
    assert_false(instant_strftime(&buf, 0, STR("%Y-%q-%m")));
    assert_text(buf_str(&buf), "1970-");
    buf_deinit(&buf);
}

static void test_adding(void **state)
{
    instant_us sum = 0;
    (void)state;

    assert_true(instant_add(&sum, INSTANT_MAX, 0) && sum == INSTANT_MAX);
    assert_false(instant_add(&sum, INSTANT_MAX, 1));
    assert_false(instant_add(&sum, INSTANT_MIN, -1));
    assert_true(instant_add(&sum, INSTANT_MIN, INSTANT_MAX - INSTANT_MIN));
    assert_true(sum == INSTANT_MAX);
    assert_false(instant_add(&sum, INSTANT_MAX, INT64_MAX));
    assert_false(instant_add(&sum, INSTANT_MIN, INT64_MIN));
}

static void assert_duration(const char *text, instant_us expected, const char *written)
{
    instant_us duration = 0;
    const char *why = "";
    struct buf buf;

    if (!duration_parse(&duration, str_from(text), &why)) {
        fail_msg("'%s' was refused: %s", text, why);
    }
    assert_true(duration == expected);
    buf_init(&buf, 100);
    duration_put(&buf, duration);
    assert_text(buf_str(&buf), written);
    buf_deinit(&buf);
}

static void test_durations(void **state)
{
    (void)state;
    assert_duration("1m", 60000000, "1m");
    assert_duration("1h30m", INT64_C(5400000000), "1h30m");
    assert_duration("90m", INT64_C(5400000000), "1h30m");
    assert_duration("500ms", 500000, "500ms");
    assert_duration("1s1us", 1000001, "1s1us");
    assert_duration("1d2h3m4s5ms6us", INT64_C(93784005006), "1d2h3m4s5ms6us");
    assert_duration("0s", 0, "0s");
    assert_duration("007s", 7000000, "7s");
    assert_duration("3652058d", INT64_C(3652058) * 86400000000, "3652058d");
}

static void test_bad_durations(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        {"", "empty"},
        {"m", "is written like"},
        {"-1m", "is written like"},
        {"1m ", "is written like"},
        {" 1m", "is written like"},
        {"1.5h", "units are"},
        {"5", "units are"},
        {"5M", "units are"},
        {"5min", "units are"},
        {"5w", "units are"},
        {"30m1h", "largest first"},
        {"1m1m", "largest first"},
        {"3652060d", "too long"},
        {"99999999999999999999d", "too long"},
        {"9223372036854775807s", "too long"},
        {"3652058d9999999h", "too long"},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        instant_us duration = 7;
        const char *why = "";
        if (duration_parse(&duration, str_from(cases[i].text), &why) ||
            strstr(why, cases[i].why) == NULL) {
            fail_msg("'%s': '%s' instead of '%s'", cases[i].text, why, cases[i].why);
        }
        assert_true(duration == 0);
    }
}

static void test_clocks(void **state)
{
    const instant_us before = (instant_us)time(NULL) * 1000000;
    const uint64_t tick = clock_monotonic_ms();
    (void)state;

    // time(2) may lag the precise clock by a tick, never lead it by two seconds.
    assert_true(instant_now() - before < INT64_C(10000000));
    assert_true(before - instant_now() < 2000000);
    assert_true(clock_monotonic_ms() >= tick);
}

static void test_time_zones_have_no_say(void **state)
{
    (void)state;
    assert_int_equal(setenv("TZ", "America/St_Johns", 1), 0);
    tzset();
    assert_formatted(0, "1970-01-01T00:00:00.000000+00:00");
    assert_true(parsed("1970-01-01T00:00:00Z") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_instants),
        cmocka_unit_test(test_the_calendar),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_other_formats),
        cmocka_unit_test(test_adding),
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_bad_durations),
        cmocka_unit_test(test_clocks),
        cmocka_unit_test(test_time_zones_have_no_say),
    };
    return cmocka_run_group_tests_name("instant", tests, NULL, NULL);
}
