// An item in DynamoDB JSON as two fingerprints: of its key, and of all that it holds.
// Equal values have equal ones, however they are written.
#ifndef DDB_COMPILE_IMPRINT_H
#define DDB_COMPILE_IMPRINT_H

#include "buf.h"
#include "str.h"
#include "table.h"
#include "uuid.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

// Valid until the next imprint_read.
struct imprint {
    struct value_entry *entries; // count of them
    size_t count;
    struct str key_text; // canonical: in the order of keys
    struct uuid key;
};

struct imprinter;

// For items of a table, which is borrowed.
struct imprinter *imprinter_new(const struct table *table);
void imprinter_free(struct imprinter *imprinter); // NULL is fine

// Reads {"pk":{"S":"..."},...}: a whole item, or a key alone. False: it is none of the
// table, *why says what is wrong.
__attribute__((warn_unused_result)) bool imprint_read(struct imprint *out,
                                                      struct imprinter *imprinter,
                                                      struct str json,
                                                      const char **why);
struct uuid imprint_contents(struct imprinter *imprinter,
                             const struct imprint *imprint);

// An attribute of the table's key, which it has.
const struct value_entry *imprint_get(const struct imprint *imprint, struct str name);
// Appends {"pk":{...},"sk":{...}}: its key alone.
void imprint_write_key(struct buf *out, const struct imprinter *imprinter,
                       const struct imprint *imprint);

#endif
