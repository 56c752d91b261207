// Who handles stood for when live items were made, as far as the items tell: a message
// that is there with another `user_uuid` than its sender's says what that was. Under it
// stand items that nothing declares any more, in partitions that nobody would read.
#ifndef DDB_COMPILE_FORMER_H
#define DDB_COMPILE_FORMER_H

#include "compilation.h"
#include "reconcile.h"
#include "users.h"

#include <stddef.h>

// Columns' texts that are told apart for a user, at most: uuids may have changed more
// than once since.
#define FORMER_MAX 8

struct former;

// For a unit whose users are known.
struct former *former_new(const struct unit *unit);
void former_free(struct former *former); // NULL is fine
// Takes one change of an item; those that only come or go say nothing.
void former_note(struct former *former, const struct item_change *change);
// How much was learned.
size_t former_count(const struct former *former);
// The users as they were, *count of them in arena; what is not told is as it is now.
const struct users **former_users(size_t *count, const struct former *former,
                                  struct arena *arena);

#endif
