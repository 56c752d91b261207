// A compilation in a fuzz target: one definition and one transcript, of which one is
// the input, through every pass, and what must hold of all that is emitted.
#ifndef DDB_FUZZ_RUN_H
#define DDB_FUZZ_RUN_H

#include "fuzz.h"

#include "compilation.h"
#include "item_print.h"
#include "map.h"

struct fuzz_run {
    struct fuzz_stage stage;
    struct source definition;
    struct source fixture;
    struct compilation compilation;
    struct unit unit;
    struct map keys; // of the items that were emitted
    struct item_printer *printer;
    struct uuid *prints; // of what they hold, in their order
    size_t print_count;
    size_t print_cap;
    size_t given_count; // of them that came as values, too
};

// Which of the two texts is the input, where diagnostics' places are checked.
enum fuzz_input {
    FUZZ_DEFINITION,
    FUZZ_FIXTURE,
};

void fuzz_run_init(struct fuzz_run *run, struct str definition, struct str fixture,
                   enum fuzz_input input);
// Reads and compiles the definition. False: diagnosed, or it is none.
bool fuzz_run_define(struct fuzz_run *run);
// Surveys the fixture, verifies and emits its items. Each item must be strict JSON with
// a legal key that no other one has, there must be as many as verify_unit has counted,
// and as values they must hold the same. `given` is the header of a bare transcript, or NULL.
void fuzz_run_transcript(struct fuzz_run *run, const struct header *given);
// The same for a fixture of rows and items.
void fuzz_run_data(struct fuzz_run *run);
void fuzz_run_deinit(struct fuzz_run *run);

#endif
