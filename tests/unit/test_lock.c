// lock, lock_read, lock_write, lock_answer: what is recorded is found again, and the
// same contents are the same text whatever the order in which they came.
#include "compile_stage.h"

#include "dice.h"

#include "lock.h"

#include <string.h>

#define TEXT(literal)                                                                  \
    {                                                                                  \
        (literal), sizeof(literal) - 1                                                 \
    } // a constant STR

static const struct column_read READS[] = {{.name = TEXT("uuid")},
                                           {.name = TEXT("name")}};

static struct users make_users(struct arena *arena)
{
    struct users users;
    users_init(&users, arena);
    users.columns[0] = STR("handle");
    users.columns[1] = STR("uuid");
    users.columns[2] = STR("name");
    users.columns[3] = STR("secret");
    users.column_count = 4;
    return users;
}

// A section with one user, as --update-lock records it.
static void record(struct lock *lock, const struct lock_key *key,
                   const char *definition, const char *handle, struct str uuid,
                   size_t read_count)
{
    struct users users = make_users(lock->arena);
    struct user_field fields[] = {{.text = str_from(handle)},
                                  {.text = uuid},
                                  {.null = true},
                                  {.text = STR("hunter2")}};
    const struct user *user = users_add(&users, str_from(handle), fields);
    assert_non_null(user);
    lock_set_user(lock, lock_claim(lock, key, str_from(definition)), &users, user,
                  READS, read_count);
}

static const struct lock_user *find_user(const struct lock *lock, const char *target,
                                         const char *definition, const char *handle)
{
    const struct lock_section *section =
        lock_find_section(lock, str_from(target), str_from(definition));
    return section != NULL ? map_find(&section->users, str_from(handle)) : NULL;
}

// The same of a user that must be there.
static const struct lock_user *get_user(const struct lock *lock, const char *target,
                                        const char *definition, const char *handle)
{
    static const struct lock_user NOBODY;
    const struct lock_user *user = find_user(lock, target, definition, handle);
    assert_non_null(user);
    return user != NULL ? user : &NOBODY;
}

#define SOURCE TEXT("localhost:5432/x")
static const struct lock_key LOCAL = {TEXT("local"), LOCK_POSTGRES, SOURCE, TEXT("")};
static const struct lock_key PROD = {TEXT("prod"), LOCK_POSTGRES, SOURCE, TEXT("")};
static const struct lock_key OTHER_QUERY = {TEXT("local"), LOCK_POSTGRES, SOURCE,
                                            TEXT("SELECT $1")};
static const struct lock_key A_FILE = {TEXT("local"), LOCK_FILE, SOURCE, TEXT("")};

static void test_sections(void **state)
{
    struct arena arena = {0};
    struct lock lock;
    (void)state;

    lock_init(&lock, &arena);
    assert_null(find_user(&lock, "local", "a", "ann"));
    record(&lock, &LOCAL, "a", "ann", STR("1"), 1);
    record(&lock, &LOCAL, "b", "bob", STR("2"), 1);
    record(&lock, &PROD, "a", "ann", STR("3"), 1);
    assert_int_equal(lock.section_count, 2);
    assert_text(get_user(&lock, "local", "b", "ann")->fields[0].text, "1");
    assert_text(get_user(&lock, "local", "a", "bob")->fields[0].text, "2");
    assert_text(get_user(&lock, "prod", "a", "ann")->fields[0].text, "3");
    assert_null(find_user(&lock, "prod", "b", "ann"));

    // Another query and another kind of source are other sections; a definition is in
    // one of each target.
    record(&lock, &OTHER_QUERY, "a", "ann", STR("4"), 1);
    assert_int_equal(lock.section_count, 3);
    assert_text(get_user(&lock, "local", "a", "ann")->fields[0].text, "4");
    assert_text(get_user(&lock, "local", "b", "ann")->fields[0].text, "1");
    assert_text(get_user(&lock, "prod", "a", "ann")->fields[0].text, "3");
    record(&lock, &A_FILE, "a", "ann", STR("5"), 1);
    assert_int_equal(lock.section_count, 3); // nobody asks OTHER_QUERY any more
    assert_text(get_user(&lock, "local", "a", "ann")->fields[0].text, "5");
    arena_deinit(&arena);
}

static void test_columns(void **state)
{
    struct arena arena = {0};
    struct lock lock;
    (void)state;

    lock_init(&lock, &arena);
    record(&lock, &LOCAL, "a", "ann", STR("1"), 2);
    assert_int_equal(get_user(&lock, "local", "a", "ann")->count, 2);
    record(&lock, &LOCAL, "a", "ann", STR("1"), 1); // nobody reads it any more
    assert_int_equal(get_user(&lock, "local", "a", "ann")->count, 1);
    record(&lock, &LOCAL, "b", "ann", STR("1"), 2);
    record(&lock, &LOCAL, "a", "ann", STR("2"), 1); // b may read it still
    const struct lock_user *ann = get_user(&lock, "local", "a", "ann");
    assert_int_equal(ann->count, 2);
    assert_text(ann->columns[0], "uuid");
    assert_text(ann->fields[0].text, "2");
    assert_text(ann->columns[1], "name");
    assert_true(ann->fields[1].null);
    arena_deinit(&arena);
}

