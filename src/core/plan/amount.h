// Amounts as people read them.
#ifndef DDB_CORE_AMOUNT_H
#define DDB_CORE_AMOUNT_H

#include "buf.h"

#include <stdint.h>

// Appends 1234567 as 1,234,567.
void amount_put_number(struct buf *out, uint64_t number);
// "1 write", "1,002 writes".
void amount_put_count(struct buf *out, uint64_t count, const char *one);
// "1,234 bytes", "12 KiB".
void amount_put_bytes(struct buf *out, uint64_t bytes);
// The two largest units that say something: "1 h 5 min", "3 min 21 s".
void amount_put_duration(struct buf *out, uint64_t seconds);

#endif
