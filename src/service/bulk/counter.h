// How many items a table has, counted by the server: a Scan that gives none of them.
#ifndef DDB_SERVICE_COUNTER_H
#define DDB_SERVICE_COUNTER_H

#include "client.h"
#include "str.h"

#include <stdbool.h>
#include <stdint.h>

// *items is how many the first `pages` pages have, of 1 MiB each; *all whether
// there are no more. False: the server did not say, which is nobody's mistake.
__attribute__((warn_unused_result)) bool counter_run(uint64_t *items, bool *all,
                                                     struct client *client,
                                                     struct str table, unsigned pages);

#endif
