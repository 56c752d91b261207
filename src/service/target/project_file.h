// ddbgen.yaml: the project's targets.
#ifndef DDB_SERVICE_PROJECT_FILE_H
#define DDB_SERVICE_PROJECT_FILE_H

#include "arena.h"
#include "bind.h"
#include "diag.h"
#include "handles_config.h"
#include "ledger_config.h"
#include "shape.h"
#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

#define PROJECT_FILE_NAME "ddbgen.yaml"
#define TARGET_LOCAL "local" // built in
#define TARGET_AWS "aws"     // built in

// A target as it is written; a member's node is NULL when it is absent. The texts may
// be
// ${env.NAME}; those that are not have been checked.
struct project_target {
    struct str name;
    const struct node *at;
    struct bind_string endpoint_url;
    struct bind_string region;
    struct bind_string profile;
    struct bind_string account_id;
    struct bind_string access_key_id;
    struct bind_bool is_protected;
    const struct node *handles_node;
    struct handles_config handles;
    const struct node *ledger_node;
    struct ledger_config ledger;
    struct bind_string was;
    struct bind_enum theirs; // enum target_theirs
};

// What becomes of what somebody else changed in our items.
enum target_theirs {
    TARGET_KEEPS,
    TARGET_RESTORES,
};

struct project_file {
    const struct source *source; // NULL: there is none
    struct bind_string default_target;
    struct project_target *targets; // in file order
    size_t target_count;
};

extern const struct shape PROJECT_FILE_SHAPE;

// Looks for ddbgen.yaml in start_dir and upward, to the folder with .git or the root.
// True with out->source NULL when there is none; false: it is not to be trusted, or
// wrong. As a link it may not leave its folder, unless all_links.
__attribute__((warn_unused_result)) bool
project_file_read(struct project_file *out, const char *start_dir, bool all_links,
                  struct arena *arena, struct diags *diags);

// The same of a text that is in memory already, which has to live longer.
__attribute__((warn_unused_result)) bool
project_file_read_source(struct project_file *out, const struct source *source,
                         struct arena *arena, struct diags *diags);

// By name, NULL when it is not in the file. The built-in ones are not known here.
const struct project_target *project_file_find(const struct project_file *project,
                                               struct str name);

// DIAG_TARGET_UNKNOWN, with the nearest name of the file's targets and the built-in
// ones.
void project_file_report_unknown(const struct project_file *project, struct str name,
                                 struct span span, struct diags *diags);

#endif
