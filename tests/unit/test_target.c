// target, project_file, endpoint, env, handles_config: where a command goes, decided
// from the command line, ddbgen.yaml and the environment.
#include "unit.h"

#include "endpoint.h"
#include "env.h"
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const VARIABLES[] = {
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "DDBGEN_TEST",
    "SUDO_UID",
    "AWS_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_PROFILE",
    "AWS_CA_BUNDLE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
};

// A fresh folder with .git, an empty environment, and somewhere to resolve to.
struct fixture {
    char root[64];
    struct arena arena;
    struct diags diags;
    struct target_request request;
    struct target target;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char path[128];

    (void)snprintf(f->root, sizeof f->root, "/tmp/ddbgen-target-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    (void)snprintf(path, sizeof path, "%s/.git", f->root);
    assert_int_equal(mkdir(path, 0700), 0);
    for (size_t i = 0; i < COUNT_OF(VARIABLES); i++) {
        assert_int_equal(unsetenv(VARIABLES[i]), 0);
    }
    assert_int_equal(setenv("HOME", f->root, 1), 0); // where there is no ~/.aws
    diags_init(&f->diags, &f->arena);
    f->request.start_dir = f->root;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    const char *const names[] = {"ddbgen.yaml", "sub/ddbgen.yaml", "sub/.git"};
    char path[128];

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", f->root, names[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s/sub", f->root);
    (void)rmdir(path);
    (void)snprintf(path, sizeof path, "%s/.git", f->root);
    (void)rmdir(path);
    assert_int_equal(rmdir(f->root), 0);
    arena_deinit(&f->arena);
    free(f);
    return 0;
}

static void write_project(struct fixture *f, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/ddbgen.yaml", f->root);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0644), 0);
}

static bool resolve(struct fixture *f)
{
    return target_resolve(&f->target, &f->request, &f->arena, &f->diags);
}

static void expect(struct fixture *f, const char *url, const char *name)
{
    if (!resolve(f)) {
        fail_msg("%.*s", STR_ARG(f->diags.kept[0].message));
    }
    assert_text(f->target.endpoint_url, url);
    assert_text(f->target.name, name);
}

static void expect_diag(struct fixture *f, enum diag_code code)
{
    assert_false(resolve(f));
    assert_int_equal(f->diags.errors, 1);
    assert_int_equal(f->diags.kept[0].code, code);
}

static void test_default(void **state)
{
    struct fixture *f = *state;

    expect(f, "http://localhost:8000", "local");
    assert_text(f->target.host, "localhost:8000");
    assert_text(f->target.hostname, "localhost");
    assert_text(f->target.region, "us-east-1");
    assert_text(f->target.why, "the default");
    assert_text(f->target.confirm_name, "local");
    assert_true(f->target.loopback);
    assert_false(f->target.https);
    assert_false(f->target.is_protected);
}

static void test_environment(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(setenv("AWS_ENDPOINT_URL", "http://dynamodb:8000/", 1), 0);
    assert_int_equal(setenv("AWS_DEFAULT_REGION", "eu-west-1", 1), 0);
    expect(f, "http://dynamodb:8000", "");
    assert_text(f->target.why, "AWS_ENDPOINT_URL");
    assert_text(f->target.region, "eu-west-1");
    assert_false(f->target.loopback);
    assert_int_equal(setenv("AWS_ENDPOINT_URL_DYNAMODB", "https://example.org", 1), 0);
    assert_int_equal(setenv("AWS_REGION", "eu-west-2", 1), 0);
    expect(f, "https://example.org", "");
    assert_text(f->target.region, "eu-west-2");
    assert_true(f->target.is_protected);
    assert_text(f->target.confirm_name, "example.org");
    // An empty variable is none.
    assert_int_equal(setenv("AWS_ENDPOINT_URL_DYNAMODB", "", 1), 0);
    expect(f, "http://dynamodb:8000", "");
    // The flags come first.
    f->request.endpoint_url = STR("http://127.0.0.1:9000");
    f->request.region = STR("ap-south-1");
    expect(f, "http://127.0.0.1:9000", "");
    assert_text(f->target.why, "--endpoint-url");
    assert_text(f->target.region, "ap-south-1");
    assert_true(f->target.loopback);
}

