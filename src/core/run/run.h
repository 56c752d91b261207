// One run of ddbgen, shared by the files of this folder. Nothing outside sees it.
#ifndef DDB_CORE_RUN_H
#define DDB_CORE_RUN_H

#include "arena.h"
#include "client.h"
#include "compilation.h"
#include "ddbgen.h"
#include "diag.h"
#include "follow.h"
#include "kept_file.h"
#include "table_admin.h"
#include "target.h"

#include <stdbool.h>

struct plan_table; // plan.h

struct ddb {
    struct ddb_options options;
    struct arena arena;
    struct diags diags;
    struct compilation compilation;
    struct target target;
    bool has_target;
    bool report_to_stdout; // the command is a check: its report is its result
    bool interrupted;
    bool different;     // diff: something differs
    bool *yes_used;     // by --yes: it has answered a question
    bool stdin_taken;   // a file of the run is standard input
    bool stdout_failed; // and that was reported
    bool stdout_left;   // its reader is gone: no mistake of ours
    bool given_read;    // --handles was read into given_users, for all tables
    bool given_good;
    struct users given_users;
    struct map binaries;    // path to struct str: files that values name
    struct map data_files;  // paths of rows and items that definitions name
    struct kept_files kept; // transcripts
    size_t binary_bytes;    // in all of them
    bool target_failed;     // it was not to be resolved; diagnosed
    bool records_times;     // what `now` meant goes into the lock
    bool no_own_fixtures;   // those of definitions are not wanted
    struct run_lock *locks; // lock_count of them (locks.c)
    size_t lock_count;
    struct unit_lock *unit_locks; // for each unit; NULL before locks_open
    struct str header_text; // convert: the header from flags; empty when it has its own
};

// How far a command goes for handles.
enum lookup_reach {
    LOOKUP_FILES,    // files only: what would need a server gets placeholders
    LOOKUP_LOCKED,   // files and the lock: what they do not know is a mistake
    LOOKUP_ANYWHERE, // Postgres too
};

// ---- ddbgen.c

// Compiles the FILEs and writes their requests into a folder. Mistakes are diagnosed.
void pipeline_build(struct ddb *ddb, enum lookup_reach reach, const char *path);

// ---- inputs.c: FILEs to units and fixtures

enum input_kind {
    INPUT_YAML, // a definition, or rows and items
    INPUT_TRANSCRIPT,
    INPUT_UNKNOWN,
};
// What a path's ending says; "-" is a transcript on standard input.
enum input_kind input_kind_of(struct str path);

// Reads every definition and opens every fixture. False: diagnosed.
bool inputs_open(struct ddb *ddb);
// Reads one definition, without its fixtures. NULL: diagnosed.
struct unit *inputs_definition(struct ddb *ddb, const char *path);
// Opens a transcript that the command line names ("-" is standard input, spooled).
// NULL: diagnosed.
struct fixture *inputs_fixture(struct ddb *ddb, const char *path);
// The document of a file that was read. NULL: diagnosed, at `wanted` where it is not
// about a place of the file; lines of JSON are called by their name.
const struct node *inputs_read(struct ddb *ddb, const struct source *source,
                               struct span wanted, struct data_file *data);
// Reserves the units; called once before the first inputs_definition.
void inputs_reserve(struct ddb *ddb, size_t definitions);
// What scan and drop take: "messages.yaml" is a definition (else *definition is NULL),
// "cruddur-messages" a table's name. False: diagnosed.
bool inputs_table(struct str *name, const struct definition **definition,
                  struct ddb *ddb, const char *argument);

// ---- resolve.c: paths in files

// A file that the user names, by a path without links; "-" stays. It may lie anywhere,
// but no link leads out of a project, unless --follow-links. Of what is not there, a
// path that fails in the same way when it is opened. NULL: diagnosed.
const char *resolve_named(struct ddb *ddb, const char *path);

// Where what a file names begins, and what it may not leave.
struct resolve_base {
    const char *folder; // as it is spelt
    const char *real;   // without links
    const char *root;   // of its project, likewise
};
// That of a file's name. False: its folder is gone; diagnosed.
bool resolve_base_init(struct resolve_base *out, struct ddb *ddb, struct str file);
// A name against it, for people.
const char *resolve_shown(struct ddb *ddb, const struct resolve_base *base,
                          const char *name);
// A name (at span): the file by an absolute path without links, when it is inside of
// the project and not git's. NULL: diagnosed.
const char *resolve_inside(struct ddb *ddb, const struct resolve_base *base,
                           const char *name, struct span span);
// Diagnoses what follow_inside refused; `shown` is what is named.
void resolve_refuse(struct ddb *ddb, const struct resolve_base *base, const char *shown,
                    enum follow_result why, struct span span);
// The same of a name that stands at span, in that file; as seen from the current
// folder.
const char *inputs_resolve(struct ddb *ddb, struct str name, struct span span);

