// A declared table's settings against a live one's: a part of table_diff.
#ifndef DDB_TABLE_SETTINGS_DIFF_H
#define DDB_TABLE_SETTINGS_DIFF_H

#include "table.h"
#include "table_change.h"

// Appends what differs. What either side does not say is no difference; what only the
// live one does not is noted.
void settings_diff(struct table_diff *out, const struct table *declared,
                   const struct table *live);

// Adds what sets a declared key of KMS where nothing is known to differ (and forgets
// the note that says so).
void sse_resend(struct table_diff *out, const struct table *declared,
                const struct table *live);

// Whether a table that has the live tags has the declared ones and no others of ours.
bool tags_same(const struct table_settings *declared,
               const struct table_settings *live);

// Notes that the server tells nothing of what is declared.
void note_untold(struct table_diff *out, const struct secondary_index *index,
                 const char *path);

// How contributor insights stand in a change: a mode, "enabled", or not there.
struct str insights_describe(const struct contributor_insights *insights);

// As settings_diff, for contributor insights of an index, which may be replaced; live
// may be NULL: a new index has none.
void insights_diff(struct table_diff *out, const struct secondary_index *declared,
                   const struct secondary_index *live, bool replaced);

#endif
