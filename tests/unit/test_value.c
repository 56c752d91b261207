// value: the ten types from YAML, their limits, sizes and form on the wire.
#include "stage.h"

#include "value.h"
#include "value_file.h"
#include "yaml_read.h"

#include <stdio.h>
#include <string.h>

static struct value *read_yaml(struct stage *stage, const char *text, bool templates)
{
    stage_init(stage, text);
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    assert_non_null(root);
    return value_read(root, templates, &stage->arena, &stage->diags);
}

// The value's form on the wire and its size.
static void expect(const char *yaml, const char *json, size_t size)
{
    struct stage stage;
    struct buf out;
    struct value *value = read_yaml(&stage, yaml, false);
    buf_init(&out, 1 << 20);
    if (value == NULL) {
        stage_print(&stage);
        fail_msg("%s was refused", yaml);
        return;
    }
    value_write(&out, value);
    assert_text(buf_str(&out), json);
    assert_int_equal(value_size(value), size);
    buf_deinit(&out);
    stage_deinit(&stage);
}

static void test_types(void **state)
{
    (void)state;

    expect("hello", "{\"S\":\"hello\"}", 5);
    expect("\"\"", "{\"S\":\"\"}", 0);
    expect("\"q\\\"\\\\\\n\xc3\xa9\"", "{\"S\":\"q\\\"\\\\\\n\xc3\xa9\"}", 6);
    expect("2023-03-19", "{\"S\":\"2023-03-19\"}", 10);
    expect("\"${x}\"", "{\"S\":\"${x}\"}", 4);
    expect("5.0", "{\"N\":\"5\"}", 2);
    expect("-0", "{\"N\":\"0\"}", 1);
    expect("1e3", "{\"N\":\"1000\"}", 2);
    expect("!N \"+012\"", "{\"N\":\"12\"}", 2);
    expect("!S 5", "{\"S\":\"5\"}", 1);
    expect("!S ~", "{\"S\":\"~\"}", 1);
    expect("!B aGVsbG8=", "{\"B\":\"aGVsbG8=\"}", 5);
    expect("!B \"\"", "{\"B\":\"\"}", 0);
    expect("true", "{\"BOOL\":true}", 1);
    expect("false", "{\"BOOL\":false}", 1);
    expect("~", "{\"NULL\":true}", 1);
    expect("!SS [b, \"\", a]", "{\"SS\":[\"b\",\"\",\"a\"]}", 2);
    expect("!NS [1, 1e1, \"2\"]", "{\"NS\":[\"1\",\"10\",\"2\"]}", 6);
    expect("!BS [1234, true]", "{\"BS\":[\"1234\",\"true\"]}", 6);
    expect("!BS [aGk=, \"\"]", "{\"BS\":[\"aGk=\",\"\"]}", 2);
    expect("[]", "{\"L\":[]}", 3);
    expect("{}", "{\"M\":{}}", 3);
    expect("[a, 1, [true]]",
           "{\"L\":[{\"S\":\"a\"},{\"N\":\"1\"},{\"L\":[{\"BOOL\":true}]}]}",
           3 + (1 + 1) + (1 + 2) + (1 + 3 + 1 + 1));
    expect("{b: 1, aa: {c: x}}",
           "{\"M\":{\"b\":{\"N\":\"1\"},\"aa\":{\"M\":{\"c\":{\"S\":\"x\"}}}}}",
           3 + (1 + 1 + 2) + (1 + 2 + 3 + (1 + 1 + 1)));
}

