// print_table: every entry under its fingerprint and its number, wherever the table has
// grown to, and nothing under any other.
#include "unit.h"

#include "print_table.h"

#include <string.h>

struct entry {
    struct uuid print;
    uint32_t payload;
};

// Of the numbers below 2^32, spread over all bytes or in one place of them.
static struct uuid print_of(uint32_t number, size_t at)
{
    struct uuid print = {{0}};
    memcpy(print.bytes + at, &number, sizeof number);
    return print;
}

static void test_many(void **state)
{
    enum { COUNT = 5000 };
    struct print_table table;
    (void)state;

    print_table_init(&table, sizeof(struct entry));
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < COUNT; i++) {
            struct uuid print = print_of(i, 8);
            bool added = false;
            struct entry *entry = print_table_add(&table, &print, &added);
            assert_true(added == (round == 0));
            assert_int_equal(entry->payload, round == 0 ? 0 : i + 1);
            entry->payload = i + 1;
        }
        assert_int_equal(table.count, COUNT);
    }
    for (uint32_t i = 0; i < 2 * COUNT; i++) {
        struct uuid print = print_of(i, 8);
        struct entry *found = print_table_find(&table, &print);
        assert_ptr_equal(found, print_table_at(&table, i));
        if (i < COUNT) {
            assert_non_null(found);
            assert_true(uuid_eq(&found->print, &print));
            assert_int_equal(found->payload, i + 1);
        } else {
            assert_null(found);
        }
    }
    print_table_deinit(&table);
}

// Fingerprints that differ in one byte only, whichever it is; that of zeroes is one too.
static void test_every_byte_counts(void **state)
{
    struct print_table table;
    struct uuid print = {{0}};
    bool added = false;
    (void)state;

    print_table_init(&table, sizeof(struct entry));
    assert_null(print_table_find(&table, &print));
    assert_null(print_table_at(&table, 0));
    (void)print_table_add(&table, &print, &added);
    assert_true(added);
    for (size_t i = 0; i < sizeof print.bytes; i++) {
        print.bytes[i] = 1;
        assert_null(print_table_find(&table, &print));
        (void)print_table_add(&table, &print, &added);
        assert_true(added);
        print.bytes[i] = 0;
    }
    (void)print_table_add(&table, &print, &added);
    assert_false(added);
    assert_int_equal(table.count, sizeof print.bytes + 1);
    print_table_deinit(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_every_byte_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
