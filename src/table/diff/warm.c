// Warm throughput. Units and a billing mode enter, what they bring leaves (A134, A135).
#include "warm.h"

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

struct throughput warm_brought(const struct capacity *capacity, enum billing_mode mode)
{
    static const struct capacity COLD;
    return warm_reached(capacity, &COLD, mode);
}

struct throughput warm_reached(const struct capacity *declared,
                               const struct capacity *live, enum billing_mode mode)
{
    bool on_demand = mode == BILLING_PAY_PER_REQUEST;
    struct throughput warm = live->warm;
    warm.read_units = larger(warm.read_units, on_demand // A134, A135
                                                  ? WARM_FLOOR_READ
                                                  : declared->provisioned.read_units);
    warm.write_units =
        larger(warm.write_units,
               on_demand ? WARM_FLOOR_WRITE : declared->provisioned.write_units);
    return warm;
}
