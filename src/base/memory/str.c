// Slices of bytes: comparing, searching, cutting, and the nearest of some names. Pure;
// nothing is allocated, and what comes out is a part of what came in.
#include "str.h"

#include "ascii.h"
#include "die.h"

#include <limits.h>
#include <string.h>

// Longer names have no near one: bounds str_nearest's work for hostile input.
#define NEAREST_MAX_LEN 96

struct str str_from(const char *text)
{
    return (struct str){text, text == NULL ? 0 : strlen(text)};
}

struct str str_slice(const char *at, const char *end)
{
    return (struct str){at, (size_t)(end - at)};
}

int str_int_len(struct str s)
{
    return s.len > INT_MAX ? INT_MAX : (int)s.len;
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool str_is(struct str a, const char *text)
{
    return str_eq(a, str_from(text));
}

int str_cmp(struct str a, struct str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared == 0 ? 0 : memcmp(a.at, b.at, shared);
    if (order != 0) {
        return order < 0 ? -1 : 1;
    }
    return a.len == b.len ? 0 : (a.len < b.len ? -1 : 1);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq((struct str){s.at, prefix.len}, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(str_skip(s, s.len - suffix.len), suffix);
}

struct str str_skip(struct str s, size_t n)
{
    if (n > s.len) {
        die("str_skip: %zu of %zu bytes", n, s.len);
    }
    return n == 0 ? s : (struct str){s.at + n, s.len - n};
}

size_t str_find(struct str s, struct str needle)
{
    if (needle.len == 0) {
        return 0;
    }
    if (s.len < needle.len) {
        return s.len;
    }
    const char *found = memmem(s.at, s.len, needle.at, needle.len);
    return found == NULL ? s.len : (size_t)(found - s.at);
}

size_t str_find_char(struct str s, char c)
{
    if (s.len == 0) {
        return 0;
    }
    const char *found = memchr(s.at, c, s.len);
    return found == NULL ? s.len : (size_t)(found - s.at);
}

struct str str_trim(struct str s)
{
    while (s.len > 0 && (s.at[0] == ' ' || s.at[0] == '\t')) {
        s = str_skip(s, 1);
    }
    while (s.len > 0 && (s.at[s.len - 1] == ' ' || s.at[s.len - 1] == '\t')) {
        s.len--;
    }
    return s;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

// How many insertions, deletions, replacements and swaps of neighbours lead from a to
// b, or limit + 1 when there are more; neither is longer than NEAREST_MAX_LEN. Three
// rows of the usual matrix are enough: a swap looks back two. Only what is within the
// limit of the diagonal is worked out, and takes one of *work.
static size_t edit_distance(struct str a, struct str b, size_t limit, uint64_t *work)
{
    size_t rows[3][NEAREST_MAX_LEN + 2] = {{0}};
    size_t least_above = 0;
    for (size_t j = 0; j <= b.len + 1; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *above2 = rows[(i + 1) % 3];
        size_t from = i > limit ? i - limit : 1;
        size_t to = least(b.len, i + limit);
        size_t smallest = limit + 1;

        row[from - 1] = from == 1 ? i : limit + 1;
        for (size_t j = from; j <= to; j++) {
            char p = ascii_lower(a.at[i - 1]);
            char q = ascii_lower(b.at[j - 1]);
            size_t cost = above[j - 1] + (p == q ? 0 : 1);
            cost = least(cost, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && p == ascii_lower(b.at[j - 2]) &&
                q == ascii_lower(a.at[i - 2])) {
                cost = least(cost, above2[j - 2] + 1);
            }
            row[j] = cost;
            smallest = least(smallest, cost);
        }
        row[to + 1] = limit + 1;
        uint64_t cells = to + 1 - from;
        *work -= *work < cells ? *work : cells;
        if (smallest > limit && least_above > limit) {
            return limit + 1;
        }
        least_above = smallest;
    }
    return rows[a.len % 3][b.len];
}

size_t str_nearest_within(struct str written, const struct str *names, size_t count,
                          uint64_t *work)
{
    size_t best = count;
    size_t best_distance = NEAREST_MAX_LEN;
    if (written.len > NEAREST_MAX_LEN) {
        return count;
    }
    for (size_t i = 0; i < count; i++) {
        struct str name = names[i];
        if (*work == 0) {
            return count;
        }
        *work -= 1;
        if (name.len > NEAREST_MAX_LEN) {
            continue;
        }
        size_t longer = written.len > name.len ? written.len : name.len;
        size_t shorter = written.len + name.len - longer;
        size_t limit = longer < 3 ? 1 : longer / 3;
        if (longer - shorter > limit) {
            continue; // at least as many insertions
        }
        size_t distance = edit_distance(written, name, limit, work);
        // As many edits as bytes means nothing in common: "x" is not near "S".
        if (distance <= limit && distance < longer && distance < best_distance) {
            best = i;
            best_distance = distance;
        }
    }
    return best;
}

size_t str_nearest(struct str written, const struct str *names, size_t count)
{
    uint64_t work = UINT64_MAX;
    return str_nearest_within(written, names, count, &work);
}
