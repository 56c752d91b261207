// A small table of what has to go. In: paths and children as they come and go. Out:
// nothing of them is left when the program gives up.
//
// Global, because who gives up knows nothing but a message.
#include "leftover.h"

#include "die.h"
#include "folder.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LEFTOVERS_MAX 16

static struct {
    const char *path; // NULL: a child, or nothing
    pid_t child;
    pid_t owner;
} table[LEFTOVERS_MAX];

static void put(const char *path, pid_t child)
{
    die_first(leftover_remove_all);
    for (size_t i = 0; i < LEFTOVERS_MAX; i++) {
        if (table[i].owner != getpid()) { // nobody's, or inherited by a fork
            table[i].path = path;
            table[i].child = child;
            table[i].owner = getpid();
            return;
        }
    }
}

void leftover_add(const char *path)
{
    put(path, 0);
}

void leftover_drop(const char *path)
{
    for (size_t i = 0; i < LEFTOVERS_MAX && path != NULL; i++) {
        if (table[i].path != NULL && strcmp(table[i].path, path) == 0) {
            table[i].path = NULL;
            table[i].owner = 0;
        }
    }
}

void leftover_add_child(pid_t child)
{
    put(NULL, child);
}

void leftover_drop_child(pid_t child)
{
    for (size_t i = 0; i < LEFTOVERS_MAX; i++) {
        if (table[i].path == NULL && table[i].child == child) {
            table[i].child = 0;
            table[i].owner = 0;
        }
    }
}

void leftover_remove_all(void)
{
    for (size_t i = 0; i < LEFTOVERS_MAX; i++) {
        if (table[i].owner == getpid() && table[i].child > 0) {
            (void)kill(table[i].child, SIGKILL);
            (void)waitpid(table[i].child, NULL, 0); // it cannot refuse
        }
    }
    for (size_t i = 0; i < LEFTOVERS_MAX; i++) {
        if (table[i].owner == getpid() && table[i].path != NULL &&
            unlink(table[i].path) != 0 && !folder_remove(AT_FDCWD, table[i].path)) {
            continue; // nothing more can be done
        }
    }
}
