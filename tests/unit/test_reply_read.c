// reply_read: the classes of answers (rules D005 to D012, D030 to D036, D041).
#include "unit.h"

#include "reply_read.h"

static struct reply classify(long status, const char *body, struct arena *arena)
{
    const struct http_response response = {
        .failure_text = "", .status = status, .body = str_from(body), .date = -1};
    const struct reply_headers headers = {0};
    return reply_read(&response, &headers, arena);
}

static void test_codes(void **state)
{
    static const struct {
        long status;
        const char *body;
        enum reply_kind kind;
        enum reply_cause cause;
        const char *code;
    } ROWS[] = {
        {200, "{}", REPLY_OK, REPLY_CAUSE_SERVICE, ""},
        {200, "", REPLY_TRANSIENT, REPLY_CAUSE_FOREIGN, ""},
        {200, "<html>", REPLY_TRANSIENT, REPLY_CAUSE_FOREIGN, ""},
        {200, "{\"a\":", REPLY_TRANSIENT, REPLY_CAUSE_FOREIGN, ""},
        {200, "{} {}", REPLY_TRANSIENT, REPLY_CAUSE_FOREIGN, ""},
        {200, "[]", REPLY_TRANSIENT, REPLY_CAUSE_FOREIGN, ""},
        {400, "{\"__type\":\"a.b#ValidationException\",\"message\":\"m\"}", REPLY_FATAL,
         REPLY_CAUSE_SERVICE, "ValidationException"},
        {400, "{\"__type\":\"a#ResourceNotFoundException:http://x/\"}", REPLY_FATAL,
         REPLY_CAUSE_SERVICE, "ResourceNotFoundException"},
        {400, "{\"__type\":\"ThrottlingException\"}", REPLY_THROTTLED,
         REPLY_CAUSE_SERVICE, "ThrottlingException"},
        {400, "{\"__type\":\"x#ProvisionedThroughputExceededException\"}",
         REPLY_THROTTLED, REPLY_CAUSE_SERVICE,
         "ProvisionedThroughputExceededException"},
        {400, "{\"__type\":\"x#LimitExceededException\"}", REPLY_THROTTLED,
         REPLY_CAUSE_SERVICE, "LimitExceededException"},
        {503, "{\"__type\":\"x#ThrottlingException\"}", REPLY_THROTTLED,
         REPLY_CAUSE_SERVICE, "ThrottlingException"},
        {429, "slow down", REPLY_THROTTLED, REPLY_CAUSE_FOREIGN, ""},
        {500, "{\"__type\":\"x#InternalServerError\"}", REPLY_TRANSIENT,
         REPLY_CAUSE_SERVICE, "InternalServerError"},
        {500, "", REPLY_TRANSIENT, REPLY_CAUSE_FOREIGN, ""},
        {502, "<html>bad gateway</html>", REPLY_TRANSIENT, REPLY_CAUSE_FOREIGN, ""},
        {504, "{", REPLY_TRANSIENT, REPLY_CAUSE_FOREIGN, ""},
        {400, "{\"__type\":\"x#ReplicatedWriteConflictException\"}", REPLY_TRANSIENT,
         REPLY_CAUSE_SERVICE, "ReplicatedWriteConflictException"},
        {403, "<html>", REPLY_FATAL, REPLY_CAUSE_FOREIGN, ""},
        {408, "", REPLY_TRANSIENT, REPLY_CAUSE_FOREIGN, ""},
        {501, "", REPLY_FATAL, REPLY_CAUSE_FOREIGN, ""},
        {413, "", REPLY_FATAL, REPLY_CAUSE_FOREIGN, ""},
        {302, "", REPLY_FATAL, REPLY_CAUSE_FOREIGN, ""},
        {400, "{\"__type\":7}", REPLY_FATAL, REPLY_CAUSE_FOREIGN, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena arena = {0};
        struct reply reply = classify(ROWS[i].status, ROWS[i].body, &arena);
        if (reply.kind != ROWS[i].kind || reply.cause != ROWS[i].cause) {
            fail_msg("%ld %s: kind %d, cause %d", ROWS[i].status, ROWS[i].body,
                     (int)reply.kind, (int)reply.cause);
        }
        assert_text(reply.code, ROWS[i].code);
        arena_deinit(&arena);
    }
}

static void test_messages(void **state)
{
    struct arena arena = {0};
    (void)state;
    assert_text(
        classify(400, "{\"__type\":\"a#B\",\"Message\":\"up\"}", &arena).message, "up");
    assert_text(
        classify(400, "{\"message\":\"a \\\"b\\\"\",\"__type\":\"a#B\"}", &arena)
            .message,
        "a \"b\"");
    arena_deinit(&arena);
}

static void test_headers(void **state)
{
    struct arena arena = {0};
    (void)state;
    struct http_response response = {
        .failure_text = "", .status = 400, .body = STR("")};
    struct reply_headers headers = {.error_type = STR("ExpiredTokenException:"),
                                    .request_id = STR("R1"),
                                    .retry_after = STR("3"),
                                    .retry_after_in_seconds = true};
    struct reply reply = reply_read(&response, &headers, &arena);
    assert_true(reply_is(&reply, "ExpiredTokenException"));
    assert_text(reply.request_id, "R1");
    assert_int_equal(reply.retry_after_ms, 3000);
    headers.retry_after_in_seconds = false;
    assert_int_equal(reply_read(&response, &headers, &arena).retry_after_ms, 3);
    headers.retry_after = STR("Wed, 21 Oct 2015 07:28:00 GMT");
    assert_int_equal(reply_read(&response, &headers, &arena).retry_after_ms, 0);
    headers.retry_after = STR("99999999999999999999999");
    assert_int_equal(reply_read(&response, &headers, &arena).retry_after_ms, 0);
    arena_deinit(&arena);
}

static void test_checksum(void **state)
{
    struct arena arena = {0};
    (void)state;
    struct http_response response = {
        .failure_text = "", .status = 200, .body = STR("{}")};
    struct reply_headers headers = {.crc32 = STR("2745614147")};
    assert_int_equal(reply_read(&response, &headers, &arena).kind, REPLY_OK);
    const struct str wrong[] = {STR("2745614148"), STR("0"), STR("x"), STR("-1"),
                                STR("2745614147000000000000000000")};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        headers.crc32 = wrong[i];
        struct reply reply = reply_read(&response, &headers, &arena);
        assert_int_equal(reply.kind, REPLY_TRANSIENT);
        assert_int_equal(reply.cause, REPLY_CAUSE_CHECKSUM);
    }
    arena_deinit(&arena);
}

