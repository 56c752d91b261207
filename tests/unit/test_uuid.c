// uuid: text, names (checked against Python's uuid module) and random ones.
#include "unit.h"

#include "uuid.h"

#include <stdio.h>
#include <string.h>

static struct uuid parsed(const char *text)
{
    struct uuid uuid;

    assert_true(uuid_parse(&uuid, str_from(text)));
    return uuid;
}

static void assert_uuid(struct uuid uuid, const char *expected)
{
    char text[UUID_TEXT_LEN];

    uuid_format(&uuid, text);
    assert_text(((struct str){text, sizeof text}), expected);
}

static void test_text(void **state)
{
    struct uuid uuid;
    (void)state;

    assert_uuid(parsed("5ae290ed-55d1-47a0-bc6d-fe2bc2700399"),
                "5ae290ed-55d1-47a0-bc6d-fe2bc2700399");
    assert_uuid(parsed("00112233-4455-6677-8899-AABBCCDDEEFF"),
                "00112233-4455-6677-8899-aabbccddeeff");
    uuid = parsed("00112233-4455-6677-8899-aabbccddeeff");
    assert_memory_equal(
        uuid.bytes, "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF",
        16);
}

static void test_bad_text(void **state)
{
    static const char *const bad[] = {
        "",
        "5ae290ed-55d1-47a0-bc6d-fe2bc270039",
        "5ae290ed-55d1-47a0-bc6d-fe2bc27003999",
        "5ae290ed55d1-47a0-bc6d-fe2bc2700399-",
        "5ae290ed-55d1-47a0-bc6d-fe2bc270039g",
        "5ae290ed-55d1-47a0-bc6d_fe2bc2700399",
        "{5ae290ed-55d1-47a0-bc6d-fe2bc27003}",
        "5ae290e-d55d1-47a0-bc6d-fe2bc2700399",
        " 5ae290ed-55d1-47a0-bc6d-fe2bc270039",
        "5ae290ed-55d1-47a0-bc6d-fe2bc270039-",
    };
    const struct uuid before = UUID_CONVERSATION_NAMESPACE;
    struct uuid uuid = before;
    (void)state;

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_false(uuid_parse(&uuid, str_from(bad[i])));
        assert_true(uuid_eq(&uuid, &before));
    }
    assert_false(uuid_parse(&uuid, STR("5ae290ed-55d1-47a0-bc6d-fe2bc270039\0")));
}

static void test_namespace(void **state)
{
    const struct uuid url = parsed("6ba7b811-9dad-11d1-80b4-00c04fd430c8");
    const struct uuid made = uuid_v5(&url, STR("ddbgen:conversation"));
    (void)state;

    assert_uuid(UUID_CONVERSATION_NAMESPACE, "99ce30e7-3e66-58e2-902b-1f13a0b01903");
    assert_true(uuid_eq(&made, &UUID_CONVERSATION_NAMESPACE));
    assert_false(uuid_eq(&made, &url));
}

static void test_v5(void **state)
{
    const struct uuid *names = &UUID_CONVERSATION_NAMESPACE;
    char long_name[1000];
    (void)state;

    memset(long_name, 'x', sizeof long_name);
    assert_uuid(uuid_v5(names, STR("babylon-5")),
                "e2abf2f9-f263-5f25-b007-4dc04ba5b877");
    assert_uuid(uuid_v5(names, STR("")), "d0de8a76-d3ec-5ebb-9633-5638d2abb4b0");
    assert_uuid(uuid_v5(names, (struct str){NULL, 0}),
                "d0de8a76-d3ec-5ebb-9633-5638d2abb4b0");
    assert_uuid(uuid_v5(names, STR("\xC3\xA9\xF0\x9F\x98\x80")),
                "58dde59c-89f8-56bf-9efc-1a137724db3e");
    assert_uuid(uuid_v5(names, STR("a\0b")), "233180d1-fc3d-5f44-b86b-caeb9f47d5b5");
    assert_uuid(uuid_v5(names, (struct str){long_name, sizeof long_name}),
                "566562f1-2efe-5037-b6e0-172b731d1a1d");
}

static void test_hasher(void **state)
{
    const struct uuid conversation = parsed("5ae290ed-55d1-47a0-bc6d-fe2bc2700399");
    struct uuid_hasher *hasher = uuid_hasher_new(&conversation);
    (void)state;

    assert_uuid(uuid_hasher_v5(hasher, STR("0")),
                "9b868165-5042-5a18-8012-11f6582d69b4");
    assert_uuid(uuid_hasher_v5(hasher, STR("1")),
                "aa3a07ea-325a-5625-8f46-f386b4827947");
    assert_uuid(uuid_hasher_v5(hasher, STR("99999")),
                "f7625ee7-6379-521a-8eb9-4bb3cf426e02");
    for (unsigned i = 0; i < 200; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%u", i);
        const struct uuid a = uuid_hasher_v5(hasher, str_from(name));
        const struct uuid b = uuid_v5(&conversation, str_from(name));
        assert_true(uuid_eq(&a, &b));
    }
    uuid_hasher_free(hasher);
    uuid_hasher_free(NULL);
}

static void test_v4(void **state)
{
    const struct uuid a = uuid_v4();
    const struct uuid b = uuid_v4();
    (void)state;

    assert_false(uuid_eq(&a, &b));
    assert_int_equal(a.bytes[6] >> 4, 4);
    assert_int_equal(a.bytes[8] >> 6, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),      cmocka_unit_test(test_bad_text),
        cmocka_unit_test(test_namespace), cmocka_unit_test(test_v5),
        cmocka_unit_test(test_hasher),    cmocka_unit_test(test_v4),
    };
    return cmocka_run_group_tests_name("uuid", tests, NULL, NULL);
}
