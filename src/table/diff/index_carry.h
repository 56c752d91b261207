// What an index that is replaced keeps: the settings that the definition leaves out.
#ifndef DDB_TABLE_INDEX_CARRY_H
#define DDB_TABLE_INDEX_CARRY_H

#include "table.h"
#include "table_change.h"

// The index that takes the live one's place: as it is declared, and of what is not said
// as it was (on-demand maximums, warm throughput above what the mode brings,
// contributor insights). The tables are those that both are of. NULL for live: as it is
// declared.
struct secondary_index index_carry(const struct secondary_index *declared,
                                   const struct secondary_index *live,
                                   const struct table *table,
                                   const struct table *live_table);

// Notes each setting that is carried over, and what cannot be, since it is not known.
void index_carry_note(struct table_diff *out, const struct secondary_index *declared,
                      const struct secondary_index *live, const struct table *table,
                      const struct table *live_table);

#endif
