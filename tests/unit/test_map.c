// map: adding, finding, the order of insertion, growth.
#include "unit.h"

#include "map.h"

#include <stdio.h>

static void test_add_and_find(void **state)
{
    struct arena arena = {0};
    struct map map;
    bool added = false;
    int one = 1;
    int two = 2;
    (void)state;

    map_init(&map, &arena);
    assert_null(map_find(&map, STR("a")));
    struct map_entry *entry = map_add(&map, STR("a"), &added);
    assert_true(added);
    assert_null(entry->value);
    assert_text(entry->key, "a");
    entry->value = &one;
    map_add(&map, STR("b"), NULL)->value = &two;
    assert_ptr_equal(map_add(&map, STR("a"), &added)->value, &one);
    assert_false(added);
    assert_int_equal(map.count, 2);
    assert_ptr_equal(map_find(&map, STR("b")), &two);
    assert_null(map_find(&map, STR("c")));
    assert_null(map_find(&map, STR("")));
    arena_deinit(&arena);
}

static void test_keys_are_bytes(void **state)
{
    struct arena arena = {0};
    struct map map;
    bool added = false;
    (void)state;

    map_init(&map, &arena);
    (void)map_add(&map, STR("a\0b"), NULL);
    (void)map_add(&map, STR("a\0c"), &added);
    assert_true(added);
    (void)map_add(&map, STR("a"), &added);
    assert_true(added);
    (void)map_add(&map, (struct str){NULL, 0}, &added);
    assert_true(added);
    (void)map_add(&map, STR(""), &added);
    assert_false(added);
    arena_deinit(&arena);
}

static void test_many_keys_in_order(void **state)
{
    struct arena arena = {0};
    struct map map;
    (void)state;

    map_init(&map, &arena);
    for (size_t i = 0; i < 20000; i++) {
        bool added = false;
        const struct str key = arena_printf(&arena, "user-name-%zu", i);
        map_add(&map, key, &added)->value = &arena;
        assert_true(added);
    }
    for (size_t i = 0; i < 20000; i++) {
        char name[40];
        bool added = true;
        (void)snprintf(name, sizeof name, "user-name-%zu", i);
        assert_text(map.entries[i].key, name);
        assert_non_null(map_find(&map, str_from(name)));
        (void)map_add(&map, str_from(name), &added);
        assert_false(added);
    }
    assert_int_equal(map.count, 20000);
    assert_null(map_find(&map, STR("user-name-20000")));
    arena_deinit(&arena);
}

static void test_hash_spreads(void **state)
{
    unsigned low[256] = {0};
    char key[32];
    (void)state;

    for (unsigned i = 0; i < 65536; i++) {
        (void)snprintf(key, sizeof key, "MSG#%012u#tail", i * 4096);
        low[map_hash(str_from(key)) & 255]++;
    }
    for (size_t i = 0; i < 256; i++) {
        assert_in_range(low[i], 128, 512); // 256 expected
    }
    // Two words that differ in their top bits only.
    char a[16] = {0};
    char b[16] = {0};
    b[7] = b[15] = (char)0x80;
    assert_true(map_hash((struct str){a, 16}) != map_hash((struct str){b, 16}));
    assert_true(map_hash((struct str){a, 15}) != map_hash((struct str){a, 16}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add_and_find),
        cmocka_unit_test(test_keys_are_bytes),
        cmocka_unit_test(test_many_keys_in_order),
        cmocka_unit_test(test_hash_spreads),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
