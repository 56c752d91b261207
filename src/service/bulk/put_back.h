// What a put or a delete took with it, though nobody had seen it when the change was
// planned, is given back.
#ifndef DDB_SERVICE_PUT_BACK_H
#define DDB_SERVICE_PUT_BACK_H

#include "arena.h"
#include "client.h"
#include "conditional.h"
#include "diag.h"
#include "item.h"
#include "str.h"

#include <stdbool.h>

// The service's code for a condition that does not hold.
#define CONDITION_DECLINED "ConditionalCheckFailedException"
// Attempts, each after others were there in between.
#define PUT_BACK_TRIES 16u

// `change` was carried out and met `old`. What others write meanwhile stays, too. Not even
// an interruption stops it: it is our doing. False: it cannot be given back, which is
// diagnosed with all that it was. Everything it makes lives in the arena, which is not
// reset.
__attribute__((warn_unused_result)) bool
put_back(struct client *client, const struct conditional *change,
         const struct item *old, struct arena *arena, struct diags *diags);

// The item that is the member of an answer, an object that was read whole before; NULL if
// it has none. False: it is no item, and why, a static text, says so.
__attribute__((warn_unused_result)) bool
put_back_read(struct item **item, const char *member, struct str answer,
              struct arena *arena, const char **why);

#endif