static void test_times(void **state)
{
    struct arena arena = {0};
    struct lock lock;
    (void)state;

    lock_init(&lock, &arena);
    assert_null(lock_find_time(&lock, STR("local"), STR("a.txt")));
    lock_set_time(&lock, STR("local"), STR("a.txt"), 1);
    lock_set_time(&lock, STR("prod"), STR("a.txt"), 2);
    lock_set_time(&lock, STR("local"), STR("a.txt"), 3);
    assert_int_equal(lock.time_count, 2);
    assert_int_equal(*lock_find_time(&lock, STR("local"), STR("a.txt")), 3);
    assert_int_equal(*lock_find_time(&lock, STR("prod"), STR("a.txt")), 2);
    assert_null(lock_find_time(&lock, STR("prod"), STR("b.txt")));
    arena_deinit(&arena);
}

// --- text ----------------------------------------------------------------------------

struct entry {
    struct lock_key key;
    struct str definition, handle, uuid;
    instant_us now;
};

static struct str random_text(struct dice *dice, struct arena *arena)
{
    static const char *const PIECES[] = {
        "a", "b: ",          "- ",   "\"",  "\\",  "\n", "#",
        "é", "\xe2\x80\xae", "null", "1e3", "\t",  "💜",  "\x1b[31m",
        " ", "<<<<<<< x\n",  "../",  "{",   "\x7f"};
    struct str text = STR("x");
    for (size_t i = dice_below(dice, 6); i > 0; i--) {
        text = arena_printf(arena, "%.*s%s", STR_ARG(text),
                            PIECES[dice_below(dice, COUNT_OF(PIECES))]);
    }
    return dice_below(dice, 2) == 0 ? text : str_skip(arena_str(arena, text), 1);
}

static struct str filled(struct str text)
{
    return text.len > 0 ? text : STR("empty");
}

static void put_entry(struct lock *lock, const struct entry *entry)
{
    struct users users = make_users(lock->arena);
    struct user_field fields[] = {
        {.text = entry->handle}, {.text = entry->uuid}, {.null = true}, {.null = true}};
    const struct user *user = users_add(&users, entry->handle, fields);
    lock_set_user(lock, lock_claim(lock, &entry->key, entry->definition), &users, user,
                  READS, 2);
    lock_set_time(lock, entry->key.target, entry->definition, entry->now);
}

static void put_text(struct buf *out, struct arena *arena, const struct entry *entries,
                     size_t count, bool backwards)
{
    struct lock lock;
    lock_init(&lock, arena);
    for (size_t i = 0; i < count; i++) {
        put_entry(&lock, &entries[backwards ? count - 1 - i : i]);
    }
    buf_reset(out);
    lock_write(out, &lock);
}

static void test_random(void **state)
{
    struct dice dice = {3};
    struct buf forwards;
    struct buf backwards;
    (void)state;

    buf_init(&forwards, 1 << 20);
    buf_init(&backwards, 1 << 20);
    for (int round = 0; round < 400; round++) {
        struct stage stage;
        struct arena arena = {0};
        struct entry entries[8];
        size_t count = dice_below(&dice, COUNT_OF(entries));
        for (size_t i = 0; i < count; i++) {
            struct str definition = random_text(&dice, &arena);
            struct str handle = random_text(&dice, &arena);
            entries[i] = (struct entry){
                .key = {filled(random_text(&dice, &arena)),
                        dice_below(&dice, 2) == 0 ? LOCK_POSTGRES : LOCK_FILE,
                        random_text(&dice, &arena), random_text(&dice, &arena)},
                // No two are the same.
                .definition = arena_printf(&arena, "%zu%.*s", i, STR_ARG(definition)),
                .handle = arena_printf(&arena, "%.*s%zu", STR_ARG(handle), i),
                .uuid = random_text(&dice, &arena),
                .now = (instant_us)(dice_next(&dice) >> 12),
            };
        }
        put_text(&forwards, &arena, entries, count, false);
        put_text(&backwards, &arena, entries, count, true);
        assert_str(buf_str(&backwards), buf_str(&forwards));

        struct lock lock;
        stage_init_str(&stage, buf_str(&forwards));
        lock_init(&lock, &stage.arena);
        if (!lock_read(&lock, &stage.source, &stage.diags)) {
            stage_print(&stage);
            fail_msg("%.*s", STR_ARG(buf_str(&forwards)));
        }
        assert_clean(&stage);
        for (size_t i = 0; i < count; i++) {
            const struct entry *entry = &entries[i];
            const struct lock_section *section =
                lock_find_section(&lock, entry->key.target, entry->definition);
            assert_non_null(section);
            assert_str(section->key.source, entry->key.source);
            const struct lock_user *user = map_find(&section->users, entry->handle);
            assert_non_null(user);
            assert_int_equal(user->count, 2);
            assert_text(user->columns[0], "name");
            assert_true(user->fields[0].null);
            assert_false(user->fields[1].null);
            assert_str(user->fields[1].text, entry->uuid);
            assert_int_equal(
                *lock_find_time(&lock, entry->key.target, entry->definition),
                entry->now);
        }
        buf_reset(&backwards);
        lock_write(&backwards, &lock);
        assert_str(buf_str(&backwards), buf_str(&forwards));
        stage_deinit(&stage);
        arena_deinit(&arena);
    }
    buf_deinit(&forwards);
    buf_deinit(&backwards);
}

