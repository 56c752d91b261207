// What the process that asks Postgres tells, behind a byte that says in portions of how
// many bytes it comes. Whatever it is: what is refused is diagnosed, users are those
// that were asked for and have a value for every column, and portions do not matter.
#include "fuzz.h"

#include "pg_answer.h"
#include "utf8.h"

static const struct str HANDLES[] = {{"a", 1}, {"b", 1}, {"", 0}};
#define HANDLE_COUNT (sizeof HANDLES / sizeof HANDLES[0])

struct reading {
    struct fuzz_stage stage;
    struct pg_handles pg;
    struct pg_answer answer;
    struct users users;
    bool fine;
};

static void read_in_portions(struct reading *out, struct str text, size_t portion)
{
    *out = (struct reading){.pg = {.query = STR("SELECT")}, .fine = true};
    fuzz_stage_init(&out->stage, text);
    users_init(&out->users, &out->stage.arena);
    pg_answer_init(&out->answer, &out->pg, &out->users, HANDLES, HANDLE_COUNT,
                   &out->stage.diags);
    while (out->fine && text.len > 0) {
        const size_t len = text.len < portion ? text.len : portion;
        out->fine = pg_answer_take(&out->answer, (struct str){text.at, len});
        text = str_skip(text, len);
    }
    FUZZ_REQUIRE(out->fine == (out->stage.diags.errors == 0));
}

static void require_user(const struct users *users, const struct user *user)
{
    for (size_t i = 0; i < users->column_count; i++) {
        const struct str text = user->fields[i].text;
        FUZZ_REQUIRE(!user->fields[i].null || text.len == 0);
        FUZZ_REQUIRE(utf8_check(text) == text.len);
    }
    const size_t key = users_find_column(users, STR("handle"));
    FUZZ_REQUIRE(key < users->column_count);
    FUZZ_REQUIRE(str_eq(user->fields[key].text, user->handle));
}

static void require_users(const struct reading *reading)
{
    size_t found = 0;
    for (size_t i = 0; i < HANDLE_COUNT; i++) {
        const struct user *user = users_find(&reading->users, HANDLES[i]);
        if (user != NULL) {
            require_user(&reading->users, user);
            found++;
        }
    }
    FUZZ_REQUIRE(found == reading->users.by_handle.count);
    FUZZ_REQUIRE(!reading->fine || reading->answer.rows <= HANDLE_COUNT);
}

static void end(struct reading *reading)
{
    pg_answer_deinit(&reading->answer);
    fuzz_stage_deinit(&reading->stage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reading whole;
    struct reading parts;
    if (size == 0) {
        return 0;
    }
    struct str text = {(const char *)data + 1, size - 1};
    read_in_portions(&whole, text, SIZE_MAX);
    read_in_portions(&parts, text, (size_t)data[0] + 1);
    require_users(&whole);
    require_users(&parts);
    FUZZ_REQUIRE(whole.fine == parts.fine);
    FUZZ_REQUIRE(whole.users.by_handle.count == parts.users.by_handle.count);
    FUZZ_REQUIRE(whole.answer.stage == parts.answer.stage);
    end(&whole);
    end(&parts);
    return 0;
}
