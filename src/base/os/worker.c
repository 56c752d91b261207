// Workers. In: a function to run elsewhere. Out: what it writes, as it comes.
#include "worker.h"

#include "instant.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#define KILLED_WITHIN_MS 5000u // a killed process may hang in the kernel

static int begin(int (*work)(void *context, int answer), void *context, int answer,
                 pid_t parent)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    // Libraries talk to stderr; the parent may be gone before its end would be told.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || nothing < 0 ||
        dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0 ||
        dup2(nothing, STDERR_FILENO) < 0) {
        return 1;
    }
    return work(context, answer);
}

bool worker_start(struct worker *out, int (*work)(void *context, int answer),
                  void *context)
{
    int ends[2];
    pid_t parent = getpid();
    *out = (struct worker){.child = -1, .answer = -1};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        _exit(begin(work, context, ends[1], parent));
    }
    int error = errno;
    (void)close(ends[1]);
    if (child < 0) {
        (void)close(ends[0]);
        errno = error;
        return false;
    }
    *out = (struct worker){child, ends[0]};
    return true;
}

enum waited worker_read(const struct worker *worker, void *to, size_t len, size_t *got,
                        const struct wait_limits *limits)
{
    *got = 0;
    for (;;) {
        enum waited state = wait_for_fd(worker->answer, POLLIN, limits);
        if (state != WAITED_READY) {
            return state;
        }
        ssize_t count = read(worker->answer, to, len);
        if (count >= 0 || errno != EINTR) {
            *got = count > 0 ? (size_t)count : 0;
            return WAITED_READY;
        }
    }
}

void worker_end(struct worker *worker)
{
    struct wait_limits limits = {clock_monotonic_ms() + KILLED_WITHIN_MS, NULL};
    int status = 0;

    (void)kill(worker->child, SIGKILL);
    (void)wait_for_child(&status, worker->child, &limits);
    (void)close(worker->answer);
    *worker = (struct worker){.child = -1, .answer = -1};
}
