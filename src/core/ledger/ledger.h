// What was applied to a table, from one run to the next (docs/ledger.md): opened where
// the target says, read, and written while a run goes on.
//
//     ledger_open       finds it; a run that writes holds it for itself
//     ledger_base       what was applied, and
//     ledger_notes      what runs that broke off were about to send
//     ledger_hold       before anything is changed
//     ledger_begin      before the first item is sent
//     ledger_note       before each of them is
//     ledger_beat       now and then
//     ledger_commit     all went well: the new base
//     ledger_close
#ifndef DDB_CORE_LEDGER_H
#define DDB_CORE_LEDGER_H

#include "emit.h"
#include "ledger_entry.h"
#include "reconcile.h"
#include "run.h"
#include "table_admin.h"

#include <stdbool.h>

struct ledger;

// For people.
struct ledger_facts {
    struct str where; // empty: none is kept
    bool known;
    uint64_t bytes;
};

// *out is NULL where none is kept (noted, unless the target says so). `live` is the table
// that it has to be about, borrowed. False (diagnosed): another run holds it, or it
// cannot be where the target says.
__attribute__((warn_unused_result)) bool
ledger_open(struct ledger **out, struct ddb *ddb, const struct unit *unit,
            const struct live_table *live, bool writes);
void ledger_close(struct ledger *ledger);                          // NULL is fine
struct ledger_facts ledger_get_facts(const struct ledger *ledger); // NULL: all empty
// There is none any more. False: diagnosed.
__attribute__((warn_unused_result)) bool ledger_forget(struct ledger *ledger);
// Takes the ledger from whoever holds it; *holder: who that was, or empty. False:
// diagnosed.
__attribute__((warn_unused_result)) bool
ledger_unlock(struct str *holder, struct ddb *ddb, const struct unit *unit);

// The seed by which its fingerprints are made, also of one that is still to begin.
struct hash_seed ledger_seed(const struct ledger *ledger);
// Whether anything is known. Then all entries, of the base and of the notes in the order
// in which they were written. False: the sink said no, or nothing of it is to be used
// after all (noted, and ledger_knows says so).
bool ledger_knows(const struct ledger *ledger); // NULL: no
__attribute__((warn_unused_result)) bool ledger_base(struct ledger *ledger,
                                                     const struct ledger_sink *to);
__attribute__((warn_unused_result)) bool ledger_notes(struct ledger *ledger,
                                                      const struct ledger_sink *to);

// Nothing of it is to be used, for a static reason (noted).
void ledger_ignore(struct ledger *ledger, const char *why);

// From now on everything that is sent is noted. False: diagnosed, or *ledger became NULL
// where nothing can be written and nobody asked for it (noted).
__attribute__((warn_unused_result)) bool ledger_begin(struct ledger **ledger);
// What is to be said of an item that is about to be sent. It is kept once ledger_noted
// returns. False: diagnosed. NULL takes anything.
__attribute__((warn_unused_result)) bool ledger_note(struct ledger *ledger,
                                                     const struct ledger_entry *entry);
__attribute__((warn_unused_result)) bool ledger_noted(struct ledger *ledger);
// The same of an item of a saved plan, which knows no ledger.
__attribute__((warn_unused_result)) bool ledger_note_made(struct ledger *ledger,
                                                          const struct item_made *made);
// A sink that notes all items that it is given. It lives as the ledger.
// over: nobody looked what is there already.
struct item_sink ledger_items(struct ledger *ledger, bool over);
// Before anything is changed: it is held by this run, from now on if not before. False:
// diagnosed. NULL is fine.
__attribute__((warn_unused_result)) bool ledger_hold(struct ledger *ledger);
// Now and then, in what takes long: this run is alive. False (diagnosed once): another
// one has it by now. NULL is fine.
__attribute__((warn_unused_result)) bool ledger_beat(struct ledger *ledger);

// Who has the entries that are to stand there. May be asked twice, and says the same.
// False: the sink said no, or diagnosed.
struct ledger_source {
    bool (*give)(void *context, const struct ledger_sink *to);
    void *context;
};
// All that was to be sent was: these entries are what was applied. Nothing is written
// where they stand there already. False: diagnosed; *ledger as of ledger_begin.
__attribute__((warn_unused_result)) bool
ledger_commit(struct ledger **ledger, const struct ledger_source *from);

#endif
