// What every unit test includes: cmocka with the headers that it wants before it, and
// checks for our own types.
#ifndef DDB_UNIT_H
#define DDB_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "str.h"

#include <stdbool.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

// actual (a struct str) equals expected (a struct str), byte for byte.
#define assert_str(actual, expected)                                                   \
    unit_assert_str((actual), (expected), __FILE__, __LINE__)
// The same with a C string.
#define assert_text(actual, expected)                                                  \
    unit_assert_str((actual), str_from(expected), __FILE__, __LINE__)

static inline void unit_assert_str(struct str actual, struct str expected,
                                   const char *file, int line)
{
    if (!str_eq(actual, expected)) {
        print_error("got      <%.*s>\nexpected <%.*s>\n", STR_ARG(actual),
                    STR_ARG(expected));
        _fail(file, line);
    }
}

#endif
