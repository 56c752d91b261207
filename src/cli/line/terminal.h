// The terminal and the signals: what main sets up before anything else happens.
#ifndef DDB_CLI_TERMINAL_H
#define DDB_CLI_TERMINAL_H

#include "stop.h"

#include <stdbool.h>
#include <stddef.h>

// Opens /dev/null for each of the descriptors 0 to 2 that is closed, so that no file of
// ours ever gets one of these numbers and our messages with it. Reading from a closed
// standard input and writing to a closed standard output fail as before.
void terminal_open_standard(void);

// The first SIGINT, SIGTERM, SIGHUP or SIGQUIT sets what is returned; the next one of
// them kills. SIGPIPE and SIGXFSZ are ignored: writing says so.
struct stop *terminal_watch_interrupts(void);

// stderr is a terminal that understands cursor movements and colours.
bool terminal_is_capable(void);

// stdout is such a terminal.
bool terminal_shows_output(void);

// How many columns stdout has: what COLUMNS says, else the terminal, else 0.
unsigned terminal_columns(void);

// There is a /dev/tty to ask on.
bool terminal_can_ask(void);

// A ddb_ask over /dev/tty, whatever the standard streams are. context is what
// terminal_watch_interrupts returned.
bool terminal_ask(void *context, const char *prompt, char *answer, size_t size);

#endif
