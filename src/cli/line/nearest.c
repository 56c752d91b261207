// "Did you mean": the same measure as for the words of the user's files.
#include "nearest.h"

#include "str.h"

#define MAX_NAMES 64

size_t nearest(const char *written, const char *const *names, size_t count)
{
    struct str slices[MAX_NAMES];
    size_t looked_at = count < MAX_NAMES ? count : MAX_NAMES;
    for (size_t i = 0; i < looked_at; i++) {
        slices[i] = str_from(names[i]);
    }
    size_t found = str_nearest(str_from(written), slices, looked_at);
    return found < looked_at ? found : count;
}
