// Records of users by handle: what enters is copied into the users' arena, what leaves
// points there. Filled by Postgres (live), a handles file or the lock (compile); read
// by the templates.
#include "users.h"

void users_init(struct users *users, struct arena *arena)
{
    *users = (struct users){.arena = arena};
    map_init(&users->by_handle, arena);
}

size_t users_find_column(const struct users *users, struct str name)
{
    for (size_t i = 0; i < users->column_count; i++) {
        if (str_eq(users->columns[i], name)) {
            return i;
        }
    }
    return users->column_count;
}

const struct user *users_find(const struct users *users, struct str handle)
{
    return map_find(&users->by_handle, handle);
}

struct user *users_add(struct users *users, struct str handle,
                       const struct user_field *fields)
{
    if (map_find(&users->by_handle, handle) != NULL) {
        return NULL;
    }
    struct user *user = arena_alloc(users->arena, sizeof *user);
    user->handle = arena_str(users->arena, handle);
    user->fields = arena_array(users->arena, users->column_count, sizeof *user->fields);
    for (size_t i = 0; i < users->column_count; i++) {
        user->fields[i].null = fields[i].null;
        if (!fields[i].null) {
            user->fields[i].text = arena_str(users->arena, fields[i].text);
        }
    }
    map_add(&users->by_handle, user->handle, NULL)->value = user;
    return user;
}
