// Messages on standard output as people read a conversation.
#ifndef DDB_CORE_CHAT_H
#define DDB_CORE_CHAT_H

#include "run.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

struct chat;

// Of the messages of a unit, with times in a zone (NULL: UTC); items come with the newest
// first, or with the oldest. NULL: it has none, or there is no such zone; diagnosed.
struct chat *chat_new(struct ddb *ddb, const struct unit *unit, const char *zone,
                      bool newest_first);
void chat_free(struct chat *chat); // NULL is fine
// Keeps an item's message; what is none is counted. False: there are too many.
bool chat_take(struct chat *chat, const struct value_entry *entries, size_t count);
// Shows all of them, in the order of time.
void chat_show(struct chat *chat);

#endif
