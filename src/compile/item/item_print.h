// An item, in DynamoDB JSON or as values, as two fingerprints: of its key, and of all that it holds.
// Equal values have equal ones, however they are written.
#ifndef DDB_COMPILE_ITEM_PRINT_H
#define DDB_COMPILE_ITEM_PRINT_H

#include "buf.h"
#include "item.h"
#include "str.h"
#include "table.h"
#include "uuid.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

// Valid until the next item_print_read or item_print_take, and as long as what was given.
struct item_print {
    struct value_entry *entries; // count of them
    size_t count;
    struct str key_text; // canonical: in the order of keys
    struct uuid key;
};

struct item_printer;

// For items of a table, which is borrowed.
struct item_printer *item_printer_new(const struct table *table);
void item_printer_free(struct item_printer *printer); // NULL is fine

// Reads {"pk":{"S":"..."},...}: a whole item, or a key alone. False: it is none of the
// table, *why says what is wrong.
__attribute__((warn_unused_result)) bool item_print_read(struct item_print *out,
                                                         struct item_printer *printer,
                                                         struct str json,
                                                         const char **why);
// The same of values. False: it lacks the table's key.
__attribute__((warn_unused_result)) bool item_print_take(struct item_print *out,
                                                         struct item_printer *printer,
                                                         const struct item *item);
struct uuid item_print_contents(struct item_printer *printer,
                                const struct item_print *print);

// An attribute of the table's key, which it has.
const struct value_entry *item_print_get(const struct item_print *print,
                                         struct str name);
// Appends {"pk":{...},"sk":{...}}: its key alone.
void item_print_write_key(struct buf *out, const struct item_printer *printer,
                          const struct item_print *print);

#endif
