// How many items a live table has, and how that is known.
#ifndef DDB_CORE_LIVE_COUNT_H
#define DDB_CORE_LIVE_COUNT_H

#include "client.h"
#include "table_admin.h"

#include <stdint.h>

enum live_count_how {
    LIVE_COUNT_UNKNOWN,   // there is no such table, or nothing tells
    LIVE_COUNT_DESCRIBED, // as DescribeTable says: on AWS it counts every six hours
    LIVE_COUNT_SCANNED,   // all of them were counted, just now
    LIVE_COUNT_AT_LEAST,  // so many were counted, and there are more
};

struct live_count {
    enum live_count_how how;
    uint64_t items;
};

// Of a table that is there. On a server of this machine the items are counted by a scan,
// as far as that takes no time: what emulators say in DescribeTable may be exact (moto,
// DynamoDB Local) or nothing at all (dynalite: always 0), and no answer tells which
// server it is of. Everywhere else a scan costs what reading costs, so it is what
// DescribeTable said.
struct live_count live_count_take(const struct live_table *live, struct str table,
                                  struct client *client);

#endif
