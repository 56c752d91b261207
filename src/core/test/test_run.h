// The examples of some files, run.
#ifndef DDB_CORE_TEST_RUN_H
#define DDB_CORE_TEST_RUN_H

#include "outcome.h"
#include "run.h"
#include "tests_file.h"

#include <stdbool.h>

struct test_run {
    struct ddb
        *ddb; // whose units have the examples, and fixtures that are not read yet
    const struct ddb_test_options *options;
    const struct tests_file *file; // where the examples stand; NULL: in the definitions
    bool live;                     // a service is asked
    struct outcomes *outcomes;     // are added to
    struct arena *arena;           // of the outcomes' list
};

// Whether examples of a pattern are wanted.
bool test_run_wants(const struct ddb_test_options *options, struct str pattern);
// False: diagnosed, or stopped. The outcomes borrow from the ddb.
__attribute__((warn_unused_result)) bool test_run(struct test_run *run);

#endif
