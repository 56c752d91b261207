// Writes the page docs/diagnostics.md to standard output, from the program's own
// catalogue. The target `docs` puts it in its place; the test docs.diagnostics compares
// the two.
#include "ddbgen.h"

int main(void)
{
    const struct ddb_options options = {0};
    struct ddb *ddb = ddb_open(&options);
    ddb_print_diagnostics_reference(ddb);
    return ddb_close(ddb);
}
