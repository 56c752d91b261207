// SHA-256 by libcrypto. Bytes enter, 32 bytes leave.
#include "sha256.h"

#include "die.h"

#include <openssl/evp.h>
#include <stdlib.h>

struct sha256_hasher {
    EVP_MD_CTX *context;
};

static void check(int result)
{
    if (result != 1) {
        die("libcrypto cannot compute SHA-256");
    }
}

struct sha256 sha256_of(struct str bytes)
{
    struct sha256 hash;
    const char *at = bytes.len > 0 ? bytes.at : "";
    check(EVP_Digest(at, bytes.len, hash.bytes, NULL, EVP_sha256(), NULL));
    return hash;
}

void sha256_put_hex(struct buf *out, const struct sha256 *hash)
{
    static const char DIGITS[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        buf_char(out, DIGITS[hash->bytes[i] >> 4]);
        buf_char(out, DIGITS[hash->bytes[i] & 15]);
    }
}

struct sha256_hasher *sha256_hasher_new(void)
{
    struct sha256_hasher *hasher = calloc(1, sizeof *hasher);
    if (hasher == NULL) {
        die("out of memory");
    }
    hasher->context = EVP_MD_CTX_new();
    check(hasher->context != NULL &&
          EVP_DigestInit_ex(hasher->context, EVP_sha256(), NULL) == 1);
    return hasher;
}

void sha256_hasher_add(struct sha256_hasher *hasher, struct str bytes)
{
    if (bytes.len > 0) {
        check(EVP_DigestUpdate(hasher->context, bytes.at, bytes.len));
    }
}

struct sha256 sha256_hasher_end(struct sha256_hasher *hasher)
{
    struct sha256 hash;
    check(EVP_DigestFinal_ex(hasher->context, hash.bytes, NULL));
    EVP_MD_CTX_free(hasher->context);
    free(hasher);
    return hash;
}
