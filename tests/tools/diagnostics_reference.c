// Writes the page docs/diagnostics.md to standard output, from the program's own
// catalogue. The target `docs` puts it in its place; the test docs.diagnostics compares
// the two.
#include "ddbgen.h"

int main(void)
{
    ddb_print_diagnostics_reference();
    return 0;
}
