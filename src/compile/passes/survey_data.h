// The first pass over a fixture of rows and items.
#ifndef DDB_COMPILE_SURVEY_DATA_H
#define DDB_COMPILE_SURVEY_DATA_H

#include "compilation.h"

// Every group of rows that no entity takes, and every column that no template reads,
// becomes a diagnostic; the handles of rows go into the units that take them.
void survey_data(struct compilation *compilation, const struct fixture *fixture);

#endif
