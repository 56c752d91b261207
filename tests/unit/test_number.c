// number: canonical forms, the service's limits to the digit, and the captured sizes.
#include "unit.h"

#include "dice.h"

#include "number.h"

#include <stdio.h>
#include <string.h>

#define D10 "1234567891"
#define D38 D10 D10 D10 "12345678"

static void expect(const char *text, enum number_result result, const char *canonical)
{
    char out[NUMBER_TEXT_MAX];
    size_t len = 0;
    enum number_result got = number_canonical(out, &len, str_from(text));
    if (got != result) {
        fail_msg("%s: result %d, expected %d", text, (int)got, (int)result);
    }
    if (result == NUMBER_OK) {
        assert_str(((struct str){out, len}), str_from(canonical));
    }
}

static void test_canonical(void **state)
{
    static const char *const rows[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"+0", "0"},
        {"0.000", "0"},
        {"-0e99999", "0"},
        {"0e1000", "0"},
        {"5", "5"},
        {"+5", "5"},
        {"5.", "5"},
        {".5", "0.5"},
        {"-.5", "-0.5"},
        {"5.0", "5"},
        {"0001.23", "1.23"},
        {"1e3", "1000"},
        {"1E+3", "1000"},
        {"1e-3", "0.001"},
        {"1.50", "1.5"},
        {"100", "100"},
        {"1e+5", "100000"},
        {"12.34e1", "123.4"},
        {"12.34e-3", "0.01234"},
        {"0.00012e4", "1.2"},
        {"-1.0e0", "-1"},
        {"1e0000000000000000000003", "1000"},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        expect(rows[i][0], NUMBER_OK, rows[i][1]);
    }
}

static void test_grammar(void **state)
{
    static const char *const rows[] = {
        "",    " 1",  "1 ",    "1e",  "e2",  "+e2",  "1.2.3", "++5",          "+-5",
        "--5", "NaN", "inf",   "0x1", ".",   "-",    "+",     "1_000",        "1,5",
        "1e+", "1e-", "1e1.5", "-.",  ".e1", "1ee1", "1e1 ",  "\xef\xbc\x91",
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        expect(rows[i], NUMBER_MALFORMED, NULL);
    }
    char out[NUMBER_TEXT_MAX];
    size_t len = 7;
    assert_int_equal(number_canonical(out, &len, STR("1\0")), NUMBER_MALFORMED);
    assert_int_equal(len, 0);
}

static void test_digits(void **state)
{
    (void)state;

    expect(D38, NUMBER_OK, D38);
    expect(D38 "9", NUMBER_TOO_LONG, NULL);
    expect(D38 "0", NUMBER_OK, D38 "0");
    expect(D38 "000.000", NUMBER_OK, D38 "000");
    expect("0." D38, NUMBER_OK, "0." D38);
    expect("0.000" D38, NUMBER_OK, "0.000" D38);
    expect("0." D38 "1", NUMBER_TOO_LONG, NULL);
    expect("000" D38, NUMBER_OK, D38);
    expect("1"
           "0000000000"
           "0000000000"
           "0000000000"
           "0000000"
           "1",
           NUMBER_TOO_LONG, NULL);
    expect("1"
           "0000000000"
           "0000000000"
           "0000000000"
           "000000"
           "1",
           NUMBER_OK,
           "1"
           "0000000000"
           "0000000000"
           "0000000000"
           "000000"
           "1");
    expect("1.5" D38 "e9999999999", NUMBER_TOO_LONG, NULL);
}

static void test_magnitude(void **state)
{
    char largest[127];
    char smallest[200];
    (void)state;

    memset(largest, '0', sizeof largest);
    memset(largest, '9', 38);
    largest[126] = '\0';
    expect("9.9999999999999999999999999999999999999e125", NUMBER_OK, largest);
    smallest[0] = '-';
    memcpy(smallest + 1, largest, sizeof largest);
    expect("-9.9999999999999999999999999999999999999e125", NUMBER_OK, smallest);
    memset(largest, '0', 126);
    largest[0] = '1';
    expect("1e125", NUMBER_OK, largest);
    expect(largest, NUMBER_OK, largest);
    expect("0.001e128", NUMBER_OK, largest);
    expect("1e126", NUMBER_TOO_LARGE, NULL);
    expect("-1e126", NUMBER_TOO_LARGE, NULL);
    expect("0.1e127", NUMBER_TOO_LARGE, NULL);
    expect("10e125", NUMBER_TOO_LARGE, NULL);
    expect("1e100000000", NUMBER_TOO_LARGE, NULL);
    expect("1e99999999999999999999999999", NUMBER_TOO_LARGE, NULL);

    memset(smallest, '0', sizeof smallest);
    smallest[1] = '.';
    smallest[131] = '1';
    smallest[132] = '\0';
    expect("1e-130", NUMBER_OK, smallest);
    expect(smallest, NUMBER_OK, smallest);
    expect("10e-131", NUMBER_OK, smallest);
    expect("1e-131", NUMBER_TOO_SMALL, NULL);
    expect("0.9e-130", NUMBER_TOO_SMALL, NULL);
    expect("-9.99e-131", NUMBER_TOO_SMALL, NULL);
    expect("1e-100000000", NUMBER_TOO_SMALL, NULL);
    char out[NUMBER_TEXT_MAX]; // the longest form of all
    size_t len = 0;
    assert_int_equal(
        number_canonical(out, &len,
                         STR("-1.2345678912345678912345678912345678912e-130")),
        NUMBER_OK);
    assert_int_equal(len, 170);
}

