// allow: silenced warnings count nowhere, in any number; what silences nothing is told.
#include "unit.h"

#include "allow.h"
#include "allow_unused.h"

#include <string.h>

static const struct source SOURCE = {
    .name = {"a.yaml", 6}, .fd = -1, .text = {"one\ntwo\nthree\n", 14}};

struct fixture {
    struct arena arena;
    struct diags diags;
};

static struct fixture fixture;

static int set_up(void **state)
{
    (void)state;
    diags_init(&fixture.diags, &fixture.arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_deinit(&fixture.arena);
    return 0;
}

static struct span line_of(const struct source *source, uint32_t line)
{
    return (struct span){.source = source, .line = line, .length = 1};
}

static bool allow(enum diag_code code, uint32_t line)
{
    struct allow one = {.code = code,
                        .span = line_of(&SOURCE, line),
                        .reason = STR("why"),
                        .lines = {line, line + 1},
                        .line_count = 2};
    return allow_add(&fixture.diags, &one);
}

static void test_silenced(void **state)
{
    struct diags *diags = &fixture.diags;
    (void)state;

    assert_true(allow(DIAG_AMBIGUOUS_SCALAR, 1));
    struct diag *diag =
        diag_add(diags, DIAG_AMBIGUOUS_SCALAR, line_of(&SOURCE, 2), "m %d", 1);
    diag_help(diags, diag, "h");
    assert_int_equal(diags->count, 0);
    assert_int_equal(diags->warnings, 0);
    assert_int_equal(diags_exit_code(diags, true), 0);
    assert_int_equal(diags->silenced_count, 1);
    assert_text(diags->silenced[0].message, "m 1");
    assert_text(diags->silenced[0].help, "h");
    assert_text(diags->silenced[0].reason, "why");
}

static void test_not_silenced(void **state)
{
    struct diags *diags = &fixture.diags;
    struct source other = SOURCE;
    (void)state;

    other.name = STR("b.yaml");
    assert_true(allow(DIAG_AMBIGUOUS_SCALAR, 1));
    assert_true(allow(DIAG_UNKNOWN_KEY, 1)); // nobody asks for an error
    (void)diag_add(diags, DIAG_AMBIGUOUS_SCALAR, line_of(&SOURCE, 3), "line");
    (void)diag_add(diags, DIAG_AMBIGUOUS_SCALAR, line_of(&SOURCE, 0), "file");
    (void)diag_add(diags, DIAG_AMBIGUOUS_SCALAR, line_of(&other, 1), "file");
    (void)diag_add(diags, DIAG_AMBIGUOUS_SCALAR, (struct span){0}, "nowhere");
    (void)diag_add(diags, DIAG_PARAMETER_UNUSED, line_of(&SOURCE, 1), "code");
    (void)diag_add(diags, DIAG_UNKNOWN_KEY, line_of(&SOURCE, 1), "error");
    assert_int_equal(diags->silenced_count, 0);
    assert_int_equal(diags->warnings, 5);
    assert_int_equal(diags->errors, 1);
    assert_int_equal(diags->count, 6);
}

static void test_a_file_read_twice(void **state)
{
    struct diags *diags = &fixture.diags;
    const struct source again = SOURCE;
    (void)state;

    assert_true(allow(DIAG_AMBIGUOUS_SCALAR, 1));
    assert_true(allow(DIAG_AMBIGUOUS_SCALAR, 1));
    (void)diag_add(diags, DIAG_AMBIGUOUS_SCALAR, line_of(&again, 1), "m");
    assert_int_equal(diags->silenced_count, 1);
    allow_unused_report(diags);
    assert_int_equal(diags->warnings, 0);
}

static void test_unused(void **state)
{
    struct diags *diags = &fixture.diags;
    (void)state;

    allow_unused_report(diags); // of none
    assert_true(allow(DIAG_AMBIGUOUS_SCALAR, 1));
    assert_true(allow(DIAG_PARAMETER_UNUSED, 1));
    assert_true(allow(DIAG_TIME_RELATIVE, 1)); // may be used another time
    assert_true(allow(DIAG_SETTING_LEFT_OUT, 1));
    (void)diag_add(diags, DIAG_AMBIGUOUS_SCALAR, line_of(&SOURCE, 1), "m");
    allow_unused_report(diags);
    assert_int_equal(diags->count, 1);
    assert_int_equal(diags->kept[0].code, DIAG_ALLOW_UNUSED);
    assert_text(diags->kept[0].message, "this silences no warning 'parameter-unused'");
}

static void test_unused_is_a_warning_itself(void **state)
{
    struct diags *diags = &fixture.diags;
    (void)state;

    assert_true(allow(DIAG_PARAMETER_UNUSED, 1));
    assert_true(allow(DIAG_ALLOW_UNUSED, 1));
    allow_unused_report(diags);
    assert_int_equal(diags->count, 0);
    assert_int_equal(diags->silenced_count, 1);
}

static void test_ceilings(void **state)
{
    struct diags *diags = &fixture.diags;
    (void)state;

    for (uint32_t i = 1; i <= ALLOW_MAX; i++) {
        assert_true(allow(DIAG_AMBIGUOUS_SCALAR, i));
    }
    assert_false(allow(DIAG_AMBIGUOUS_SCALAR, ALLOW_MAX + 1));
    assert_true(allow(DIAG_AMBIGUOUS_SCALAR, 1)); // is there already
    for (uint32_t i = 1; i <= DIAG_MAX_KEPT + 5; i++) {
        (void)diag_add(diags, DIAG_AMBIGUOUS_SCALAR, line_of(&SOURCE, i), "m");
    }
    assert_int_equal(diags->silenced_count, DIAG_MAX_KEPT);
    assert_int_equal(diags->dropped, 0);
    assert_int_equal(diags->warnings, 0);
    // Once diagnostics are only counted, so are the silenced ones: nowhere.
    for (uint32_t i = 1; i <= DIAG_MAX_KEPT + 5; i++) {
        (void)diag_add(diags, DIAG_PARAMETER_UNUSED, line_of(&SOURCE, i), "m");
        (void)diag_add(diags, DIAG_AMBIGUOUS_SCALAR, line_of(&SOURCE, i), "m");
    }
    assert_int_equal(diags->dropped, 5);
    assert_int_equal(diags->warnings, DIAG_MAX_KEPT + 5);
}

static void test_reasons_hold_no_secrets(void **state)
{
    struct diags *diags = &fixture.diags;
    struct allow one = {.code = DIAG_AMBIGUOUS_SCALAR,
                        .span = line_of(&SOURCE, 1),
                        .reason = STR("of password=hunter2"),
                        .lines = {1},
                        .line_count = 1};
    (void)state;

    assert_true(allow_add(diags, &one));
    (void)diag_add(diags, DIAG_AMBIGUOUS_SCALAR, line_of(&SOURCE, 1), "m");
    assert_int_equal(diags->silenced_count, 1);
    const struct str reason = diags->silenced[0].reason;
    assert_int_equal(str_find(reason, STR("hunter2")), reason.len);
    assert_true(str_starts(reason, STR("of password=")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_silenced),
        TEST(test_not_silenced),
        TEST(test_a_file_read_twice),
        TEST(test_unused),
        TEST(test_unused_is_a_warning_itself),
        TEST(test_ceilings),
        TEST(test_reasons_hold_no_secrets),
    };
    return cmocka_run_group_tests_name("allow", tests, NULL, NULL);
}
