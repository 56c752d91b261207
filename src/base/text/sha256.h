// SHA-256 (FIPS 180-4).
#ifndef DDB_BASE_SHA256_H
#define DDB_BASE_SHA256_H

#include "buf.h"
#include "str.h"

#define SHA256_BYTES 32

struct sha256 {
    unsigned char bytes[SHA256_BYTES];
};

struct sha256 sha256_of(struct str bytes);
// Appends it in 64 lower-case hex digits.
void sha256_put_hex(struct buf *out, const struct sha256 *hash);

// Of bytes that come one after the other.
struct sha256_hasher;
struct sha256_hasher *sha256_hasher_new(void);
void sha256_hasher_add(struct sha256_hasher *hasher, struct str bytes);
// Of all that was added. Frees.
struct sha256 sha256_hasher_end(struct sha256_hasher *hasher);

#endif
