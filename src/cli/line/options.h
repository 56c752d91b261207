// The options of the command line, as rows of one table: parsing, every --help and the
// shells' completions come from it. A new option costs a member of struct options, a
// row in option_rows.c and its bit in the commands that take it.
#ifndef DDB_CLI_OPTIONS_H
#define DDB_CLI_OPTIONS_H

#include "arena.h"
#include "ddbgen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct command;

enum option_id {
    OPT_HELP,
    OPT_VERSION,
    OPT_COLOR,
    OPT_FORMAT,
    OPT_STRICT,
    OPT_TARGET,
    OPT_ENDPOINT_URL,
    OPT_REGION,
    OPT_PROFILE,
    OPT_CONCURRENCY,
    OPT_RATE,
    OPT_COMPRESS,
    OPT_WAIT,
    OPT_WAIT_TIMEOUT,
    OPT_YES,
    OPT_HANDLES,
    OPT_NOW,
    OPT_LOCK,
    OPT_LOCKED,
    OPT_UPDATE_LOCK,
    OPT_FOLLOW_LINKS,
    OPT_AGAINST,
    OPT_PLAN,
    OPT_SAVE_PLAN,
    OPT_FULL,
    OPT_SUMMARY,
    OPT_PRUNE,
    OPT_DRY_RUN,
    OPT_OVERWRITE,
    OPT_WAS,
    OPT_THEIRS,
    OPT_RESTORE,
    OPT_KEEP_THEIRS,
    OPT_UNCONDITIONAL,
    OPT_COVERAGE,
    OPT_RESEND,
    OPT_EMIT_BUILD,
    OPT_EMIT_CONVERT,
    OPT_OUTPUT,
    OPT_DEFINITION,
    OPT_CONVERSATION,
    OPT_PARTICIPANT,
    OPT_STARTS_AT,
    OPT_INTERVAL,
    OPT_CONTINUATION,
    OPT_LIMIT,
    OPT_PLAIN,
    OPT_TABLE,
    OPT_OFFLINE,
    OPT_PAGE,
    OPT_START_KEY,
    OPT_ONLY,
    OPT_COSTS,
    OPT_UPDATE,
    OPT_CHAT,
    OPT_TIME_ZONE,
    OPT_COUNT
};

#define OPTION_BIT(id) (UINT64_C(1) << (id))
// What most commands have in common.
#define OPTIONS_TARGET                                                                 \
    (OPTION_BIT(OPT_TARGET) | OPTION_BIT(OPT_ENDPOINT_URL) | OPTION_BIT(OPT_REGION) |  \
     OPTION_BIT(OPT_PROFILE) | OPTION_BIT(OPT_WAIT))
// Of those that send many requests.
#define OPTIONS_WIRE (OPTION_BIT(OPT_CONCURRENCY) | OPTION_BIT(OPT_COMPRESS))
#define OPTIONS_SOURCES                                                                \
    (OPTION_BIT(OPT_HANDLES) | OPTION_BIT(OPT_NOW) | OPTION_BIT(OPT_LOCK) |            \
     OPTION_BIT(OPT_LOCKED) | OPTION_BIT(OPT_FOLLOW_LINKS))
#define OPTIONS_DETAIL (OPTION_BIT(OPT_FULL) | OPTION_BIT(OPT_SUMMARY))
// What counts beside declared and live.
#define OPTIONS_WAYS                                                                   \
    (OPTION_BIT(OPT_WAS) | OPTION_BIT(OPT_THEIRS) | OPTION_BIT(OPT_RESTORE) |          \
     OPTION_BIT(OPT_KEEP_THEIRS))
#define OPTIONS_SHAPE                                                                  \
    (OPTION_BIT(OPT_LIMIT) | OPTION_BIT(OPT_PLAIN) | OPTION_BIT(OPT_TABLE) |           \
     OPTION_BIT(OPT_PAGE) | OPTION_BIT(OPT_START_KEY))

enum option_kind {
    OPTION_FLAG,   // bool
    OPTION_TEXT,   // const char *
    OPTION_CHOICE, // int: the index of one of .choices
    OPTION_COUNT,  // int64_t, at least 1
    OPTION_TIME,   // int64_t, a duration in milliseconds, at least 1
    OPTION_LIST,   // struct text_list; may be repeated
    OPTION_NAMES,  // struct text_list; may be repeated, a value only with '=', else ""
};

