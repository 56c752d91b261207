// UUIDs: text to bytes and back, name-based ones (SHA-1) and random ones. The only
// place that makes SHA-1 hashes and asks the system for random bytes for ids.
//
// For a short name the cost of a hash is libcrypto's set-up, not SHA-1: the hasher
// fetches the digest once and copies a context that has the namespace in it (80 ns a
// name; to rewind one context takes 100 ns, a one-shot call several times as much).
#include "uuid.h"

#include "ascii.h"
#include "die.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SHA1_LEN 20

const struct uuid UUID_CONVERSATION_NAMESPACE = {
    .bytes = {0x99, 0xce, 0x30, 0xe7, 0x3e, 0x66, 0x58, 0xe2, 0x90, 0x2b, 0x1f, 0x13,
              0xa0, 0xb0, 0x19, 0x03},
};

struct uuid_hasher {
    EVP_MD *digest;
    EVP_MD_CTX *namespace_hashed;
    EVP_MD_CTX *scratch; // a copy of it that takes a name
};

// Whether a hyphen stands before this byte of a UUID.
static bool hyphen_before(size_t byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

bool uuid_parse(struct uuid *out, struct str text)
{
    struct uuid uuid = {{0}};
    const char *at = text.at;

    if (text.len != UUID_TEXT_LEN) {
        return false;
    }
    for (size_t i = 0; i < sizeof uuid.bytes; i++) {
        if (hyphen_before(i) && *at++ != '-') {
            return false;
        }
        int high = ascii_hex(at[0]);
        int low = ascii_hex(at[1]);
        if (high < 0 || low < 0) {
            return false;
        }
        uuid.bytes[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    *out = uuid;
    return true;
}

void uuid_format(const struct uuid *uuid, char out[UUID_TEXT_LEN])
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < sizeof uuid->bytes; i++) {
        if (hyphen_before(i)) {
            *out++ = '-';
        }
        *out++ = hex[uuid->bytes[i] >> 4];
        *out++ = hex[uuid->bytes[i] & 15];
    }
}

bool uuid_eq(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static void set_version(struct uuid *uuid, unsigned version)
{
    uuid->bytes[6] = (uint8_t)((uuid->bytes[6] & 0x0F) | version << 4);
    uuid->bytes[8] = (uint8_t)((uuid->bytes[8] & 0x3F) | 0x80);
}

struct uuid_hasher *uuid_hasher_new(const struct uuid *namespace_uuid)
{
    struct uuid_hasher *hasher = calloc(1, sizeof *hasher);

    if (hasher == NULL) {
        die("out of memory");
    }
    hasher->digest = EVP_MD_fetch(NULL, "SHA1", NULL);
    hasher->namespace_hashed = EVP_MD_CTX_new();
    hasher->scratch = EVP_MD_CTX_new();
    if (hasher->digest == NULL || hasher->namespace_hashed == NULL ||
        hasher->scratch == NULL ||
        EVP_DigestInit_ex(hasher->namespace_hashed, hasher->digest, NULL) != 1 ||
        EVP_DigestUpdate(hasher->namespace_hashed, namespace_uuid->bytes,
                         sizeof namespace_uuid->bytes) != 1) {
        die("libcrypto has no SHA-1");
    }
    return hasher;
}

void uuid_hasher_free(struct uuid_hasher *hasher)
{
    if (hasher == NULL) {
        return;
    }
    EVP_MD_CTX_free(hasher->scratch);
    EVP_MD_CTX_free(hasher->namespace_hashed);
    EVP_MD_free(hasher->digest);
    free(hasher);
}

struct uuid uuid_hasher_v5(struct uuid_hasher *hasher, struct str name)
{
    unsigned char hash[SHA1_LEN];
    struct uuid uuid;

    if (EVP_MD_CTX_copy_ex(hasher->scratch, hasher->namespace_hashed) != 1 ||
        EVP_DigestUpdate(hasher->scratch, name.at, name.len) != 1 ||
        EVP_DigestFinal_ex(hasher->scratch, hash, NULL) != 1) {
        die("libcrypto: SHA-1 failed");
    }
    memcpy(uuid.bytes, hash, sizeof uuid.bytes);
    set_version(&uuid, 5);
    return uuid;
}

struct uuid uuid_v5(const struct uuid *namespace_uuid, struct str name)
{
    struct uuid_hasher *hasher = uuid_hasher_new(namespace_uuid);
    struct uuid uuid = uuid_hasher_v5(hasher, name);

    uuid_hasher_free(hasher);
    return uuid;
}

struct uuid uuid_v4(void)
{
    struct uuid uuid = {{0}};
    size_t have = 0;

    while (have < sizeof uuid.bytes) {
        ssize_t got = getrandom(uuid.bytes + have, sizeof uuid.bytes - have, 0);
        if (got < 0 && errno != EINTR) {
            die("getrandom: %s", strerror(errno));
        }
        have += got > 0 ? (size_t)got : 0;
    }
    set_version(&uuid, 4);
    return uuid;
}
