// The one place where the program gives up: a bug or no memory left. User mistakes and
// failures of the outside world are never reported through here.
#ifndef DDB_BASE_DIE_H
#define DDB_BASE_DIE_H

// The exit code of die(): EX_SOFTWARE of sysexits.h, outside ddbgen's documented codes.
#define DIE_EXIT_CODE 70

// Prints "ddbgen: internal error: ..." to stderr, does what die_first was given and
// exits with DIE_EXIT_CODE.
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

// What is done before that. It asks for no memory. There is one for the process.
void die_first(void (*clean_up)(void));

#endif
