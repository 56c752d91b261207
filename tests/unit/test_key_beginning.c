// key_beginning: where keys that were made in the same way stop being the same.
#include "unit.h"

#include "key_beginning.h"

#include <string.h>

#define UUID "fae290ed-55d1-47a0-bc6d-fe2bc2700399" // which begins with a letter

static void test_texts(void **state)
{
    static const struct {
        const char *key;
        enum key_beginning_kind kind;
        const char *text;
    } ROWS[] = {
        {"SESSION#1", KEY_BEGINS_WITH, "SESSION#"},
        {"SESSION#", KEY_IS, "SESSION#"},
        {"A#B#C", KEY_BEGINS_WITH, "A#"},
        {"user|ann", KEY_BEGINS_WITH, "user|"},
        {"user:ann", KEY_BEGINS_WITH, "user:"},
        {"user/ann", KEY_BEGINS_WITH, "user/"},
        {"user_ann", KEY_BEGINS_WITH, "user_"},
        {"#", KEY_IS, "#"},
        {"##", KEY_BEGINS_WITH, "#"},
        {"user-ann", KEY_IS, "user-ann"},
        {"user17", KEY_BEGINS_WITH, "user"},
        {"room 7", KEY_BEGINS_WITH, "room "},
        {"user" UUID, KEY_BEGINS_WITH, "user"},
        {"user.fae290ed", KEY_BEGINS_WITH, "user.fae"},
        {"CONFIG", KEY_IS, "CONFIG"},
        {UUID, KEY_IS_ID, ""},
        {UUID "#x", KEY_IS_ID, ""},
        {"2024-01-01", KEY_IS_ID, ""},
        {"7", KEY_IS_ID, ""},
        {"é#x", KEY_BEGINS_WITH, "é#"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct value value = {.type = VALUE_S, .text = str_from(ROWS[i].key)};
        struct key_beginning found = key_beginning_of(&value);
        assert_int_equal(found.kind, ROWS[i].kind);
        assert_true(str_is(found.text, ROWS[i].text));
    }
}

// Whole characters, and no more of them than are shown.
static void test_long_ones(void **state)
{
    char text[4 * KEY_BEGINNING_MAX];
    struct value value = {.type = VALUE_S, .text = {text, sizeof text}};
    (void)state;
    for (size_t i = 0; i < sizeof text; i += 2) {
        memcpy(text + i, "é", 2);
    }
    struct key_beginning found = key_beginning_of(&value);
    assert_int_equal(found.kind, KEY_BEGINS_WITH);
    assert_int_equal(found.text.len, 2 * KEY_BEGINNING_MAX);
    value.text.len = 2 * KEY_BEGINNING_MAX;
    found = key_beginning_of(&value);
    assert_int_equal(found.kind, KEY_IS);
    assert_int_equal(found.text.len, 2 * KEY_BEGINNING_MAX);
}

static void test_others(void **state)
{
    struct value number = {.type = VALUE_N, .text = STR("17")};
    struct value binary = {.type = VALUE_B, .text = STR("a#b")};
    (void)state;
    assert_int_equal(key_beginning_of(&number).kind, KEY_IS_NUMBER);
    assert_int_equal(key_beginning_of(&binary).kind, KEY_IS_BINARY);
    assert_int_equal(key_beginning_of(&binary).text.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_long_ones),
        cmocka_unit_test(test_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