static void test_failures(void **state)
{
    static const struct {
        enum http_failure failure;
        enum reply_kind kind;
        enum reply_cause cause;
    } ROWS[] = {
        {HTTP_REFUSED, REPLY_TRANSIENT, REPLY_CAUSE_REFUSED},
        {HTTP_UNRESOLVED, REPLY_TRANSIENT, REPLY_CAUSE_UNRESOLVED},
        {HTTP_TIMEOUT, REPLY_TRANSIENT, REPLY_CAUSE_TIMEOUT},
        {HTTP_BROKEN, REPLY_TRANSIENT, REPLY_CAUSE_BROKEN},
        {HTTP_TLS, REPLY_TRANSIENT, REPLY_CAUSE_TLS},
        {HTTP_UNTRUSTED, REPLY_FATAL, REPLY_CAUSE_UNTRUSTED},
        {HTTP_TOO_LARGE, REPLY_FATAL, REPLY_CAUSE_FOREIGN},
        {HTTP_OTHER, REPLY_TRANSIENT, REPLY_CAUSE_OTHER},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena arena = {0};
        // A status may have come before it broke off: it must not count.
        const struct http_response response = {.failure = ROWS[i].failure,
                                               .failure_text = "words",
                                               .status = 200,
                                               .body = STR("{}")};
        const struct reply_headers headers = {0};
        struct reply reply = reply_read(&response, &headers, &arena);
        assert_int_equal(reply.kind, ROWS[i].kind);
        assert_int_equal(reply.cause, ROWS[i].cause);
        assert_int_equal(reply.body.len, 0);
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),    cmocka_unit_test(test_messages),
        cmocka_unit_test(test_headers),  cmocka_unit_test(test_checksum),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
