// The catalogue of diagnostics: which there are, how bad each is, and what it means.
#ifndef DDB_DIAG_DIAG_CODE_H
#define DDB_DIAG_DIAG_CODE_H

#include "str.h"

#include <stdbool.h>

enum diag_severity {
    DIAG_ERROR,
    DIAG_WARNING,
    DIAG_NOTE,
};

// What a diagnostic means for the exit code (docs/cli.md).
enum diag_class {
    DIAG_DIFFERENT = 1, // something is not as declared, and was left so
    DIAG_INPUT = 2,     // input or command line
    DIAG_WORLD = 3,     // Postgres, the network, the service, the file system on output
    DIAG_REFUSED = 4,   // refused for safety, or impossible in place
};

enum diag_code {
#define DIAG(id, name, severity, class, title, explanation) DIAG_##id,
#include "diag_codes.def"
#undef DIAG
    DIAG_CODE_COUNT
};

struct diag_info {
    const char *name; // "yaml-syntax", as printed between the brackets
    enum diag_severity severity;
    enum diag_class class;
    const char *title;       // one line, for the reference page
    const char *explanation; // why it is refused and what to do, for the reference page
};

// The catalogue's row of a code.
const struct diag_info *diag_info_get(enum diag_code code);
// The code of that name. False: there is none.
bool diag_code_find(enum diag_code *code, struct str name);

#endif
