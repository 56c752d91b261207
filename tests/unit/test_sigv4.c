// sigv4: signatures computed by botocore 1.29, and the kept key. Many random cases are
// compared with botocore itself by tests/integration/test_sigv4.py.
#include "unit.h"

#include "sigv4.h"

static const struct credentials CREDENTIALS = {
    {"AKIDEXAMPLE", 11},
    {"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", 40},
    {NULL, 0},
};

static struct sigv4_request request_at(instant_us date)
{
    return (struct sigv4_request){
        .service = STR("dynamodb"),
        .content_type = STR("application/x-amz-json-1.0"),
        .host = STR("localhost:8000"),
        .target = STR("DynamoDB_20120810.ListTables"),
        .body = STR("{}"),
        .region = STR("us-east-1"),
        .date = date,
    };
}

// 2023-03-19T12:00:00Z
#define NOON (INT64_C(1679227200) * 1000000)
#define DAY (INT64_C(86400) * 1000000)

static const char PLAIN[] =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20230319/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
    "Signature=ddddbe8cfa46f36b1b34569914b1353c2b89e94fc65ab77b130b38f3176d4fe8";
static const char WITH_TOKEN[] =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20230319/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
    "Signature=b796a7e0f6c2ea5426f88514790afff88722caffabac33546efcad5f657a245b";

static void test_botocore(void **state)
{
    struct buf out;
    char date[16];
    (void)state;
    buf_init(&out, 4096);
    struct sigv4_request request = request_at(NOON);
    sigv4_sign(&out, date, &request, &CREDENTIALS);
    assert_str(((struct str){date, 16}), STR("20230319T120000Z"));
    assert_text(buf_str(&out), PLAIN);

    buf_reset(&out);
    struct credentials temporary = CREDENTIALS;
    temporary.session_token = STR("token/with+signs==");
    sigv4_sign(&out, date, &request, &temporary);
    assert_text(buf_str(&out), WITH_TOKEN);
    buf_deinit(&out);
}

static void test_kept_key(void **state)
{
    struct sigv4_key key = {0};
    const struct sigv4_request requests[] = {
        request_at(NOON), request_at(NOON + 1000000), request_at(NOON + DAY),
        request_at(NOON), // back again
    };
    struct buf fresh;
    struct buf kept;
    char date[16];
    (void)state;
    buf_init(&fresh, 4096);
    buf_init(&kept, 4096);
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        struct sigv4_request request = requests[i];
        if (i == 3) {
            request.region = STR("eu-west-1");
        }
        buf_reset(&fresh);
        buf_reset(&kept);
        sigv4_sign(&fresh, date, &request, &CREDENTIALS);
        sigv4_sign_with(&kept, date, &request, &CREDENTIALS, &key);
        assert_str(buf_str(&kept), buf_str(&fresh));
    }
    sigv4_key_deinit(&key);
    buf_deinit(&fresh);
    buf_deinit(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_botocore),
        cmocka_unit_test(test_kept_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
