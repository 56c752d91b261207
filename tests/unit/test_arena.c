// arena: zeroed, aligned, disjoint memory that survives growth, and gives up loudly.
#include "unit.h"

#include "arena.h"
#include "die.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_pieces_are_zeroed_aligned_and_disjoint(void **state)
{
    struct arena arena = {0};
    unsigned char *pieces[400];
    (void)state;

    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        const size_t size = i * 7 % 301;
        pieces[i] = arena_alloc(&arena, size);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t at = 0; at < size; at++) {
            assert_int_equal(pieces[i][at], 0);
        }
        memset(pieces[i], (int)(i % 255) + 1, size);
    }
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        for (size_t at = 0; at < i * 7 % 301; at++) {
            assert_int_equal(pieces[i][at], i % 255 + 1);
        }
    }
    arena_deinit(&arena);
    assert_null(arena.head);
}

static void test_large_pieces_do_not_end_the_current_block(void **state)
{
    struct arena arena = {0};
    (void)state;

    char *small = arena_alloc(&arena, 16);
    char *large = arena_alloc(&arena, 5 << 20);
    char *next = arena_alloc(&arena, 16);
    memset(large, 1, 5 << 20);
    assert_true(next > small && next - small <= 64);
    arena_deinit(&arena);
}

static void test_reset_gives_zeroed_memory_again(void **state)
{
    struct arena arena = {0};
    (void)state;

    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < 50; i++) {
            unsigned char *piece = arena_alloc(&arena, 1000);
            for (size_t at = 0; at < 1000; at++) {
                assert_int_equal(piece[at], 0);
            }
            memset(piece, 0xAA, 1000);
        }
        arena_reset(&arena);
    }
    assert_non_null(arena.head);
    arena_deinit(&arena);
    arena_reset(&arena); // an empty arena is fine
    assert_null(arena.head);
}

static void test_reset_keeps_no_huge_block(void **state)
{
    struct arena arena = {0};
    (void)state;

    memset(arena_alloc(&arena, 8 << 20), 1, 8 << 20);
    arena_reset(&arena);
    assert_null(arena.head);
    arena_deinit(&arena);
}

static void test_grow_keeps_elements_and_doubles(void **state)
{
    struct arena arena = {0};
    int *numbers = NULL;
    size_t cap = 0;
    size_t moves = 0;
    (void)state;

    for (size_t count = 0; count < 10000; count++) {
        int *grown =
            arena_grow(&arena, numbers, count, count + 1, &cap, sizeof *numbers);
        moves += grown != numbers;
        numbers = grown;
        assert_true(cap > count);
        numbers[count] = (int)count;
    }
    for (size_t i = 0; i < 10000; i++) {
        assert_int_equal(numbers[i], i);
    }
    assert_true(moves < 20);

    size_t large_cap = 0;
    (void)arena_grow(&arena, NULL, 0, 777, &large_cap, 3);
    assert_true(large_cap >= 777);
    arena_deinit(&arena);
}

static void test_strings(void **state)
{
    struct arena arena = {0};
    (void)state;

    char text[] = {'a', '\0', 'b'};
    const struct str copy = arena_str(&arena, (struct str){text, sizeof text});
    text[0] = 'x';
    assert_int_equal(copy.len, 3);
    assert_memory_equal(copy.at, "a\0b", 4); // and a NUL behind it
    const struct str empty = arena_str(&arena, (struct str){NULL, 0});
    assert_int_equal(empty.len, 0);
    assert_int_equal(empty.at[0], 0);
    assert_text(arena_printf(&arena, "%s-%d", "x", 42), "x-42");
    assert_text(arena_printf(&arena, "%s", ""), "");
    const struct str wide = arena_printf(&arena, "%5000d", 7);
    assert_int_equal(wide.len, 5000);
    assert_int_equal(wide.at[4999], '7');
    arena_deinit(&arena);
}

// Runs arena_array(count, size) in a child and returns its exit code; its stderr goes
// to message.
static int exit_code_of_array(size_t count, size_t size, char message[200])
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct arena arena = {0};
        (void)dup2(ends[1], STDERR_FILENO);
        (void)arena_array(&arena, count, size);
        _exit(0);
    }
    close(ends[1]);
    size_t have = 0;
    ssize_t got = 0;
    while ((got = read(ends[0], message + have, 199 - have)) > 0) {
        have += (size_t)got;
    }
    message[have] = '\0';
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_impossible_sizes_die(void **state)
{
    char message[200];
    (void)state;

    assert_int_equal(exit_code_of_array(SIZE_MAX / 2, 3, message), DIE_EXIT_CODE);
    assert_ptr_equal(strstr(message, "ddbgen: internal error: out of memory"), message);
    assert_int_equal(exit_code_of_array(SIZE_MAX, 1, message), DIE_EXIT_CODE);
    assert_int_equal(exit_code_of_array(10, 10, message), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_zeroed_aligned_and_disjoint),
        cmocka_unit_test(test_large_pieces_do_not_end_the_current_block),
        cmocka_unit_test(test_reset_gives_zeroed_memory_again),
        cmocka_unit_test(test_reset_keeps_no_huge_block),
        cmocka_unit_test(test_grow_keeps_elements_and_doubles),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_impossible_sizes_die),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
