// Giving up. In: a message about ourselves, never the user's text. Out: nothing comes
// back.
//
// _exit, not exit: buffered output that a broken program has half written stays
// unwritten.
#include "die.h"

#include "leftover.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

_Noreturn void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)fputs("ddbgen: internal error: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    leftover_remove_all();
    _exit(DIE_EXIT_CODE);
}
