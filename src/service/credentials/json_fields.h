// A few members of a JSON object by their names, for answers and files that hold
// credentials: small, and read by nobody else.
#ifndef DDB_SERVICE_JSON_FIELDS_H
#define DDB_SERVICE_JSON_FIELDS_H

#include "arena.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

struct json_field {
    const char *name; // "accessToken", or "accessToken.accessKeyId" of an object in it
    struct str *text; // a string decoded, a number as written; as it was when missing
};

// False: text is no JSON object. What is neither string nor number is as good as missing.
// Texts are slices, or in arena.
__attribute__((warn_unused_result)) bool
json_fields_read(const struct json_field *fields, size_t count, struct str text,
                 struct arena *arena);

#endif
