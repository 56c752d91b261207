// Pseudo-random numbers for property tests: the same in every run (xorshift64*).
#ifndef DDB_UNIT_DICE_H
#define DDB_UNIT_DICE_H

#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

static inline uint64_t dice_next(struct dice *dice)
{
    dice->state ^= dice->state >> 12;
    dice->state ^= dice->state << 25;
    dice->state ^= dice->state >> 27;
    return dice->state * UINT64_C(2685821657736338717);
}

// 0 to below n.
static inline size_t dice_below(struct dice *dice, size_t n)
{
    return (size_t)((dice_next(dice) >> 33) % n);
}

#endif
