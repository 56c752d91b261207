// utf8: what is well-formed, what is hostile, and how either is shown.
#include "unit.h"

#include "utf8.h"

#include <string.h>

static void test_every_scalar_value_round_trips(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char bytes[4] = {0};
        uint32_t back = 0;
        if (c == 0xD800) {
            c = 0xE000;
        }
        const size_t len = utf8_encode(c, bytes);
        assert_int_equal(len, c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
        if (utf8_decode((struct str){bytes, len}, &back) != len || back != c ||
            utf8_check((struct str){bytes, len}) != len ||
            utf8_decode((struct str){bytes, len - 1}, &back) != 0) {
            fail_msg("U+%04X", (unsigned)c);
        }
    }
}

static const struct str malformed[] = {
    {"\x80", 1},             // a continuation alone
    {"\xBF", 1},             //
    {"\xC0\xAF", 2},         // overlong
    {"\xC1\xBF", 2},         //
    {"\xE0\x9F\xBF", 3},     //
    {"\xF0\x8F\xBF\xBF", 4}, //
    {"\xED\xA0\x80", 3},     // surrogates
    {"\xED\xBF\xBF", 3},     //
    {"\xF4\x90\x80\x80", 4}, // above U+10FFFF
    {"\xF5\x80\x80\x80", 4}, //
    {"\xF8\x88\x80\x80", 4}, //
    {"\xFE", 1},             //
    {"\xFF", 1},             //
    {"\xC3", 1},             // cut off
    {"\xE2\x82", 2},         //
    {"\xF0\x9F\x98", 3},     //
    {"\xC3(", 2},            // not continued
    {"\xE2\x28\xA1", 3},     //
    {"\xF0\x9F(\x80", 4},    //
};

static void test_malformed_sequences(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(malformed); i++) {
        char text[32] = "0123456789";
        uint32_t c = 0;
        assert_int_equal(utf8_decode(malformed[i], &c), 0);
        assert_int_equal(utf8_check(malformed[i]), 0);
        // Behind ASCII, where the check goes by words.
        memcpy(text + 10, malformed[i].at, malformed[i].len);
        assert_int_equal(utf8_check((struct str){text, 10 + malformed[i].len}), 10);
    }
    assert_int_equal(utf8_decode((struct str){NULL, 0}, &(uint32_t){0}), 0);
    assert_int_equal(utf8_check((struct str){NULL, 0}), 0);
    assert_int_equal(utf8_check(STR("a\xC3\xA9 z\0 \xF0\x9F\x98\x80 end!")), 16);
    assert_int_equal(utf8_check(STR("a\xC3\xA9 z\0 \xF0\x9F\x98\x80 end!\xFF"
                                    "abc")),
                     16);
}

static void test_counting_and_prefixes(void **state)
{
    const struct str text = STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z"); // aé€😀z
    (void)state;

    assert_int_equal(utf8_count(text), 5);
    assert_int_equal(utf8_count((struct str){NULL, 0}), 0);
    assert_int_equal(utf8_count(STR("\xFF\xFEx")), 3);
    assert_int_equal(utf8_count(STR("\xE2\x82")), 2);
    assert_int_equal(utf8_count(STR("twenty plain letters")), 20);
    assert_int_equal(utf8_prefix(text, 0).len, 0);
    assert_int_equal(utf8_prefix(text, 2).len, 3);
    assert_int_equal(utf8_prefix(text, 4).len, 10);
    assert_int_equal(utf8_prefix(text, 99).len, text.len);
    assert_int_equal(utf8_prefix(STR("\xFF\xFEx"), 2).len, 2);
}

