// diag: the catalogue, collecting, quoting, and the exit code.
#include "unit.h"

#include "diag.h"

#include <ctype.h>
#include <string.h>

static const struct span nowhere = {.source = NULL};

static void test_catalogue(void **state)
{
    (void)state;
    assert_true(DIAG_CODE_COUNT > 10);
    for (int i = 0; i < DIAG_CODE_COUNT; i++) {
        const struct diag_info *info = diag_info_get((enum diag_code)i);
        assert_non_null(info->name);
        assert_true(strlen(info->title) > 5);
        assert_true(strlen(info->explanation) > 5);
        assert_null(strchr(info->title, '\n'));
        assert_true(info->title[strlen(info->title) - 1] != '.');
        for (const char *c = info->name; *c != '\0'; c++) {
            assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) ||
                        *c == '-');
        }
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(info->name, diag_info_get((enum diag_code)j)->name);
        }
    }
    assert_string_equal(diag_info_get(DIAG_UNKNOWN_KEY)->name, "unknown-key");
}

static void test_adding(void **state)
{
    struct arena arena = {0};
    struct source source = {.name = STR("a.yaml"), .fd = -1};
    struct diags diags;
    (void)state;

    diags_init(&diags, &arena);
    struct diag *diag =
        diag_add(&diags, DIAG_UNKNOWN_KEY, (struct span){.source = &source, .line = 3},
                 "unknown key %s", "'x'");
    diag_help(&diags, diag, "line %d", 7);
    diag_related(&diags, diag, source_span_file(&source), "in %s", "here");
    assert_int_equal(diags.count, 1);
    assert_int_equal(diags.kept[0].code, DIAG_UNKNOWN_KEY);
    assert_int_equal(diags.kept[0].severity, DIAG_ERROR);
    assert_int_equal(diags.kept[0].span.line, 3);
    assert_text(diags.kept[0].message, "unknown key 'x'");
    assert_text(diags.kept[0].help, "line 7");
    assert_text(diags.kept[0].related_message, "in here");
    assert_ptr_equal(diags.kept[0].related.source, &source);

    (void)diag_add(&diags, DIAG_USAGE, nowhere, "plain");
    assert_int_equal(diags.kept[1].help.len, 0);
    assert_int_equal(diags.kept[1].related_message.len, 0);
    arena_deinit(&arena);
}

static void test_exit_codes(void **state)
{
    struct arena arena = {0};
    struct diags diags;
    (void)state;

    diags_init(&diags, &arena);
    assert_int_equal(diags_exit_code(&diags, false), 0);
    assert_int_equal(diags_exit_code(&diags, true), 0);
    (void)diag_add(&diags, DIAG_AMBIGUOUS_SCALAR, nowhere, "warn");
    assert_int_equal(diags.warnings, 1);
    assert_int_equal(diags.errors, 0);
    assert_int_equal(diags_exit_code(&diags, false), 0);
    assert_int_equal(diags_exit_code(&diags, true), 2);
    (void)diag_add(&diags, DIAG_FILE_WRITE, nowhere, "world");
    assert_int_equal(diags_exit_code(&diags, false), 3);
    (void)diag_add(&diags, DIAG_USAGE, nowhere, "input");
    assert_int_equal(diags_exit_code(&diags, true), 3); // 4, 3 and 2 beat each other so
    (void)diag_add(&diags, DIAG_NOT_CONFIRMED, nowhere, "refused");
    assert_int_equal(diags_exit_code(&diags, false), 4);
    assert_int_equal(diags.errors, 3);
    arena_deinit(&arena);
}

static void test_past_the_ceiling_they_are_only_counted(void **state)
{
    struct arena arena = {0};
    struct diags diags;
    (void)state;

    diags_init(&diags, &arena);
    for (int i = 0; i < DIAG_MAX_KEPT; i++) {
        (void)diag_add(&diags, DIAG_AMBIGUOUS_SCALAR, nowhere, "%d", i);
    }
    struct diag *diag = diag_add(&diags, DIAG_USAGE, nowhere, "one more");
    diag_help(&diags, diag, "help");
    diag_related(&diags, diag, nowhere, "note");
    diag_help_nearest(&diags, diag, STR("ab"), &STR("abc"), 1);
    assert_int_equal(diags.count, DIAG_MAX_KEPT);
    assert_int_equal(diags.dropped, 1);
    assert_int_equal(diags.errors, 1);
    assert_text(diags.kept[DIAG_MAX_KEPT - 1].message, "999");
    assert_int_equal(diags.kept[DIAG_MAX_KEPT - 1].help.len, 0);
    assert_int_equal(diags_exit_code(&diags, false), 2);
    arena_deinit(&arena);
}

static void test_quoting(void **state)
{
    struct arena arena = {0};
    struct diags diags;
    char text[200];
    char expected[200] = "'";
    (void)state;

    diags_init(&diags, &arena);
    assert_string_equal(diag_quote(&diags, STR("key")), "'key'");
    assert_string_equal(diag_quote(&diags, (struct str){NULL, 0}), "''");
    assert_string_equal(diag_quote(&diags, STR("a\0b")), "'a\\u{0}b'");
    // 60 code points are kept, of two bytes each.
    for (size_t i = 0; i < 61; i++) {
        memcpy(text + 2 * i, "\xC3\xA9", 2);
    }
    memcpy(expected + 1, text, 120);
    memcpy(expected + 121, "'", 2);
    assert_string_equal(diag_quote(&diags, (struct str){text, 120}), expected);
    memcpy(expected + 121, "...'", 5);
    assert_string_equal(diag_quote(&diags, (struct str){text, 122}), expected);
    arena_deinit(&arena);
}

static void test_the_nearest_name(void **state)
{
    static const struct str names[] = {
        {"hash", 4}, {"range", 5}, {"c", 1}, {"d", 1}, {"e", 1}, {"f", 1}, {"g", 1},
        {"h", 1},    {"i", 1},     {"j", 1}, {"k", 1}, {"l", 1}, {"m", 1},
    };
    struct arena arena = {0};
    struct diags diags;
    (void)state;

    diags_init(&diags, &arena);
    struct diag *diag = diag_add(&diags, DIAG_UNKNOWN_KEY, nowhere, "x");
    diag_help_nearest(&diags, diag, STR("hsah"), names, 2);
    assert_text(diag->help, "did you mean 'hash'?");
    diag = diag_add(&diags, DIAG_UNKNOWN_KEY, nowhere, "x");
    diag_help_nearest(&diags, diag, STR("completely else"), names, 2);
    assert_text(diag->help, "known: hash, range");
    diag = diag_add(&diags, DIAG_UNKNOWN_KEY, nowhere, "x");
    diag_help_nearest(&diags, diag, STR("completely else"), names, 12);
    assert_text(diag->help, "known: hash, range, c, d, e, f, g, h, i, j, k, l");
    diag = diag_add(&diags, DIAG_UNKNOWN_KEY, nowhere, "x");
    diag_help_nearest(&diags, diag, STR("completely else"), names, 13);
    assert_int_equal(diag->help.len, 0);
    diag_help_nearest(&diags, diag, STR("completely else"), names, 0);
    assert_int_equal(diag->help.len, 0);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_catalogue),
        cmocka_unit_test(test_adding),
        cmocka_unit_test(test_exit_codes),
        cmocka_unit_test(test_past_the_ceiling_they_are_only_counted),
        cmocka_unit_test(test_quoting),
        cmocka_unit_test(test_the_nearest_name),
    };
    return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
