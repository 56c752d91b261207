// What apply does about settings that have calls of their own, and what it says of
// those that an existing table has differently.
#ifndef DDB_CORE_APPLY_SETTINGS_H
#define DDB_CORE_APPLY_SETTINGS_H

#include "run.h"

#include <stdbool.h>

// Warns of what DescribeTable tells of an existing table and the definition says
// otherwise: apply does not change it.
void apply_settings_compare(struct ddb *ddb, const struct table *declared,
                            const struct live_table *live);

// Asks an ACTIVE table for the settings that the definition mentions. False
// (diagnosed): the table cannot become as declared, or cannot be asked.
__attribute__((warn_unused_result)) bool
apply_settings_look(struct ddb *ddb, struct client *client,
                    const struct table *declared, struct live_table *live);

// Makes those that it lacks. False: diagnosed, or interrupted.
__attribute__((warn_unused_result)) bool
apply_settings_make(struct ddb *ddb, struct client *client,
                    const struct table *declared, struct live_table *live);

#endif
