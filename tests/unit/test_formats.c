// The formats for GitHub, GitLab and SARIF, where golden cases do not reach: texts of
// the program's own in them, what was dropped, and fingerprints.
#include "unit.h"

#include "diag_print.h"
#include "fingerprint.h"

#include <stdlib.h>
#include <string.h>

struct fixture {
    struct arena arena;
    struct diags diags;
    struct buf out;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    if (fixture == NULL) {
        return -1;
    }
    diags_init(&fixture->diags, &fixture->arena);
    buf_init(&fixture->out, 1 << 24);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    arena_deinit(&fixture->arena);
    buf_deinit(&fixture->out);
    free(fixture);
    return 0;
}

static const struct source SOURCE = {
    .name = {"./-a\xFF,b:c%.yaml", 15},
    .fd = -1,
    .text = {"\xE2\x82\xAC: 1\n\xE2\x82\xAC\xE2\x82\xACx: 2\n", 21},
};

static void add_some(struct diags *diags)
{
    struct diag *diag = diag_add(diags, DIAG_AMBIGUOUS_SCALAR,
                                 source_span_at(&SOURCE, 10, 4), "50%%\r\n::x,y");
    diag_help(diags, diag, "h");
    diag_related(diags, diag, (struct span){0}, "r");
    (void)diag_add(diags, DIAG_USAGE, source_span_at(&SOURCE, 5, 0), "z");
}

static void test_github(void **state)
{
    struct fixture *fixture = *state;

    add_some(&fixture->diags);
    diag_print_github(&fixture->out, &fixture->diags);
    assert_text(
        buf_str(&fixture->out),
        "::error file=./-a\\xff%2Cb%3Ac%25.yaml,line=1,col=4,title=ddbgen usage::z\n"
        "::warning file=./-a\\xff%2Cb%3Ac%25.yaml,line=2,col=2,endColumn=4,"
        "title=ddbgen ambiguous-scalar::50%25\\r\\n::x,y%0Ahelp: h%0Anote: r\n");
}

static void test_gitlab(void **state)
{
    struct fixture *fixture = *state;

    add_some(&fixture->diags);
    fixture->diags.count = 1;
    diag_print_gitlab(&fixture->out, &fixture->diags);
    assert_text(
        buf_str(&fixture->out),
        "[\n{\"description\":\"50%\\\\r\\\\n::x,y (help: h)\","
        "\"check_name\":\"ambiguous-scalar\","
        "\"fingerprint\":\"ab31ddf3-74d1-5439-97d5-f81d0ac1a95d\","
        "\"severity\":\"minor\","
        "\"location\":{\"path\":\"-a\\\\xff,b:c%.yaml\",\"lines\":{\"begin\":2}}}"
        "\n]\n");
}

static void assert_holds(const struct buf *out, const char *part)
{
    if (str_find(buf_str(out), str_from(part)) == out->len) {
        fail_msg("no %s in %.*s", part, STR_ARG(buf_str(out)));
    }
}

static void test_sarif(void **state)
{
    struct fixture *fixture = *state;

    add_some(&fixture->diags);
    diag_print_sarif(&fixture->out, &fixture->diags, "1.2.3");
    assert_holds(&fixture->out, "\"version\":\"1.2.3\"");
    assert_holds(&fixture->out, "{\"uri\":\"-a%FF%2Cb%3Ac%25.yaml\",\"uriBaseId\":"
                                "\"%SRCROOT%\"},\"region\":{\"startLine\":1,"
                                "\"startColumn\":4,\"endColumn\":4}}");
    assert_holds(&fixture->out,
                 "\"message\":{\"text\":\"50%\\\\r\\\\n::x,y. Help: h\"}");
    assert_holds(&fixture->out,
                 "\"relatedLocations\":[{\"message\":{\"text\":\"r\"}}]");
}

