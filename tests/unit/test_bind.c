// bind: every kind of key, every way it can be wrong, all of it reported in one go.
#include "stage.h"

#include "bind.h"
#include "buf.h"
#include "yaml_read.h"

#include <stdio.h>

struct inner {
    const struct node *at;
    struct bind_int depth;
};

struct outer {
    const struct node *at;
    struct bind_string name;
    struct bind_int units;
    struct bind_bool on;
    struct bind_enum mode;
    struct inner inner;
    const struct node *anything;
};

static const char *const modes[] = {"FAST", "SLOW", NULL};

static const struct bind_key inner_keys[] = {
    {"depth", BIND_INT, offsetof(struct inner, depth), .required = true, .min = -5,
     .max = 5},
};
static const struct bind_record inner_record = {"the inner record", inner_keys, 1,
                                                offsetof(struct inner, at)};

static const struct bind_key outer_keys[] = {
    {"name", BIND_STRING, offsetof(struct outer, name), .required = true},
    {"units", BIND_INT, offsetof(struct outer, units), .min = 1, .max = 1000000000000},
    {"on", BIND_BOOL, offsetof(struct outer, on), .doc = ""},
    {"mode", BIND_ENUM, offsetof(struct outer, mode), .names = modes},
    {"inner", BIND_RECORD, offsetof(struct outer, inner), .record = &inner_record},
    {"anything", BIND_NODE, offsetof(struct outer, anything), .doc = ""},
    {"unitx", BIND_REFUSED, .doc = "why not"},
};
static const struct bind_record outer_record = {
    "the outer record", outer_keys, COUNT_OF(outer_keys), offsetof(struct outer, at)};

static bool bind(struct stage *stage, struct outer *out, const char *text)
{
    stage_init(stage, text);
    *out = (struct outer){0};
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    assert_non_null(root);
    return bind_read(out, &outer_record, root, &stage->diags);
}

static void test_all_kinds(void **state)
{
    struct stage stage;
    struct outer out;
    (void)state;

    assert_true(bind(&stage, &out,
                     "name: me\nunits: 1000000000000\non: false\nmode: SLOW\n"
                     "inner: {depth: -5}\nanything: [1]\n"));
    assert_clean(&stage);
    assert_text(out.name.text, "me");
    assert_int_equal(out.name.node->span.line, 1);
    assert_int_equal(out.units.value, INT64_C(1000000000000));
    assert_non_null(out.on.node);
    assert_false(out.on.value);
    assert_int_equal(out.mode.value, 1);
    assert_int_equal(out.inner.depth.value, -5);
    assert_non_null(out.inner.at);
    assert_int_equal(out.anything->kind, NODE_SEQUENCE);
    stage_deinit(&stage);

    assert_true(bind(&stage, &out, "name: \"5\"\non: true\n"));
    assert_true(out.on.value);
    assert_null(out.units.node);
    assert_null(out.inner.at);
    assert_null(out.anything);
    stage_deinit(&stage);
}

static void test_one_mistake(void **state)
{
    static const struct {
        const char *text;
        enum diag_code code;
        uint32_t line, column;
        const char *help; // or NULL
    } rows[] = {
        {"name: me\nunitz: 1\n", DIAG_UNKNOWN_KEY, 2, 0, "did you mean 'units'?"},
        {"name: me\nunitx: [1, 2]\n", DIAG_KEY_REFUSED, 2, 0, "why not"},
        {"units: 1\n", DIAG_MISSING_KEY, 1, 0, NULL},
        {"name: 5\n", DIAG_WRONG_TYPE, 1, 6, "put it in quotes"},
        {"name:\n", DIAG_WRONG_TYPE, 1, 5, NULL},
        {"name: [a]\n", DIAG_WRONG_TYPE, 1, 6, NULL},
        {"name: me\nunits: 0\n", DIAG_WRONG_VALUE, 2, 7, NULL},
        {"name: me\nunits: 1000000000001\n", DIAG_WRONG_VALUE, 2, 7, NULL},
        {"name: me\nunits: -1\n", DIAG_WRONG_VALUE, 2, 7, NULL},
        {"name: me\nunits: 1.5\n", DIAG_WRONG_VALUE, 2, 7, NULL},
        {"name: me\nunits: 99999999999999999999999999\n", DIAG_WRONG_VALUE, 2, 7, NULL},
        {"name: me\nunits: 18446744073709551617\n", DIAG_WRONG_VALUE, 2, 7, NULL},
        {"name: me\nunits: \"5\"\n", DIAG_WRONG_TYPE, 2, 7, NULL},
        {"name: me\nunits: !N five\n", DIAG_WRONG_VALUE, 2, 7, NULL},
        {"name: me\non: \"true\"\n", DIAG_WRONG_TYPE, 2, 4, NULL},
        {"name: me\nmode: SLOWW\n", DIAG_WRONG_VALUE, 2, 6, "did you mean 'SLOW'?"},
        {"name: me\nmode: slow\n", DIAG_WRONG_VALUE, 2, 6, "did you mean 'SLOW'?"},
        {"name: me\nmode: {}\n", DIAG_WRONG_TYPE, 2, 6, NULL},
        {"name: me\ninner: {}\n", DIAG_MISSING_KEY, 2, 7, NULL},
        {"name: me\ninner: {depth: 6}\n", DIAG_WRONG_VALUE, 2, 15, NULL},
        {"name: me\ninner: 5\n", DIAG_WRONG_TYPE, 2, 7, NULL},
        {"just text\n", DIAG_WRONG_TYPE, 1, 0, NULL},
        {"name: me\nunits: *x\n", DIAG_YAML_FEATURE, 2, 7, NULL}, // said once
        {"name: *x\n", DIAG_YAML_FEATURE, 1, 6, NULL},
        {"name: me\nanything: *x\n", DIAG_YAML_FEATURE, 2, 10, NULL},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct outer out;
        print_message("%s", rows[i].text);
        assert_false(bind(&stage, &out, rows[i].text));
        assert_only_diag(&stage, rows[i].code, rows[i].line, rows[i].column);
        if (rows[i].help != NULL) {
            assert_text(stage.diags.kept[0].help, rows[i].help);
        }
        stage_deinit(&stage);
    }
}

