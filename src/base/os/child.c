// Children. In: what a child is to do. Out: its exit code and what it wrote, which goes
// into files in memory: there is no pipe that could be full while nobody reads.
#include "child.h"

#include "await.h"
#include "file.h"
#include "instant.h"
#include "leftover.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX ((size_t)1 << 20)
#define RUN_MAX_MS 600000u
#define GRACE_MS 5000u // to end by itself when asked to

static int begin(int in, int out, int err, int (*become)(void *context), void *context)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    // Whatever becomes of its parent, it does not stay.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || nothing < 0 ||
        dup2(in < 0 ? nothing : in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
        dup2(err, STDERR_FILENO) < 0) {
        return CHILD_NOT_STARTED;
    }
    return become(context);
}

// Its exit code. What is interrupted, or takes too long, is asked to end, then made to.
static int wait_for(pid_t child, const struct stop *stop)
{
    struct wait_limits limits = {clock_monotonic_ms() + RUN_MAX_MS, stop};
    int status = 0;

    if (wait_for_child(&status, child, &limits) != WAITED_READY) {
        const int signals[] = {SIGTERM, SIGKILL};
        enum waited waited = WAITED_TOO_LONG;
        for (size_t i = 0; i < 2 && waited != WAITED_READY; i++) {
            struct wait_limits grace = {clock_monotonic_ms() + GRACE_MS, NULL};
            (void)kill(child, signals[i]);
            waited = wait_for_child(&status, child, &grace);
        }
        if (waited != WAITED_READY) {
            return -1;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct str read_back(int fd, struct arena *arena)
{
    struct str text = {0};

    bool longer = lseek(fd, 0, SEEK_END) > (off_t)OUTPUT_MAX;
    if ((longer && ftruncate(fd, (off_t)OUTPUT_MAX) != 0) ||
        lseek(fd, 0, SEEK_SET) != 0 ||
        file_read_fd(&text, fd, OUTPUT_MAX, arena) != FILE_OK) {
        return (struct str){0};
    }
    return text;
}

void child_run(struct child *out, const struct child_files *files,
               int (*become)(void *context), void *context, const struct stop *stop,
               struct arena *arena)
{
    int input = files == NULL ? -1 : files->input;
    bool kept = files == NULL || files->output < 0;
    int output = kept ? memfd_create("output", MFD_CLOEXEC) : files->output;
    int error = memfd_create("error", MFD_CLOEXEC);
    pid_t child = output < 0 || error < 0 ? -1 : fork();
    *out = (struct child){.code = -1};
    if (child == 0) {
        _exit(begin(input, output, error, become, context));
    }
    if (child > 0) {
        leftover_add_child(child);
        out->code = wait_for(child, stop);
        leftover_drop_child(child);
        out->output = kept ? read_back(output, arena) : (struct str){0};
        out->error = read_back(error, arena);
    }
    if (kept && output >= 0) {
        (void)close(output);
    }
    if (error >= 0) {
        (void)close(error);
    }
}
