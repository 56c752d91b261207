// Requests of the control plane.
#ifndef DDB_TABLE_REQUEST_H
#define DDB_TABLE_REQUEST_H

#include "buf.h"
#include "table.h"

// Appends the members of CreateTable: {"TableName":...}. The table was verified.
void request_write_create_table(struct buf *out, const struct table *table);

// Members that UpdateTable takes as well, a comma before each; nothing when the table
// or index has none of it.
void request_write_provisioned(struct buf *out, const struct capacity *capacity);
void request_write_stream(struct buf *out, const struct stream_specification *stream);
void request_write_sse(struct buf *out, const struct sse_specification *sse);
// A member of GlobalSecondaryIndexes, and of UpdateTable's Create: {"IndexName":...}.
void request_write_index(struct buf *out, const struct secondary_index *index);

#endif
