// client_diagnose: what to do about a service that has enough of us.
#include "unit.h"

#include "client.h"

// The help of the diagnostic for a throttling reply with this code.
static void check_help(const char *operation, const char *code, const char *wanted)
{
    struct arena arena = {0};
    struct diags diags;
    struct target target = {.endpoint_url = STR("http://localhost:8000")};
    struct reply reply = {.kind = REPLY_THROTTLED,
                          .cause = REPLY_CAUSE_SERVICE,
                          .operation = operation,
                          .code = str_from(code)};
    diags_init(&diags, &arena);
    struct client *client = client_new(&target, 1, &diags);
    assert_non_null(client);
    client_diagnose(client, &reply, "creating table 'x'", (struct span){0}, &diags);
    assert_int_equal(diags.count, 1);
    assert_int_equal(diags.kept[0].code, DIAG_THROTTLED);
    assert_true(str_find(diags.kept[0].help, str_from(wanted)) <
                diags.kept[0].help.len);
    client_free(client);
    arena_deinit(&arena);
}

static void test_capacity(void **state)
{
    (void)state;
    check_help(NULL, "ThrottlingException", "more write capacity");
    check_help("BatchWriteItem", "ProvisionedThroughputExceededException",
               "more write capacity");
    check_help("BatchGetItem", "ProvisionedThroughputExceededException",
               "more read capacity");
    check_help("Scan", "ThrottlingException", "more read capacity");
    check_help("ListTables", "ThrottlingException", "ask about tables only so often");
    check_help("BatchWriteItem", "RequestLimitExceeded", "higher quota");
}

// D032: it is about tables, and may be for good; more capacity would not help.
static void test_quota(void **state)
{
    (void)state;
    check_help("CreateTable", "LimitExceededException", "higher quota");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_capacity),
        cmocka_unit_test(test_quota),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
