// Fixtures against definitions: what feeds what.
#ifndef DDB_CORE_FEEDING_H
#define DDB_CORE_FEEDING_H

#include "run.h"

#include <stdbool.h>

// Diagnoses a transcript that no definition of the run takes.
void feeding_check_transcript(struct ddb *ddb, const struct fixture *fixture);
// Gives each fixture of items to the table that it names; diagnoses items of which it
// is not clear whose they are.
void feeding_settle_items(struct ddb *ddb);
// Diagnoses entities that none of the definition's own fixtures feeds.
void feeding_check_entities(struct ddb *ddb, const struct unit *unit);

#endif
