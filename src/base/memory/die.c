// Giving up. In: a message about ourselves, never the user's text. Out: nothing comes
// back.
//
// _exit, not exit: buffered output that a broken program has half written stays
// unwritten.
#include "die.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

// Global, because who gives up knows nothing but a message.
static void (*first)(void);

void die_first(void (*clean_up)(void))
{
    first = clean_up;
}

_Noreturn void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("ddbgen: internal error: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    if (first != NULL) {
        first();
    }
    _exit(DIE_EXIT_CODE);
}
