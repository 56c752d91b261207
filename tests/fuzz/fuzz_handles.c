// Handles files: any text, as a file. A file that passes gives users of which each has
// a handle, its own, and a field of well-formed text or NULL in every column.
#include "fuzz.h"

#include "file.h"
#include "handles_file.h"
#include "utf8.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static void require_users(const struct users *users)
{
    size_t handle = users_find_column(users, STR("handle"));
    FUZZ_REQUIRE(users->by_handle.count == 0 || handle < users->column_count);
    FUZZ_REQUIRE(users->column_count <= USERS_MAX_COLUMNS);
    for (size_t i = 0; i < users->by_handle.count; i++) {
        const struct map_entry *entry = &users->by_handle.entries[i];
        const struct user *user = entry->value;
        FUZZ_REQUIRE(user->handle.len > 0 && str_eq(user->handle, entry->key));
        FUZZ_REQUIRE(users_find(users, user->handle) == user);
        FUZZ_REQUIRE(str_eq(user->fields[handle].text, user->handle));
        for (size_t c = 0; c < users->column_count; c++) {
            struct str text = user->fields[c].text;
            FUZZ_REQUIRE(utf8_check(text) == text.len);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct fuzz_stage stage;
    int fd = memfd_create("handles", MFD_CLOEXEC);
    FUZZ_REQUIRE(fd >= 0 && file_write_all(fd, text));
    FUZZ_REQUIRE(lseek(fd, 0, SEEK_SET) == 0);
    FUZZ_REQUIRE(dup2(fd, STDIN_FILENO) == STDIN_FILENO);
    fuzz_stage_init(&stage, text);
    struct users users;
    users_init(&users, &stage.arena);
    const struct yaml_file file = {.path = "-", .shown = "-"};
    if (handles_file_read(&users, &file, &stage.arena, &stage.diags)) {
        FUZZ_REQUIRE(stage.diags.errors == 0);
        require_users(&users);
    } else {
        FUZZ_REQUIRE(stage.diags.errors > 0);
    }
    fuzz_stage_deinit(&stage);
    close(fd);
    return 0;
}