static const char PROJECT[] =
    "default_target: compose\n"
    "targets:\n"
    "  compose: { endpoint_url: 'http://dynamodb:8000', region: local }\n"
    "  local: { endpoint_url: 'http://localhost:4567', handles: { file: users.yaml } "
    "}\n"
    "  prod: { region: ca-central-1, profile: cruddur, account_id: '123456789012',\n"
    "          protected: true, handles: { postgres: { url: '${env.X}' } } }\n"
    "  inner: { endpoint_url: '${env.DDBGEN_TEST}', protected: true }\n";

static void test_targets(void **state)
{
    struct fixture *f = *state;

    write_project(f, PROJECT);
    expect(f, "http://dynamodb:8000", "compose");
    assert_text(f->target.why, "default target compose of ddbgen.yaml");
    assert_text(f->target.region, "local");
    f->request.name = STR("local");
    expect(f, "http://localhost:4567", "local");
    assert_text(f->target.why, "target local of ddbgen.yaml");
    assert_text(f->target.handles.file, "users.yaml");
    // A named target without a url is AWS's own, whatever the environment says.
    assert_int_equal(setenv("AWS_ENDPOINT_URL", "http://localhost:1", 1), 0);
    f->request.name = STR("prod");
    expect(f, "https://123456789012.ddb.ca-central-1.amazonaws.com", "prod");
    assert_true(f->target.is_protected);
    assert_text(f->target.confirm_name, "prod");
    assert_text(f->target.profile, "cruddur");
    assert_text(f->target.handles.url, "${env.X}");
    f->request.name = STR("aws");
    f->request.region = STR("cn-north-1");
    expect(f, "https://dynamodb.cn-north-1.amazonaws.com.cn", "aws");
    assert_true(f->target.is_protected);
    // The environment's endpoint is not the default target's.
    f->request = (struct target_request){.start_dir = f->root};
    expect(f, "http://localhost:1", "");
    assert_text(f->target.region, "us-east-1");
}

static void test_env_in_target(void **state)
{
    struct fixture *f = *state;

    write_project(f, PROJECT);
    f->request.name = STR("inner");
    expect_diag(f, DIAG_ENV_UNSET);
    diags_init(&f->diags, &f->arena);
    assert_int_equal(setenv("DDBGEN_TEST", "http://[::1]:80/", 1), 0);
    expect(f, "http://[::1]", "inner");
    assert_text(f->target.hostname, "::1");
    assert_true(f->target.loopback);
    assert_true(f->target.is_protected);
}

static void test_confirmation(void **state)
{
    struct fixture *f = *state;

    write_project(f, PROJECT);
    f->request.name = STR("local");
    f->request.endpoint_url = STR("https://dynamodb.us-east-1.amazonaws.com");
    expect(f, "https://dynamodb.us-east-1.amazonaws.com", "local");
    assert_true(f->target.is_protected);
    assert_text(f->target.confirm_name, "dynamodb.us-east-1.amazonaws.com");
    f->request.name = STR("prod");
    f->request.endpoint_url = STR("http://localhost:8000");
    expect(f, "http://localhost:8000", "prod");
    assert_true(f->target.is_protected);
    assert_text(f->target.confirm_name, "prod");
}

static void test_unknown(void **state)
{
    struct fixture *f = *state;

    write_project(f, PROJECT);
    f->request.name = STR("prdo");
    expect_diag(f, DIAG_TARGET_UNKNOWN);
    assert_text(f->diags.kept[0].help, "did you mean 'prod'?");
}

