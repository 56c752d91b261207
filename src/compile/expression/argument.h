// What a pattern's parameters stand for.
#ifndef DDB_COMPILE_ARGUMENT_H
#define DDB_COMPILE_ARGUMENT_H

#include "str.h"

#include <stddef.h>

// The values of a parameter: one, but of a list. Numbers are canonical, uuids in lower
// case, of binary they are the bytes.
struct argument {
    struct str *texts; // count of them
    size_t count;
};

#endif
