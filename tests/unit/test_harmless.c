// harmless: what a CI could take for a command, found and written otherwise, in time that
// grows with the text.
#include "unit.h"

#include "harmless.h"

static const struct {
    const char *text, *lines, *commands; // NULL: as it is
} rows[] = {
    {"", NULL, NULL},
    {"##[error]x", "\\u0023#[error]x", "\\u0023#[error]x"},
    {"a ##[a] ##[b]", "a \\u0023#[a] \\u0023#[b]", "a \\u0023#[a] \\u0023#[b]"},
    {"###[x", "#\\u0023#[x", "#\\u0023#[x"},
    {"##vSo[x", "\\u0023#vSo[x", "\\u0023#vSo[x"},
    {"##v1[x #[x ##x ##] [[ ab[ #a[", NULL, NULL},
    {"[##[", "[\\u0023#[", "[\\u0023#["},
    {"##a##[", "##a\\u0023#[", "##a\\u0023#["},
    {"::x\n \t::y\r::z a::b", "\\u003a:x\n \t\\u003a:y\r\\u003a:z a::b", NULL},
    {"::x ##[y]\n::z", "\\u003a:x \\u0023#[y]\n\\u003a:z", "::x \\u0023#[y]\n::z"},
    {"\xc2\xa0::x", "\xc2\xa0\\u003a:x", NULL},
    {"USER#1::x {\"L\":[1]}", NULL, NULL},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        bool commands = i % 2 == 1;
        struct str text = str_from(rows[i / 2].text);
        const char *wanted = commands ? rows[i / 2].commands : rows[i / 2].lines;
        struct buf out;
        buf_init(&out, SIZE_MAX);
        harmless_put(&out, text, commands);
        assert_text(buf_str(&out), wanted == NULL ? rows[i / 2].text : wanted);
        assert_int_equal(harmless_is_needed(text, commands), wanted != NULL);
        buf_deinit(&out);
    }
}

static void test_ends(void **state)
{
    const struct str text = {"a[b, ##[c]\n::d", 3}; // what comes behind it is not of it
    struct buf out;
    (void)state;
    buf_init(&out, SIZE_MAX);
    harmless_put(&out, text, false);
    assert_text(buf_str(&out), "a[b");
    assert_false(harmless_is_needed(text, false));
    buf_deinit(&out);
}

// A mebibyte of each: quadratic ones would not come to an end within the test's time.
static void test_long(void **state)
{
    static const char *const shapes[] = {"::\n", "[",        "##a", "##[",
                                         "a::",  "\xc2\xa0", "#[a"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct buf text;
        struct buf out;
        buf_init(&text, SIZE_MAX);
        buf_init(&out, SIZE_MAX);
        while (text.len < (size_t)1 << 20) {
            buf_put(&text, str_from(shapes[i]));
        }
        harmless_put(&out, buf_str(&text), false);
        assert_false(harmless_is_needed(buf_str(&out), false));
        buf_deinit(&text);
        buf_deinit(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
