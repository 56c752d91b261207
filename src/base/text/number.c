// DynamoDB's decimal numbers as text: any legal spelling enters, the service's own
// plain form leaves. All arithmetic is on the exponent of the leading digit; no
// doubles.
#include "number.h"

#include <stdbool.h>
#include <string.h>

// A huge exponent must not overflow and need not be exact (rule B041).
#define EXPONENT_CLAMP 1000000

struct decimal {
    bool negative;
    char digits[NUMBER_MAX_DIGITS]; // significant ones, no leading zeros
    size_t count;                   // trailing zeros excluded; 0 for zero
    int64_t exponent;               // of the leading digit: 5e2 has 2
};

struct scan {
    struct str text;
    size_t at;
};

static bool scan_digit(struct scan *scan, char *digit)
{
    if (scan->at < scan->text.len && scan->text.at[scan->at] >= '0' &&
        scan->text.at[scan->at] <= '9') {
        *digit = scan->text.at[scan->at++];
        return true;
    }
    return false;
}

static bool scan_char(struct scan *scan, char a, char b)
{
    if (scan->at < scan->text.len &&
        (scan->text.at[scan->at] == a || scan->text.at[scan->at] == b)) {
        scan->at++;
        return true;
    }
    return false;
}

// Digits with at most one dot. position counts digits seen since the first significant
// one.
static enum number_result scan_mantissa(struct scan *scan, struct decimal *out)
{
    size_t digits = 0;      // all
    size_t significant = 0; // from the first that is not 0
    int64_t before_dot = 0; // significant ones before the dot
    int64_t leading = 0;    // zeros after the dot before the first significant digit
    bool dot = false;
    bool too_long = false;
    for (;;) {
        char digit = 0;
        if (!dot && scan_char(scan, '.', '.')) {
            dot = true;
            continue;
        }
        if (!scan_digit(scan, &digit)) {
            break;
        }
        digits++;
        if (significant == 0 && digit == '0') {
            leading += dot ? 1 : 0;
            continue;
        }
        if (significant < NUMBER_MAX_DIGITS) {
            out->digits[significant] = digit;
        } else if (digit != '0') {
            too_long = true; // B034
        }
        significant++;
        if (digit != '0') {
            out->count = significant;
        }
        before_dot += dot ? 0 : 1;
    }
    out->exponent = before_dot > 0 ? before_dot - 1 : -leading - 1;
    if (digits == 0) {
        return NUMBER_MALFORMED;
    }
    return too_long ? NUMBER_TOO_LONG : NUMBER_OK;
}

static bool scan_exponent(struct scan *scan, int64_t *exponent)
{
    bool negative = scan_char(scan, '-', '-');
    if (!negative) {
        (void)scan_char(scan, '+', '+');
    }
    char digit = 0;
    if (!scan_digit(scan, &digit)) {
        return false;
    }
    int64_t value = 0;
    do {
        if (value < EXPONENT_CLAMP) {
            value = value * 10 + (digit - '0');
        }
    } while (scan_digit(scan, &digit));
    *exponent = negative ? -value : value;
    return true;
}

// The grammar (B031, B033), then the limits of the value, whatever its spelling (B040).
static enum number_result decimal_parse(struct decimal *out, struct str text)
{
    struct scan scan = {text, 0};
    *out = (struct decimal){.negative = scan_char(&scan, '-', '-')};
    if (!out->negative) {
        (void)scan_char(&scan, '+', '+');
    }
    enum number_result result = scan_mantissa(&scan, out);
    if (result == NUMBER_MALFORMED) {
        return result;
    }
    int64_t exponent = 0;
    if (scan_char(&scan, 'e', 'E') && !scan_exponent(&scan, &exponent)) {
        return NUMBER_MALFORMED;
    }
    if (scan.at != text.len) {
        return NUMBER_MALFORMED;
    }
    if (result != NUMBER_OK || out->count == 0) {
        return result;
    }
    out->exponent += exponent;
    if (out->exponent > 125) {
        return NUMBER_TOO_LARGE; // B035
    }
    return out->exponent < -130 ? NUMBER_TOO_SMALL : NUMBER_OK; // B036
}

static char *put(char *to, const char *from, size_t n)
{
    memcpy(to, from, n);
    return to + n;
}

static char *put_zeros(char *to, size_t n)
{
    memset(to, '0', n);
    return to + n;
}

enum number_result number_canonical(char out[NUMBER_TEXT_MAX], size_t *len,
                                    struct str text)
{
    struct decimal d;
    *len = 0;
    enum number_result result = decimal_parse(&d, text);
    if (result != NUMBER_OK) {
        return result;
    }
    char *to = out;
    if (d.count == 0) {
        *to++ = '0';
    } else {
        if (d.negative) {
            *to++ = '-';
        }
        if (d.exponent < 0) {
            to = put(to, "0.", 2);
            to = put_zeros(to, (size_t)(-d.exponent - 1));
            to = put(to, d.digits, d.count);
        } else {
            size_t whole = (size_t)d.exponent + 1;
            if (whole >= d.count) {
                to = put(to, d.digits, d.count);
                to = put_zeros(to, whole - d.count);
            } else {
                to = put(to, d.digits, whole);
                *to++ = '.';
                to = put(to, d.digits + whole, d.count - whole);
            }
        }
    }
    *len = (size_t)(to - out);
    return NUMBER_OK;
}

size_t number_size(struct str canonical)
{
    struct decimal d;
    if (decimal_parse(&d, canonical) != NUMBER_OK || d.count == 0) {
        return 1;
    }
    // Base-100 digits aligned at the decimal point.
    size_t pairs = (d.exponent % 2 != 0 ? d.count + 1 : d.count + 2) / 2;
    return 1 + pairs + (d.negative ? 1 : 0);
}

int number_cmp(struct str a, struct str b)
{
    bool a_negative = a.len > 0 && a.at[0] == '-';
    bool b_negative = b.len > 0 && b.at[0] == '-';
    if (a_negative != b_negative) {
        return a_negative ? -1 : 1;
    }
    size_t a_whole = str_find_char(a, '.');
    size_t b_whole = str_find_char(b, '.');
    int order = a_whole != b_whole ? (a_whole < b_whole ? -1 : 1) : str_cmp(a, b);
    return a_negative ? -order : order;
}
