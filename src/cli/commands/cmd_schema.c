// ddbgen schema: the JSON Schema of a file that users write.
#include "commands.h"

#define BY_DEFAULT "definition"

static void run(struct ddb *ddb, const struct options *options)
{
    ddb_print_schema(ddb, options->operands.count > 0 ? options->operands.at[0]
                                                      : BY_DEFAULT);
}

const struct command cmd_schema = {
    .name = "schema",
    .operands = "[KIND]",
    .max_operands = 1,
    .words = ddb_schema_names,
    .summary = "print a file's JSON Schema, for editors",
    .details =
        "Prints the JSON Schema (draft-07) of a kind of file: with it, an editor's "
        "YAML\n"
        "language server completes keys, explains them and marks mistakes while they\n"
        "are typed. KIND is one of\n"
        "  definition   a table definition (the default)\n"
        "  fixture      a fixture of rows and items\n"
        "  header       the header of a transcript\n"
        "  project      ddbgen.yaml\n"
        "  handles      a handles file\n"
        "The schema says what each value may look like by itself; `ddbgen check` "
        "knows\n"
        "what hangs together.",
    .examples = "  ddbgen schema > .ddbgen/definition.json\n"
                "  ddbgen schema project > .ddbgen/project.json\n",
    .run = run,
};
