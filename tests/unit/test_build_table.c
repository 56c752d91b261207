// build_table: every table that a definition gives comes back from its requests, and
// what `build` does not write is refused.
#include "unit.h"

#include "build_table.h"
#include "file.h"
#include "folder.h"
#include "table_calls.h"
#include "table_dice.h"
#include "table_stage.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define TABLES 1500
#define CASE_MAX ((size_t)4 << 20)

static void expect_none(const struct table_diff *diff, const char *what,
                        const char *yaml)
{
    for (size_t i = 0; i < diff->count; i++) {
        const struct table_change *change = &diff->changes[i];
        print_error("  %c %.*s: %.*s -> %.*s\n", change->sign, STR_ARG(change->path),
                    STR_ARG(change->from), STR_ARG(change->to));
    }
    if (diff->count > 0) {
        print_error("%s\n%s\n", what, yaml);
        fail();
    }
}

static void read_back(struct table *out, const struct table *declared,
                      struct arena *arena, const char *yaml)
{
    struct buf body;
    const char *why = NULL;
    size_t count = 0;
    struct table_call *calls = table_calls(&count, declared, false, arena);
    buf_init(&body, BODY_MAX);
    request_write_create_table(&body, declared);
    bool fine = build_table_read(out, buf_str(&body), arena, &why);
    for (size_t i = 0; i < count && fine; i++) {
        buf_reset(&body);
        table_call_write_update(&body, declared, &calls[i]);
        fine = build_table_add(out, str_from(calls[i].update), buf_str(&body), arena,
                               &why);
    }
    if (!fine) {
        print_error("%s\n%s\n%s\n", why, buf_cstr(&body), yaml);
        fail();
    }
    buf_deinit(&body);
}

// Both ways, and once more when all is said.
static void check_table(const struct table *declared, struct arena *arena,
                        const char *yaml)
{
    struct table back;
    struct table_diff diff;
    struct buf first;
    struct buf second;
    read_back(&back, declared, arena, yaml);
    table_diff(&diff, declared, &back, arena);
    expect_none(&diff, "declared against what was read", yaml);
    table_diff(&diff, &back, declared, arena);
    expect_none(&diff, "what was read against declared", yaml);
    build_table_complete(&back);
    table_diff(&diff, declared, &back, arena);
    expect_none(&diff, "declared against the whole", yaml);
    buf_init(&first, BODY_MAX);
    buf_init(&second, BODY_MAX);
    read_back(&back, declared, arena, yaml);
    request_write_create_table(&first, declared);
    request_write_create_table(&second, &back);
    assert_str(buf_str(&first), buf_str(&second));
    buf_deinit(&first);
    buf_deinit(&second);
}

static void test_random_tables(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TABLES; seed++) {
        struct dice dice = {seed * 104729 + 7};
        struct stage stage;
        struct buf yaml;
        buf_init(&yaml, BODY_MAX);
        table_dice_throw(&yaml, &dice, seed);
        check_table(declare(&stage, buf_cstr(&yaml)), &stage.arena, yaml.at);
        stage_deinit(&stage);
        buf_deinit(&yaml);
    }
}

// ---- the definitions of golden cases

struct golden {
    char topic[128]; // its folder
    size_t checked;
};

// A file of a case, if it is a definition that is accepted.
static void check_file(struct golden *golden, struct str text)
{
    struct stage stage;
    struct definition definition;
    stage_init_str(&stage, text);
    const struct node *root = yaml_read(&stage.source, &stage.arena, &stage.diags);
    if (root != NULL && definition_is(root) &&
        definition_read(&definition, root, &stage.source, &stage.arena, &stage.diags)) {
        check_table(&definition.table, &stage.arena, arena_str(&stage.arena, text).at);
        golden->checked++;
    }
    stage_deinit(&stage);
}

static void check_case(struct golden *golden, struct str text)
{
    size_t at = str_find(text, STR("\n=== file "));
    while (at < text.len) {
        struct str rest = str_skip(text, at + 1);
        struct str head = {rest.at, str_find_char(rest, '\n')};
        struct str body = str_skip(rest, head.len < rest.len ? head.len + 1 : head.len);
        size_t end = str_find(body, STR("\n=== "));
        size_t len = end < body.len ? end + 1 : body.len;
        if (str_ends(head, STR(".yaml"))) { // without options
            check_file(golden, (struct str){body.at, len});
        }
        text = str_skip(body, end);
        at = str_find(text, STR("\n=== file "));
    }
}

static bool visit_case(void *context, int dir_fd, const struct folder_entry *entry)
{
    struct golden *golden = context;
    struct arena arena = {0};
    struct str text;
    if (entry->is_file && str_ends(str_from(entry->name), STR(".case"))) {
        int fd = openat(dir_fd, entry->name, O_RDONLY | O_CLOEXEC);
        assert_true(fd >= 0);
        assert_int_equal(file_read_fd(&text, fd, CASE_MAX, &arena), FILE_OK);
        check_case(golden, text);
        (void)close(fd);
    } else if (entry->is_dir) {
        assert_int_equal(folder_walk(dir_fd, entry->name, visit_case, golden),
                         FOLDER_DONE);
    }
    arena_deinit(&arena);
    return true;
}

static void test_golden_definitions(void **state)
{
    struct golden golden = {0};
    (void)state;
    assert_int_equal(folder_walk(AT_FDCWD, GOLDEN_DIR, visit_case, &golden),
                     FOLDER_DONE);
    print_message("%zu definitions\n", golden.checked);
    assert_true(golden.checked > 300);
}

