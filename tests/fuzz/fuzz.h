// What every fuzz target includes: a stage to read a text on, and checks that abort, so
// that libFuzzer (or the replaying driver, replay.c) names the input.
//
// A target is one file with LLVMFuzzerTestOneInput: it says in its prologue which text
// it takes and which properties must hold whatever the text is. It keeps nothing
// between two inputs.
#ifndef DDB_FUZZ_H
#define DDB_FUZZ_H

#include "arena.h"
#include "diag.h"
#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_REQUIRE(property)                                                         \
    ((property) ? (void)0 : fuzz_fail(#property, __FILE__, __LINE__))
_Noreturn void fuzz_fail(const char *property, const char *file, int line);

struct fuzz_stage {
    struct arena arena;
    struct diags diags;
    struct source source;
    const struct source
        *input; // whose places are checked; source, unless said otherwise
};

// The text is borrowed. It stands in memory of exactly its size, so that reading past
// its end is seen.
void fuzz_stage_init(struct fuzz_stage *stage, struct str text);
// Prints what was diagnosed in every format and checks it: no control characters,
// strict JSON, no place outside the text. Then frees.
void fuzz_stage_deinit(struct fuzz_stage *stage);

// A new folder for one input, in memory where there is such a place; and its end.
#define FUZZ_FOLDER_MAX 32
void fuzz_folder_make(char out[FUZZ_FOLDER_MAX]);
void fuzz_folder_remove(const char *folder);

// Only LF and what a terminal shows as it is.
void fuzz_require_harmless(struct str text);

// Whether text is one JSON value, by our own strict reader.
bool fuzz_is_json(struct str text);
// It is, and by cJSON, too.
void fuzz_require_json(struct str text);
// The same for each line; all of them end in LF.
void fuzz_require_json_lines(struct str text);

#endif
