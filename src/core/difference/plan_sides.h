// What of a change is whose: three sides of an attribute, by what becomes of it.
#ifndef DDB_CORE_PLAN_SIDES_H
#define DDB_CORE_PLAN_SIDES_H

#include "plan_item.h"

#include <stdbool.h>

// Whether that becomes of an attribute.
bool plan_sides_is(const struct item_change *change, struct str name,
                   enum attribute_fate fate);
// Whether any is restored.
bool plan_sides_restore(const struct item_change *change);
// Leaves of the differences only those of attributes of which that becomes, of
// ATTRIBUTE_TAKEN also ATTRIBUTE_RESTORED, and of keys. All of them where nothing is
// known of any.
void plan_sides_leave(struct plan_deltas *deltas, const struct item_change *change,
                      enum attribute_fate fate, struct arena *arena);
// Lines for an attribute in conflict, and for one that stays; nothing for others.
void plan_sides_put_conflict(struct buf *out, const struct plan_item *item,
                             const struct attribute_change *attribute,
                             enum notation_room room, bool color);
void plan_sides_put_theirs(struct buf *out, const struct plan_item *item,
                           const struct attribute_change *attribute,
                           enum notation_room room);

#endif