static void test_refused(void **state)
{
    static const struct {
        const char *yaml;
        enum diag_code code;
        uint32_t column;
    } rows[] = {
        {"123456789012345678901234567890123456789", DIAG_NUMBER, 0},
        {"1e126", DIAG_NUMBER, 0},
        {"1e-131", DIAG_NUMBER, 0},
        {"!N x", DIAG_NUMBER, 0},
        {"!N \"\"", DIAG_NUMBER, 0},
        {"!B aGk", DIAG_BASE64, 0},
        {"!B \"aG k=\"", DIAG_BASE64, 0},
        {"!B aGl=", DIAG_BASE64, 0}, // unused bits set
        {"!SS []", DIAG_SET, 0},
        {"!SS a", DIAG_SET, 0},
        {"!NS {a: 1}", DIAG_SET, 0},
        {"!SS [a, b, a]", DIAG_SET, 11},
        {"!NS [1, 2, 1.0]", DIAG_SET, 11},
        {"!NS [0, -0]", DIAG_SET, 8},
        {"!NS [100, 1e2]", DIAG_SET, 10},
        {"!BS [aGk=, \"aGk=\"]", DIAG_SET, 11},
        {"!SS [a, 1]", DIAG_WRONG_TYPE, 8},
        {"!SS [[a]]", DIAG_WRONG_TYPE, 5},
        {"!NS [x]", DIAG_NUMBER, 5},
        {"!NS [true]", DIAG_WRONG_TYPE, 5},
        {"!SS [!S a]", DIAG_YAML_TAG, 5},
        {"!handle x", DIAG_YAML_TAG, 0},
        {"!S [a]", DIAG_YAML_TAG, 0},
        {"!N {a: 1}", DIAG_YAML_TAG, 0},
        {"!N \"${x}\"", DIAG_YAML_TAG, 0},
        {"!B \"${x}\"", DIAG_YAML_TAG, 0},
        {"{\"\": 1}", DIAG_ATTRIBUTE_NAME, 1},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct value *value = read_yaml(&stage, rows[i].yaml, true);
        print_message("%s\n", rows[i].yaml);
        assert_null(value);
        if (rows[i].code == DIAG_NUMBER && rows[i].column == 5) {
            assert_diags(&stage, 1); // a word among numbers: either code will do
        } else {
            assert_only_diag(&stage, rows[i].code, 1, rows[i].column);
        }
        stage_deinit(&stage);
    }
}

static void test_all_mistakes(void **state)
{
    struct stage stage;
    (void)state;

    assert_null(read_yaml(
        &stage, "- 1e999\n- ok\n- {a: !B x, b: *c, \"\": 2}\n- !SS [a, a, 5]\n",
        false));
    assert_diags(&stage, 6);
    assert_diag(&stage, 0, DIAG_YAML_FEATURE, 3, 15);
    assert_diag(&stage, 1, DIAG_NUMBER, 1, 2);
    assert_diag(&stage, 2, DIAG_BASE64, 3, 6);
    assert_diag(&stage, 3, DIAG_ATTRIBUTE_NAME, 3, 19);
    assert_diag(&stage, 4, DIAG_SET, 4, 10);
    assert_diag(&stage, 5, DIAG_WRONG_TYPE, 4, 13);
    stage_deinit(&stage);
}

// B012: 31 containers around a scalar, the scalar being level 32.
static void test_depth(void **state)
{
    (void)state;

    for (size_t depth = 30; depth <= 33; depth++) {
        char text[100];
        struct stage stage;
        memset(text, '[', depth);
        text[depth] = 'x';
        memset(text + depth + 1, ']', depth);
        text[2 * depth + 1] = '\0';
        struct value *value = read_yaml(&stage, text, false);
        if (depth <= 31) {
            assert_non_null(value);
            assert_int_equal(value_size(value), depth * 4 + 1);
        } else {
            assert_null(value);
            assert_only_diag(&stage, DIAG_VALUE_DEPTH, 1, 32);
        }
        stage_deinit(&stage);
        // Empty containers count as a level too.
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * depth] = '\0';
        value = read_yaml(&stage, text, false);
        assert_true((value != NULL) == (depth <= 32));
        stage_deinit(&stage);
    }
}

static void test_attribute_names(void **state)
{
    static char text[70000];
    (void)state;

    for (size_t len = 65535; len <= 65536; len++) {
        struct stage stage;
        (void)snprintf(text, sizeof text, "? \"");
        memset(text + 3, 'n', len);
        (void)snprintf(text + 3 + len, 10, "\"\n: 1\n");
        struct value *value = read_yaml(&stage, text, false);
        if (len == 65535) {
            assert_non_null(value);
            assert_int_equal(value_size(value), 3 + 1 + 65535 + 2);
        } else {
            assert_null(value);
            assert_only_diag(&stage, DIAG_ATTRIBUTE_NAME, 1, 2);
        }
        stage_deinit(&stage);
    }
}

