// A bound pattern as the request that it is: Query, Scan, GetItem or BatchGetItem.
#ifndef DDB_COMPILE_QUERY_WRITE_H
#define DDB_COMPILE_QUERY_WRITE_H

#include "arena.h"
#include "buf.h"
#include "diag.h"
#include "query_bind.h"

#include <stdbool.h>
#include <stddef.h>

// "Query", "Scan", "GetItem" or "BatchGetItem".
const char *query_operation(const struct query *query);

// Appends the request's JSON without its closing brace. Not of a batch_get. False
// (diagnosed): an expression is longer than the service takes (B101).
__attribute__((warn_unused_result)) bool query_write(struct buf *out,
                                                     const struct bound_query *bound,
                                                     struct arena *arena,
                                                     struct diags *diags);

// Of a batch_get, for the keys from `from` on, at most `count` of them: what stands
// between the braces of RequestItems. Each item comes with its key, whatever the
// projection says.
void query_write_keys(struct buf *out, const struct bound_query *bound, size_t from,
                      size_t count, struct arena *arena);

// What each member has as its own of a batch_get's request: ,"ConsistentRead":...
void query_write_rest(struct buf *out, const struct bound_query *bound,
                      struct arena *arena);

#endif