static void test_hostile_code_points(void **state)
{
    static const uint32_t hostile[] = {
        0,      '\t',   '\n',   0x1B,   0x1F,    0x7F,    0x80,    0x85,
        0x9B,   0x9F,   0x61C,  0x200E, 0x200F,  0x2028,  0x2029,  0x202A,
        0x202E, 0x2066, 0x2069, 0xFEFF, 0xE0000, 0xE0001, 0xE0020, 0xE007F,
    };
    static const uint32_t fine[] = {
        ' ',    '~',    '\\',    0xA0,    0xAD,    0x300,    0x61B,  0x61D,
        0x200D, 0x2010, 0x2027,  0x202F,  0x2065,  0x206A,   0x20AC, 0xFEFE,
        0xFF00, 0xFFFD, 0x1F600, 0xDFFFF, 0xE0080, 0x10FFFF,
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        assert_true(utf8_is_hostile(hostile[i]));
        assert_int_equal(utf8_columns(hostile[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(fine); i++) {
        assert_false(utf8_is_hostile(fine[i]));
    }
}

static void assert_visible(struct str text, const char *expected)
{
    struct buf buf;

    buf_init(&buf, 10000);
    utf8_put_visible(&buf, text);
    assert_text(buf_str(&buf), expected);
    buf_deinit(&buf);
}

static void test_visible(void **state)
{
    (void)state;
    assert_visible(STR("plain \\ text"), "plain \\ text");
    assert_visible((struct str){NULL, 0}, "");
    assert_visible(STR("\t\n\r\x1B[31m"), "\\t\\n\\r\\e[31m");
    assert_visible(STR("a\0b\x7F"), "a\\u{0}b\\u{7f}");
    assert_visible(STR("\xC2\x9B"
                       "2J"),
                   "\\u{9b}2J");
    assert_visible(STR("x\xE2\x80\xAEy"), "x\\u{202e}y");
    assert_visible(STR("\xF3\xA0\x81\x81"), "\\u{e0041}");
    assert_visible(STR("\xEF\xBB\xBFkey"), "\\u{feff}key");
    assert_visible(STR("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
                   "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    assert_visible(STR("a\xFF\xC3"), "a\\xff\\xc3");
    assert_visible(STR("\xED\xA0\x80"), "\\xed\\xa0\\x80");
}

static void test_columns(void **state)
{
    (void)state;
    assert_int_equal(utf8_columns(0x4E2D), 1); // the "C" locale knows nothing
    utf8_use_locale();
    assert_int_equal(utf8_columns('a'), 1);
    assert_int_equal(utf8_columns(0xE9), 1);
    assert_int_equal(utf8_columns(0x4E2D), 2);
    assert_int_equal(utf8_columns(0x1F600), 2);
    assert_int_equal(utf8_columns(0x301), 0);
    assert_int_equal(utf8_columns(0x202E), 0);
    assert_int_equal(utf8_columns('\t'), 0);
    assert_int_equal(utf8_columns(0x10FFFF), 1);
}

static void test_alnum(void **state)
{
    static const uint32_t LETTERS[] = {'0',   'Z',   'a',    0xDF,   0x3A9,
                                       0x5E9, 0x661, 0x8A9E, 0x10400};
    static const uint32_t OTHERS[] = {0,    ' ',    '@',    '[',    '`',    0x7F,
                                      0xA0, 0x2028, 0x202E, 0x20AC, 0x1F389};
    (void)state;
    utf8_use_locale();
    for (size_t i = 0; i < COUNT_OF(LETTERS); i++) {
        assert_true(utf8_is_alnum(LETTERS[i]));
    }
    for (size_t i = 0; i < COUNT_OF(OTHERS); i++) {
        assert_false(utf8_is_alnum(OTHERS[i]));
    }
}

// UTF-16 is told by more zeros than a quarter of the first 64 bytes, at one kind of places.
static void test_utf16(void **state)
{
    char text[70];
    (void)state;

    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < 32; i += 2) {
        text[i] = '\0'; // sixteen
    }
    text[64] = text[66] = '\0';
    assert_false(utf8_is_utf16((struct str){text, sizeof text}));
    text[62] = '\0';
    assert_true(utf8_is_utf16((struct str){text, sizeof text}));
    text[62] = 'x';
    text[63] = '\0';
    assert_true(utf8_is_utf16((struct str){text, sizeof text}));
    assert_true(utf8_is_utf16(STR("\0a\0b\0c\0d")));
    assert_false(utf8_is_utf16(STR("\0a\0b\0c\0")));
    assert_false(utf8_is_utf16((struct str){"\0\0\0\0\0\0\0\0", 8}));
    assert_true(utf8_is_utf16(STR("\xff\xfe")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_scalar_value_round_trips),
        cmocka_unit_test(test_malformed_sequences),
        cmocka_unit_test(test_counting_and_prefixes),
        cmocka_unit_test(test_hostile_code_points),
        cmocka_unit_test(test_visible),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_alnum),
        cmocka_unit_test(test_utf16),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
