// DynamoDB numbers as text, never through a double (rules B030 to B042, B075 to B078).
#ifndef DDB_BASE_NUMBER_H
#define DDB_BASE_NUMBER_H

#include "str.h"

#include <stddef.h>
#include <stdint.h>

#define NUMBER_MAX_DIGITS 38
// The longest canonical form: "-0." and 130 zeros and 37 more digits, or 126 digits.
#define NUMBER_TEXT_MAX 176

enum number_result {
    NUMBER_OK,
    NUMBER_MALFORMED, // not the grammar of B031
    NUMBER_TOO_LONG,  // more than 38 significant digits (B034)
    NUMBER_TOO_LARGE, // 1e126 and up (B035)
    NUMBER_TOO_SMALL, // non-zero below 1e-130 (B036)
};

// Writes the service's own plain decimal form: no exponent, no superfluous zeros, no
// '+', no negative zero (B037, B038). Equal numbers give equal bytes. *len is the
// length in out.
enum number_result number_canonical(char out[NUMBER_TEXT_MAX], size_t *len,
                                    struct str text);

// Order by value of canonical numbers.
int number_cmp(struct str a, struct str b);

// The bytes that a canonical number takes in an item (B075, B076).
size_t number_size(struct str canonical);

#endif
