// Masking: what is a secret, where it ends, and that hostile text costs one pass.
#include "secret.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static void check(const char *text, const char *expected)
{
    char copy[256];
    const size_t len = strlen(text);

    assert_true(len < sizeof copy);
    memcpy(copy, text, len + 1);
    secret_mask(copy, len);
    assert_string_equal(copy, expected);
}

static void test_values(void **state)
{
    (void)state;
    check("nothing here: token ring", "nothing here: token ring");
    check("token=s3", "token=**");
    check("{token: s3]]x, k: 1}", "{token: *****, k: 1}");
    check("{token: s3]}, k: 1", "{token: **]}, k: 1");
    check("To-Ken=a]b] c", "To-Ken=***] c");
    check("passwd: ${env.P}", "passwd: ${env.P}");
    check("password='it''s' x", "password='*****' x");
    check("secret_key=a\nb", "secret_key=*\nb");
    check("token:\n  s3", "token:\n  **");
    check("token=", "token=");
}

static void test_urls(void **state)
{
    (void)state;
    check("http://h:80/a", "http://h:80/a");
    check("http://u:p@h http://u:q@h", "http://u:*@h http://u:*@h");
    check("http://u:@h/x:y", "http://u:@h/x:y");
    check("postgres://u:p q@h x@y", "postgres://u:*******@y");
    check("http://u:p@q@h", "http://u:***@h");
    check("http://ann:s3", "http://ann:**");
    check("http:\\/\\/u:p@h", "http:\\/\\/u:*@h");
}

// Each was quadratic once, or would be if it looked ahead anew at each of its parts.
static void test_hostile_text_ends(void **state)
{
    static const char *const PARTS[] = {
        "token=]", "]", "postgres://a ", "x://", "token\"", "p_", "token=,x", "a:b@",
    };
    const size_t len = (size_t)4 << 20;
    (void)state;

    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
        char *text = malloc(len);
        assert_non_null(text);
        memcpy(text, "token=", 6);
        for (size_t at = 6; at < len; at++) {
            text[at] = PARTS[i][at % strlen(PARTS[i])];
        }
        secret_mask(text, len);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_hostile_text_ends),
    };
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
