// A table's settings beside keys, indexes and capacity.
#ifndef DDB_MODEL_SETTINGS_READ_H
#define DDB_MODEL_SETTINGS_READ_H

#include "arena.h"
#include "bind.h"
#include "diag.h"
#include "table_settings.h"

#include <stdbool.h>

// The keys of a definition that are settings, as bound from YAML.
struct settings_nodes {
    const struct node *stream_specification;
    const struct node *sse_specification;
    struct bind_enum table_class;
    struct bind_bool deletion_protection_enabled;
    const struct node *tags;
    const struct node *resource_policy;
    const struct node *time_to_live;
    const struct node *point_in_time_recovery;
    const struct node *contributor_insights;
};

extern const char *const TABLE_CLASS_NAMES[];
extern const struct shape STREAM_SHAPE;
extern const struct shape SSE_SHAPE;
extern const struct shape TIME_TO_LIVE_SHAPE;
extern const struct shape RECOVERY_SHAPE;
extern const struct shape INSIGHTS_SHAPE;

// Fills *out. False: diagnosed; what was refused is SETTING_UNSAID then.
__attribute__((warn_unused_result)) bool
settings_read(struct table_settings *out, const struct settings_nodes *nodes,
              struct arena *arena, struct diags *diags);

// contributor_insights of the table or of a global index; node may be NULL.
__attribute__((warn_unused_result)) bool insights_read(struct contributor_insights *out,
                                                       const struct node *node,
                                                       struct diags *diags);

#endif
