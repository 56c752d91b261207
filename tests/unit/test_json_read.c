// json_read: the token streams of good texts, and a reason for each bad one.
#include "unit.h"

#include "buf.h"
#include "json_read.h"

#include <stdio.h>
#include <string.h>

// The tokens of text on one line: { } [ ] name: "string" number true false null, and at
// the end "$" or "!reason@offset".
static void assert_tokens(struct str text, const char *expected)
{
    static const char *const marks[] = {
        [JSON_OBJECT_BEGIN] = "{", [JSON_OBJECT_END] = "}", [JSON_ARRAY_BEGIN] = "[",
        [JSON_ARRAY_END] = "]",    [JSON_TRUE] = "true",    [JSON_FALSE] = "false",
        [JSON_NULL] = "null",
    };
    struct arena arena = {0};
    struct json_reader reader;
    struct buf out;
    enum json_token token = JSON_ERROR;

    // A copy without a byte behind it, for the sanitizers.
    struct str copy = {arena_alloc(&arena, text.len), text.len};
    if (text.len > 0) {
        copy = arena_str(&arena, text);
    }
    buf_init(&out, 1 << 20);
    json_reader_init(&reader, copy, &arena);
    while ((token = json_next(&reader)) > JSON_END) {
        if (token == JSON_NAME || token == JSON_STRING || token == JSON_NUMBER) {
            buf_puts(&out, token == JSON_STRING ? "'" : "");
            buf_put(&out, json_text(&reader));
            buf_puts(&out, token == JSON_STRING ? "'" : token == JSON_NAME ? ":" : "");
        } else {
            buf_puts(&out, marks[token]);
            assert_int_equal(json_text(&reader).len, 0);
        }
        buf_char(&out, ' ');
    }
    if (token == JSON_END) {
        buf_char(&out, '$');
        assert_int_equal(json_next(&reader), JSON_END);
    } else {
        buf_printf(&out, "!%s@%zu", json_error(&reader), reader.at);
        assert_int_equal(json_next(&reader), JSON_ERROR);
        assert_int_equal(json_text(&reader).len, 0);
    }
    assert_text(buf_str(&out), expected);
    buf_deinit(&out);
    arena_deinit(&arena);
}

static void test_good_texts(void **state)
{
    (void)state;
    assert_tokens(STR("{\"a\":{\"S\":\"x\"},\"b\":[1,2.50,true,false,null]}"),
                  "{ a: { S: 'x' } b: [ 1 2.50 true false null ] } $");
    assert_tokens(STR(" \t\r\n[ ] \n"), "[ ] $");
    assert_tokens(STR("{}"), "{ } $");
    assert_tokens(STR("[{},[],\"\"]"), "[ { } [ ] '' ] $");
    assert_tokens(STR("\"x\""), "'x' $");
    assert_tokens(STR("null"), "null $");
    assert_tokens(STR("{ \"a\" : 1 , \"a\" : 2 }"), "{ a: 1 a: 2 } $");
}

static void test_numbers_stay_as_written(void **state)
{
    (void)state;
    assert_tokens(STR("[0,-0,10,-1.0,1e3,1E+3,1.5e-10]"),
                  "[ 0 -0 10 -1.0 1e3 1E+3 1.5e-10 ] $");
    assert_tokens(STR("12345678901234567890123456789012345678"),
                  "12345678901234567890123456789012345678 $");
    assert_tokens(STR("01"), "!a number has no leading zeros@0");
    assert_tokens(STR("[-012]"), "[ !a number has no leading zeros@2");
    assert_tokens(STR("+1"), "!a value is expected@0");
    assert_tokens(STR("-"), "!a digit is missing in a number@1");
    assert_tokens(STR("-x"), "!a digit is missing in a number@1");
    assert_tokens(STR(".5"), "!a value is expected@0");
    assert_tokens(STR("1."), "!a digit is missing in a number@2");
    assert_tokens(STR("1.e5"), "!a digit is missing in a number@2");
    assert_tokens(STR("1e"), "!a digit is missing in a number@2");
    assert_tokens(STR("1e+"), "!a digit is missing in a number@3");
    assert_tokens(STR("[1x]"), "[ 1 !',' or ']' is expected@2");
    assert_tokens(STR("0x10"), "0 !something follows the value@1");
    assert_tokens(STR("1_000"), "1 !something follows the value@1");
    assert_tokens(STR("NaN"), "!a value is expected@0");
    assert_tokens(STR("Infinity"), "!a value is expected@0");
}

