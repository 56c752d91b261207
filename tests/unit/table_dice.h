// Random definitions of one table, as YAML. Those of one family have the same base key
// and local indexes more often than not; everything else is thrown anew each time.
#ifndef DDB_UNIT_TABLE_DICE_H
#define DDB_UNIT_TABLE_DICE_H

#include "buf.h"
#include "dice.h"

#include <stdint.h>

// Appends a legal definition of table `messages`.
void table_dice_throw(struct buf *out, struct dice *dice, uint64_t family);

#endif
