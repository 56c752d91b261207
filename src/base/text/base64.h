// RFC 4648 section 4 base64, as strict as the service: padded, no whitespace, unused
// bits zero (rule B010).
#ifndef DDB_BASE_BASE64_H
#define DDB_BASE_BASE64_H

#include "arena.h"
#include "str.h"

// Decodes into arena. Returns false, with *out empty, when text is not strict base64.
__attribute__((warn_unused_result)) bool base64_decode(struct str *out, struct str text,
                                                       struct arena *arena);

#endif