static void test_bad_projects(void **state)
{
    static const struct {
        const char *text;
        enum diag_code code;
    } cases[] = {
        {"default_target: prod\n", DIAG_TARGET_UNKNOWN},
        {"default_targt: local\n", DIAG_UNKNOWN_KEY},
        {"targets: [local]\n", DIAG_WRONG_TYPE},
        {"targets: { aws: { protected: false } }\n", DIAG_WRONG_VALUE},
        {"targets: { a b: { region: x } }\n", DIAG_WRONG_VALUE},
        {"targets: { a: { region: US } }\n", DIAG_WRONG_VALUE},
        {"targets: { a: { account_id: '12' } }\n", DIAG_WRONG_VALUE},
        {"targets: { a: { account_id: 123456789012 } }\n", DIAG_WRONG_TYPE},
        {"targets: { a: { profile: '' } }\n", DIAG_WRONG_VALUE},
        {"targets: { a: { endpoint_url: 'localhost:8000' } }\n", DIAG_TARGET_URL},
        {"targets: { a: { region: 'x-${env.Y}' } }\n", DIAG_ENV_NOT_ALLOWED},
        {"targets: { a: { handles: { postgres: { qery: x } } } }\n", DIAG_UNKNOWN_KEY},
        {"targets: { a: { handles: { postgres: { query: SELECT 1 } } } }\n",
         DIAG_HANDLE_QUERY},
        {"targets: { a: { handles: { file: '${env.X}' } } }\n", DIAG_ENV_NOT_ALLOWED},
        {"targets: { a: { handles: { columns: [handle, handle] } } }\n",
         DIAG_WRONG_VALUE},
        {"targets: { a: { handles: { columns: [uuid] } } }\n", DIAG_WRONG_VALUE},
        {"default_target: local\ndefault_target: local\n", DIAG_DUPLICATE_KEY},
        {"targets: { a: { handles: [] } }\n", DIAG_WRONG_TYPE},
        {"", DIAG_FILE_EMPTY},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        diags_init(&f->diags, &f->arena);
        write_project(f, cases[i].text);
        assert_false(resolve(f));
        if (f->diags.errors != 1 || f->diags.kept[0].code != cases[i].code) {
            fail_msg("case %zu: %s: %.*s", i, cases[i].text,
                     STR_ARG(f->diags.kept[0].message));
        }
    }
}

static void test_no_secret_shown(void **state)
{
    struct fixture *f = *state;

    write_project(f,
                  "targets: { a: { endpoint_url: 'http://me:secret@host:8000' } }\n");
    expect_diag(f, DIAG_TARGET_URL);
    assert_int_equal(f->diags.kept[0].span.line, 0);
    assert_int_equal(str_find(f->diags.kept[0].message, STR("secret")),
                     f->diags.kept[0].message.len);
}

static void test_trust(void **state)
{
    struct fixture *f = *state;
    char path[128];

    (void)snprintf(path, sizeof path, "%s/ddbgen.yaml", f->root);
    write_project(f, "default_target: local\n");
    assert_int_equal(chmod(path, 0664), 0);
    expect(f, "http://localhost:8000", "local");
    assert_int_equal(chmod(path, 0666), 0);
    expect_diag(f, DIAG_PROJECT_FILE);
    if (geteuid() == 0) {
        assert_int_equal(chmod(path, 0644), 0);
        assert_int_equal(chown(path, 4711, (gid_t)-1), 0);
        diags_init(&f->diags, &f->arena);
        expect_diag(f, DIAG_PROJECT_FILE);
        diags_init(&f->diags, &f->arena);
        assert_int_equal(setenv("SUDO_UID", "4711", 1), 0);
        expect(f, "http://localhost:8000", "local");
    }
}

static void test_search(void **state)
{
    struct fixture *f = *state;
    char sub[128];
    char git[160];

    write_project(f, PROJECT);
    (void)snprintf(sub, sizeof sub, "%s/sub", f->root);
    assert_int_equal(mkdir(sub, 0700), 0);
    f->request.start_dir = sub;
    expect(f, "http://dynamodb:8000", "compose");
    // Another repository begins here (.git may be a file).
    (void)snprintf(git, sizeof git, "%s/.git", sub);
    FILE *file = fopen(git, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    expect(f, "http://localhost:8000", "local");
}

static void test_urls(void **state)
{
    static const struct {
        const char *text;
        const char *url; // NULL: refused
    } cases[] = {
        {"http://localhost:8000", "http://localhost:8000"},
        {"HTTP://LocalHost:80/", "http://localhost"},
        {"https://a.b_c.d:443", "https://a.b_c.d"},
        {"http://127.0.0.1:1", "http://127.0.0.1:1"},
        {"http://[FE80::1]:8000", "http://[fe80::1]:8000"},
        {"http://", NULL},
        {"http:///", NULL},
        {"http://h//", NULL},
        {"ftp://h", NULL},
        {"h:8000", NULL},
        {"http://h/p", NULL},
        {"http://h?q", NULL},
        {"http://h#f", NULL},
        {"http://u@h", NULL},
        {"http://u:p@h/", NULL},
        {"http://h:0", NULL},
        {"http://h:65536", NULL},
        {"http://h:", NULL},
        {"http://h:8x", NULL},
        {"http://127.1", NULL},
        {"http://0x7f000001", NULL},
        {"http://a..b", NULL},
        {"http://a.", NULL},
        {"http://[::1", NULL},
        {"http://[::1]x", NULL},
        {"http://[]", NULL},
        {"http://[fe80::1%25eth0]", NULL},
        {"http://::1:8000", NULL},
        {"http://h\\@x", NULL},
        {"http://h\nHost: x", NULL},
        {"http:// h", NULL},
        {"", NULL},
    };
    struct fixture *f = *state;
    struct endpoint endpoint;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const bool good = endpoint_read(&endpoint, str_from(cases[i].text), "x",
                                        (struct span){0}, &f->arena, &f->diags);
        if (good != (cases[i].url != NULL)) {
            fail_msg("%s", cases[i].text);
        }
        if (good) {
            assert_text(endpoint.url, cases[i].url);
        }
    }
}

