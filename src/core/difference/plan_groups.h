// The changes of a table's items, gathered: what of each entity comes, changes, moves
// and goes, and which attributes; and equal changes, whatever their values, as one
// group with the first and the last of them. Memory is bounded however many there are.
#ifndef DDB_CORE_PLAN_GROUPS_H
#define DDB_CORE_PLAN_GROUPS_H

#include "buf.h"
#include "plan_item.h"
#include "reconcile.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GROUPS_MAX 100           // of a table; what is in none of them is "various"
#define GROUP_ATTRIBUTES_MAX 50  // of a group's; more are "various", too
#define ENTITY_ATTRIBUTES_MAX 50 // that are counted by name, of an entity
#define ADDED_SHOWN 10           // items of a group that come or go

// An attribute that comes, goes or changes in some items of an entity.
struct plan_attribute {
    char sign; // '+', '-', '~'; '!' in conflict, '=' left as others changed it
    struct str name;
    uint64_t count; // of items
};

struct plan_entity {
    struct str name; // empty: items as they were written, or of unknown making
    size_t place;    // in the definition
    uint64_t counts[ITEM_CHANGE_KINDS]; // by enum item_change_kind
    uint64_t gone;                      // as in struct plan_counts
    uint64_t kept;
    uint64_t losing;
    struct plan_attribute *attributes; // attribute_count of them, as they were met
    size_t attribute_count;
    size_t attribute_cap;
    bool more_attributes; // there were others
    struct map names;     // sign and name to a size_t, their place
};

// An item that is shown: see plan_item.h.
struct plan_shown {
    struct str head;
    struct str lines;
};

struct plan_group {
    struct plan_entity *entity;
    enum item_change_kind kind;
    bool gone;                         // of ITEM_ADDED: others deleted it
    bool kept;                         // of ITEM_THEIRS: nothing declares it
    bool theirs;                       // others changed it
    bool along;                        // of these, ITEM_MOVED: what they changed moves
    bool loses;                        // something is lost
    bool old_only;                     // of ITEM_MOVED: the item is there already
    bool various;                      // which attributes is not told apart
    bool unknown;                      // what was there before is not kept
    struct plan_attribute *attributes; // where not each is listed; counts unset
    size_t attribute_count;
    bool again; // some of the attributes are those of a group before it, too
    uint64_t count;
    struct plan_shown *first; // first_count of them: one, or of what comes or goes ten
    size_t first_count;
    struct buf head; // the last one's
    struct buf lines;
};

// Whether its items are listed, with what is in them: those that come, go, or stay
// although nothing declares them.
static inline bool plan_group_lists(const struct plan_group *group)
{
    return group->kind == ITEM_ADDED || group->kind == ITEM_STALE || group->kept;
}

// What of a group a change alone says: all but its entity and attributes.
struct plan_group plan_group_of(const struct item_change *change);

struct plan_groups;

// In words: colored, or not. `shown` false: only what is in plan_entity is wanted.
struct plan_groups *plan_groups_new(bool shown, bool color);
void plan_groups_free(struct plan_groups *groups); // NULL is fine
// Entities that are named before any change come first, in that order.
void plan_groups_name(struct plan_groups *groups, struct str entity);
void plan_groups_add(struct plan_groups *groups, const struct item_change *change);

// After all of them: entities of which something changes, and groups, in the order of
// entities, in each what is in conflict, comes, changes, moves, goes and is left.
const struct plan_entity *const *plan_groups_entities(size_t *count,
                                                      struct plan_groups *groups);
const struct plan_group *const *plan_groups_get(size_t *count,
                                                struct plan_groups *groups);

#endif