static void test_strings(void **state)
{
    struct arena arena = {0};
    struct json_reader reader;
    (void)state;

    assert_tokens(STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "'\"\\/\b\f\n\r\t' $");
    assert_tokens(STR("\"a\\u00e9\\u20AC\\uD83D\\uDE00z\""),
                  "'a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z' $");
    assert_tokens(STR("\"\xC3\xA9\xF0\x9F\x98\x80\""), "'\xC3\xA9\xF0\x9F\x98\x80' $");
    assert_tokens(STR("{\"\\u0061\":1}"), "{ a: 1 } $");
    assert_tokens(STR("\"\x7F\xC2\x80\xE2\x80\xAE\""), "'\x7F\xC2\x80\xE2\x80\xAE' $");
    assert_tokens(STR("\"\\udbff\\udfff\""), "'\xF4\x8F\xBF\xBF' $");

    json_reader_init(&reader, STR("\"a\\u0000b\""), &arena);
    assert_int_equal(json_next(&reader), JSON_STRING);
    assert_str(json_text(&reader), STR("a\0b"));
    // Without escapes nothing is copied.
    const struct str plain = STR("\"plain\"");
    json_reader_init(&reader, plain, &arena);
    assert_int_equal(json_next(&reader), JSON_STRING);
    assert_ptr_equal(json_text(&reader).at, plain.at + 1);
    arena_deinit(&arena);
}

static void test_bad_strings(void **state)
{
    static const char lone_low[] = "!a low surrogate without a high one before it";
    static const char lone_high[] = "!a high surrogate without a low one behind it";
    static const char control[] = "!a control character in a string must be escaped";
    char expected[100];
    (void)state;

    (void)snprintf(expected, sizeof expected, "%s@7", lone_low);
    assert_tokens(STR("\"\\udc00\""), expected);
    (void)snprintf(expected, sizeof expected, "%s@7", lone_high);
    assert_tokens(STR("\"\\ud800\""), expected);
    assert_tokens(STR("\"\\ud800x\""), expected);
    assert_tokens(STR("\"\\ud800\\n\""), expected);
    (void)snprintf(expected, sizeof expected, "%s@13", lone_high);
    assert_tokens(STR("\"\\ud800\\ud800\""), expected);
    assert_tokens(STR("\"\\ud800\\u0041\""), expected);
    (void)snprintf(expected, sizeof expected, "%s@2", control);
    assert_tokens(STR("\"a\nb\""), expected);
    assert_tokens(STR("\"a\0b\""), expected);
    assert_tokens(STR("\"a\tb\""), expected);
    (void)snprintf(expected, sizeof expected, "%s@3", control);
    assert_tokens(STR("\"\\n\x1F\""), expected);

    assert_tokens(STR("\"a\xFF\""), "!malformed UTF-8@2");
    assert_tokens(STR("\"\\n\xED\xA0\x80\""), "!malformed UTF-8@3");
    assert_tokens(STR("\"\xC3\""), "!malformed UTF-8@1");
    assert_tokens(STR("{\"\xC0\x80\":1}"), "{ !malformed UTF-8@2");
    assert_tokens(STR("\"\\x41\""), "!an unknown escape@2");
    assert_tokens(STR("\"\\\0\""), "!an unknown escape@2");
    assert_tokens(STR("\"\\"), "!an unknown escape@2");
    assert_tokens(STR("\"\\u12g4\""), "!\\u takes four hex digits@5");
    assert_tokens(STR("\"\\u12"), "!\\u takes four hex digits@5");
    assert_tokens(STR("\""), "!the string does not end@1");
    assert_tokens(STR("\"abc"), "!the string does not end@4");
    assert_tokens(STR("\"a\\n\\\\bc"), "!the string does not end@8");
    assert_tokens(STR("'a'"), "!a value is expected@0");
}

// Strings are passed eight bytes at a time: every byte, in every place of a word.
static void test_every_byte_in_every_place(void **state)
{
    (void)state;
    for (size_t at = 0; at < 20; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            char text[24] = "\"xxxxxxxxxxxxxxxxxxxx\"";
            struct arena arena = {0};
            struct json_reader reader;
            text[1 + at] = (char)byte;
            json_reader_init(&reader, (struct str){text, 22}, &arena);
            enum json_token token = json_next(&reader);
            bool good = byte >= 0x20 && byte < 0x80 && byte != '\\';
            assert_int_equal(token, good ? JSON_STRING : JSON_ERROR);
            assert_int_equal(json_text(&reader).len, !good ? 0 : byte == '"' ? at : 20);
            if (!good && byte != '\\') {
                assert_int_equal(reader.at, 1 + at);
            }
            arena_deinit(&arena);
        }
    }
}

