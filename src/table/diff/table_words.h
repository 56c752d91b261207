// Keys, projections and indexes in words: as a definition would write them, names
// quoted that are more than a word, and as JSON. Both are such that what differs looks
// so.
#ifndef DDB_TABLE_TABLE_WORDS_H
#define DDB_TABLE_TABLE_WORDS_H

#include "table.h"
#include "table_change.h"

struct table_words {
    struct str text;
    struct str json;
};

// { hash: a (S), range: "b c" (N) }
struct table_words table_words_key(const struct table_diff *diff,
                                   const struct table *table,
                                   const struct key_schema *key);
// ALL; { include: [a, "b c"] }, in the order of names: it has none of its own
struct table_words table_words_projection(const struct table_diff *diff,
                                          const struct projection *projection);
// { key_schema: ..., projection: ..., provisioned_throughput: ..., ... }: all that it
// is made with, and `whole`, of one that is there, what it was given since.
struct table_words table_words_index(const struct table_diff *diff,
                                     const struct table *table,
                                     const struct secondary_index *index, bool whole);

#endif
