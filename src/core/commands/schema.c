// The JSON Schemas of the files that users write. In: a name. Out: the schema on
// standard output, from the very tables by which the file is read.
#include "data_file.h"
#include "definition.h"
#include "handles_file.h"
#include "header.h"
#include "project_file.h"
#include "run.h"
#include "say.h"
#include "schema_write.h"
#include "tests_file.h"

#include <string.h>

#define SCHEMA_MAX_BYTES ((size_t)1024 * 1024)

const char *const ddb_schema_names[] = {"definition", "fixture", "header", "project",
                                        "handles",    "tests",   NULL};

// In the order of their names.
static const struct {
    const char *title;
    const struct shape *shape;
} SCHEMAS[] = {
    {"A table definition of ddbgen", &DEFINITION_SHAPE},
    {"A fixture of rows and items for ddbgen", &DATA_FILE_SHAPE},
    {"The header of a transcript for ddbgen", &HEADER_SHAPE},
    {"ddbgen.yaml, a project's targets", &PROJECT_FILE_SHAPE},
    {"A handles file of ddbgen", &HANDLES_FILE_SHAPE},
    {"A file of examples for ddbgen test", &TESTS_FILE_SHAPE},
};

void ddb_print_schema(struct ddb *ddb, const char *name)
{
    for (size_t i = 0; ddb_schema_names[i] != NULL; i++) {
        if (strcmp(ddb_schema_names[i], name) == 0) {
            struct buf out;
            buf_init(&out, SCHEMA_MAX_BYTES);
            schema_write(&out, SCHEMAS[i].title, SCHEMAS[i].shape);
            (void)say_text(ddb, buf_str(&out)); // diagnosed
            buf_deinit(&out);
        }
    }
}
