// The first pass: the text of all fixtures.
#ifndef DDB_COMPILE_SURVEY_H
#define DDB_COMPILE_SURVEY_H

#include "compilation.h"

// First pass over all fixtures: everything that is wrong with their text, the ends of
// their conversations, rows that nothing takes or reads, and into each unit the handles
// that its fixtures name.
void survey_fixtures(struct compilation *compilation);

#endif
