// Children. In: what a child is to do. Out: its exit code and what it wrote, which goes
// into files in memory: there is no pipe that could be full while nobody reads.
#include "child.h"

#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX ((size_t)1 << 20)

static int begin(int out, int err, int (*become)(void *context), void *context)
{
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
        dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0) {
        return CHILD_NOT_STARTED;
    }
    return become(context);
}

static int wait_for(pid_t child, const volatile sig_atomic_t *interrupted)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
        if (interrupted != NULL && *interrupted != 0) {
            (void)kill(child, SIGTERM);
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct str read_back(int fd, struct arena *arena)
{
    struct str text = {0};

    const bool longer = lseek(fd, 0, SEEK_END) > (off_t)OUTPUT_MAX;
    if ((longer && ftruncate(fd, (off_t)OUTPUT_MAX) != 0) ||
        lseek(fd, 0, SEEK_SET) != 0 ||
        file_read_fd(&text, fd, OUTPUT_MAX, arena) != FILE_OK) {
        return (struct str){0};
    }
    return text;
}

void child_run(struct child *out, int (*become)(void *context), void *context,
               const volatile sig_atomic_t *interrupted, struct arena *arena)
{
    const int output = memfd_create("output", MFD_CLOEXEC);
    const int error = memfd_create("error", MFD_CLOEXEC);
    const pid_t child = output < 0 || error < 0 ? -1 : fork();

    *out = (struct child){.code = -1};
    if (child == 0) {
        _exit(begin(output, error, become, context));
    }
    if (child > 0) {
        out->code = wait_for(child, interrupted);
        out->output = read_back(output, arena);
        out->error = read_back(error, arena);
    }
    if (output >= 0) {
        (void)close(output);
    }
    if (error >= 0) {
        (void)close(error);
    }
}
