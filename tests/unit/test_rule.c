// The catalogue of rules: every row has an id of its own, words, and a code.
#include "unit.h"

#include "rule.h"

#include <string.h>

static void test_rows(void **state)
{
    size_t count = 0;
    const struct rule *rules = rule_all(&count);
    (void)state;

    assert_true(count > 100);
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(rules[i].text);
        assert_true(strlen(rules[i].id) >= 3 && len > 0);
        assert_true((unsigned)rules[i].code < DIAG_CODE_COUNT);
        if (rules[i].text[len - 1] == '.' ||
            (i > 0 && strcmp(rules[i - 1].id, rules[i].id) >= 0)) {
            fail_msg("%s: ends with a period, or is out of order", rules[i].id);
        }
    }
}

// A row leads to the code that its check reports.
static void test_codes(void **state)
{
    static const struct {
        const char *id;
        enum diag_code code;
    } ROWS[] = {
        {"A001", DIAG_TABLE_NAME},
        {"B010", DIAG_BASE64},
        {"B070", DIAG_ITEM_SIZE},
        {"C005", DIAG_ITEM_TWICE},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct rule *rule = rule_find(str_from(ROWS[i].id));
        assert_non_null(rule);
        assert_int_equal(rule->code, ROWS[i].code);
    }
    assert_null(rule_find(STR("A999")));
    assert_null(rule_find(STR("D001"))); // not a checked one
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
