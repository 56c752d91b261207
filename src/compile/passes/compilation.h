// A run's tables and fixtures on their way from text to requests.
//
//     unit_build         a definition becomes programs            (compilation.c)
//     survey_fixtures    fixtures' structure, handles and ends    (survey.c)
//     directory_check    handles against the programs' columns    (directory.c)
//     verify_unit        every item's keys and size               (verify.c)
//     emit_unit          every item, as JSON, into batches        (emit.c)
//
// A fixture is read by block in each pass; what is kept is some 200 bytes for a
// conversation.
#ifndef DDB_COMPILE_COMPILATION_H
#define DDB_COMPILE_COMPILATION_H

#include "arena.h"
#include "argument.h"
#include "batch.h"
#include "data_file.h"
#include "definition.h"
#include "diag.h"
#include "keyset.h"
#include "map.h"
#include "program.h"
#include "query.h"
#include "source.h"
#include "stop.h"
#include "transcript.h"
#include "users.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A message that is looked at from elsewhere: where its text stands.
struct message_record {
    uint64_t text_at;
    uint32_t text_raw;
    uint32_t participant;
    instant_us created_at;
};

// What the survey keeps of a conversation.
struct conversation_record {
    uint64_t header_at;
    uint32_t header_line;
    uint32_t longest_text; // bytes
    uint64_t message_count;
    struct message_record first;
    struct message_record last;
    bool broken; // messages of it are wrong, which is diagnosed: no items come of it
};

struct opened_file;

struct fixture {
    struct source source;
    const struct header *given;       // a bare transcript's header (convert), or NULL
    const struct data_file *data;     // rows and items; NULL: a transcript
    const struct opened_file *opened; // the file as it was; private to who opened it
    bool items_nobodys; // the table that its items are for may be one that could not
                        // be read
    uint32_t number;    // for keyset_place
    struct conversation_record *conversations; // owned: free in compilation_deinit
    size_t conversation_count;
    size_t conversation_cap;
    instant_us now;  // what `now` means in it; the compilation's unless said otherwise
    bool now_pinned; // it does not come from the clock
    bool relative;   // a header's starts_at is relative
    struct span relative_span;
};

// A handle and the first place that names it.
struct wanted_handle {
    struct str handle;
    struct span span;
    bool in_transcript; // a header names it, not only rows
};

// A column that templates and patterns read, and where first.
struct column_read {
    struct str name;
    struct span span;
};

// An example of a pattern that is in order, with a value for each parameter.
struct unit_example {
    const struct query *query;
    const struct example *example;
    struct argument *arguments;
};

// One table with its entities, fixtures and users.
struct unit {
    struct definition definition;
    struct program *programs; // of all entities; some may be broken
    size_t program_count;
    struct query *queries; // of the patterns that compiled
    size_t query_count;
    struct unit_example *examples; // example_count of them, by pattern
    size_t example_count;
    struct fixture **fixtures;
    size_t fixture_count;
    size_t fixture_cap;
    struct map wanted;      // handle to struct wanted_handle, from its fixtures
    struct map row_columns; // to struct column_read: what is read of handles in rows
    struct users users;
    const struct users *former;   // as they were before, where that differs; or NULL
    const struct users **learned; // learned_count: as live items tell (former.h)
    size_t learned_count;
    bool placeholders; // handles were not looked up
    bool broken;       // the definition is wrong: nobody is asked about it
    bool keys_broken;  // what keys its items is: of them, only what is read is checked
    uint64_t item_count; // known after verify_unit
};

// Names that stand for another one in rows of a group; what is beyond the first few is
// not remembered.
#define MISSPELT_MAX 8
struct misspelt {
    struct str names[MISSPELT_MAX]; // count of them, borrowed
    size_t count;
};

struct compilation {
    struct arena *arena;
    struct diags *diags;
    struct unit *units;
    size_t unit_count;
    struct fixture **fixtures; // each once, whatever number of units take it
    size_t fixture_count;
    size_t fixture_cap;
    struct map misspelt;         // of rows: see compilation_misspelt_add
    struct keyset conversations; // uuids seen, while fixtures are surveyed
    bool incomplete;             // a file that may be a definition could not be read
    instant_us now;              // of fixtures that are added
    // NULL or a wish that the run ends. What a pass has done once it is set is incomplete,
    // and nothing of it is diagnosed: who called it asks, too.
    const struct stop *stop;
};

// Whether a definition of the run could not be read, or has no table's name.
bool compilation_lacks_table(const struct compilation *compilation);

void compilation_init(struct compilation *compilation, struct arena *arena,
                      struct diags *diags, instant_us now);
void compilation_deinit(struct compilation *compilation);

// Compiles a definition's entities and patterns into unit (whose definition is read).
void unit_build(struct unit *unit, struct arena *arena, struct diags *diags);
// True when a unit has an entity that transcripts feed, or one that is too broken to
// tell.
bool unit_takes_transcripts(const struct unit *unit);

// A fixture of the run, to be surveyed once. The descriptor or text of source is
// borrowed.
struct fixture *compilation_add_fixture(struct compilation *compilation,
                                        const struct source *source);
void unit_add_fixture(struct unit *unit, struct fixture *fixture, struct arena *arena);
bool unit_has_fixture(const struct unit *unit, const struct fixture *fixture);

// Takes note that a fixture of the unit names a handle at span; for all columns that
// transcripts read of their participants, when a transcript does.
void unit_want_handle(struct unit *unit, struct str handle, struct span span,
                      bool in_transcript, struct arena *arena);

// Rows of this group have a column under another name than the one that is meant,
// which is diagnosed: that they lack the latter needs no word any more.
void compilation_misspelt_add(struct compilation *compilation, struct str group,
                              struct str name, struct str meant);
// NULL: there are none.
const struct misspelt *compilation_misspelt_find(const struct compilation *compilation,
                                                 struct str group, struct str meant);

#endif
