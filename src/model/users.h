// What handles stand for: records of named columns, from Postgres, a file or the lock.
#ifndef DDB_MODEL_USERS_H
#define DDB_MODEL_USERS_H

#include "arena.h"
#include "map.h"
#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

#define USERS_MAX_COLUMNS 64

struct user_field {
    bool null;
    struct str text; // in Postgres's text form, well-formed UTF-8
};

struct user {
    struct str handle;
    struct user_field *fields; // as many as the users have columns
    struct span span;          // in a handles file; else without a source
};

struct users {
    struct arena *arena;
    struct str columns[USERS_MAX_COLUMNS]; // "handle" among them
    size_t column_count;
    struct map by_handle; // to struct user
    struct str origin; // for people: "public.users at localhost:5432/cruddur", a file
};

void users_init(struct users *users, struct arena *arena);
// The position of a column, or users->column_count.
size_t users_find_column(const struct users *users, struct str name);
// NULL when the handle is unknown.
const struct user *users_find(const struct users *users, struct str handle);
// Adds a user with fields for every column; the strings are copied. Returns NULL when
// the handle is there already (found twice).
struct user *users_add(struct users *users, struct str handle,
                       const struct user_field *fields);

#endif
