// missing: lines of items said as ranges, and their places.
#include "unit.h"

#include "missing.h"

static const struct source FIRST = {
    .name = {"a.txt", 5}, .fd = -1, .text = {"one\ntwo\n\nfour", 13}};
static const struct source SECOND = {.name = {"b.txt", 5}, .fd = -1};

static void add(struct missing *missing, const struct source *source, uint32_t line)
{
    struct batch batch;
    batch_init(&batch, STR("t"));
    batch.items[0] = (struct batch_item){.source = source, .line = line};
    batch.count = 1;
    missing_add(missing, &batch, 1);
    missing_add(missing, &batch, 0);
    batch_deinit(&batch);
}

static void test_ranges(void **state)
{
    struct arena arena = {0};
    struct missing missing = {.arena = &arena};
    (void)state;
    assert_text(missing_describe(&missing), "");
    assert_null(missing_first(&missing).source);
    add(&missing, &SECOND, 3);
    add(&missing, &FIRST, 4);
    add(&missing, &FIRST, 2);
    add(&missing, &FIRST, 1);
    add(&missing, &FIRST, 1); // two items of one line
    assert_text(missing_describe(&missing), "a.txt line 1-2, 4; b.txt line 3");
    assert_ptr_equal(missing_first(&missing).source, &FIRST);
    assert_int_equal(missing_first(&missing).line, 1);
    arena_deinit(&arena);
}

static void test_many_ranges(void **state)
{
    struct arena arena = {0};
    struct missing missing = {.arena = &arena};
    (void)state;
    for (uint32_t i = 0; i < 100; i++) {
        add(&missing, &SECOND, 2 * i + 1);
    }
    assert_text(
        missing_describe(&missing),
        "b.txt line 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 and 88 items more");
    arena_deinit(&arena);
}

static void test_places(void **state)
{
    (void)state;
    assert_int_equal(span_of_line(&FIRST, 1).line_at, 0);
    assert_int_equal(span_of_line(&FIRST, 2).line_at, 4);
    assert_int_equal(span_of_line(&FIRST, 4).line_at, 9);
    assert_int_equal(span_of_line(&FIRST, 5).line, 0);
    assert_int_equal(span_of_line(NULL, 5).line_at, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_many_ranges),
        cmocka_unit_test(test_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
