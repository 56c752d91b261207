// A keyed hash. In: a seed and bytes. Out: 64 bits that tell nothing of which bytes
// would give the same ones.
//
// SipHash with one round a word and three at the end, which is what is needed of it:
// nobody sees the hashes who could choose what is hashed.
#include "hash.h"

#include "die.h"

#include <endian.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>

struct hash_seed hash_seed_get(void)
{
    struct hash_seed seed;
    const unsigned long given = getauxval(AT_RANDOM); // 16 bytes, without asking again

    if (given != 0) {
        memcpy(&seed, (const void *)given,
               sizeof seed); // NOLINT: an address as a number
    } else if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        die("no random bytes");
    }
    return seed;
}

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void mix(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static void take(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    mix(v);
    v[0] ^= word;
}

uint64_t hash_text(const struct hash_seed *seed, struct str text)
{
    uint64_t v[4] = {
        seed->words[0] ^ UINT64_C(0x736f6d6570736575),
        seed->words[1] ^ UINT64_C(0x646f72616e646f6d),
        seed->words[0] ^ UINT64_C(0x6c7967656e657261),
        seed->words[1] ^ UINT64_C(0x7465646279746573),
    };
    size_t at = 0;
    uint64_t word = 0;
    for (; text.len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text.at + at, sizeof word);
        take(v, le64toh(word));
    }
    word = (uint64_t)text.len << 56;
    for (unsigned i = 0; at < text.len; at++, i += 8) {
        word |= (uint64_t)(unsigned char)text.at[at] << i;
    }
    take(v, word);
    v[2] ^= UINT8_MAX;
    mix(v);
    mix(v);
    mix(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
