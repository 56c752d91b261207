// Warm throughput. Units and a billing mode enter, what they bring leaves (A134, A135).
#include "warm.h"

struct throughput warm_larger(struct throughput a, struct throughput b)
{
    return (struct throughput){
        .read_units = a.read_units > b.read_units ? a.read_units : b.read_units,
        .write_units = a.write_units > b.write_units ? a.write_units : b.write_units,
        .set = a.set || b.set,
    };
}

struct throughput warm_brought(const struct capacity *capacity, enum billing_mode mode)
{
    static const struct capacity COLD;
    return warm_reached(capacity, &COLD, mode);
}

struct throughput warm_reached(const struct capacity *declared,
                               const struct capacity *live, enum billing_mode mode)
{
    struct throughput brought = {.read_units = WARM_FLOOR_READ, // A134, A135
                                 .write_units = WARM_FLOOR_WRITE};
    if (mode != BILLING_PAY_PER_REQUEST) {
        brought.read_units = declared->provisioned.read_units;
        brought.write_units = declared->provisioned.write_units;
    }
    return warm_larger(live->warm, brought);
}
