// table_create: what the answers to CreateTable mean, each told in place of a service.
#include "unit.h"

#include "table_admin.h"

#define ARN(account) "arn:aws:dynamodb:us-east-1:" account ":table/t"
#define CREATED(account)                                                               \
    "{\"TableDescription\":{\"TableName\":\"t\",\"TableArn\":\"" ARN(account) "\"}}"
#define REQUEST "{\"TableName\":\"t\"}"

static struct reply answer;    // to the next call,
static const char *called;     // which was this,
static struct str called_with; // with this body

// Stands for client_call (the linker's --wrap): no call of these tests goes anywhere.
struct reply __wrap_client_call(struct client *client, const char *operation,
                                struct str body);

struct reply __wrap_client_call(struct client *client, const char *operation,
                                struct str body)
{
    (void)client;
    called = operation;
    called_with = body;
    return answer;
}

struct scene {
    struct arena arena;
    struct diags diags;
    struct target target;
};

// For a target of that account; "": it names none.
static bool create(struct scene *scene, const char *account, struct reply reply)
{
    *scene = (struct scene){.target = {.name = STR("here"),
                                       .endpoint_url = STR("http://localhost:8000"),
                                       .account_id = str_from(account)}};
    diags_init(&scene->diags, &scene->arena);
    struct client *client = client_new(&scene->target, 1, &scene->diags);
    assert_non_null(client);
    answer = reply;
    bool made =
        table_create(client, STR("t"), STR(REQUEST), (struct span){0}, &scene->diags);
    assert_string_equal(called, "CreateTable");
    assert_text(called_with, REQUEST);
    client_free(client);
    return made;
}

static struct reply said(const char *body)
{
    return (struct reply){.kind = REPLY_OK, .status = 200, .body = str_from(body)};
}

static struct reply refused(const char *code)
{
    return (struct reply){.kind = REPLY_FATAL,
                          .cause = REPLY_CAUSE_SERVICE,
                          .operation = "CreateTable",
                          .status = 400,
                          .code = str_from(code)};
}

static void test_it_is_created(void **state)
{
    static const char *const ACCOUNTS[] = {"", "123456789012"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ACCOUNTS); i++) {
        struct scene scene;
        assert_true(create(&scene, ACCOUNTS[i], said(CREATED("123456789012"))));
        assert_int_equal(scene.diags.count, 0);
        arena_deinit(&scene.arena);
    }
}

// A274: somebody else was faster, or we were, and the answer got lost.
static void test_it_is_there(void **state)
{
    struct scene scene;
    (void)state;
    assert_true(create(&scene, "", refused("ResourceInUseException")));
    assert_int_equal(scene.diags.count, 0);
    arena_deinit(&scene.arena);
}

static void test_refused(void **state)
{
    static const char *const CODES[] = {"LimitExceededException", "ValidationException",
                                        "ResourceNotFoundException",
                                        "AccessDeniedException"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CODES); i++) {
        struct scene scene;
        assert_false(create(&scene, "", refused(CODES[i])));
        assert_int_equal(scene.diags.errors, 1);
        arena_deinit(&scene.arena);
    }
}

// It is there by then: that has to be said.
static void test_of_another_account(void **state)
{
    static const char *const BODIES[] = {CREATED("210987654321"), "{}"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(BODIES); i++) {
        struct scene scene;
        assert_false(create(&scene, "123456789012", said(BODIES[i])));
        assert_int_equal(scene.diags.errors, 2);
        assert_int_equal(scene.diags.kept[0].code, DIAG_ACCOUNT_MISMATCH);
        assert_int_equal(scene.diags.kept[1].code, DIAG_ACCOUNT_MISMATCH);
        arena_deinit(&scene.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_created),
        cmocka_unit_test(test_it_is_there),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_of_another_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
