// The target of a run: which it is, and whether writing to it was meant.
#ifndef DDB_CORE_CONNECT_H
#define DDB_CORE_CONNECT_H

#include "run.h"
#include "table_admin.h"

#include <stdbool.h>

// Resolves the target, once. False: diagnosed.
bool connect_target(struct ddb *ddb);
// Resolves the target and says on stderr where things go. False: diagnosed.
bool connect_open(struct ddb *ddb);
// After that, its credentials, once for all clients of the run. False: diagnosed, or
// interrupted.
bool connect_lease(struct ddb *ddb);
// The same, and a client of the target. NULL: diagnosed.
struct client *connect_client(struct ddb *ddb, unsigned slots);
// One with as many calls in flight as --concurrency says.
struct client *connect_bulk_client(struct ddb *ddb);
// Before the first write: says on stderr whose account it is, where anybody can tell. A
// target's account_id has to be that one. False: it is not, nobody answers though the
// target asks for one (diagnosed), or interrupted.
bool connect_account(struct ddb *ddb);
// Writing to a protected target has to be confirmed with its name; `writing` is what is
// about to be changed ("drop the table"). False: diagnosed.
bool connect_confirm_target(struct ddb *ddb, const char *writing);
// The same, foreseen: false (diagnosed) when it will have to be confirmed, and neither
// was it given nor is there anyone to ask.
bool connect_foresee_confirmation(struct ddb *ddb, const char *writing);
// What loses something elsewhere takes a bare --yes, or the word typed. `doing` says
// what it is. False: diagnosed.
bool connect_confirm_loss(struct ddb *ddb, struct str doing);
// Dropping a table has to be confirmed with the table's name; the regions that have
// replicas of it are named. False: diagnosed.
bool connect_confirm_table(struct ddb *ddb, struct str table, struct str replicas);
// A line of information on stderr, escaped; silent when a program reads there.
void connect_say(struct ddb *ddb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// Takes note that the user interrupted the run: its exit code is 130 then.
void connect_note_interrupt(struct ddb *ddb);
struct wait_options connect_wait_options(struct ddb *ddb);

#endif
