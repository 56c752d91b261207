// spool: what was put is there, in memory and in the file, in any order.
#include "unit.h"

#include "spool.h"

#include <errno.h>
#include <stdlib.h>

#define PIECES 3000
#define PIECE_MAX 5000

static struct str piece(char *out, size_t i)
{
    size_t len = i % 7 == 0 ? 0 : 1 + i * 31 % PIECE_MAX;
    for (size_t k = 0; k < len; k++) {
        out[k] = (char)(i * 7 + k);
    }
    return (struct str){out, len};
}

static void test_back(void **state)
{
    static uint64_t places[PIECES];
    static char bytes[PIECE_MAX];
    struct spool spool;
    struct buf out;
    (void)state;
    spool_init(&spool);
    buf_init(&out, SIZE_MAX);
    for (size_t i = 0; i < PIECES; i++) {
        assert_true(spool_put(&spool, &places[i], piece(bytes, i)));
        size_t before = i / 2;
        struct str wanted = piece(bytes, before);
        buf_reset(&out);
        assert_true(spool_get(&spool, &out, places[before], wanted.len));
        assert_str(buf_str(&out), wanted);
    }
    assert_true(spool.fd >= 0 && spool.tail.len <= SPOOL_MEMORY);
    for (size_t i = PIECES; i > 0; i--) {
        struct str wanted = piece(bytes, i - 1);
        buf_reset(&out);
        assert_true(spool_get(&spool, &out, places[i - 1], wanted.len));
        assert_str(buf_str(&out), wanted);
    }
    buf_deinit(&out);
    spool_deinit(&spool);
}

// One that is larger than what waits in memory, behind others and by itself.
static void test_large(void **state)
{
    struct spool spool;
    struct buf large;
    struct buf out;
    uint64_t at = 0;
    (void)state;
    spool_init(&spool);
    buf_init(&large, SIZE_MAX);
    buf_init(&out, SIZE_MAX);
    while (large.len < 3 * SPOOL_MEMORY) {
        buf_uint(&large, large.len);
    }
    for (int i = 0; i < 3; i++) {
        assert_true(spool_put(&spool, &at, buf_str(&large)));
        buf_reset(&out);
        assert_true(spool_get(&spool, &out, at, large.len));
        assert_str(buf_str(&out), buf_str(&large));
    }
    buf_deinit(&out);
    buf_deinit(&large);
    spool_deinit(&spool);
}

static void test_nowhere_to_go(void **state)
{
    struct spool spool;
    struct buf large;
    uint64_t at = 0;
    (void)state;
    assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
    spool_init(&spool);
    buf_init(&large, SIZE_MAX);
    while (large.len < SPOOL_MEMORY) {
        buf_uint(&large, large.len);
    }
    assert_true(spool_put(&spool, &at, buf_str(&large)));
    assert_false(spool_put(&spool, &at, buf_str(&large)));
    assert_int_equal(errno, ENOENT);
    assert_int_equal(unsetenv("TMPDIR"), 0);
    buf_deinit(&large);
    spool_deinit(&spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_back),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_nowhere_to_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
