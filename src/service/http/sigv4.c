// AWS Signature Version 4, the small case that DynamoDB, KMS and STS are: POST /
// without a query.
//
// In: the request's host, target, exact body and date, and the credentials. Out: the
// value of the Authorization header. The canonical request is never kept; secrets pass
// through the stack only and are wiped.
#include "sigv4.h"

#include "die.h"
#include "sha256.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

// Host, target and a session token of some kilobytes; nothing here grows with the body.
#define CANONICAL_MAX ((size_t)1 << 20)

static const struct str ALGORITHM = {"AWS4-HMAC-SHA256", 16};
static const struct str TERMINATOR = {"aws4_request", 12};

static void hmac_sha256(unsigned char out[SHA256_BYTES], struct str key,
                        struct str bytes)
{
    unsigned len = 0;
    const unsigned char *at = (const unsigned char *)(bytes.len > 0 ? bytes.at : "");
    if (HMAC(EVP_sha256(), key.at, str_int_len(key), at, bytes.len, out, &len) ==
            NULL ||
        len != SHA256_BYTES) {
        die("libcrypto cannot compute HMAC-SHA-256");
    }
}

static struct str bytes_of(const unsigned char bytes[SHA256_BYTES])
{
    return (struct str){(const char *)bytes, SHA256_BYTES};
}

// D088: AWS4 + secret -> day -> region -> service -> aws4_request.
static void key_derive(struct sigv4_key *key, struct str day,
                       const struct sigv4_request *request, struct str secret)
{
    struct buf seed;
    buf_init(&seed, CANONICAL_MAX);
    buf_put(&seed, STR("AWS4"));
    buf_put(&seed, secret);
    hmac_sha256(key->key, buf_str(&seed), day);
    if (seed.at != NULL) {
        OPENSSL_cleanse(seed.at, seed.cap);
    }
    buf_deinit(&seed);

    unsigned char next[SHA256_BYTES];
    hmac_sha256(next, bytes_of(key->key), request->region);
    hmac_sha256(key->key, bytes_of(next), request->service);
    hmac_sha256(next, bytes_of(key->key), TERMINATOR);
    memcpy(key->key, next, SHA256_BYTES);
    OPENSSL_cleanse(next, sizeof next);
    memcpy(key->day, day.at, sizeof key->day);
    key->region = request->region;
}

void sigv4_key_deinit(struct sigv4_key *key)
{
    OPENSSL_cleanse(key, sizeof *key);
}

static void put_signed_headers(struct buf *out, const struct sigv4_request *request,
                               bool with_token)
{
    buf_put(out, STR("content-type;host;x-amz-date"));
    if (with_token) {
        buf_put(out, STR(";x-amz-security-token"));
    }
    if (request->target.len > 0) {
        buf_put(out, STR(";x-amz-target"));
    }
}

// DAY/REGION/SERVICE/aws4_request
static void put_scope(struct buf *out, struct str day,
                      const struct sigv4_request *request)
{
    buf_put(out, day);
    buf_char(out, '/');
    buf_put(out, request->region);
    buf_char(out, '/');
    buf_put(out, request->service);
    buf_char(out, '/');
    buf_put(out, TERMINATOR);
}

// D081.
static void put_canonical_request(struct buf *out, const struct sigv4_request *request,
                                  struct str date, struct str token)
{
    buf_put(out, STR("POST\n/\n\ncontent-type:"));
    buf_put(out, request->content_type);
    buf_put(out, STR("\nhost:"));
    buf_put(out, request->host);
    buf_put(out, STR("\nx-amz-date:"));
    buf_put(out, date);
    if (token.len > 0) {
        buf_put(out, STR("\nx-amz-security-token:"));
        buf_put(out, token);
    }
    if (request->target.len > 0) {
        buf_put(out, STR("\nx-amz-target:"));
        buf_put(out, request->target);
    }
    buf_put(out, STR("\n\n"));
    put_signed_headers(out, request, token.len > 0);
    buf_char(out, '\n');
    struct sha256 digest = sha256_of(request->body);
    sha256_put_hex(out, &digest);
}

void sigv4_sign_with(struct buf *authorization, char date[16],
                     const struct sigv4_request *request,
                     const struct credentials *credentials, struct sigv4_key *key)
{
    instant_format_basic(request->date, date);
    struct str stamp = {date, 16};
    struct str day = {date, 8};
    if (memcmp(key->day, day.at, day.len) != 0 ||
        !str_eq(key->region, request->region)) {
        key_derive(key, day, request, credentials->secret_access_key);
    }

    struct buf text;
    buf_init(&text, CANONICAL_MAX);
    put_canonical_request(&text, request, stamp, credentials->session_token);
    struct sha256 digest = sha256_of(buf_str(&text));

    buf_reset(&text);
    buf_put(&text, ALGORITHM);
    buf_char(&text, '\n');
    buf_put(&text, stamp);
    buf_char(&text, '\n');
    put_scope(&text, day, request);
    buf_char(&text, '\n');
    sha256_put_hex(&text, &digest);
    struct sha256 signature;
    hmac_sha256(signature.bytes, bytes_of(key->key), buf_str(&text));
    buf_deinit(&text);

    buf_put(authorization, ALGORITHM);
    buf_put(authorization, STR(" Credential="));
    buf_put(authorization, credentials->access_key_id);
    buf_char(authorization, '/');
    put_scope(authorization, day, request);
    buf_put(authorization, STR(", SignedHeaders="));
    put_signed_headers(authorization, request, credentials->session_token.len > 0);
    buf_put(authorization, STR(", Signature="));
    sha256_put_hex(authorization, &signature);
}

void sigv4_sign(struct buf *authorization, char date[16],
                const struct sigv4_request *request,
                const struct credentials *credentials)
{
    struct sigv4_key key = {0};
    sigv4_sign_with(authorization, date, request, credentials, &key);
    sigv4_key_deinit(&key);
}