static void test_what_was_dropped(void **state)
{
    struct fixture *fixture = *state;
    struct buf *out = &fixture->out;

    for (int i = 0; i < DIAG_MAX_KEPT + 7; i++) {
        (void)diag_add(&fixture->diags, DIAG_USAGE, (struct span){0}, "m");
    }
    diag_print_github(out, &fixture->diags);
    assert_true(
        str_ends(buf_str(out), STR("::m\n::notice title=ddbgen::... and 7 more\n")));
    buf_reset(out);
    diag_print_gitlab(out, &fixture->diags);
    assert_true(
        str_ends(buf_str(out),
                 STR(",\n{\"description\":\"... and 7 more\",\"check_name\":\"ddbgen\","
                     "\"fingerprint\":\"ddbgen-dropped\",\"severity\":\"info\","
                     "\"location\":{\"path\":\".\",\"lines\":{\"begin\":1}}}\n]\n")));
    buf_reset(out);
    diag_print_sarif(out, &fixture->diags, "1");
    assert_holds(out, "\"toolExecutionNotifications\":[{\"level\":\"note\","
                      "\"message\":{\"text\":\"... and 7 more\"}}],"
                      "\"executionSuccessful\":false}],\n");
}

static void test_notes(void **state)
{
    struct fixture *fixture = *state;

    struct diag *diag =
        diag_add(&fixture->diags, DIAG_USAGE, source_span_file(&SOURCE), "m");
    diag->severity = DIAG_NOTE;
    diag_print_github(&fixture->out, &fixture->diags);
    assert_true(str_starts(buf_str(&fixture->out), STR("::notice file=")));
    buf_reset(&fixture->out);
    diag_print_gitlab(&fixture->out, &fixture->diags);
    assert_holds(&fixture->out, "\"severity\":\"info\"");
    buf_reset(&fixture->out);
    diag_print_sarif(&fixture->out, &fixture->diags, "1");
    assert_holds(&fixture->out, "\"ruleIndex\":0,\"level\":\"note\"");
}

// The fingerprint of a diagnostic of its own report.
static struct str fingerprint_of(struct fixture *fixture, enum diag_code code,
                                 const struct source *source, size_t offset,
                                 const char *message)
{
    struct fingerprints fingerprints;
    struct diags diags;
    char text[UUID_TEXT_LEN];

    diags_init(&diags, &fixture->arena);
    const struct diag *diag =
        diag_add(&diags, code, source_span_at(source, offset, 1), "%s", message);
    fingerprints_init(&fingerprints, &fixture->arena);
    fingerprint_next(&fingerprints, diag, text);
    fingerprints_deinit(&fingerprints);
    return arena_str(&fixture->arena, (struct str){text, sizeof text});
}

static void test_fingerprints(void **state)
{
    struct fixture *fixture = *state;
    struct source other = SOURCE;

    other.name = STR("other");
    const struct str first = fingerprint_of(fixture, DIAG_USAGE, &SOURCE, 0, "m");
    assert_str(fingerprint_of(fixture, DIAG_USAGE, &SOURCE, 9, "m"), first);
    assert_false(str_eq(fingerprint_of(fixture, DIAG_USAGE, &SOURCE, 0, "n"), first));
    assert_false(str_eq(fingerprint_of(fixture, DIAG_USAGE, &other, 0, "m"), first));
    assert_false(str_eq(fingerprint_of(fixture, DIAG_UTF8, &SOURCE, 0, "m"), first));
}

static void test_fingerprints_of_equals(void **state)
{
    struct fixture *fixture = *state;
    struct fingerprints fingerprints;
    char text[3][UUID_TEXT_LEN];

    const struct diag *diag =
        diag_add(&fixture->diags, DIAG_USAGE, (struct span){0}, "m");
    fingerprints_init(&fingerprints, &fixture->arena);
    for (size_t i = 0; i < COUNT_OF(text); i++) {
        fingerprint_next(&fingerprints, diag, text[i]);
    }
    fingerprints_deinit(&fingerprints);
    assert_memory_not_equal(text[0], text[1], UUID_TEXT_LEN);
    assert_memory_not_equal(text[0], text[2], UUID_TEXT_LEN);
    assert_memory_not_equal(text[1], text[2], UUID_TEXT_LEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_github),
        TEST(test_gitlab),
        TEST(test_sarif),
        TEST(test_what_was_dropped),
        TEST(test_notes),
        TEST(test_fingerprints),
        TEST(test_fingerprints_of_equals),
    };
    return cmocka_run_group_tests_name("formats", tests, NULL, NULL);
}