// The headings of a help text.
enum option_group {
    GROUP_COMMAND,
    GROUP_SOURCES,
    GROUP_TARGET,
    GROUP_GENERAL,
    GROUP_COUNT
};

struct option_row {
    const char *name; // without dashes; two rows may share one if no command takes both
    char short_name;  // '\0' without
    const char *argument; // as help shows it; NULL for flags and choices
    enum option_kind kind;
    enum option_group group;
    bool everywhere; // each command accepts it; help shows it where its bit is set
    bool files;      // its value is a path
    size_t offset;   // of the member of struct options that it fills
    const char *const *choices; // OPTION_CHOICE: NULL-terminated
    const char *doc;
};

// OPT_COUNT rows, indexed by enum option_id.
const struct option_row *option_row_get(enum option_id id);
// Whether a command takes a row's option. command NULL: whether it is for everyone.
bool option_taken(enum option_id id, const struct command *command);
// Whether its value may be the next argument.
bool option_takes_value(const struct option_row *row);
// The option whose name is nearest to name[0..len), of those that a command takes (of
// all, without a command), or OPT_COUNT.
enum option_id option_nearest(const char *name, size_t len,
                              const struct command *command);

struct text_list {
    const char **at; // the texts are argv's
    size_t count;
    size_t cap;
};

enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct mistake {
    const char *message;
    const char *help; // or NULL
};

// A command line that was read. The texts are argv's or literals.
struct options {
    const struct command *const *commands; // all that there are, NULL-terminated
    const struct command *command;         // NULL: none was given, or an unknown one
    struct text_list operands;             // after the command

    bool help;
    bool version;
    int color;  // enum color_choice
    int format; // enum ddb_format
    bool strict;
    const char *target;
    const char *endpoint_url;
    const char *region;
    const char *profile;
    int64_t concurrency; // 0: not given
    int compress;        // enum ddb_compress
    int64_t rate;        // likewise
    int64_t wait_ms;     // likewise
    int64_t wait_timeout_ms;
    struct text_list yes;
    const char *handles;
    const char *now;
    const char *lock;
    bool locked;
    bool update_lock;
    bool follow_links;
    int emit; // the index in the command's own choices
    const char *output;
    const char *definition;
    const char *conversation;
    struct text_list participants;
    const char *starts_at;
    const char *interval;
    const char *continuation;
    int64_t limit; // 0: not given
    const char *against;
    const char *plan;
    const char *save_plan;
    bool full;
    bool summary;
    bool prune;
    bool dry_run;
    bool overwrite;
    const char *was;
    bool theirs;
    bool restore;
    bool keep_theirs;
    bool unconditional;
    bool coverage;
    int resend; // counts when it was given
    bool plain;
    bool table;
    bool offline;
    bool page;
    const char *start_key;
    struct text_list only;
    bool costs;
    bool update;
    bool chat;
    const char *time_zone;

    bool given[OPT_COUNT];
    struct mistake *mistakes; // in the order of the command line
    size_t mistake_count;
    size_t mistake_cap;
    struct arena arena; // of the lists
};

// Reads argv[1..argc), for one of `commands`, and has that check its operands. What is
// wrong is in options->mistakes, all of it. argv is borrowed; options_deinit frees the
// rest.
void options_read(struct options *options, const struct command *const *commands,
                  int argc, char *const *argv);
void options_deinit(struct options *options);

// Adds a mistake; options_hint gives the last one its help.
void options_mistake(struct options *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void options_hint(struct options *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// "unknown command 'x'", with the nearest one as its help.
void options_unknown_command(struct options *options, const char *name);

// text in single quotes, clipped after 60 bytes, for a message: QUOTE(argument).
struct quoted {
    char text[72];
};
const char *quote(struct quoted *quoted, const char *text);
#define QUOTE(text) quote(&(struct quoted){{0}}, (text))

// For the commands that print items.
enum ddb_shape options_shape(const struct options *options);
// For those that show a plan: a mistake when both of its options are given; and which.
void options_check_detail(struct options *options);
enum ddb_detail options_detail(const struct options *options);
// For those that hold what is declared against what is there: mistakes; and which.
void options_check_ways(struct options *options);
struct ddb_three_ways options_ways(const struct options *options);
// -o's value; NULL for none and for "-", which are both standard output.
const char *options_output(const struct options *options);

#endif
