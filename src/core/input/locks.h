// The locks of a run: one ddbgen.lock beside each definition (those of a folder share
// it), or the one that --lock names.
//
//     locks_open          before fixtures are surveyed: reads the files, pins `now`
//     locks_check_times   afterwards: times that nothing pins
//     locks_answer        --locked: users from the lock instead of a source
//     locks_recall        check: users from the lock instead of placeholders
//     locks_note          a source answered: compares, remembers for --update-lock
//     locks_record        at the end, before anything is changed: writes what is new
#ifndef DDB_CORE_LOCKS_H
#define DDB_CORE_LOCKS_H

#include "lock.h"
#include "run.h"

// A lock file.
struct run_lock {
    const char *path;            // what is read and replaced: no link where it exists
    struct str shown;            // for people
    const char *folder;          // a real path: names in the lock are relative to it
    const struct source *source; // NULL: there is no such file
    struct lock lock;
    bool good;    // it was read, or is not there
    bool changed; // something was recorded in it
};

// What belongs to a unit.
struct unit_lock {
    struct run_lock *file;
    struct str definition; // its name in the lock; empty: it cannot be named there
    bool answered;         // a source did, and said unit->users
    struct lock_key key;   // which one; the target is set when it is written
};

// Finds and reads the locks of all units, and sets `now` of the fixtures that they
// know. False: diagnosed.
__attribute__((warn_unused_result)) bool locks_open(struct ddb *ddb);

// Warns of relative times that come from the clock and will not be recorded; with
// --locked they are errors.
void locks_check_times(struct ddb *ddb);

// Fills the unit's users from its lock, and from nowhere else. False: diagnosed.
__attribute__((warn_unused_result)) bool
locks_answer(struct ddb *ddb, struct unit *unit, struct str query);

// Fills the unit's users with those that its lock knows. True when these are all that
// it wants.
__attribute__((warn_unused_result)) bool locks_recall(struct ddb *ddb,
                                                      struct unit *unit);

// The unit's users were said by a source: "host:port/database", or the path of a
// handles file. Query: empty for the default one. Where the source is the unit's own,
// what it said is held against the lock.
void locks_note(struct ddb *ddb, struct unit *unit, enum lock_source kind,
                struct str source, struct str query);

// Writes the locks that change: with --update-lock handles and times, else the times
// that apply took from the clock. False: diagnosed.
__attribute__((warn_unused_result)) bool locks_record(struct ddb *ddb);

// ---- between locks.c and locks_record.c

struct unit_lock *locks_of(struct ddb *ddb, const struct unit *unit);
// How a lock calls the target of the run: its name, else its endpoint. The target is
// resolved.
struct str locks_target(const struct ddb *ddb);
// A file's name in a lock, relative to it. Empty: it is not UTF-8.
struct str locks_name(struct ddb *ddb, const struct run_lock *file, const char *path);

#endif
