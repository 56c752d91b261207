// For LD_PRELOAD: one allocation after main has begun fails. FAIL_AT says which (from 1
// on; 0: none), FAIL_COUNT names a file that gets the number of all of them at the end.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *at, size_t size);

typedef int (*main_function)(int, char **, char **);

static main_function real_main;
static int begun;
static long count;
static long fail_at;

static int fails(void)
{
    if (__atomic_load_n(&begun, __ATOMIC_RELAXED) &&
        __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED) == fail_at) {
        errno = ENOMEM;
        return 1;
    }
    return 0;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    return fails() ? NULL : __libc_calloc(number, size);
}

void *realloc(void *at, size_t size)
{
    return fails() ? NULL : __libc_realloc(at, size);
}

static void tell(void)
{
    const char *path = getenv("FAIL_COUNT");
    int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (fd >= 0) {
        (void)dprintf(fd, "%ld\n", count);
        (void)close(fd);
    }
}

static int counted_main(int argc, char **argv, char **environment)
{
    const char *at = getenv("FAIL_AT");
    fail_at = at != NULL ? atol(at) : 0;
    begun = 1;
    int code = real_main(argc, argv, environment);
    begun = 0;
    tell();
    return code;
}

int __libc_start_main(main_function main, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void), void *stack_end)
{
    int (*start)(main_function, int, char **, void (*)(void), void (*)(void),
                 void (*)(void), void *);
    *(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
    real_main = main;
    return start(counted_main, argc, argv, init, fini, loader_fini, stack_end);
}
