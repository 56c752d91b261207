// What can be told of all that a template gives.
#ifndef DDB_COMPILE_TEMPLATE_FACTS_H
#define DDB_COMPILE_TEMPLATE_FACTS_H

#include "expr.h"
#include "str.h"
#include "template.h"

#include <stdbool.h>

// The one expression that is all of the template and gives it its type, or NULL.
const struct expr *template_single(const struct template *template);

// True when some expression of it is optional.
bool template_is_optional(const struct template *template);

// The literal that a template begins with; may be empty.
struct str template_prefix(const struct template *template);

// True when distinct values of this subject's field give distinct texts, whatever the
// other expressions give: it stands unfiltered or padded, and where it begins and ends
// can be told from the text.
bool template_keeps(const struct template *template, enum subject subject,
                    enum field field);
// True when it is named at all.
bool template_reads(const struct template *template, enum subject subject,
                    enum field field);

#endif
