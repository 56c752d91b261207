// await: whoever waits gets back in time, and at once when the stop is set.
#include "unit.h"

#include "await.h"
#include "instant.h"

#include <errno.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

static struct stop stop;

static void set_stop(int number)
{
    (void)number;
    stop_set(&stop);
}

static struct wait_limits limits_of(unsigned ms)
{
    return (struct wait_limits){clock_monotonic_ms() + ms, &stop};
}

static void test_checks(void **state)
{
    (void)state;
    struct wait_limits limits = limits_of(10000);
    stop = (struct stop){0};
    assert_int_equal(wait_check(&limits), WAITED_READY);
    stop_set(&stop);
    assert_int_equal(wait_check(&limits), WAITED_INTERRUPTED);
    limits.stop = NULL;
    assert_int_equal(wait_check(&limits), WAITED_READY);
    limits.deadline_ms = clock_monotonic_ms();
    assert_int_equal(wait_check(&limits), WAITED_TOO_LONG);
    stop = (struct stop){0};
}

static void test_waits_for_a_descriptor(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct wait_limits limits = limits_of(300);
    const uint64_t begun = clock_monotonic_ms();
    assert_int_equal(wait_for_fd(ends[0], POLLIN, &limits), WAITED_TOO_LONG);
    assert_true(clock_monotonic_ms() - begun >= 300);
    // What is over already is over, ready or not.
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(wait_for_fd(ends[0], POLLIN, &limits), WAITED_TOO_LONG);
    limits = limits_of(10000);
    assert_int_equal(wait_for_fd(ends[0], POLLIN, &limits), WAITED_READY);
    assert_int_equal(wait_for_fd(ends[1], POLLOUT, &limits), WAITED_READY);
    stop_set(&stop);
    assert_int_equal(wait_for_fd(ends[0], POLLIN, &limits), WAITED_INTERRUPTED);
    stop = (struct stop){0};
    char c = 0;
    assert_int_equal(read(ends[0], &c, 1), 1);
    (void)close(ends[1]); // the end is an answer, too
    assert_int_equal(wait_for_fd(ends[0], POLLIN, &limits), WAITED_READY);
    (void)close(ends[0]);
}

// A signal while it waits is seen, whatever else would end the wait.
static void test_a_signal_ends_a_wait(void **state)
{
    (void)state;
    int ends[2];
    struct sigaction action = {.sa_handler = set_stop};
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    struct wait_limits limits = limits_of(20000);
    const uint64_t begun = clock_monotonic_ms();
    (void)alarm(1);
    assert_int_equal(wait_for_fd(ends[0], POLLIN, &limits), WAITED_INTERRUPTED);
    assert_true(clock_monotonic_ms() - begun < 15000);
    stop = (struct stop){0};
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void test_waits_for_a_child(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        _exit(7);
    }
    struct wait_limits limits = limits_of(20000);
    assert_int_equal(wait_for_child(&status, child, &limits), WAITED_READY);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    assert_int_equal(wait_for_child(&status, child, &limits), WAITED_READY);
    assert_int_equal(status, -1); // there is none any more

    child = fork();
    if (child == 0) {
        for (;;) {
            (void)pause();
        }
    }
    limits = limits_of(100);
    assert_int_equal(wait_for_child(&status, child, &limits), WAITED_TOO_LONG);
    limits = limits_of(20000);
    stop_set(&stop);
    assert_int_equal(wait_for_child(&status, child, &limits), WAITED_INTERRUPTED);
    stop = (struct stop){0};
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(wait_for_child(&status, child, &limits), WAITED_READY);
    assert_true(WIFSIGNALED(status));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_waits_for_a_descriptor),
        cmocka_unit_test(test_a_signal_ends_a_wait),
        cmocka_unit_test(test_waits_for_a_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
