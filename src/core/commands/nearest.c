// "Did you mean" for the command line, which sees nothing of the layers below: the same
// measure as for the words of the user's files.
#include "ddbgen.h"

#include "str.h"

#define NEAREST_MAX_NAMES 64

size_t ddb_nearest(const char *written, const char *const *names, size_t count)
{
    struct str slices[NEAREST_MAX_NAMES];
    const size_t looked_at = count < NEAREST_MAX_NAMES ? count : NEAREST_MAX_NAMES;

    for (size_t i = 0; i < looked_at; i++) {
        slices[i] = str_from(names[i]);
    }
    const size_t nearest = str_nearest(str_from(written), slices, looked_at);
    return nearest < looked_at ? nearest : count;
}
