// The look-up of handles, as the compiler sees it. Postgres (service/postgres/pg_handles.c) and a
// handles file (compile/handles_file.c) implement it.
#ifndef DDB_COMPILE_HANDLES_H
#define DDB_COMPILE_HANDLES_H

#include "diag.h"
#include "str.h"
#include "users.h"

#include <stddef.h>

struct handle_lookup {
    // Fills users (initialised) with the columns and with those of the count distinct
    // handles that exist; unknown ones are simply absent. False when the source itself
    // failed (diagnosed).
    bool (*find)(void *context, struct users *users, const struct str *handles,
                 size_t count, struct diags *diags);
    void *context;
};

#endif
