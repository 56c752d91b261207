// Points in time as microseconds since 1970-01-01T00:00:00Z, proleptic Gregorian, no
// leap seconds, years 0001 to 9999. Never through the C library's time zones or
// locales.
#ifndef DDB_BASE_INSTANT_H
#define DDB_BASE_INSTANT_H

#include "buf.h"
#include "str.h"

#include <stdbool.h>
#include <stdint.h>

#define INSTANT_TEXT_LEN 32
#define INSTANT_MIN INT64_C(-62135596800000000) // 0001-01-01T00:00:00.000000
#define INSTANT_MAX INT64_C(253402300799999999) // 9999-12-31T23:59:59.999999

typedef int64_t instant_us; // microseconds; a duration has the same unit

// RFC 3339 with an offset: "2023-03-19T12:00:00Z", fraction of up to 6 digits, offset Z
// or +hh:mm. On refusal *why is a static text that says what is wrong.
__attribute__((warn_unused_result)) bool instant_parse(instant_us *out, struct str text,
                                                       const char **why);
// Fixed width, UTC, sorts: "2023-03-19T12:01:00.000000+00:00", INSTANT_TEXT_LEN bytes.
void instant_format(instant_us t, char out[INSTANT_TEXT_LEN]);
// "YYYYMMDDTHHMMSSZ" of SigV4: 16 bytes.
void instant_format_basic(instant_us t, char out[16]);
// strftime's %Y %m %d %H %M %S %j %F %T %% in UTC, four-digit years. False for any
// other conversion; out then holds what came before it. out NULL only checks.
__attribute__((warn_unused_result)) bool instant_strftime(struct buf *out, instant_us t,
                                                          struct str format);
// a + b, or false when the sum leaves the range above.
__attribute__((warn_unused_result)) bool instant_add(instant_us *out, instant_us a,
                                                     instant_us b);

// One or more of <integer><us|ms|s|m|h|d>, largest unit first: "1m", "1h30m", "500ms".
__attribute__((warn_unused_result)) bool
duration_parse(instant_us *out, struct str text, const char **why);
// The shortest text that duration_parse reads back: "1m", "1h30m".
void duration_put(struct buf *out, instant_us duration);

// The wall clock, and the monotonic clock in milliseconds. The only readers of both.
instant_us instant_now(void);
uint64_t clock_monotonic_ms(void);

#endif
