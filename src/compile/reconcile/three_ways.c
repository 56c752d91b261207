// The decision table. Facts about one attribute or one item enter, what becomes of it
// leaves.
#include "three_ways.h"

// Who changed an attribute that is not as declared.
enum changed {
    CHANGED_UNKNOWN,
    CHANGED_BY_THEM, // was as declared
    CHANGED_BY_US,   // is as it was
    CHANGED_BY_BOTH,
    CHANGED_COUNT,
};

enum wish {
    WISH_NONE,
    WISH_RESTORE,
    WISH_KEEP,
    WISH_COUNT,
};

struct cell {
    enum attribute_fate fate;
    bool loses;
};

static const struct cell CELLS[CHANGED_COUNT][WISH_COUNT] = {
    [CHANGED_UNKNOWN] = {{ATTRIBUTE_TAKEN, true},
                         {ATTRIBUTE_TAKEN, true},
                         {ATTRIBUTE_TAKEN, true}},
    [CHANGED_BY_THEM] = {{ATTRIBUTE_THEIRS, false},
                         {ATTRIBUTE_RESTORED, true},
                         {ATTRIBUTE_THEIRS, false}},
    [CHANGED_BY_US] = {{ATTRIBUTE_TAKEN, false},
                       {ATTRIBUTE_TAKEN, false},
                       {ATTRIBUTE_TAKEN, false}},
    [CHANGED_BY_BOTH] = {{ATTRIBUTE_CONFLICT, false},
                         {ATTRIBUTE_RESTORED, true},
                         {ATTRIBUTE_THEIRS, false}},
};

struct attribute_verdict attribute_decide(const struct attribute_ways *ways,
                                          const struct three_ways *said)
{
    enum changed changed = !ways->is_known      ? CHANGED_UNKNOWN
                           : ways->was_declared ? CHANGED_BY_THEM
                           : ways->was_live     ? CHANGED_BY_US
                                                : CHANGED_BY_BOTH;
    enum wish wish = said->restore       ? WISH_RESTORE
                     : said->keep_theirs ? WISH_KEEP
                                         : WISH_NONE;
    const struct cell *cell = &CELLS[changed][wish];
    if (ways->is_declared) {
        return (struct attribute_verdict){0};
    }
    return (struct attribute_verdict){
        .differs = true,
        .fate = cell->fate,
        .loses = cell->loses && ways->is_live,
    };
}

static struct item_verdict stale(bool theirs, const struct three_ways *said)
{
    return (struct item_verdict){
        .changes = true,
        .kind = ITEM_STALE,
        .theirs = theirs,
        .loses = theirs && said->restore,
    };
}

// An old place of what is declared elsewhere.
static struct item_verdict decide_moved(const struct item_ways *ways)
{
    bool is_conflict = !ways->there && ways->conflicts > 0;
    return (struct item_verdict){
        .changes = true,
        .kind = is_conflict ? ITEM_CONFLICT : ITEM_MOVED,
        .theirs = !ways->same && !(ways->there && ways->covered),
        .loses = !ways->there && !is_conflict && ways->loses,
    };
}

struct item_verdict item_decide(const struct item_ways *ways,
                                const struct three_ways *said)
{
    if (!ways->live) {
        return (struct item_verdict){
            .changes = ways->declared,
            .kind = ITEM_ADDED,
            .gone = ways->declared && ways->was,
        };
    }
    if (!ways->declared && ways->was) {
        return ways->moved ? decide_moved(ways) : stale(!ways->same, said);
    }
    return (struct item_verdict){
        .changes = ways->declared && ways->taken + ways->theirs + ways->conflicts > 0,
        .kind = ways->conflicts > 0 ? ITEM_CONFLICT
                : ways->taken > 0   ? ITEM_CHANGED
                                    : ITEM_THEIRS,
        .loses = ways->declared && ways->conflicts == 0 && ways->loses,
    };
}
