// Diagnostics: everything that is wrong, with its place, collected and printed
// together.
//
// A diagnostic may come from the user's files, the command line or the outside world;
// what kind it is follows from its code (diag_codes.def). Nothing here prints or exits.
#ifndef DDB_DIAG_DIAG_H
#define DDB_DIAG_DIAG_H

#include "arena.h"
#include "diag_code.h"
#include "map.h"
#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

// How many diagnostics are kept; those past it are only counted.
#define DIAG_MAX_KEPT 1000

// Room for diag_quote: how many texts live at once, and how long they are.
#define DIAG_QUOTES 16
#define DIAG_QUOTE_SIZE 320

// Lines that are named of those where a diagnostic would stand again.
#define DIAG_LINES_MAX 8

struct diag {
    enum diag_code code;
    enum diag_severity severity;
    struct span span;
    struct str message; // no final period, no line break; user text is escaped on
                        // printing, passwords are masked already
    struct str help;    // empty when there is none
    struct span related;
    struct str related_message;     // empty when there is no second place
    struct str reason;              // of a silenced warning: why, if the user says so
    uint32_t lines[DIAG_LINES_MAX]; // other lines of the file with the same, the first
    size_t line_count;              // of all such lines
};

struct allows; // allow.h

struct diags {
    struct arena *arena;
    struct diag *kept; // count of them
    size_t count;
    size_t cap;
    size_t dropped;        // past DIAG_MAX_KEPT
    struct diag *silenced; // warnings that the user allows, silenced_count of them, as
                           // many as are kept: they count nowhere else
    size_t silenced_count;
    size_t silenced_cap;
    struct allows *allows; // NULL: none
    size_t errors;
    size_t again; // of the errors, those whose line alone was noted (diag_add_once)
    size_t warnings;
    enum diag_class worst; // the highest class among the errors; 0 without errors
    struct diag overflow;  // written to past the ceiling, and for what stands already
    struct map once;       // what diag_add_once kept: its place in the list
    char quotes[DIAG_QUOTES][DIAG_QUOTE_SIZE]; // of diag_quote, in turn
    size_t next_quote;
    uint64_t nearest_work; // left for finding nearest names
};

// True once diagnostics are only counted. From then on nothing here takes memory, so
// that a file of mistakes costs no more than the first of them; who gathers something
// for a diagnostic asks first.
bool diags_full(const struct diags *diags);

void diags_init(struct diags *diags, struct arena *arena);

// Adds a diagnostic of the code's severity and returns it for diag_help and
// diag_related. A warning that is allowed at its place is silenced. The pointer is
// valid until the next diag_add.
struct diag *diag_add(struct diags *diags, enum diag_code code, struct span span,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));
// The same for an error that one cause gives in many places: where the file has this
// code with this message already, only the line is noted there. No warnings.
struct diag *diag_add_once(struct diags *diags, enum diag_code code, struct span span,
                           const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_help(struct diags *diags, struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void diag_related(struct diags *diags, struct diag *diag, struct span span,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
// "did you mean 'name'?" as the help, if one of the names is near; else, if count is
// small (at most 12), "known: a, b, c". Returns which was near, or count: none, or
// nobody will see it, or a run of mistakes has asked for too many.
size_t diag_help_nearest(struct diags *diags, struct diag *diag, struct str written,
                         const struct str *names, size_t count);

// The user's text for a message: in single quotes, clipped after 60 code points with
// "...". NUL-terminated, good for the next messages (DIAG_QUOTES - 1 more quotes);
// escaping is the printer's. Passwords in it are masked. Empty once the diagnostics are
// full.
const char *diag_quote(struct diags *diags, struct str text);

// Forgets warnings that stand elsewhere than in the source, where nothing is wrong: for
// who asks about something else.
void diags_forget_warnings(struct diags *diags, const struct source *but);

// 0 without errors, else the exit code for the worst of them. With strict, warnings
// count as input errors.
int diags_exit_code(const struct diags *diags, bool strict);

#endif
