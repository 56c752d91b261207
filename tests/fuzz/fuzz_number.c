// Numbers: any text. The canonical form is a fixed point, has no superfluous character,
// and stands for the number that an independent, slower way reads from the text; what
// is refused is refused for the reason that this way finds.
#include "fuzz.h"

#include "number.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)4096)

// A number as the service's documentation describes it, by the shortest way to write it
// down: all digits in a row, and how many of them stand before the point.
struct plain {
    bool negative;
    char digits[TEXT_MAX]; // without leading and trailing zeros
    size_t count;
    long point;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// The grammar, by hand: [+-]? (digits [. digits*] | . digits) ([eE] [+-]? digits)?
static bool plain_read(struct plain *out, const char *text)
{
    size_t digits = 0;
    bool dot = false;
    *out = (struct plain){.negative = *text == '-'};
    text += *text == '-' || *text == '+' ? 1 : 0;
    for (; is_digit(*text) || (*text == '.' && !dot); text++) {
        if (*text == '.') {
            dot = true;
            continue;
        }
        digits++;
        out->point += dot ? 0 : 1;
        out->digits[out->count++] = *text;
    }
    if (digits == 0) {
        return false;
    }
    if (*text == 'e' || *text == 'E') {
        const char *exponent = text + 1;
        const char *first = exponent + (*exponent == '-' || *exponent == '+' ? 1 : 0);
        char *end = NULL;
        if (!is_digit(*first)) {
            return false;
        }
        long value = strtol(exponent, &end, 10); // saturates
        // Far outside all limits already; the sum must not overflow.
        value = value > 1000000 ? 1000000 : value < -1000000 ? -1000000 : value;
        out->point += value;
        text = end;
    }
    return *text == '\0';
}

static void plain_strip(struct plain *number)
{
    size_t zeros = 0;
    while (zeros < number->count && number->digits[zeros] == '0') {
        zeros++;
    }
    memmove(number->digits, number->digits + zeros, number->count - zeros);
    number->count -= zeros;
    number->point -= (long)zeros;
    while (number->count > 0 && number->digits[number->count - 1] == '0') {
        number->count--;
    }
}

static enum number_result plain_check(const struct plain *number)
{
    if (number->count == 0) {
        return NUMBER_OK;
    }
    if (number->count > 38) {
        return NUMBER_TOO_LONG;
    }
    if (number->point > 126) {
        return NUMBER_TOO_LARGE;
    }
    return number->point < -129 ? NUMBER_TOO_SMALL : NUMBER_OK;
}

// No character of it is superfluous: -?(0|[1-9]digits*)(.digits*[1-9])?, and no -0. So
// equal numbers have equal texts.
static void require_shape(const char *text)
{
    FUZZ_REQUIRE(strcmp(text, "-0") != 0);
    text += *text == '-' ? 1 : 0;
    FUZZ_REQUIRE(is_digit(text[0]) && (text[0] != '0' || !is_digit(text[1])));
    text += strspn(text, "0123456789");
    if (*text == '.') {
        size_t fraction = strspn(text + 1, "0123456789");
        FUZZ_REQUIRE(fraction > 0 && text[fraction] != '0');
        text += 1 + fraction;
    }
    FUZZ_REQUIRE(*text == '\0');
}

static void require_same(const struct plain *number, const char *text,
                         struct arena *arena)
{
    struct plain *other = arena_alloc(arena, sizeof *other);
    FUZZ_REQUIRE(plain_read(other, text));
    plain_strip(other);
    FUZZ_REQUIRE(other->count == number->count);
    FUZZ_REQUIRE(memcmp(other->digits, number->digits, number->count) == 0);
    if (number->count > 0) {
        FUZZ_REQUIRE(other->negative == number->negative);
        FUZZ_REQUIRE(other->point == number->point);
    }
}

static void require_fixed_point(struct str canonical)
{
    char again[NUMBER_TEXT_MAX];
    size_t len = 0;
    FUZZ_REQUIRE(number_canonical(again, &len, canonical) == NUMBER_OK);
    FUZZ_REQUIRE(str_eq((struct str){again, len}, canonical));
    size_t size = number_size(canonical);
    FUZZ_REQUIRE(size >= 1 && size <= 22);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char canonical[NUMBER_TEXT_MAX];
    size_t len = 0;
    struct str text = {(const char *)data, size};
    enum number_result result = number_canonical(canonical, &len, text);
    FUZZ_REQUIRE(len <= NUMBER_TEXT_MAX);
    if (result == NUMBER_OK) {
        require_fixed_point((struct str){canonical, len});
    }
    if (size >= TEXT_MAX || memchr(data, '\0', size) != NULL) {
        return 0;
    }
    struct arena arena = {0};
    struct plain *number = arena_alloc(&arena, sizeof *number);
    if (!plain_read(number, arena_str(&arena, text).at)) {
        FUZZ_REQUIRE(result == NUMBER_MALFORMED);
    } else {
        plain_strip(number);
        FUZZ_REQUIRE(result == plain_check(number));
    }
    if (result == NUMBER_OK) {
        const char *written = arena_str(&arena, (struct str){canonical, len}).at;
        require_shape(written);
        require_same(number, written, &arena);
    }
    arena_deinit(&arena);
    return 0;
}
