// Items that a run left as somebody else made them between the plan and the write: said
// at its end, with their keys and lines.
#ifndef DDB_CORE_LEFT_ITEMS_H
#define DDB_CORE_LEFT_ITEMS_H

#include "batch.h"
#include "map.h"
#include "missing.h"
#include "run.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>

#define LEFT_ITEMS_TOLD 8

struct left_items {
    struct ddb *ddb;
    const struct table *table;
    struct map keys; // canonical
    struct str told[LEFT_ITEMS_TOLD];
    struct missing lines; // of those that fixtures declare
};

void left_items_init(struct left_items *left, struct ddb *ddb,
                     const struct table *table);
// key: {"pk":{...}}; text: the same in canonical form.
void left_items_add(struct left_items *left, struct str key, struct str text,
                    const struct batch_item *of);
bool left_items_have(const struct left_items *left, struct str text);
// "3 items changed meanwhile": one diagnostic (exit code 1), if there are any.
void left_items_say(struct left_items *left);

#endif
