// What the process that asks Postgres tells (pg_frame.h), read as it comes.
#ifndef DDB_SERVICE_PG_ANSWER_H
#define DDB_SERVICE_PG_ANSWER_H

#include "arena.h"
#include "buf.h"
#include "diag.h"
#include "map.h"
#include "pg_handles.h"
#include "str.h"
#include "users.h"

#include <stdbool.h>
#include <stddef.h>

enum pg_answer_stage {
    PG_ANSWER_NOTHING,
    PG_ANSWER_CONNECTED,
    PG_ANSWER_ROWS, // the columns are known
    PG_ANSWER_COMPLETE,
};

struct pg_answer {
    const struct pg_handles *pg;
    struct users *users;
    struct diags *diags;
    size_t count;     // of the handles that were asked for
    struct map asked; // these, to anything but NULL
    struct arena arena;
    struct buf frames; // received, not yet read
    size_t bytes;      // of all rows
    size_t rows;
    enum pg_answer_stage stage;
};

// users are empty, and are filled; handles must outlive the answer.
void pg_answer_init(struct pg_answer *out, const struct pg_handles *pg,
                    struct users *users, const struct str *handles, size_t count,
                    struct diags *diags);
void pg_answer_deinit(struct pg_answer *answer);

// The next bytes: a megabyte of them at most. False: an error was diagnosed, and
// nothing more may be taken.
__attribute__((warn_unused_result)) bool pg_answer_take(struct pg_answer *answer,
                                                        struct str bytes);

// Diagnoses, at the url, why there is no answer. Returns false.
bool pg_answer_refuse(struct pg_answer *answer, const char *what);

#endif
