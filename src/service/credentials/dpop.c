// DPoP: a token that is signed with the key of a log-in. In: the key, where it goes. Out:
// header.payload.signature, each in base64url.
#include "dpop.h"

#include "buf.h"
#include "json_write.h"

#include <inttypes.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#define COORDINATE 32 // bytes, of P-256
#define TEXT_MAX ((size_t)16 << 10)

// Base64 with the alphabet for urls, and without its padding.
static void put_base64url(struct buf *out, struct str bytes)
{
    size_t before = out->len;
    json_put_base64(out, bytes);
    for (size_t i = before; i < out->len; i++) {
        char c = out->at[i];
        out->at[i] = (char)(c == '+' ? '-' : c == '/' ? '_' : c);
    }
    while (out->len > before && out->at[out->len - 1] == '=') {
        out->len--;
    }
}

static EVP_PKEY *read_key(struct str pem)
{
    BIO *bio = BIO_new_mem_buf(pem.at, str_int_len(pem));
    EVP_PKEY *key =
        bio == NULL ? NULL
                    : PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)(uintptr_t) "");
    (void)BIO_free(bio);
    return key;
}

static bool put_coordinate(struct buf *out, const EVP_PKEY *key, const char *name)
{
    unsigned char bytes[COORDINATE];
    BIGNUM *number = NULL;
    bool good = EVP_PKEY_get_bn_param(key, name, &number) == 1 &&
                BN_bn2binpad(number, bytes, COORDINATE) == COORDINATE;
    BN_free(number);
    if (good) {
        put_base64url(out, (struct str){(const char *)bytes, sizeof bytes});
    }
    return good;
}

static bool put_header(struct buf *out, const EVP_PKEY *key)
{
    struct buf json;
    buf_init(&json, TEXT_MAX);
    buf_puts(
        &json,
        "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\",\"x\":\"");
    bool good = put_coordinate(&json, key, OSSL_PKEY_PARAM_EC_PUB_X);
    buf_puts(&json, "\",\"y\":\"");
    good = good && put_coordinate(&json, key, OSSL_PKEY_PARAM_EC_PUB_Y);
    buf_puts(&json, "\",\"crv\":\"P-256\"}}");
    put_base64url(out, buf_str(&json));
    buf_deinit(&json);
    return good;
}

static void put_payload(struct buf *out, struct str url, instant_us now, struct str id)
{
    struct buf json;
    buf_init(&json, TEXT_MAX);
    buf_puts(&json, "{\"htm\":\"POST\",\"htu\":");
    json_put_string(&json, url);
    buf_printf(&json, ",\"iat\":%" PRId64 ",\"jti\":", now / 1000000);
    json_put_string(&json, id);
    buf_char(&json, '}');
    put_base64url(out, buf_str(&json));
    buf_deinit(&json);
}

// libcrypto signs in DER; here both numbers stand side by side.
static bool put_signature(struct buf *out, EVP_PKEY *key, struct str text)
{
    unsigned char der[256];
    unsigned char bytes[2 * COORDINATE];
    size_t len = sizeof der;
    const unsigned char *at = der;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL &&
                EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(context, der, &len, (const unsigned char *)text.at,
                               text.len) == 1;
    EVP_MD_CTX_free(context);
    ECDSA_SIG *signature = good ? d2i_ECDSA_SIG(NULL, &at, (long)len) : NULL;
    good = signature != NULL &&
           BN_bn2binpad(ECDSA_SIG_get0_r(signature), bytes, COORDINATE) == COORDINATE &&
           BN_bn2binpad(ECDSA_SIG_get0_s(signature), bytes + COORDINATE, COORDINATE) ==
               COORDINATE;
    ECDSA_SIG_free(signature);
    if (good) {
        buf_char(out, '.');
        put_base64url(out, (struct str){(const char *)bytes, sizeof bytes});
    }
    return good;
}

bool dpop_write(struct str *out, struct str pem, struct str url, instant_us now,
                struct str id, struct arena *arena)
{
    struct buf text;
    EVP_PKEY *key = read_key(pem);
    bool good = key != NULL && EVP_PKEY_is_a(key, "EC") == 1;
    buf_init(&text, TEXT_MAX);
    good = good && put_header(&text, key);
    buf_char(&text, '.');
    put_payload(&text, url, now, id);
    good = good && put_signature(&text, key, buf_str(&text));
    *out = arena_str(arena, buf_str(&text));
    buf_deinit(&text);
    EVP_PKEY_free(key);
    return good;
}
