// Circles by Brent's idea, with all his resting points kept: they are few.
#include "pages.h"

#include <string.h>

static bool is_same(const struct sha256 *a, const struct sha256 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

const char *pages_check(struct pages *pages, struct str next, bool gave)
{
    struct sha256 place = sha256_of(next);
    bool seen = pages->count > 0 && is_same(&place, &pages->last);
    for (unsigned i = 0; i < pages->kept_count && !seen; i++) {
        seen = is_same(&place, &pages->kept[i]);
    }
    if (seen) {
        return "its pages lead in a circle";
    }
    pages->empty = gave ? 0 : pages->empty + 1;
    if (pages->empty >= PAGES_EMPTY_MAX) {
        return "1,000 pages in a row held nothing";
    }
    pages->count++;
    pages->last = place;
    bool power_of_two = (pages->count & (pages->count - 1)) == 0;
    if (power_of_two && pages->kept_count < PAGES_KEPT) {
        pages->kept[pages->kept_count++] = place;
    }
    return NULL;
}
