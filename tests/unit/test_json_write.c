// json_write: what is escaped, what goes through, and the ceiling.
#include "unit.h"

#include "json_read.h"
#include "json_write.h"
#include "utf8.h"

#include <string.h>

static void assert_written(struct str text, const char *expected)
{
    struct buf buf;

    buf_init(&buf, 1 << 20);
    json_put_string(&buf, text);
    assert_text(buf_str(&buf), expected);
    assert_false(buf.overflowed);
    buf_deinit(&buf);
}

static void test_strings(void **state)
{
    (void)state;
    assert_written((struct str){NULL, 0}, "\"\"");
    assert_written(STR("Have you seen it?"), "\"Have you seen it?\"");
    assert_written(STR("say \"hi\" \\ / '"), "\"say \\\"hi\\\" \\\\ / '\"");
    assert_written(STR("\n\r\t\b\f"), "\"\\n\\r\\t\\b\\f\"");
    assert_written(STR("a\0b\x01\x1F\x7F"), "\"a\\u0000b\\u0001\\u001f\\u007f\"");
    assert_written(STR("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
                   "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
    assert_written(STR("\xC2\x80\xC2\x9F\xC2\xA0"), "\"\\u0080\\u009f\xC2\xA0\"");
    assert_written(STR("\xD8\x9C\xD8\x9B"), "\"\\u061c\xD8\x9B\"");
    assert_written(STR("\xE2\x80\xAE\xE2\x80\x99"), "\"\\u202e\xE2\x80\x99\"");
    assert_written(STR("\xEF\xBB\xBF\xEF\xBF\xBD"), "\"\\ufeff\xEF\xBF\xBD\"");
    assert_written(STR("\xF3\xA0\x81\x81\xF3\xB0\x80\x80"),
                   "\"\\udb40\\udc41\xF3\xB0\x80\x80\"");
}

// The escaping of each code point, at each place in a word, against a plain rule, and
// back through the reader.
static void test_every_code_point(void **state)
{
    struct buf buf;
    struct arena arena = {0};
    (void)state;

    buf_init(&buf, 1000);
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c == 0xD800) {
            c = 0xE000;
        }
        char text[16] = "abcdefghijk";
        const size_t at = c % 8;
        const size_t len = at + utf8_encode(c, text + at);
        text[len] = 'z';
        buf_reset(&buf);
        json_put_string(&buf, (struct str){text, len + 1});
        const bool must_escape = c == '"' || c == '\\' || utf8_is_hostile(c);
        const bool escaped = memchr(buf.at, '\\', buf.len) != NULL;
        struct json_reader reader;
        json_reader_init(&reader, buf_str(&buf), &arena);
        if (must_escape != escaped || json_next(&reader) != JSON_STRING ||
            !str_eq(json_text(&reader), (struct str){text, len + 1}) ||
            json_next(&reader) != JSON_END) {
            fail_msg("U+%04X", (unsigned)c);
        }
        arena_reset(&arena);
    }
    arena_deinit(&arena);
    buf_deinit(&buf);
}

static void test_the_ceiling_takes_a_string_back_whole(void **state)
{
    struct buf buf;
    (void)state;

    buf_init(&buf, 12);
    buf_put(&buf, STR("123"));
    json_put_escaped(&buf, STR("abc\ndef\nghi"));
    assert_true(buf.overflowed);
    assert_text(buf_str(&buf), "123");
    buf.overflowed = false;
    json_put_string(&buf, STR("12345678")); // one byte too long
    assert_true(buf.overflowed);
    assert_text(buf_str(&buf), "123");
    json_put_string(&buf, STR("1234\n5")); // fits; the mark stays
    assert_true(buf.overflowed);
    assert_text(buf_str(&buf), "123\"1234\\n5\"");
    buf_reset(&buf);
    json_put_escaped(&buf, STR("ab\x01"
                               "cd\n")); // exactly 12
    assert_false(buf.overflowed);
    assert_text(buf_str(&buf), "ab\\u0001cd\\n");
    json_put_base64(&buf, STR("x"));
    assert_true(buf.overflowed);
    assert_text(buf_str(&buf), "ab\\u0001cd\\n");
    buf_deinit(&buf);
}

static void test_malformed_text_stays_inside_the_buffer(void **state)
{
    struct buf buf;
    (void)state;

    buf_init(&buf, 100);
    json_put_escaped(&buf, STR("a\xE2"));
    json_put_escaped(&buf, STR("\xF3\xA0"
                               "b\""));
    assert_text(buf_str(&buf), "a\xE2\xF3\xA0"
                               "b\\\"");
    buf_deinit(&buf);
}

static void test_base64(void **state)
{
    static const struct {
        struct str bytes;
        const char *text;
    } cases[] = {
        {{"", 0}, ""},
        {{"f", 1}, "Zg=="},
        {{"f\xFF", 1}, "Zg=="}, // what comes behind a text is not of it
        {{"fo", 2}, "Zm8="},
        {{"fo\xFF", 2}, "Zm8="},
        {{"foo", 3}, "Zm9v"},
        {{"foob", 4}, "Zm9vYg=="},
        {{"fooba", 5}, "Zm9vYmE="},
        {{"foobar", 6}, "Zm9vYmFy"},
        {{"\xFF\xEF\xBE\0", 4}, "/+++AA=="},
        {{"\xFB\xFF\xBF", 3}, "+/+/"},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf buf;
        buf_init(&buf, 100);
        json_put_base64(&buf, cases[i].bytes);
        assert_text(buf_str(&buf), cases[i].text);
        buf_deinit(&buf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_the_ceiling_takes_a_string_back_whole),
        cmocka_unit_test(test_malformed_text_stays_inside_the_buffer),
        cmocka_unit_test(test_base64),
    };
    return cmocka_run_group_tests_name("json_write", tests, NULL, NULL);
}
