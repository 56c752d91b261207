// SHA-256: the examples of FIPS 180-4, whole and in pieces.
#include "unit.h"

#include "sha256.h"

static const struct {
    const char *text;
    const char *hash;
} ROWS[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void expect_hash(const struct sha256 *hash, const char *expected)
{
    struct buf hex;
    buf_init(&hex, SIZE_MAX);
    sha256_put_hex(&hex, hash);
    assert_text(buf_str(&hex), expected);
    buf_deinit(&hex);
}

static void test_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct sha256 hash = sha256_of(str_from(ROWS[i].text));
        expect_hash(&hash, ROWS[i].hash);
    }
}

static void test_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct str text = str_from(ROWS[i].text);
        for (size_t at = 0; at <= text.len; at++) {
            struct sha256_hasher *hasher = sha256_hasher_new();
            sha256_hasher_add(hasher, (struct str){text.at, at});
            sha256_hasher_add(hasher, str_skip(text, at));
            struct sha256 hash = sha256_hasher_end(hasher);
            expect_hash(&hash, ROWS[i].hash);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