static void test_all_mistakes(void **state)
{
    struct stage stage;
    struct outer out;
    (void)state;

    assert_false(
        bind(&stage, &out, "nam: me\nunits: x\nmode: SLOW\ninner: {depht: 1}\n"));
    assert_diags(&stage, 3); // what is misspelt is not missing as well
    assert_diag(&stage, 0, DIAG_UNKNOWN_KEY, 1, 0);
    assert_diag(&stage, 1, DIAG_WRONG_TYPE, 2, 7);
    assert_diag(&stage, 2, DIAG_UNKNOWN_KEY, 4, 8);
    assert_int_equal(out.mode.value, 1); // what could be bound is bound
    stage_deinit(&stage);
}

static void test_ambiguous(void **state)
{
    struct stage stage;
    struct outer out;
    (void)state;

    assert_true(bind(&stage, &out, "name: yes\n"));
    assert_only_diag(&stage, DIAG_AMBIGUOUS_SCALAR, 1, 6);
    stage_deinit(&stage);
    assert_true(bind(&stage, &out, "name: \"yes\"\nmode: FAST\n"));
    assert_clean(&stage);
    stage_deinit(&stage);
}

// Tags force the types of attributes; on a setting only !S makes sense.
static void test_misplaced_tags(void **state)
{
    static const char *const texts[] = {
        "name: !B aGk=\n",
        "name: !SS x\n",
        "name: !handle x\n",
        "name: me\nmode: !B SLOW\n",
        "name: me\ninner: !NS {depth: 1}\n",
    };
    struct stage stage;
    struct outer out;
    (void)state;

    assert_true(bind(&stage, &out, "name: !S 5\n"));
    stage_deinit(&stage);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        print_message("%s", texts[i]);
        assert_false(bind(&stage, &out, texts[i]));
        assert_diags(&stage, 1);
        stage_deinit(&stage);
    }
}

// As many keys as a record may have, each near to what is written, and words that are
// near to none: what is kept of them has its place (the sanitizers watch).
static void test_most_keys(void **state)
{
    enum { MOST = 40 };
    static char names[MOST][16];
    static struct {
        const struct node *at;
        struct bind_string members[MOST];
    } out;
    struct bind_key keys[MOST];
    struct stage stage;
    struct buf text;
    (void)state;

    buf_init(&text, SIZE_MAX);
    for (size_t i = 0; i < MOST; i++) {
        (void)snprintf(names[i], sizeof names[i], "setting-%02zu", i);
        size_t offset = (size_t)((char *)&out.members[i] - (char *)&out);
        keys[i] = (struct bind_key){names[i], BIND_STRING, offset, .required = true};
        buf_printf(&text, "%s%s: x\n", names[i], i + 1 == MOST ? "x" : "");
    }
    buf_put(&text, STR("q: 1\nnothing like it: 1\n"));
    const struct bind_record record = {"it", keys, MOST, 0};
    buf_char(&text, '\0');
    stage_init(&stage, buf_str(&text).at);
    const struct node *root = yaml_read(&stage.source, &stage.arena, &stage.diags);
    assert_false(bind_read(&out, &record, root, &stage.diags));
    assert_diags(&stage, 3);
    assert_true(out.members[MOST - 1].broken);
    for (size_t i = 0; i + 1 < MOST; i++) {
        assert_text(out.members[i].text, "x");
    }
    buf_deinit(&text);
    stage_deinit(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_kinds),      cmocka_unit_test(test_one_mistake),
        cmocka_unit_test(test_all_mistakes),   cmocka_unit_test(test_ambiguous),
        cmocka_unit_test(test_misplaced_tags), cmocka_unit_test(test_most_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
