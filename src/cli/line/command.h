// A command: its name, usage and function, all in its own commands/cmd_<name>.c. Which
// there are is commands/commands.c's.
#ifndef DDB_CLI_COMMAND_H
#define DDB_CLI_COMMAND_H

#include "ddbgen.h"
#include "options.h"

#include <stddef.h>
#include <stdint.h>

#define OPERANDS_ANY SIZE_MAX

// What an operand is one of, beside fixed words.
enum operand_kind {
    OPERAND_ANY,
    OPERAND_COMMAND,
    OPERAND_CODE, // of a diagnostic
};

struct command {
    const char *name;
    const char *operands; // for the usage line: "FILE..."; "" for none
    size_t min_operands;
    size_t max_operands;
    bool takes_files; // its operands are the run's definitions and fixtures
    bool tests;       // it has results for test runners
    const char *plan; // how its plan is had: "diff"; NULL: it shows none
    uint64_t options; // OPTION_BITs: its own, and the general ones that matter to it
    const char *const *words; // what its operand may be, NULL-terminated; NULL: any
    enum operand_kind operand;
    const char *summary;  // one line, lower case, no period
    const char *details;  // paragraphs, wrapped at 78 columns
    const char *examples; // lines
    // Looks at what the rows cannot say (options_mistake); may be NULL.
    void (*check)(struct options *options);
    void (*run)(struct ddb *ddb, const struct options *options);
};

// A list of commands ends in NULL. Of one, that with exactly this name, or NULL.
const struct command *command_find(const struct command *const *commands,
                                   const char *name);
// Of their names the nearest to what was written, or NULL.
const char *command_nearest(const struct command *const *commands, const char *written);

#endif
