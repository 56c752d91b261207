// What a table asks of an item that is a tree of values.
#ifndef DDB_COMPILE_ITEM_CHECK_H
#define DDB_COMPILE_ITEM_CHECK_H

#include "diag.h"
#include "entity.h"
#include "item.h"
#include "table.h"

#include <stdbool.h>

struct fixture;

// Where an item comes from, for messages.
struct item_origin {
    const struct fixture *fixture;
    const struct entity *entity; // NULL: as it was written
    struct span span;            // of the row or the item
};

// Keys (B050 to B057), depth (B012), sizes (B070, A066). False: diagnosed. What the
// service takes and is likely to be a mistake is warned of.
__attribute__((warn_unused_result)) bool item_check(const struct item *item,
                                                    const struct item_origin *origin,
                                                    const struct table *table,
                                                    struct diags *diags);
// Of that, only what the table's own key asks, of a table whose indexes are not known.
__attribute__((warn_unused_result)) bool
item_check_key(const struct item *item, const struct item_origin *origin,
               const struct table *table, struct diags *diags);

#endif
