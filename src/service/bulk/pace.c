// Units that calls took enter; when the next one may be sent leaves.
#include "pace.h"

#define MS 1000.0

struct pace pace_begin(double units_per_second, double expected)
{
    return (struct pace){.units_per_second = units_per_second, .expected = expected};
}

uint64_t pace_next_ms(const struct pace *pace, uint64_t now_ms)
{
    return pace->units_per_second > 0 && pace->free_ms > (double)now_ms
               ? (uint64_t)pace->free_ms + 1
               : now_ms;
}

double pace_sent(struct pace *pace, uint64_t now_ms)
{
    if (pace->units_per_second > 0) {
        double from = pace->free_ms > (double)now_ms ? pace->free_ms : (double)now_ms;
        pace->free_ms = from + pace->expected * MS / pace->units_per_second;
    }
    return pace->expected;
}

void pace_answered(struct pace *pace, double charged, double units)
{
    pace->requests++;
    if (units < 0) {
        pace->untold = true;
        return;
    }
    pace->consumed += units;
    if (pace->units_per_second > 0) {
        pace->free_ms += (units - charged) * MS / pace->units_per_second;
    }
    pace->expected = units;
}
