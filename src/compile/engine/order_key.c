// Values to bytes that memcmp orders. In text and binary a NUL becomes two bytes, and two
// others end it; a number is its sign, its exponent and its digits.
#include "order_key.h"

#include "md5.h"

#include <stdbool.h>

#define EXPONENT_BIAS 200 // exponents are -130 to 125
#define NUMBER_BYTES 48

static void put_text(struct buf *out, struct str text)
{
    for (size_t at = 0; at < text.len;) {
        struct str rest = str_skip(text, at);
        size_t plain = str_find_char(rest, '\0');
        buf_put(out, (struct str){rest.at, plain});
        at += plain;
        if (at < text.len) {
            buf_put(out, (struct str){"\0\xff", 2});
            at++;
        }
    }
}

// A canonical number taken apart.
struct digits {
    bool negative;
    int exponent; // of the first digit
    char at[NUMBER_BYTES];
    size_t count; // without zeros at either end; 0: zero
};

static void read_digits(struct digits *out, struct str number)
{
    *out = (struct digits){.negative = number.len > 0 && number.at[0] == '-'};
    struct str text = str_skip(number, out->negative ? 1 : 0);
    size_t point = str_find_char(text, '.');
    size_t first = 0;
    while (first < text.len && (text.at[first] == '0' || text.at[first] == '.')) {
        first++;
    }
    out->exponent = first < point ? (int)(point - first) - 1 : (int)point - (int)first;
    for (size_t i = first; i < text.len && out->count < NUMBER_BYTES; i++) {
        if (i != point) {
            out->at[out->count++] = text.at[i];
        }
    }
    while (out->count > 0 && out->at[out->count - 1] == '0') {
        out->count--;
    }
}

// Of negative numbers all bytes are turned around.
static void put_number(struct buf *out, struct str number)
{
    struct digits digits;
    read_digits(&digits, number);
    if (digits.count == 0) {
        buf_char(out, 1);
        return;
    }
    unsigned char turn = digits.negative ? 0xff : 0;
    buf_char(out, digits.negative ? 0 : 2);
    unsigned exponent = (unsigned)(digits.exponent + EXPONENT_BIAS);
    buf_char(out, (char)(exponent >> 8U ^ turn));
    buf_char(out, (char)(exponent ^ turn));
    for (size_t i = 0; i < digits.count; i++) {
        buf_char(out, (char)((unsigned char)digits.at[i] ^ turn));
    }
    buf_char(out, (char)turn);
}

void order_key_put(struct buf *out, const struct value *value)
{
    if (value->type == VALUE_N) {
        put_number(out, value->text);
        return;
    }
    put_text(out, value->text);
    buf_put(out, (struct str){"\0\0", 2});
}

void order_key_put_prefix(struct buf *out, const struct value *value)
{
    put_text(out, value->text);
}

// ---- places

// The decimal digits in pairs, as numbers are commonly stored: an exponent of 100, then
// each pair and 1; of a negative number 101 less the pair, and 102 behind them.
static size_t pack_number(unsigned char out[NUMBER_BYTES], struct str number)
{
    struct digits digits;
    read_digits(&digits, number);
    if (digits.count == 0) {
        out[0] = 0x80;
        return 1;
    }
    int exponent = digits.exponent + 1;
    unsigned odd = exponent % 2 != 0 ? 1 : 0;
    size_t pairs = (digits.count + odd + 1) / 2;
    int high = (exponent + (int)odd) / 2 - 64;
    out[0] = (unsigned char)(digits.negative ? ~high : high);
    for (size_t i = 0; i < pairs; i++) {
        size_t from = 2 * i;
        int tens = from < odd ? 0 : digits.at[from - odd] - '0';
        int ones = from + 1 - odd < digits.count ? digits.at[from + 1 - odd] - '0' : 0;
        int pair = tens * 10 + ones;
        out[1 + i] = (unsigned char)(digits.negative ? 101 - pair : pair + 1);
    }
    if (digits.negative && pairs < 20) {
        out[1 + pairs] = 102;
        return pairs + 2;
    }
    return pairs + 1;
}

void order_key_put_place(struct buf *out, const struct value *const *values,
                         size_t count)
{
    struct buf bytes;
    buf_init(&bytes, SIZE_MAX);
    buf_puts(&bytes, "Outliers");
    for (size_t i = 0; i < count; i++) {
        unsigned char number[NUMBER_BYTES];
        if (values[i]->type == VALUE_N) {
            size_t len = pack_number(number, values[i]->text);
            buf_put(&bytes, (struct str){(const char *)number, len});
        } else {
            buf_put(&bytes, values[i]->text);
        }
    }
    struct md5 hash = md5_of(buf_str(&bytes));
    buf_put(out, (struct str){(const char *)hash.bytes, PLACE_BYTES});
    buf_deinit(&bytes);
}
