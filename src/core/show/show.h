// Items on standard output, for people and programs.
#ifndef DDB_CORE_SHOW_H
#define DDB_CORE_SHOW_H

#include "chat.h"
#include "run.h"

#include <stdbool.h>

struct shower;
// Items go to standard output in the given shape, attributes in the order of a
// definition (NULL: by name).
struct shower *shower_new(struct ddb *ddb, enum ddb_shape shape,
                          const struct definition *definition);
// Of DDB_SHAPE_CHAT: where messages go. It is the shower's then.
void shower_set_chat(struct shower *shower, struct chat *chat);
// One item in DynamoDB JSON. False: standard output is gone.
bool shower_item(void *shower, struct str json);
// Appends an item in DynamoDB JSON, its attributes in the shower's order; what is no item
// gives nothing.
void shower_put_item(struct shower *shower, struct buf *out, struct str json);
// Writes what is held back (a table's rows), and, with say_none, that there was nothing.
void shower_end(struct shower *shower, bool say_none);
void shower_free(struct shower *shower);

#endif
