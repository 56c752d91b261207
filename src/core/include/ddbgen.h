// ddbgen as its command line sees it: open, do one thing, close.
//
// The one header of core that src/cli includes. Nothing of the layers below shows: strings are
// NUL-terminated and borrowed until ddb_close, results go to the given descriptors, and
// every mistake is collected, printed and turned into the exit code by ddb_close. It is
// internal until it has proved itself.
//
//     struct ddb *ddb = ddb_open(&options);
//     ddb_apply(ddb, &apply_options);
//     return ddb_close(ddb);
#ifndef DDBGEN_H
#define DDBGEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Exit codes (docs/cli.md).
enum ddb_exit {
    DDB_OK = 0,
    DDB_DIFFERENT = 1,
    DDB_INPUT = 2,
    DDB_WORLD = 3,
    DDB_REFUSED = 4,
    DDB_INTERRUPTED = 130,
};

enum ddb_format {
    DDB_FORMAT_TEXT,     // diagnostics for people, to stderr
    DDB_FORMAT_JSON,     // one object a line; of `check` to stdout, else to stderr
    DDB_FORMAT_GITHUB,   // one workflow command a line; likewise
    DDB_FORMAT_GITLAB,   // one document, of `check`, to stdout; else as text
    DDB_FORMAT_SARIF,    // likewise
    DDB_FORMAT_MARKDOWN, // of plans, to stdout; diagnostics as text
    DDB_FORMAT_JUNIT,    // of `test`, to stdout; diagnostics as text
    DDB_FORMAT_TAP,      // likewise
};

// How much of a plan's items is shown.
enum ddb_detail {
    DDB_DETAIL_GROUPS,  // what changes in the same way as one, with examples
    DDB_DETAIL_FULL,    // each of them, whole
    DDB_DETAIL_SUMMARY, // how many of each entity, and which attributes
};

// How the user is asked on the terminal. Prints the prompt and reads one line into
// answer (without its LF). False: there is no terminal to ask on, or no answer came.
typedef bool (*ddb_ask)(void *context, const char *prompt, char *answer, size_t size);

#define DDB_CONCURRENCY 256u // the default
#define DDB_CONCURRENCY_MAX 512

struct stop; // stop.h of base: the user wants the run to end

enum ddb_compress {
    DDB_COMPRESS_AUTO, // over https, but not on loopback
    DDB_COMPRESS_ALWAYS,
    DDB_COMPRESS_NEVER,
};

struct ddb_options {
    enum ddb_compress compress; // --compress: request bodies as gzip
    const char *program;        // "ddbgen 0.1.0", for User-Agent
    const char *const *files;   // definitions (with table_name), fixtures; "-" is stdin
    size_t file_count;
    const char *target;       // --target; NULL when not given, like all that follow
    const char *endpoint_url; // --endpoint-url
    const char *region;       // --region
    const char *profile;      // --profile
    double rate;              // --rate N: write units a second at most; 0: not given
    unsigned concurrency; // --concurrency N: requests in flight at most; 0: not given
    uint64_t wait_ms;     // --wait: until the endpoint answers; 0: not at all
    uint64_t wait_timeout_ms; // --wait-timeout: for tables and indexes; 0: the default
    const char *handles;      // --handles FILE
    const char *now;          // --now TIME
    const char *lock;         // --lock FILE
    bool locked;              // --locked: handles and `now` come from the lock alone
    bool update_lock;         // --update-lock: build and apply write it
    bool follow_links;        // --follow-links: also those that leave a project
    const char *const *yes;   // each --yes=NAME; "" for a bare --yes
    size_t yes_count;
    bool strict; // --strict: warnings fail
    enum ddb_format format;
    enum ddb_detail detail;
    bool color;              // of diagnostics and messages on stderr
    bool color_out;          // of plans on stdout
    unsigned columns;        // of the terminal that stdout is; 0: it is none
    bool progress;           // stderr is a terminal: show progress on it
    const struct stop *stop; // once set, all ends as soon as that is safe; or NULL
    ddb_ask ask;
    void *ask_context;
    bool can_ask; // there is a terminal to ask on
};

struct ddb;

// Never NULL. options is copied, what it points to is borrowed.
struct ddb *ddb_open(const struct ddb_options *options);

// Adds a mistake of the command line: message, and help or NULL.
void ddb_usage_error(struct ddb *ddb, const char *message, const char *help);

// Prints what was found, frees everything, returns the exit code.
int ddb_close(struct ddb *ddb);

// check: compiles and verifies everything; connects to nothing. One summary line to
// stdout for people ("ok: 1 table, 104 items"), the report for programs.
void ddb_check(struct ddb *ddb);

enum ddb_emit {
    DDB_EMIT_REQUESTS, // {"CreateTable":...} and {"BatchWriteItem":...} lines
    DDB_EMIT_ITEMS,    // {"Item":{...}} lines, the format of S3 import
    DDB_EMIT_FIXTURE,  // convert only: the transcript with its header
};

struct ddb_build_options {
    enum ddb_emit emit;
    const char *output; // -o DIR (requests) or FILE (items); NULL: stdout
};
void ddb_build(struct ddb *ddb, const struct ddb_build_options *options);