// B077, and the upper bound that B078 leaves open.
static void test_captured_sizes(void **state)
{
    static const struct {
        const char *text;
        size_t size;
    } rows[] = {
        {"1", 2},       {"12", 2},     {"123", 3},    {"12345", 4}, {"1.5", 3},
        {"3.14159", 5}, {"100", 2},    {"1E125", 2},  {D38, 20},    {"-42", 3},
        {"-0", 1},      {"0", 1},      {"120", 3},    {"0.015", 3}, {"0.01", 2},
        {"0.1", 2},     {"-0.001", 3}, {"1e-130", 2}, {"1000", 2},  {"999", 3},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char out[NUMBER_TEXT_MAX];
        size_t len = 0;
        assert_int_equal(number_canonical(out, &len, str_from(rows[i].text)),
                         NUMBER_OK);
        size_t size = number_size((struct str){out, len});
        if (size != rows[i].size) {
            fail_msg("%s takes %zu, expected %zu", rows[i].text, size, rows[i].size);
        }
    }
}

// The slow way: write the digits into a long line of zeros and cut it.
static size_t slow_canonical(char *out, bool negative, const char *digits, size_t count,
                             long point)
{
    enum { ZERO = 400 }; // where the decimal point stands
    char line[800];
    memset(line, '0', sizeof line);
    long start = ZERO - point;
    memcpy(line + start, digits, count);
    long from = 0;
    while (from < ZERO - 1 && line[from] == '0') {
        from++;
    }
    long to = (long)sizeof line;
    while (to > ZERO && line[to - 1] == '0') {
        to--;
    }
    char *at = out;
    bool zero = from == ZERO - 1 && line[from] == '0' && to == ZERO;
    if (negative && !zero) {
        *at++ = '-';
    }
    memcpy(at, line + from, (size_t)(ZERO - from));
    at += ZERO - from;
    if (to > ZERO) {
        *at++ = '.';
        memcpy(at, line + ZERO, (size_t)(to - ZERO));
        at += to - ZERO;
    }
    return (size_t)(at - out);
}

static void test_against_slow_way(void **state)
{
    struct dice dice = {20230319};
    (void)state;

    for (int round = 0; round < 5000; round++) {
        char digits[60];
        char text[160];
        char slow[800];
        char fast[NUMBER_TEXT_MAX];
        size_t count = 1 + dice_below(&dice, 38);
        for (size_t i = 0; i < count; i++) {
            digits[i] =
                (char)('0' + (dice_below(&dice, 3) == 0 ? 0 : dice_below(&dice, 10)));
        }
        size_t dot = dice_below(&dice, count + 1);
        long exponent = (long)dice_below(&dice, 160) - 80;
        bool negative = dice_below(&dice, 2) == 0;
        int n = snprintf(text, sizeof text, "%s%.*s%s%.*s%s%ld", negative ? "-" : "",
                         (int)dot, digits, dot < count ? "." : "", (int)(count - dot),
                         digits + dot, dice_below(&dice, 2) == 0 ? "e" : "E", exponent);
        size_t slow_len =
            slow_canonical(slow, negative, digits, count, (long)dot + exponent);
        size_t fast_len = 0;
        assert_true(n > 0);
        assert_int_equal(number_canonical(fast, &fast_len, str_from(text)), NUMBER_OK);
        assert_str(((struct str){fast, fast_len}), ((struct str){slow, slow_len}));
        char again[NUMBER_TEXT_MAX]; // canonical once is canonical for ever
        size_t again_len = 0;
        assert_int_equal(
            number_canonical(again, &again_len, (struct str){fast, fast_len}),
            NUMBER_OK);
        assert_str(((struct str){again, again_len}), ((struct str){fast, fast_len}));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical),      cmocka_unit_test(test_grammar),
        cmocka_unit_test(test_digits),         cmocka_unit_test(test_magnitude),
        cmocka_unit_test(test_captured_sizes), cmocka_unit_test(test_against_slow_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
