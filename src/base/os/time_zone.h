// Times of day in a zone of the tz database, by the C library.
#ifndef DDB_BASE_TIME_ZONE_H
#define DDB_BASE_TIME_ZONE_H

#include "instant.h"

#include <stdbool.h>

#define TIME_ZONE_PATH_MAX 512

struct time_zone {
    char *before; // what TZ was; owned, or NULL
};

struct local_time {
    int year, month, day; // from 1
    int weekday;          // from 0, a Sunday
    int hour, minute, second;
    int offset; // seconds east of UTC
};

// Whether `name` is a zone: UTC, or one that the machine's tz database has a file of
// ("Europe/Berlin"). A path that leads out of it is none.
bool time_zone_exists(const char *name);
// Makes it the zone of the process, until time_zone_end. Nothing else may be running.
// False: there is none of that name.
__attribute__((warn_unused_result)) bool time_zone_begin(struct time_zone *zone,
                                                         const char *name);
void time_zone_end(struct time_zone *zone);
// In between: the time there.
void time_zone_read(struct local_time *out, instant_us t);

#endif
