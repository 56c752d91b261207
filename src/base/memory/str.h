// A borrowed slice of bytes. It owns nothing, need not end in NUL, and may hold NUL.
#ifndef DDB_BASE_STR_H
#define DDB_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *at; // NULL only when len is 0
    size_t len;     // bytes
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
// For printf's "%.*s". Clips at INT_MAX bytes.
#define STR_ARG(s) str_int_len(s), ((s).len ? (s).at : "")

struct str str_from(const char *text); // text may be NULL: the empty slice
struct str str_slice(const char *at, const char *end);
int str_int_len(struct str s);

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *text);
// Order by unsigned bytes, the shorter first: DynamoDB's order of strings (rule B018).
int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
// s without its first n bytes; n may not exceed s.len.
struct str str_skip(struct str s, size_t n);
// The position of the first needle in s, or s.len.
size_t str_find(struct str s, struct str needle);
size_t str_find_char(struct str s, char c);
// s without spaces and tabs at both ends.
struct str str_trim(struct str s);

// Of count names, the one nearest to what was written, for "did you mean": the smallest
// Damerau-Levenshtein distance, ASCII case ignored, if it is at most a third of the
// longer one's length (at least 1) and less than that length. Returns its index, or
// count when none is near.
size_t str_nearest(struct str written, const struct str *names, size_t count);
// The same as long as there is *work for it, which it takes from: a step for each name,
// and for each pair of bytes that is compared. Without it, count: none is near.
size_t str_nearest_within(struct str written, const struct str *names, size_t count,
                          uint64_t *work);

#endif
