// Amounts for people. A number enters, text leaves: "1,002", "284 KiB", "3 min 21 s".
#include "amount.h"

#include <inttypes.h>
#include <stddef.h>

void amount_put_number(struct buf *out, uint64_t number)
{
    if (number < 1000) {
        buf_uint(out, number);
        return;
    }
    amount_put_number(out, number / 1000);
    buf_printf(out, ",%03" PRIu64, number % 1000);
}

void amount_put_count(struct buf *out, uint64_t count, const char *one)
{
    amount_put_number(out, count);
    buf_printf(out, " %s%s", one, count == 1 ? "" : "s");
}

void amount_put_bytes(struct buf *out, uint64_t bytes)
{
    static const char *const UNITS[] = {"KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    if (bytes < 10240) {
        amount_put_count(out, bytes, "byte");
        return;
    }
    for (bytes /= 1024; bytes >= 10240 && unit + 1 < sizeof UNITS / sizeof UNITS[0];
         unit++) {
        bytes /= 1024;
    }
    amount_put_number(out, bytes);
    buf_printf(out, " %s", UNITS[unit]);
}

// The two largest units that say something: "1 h 5 min", "3 min 21 s".
void amount_put_duration(struct buf *out, uint64_t seconds)
{
    static const struct {
        const char *name;
        uint64_t seconds;
    } UNITS[] = {{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}};
    size_t i = 0;
    while (UNITS[i].seconds > seconds && UNITS[i].seconds > 1) {
        i++;
    }
    amount_put_number(out, seconds / UNITS[i].seconds);
    buf_printf(out, " %s", UNITS[i].name);
    uint64_t rest = seconds % UNITS[i].seconds;
    if (rest > 0 && rest / UNITS[i + 1].seconds > 0) { // seconds leave no rest
        buf_printf(out, " %" PRIu64 " %s", rest / UNITS[i + 1].seconds,
                   UNITS[i + 1].name);
    }
}
