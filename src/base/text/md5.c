// MD5 by libcrypto. Bytes enter, 16 bytes leave.
#include "md5.h"

#include "sha256.h"

#include <openssl/evp.h>
#include <string.h>

struct md5 md5_of(struct str bytes)
{
    struct md5 hash;
    const char *at = bytes.len > 0 ? bytes.at : "";
    if (EVP_Digest(at, bytes.len, hash.bytes, NULL, EVP_md5(), NULL) != 1) {
        struct sha256 other = sha256_of(bytes);
        memcpy(hash.bytes, other.bytes, sizeof hash.bytes);
    }
    return hash;
}
