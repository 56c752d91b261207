// Compiled requests written down: NDJSON on a descriptor, or a folder of request files
// that is replaced whole. The sinks of `build` and `convert`.
#ifndef DDB_BUILD_OUTPUT_H
#define DDB_BUILD_OUTPUT_H

#include "batch.h"
#include "diag.h"
#include "file.h"
#include "stop.h"
#include "str.h"

#include <stdbool.h>

struct output;

// Lines to fd (borrowed), through a buffer of some hundred KiB. requests:
// {"CreateTable":{...}} and {"BatchWriteItem":{"RequestItems":{...}}}, else
// {"Item":{...}} a line and no tables. What a CI could take for a command is written as
// in harmless.h, which in JSON means the same; in files it stays as it is.
// stop ends a wait for the reader, without a word.
struct output *output_lines_new(int fd, bool requests, const struct stop *stop,
                                struct diags *diags);

// The same lines into a file that appears whole or not at all (a temporary file beside
// it, renamed by output_commit), or into a pipe or device as it is; stop as above.
struct output *output_file_new(const char *path, bool requests, const struct stop *stop,
                               struct diags *diags);

// Text into such a file that only its owner can read. NULL: diagnosed.
struct output *output_private_new(const char *path, const struct stop *stop,
                                  struct diags *diags);

// DIR/create-table.json, DIR/batch-write-item-000001.json, ... (output_names.h), each
// what `aws dynamodb ... --cli-input-json` takes; with `per_table`, DIR/TABLE/...
// instead. Written to a temporary folder beside DIR, which takes DIR's place at
// output_commit. NULL (diagnosed) when DIR exists and holds anything that a former
// build did not write, is no folder, or cannot be replaced.
struct output *output_dir_new(const char *dir, bool per_table, struct diags *diags);

// A request about a table: the operation ("CreateTable") and its members
// ({"TableName":...}). All of them come before batches. Items alone have none.
__attribute__((warn_unused_result)) bool output_request(struct output *output,
                                                        struct str table_name,
                                                        const char *operation,
                                                        struct str body);
// Text as it is, into lines or a file: convert's fixtures, saved plans.
__attribute__((warn_unused_result)) bool output_text(struct output *output,
                                                     struct str text);
// The sink of the batches of all tables (batch->table_name tells which).
struct batch_sink output_sink(struct output *output);

// Makes everything visible. False: diagnosed, nothing of a file or folder is left
// behind.
__attribute__((warn_unused_result)) bool output_commit(struct output *output);
// Frees; without a commit before, removes what was written to files.
void output_free(struct output *output); // NULL is fine

#endif