// ---- what is refused

#define CREATE(more)                                                                   \
    "{\"TableName\":\"messages\",\"AttributeDefinitions\":[{\"AttributeName\":\"pk\"," \
    "\"AttributeType\":\"S\"}],\"KeySchema\":[{\"AttributeName\":\"pk\",\"KeyType\":"  \
    "\"HASH\"}],\"BillingMode\":\"PAY_PER_REQUEST\"" more "}"

static void expect_refused(const char *body, const char *expected)
{
    struct arena arena = {0};
    struct table table;
    const char *why = NULL;
    assert_false(build_table_read(&table, str_from(body), &arena, &why));
    assert_string_equal(why, expected);
    arena_deinit(&arena);
}

static void test_refused(void **state)
{
    static const char OTHER[] = "this version of ddbgen would not write it like that";
    static const char NONE[] = "it does not hold the members of CreateTable";
    (void)state;
    expect_refused("", "it is not JSON: the text ends where a value is expected at "
                       "byte 0");
    expect_refused(CREATE("") "x", "it is not JSON: something follows the value at "
                                   "byte 178");
    expect_refused("[]", NONE);
    expect_refused("{}", NONE);
    expect_refused("{\"TableName\":\"t\",\"AttributeDefinitions\":[{\"AttributeName\":"
                   "\"pk\",\"AttributeType\":\"X\"}],\"KeySchema\":[{\"AttributeName\":"
                   "\"pk\",\"KeyType\":\"HASH\"}],\"BillingMode\":\"PROVISIONED\"}",
                   NONE);
    expect_refused("{\"TableName\":{},\"AttributeDefinitions\":{\"a\":{}}}", NONE);
    expect_refused(CREATE(",\"GlobalSecondaryIndexes\":{\"a\":1}"), NONE);
    expect_refused(CREATE(",\"TableClass\":\"STANDARD\\u0000\""), "it holds U+0000");
    expect_refused(CREATE(",\"TableClass\":\"FROZEN\""), OTHER);
    expect_refused(CREATE(",\"Frozen\":true"), OTHER);
    expect_refused(CREATE(",\"Tags\":[]"), OTHER);
    expect_refused(CREATE(",\"StreamSpecification\":{\"StreamEnabled\":false}"), OTHER);
    expect_refused(CREATE(",\"OnDemandThroughput\":{\"MaxReadRequestUnits\":-2}"),
                   OTHER);
    expect_refused(CREATE(",\"OnDemandThroughput\":{\"MaxReadRequestUnits\":1e300}"),
                   OTHER);
}

// The order of members, and spaces, do not matter: people format files.
static void test_layout(void **state)
{
    struct arena arena = {0};
    struct table table;
    const char *why = NULL;
    (void)state;
    assert_true(build_table_read(
        &table,
        STR("{ \"BillingMode\": \"PAY_PER_REQUEST\",\n \"KeySchema\": [ {\"KeyType\": "
            "\"HASH\", \"AttributeName\": \"pk\"} ], \"AttributeDefinitions\": [ "
            "{\"AttributeName\":\"pk\",\"AttributeType\":\"S\"}], "
            "\"TableName\":\"messages\"}\n"),
        &arena, &why));
    assert_text(table.name, "messages");
    assert_int_equal(table.settings.stream.state, SETTING_UNSAID);
    assert_false(table.settings.tags_said);
    build_table_complete(&table);
    assert_int_equal(table.settings.stream.state, SETTING_DISABLED);
    assert_int_equal(table.settings.table_class, TABLE_CLASS_STANDARD);
    assert_true(table.settings.tags_said);
    arena_deinit(&arena);
}

static void test_refused_calls(void **state)
{
    static const struct {
        const char *operation;
        const char *body;
    } ROWS[] = {
        {"UpdateTable", "{\"TableName\":\"messages\"}"},
        {"UpdateTimeToLive", "{\"TableName\":\"messages\"}"},
        {"UpdateTimeToLive", "{\"TableName\":\"others\",\"TimeToLiveSpecification\":"
                             "{\"Enabled\":true,\"AttributeName\":\"e\"}}"},
        {"UpdateTimeToLive", "{\"TableName\":\"messages\",\"TimeToLiveSpecification\":"
                             "{\"Enabled\":false,\"AttributeName\":\"e\"}}"},
        {"UpdateContinuousBackups",
         "{\"TableName\":\"messages\",\"PointInTimeRecoverySpecification\":"
         "{\"PointInTimeRecoveryEnabled\":false}}"},
        {"UpdateContributorInsights",
         "{\"TableName\":\"messages\",\"IndexName\":\"by-a\","
         "\"ContributorInsightsAction\":\"ENABLE\"}"},
        {"UpdateContributorInsights",
         "{\"TableName\":\"messages\",\"ContributorInsightsAction\":\"DISABLE\"}"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena arena = {0};
        struct table table;
        const char *why = NULL;
        assert_true(build_table_read(&table, str_from(CREATE("")), &arena, &why));
        assert_false(build_table_add(&table, str_from(ROWS[i].operation),
                                     str_from(ROWS[i].body), &arena, &why));
        assert_non_null(why);
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_tables), cmocka_unit_test(test_golden_definitions),
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_layout),
        cmocka_unit_test(test_refused_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
