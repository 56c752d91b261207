// "Did you mean" for the words of a command line.
#ifndef DDB_CLI_NEAREST_H
#define DDB_CLI_NEAREST_H

#include <stddef.h>

// The index of the name that was probably meant (of the first 64), or count: none is near.
size_t nearest(const char *written, const char *const *names, size_t count);

#endif
