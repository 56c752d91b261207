// pg_mask: no spelling of a password gets through.
#include "unit.h"

#include "pg_mask.h"

static void check(const char *text, const char *secret, const char *expected)
{
    struct arena arena = {0};
    assert_text(pg_mask(str_from(text), str_from(secret), &arena), expected);
    arena_deinit(&arena);
}

static void test_masks(void **state)
{
    (void)state;
    check("no secret here", "", "no secret here");
    check("no secret here", "hunter2", "no secret here");
    check("a hunter2 b hunter2", "hunter2", "a *** b ***");
    check("x p%40ss%2Fword y", "p@ss/word", "x *** y");
    check("x p%40ss%2fword y", "p@ss/word", "x *** y");
    check("x %70@ss/word y", "p@ss/word", "x *** y");
    check("x p@ss%2Fword y", "p@ss/word", "x *** y");
    check("p%4", "p@", "p%4");
    check("p%zz", "p@", "p%zz");
    check("100%25", "100%", "***");
    check("100%25 100%", "100%25", "*** 100%");
    check("sss", "s", "*********");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_masks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
