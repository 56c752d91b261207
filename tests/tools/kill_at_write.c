// LD_PRELOAD: the process is killed at its N-th write, to a file or to a peer: before it,
// when half of it is written, or after it. KILL_AT is N, KILL_HOW one of these words. With
// KILL_BY=STOP it is stopped instead, and goes on when it is told to.
// Standard output and error count for nothing.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static long count;

// What is wanted of this call: 'b'efore, 'h'alf, 'a'fter; 0: nothing.
static char wanted(void)
{
    const char *at = getenv("KILL_AT");
    const char *how = getenv("KILL_HOW");
    return at != NULL && how != NULL && ++count == strtol(at, NULL, 10) ? how[0] : '\0';
}

static void end(void)
{
    const char *by = getenv("KILL_BY");
    (void)kill(getpid(), by != NULL && strcmp(by, "STOP") == 0 ? SIGSTOP : SIGKILL);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    ssize_t (*real)(int, const void *, size_t) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "write");
    char how = fd > STDERR_FILENO ? wanted() : '\0';
    if (how == 'b') {
        end();
        how = '\0';
    }
    ssize_t written = real(fd, bytes, how == 'h' ? len / 2 : len);
    if (how != '\0') {
        end();
    }
    return written;
}

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
    ssize_t (*real)(int, const void *, size_t, int) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "send");
    char how = wanted();
    if (how == 'b' || how == 'h') { // half a request is none
        end();
        how = '\0';
    }
    ssize_t sent = real(fd, bytes, len, flags);
    if (how == 'a') { // the peer has it, and nobody waits for the answer
        (void)usleep(50000);
    }
    if (how != '\0') {
        end();
    }
    return sent;
}

int renameat(int from, const char *name, int to, const char *new_name)
{
    int (*real)(int, const char *, int, const char *) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "renameat");
    char how = wanted();
    if (how == 'b' || how == 'h') {
        end();
        how = '\0';
    }
    int result = real(from, name, to, new_name);
    if (how != '\0') {
        end();
    }
    return result;
}
