// map: adding, finding, the order of insertion, growth.
#include "unit.h"

#include "map.h"

#include <stdio.h>
#include <string.h>

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

static void test_seeds_differ_in_where_keys_lie(void **state)
{
    const struct hash_seed here = hash_seed_get();
    const struct hash_seed other = {{here.words[0] + 1, here.words[1]}};
    unsigned low[256] = {0};
    size_t same = 0;
    char key[32];
    (void)state;

    for (unsigned i = 0; i < 65536; i++) {
        (void)snprintf(key, sizeof key, "MSG#%012u#tail", i * 4096);
        const uint64_t hash = hash_text(&here, str_from(key));
        low[hash & 255]++;
        same += (hash & 255) == (hash_text(&other, str_from(key)) & 255) ? 1 : 0;
    }
    for (size_t i = 0; i < 256; i++) {
        assert_in_range(low[i], 128, 512); // 256 expected
    }
    assert_in_range(same, 128, 512); // by chance
}

// The key 00..0f and the text 00..0e of the algorithm's paper, with its rounds 1 and 3.
static void test_hash_is_keyed(void **state)
{
    struct hash_seed seed;
    unsigned char bytes[16];
    (void)state;

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)i;
    }
    memcpy(&seed, bytes, sizeof seed);
    const struct str text = {(const char *)bytes, 15};
    assert_true(hash_text(&seed, text) == UINT64_C(0xd320d86d2a519956));
    assert_true(hash_text(&seed, (struct str){text.at, 14}) != hash_text(&seed, text));
    assert_true(hash_text(&seed, STR("")) != hash_text(&seed, STR("\0")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add_and_find),
        cmocka_unit_test(test_keys_are_bytes),
        cmocka_unit_test(test_many_keys_in_order),
        cmocka_unit_test(test_seeds_differ_in_where_keys_lie),
        cmocka_unit_test(test_hash_is_keyed),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
