// Templates run backwards: was a live item made by an entity of this run, and of what?
//
// An item is owned when it has exactly the attributes of an entity's template for one
// of the run's conversations, and what only that template can have given is in it: the
// conversation's uuid, for a message also a uuid that is the UUIDv5 of an index (up to
// PROVENANCE_PAST_END beyond the declared ones). What others wrote into the same partitions
// carries other ids, so it is never taken for ours.
#ifndef DDB_COMPILE_PROVENANCE_H
#define DDB_COMPILE_PROVENANCE_H

#include "batch.h"
#include "compilation.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A transcript may have been longer: so many messages past its end are recognised.
#define PROVENANCE_PAST_END 10000
// Of one item, whatever is in it; one that takes more is nobody's.
#define PROVENANCE_STEPS_MAX ((uint64_t)16 << 20)

struct provenance;

// For the unit's transcripts, which were surveyed and whose users are known.
struct provenance *provenance_new(struct compilation *compilation,
                                  const struct unit *unit);
void provenance_free(struct provenance *provenance); // NULL is fine

// True when the item is owned: *identity then says what it was made for. Items of rows
// are never owned: nothing in them proves it.
bool provenance_match(struct provenance *provenance, struct item_identity *identity,
                      const struct value_entry *entries, size_t count);

#endif
