// Requests of the control plane.
#ifndef DDB_COMPILE_REQUEST_H
#define DDB_COMPILE_REQUEST_H

#include "buf.h"
#include "table.h"

// Appends the members of CreateTable: {"TableName":...}. The table was verified.
void request_write_create_table(struct buf *out, const struct table *table);

#endif