static void test_one_mistake(void **state)
{
    static const struct {
        const char *text;
        enum diag_code code;
        uint32_t line, column;
    } rows[] = {
        {"version: 2\nunknown: 1\n", DIAG_LOCK, 1, 9},
        {"version: 1.5\n", DIAG_LOCK, 1, 9},
        {"version: one\n", DIAG_WRONG_TYPE, 1, 9},
        {"times: []\n", DIAG_MISSING_KEY, 1, 0},
        {"version: 1\ntimes: {}\n", DIAG_WRONG_TYPE, 2, 7},
        {"version: 1\nhandles: [x]\n", DIAG_WRONG_TYPE, 2, 10},
        {"version: 1\nhandles:\n- {target: t, file: f, definitions: [m], users: [5]}\n",
         DIAG_LOCK, 3, 49},
        {"version: 1\nhandles:\n- {target: t, definitions: [], users: []}\n", DIAG_LOCK,
         3, 2},
        {"version: 1\nhandles:\n- {target: t, file: f, definitions: [], users: []}\n",
         DIAG_LOCK, 3, 36},
        {"version: 1\nhandles:\n- {target: t, file: f, definitions: [m], users: []}\n"
         "- {target: t, file: f, definitions: [n], users: []}\n",
         DIAG_LOCK, 4, 2},
        {"version: 1\nhandles: []\n=======\n", DIAG_YAML_SYNTAX, 4, 0},
        {"version: 1\n<<<<<<< HEAD\nhandles: []\n", DIAG_LOCK, 2, 0},
        {"version: 1\nversion: 1\n", DIAG_DUPLICATE_KEY, 2, 0},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct lock lock;
        print_message("%s", rows[i].text);
        stage_init(&stage, rows[i].text);
        lock_init(&lock, &stage.arena);
        assert_false(lock_read(&lock, &stage.source, &stage.diags));
        assert_only_diag(&stage, rows[i].code, rows[i].line, rows[i].column);
        stage_deinit(&stage);
    }
}

// --- answers -------------------------------------------------------------------------

static const char DEFINITION[] =
    "table_name: messages\n"
    "attribute_definitions: { pk: S, sk: S }\n"
    "key_schema: { hash: pk, range: sk }\n"
    "billing_mode: PAY_PER_REQUEST\n"
    "entities:\n"
    "  message:\n"
    "    for_each: message\n"
    "    attributes: { pk: \"M#${conversation.uuid}\", sk: \"${message.created_at}\",\n"
    "      by: \"${sender.uuid}\", name: \"${sender.name}\" }\n";
static const char TALK[] = "---\nconversation: x\nparticipants: { A: ann, B: bob }\n"
                           "starts_at: 2023-03-19T12:00:00Z\n---\nA: hi\n";

static void answer(struct run *run, size_t read_count, bool strict, bool expected)
{
    struct lock lock;
    assert_true(run_define(run, DEFINITION));
    (void)run_survey(run, STR(TALK));
    lock_init(&lock, &run->stage.arena);
    record(&lock, &LOCAL, "m", "ann", STR("1"), read_count);
    const struct lock_section *section =
        lock_find_section(&lock, STR("local"), STR("m"));
    assert_int_equal(lock_answer(&run->unit.users, section, &run->unit, strict,
                                 STR("the lock"), &run->stage.diags),
                     expected);
}

static void test_answer(void **state)
{
    struct run run;
    (void)state;

    answer(&run, 2, true, true);
    assert_clean(&run.stage);
    const struct users *users = &run.unit.users;
    const struct user *ann = users_find(users, STR("ann"));
    assert_non_null(ann);
    assert_null(users_find(users, STR("bob")));
    assert_text(ann->fields[users_find_column(users, STR("uuid"))].text, "1");
    assert_true(ann->fields[users_find_column(users, STR("name"))].null);
    assert_int_equal(users_find_column(users, STR("secret")), users->column_count);
    run_deinit(&run);

    answer(&run, 1, true, false);
    assert_only_diag(&run.stage, DIAG_LOCK_MISSING, 9, 35);
    run_deinit(&run);

    answer(&run, 1, false, true);
    assert_clean(&run.stage);
    assert_null(users_find(&run.unit.users, STR("ann"))); // to be a placeholder
    run_deinit(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sections),    cmocka_unit_test(test_columns),
        cmocka_unit_test(test_times),       cmocka_unit_test(test_random),
        cmocka_unit_test(test_one_mistake), cmocka_unit_test(test_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