static void test_templates(void **state)
{
    struct stage stage;
    struct value *value = read_yaml(&stage,
                                    "- a${b}\n- \"a${b}\"\n- 'a''${b}'\n- "
                                    "\"a\\n${b}\"\n- !S \"${b}\"\n- plain\n- $${\n",
                                    true);
    (void)state;

    assert_clean(&stage);
    assert_int_equal(value->count, 7);
    struct value **items = value->items;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(items[i]->type, VALUE_TEMPLATE);
    }
    assert_text(items[0]->text, "a${b}");
    assert_int_equal(value_text_span(items[0]).column, 2);
    assert_int_equal(value_text_span(items[0]).length, 5);
    assert_int_equal(value_text_span(items[1]).column, 3); // behind the quote
    assert_int_equal(value_text_span(items[1]).length, 5);
    assert_text(items[2]->text, "a'${b}");
    assert_null(value_text_span(items[2]).source); // not byte for byte
    assert_null(value_text_span(items[3]).source);
    assert_int_equal(items[4]->type, VALUE_TEMPLATE);
    assert_true(items[4]->as_text);
    assert_false(items[0]->as_text);
    assert_int_equal(items[5]->type, VALUE_S);
    assert_int_equal(items[6]->type, VALUE_TEMPLATE);
    stage_deinit(&stage);
}

// A template in a set cannot be meant as text.
static void test_template_in_set(void **state)
{
    struct stage stage;
    (void)state;

    assert_null(read_yaml(&stage, "!SS [\"${message.text}\"]", true));
    assert_diags(&stage, 1);
    stage_deinit(&stage);
}

// Loads "one" and refuses everything else.
static bool load_one(void *context, struct value *value)
{
    size_t *count = context;
    (*count)++;
    value->text = STR("\x01\x02");
    return str_is(value->file->text, "one");
}

static void test_files(void **state)
{
    struct stage stage;
    size_t count = 0;
    (void)state;

    struct value *value = read_yaml(&stage, "!B { file: one }", false);
    assert_non_null(value);
    assert_int_equal(value->type, VALUE_B);
    assert_text(value->file->text, "one");
    assert_int_equal(value->text.len, 0);
    assert_true(value_file_each(value, load_one, &count));
    assert_int_equal(value_size(value), 2);
    stage_deinit(&stage);

    count = 0;
    value =
        read_yaml(&stage, "[ !B { file: two }, x, { a: [ !B { file: one } ] } ]", true);
    assert_non_null(value);
    assert_false(value_file_each(value, load_one, &count));
    assert_int_equal(count, 2); // the first failure does not end it
    assert_int_equal(value_size(value),
                     3 + 1 + 2 + 1 + 1 + 1 + (3 + 1 + 1 + (3 + 1 + 2)));
    assert_true(value_file_each(NULL, load_one, &count));
    stage_deinit(&stage);
}

static void test_files_refused(void **state)
{
    static const char *const TEXTS[] = {
        "!B { file: /etc/hostname }",
        "!B { file: \"a${x}\" }",
        "!B { file: \"a\\0b\" }",
        "!B { file: [ a ] }",
        "!B { path: a }",
        "!B { file: a, path: a }",
        "!B {}",
        "!S { file: a }",
        "!B [ a ]",
    };
    struct stage stage;
    (void)state;

    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        if (read_yaml(&stage, TEXTS[i], false) != NULL || stage.diags.errors == 0) {
            fail_msg("%s was accepted", TEXTS[i]);
        }
        stage_deinit(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),           cmocka_unit_test(test_refused),
        cmocka_unit_test(test_all_mistakes),    cmocka_unit_test(test_depth),
        cmocka_unit_test(test_attribute_names), cmocka_unit_test(test_templates),
        cmocka_unit_test(test_template_in_set), cmocka_unit_test(test_files),
        cmocka_unit_test(test_files_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
