// The folder of a target's ledgers, ROOT/.ddbgen/TARGET, and who may have written in it.
#ifndef DDB_SERVICE_LEDGER_FOLDER_H
#define DDB_SERVICE_LEDGER_FOLDER_H

#include "arena.h"
#include "str.h"

#include <stdbool.h>
#include <sys/stat.h>

#define LEDGER_FOLDER ".ddbgen"

// A name as that of a file: shortened when the file system would not take it, with a
// hash in place of its end. `suffix` ("+notes") makes it one that no table has.
const char *ledger_file_name(struct str name, const char *suffix, struct arena *arena);

// A descriptor of the folder, which `make` makes where it is missing, with a .gitignore.
// -1: errno, ENOENT without `make`; or *why, a static text, when it is not to be trusted.
int ledger_folder_open(const char **why, const char *root, struct str target, bool make,
                       struct arena *arena);

// Why a folder or a file is not to be trusted, a static text, or NULL.
const char *ledger_why_untrusted(const struct stat *info);

#endif
