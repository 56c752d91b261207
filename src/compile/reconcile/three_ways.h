// What becomes of an item, and of each of its attributes, of which three things may be
// known: what it was when it was applied, what is declared, and what is there. The table
// of docs/ledger.md, as pure functions.
#ifndef DDB_COMPILE_THREE_WAYS_H
#define DDB_COMPILE_THREE_WAYS_H

#include <stdbool.h>
#include <stddef.h>

// What was said to become of what others changed.
struct three_ways {
    bool show_theirs; // they count as differences, and are shown
    bool restore;     // they become as declared
    bool keep_theirs; // of a conflict, too, theirs stays
    bool by_rule;     // restore is the target's rule: nobody is asked for items
};

// ---- attributes

// What becomes of an attribute that is not the same in live and declared.
enum attribute_fate {
    ATTRIBUTE_TAKEN,    // it becomes as declared
    ATTRIBUTE_RESTORED, // likewise, although somebody else changed it
    ATTRIBUTE_THEIRS, // it stays as it is: it was as declared, and somebody changed it
    ATTRIBUTE_CONFLICT, // both changed it
};

// One attribute; to be absent is a value like any other.
struct attribute_ways {
    bool is_known; // what it was
    bool was_declared;
    bool was_live;
    bool is_declared; // live is as declared
    bool is_live;     // live has it
};

struct attribute_verdict {
    bool differs; // else nothing becomes of it
    enum attribute_fate fate;
    bool loses; // what is taken away is not known to be ours
};

struct attribute_verdict attribute_decide(const struct attribute_ways *ways,
                                          const struct three_ways *said);

// ---- items

enum item_change_kind {
    ITEM_ADDED,
    ITEM_CHANGED,
    ITEM_MOVED,    // what it was made for is declared under another key now
    ITEM_STALE,    // what it was made for is declared no more
    ITEM_THEIRS,   // somebody else changed what we applied; the declaration did not
    ITEM_CONFLICT, // both changed the same, otherwise
};
#define ITEM_CHANGE_KINDS 6

// Of an item under one key.
struct item_ways {
    bool was;      // applied before under this key, or proved to be ours
    bool declared; // under this key
    bool moved;    // what it was made for is declared under another key
    bool live;
    bool same;    // not declared: live is as it was applied
    bool there;   // moved: there is an item under the other key already
    bool covered; // and that one has what others changed here
    size_t taken; // attributes by their fates, against what is declared, here or there
    size_t theirs;
    size_t conflicts;
    bool loses; // any of them does
};

struct item_verdict {
    bool changes; // else nothing becomes of it
    enum item_change_kind kind;
    bool gone; // ITEM_ADDED: it was there, and somebody deleted it
    bool theirs;
    bool loses;
};

struct item_verdict item_decide(const struct item_ways *ways,
                                const struct three_ways *said);

#endif
