// worker: a process of our own answers, or is ended. pg_frame: what it may say.
#include "unit.h"

#include "buf.h"
#include "instant.h"
#include "pg_frame.h"
#include "worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct stop stop;

static int says_hello(void *context, int answer)
{
    const char *text = context;
    return write(answer, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : 1;
}

static int works_for_ever(void *context, int answer)
{
    (void)context;
    (void)answer;
    while (!stop_is_set(&stop)) {
    }
    return 0;
}

static int dies(void *context, int answer)
{
    (void)context;
    (void)answer;
    abort();
}

static enum waited read_from(const struct worker *worker, char *to, size_t *got,
                             unsigned ms)
{
    const struct wait_limits limits = {clock_monotonic_ms() + ms, &stop};
    return worker_read(worker, to, 64, got, &limits);
}

static void test_answers(void **state)
{
    (void)state;
    struct worker worker;
    char text[64];
    char hello[] = "hello";
    size_t got = 0;
    assert_true(worker_start(&worker, says_hello, hello));
    assert_int_equal(read_from(&worker, text, &got, 20000), WAITED_READY);
    assert_int_equal(got, 5);
    assert_memory_equal(text, "hello", 5);
    assert_int_equal(read_from(&worker, text, &got, 20000), WAITED_READY);
    assert_int_equal(got, 0);
    worker_end(&worker);
    assert_int_equal(worker.child, -1);
}

static void test_is_ended(void **state)
{
    (void)state;
    struct worker worker;
    char text[64];
    size_t got = 0;
    assert_true(worker_start(&worker, works_for_ever, NULL));
    const pid_t child = worker.child;
    assert_int_equal(read_from(&worker, text, &got, 50), WAITED_TOO_LONG);
    stop_set(&stop);
    assert_int_equal(read_from(&worker, text, &got, 20000), WAITED_INTERRUPTED);
    stop = (struct stop){0};
    worker_end(&worker);
    assert_int_equal(kill(child, 0), -1);
    assert_int_equal(errno, ESRCH);
}

static void test_may_die(void **state)
{
    (void)state;
    struct worker worker;
    char text[64];
    size_t got = 1;
    assert_true(worker_start(&worker, dies, NULL));
    assert_int_equal(read_from(&worker, text, &got, 20000), WAITED_READY);
    assert_int_equal(got, 0);
    worker_end(&worker);
}

static void test_frames(void **state)
{
    (void)state;
    struct buf buf;
    struct pg_field field;
    buf_init(&buf, PG_FRAME_MAX);
    buf_char(&buf, 'x'); // frames stand behind each other
    const size_t begin = pg_frame_open(&buf, PG_ROW);
    pg_frame_put(&buf, STR("ann"));
    pg_frame_put_null(&buf);
    pg_frame_put(&buf, STR(""));
    pg_frame_close(&buf, begin);
    assert_int_equal(begin, 1);
    assert_int_equal(buf.at[1], 'R');
    const size_t length = pg_frame_length(buf.at + 1);
    assert_int_equal(length, buf.len - 1 - PG_FRAME_HEAD);
    struct str body = {buf.at + 1 + PG_FRAME_HEAD, length};
    assert_true(pg_frame_next(&field, &body));
    assert_false(field.null);
    assert_text(field.text, "ann");
    assert_true(pg_frame_next(&field, &body) && field.null);
    assert_true(pg_frame_next(&field, &body) && !field.null && field.text.len == 0);
    assert_false(pg_frame_next(&field, &body));
    // What is cut off anywhere is no field, and nothing is read behind its end.
    for (size_t cut = 0; cut < 7; cut++) {
        struct str part = {buf.at + 1 + PG_FRAME_HEAD, cut};
        assert_false(pg_frame_next(&field, &part));
    }
    buf_deinit(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_is_ended),
        cmocka_unit_test(test_may_die),
        cmocka_unit_test(test_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
