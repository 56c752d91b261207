// wildcard: shell patterns for names, in bounded time.
#include "unit.h"

#include "wildcard.h"

#include <string.h>

static void test_matching(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } rows[] = {
        {"a.txt", "a.txt", true},
        {"*.txt", "a.txt", true},
        {"*.txt", ".txt", false},
        {".*", ".txt", true},
        {"*", "", true},
        {"?", "\xc3\xa4", true},
        {"??", "\xc3\xa4", false},
        {"?", "\xff", true},
        {"[a-c]x", "bx", true},
        {"[!a-c]x", "bx", false},
        {"[^a-c]x", "dx", true},
        {"[]]", "]", true},
        {"[a", "[a", true},
        {"[a", "a", false},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"a*b*c", "aXbYbZc", true},
        {"a*b*c", "aXbYbZ", false},
        {"*a*", "bab", true},
        {"[\xc3\xa0-\xc3\xbf]", "\xc3\xa4", true},
        {"a\\", "a\\", true},
        {"?", ".", false},
        {"**", "ab", true},
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(
            wildcard_match(str_from(rows[i].pattern), str_from(rows[i].text)),
            rows[i].matches);
    }
}

// What takes a recursive matcher longer than anybody lives.
static void test_many_stars(void **state)
{
    char pattern[401];
    char text[256];
    (void)state;

    for (size_t i = 0; i < 400; i++) {
        pattern[i] = i % 2 == 0 ? '*' : 'a';
    }
    pattern[400] = 'b';
    memset(text, 'a', sizeof text);
    assert_false(wildcard_match((struct str){pattern, sizeof pattern},
                                (struct str){text, sizeof text}));
}

static void test_texts(void **state)
{
    struct arena arena = {0};
    (void)state;

    assert_true(wildcard_is(STR("a*")));
    assert_true(wildcard_is(STR("a[")));
    assert_false(wildcard_is(STR("a\\*b")));
    assert_text(wildcard_text(STR("a\\*b\\\\c"), &arena), "a*b\\c");
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matching),
        cmocka_unit_test(test_many_stars),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
