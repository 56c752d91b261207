// What the items of a build were made for, beside it: a folder of ours with a file for
// each table, one record for each item in the order in which the build holds them. Only
// from one process to another of the same run; nobody else's file is read.
#ifndef DDB_BUILD_BUILD_MADE_H
#define DDB_BUILD_BUILD_MADE_H

#include "arena.h"
#include "batch.h"
#include "diag.h"
#include "made_for.h"
#include "str.h"
#include "table.h"

#include <stdbool.h>

// ---- written

struct made_writer;

// Into a folder that is made. NULL: diagnosed.
struct made_writer *made_writer_new(const char *folder, struct diags *diags);
// Notes the items of a table on their way to a sink. Both are borrowed until the next
// call or the end.
struct batch_sink made_writer_tap(struct made_writer *writer, const struct table *table,
                                  const struct batch_sink *to);
// All that was noted is written. False: diagnosed.
__attribute__((warn_unused_result)) bool made_writer_end(struct made_writer *writer);
void made_writer_free(struct made_writer *writer); // NULL is fine

// ---- read

// The file of a table in that folder, in arena.
const char *made_file(const char *folder, struct str table, struct arena *arena);

struct made_reader;

struct made_reader *made_reader_new(const char *file);
void made_reader_free(struct made_reader *reader); // NULL is fine
// What the next item was made for, valid until the next call. False: diagnosed.
__attribute__((warn_unused_result)) bool
made_reader_next(struct made_reader *reader, struct made_for *out, struct diags *diags);

#endif