static void test_bad_structure(void **state)
{
    (void)state;
    assert_tokens(STR(""), "!the text ends where a value is expected@0");
    assert_tokens((struct str){NULL, 0}, "!the text ends where a value is expected@0");
    assert_tokens(STR("  "), "!the text ends where a value is expected@2");
    assert_tokens(STR("\xEF\xBB\xBF{}"),
                  "!a byte order mark does not belong in JSON@0");
    assert_tokens(STR("{} x"), "{ } !something follows the value@3");
    assert_tokens(STR("{}\0"), "{ } !something follows the value@2");
    assert_tokens(STR("1 2"), "1 !something follows the value@2");
    assert_tokens(STR("[1,]"), "[ 1 !a value is expected@3");
    assert_tokens(STR("[,1]"), "[ !a value is expected@1");
    assert_tokens(STR("[1 2]"), "[ 1 !',' or ']' is expected@3");
    assert_tokens(STR("[1}"), "[ 1 !',' or ']' is expected@2");
    assert_tokens(STR("[1"), "[ 1 !',' or ']' is expected@2");
    assert_tokens(STR("["), "[ !the text ends where a value is expected@1");
    assert_tokens(STR("{\"a\":1,}"), "{ a: 1 !a name in double quotes is expected@7");
    assert_tokens(STR("{a:1}"), "{ !a name in double quotes is expected@1");
    assert_tokens(STR("{\"a\" 1}"), "{ !':' is expected@5");
    assert_tokens(STR("{\"a\":}"), "{ a: !a value is expected@5");
    assert_tokens(STR("{\"a\":1]"), "{ a: 1 !',' or '}' is expected@6");
    assert_tokens(STR("{\"a\":1"), "{ a: 1 !',' or '}' is expected@6");
    assert_tokens(STR("]"), "!a value is expected@0");
    assert_tokens(STR("}"), "!a value is expected@0");
    assert_tokens(STR("tru"), "!a value is expected@0");
    assert_tokens(STR("truex"), "true !something follows the value@4");
    assert_tokens(STR("/* */ 1"), "!a value is expected@0");
}

static void test_depth(void **state)
{
    char text[2 * JSON_MAX_DEPTH + 2];
    struct arena arena = {0};
    struct json_reader reader;
    (void)state;

    memset(text, '[', JSON_MAX_DEPTH);
    memset(text + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
    json_reader_init(&reader, (struct str){text, (size_t)2 * JSON_MAX_DEPTH}, &arena);
    for (int i = 0; i < 2 * JSON_MAX_DEPTH; i++) {
        assert_true(json_next(&reader) > JSON_END);
    }
    assert_int_equal(json_next(&reader), JSON_END);

    memset(text, '[', sizeof text);
    json_reader_init(&reader, (struct str){text, sizeof text}, &arena);
    for (int i = 0; i < JSON_MAX_DEPTH; i++) {
        assert_int_equal(json_next(&reader), JSON_ARRAY_BEGIN);
    }
    assert_int_equal(json_next(&reader), JSON_ERROR);
    assert_string_equal(json_error(&reader), "nested too deeply");
    arena_deinit(&arena);
}

static void test_skipping(void **state)
{
    struct arena arena = {0};
    struct json_reader reader;
    struct str raw;
    (void)state;

    json_reader_init(&reader, STR("{\"a\": {\"x\":[1,{}]} , \"b\": 12 ,\"c\":\"\\n\"}"),
                     &arena);
    assert_int_equal(json_next(&reader), JSON_OBJECT_BEGIN);
    assert_int_equal(json_next(&reader), JSON_NAME);
    assert_int_equal(json_next(&reader), JSON_OBJECT_BEGIN);
    assert_true(json_skip(&reader, &raw));
    assert_text(raw, "{\"x\":[1,{}]}");
    assert_int_equal(json_next(&reader), JSON_NAME);
    assert_text(json_text(&reader), "b");
    assert_int_equal(json_next(&reader), JSON_NUMBER);
    assert_true(json_skip(&reader, &raw));
    assert_text(raw, "12");
    assert_int_equal(json_next(&reader), JSON_NAME);
    assert_int_equal(json_next(&reader), JSON_STRING);
    assert_true(json_skip(&reader, &raw));
    assert_text(raw, "\"\\n\"");
    assert_int_equal(json_next(&reader), JSON_OBJECT_END);
    assert_int_equal(json_next(&reader), JSON_END);

    json_reader_init(&reader, STR("[]"), &arena);
    assert_int_equal(json_next(&reader), JSON_ARRAY_BEGIN);
    assert_true(json_skip(&reader, &raw));
    assert_text(raw, "[]");
    assert_int_equal(json_next(&reader), JSON_END);

    json_reader_init(&reader, STR("[[1,}]"), &arena);
    assert_int_equal(json_next(&reader), JSON_ARRAY_BEGIN);
    assert_false(json_skip(&reader, &raw));
    assert_int_equal(raw.len, 0);
    assert_false(json_skip(&reader, &raw));
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_texts),
        cmocka_unit_test(test_numbers_stay_as_written),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_bad_strings),
        cmocka_unit_test(test_every_byte_in_every_place),
        cmocka_unit_test(test_bad_structure),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_skipping),
    };
    return cmocka_run_group_tests_name("json_read", tests, NULL, NULL);
}
