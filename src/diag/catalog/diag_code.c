// The catalogue of diagnostics as a table: rows of diag_codes.def enter, what is known
// of each code leaves.
#include "diag_code.h"

#include <stddef.h>

static const struct diag_info catalogue[] = {
#define DIAG(id_, name_, severity_, class_, title_, explanation_)                      \
    [DIAG_##id_] = {name_, DIAG_##severity_, DIAG_##class_, title_, explanation_},
#include "diag_codes.def"
#undef DIAG
};

const struct diag_info *diag_info_get(enum diag_code code)
{
    return &catalogue[code];
}

bool diag_code_find(enum diag_code *code, struct str name)
{
    for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
        if (str_is(name, catalogue[i].name)) {
            *code = (enum diag_code)i;
            return true;
        }
    }
    return false;
}