// What was applied before, and what becomes of what others changed since (docs/ledger.md).
struct ddb_three_ways {
    const char *was;  // an earlier build's folder, or "git:REV", instead of the ledger;
                      // NULL: the target's
    bool show_theirs; // what others changed counts as a difference
    bool restore;     // it becomes as declared
    bool keep_theirs; // it stays, where the declaration changed, too
};

struct ddb_diff_options {
    struct ddb_three_ways ways;
    bool coverage;         // all live items are counted, by a scan
    bool prune;            // stale items are to be deleted
    const char *against;   // an earlier build's folder, or "git:REV", in place of the
                           // live tables, and, without ways.was, what was applied:
                           // nothing is connected to; NULL: the live tables
    const char *save_plan; // where the plan goes, for apply; NULL: nowhere
    bool resend_sse;       // as of apply
};
// diff: what apply would do, on stdout; nothing is written but the plan's file.
void ddb_diff(struct ddb *ddb, const struct ddb_diff_options *options);

struct ddb_apply_options {
    struct ddb_three_ways ways;
    bool unconditional; // writes don't ask whether items are as they were seen
    bool prune;         // delete stale items
    bool overwrite;     // put all items without reading the live ones first
    bool resend_sse;    // set the encryption although nothing is known to differ
    const char *plan;   // a saved plan, "-" is stdin: it is carried out, and neither
                        // files nor the others count; NULL: none
};
// apply: the table is created if it is missing and awaited, then its items are made as
// declared: what differs is shown and written, and nothing else.
void ddb_apply(struct ddb *ddb, const struct ddb_apply_options *options);

struct ddb_convert_options {
    enum ddb_emit emit;
    const char *transcript; // a path, or "-"
    const char *definition; // --definition FILE; needed for items and requests
    // The header's fields, as they stand there; NULL: not given.
    const char *conversation;
    const char *const *participants; // each "LABEL=HANDLE"
    size_t participant_count;
    const char *starts_at;
    const char *interval;
    const char *continuation;
    const char *output; // -o FILE, or DIR for requests; NULL: stdout
};
void ddb_convert(struct ddb *ddb, const struct ddb_convert_options *options);

enum ddb_shape {
    DDB_SHAPE_JSON,  // one item a line in DynamoDB JSON
    DDB_SHAPE_PLAIN, // one item a line in untyped JSON
    DDB_SHAPE_TABLE, // columns for people
    DDB_SHAPE_CHAT,  // query only: messages as a conversation
};

struct ddb_query_options {
    const char *definition;
    const char *pattern;          // NULL: all of them are listed, and nobody is asked
    const char *const *arguments; // each "name=value"
    size_t argument_count;
    int64_t limit; // --limit N; 0: the pattern's own
    enum ddb_shape shape;
    bool offline; // the fixtures are asked, not the service
    bool page;    // one page alone, of which the limit is the service's
    const char
        *start_key; // where it begins, in DynamoDB's JSON; NULL: at the beginning
    const char *time_zone; // of DDB_SHAPE_CHAT: of the tz database; NULL: UTC
};
void ddb_query(struct ddb *ddb, const struct ddb_query_options *options);

struct ddb_test_options {
    const char *const *only; // names of patterns, only_count of them; none: all
    size_t only_count;
    bool costs;  // what each pattern costs is told, too
    bool update; // what examples expect becomes what came, in their files
};
// test: runs the examples of access patterns, against the fixtures or, where a target or an
// endpoint is given, the live table. Exit code DDB_DIFFERENT when one fails.
void ddb_test(struct ddb *ddb, const struct ddb_test_options *options);

struct ddb_scan_options {
    const char *table; // its name, or a definition's path (*.yaml, *.yml, *.json)
    int64_t limit;     // 0: all
    enum ddb_shape shape;
    bool page; // as of query
    const char *start_key;
};
void ddb_scan(struct ddb *ddb, const struct ddb_scan_options *options);

// table: a name or a definition's path, as for scan. Asks for the table's name (and on
// a protected target for the target's), or takes --yes=TABLE.
void ddb_drop(struct ddb *ddb, const char *table);
void ddb_list_tables(struct ddb *ddb);
// whoami: endpoint, region, account and credentials, and who says so, to stdout.
void ddb_whoami(struct ddb *ddb);

// ledger: what is known of what was applied to the table of a definition, *file.
enum ddb_ledger_action {
    DDB_LEDGER_SHOW,   // on stdout; in DDB_FORMAT_JSON one object
    DDB_LEDGER_FORGET, // from then on nothing
    DDB_LEDGER_ADOPT,  // what is there as declared; nothing is written to the table
};
void ddb_ledger(struct ddb *ddb, enum ddb_ledger_action action,
                const char *const *file);
// unlock: takes the table's ledger from whoever holds it.
void ddb_unlock(struct ddb *ddb, const char *file);

// The kinds of files that have a JSON Schema, NULL-terminated.
extern const char *const ddb_schema_names[];
// schema: the JSON Schema of one of them, to stdout.
void ddb_print_schema(struct ddb *ddb, const char *name);

// explain: a diagnostic's entry in the catalogue, by its code or by the id of a rule of
// the service, or, with code NULL, the list of all codes, to stdout. An unknown code is
// a mistake of the command line.
void ddb_explain(struct ddb *ddb, const char *code);

// The page docs/diagnostics.md, from the catalogue, to stdout.
void ddb_print_diagnostics_reference(struct ddb *ddb);

#endif
