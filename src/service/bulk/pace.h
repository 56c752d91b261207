// How fast capacity is used: reads that are paced wait until what they took before is paid
// for.
//
// Time is passed in. A call is charged when it is sent, with what one took before, and
// what it really took is settled with its answer: so calls that are in flight at once
// keep the pace, too.
#ifndef DDB_SERVICE_PACE_H
#define DDB_SERVICE_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
    double units_per_second; // 0: as fast as it goes
    double expected;         // units that a call takes, as far as is known
    double consumed;         // units that answers told of
    uint64_t requests;       // answered
    bool untold;             // an answer told of none
    double free_ms;          // when the next call may be sent
};

// units_per_second 0: as fast as it goes; expected: what the first calls take.
struct pace pace_begin(double units_per_second, double expected);
// When the next call may be sent: now, or later.
uint64_t pace_next_ms(const struct pace *pace, uint64_t now_ms);
// A call is sent; returns what it is charged with.
double pace_sent(struct pace *pace, uint64_t now_ms);
// It was answered; units below 0: the answer does not tell.
void pace_answered(struct pace *pace, double charged, double units);

#endif
