// A change of one item as a request that is carried out only if the item still is as it
// was seen: PutItem, UpdateItem or DeleteItem.
//
// An update touches the attributes that differ and no others, under their values as seen;
// whatever else an application writes there stays. What it cannot say in an expression is
// put whole. A put and a delete take everything with them, also what no condition can see,
// an attribute that was added meanwhile: they ask for the old item (ALL_OLD), and
// conditional_saw judges it.
#ifndef DDB_COMPILE_CONDITIONAL_H
#define DDB_COMPILE_CONDITIONAL_H

#include "arena.h"
#include "buf.h"
#include "item.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>

// Attributes that an UpdateItem changes at most: its condition has two operators for each.
#define CONDITIONAL_UPDATE_MAX 99u

enum conditional_operation {
    CONDITIONAL_NOTHING, // it is as it is to be
    CONDITIONAL_PUT,
    CONDITIONAL_UPDATE,
    CONDITIONAL_DELETE,
};

// Both items have the key, which is the same. Either may be NULL, not both: nothing was
// there, nothing is to be there.
struct conditional {
    const struct table *table;
    const struct item *seen;
    const struct item *wanted;
    // Lists and maps that are too large to be compared by members are not compared by
    // `=`, but by type and size, and the old item says the rest: for servers whose `=`
    // never holds for them.
    bool loose;
};

struct conditional_request {
    enum conditional_operation operation;
    bool old; // its answer holds the item as it was, if there was one
};

// "PutItem"; of CONDITIONAL_NOTHING NULL.
const char *conditional_operation_name(enum conditional_operation operation);

// Appends the request's body. What it says is a pure matter of the two items: the same
// once more is the same request.
struct conditional_request conditional_build(struct buf *out,
                                             const struct conditional *conditional,
                                             struct arena *scratch);

// Whether an item, NULL for none, is as it was seen: of an update in the attributes that
// it touches, else in all.
bool conditional_saw(const struct conditional *conditional, const struct item *item,
                     struct arena *scratch);
// Whether it is as it is to be, in the same way.
bool conditional_done(const struct conditional *conditional, const struct item *item,
                      struct arena *scratch);
// What is to be taken back of a change: what it left there, NULL for nothing, is to be
// `old` again.
struct undo {
    const struct table *table;
    const struct item *left;
    const struct item *old; // not NULL
};

// Of a change that met `old` instead of what was seen.
struct undo undo_begin(const struct conditional *conditional, const struct item *old,
                       struct arena *scratch);
// The change that takes it back where nobody was there since.
struct conditional undo_first(const struct undo *undo);
// The same where others were, who left `now` (NULL: nothing): what they wrote stays, and
// everything else is again as in `old`. False: nothing is to be taken back, as they
// deleted what the change had left.
bool undo_amid(struct conditional *back, const struct undo *undo,
               const struct item *now, struct arena *scratch);
// What is to be taken back once `back`, either of these, met more than it saw itself.
struct undo undo_again(const struct undo *undo, const struct conditional *back,
                       const struct item *met, struct arena *scratch);

// Appends {"pk":{...},"sk":{...}}: the key of an item of the table.
void conditional_write_key(struct buf *out, const struct table *table,
                           const struct item *item);

#endif
