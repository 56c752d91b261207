// The text of ~/.aws/config or ~/.aws/credentials as sections of keys, the way the SDKs
// read it. Which sections mean what is not known here.
//
//     [profile x]                 a section; what stands behind the bracket is left out
//     region = eu-west-1          a key (in lower case from here on), '=' or ':', a value
//     s3 =                        a key with keys below it, one level deep
//       max_concurrent_requests = 20
//     # comment                   at the start of a line; '#' and ';' behind a blank, too
//
// A line that is indented further than its key goes on with its value. Sections and keys
// that stand twice are one, and the last value counts.
#ifndef DDB_SERVICE_INI_READ_H
#define DDB_SERVICE_INI_READ_H

#include "arena.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

#define INI_MAX_BYTES ((size_t)1 << 20)

struct ini_entry {
    struct str key;
    struct str value;        // lines behind the first one follow a '\n'
    struct ini_entry *below; // below_count of them: of a value that has only such lines
    size_t below_count;
};

struct ini_section {
    struct str name; // between the brackets, without blanks at its ends
    struct ini_entry *entries;
    size_t count;
    size_t cap; // private
};

struct ini {
    struct ini_section *sections; // in their order
    size_t count;
};

struct ini_mistake {
    size_t line; // from 1
    const char *why;
};

// Everything lives in arena: slices of text are copied. False: *mistake says where and
// what.
__attribute__((warn_unused_result)) bool ini_read(struct ini *out, struct str text,
                                                  struct arena *arena,
                                                  struct ini_mistake *mistake);

// NULL when missing. Keys are lower case, those below another key as they were written.
const struct ini_section *ini_find(const struct ini *ini, struct str name);
const struct ini_entry *ini_section_find(const struct ini_section *section,
                                         const char *key);
const struct ini_entry *ini_entry_find(const struct ini_entry *entry, const char *key);

#endif
