// ddbgen.lock: who the handles stood for and what `now` meant when it was last asked,
// for each target. Read into this, changed, and written back canonically.
//
//     version: 1
//     handles:
//       - target: local
//         postgres: "localhost:5432/cruddur"     # or file: ../fixtures/users.yaml
//         definitions:
//           - messages.yaml
//         users:
//           - handle: bayko
//             uuid: c42b8a6d-5f0e-4d27-9b1c-3a9e64f7d805
//     times:
//       - target: local
//         fixture: ../fixtures/talk.txt
//         now: 2023-03-19T12:00:00.000000+00:00
//
// A section is what one source says on one target. Definitions that ask the same thing
// share it, so a handle stands once for each source; a definition has one section for
// each target.
#ifndef DDB_COMPILE_LOCK_H
#define DDB_COMPILE_LOCK_H

#include "arena.h"
#include "buf.h"
#include "compilation.h"
#include "diag.h"
#include "instant.h"
#include "map.h"
#include "source.h"
#include "str.h"
#include "users.h"

#include <stdbool.h>
#include <stddef.h>

#define LOCK_NAME "ddbgen.lock"
#define LOCK_VERSION 1

// A handle's record, as far as templates read it; `handle` itself is no column here.
struct lock_user {
    struct str handle;
    struct str *columns; // count of them, each with a field
    struct user_field *fields;
    size_t count;
};

enum lock_source {
    LOCK_POSTGRES,
    LOCK_FILE,
};

// Whom a section is about. Paths are relative to the lock's folder.
struct lock_key {
    struct str target; // its name, or its endpoint where it has none
    enum lock_source kind;
    struct str source; // "host:port/database", or the path of a handles file
    struct str query;  // of Postgres; empty: PG_HANDLES_DEFAULT_QUERY
};

struct lock_section {
    struct lock_key key;
    struct str *definitions; // paths
    size_t definition_count;
    size_t definition_cap;
    struct map users; // handle to struct lock_user
};

struct lock_time {
    struct str target;
    struct str fixture; // a path
    instant_us now;
};

struct lock {
    struct arena *arena;
    struct lock_section *sections;
    size_t section_count;
    size_t section_cap;
    struct lock_time *times;
    size_t time_count;
    size_t time_cap;
};

void lock_init(struct lock *lock, struct arena *arena);

// Reads a lock file into lock (initialised). Refused, besides what any YAML is refused
// for: a newer version, the marks of a merge conflict, and whatever stands twice.
// False: diagnosed.
__attribute__((warn_unused_result)) bool
lock_read(struct lock *lock, const struct source *source, struct diags *diags);

// Appends the file: everything sorted, LF, the same text for the same contents. Moves
// sections.
void lock_write(struct buf *out, struct lock *lock);

// What a target's handles are for a definition. NULL: nothing is known. Valid until the
// next lock_claim or lock_write.
const struct lock_section *lock_find_section(const struct lock *lock, struct str target,
                                             struct str definition);
// NULL: nothing is known.
const instant_us *lock_find_time(const struct lock *lock, struct str target,
                                 struct str fixture);

// The section of key, made if there is none, to which the definition belongs from now
// on, and to no other one of that target. Valid until the next lock_claim or
// lock_write.
struct lock_section *lock_claim(struct lock *lock, const struct lock_key *key,
                                struct str definition);
// Sets a user's record from what a source said: the columns that are read, and those
// that the section has of this handle for other definitions.
void lock_set_user(struct lock *lock, struct lock_section *section,
                   const struct users *users, const struct user *user,
                   const struct column_read *reads, size_t read_count);
void lock_set_time(struct lock *lock, struct str target, struct str fixture,
                   instant_us now);
// The same for one that the lock is known not to have.
void lock_add_time(struct lock *lock, struct str target, struct str fixture,
                   instant_us now);

// Fills users (initialised) with those that the unit wants and the section has, with
// all columns that the unit reads. strict: nobody else answers, so what the section
// lacks of them is diagnosed; else such users are left out. `name` is the lock's file,
// for people. False: diagnosed.
__attribute__((warn_unused_result)) bool
lock_answer(struct users *users, const struct lock_section *section,
            const struct unit *unit, bool strict, struct str name, struct diags *diags);

#endif
