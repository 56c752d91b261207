// A saved plan's first line, written and read back: where it is for, and what it does.
#include "unit.h"

#include "saved_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void run_init(struct ddb *ddb)
{
    *ddb = (struct ddb){0};
    diags_init(&ddb->diags, &ddb->arena);
}

// By another run, that knows nothing of the plan but its file.
static void expect_read_back(const char *path, const struct plan *plan,
                             const struct target *target, const char *account)
{
    struct ddb ddb;
    struct saved_plan saved;
    run_init(&ddb);
    assert_true(saved_plan_open(&saved, &ddb, path));
    assert_str(saved.endpoint_url, target->endpoint_url);
    assert_str(saved.region, target->region);
    assert_text(saved.account_id, account);
    assert_int_equal(saved.prune, plan->prune);
    assert_int_equal(saved.ways.restore, plan->ways.restore);
    assert_int_equal(saved.ways.keep_theirs, plan->ways.keep_theirs);
    assert_int_equal(saved.count, 0);
    saved_plan_close(&saved);
    arena_deinit(&ddb.arena);
}

static void test_where_it_is_for(void **state)
{
    static const struct {
        struct target target;
        struct plan plan;
    } ROWS[] = {
        {{.endpoint_url = {"http://localhost:8000", 21}, .region = {"us-east-1", 9}},
         {.count = 0}},
        {{.endpoint_url = {"https://dynamodb.eu-west-1.amazonaws.com", 40},
          .region = {"eu-west-1", 9},
          .account_id = {"123456789012", 12}},
         {.prune = true}},
        {{.endpoint_url = {"http://h/\"\\", 11}, .region = {"r", 1}},
         {.ways = {.restore = true}}},
        {{.endpoint_url = {"http://h", 8}, .region = {"r", 1}},
         {.ways = {.keep_theirs = true}}},
    };
    char folder[] = "/tmp/ddbgen-saved-test-XXXXXX";
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct ddb ddb;
        run_init(&ddb);
        ddb.target = ROWS[i].target;
        assert_true(saved_plan_write(&ROWS[i].plan, &ddb, "p.ndjson"));
        assert_int_equal(ddb.diags.count, 0);
        arena_deinit(&ddb.arena);
        char account[16] = "";
        struct str told = ROWS[i].target.account_id;
        (void)snprintf(account, sizeof account, "%.*s", STR_ARG(told));
        expect_read_back("p.ndjson", &ROWS[i].plan, &ROWS[i].target, account);
        assert_int_equal(unlink("p.ndjson"), 0);
    }
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_it_is_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