static void test_forms_of_what_variables_say(void **state)
{
    (void)state;
    const char *const regions[] = {
        "us-east-1",      "us-gov-west-1",   "us-iso-east-1",  "us-isob-east-1",
        "eu-isoe-west-1", "us-isof-south-1", "cn-northwest-1", "ap-southeast-7",
        "mx-central-1",   "il-central-1",    "eusc-de-east-1", "local",
    };
    const char *const others[] = {
        "",
        "us",
        "us-1",
        "us-east",
        "us-east-",
        "us-east-111",
        "US-EAST-1",
        "us-east-1x",
        "-east-1",
        "us--1",
        "u-east-1",
        "hunter2",
        "us-east-1-us",
        "abcde-east-1",
        "us-a-b-c-1",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "akiaiosfodnn7example",
        "us-secretsecret-1",
        "us-east-1\n",
    };
    for (size_t i = 0; i < COUNT_OF(regions); i++) {
        assert_true(region_is_usual(str_from(regions[i])));
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        assert_false(region_is_usual(str_from(others[i])));
    }
    const char *const profiles[] = {"default", "cruddur-dev", "ann@example.org",
                                    "AdministratorAccess-123456789012", "a_b.c"};
    const char *const keys[] = {
        "",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMIxK7MDENGxbPxRfiCYEXAMPLEKEY",
        "a b",
        "x=y",
        "a\nb",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmn",
    };
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        assert_true(profile_is_usual(str_from(profiles[i])));
    }
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        assert_false(profile_is_usual(str_from(keys[i])));
    }
}

static void test_hosts_of_the_service(void **state)
{
    (void)state;
    const char *const service[] = {
        "dynamodb.us-east-1.amazonaws.com",
        "dynamodb-fips.us-gov-west-1.amazonaws.com",
        "123456789012.ddb.eu-west-1.amazonaws.com",
        "dynamodb.cn-north-1.amazonaws.com.cn",
        "dynamodb.us-east-1.api.aws",
        "dynamodb.us-iso-east-1.c2s.ic.gov",
        "dynamodb.eusc-de-east-1.amazonaws.eu",
        "vpce-0a1b-xyz.dynamodb.us-east-1.vpce.amazonaws.com",
    };
    const char *const somebody[] = {
        "",
        "amazonaws.com",
        ".amazonaws.com",
        "dynamodb.amazonaws.com",
        "evil.example",
        "dynamodb.us-east-1.amazonaws.com.evil.example",
        "dynamodb.us-east-1.evilamazonaws.com",
        "dynamodb.us-east-1amazonaws.com",
        "evil.dynamodb.us-east-1.amazonaws.com",
        "evil.s3.us-east-1.amazonaws.com",
        "dynamodb.s3.amazonaws.com",
        "dynamodb.s3.us-east-1.amazonaws.com",
        "123456789012.ddb.s3.amazonaws.com",
        "123456789012.s3.us-east-1.amazonaws.com",
        "abcdef.execute-api.us-east-1.amazonaws.com",
        "ec2-1-2-3-4.compute-1.amazonaws.com",
        "evil.us-east-1.elb.amazonaws.com",
        "vpce-0a1b.execute-api.us-east-1.vpce.amazonaws.com",
        "dynamodb.us-east-1.amazonaws.com.",
        "dynamodb.us-east-1.evil.aws",
    };
    for (size_t i = 0; i < COUNT_OF(service); i++) {
        assert_true(endpoint_is_service(str_from(service[i])));
    }
    for (size_t i = 0; i < COUNT_OF(somebody); i++) {
        assert_false(endpoint_is_service(str_from(somebody[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_default, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_environment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_targets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_env_in_target, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_confirmation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unknown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_projects, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_secret_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_trust, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_search, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_urls, set_up, tear_down),
        cmocka_unit_test(test_forms_of_what_variables_say),
        cmocka_unit_test(test_hosts_of_the_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
