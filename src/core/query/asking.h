// What a pattern is asked with, and of whom: of the service, or of the compiled fixtures.
#ifndef DDB_CORE_ASKING_H
#define DDB_CORE_ASKING_H

#include "client.h"
#include "query_bind.h"
#include "reader.h"
#include "run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asking {
    struct ddb *ddb;
    struct unit *unit;             // NULL: a table without a definition
    const struct pattern *pattern; // NULL: all of a table
    struct bound_query *bound;     // of the pattern
    struct str table;
    uint64_t limit; // the most items that come back; of one page what is read; 0: all
    bool one_page;
    struct str start;                    // JSON; empty: from the beginning
    const struct value_entry *start_key; // the same, start_count of them
    size_t start_count;
    bool units; // what it costs is asked for, whoever reads stderr
};

// Where patterns are asked: of a service, or of items in memory.
struct asked;

// Resolves the target and says where it is. NULL: diagnosed. The ddb is borrowed.
struct asked *asked_open(struct ddb *ddb);
// The unit's items, which are verified, in a table in memory. NULL: diagnosed, or stopped.
struct asked *asked_open_offline(struct ddb *ddb, struct unit *unit);
void asked_close(struct asked *asked); // NULL is fine
// Gives the sink each item, and in *answer what is told of all. False: diagnosed, or
// nobody reads any more.
__attribute__((warn_unused_result)) bool ask(struct asked *asked,
                                             struct reader_answer *answer,
                                             const struct asking *asking,
                                             const struct reader_sink *sink);

struct engine;

// The same of either.
__attribute__((warn_unused_result)) bool ask_live(struct reader_answer *answer,
                                                  const struct asking *asking,
                                                  struct client *client,
                                                  const struct reader_sink *sink);
__attribute__((warn_unused_result)) bool ask_offline(struct reader_answer *answer,
                                                     const struct asking *asking,
                                                     struct engine *engine,
                                                     const struct reader_sink *sink);

#endif
