// leftover: what die() does away with.
#include "unit.h"

#include "die.h"
#include "leftover.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void make(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    close(fd);
}

// A process of its own gives up: what it registered is gone, with its child; what was
// its parent's, or was dropped, stays.
static void test_giving_up(void **state)
{
    char folder[] = "/tmp/ddbgen-test-leftover-XXXXXX";
    struct stat info;
    int status = 0;
    int ends[2];
    pid_t grandchild = 0;
    (void)state;

    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("ours", 0700), 0);
    make("ours/file");
    make("dropped");
    make("parents");
    leftover_add("parents");
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        const pid_t sleeping = fork();
        if (sleeping == 0) {
            pause();
            _exit(0);
        }
        leftover_add_child(sleeping);
        leftover_add("ours");
        leftover_add("dropped");
        leftover_drop("dropped");
        leftover_drop(NULL);
        (void)!write(ends[1], &sleeping, sizeof sleeping);
        (void)dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        die("a test");
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), DIE_EXIT_CODE);
    assert_int_equal(read(ends[0], &grandchild, sizeof grandchild), sizeof grandchild);
    assert_int_equal(kill(grandchild, 0), -1);
    assert_int_equal(stat("ours", &info), -1);
    assert_int_equal(unlink("dropped"), 0);
    assert_int_equal(unlink("parents"), 0);
    leftover_drop("parents");
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_giving_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
