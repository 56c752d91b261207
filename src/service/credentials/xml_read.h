// A strict reader of the little XML that STS answers with: elements, attributes that are
// skipped, text with the five entities and numbered characters. A document type, CDATA
// and processing instructions behind the first are refused: nothing that is asked for
// has any.
#ifndef DDB_SERVICE_XML_READ_H
#define DDB_SERVICE_XML_READ_H

#include "arena.h"
#include "str.h"

#include <stdbool.h>

#define XML_MAX_DEPTH 16

// The text of the first element at path ("A/B/C", from the root), without blanks at its
// ends, in arena; empty when there is none. False: it is no well-formed document.
__attribute__((warn_unused_result)) bool
xml_find(struct str *out, struct str xml, const char *path, struct arena *arena);

#endif
