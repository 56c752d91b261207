// One order for what has none: an item's members, those of its maps, the members of
// sets. A server gives them in any, and in another one each time.
#ifndef DDB_MODEL_VALUE_ORDER_H
#define DDB_MODEL_VALUE_ORDER_H

#include "arena.h"
#include "value.h"

#include <stddef.h>

// Sorts entries in place: those that `like` names in its order, then the others by
// their names; maps inside by what stands under the same name in `like`; sets by their
// values. The values are changed, those of `like` are not; it may be the entries
// themselves, which stay in their order then.
void value_order(struct value_entry *entries, size_t count,
                 const struct value_entry *like, size_t like_count,
                 struct arena *scratch);

#endif
