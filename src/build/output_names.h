// The names of the files that a build writes, and so the only ones that the next build
// replaces and a comparison with it reads.
#ifndef DDB_BUILD_OUTPUT_NAMES_H
#define DDB_BUILD_OUTPUT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTPUT_KINDS 5 // operations that have files
#define OUTPUT_NAME_MAX 64

// "CreateTable" -> its kind, below OUTPUT_KINDS; dies of an operation without files.
size_t output_name_kind(const char *operation);
// create-table.json; batch-write-item-000002.json for the kinds that may have several,
// number counting from 1.
void output_name_write(char out[OUTPUT_NAME_MAX], size_t kind, uint64_t number);

// "CreateTable", of a kind below OUTPUT_KINDS.
const char *output_name_operation(size_t kind);
// What output_name_write gave a name for; number is 1 for the kinds that have no
// others. False: it gave no such name.
bool output_name_read(size_t *kind, uint64_t *number, const char *name);
// True for a name that output_name_write gives.
bool output_name_is_request(const char *name);
// True for a table's name, which is that of its folder (A001, A002).
bool output_name_is_table(const char *name);

#endif