// ---- binaries.c: values from files

// Reads the files that values name. False: diagnosed; what was to hold one of them is
// taken out: the attribute (its entity is broken then), the row or the item.
bool binaries_load_definition(struct ddb *ddb, struct definition *definition);
bool binaries_load_data(struct ddb *ddb, struct data_file *data);

// ---- fixtures.c: each fixture once, and who has it

// Opens a transcript ("-" is standard input, spooled). NULL: diagnosed.
struct fixture *fixtures_transcript(struct ddb *ddb, const char *path);
// A file of rows and items (at a path without links), read already. Never NULL;
// mistakes are diagnosed.
struct fixture *fixtures_data(struct ddb *ddb, const char *real, struct data_file *data,
                              const struct source *source, const struct node *root);
// Gives a fixture to a definition that has not got it.
void fixtures_give(struct ddb *ddb, struct unit *unit, struct fixture *fixture);
// Opens the fixtures that a definition names.
void fixtures_open_own(struct ddb *ddb, struct unit *unit);
// True when no fixture changed since it was opened; else diagnosed.
bool fixtures_unchanged(struct ddb *ddb);
// Where a transcript stands; NULL: on standard input.
const char *fixtures_path(const struct fixture *fixture);

// ---- feeding.c: fixtures against definitions

// Diagnoses a transcript that no definition of the run takes.
void feeding_check_transcript(struct ddb *ddb, const struct fixture *fixture);
// Gives each fixture of items to the table that it names; diagnoses items of which it
// is not clear whose they are.
void feeding_settle_items(struct ddb *ddb);
// Diagnoses entities that none of the definition's own fixtures feeds.
void feeding_check_entities(struct ddb *ddb, const struct unit *unit);

// ---- say.c: standard output

// Writes text to standard output. False: it is gone; diagnosed once, but for a reader
// that went away (`| head`), which is no failure.
bool say_text(struct ddb *ddb, struct str text);
// Whole lines to standard error. False: nobody listens.
__attribute__((warn_unused_result)) bool say_error(struct ddb *ddb, struct str text);
// The same for a formatted line; user text in it must be harmless.
void say_out(struct ddb *ddb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// ---- report.c: what was found

// Prints the diagnostics where the format and the command want them. False: they did
// not get there.
bool report_print(struct ddb *ddb);
// True when the report of `check` must have standard output for itself.
bool report_owns_stdout(const struct ddb *ddb);
// True unless stderr belongs to a program that reads JSON lines: then there are lines
// for people beside the diagnostics (where things go, what is waited for).
bool report_lines_for_people(const struct ddb *ddb);

// ---- lookup.c: handles to users

// Fills the unit's users from the first source that applies. `wanted` handles are those
// of its fixtures. False: diagnosed.
bool lookup_users(struct ddb *ddb, struct unit *unit, enum lookup_reach reach);

// ---- endpoint and confirmation (connect.c)

// Resolves the target, once. False: diagnosed.
bool connect_target(struct ddb *ddb);
// Resolves the target and says on stderr where things go. False: diagnosed.
bool connect_open(struct ddb *ddb);
// After that, a client of the target. NULL: diagnosed.
struct client *connect_client(struct ddb *ddb, unsigned slots);
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

// ---- apply.c

void apply_run(struct ddb *ddb, const struct ddb_apply_options *options);
// The plan that a file holds ("-": standard input), if everything is as it was when it
// was made.
void apply_saved_run(struct ddb *ddb, const char *path);

// ---- converge.c: items

// Puts all items of a unit without looking. False: diagnosed, with what is missing.
bool converge_put_all(struct ddb *ddb, struct client *client, struct unit *unit);
// Writes what differs of a table whose live items were read; with prune, deletes stale
// items. False: diagnosed.
bool converge_changes(struct ddb *ddb, struct client *client, struct plan_table *table,
                      bool prune);

// ---- diff.c

void diff_run(struct ddb *ddb, const struct ddb_diff_options *options);

// ---- against.c

// The same, with an earlier build in place of the live tables: a folder, or "git:REV".
void against_run(struct ddb *ddb, const char *against);

// ---- convert.c

// Opens the transcript, with its header from flags when it has none, and the definition
// if one is named. False: diagnosed.
bool convert_open(struct ddb *ddb, const struct ddb_convert_options *options);
// Writes the transcript with its header to path, or to standard output when it is NULL.
void convert_write_fixture(struct ddb *ddb, const char *path);

// ---- show.c: items for people and programs

struct shower;
// Items go to standard output in the given shape, attributes in the order of a
// definition (NULL: by name).
struct shower *shower_new(struct ddb *ddb, enum ddb_shape shape,
                          const struct definition *definition);
// One item in DynamoDB JSON. False: standard output is gone.
bool shower_item(void *shower, struct str json);
// Writes what is held back (a table's rows), says it when there was nothing, and frees.
void shower_end(struct shower *shower);

#endif
