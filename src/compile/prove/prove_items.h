// Items that no entity makes: those that fixtures hold as they are.
#ifndef DDB_COMPILE_PROVE_ITEMS_H
#define DDB_COMPILE_PROVE_ITEMS_H

#include "item.h"
#include "prover.h"

#include <stdbool.h>

// Whether one of the unit's fits; none is asked behind the first that does.
bool prove_any_item(const struct prover *prover,
                    bool (*fits)(void *context, const struct item *item),
                    void *context);

// Whether the definition's own fixtures of items are all in the run: without them
// nothing can be said of items that no entity makes.
bool prove_knows_items(const struct unit *unit);

#endif
