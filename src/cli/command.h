// A command: its name, usage and function, all in its own cmd_<name>.c.
#ifndef DDB_CLI_COMMAND_H
#define DDB_CLI_COMMAND_H

#include "ddbgen.h"
#include "options.h"

#include <stddef.h>
#include <stdint.h>

#define OPERANDS_ANY SIZE_MAX

struct command {
    const char *name;
    const char *operands; // for the usage line: "FILE..."; "" for none
    size_t min_operands;
    size_t max_operands;
    bool takes_files; // its operands are the run's definitions and fixtures
    const char *plan; // how its plan is had: "diff"; NULL: it shows none
    uint64_t options; // OPTION_BITs: its own, and the general ones that matter to it
    const char *const
        *words;           // what its operand may be, NULL-terminated; NULL: anything
    const char *summary;  // one line, lower case, no period
    const char *details;  // paragraphs, wrapped at 78 columns
    const char *examples; // lines
    // Looks at what the rows cannot say (options_mistake); may be NULL.
    void (*check)(struct options *options);
    void (*run)(struct ddb *ddb, const struct options *options);
};

extern const struct command cmd_apply;
extern const struct command cmd_build;
extern const struct command cmd_check;
extern const struct command cmd_completion;
extern const struct command cmd_convert;
extern const struct command cmd_diff;
extern const struct command cmd_drop;
extern const struct command cmd_explain;
extern const struct command cmd_help;
extern const struct command cmd_list_tables;
extern const struct command cmd_query;
extern const struct command cmd_scan;
extern const struct command cmd_schema;
extern const struct command cmd_version;

// All commands in the order of the help, NULL-terminated.
extern const struct command *const commands[];

// By its exact name, or NULL.
const struct command *command_find(const char *name);
// Of all commands' names the nearest to what was written, or NULL.
const char *command_nearest(const char *written);

#endif
