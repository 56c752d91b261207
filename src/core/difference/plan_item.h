// One change of an item, read and put into words.
#ifndef DDB_CORE_PLAN_ITEM_H
#define DDB_CORE_PLAN_ITEM_H

#include "buf.h"
#include "plan_delta.h"
#include "plan_notation.h"
#include "reconcile.h"

#include <stdbool.h>

// Both sides as values, in one order on all servers.
struct plan_item {
    const struct item_change *change;
    struct arena *arena;
    struct plan_side old;      // what is live
    struct plan_side new;      // what is declared
    bool has_deltas;           // both are there, and are held against each other
    struct plan_deltas deltas; // live to declared; of ITEM_THEIRS what others changed,
                               // of ITEM_CONFLICT without what is in conflict
};

// Whether it is ITEM_THEIRS that nothing declares: it is shown with what is in it.
static inline bool plan_item_is_kept(const struct item_change *change)
{
    return change->kind == ITEM_THEIRS && change->declared.len == 0;
}

// All of it lives in arena, or as long as the change.
void plan_item_read(struct plan_item *out, const struct item_change *change,
                    struct arena *arena);
// The live side alone: for formats that show both as they are.
void plan_item_read_live(struct plan_side *out, const struct item_change *change,
                         struct arena *arena);

// pk "MSG#5ae2..." sk "2023-03-19T12:04..."  (message, fixtures/talk.txt:14)
void plan_item_put_head(struct buf *out, const struct plan_item *item,
                        enum notation_room room);
// What a change that loses something takes away, for a question, in arena:
// "change balance, remove tags of item pk "ACC#1"".
struct str plan_item_loss(const struct item_change *change, struct arena *arena);
// What is in it, or what is otherwise: whole lines, without indentation.
void plan_item_put_lines(struct buf *out, const struct plan_item *item,
                         enum notation_room room, bool color);

#endif
