// Who holds a ledger in a table, and until when: members of its head, written under the
// condition that they are what was read.
#ifndef DDB_SERVICE_LEDGER_LEASE_H
#define DDB_SERVICE_LEDGER_LEASE_H

#include "arena.h"
#include "buf.h"
#include "ledger_items.h"
#include "str.h"

#include <stdbool.h>
#include <stdint.h>

// A lease, and how far two machines' clocks may be apart before one takes another's: so
// long after its last sign of life a run may be taken for dead.
#define LEDGER_LEASE_S 120
#define LEDGER_SKEW_S 300

struct ledger_lease {
    struct str token;  // that only we know; empty: it is not ours
    uint64_t shown_ms; // when we last showed that we are alive, by the monotonic clock
    int64_t shown_s;   // and by that of the day
};

// Takes the ledger that was read as *head: OK, and *head is read once more, for since
// then somebody may have made another base. DECLINED: another run holds it, *holder says
// who and since when.
enum ledger_answer ledger_lease_take(struct ledger_lease *lease,
                                     struct ledger_head_item *head, struct str *holder,
                                     struct ledger_items *items);
// Now and then: sends something only where the last time is a while ago. DECLINED: it is
// another run's by now.
enum ledger_answer ledger_lease_renew(struct ledger_lease *lease,
                                      struct ledger_items *items);
// An UpdateItem of the head under the condition that it is ours. `values` as
// ledger_items_update takes them, without :token.
enum ledger_answer ledger_lease_update(const struct ledger_lease *lease,
                                       struct ledger_items *items, const char *update,
                                       struct str values);
// Who has it now that it is not ours any more, in words.
struct str ledger_lease_who(struct ledger_items *items);
// Whoever waits may have it; also when the run was interrupted.
void ledger_lease_end(struct ledger_lease *lease, struct ledger_items *items);
// Takes it away, whoever has it. *holder is who had it, empty: nobody. False: diagnosed.
__attribute__((warn_unused_result)) bool ledger_lease_break(struct str *holder,
                                                            struct ledger_items *items);

// Members of ExpressionAttributeValues.
void ledger_put_text(struct buf *values, const char *name, struct str text);
void ledger_put_count(struct buf *values, const char *name, int64_t number);

#endif
