// definition, entity_read, pattern_read, handles_config and env_ref: the parts of a
// definition beside the table.
#include "stage.h"

#include "definition.h"
#include "env_ref.h"
#include "yaml_read.h"

#define HEAD                                                                           \
    "table_name: messages\nattribute_definitions: {pk: S}\nkey_schema: {hash: pk}\n"   \
    "billing_mode: PAY_PER_REQUEST\n" // lines 1 to 4

static bool read_definition(struct stage *stage, struct definition *out,
                            const char *text)
{
    stage_init(stage, text);
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    assert_non_null(root);
    return definition_read(out, root, &stage->source, &stage->arena, &stage->diags);
}

static void test_entities(void **state)
{
    struct stage stage;
    struct definition definition;
    (void)state;

    assert_true(
        read_definition(&stage, &definition,
                        HEAD "entities:\n"
                             "  group:\n"
                             "    for_each: participant\n"
                             "    when: ${conversation.participant_count} == 2\n"
                             "    attributes: {pk: \"G#${self.uuid}\", n: 1}\n"
                             "  talk: {for_each: conversation, attributes: {pk: x}}\n"
                             "  message: {for_each: message, attributes: {pk: x}}\n"
                             "fixtures: [a.txt, \"b/*.txt\"]\n"));
    assert_clean(&stage);
    assert_int_equal(definition.entity_count, 3);
    const struct entity *group = &definition.entities[0];
    assert_text(group->name, "group");
    assert_int_equal(group->span.line, 6);
    assert_int_equal(group->for_each, FOR_EACH_PARTICIPANT);
    assert_text(group->when, "${conversation.participant_count} == 2");
    assert_int_equal(group->when_span.line, 8);
    assert_int_equal(group->count, 2);
    assert_text(group->attributes[0].name, "pk");
    assert_int_equal(group->attributes[0].value->type, VALUE_TEMPLATE);
    assert_int_equal(group->attributes[1].value->type, VALUE_N);
    assert_int_equal(definition.entities[1].for_each, FOR_EACH_CONVERSATION);
    assert_int_equal(definition.entities[1].when.len, 0);
    assert_int_equal(definition.entities[2].for_each, FOR_EACH_MESSAGE);
    assert_int_equal(definition.fixture_count, 2);
    assert_text(definition.fixtures[1].text, "b/*.txt");
    assert_int_equal(definition.fixtures[1].span.column, 18);
    stage_deinit(&stage);
}

static void test_patterns(void **state)
{
    struct stage stage;
    struct definition definition;
    (void)state;

    assert_true(read_definition(
        &stage, &definition,
        HEAD
        "access_patterns:\n"
        "  one:\n"
        "    index: some-index\n"
        "    parameters: {me: handle, a: string, b: uuid, c: number}\n"
        "    key: {pk: \"G#${me.uuid}\", sk: {between: [\"${a}\", \"${b}\"]}}\n"
        "    scan_index_forward: false\n"
        "    limit: 20\n"
        "  two: {key: {pk: {eq: x}, s: {lt: 1}, t: {le: 1}, u: {gt: 1}, v: {ge: 1}, "
        "w: {begins_with: a}}}\n"));
    assert_clean(&stage);
    assert_int_equal(definition.pattern_count, 2);
    const struct pattern *one = &definition.patterns[0];
    assert_text(one->index, "some-index");
    assert_int_equal(one->parameter_count, 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(one->parameters[i].type, PARAMETER_HANDLE + i);
    }
    assert_int_equal(one->condition_count, 2);
    assert_int_equal(one->conditions[0].op, RANGE_EQ);
    assert_int_equal(one->conditions[1].op, RANGE_BETWEEN);
    assert_text(one->conditions[1].operands[1]->text, "${b}");
    assert_false(one->scan_index_forward);
    assert_int_equal(one->limit, 20);
    const struct pattern *two = &definition.patterns[1];
    static const enum range_operator ops[] = {RANGE_EQ, RANGE_LT, RANGE_LE,
                                              RANGE_GT, RANGE_GE, RANGE_BEGINS_WITH};
    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        assert_int_equal(two->conditions[i].op, ops[i]);
    }
    assert_true(two->scan_index_forward);
    assert_int_equal(two->limit, 0);
    stage_deinit(&stage);
}

static void test_one_mistake(void **state)
{
    static const struct {
        const char *text; // from line 5
        enum diag_code code;
        uint32_t line, column;
    } rows[] = {
        {"entities: []\n", DIAG_WRONG_TYPE, 5, 10},
        {"entities: {e: 5}\n", DIAG_WRONG_TYPE, 5, 14},
        {"entities: {e: {attributes: {pk: x}}}\n", DIAG_MISSING_KEY, 5, 14},
        {"entities: {e: {for_each: message}}\n", DIAG_MISSING_KEY, 5, 14},
        {"entities: {e: {for_each: massage, attributes: {pk: x}}}\n", DIAG_WRONG_VALUE,
         5, 25},
        {"entities: {e: {for_each: message, attributes: {}}}\n", DIAG_WRONG_TYPE, 5,
         46},
        {"entities: {e: {for_each: message, attributes: [pk]}}\n", DIAG_WRONG_TYPE, 5,
         46},
        {"entities: {e: {for_each: message, attributes: {\"\": x}}}\n",
         DIAG_ATTRIBUTE_NAME, 5, 47},
        {"entities: {e: {for_each: message, attributes: {pk: 1e999}}}\n", DIAG_NUMBER,
         5, 51},
        {"entities: {e: {for_each: message, when: 5, attributes: {pk: x}}}\n",
         DIAG_WRONG_TYPE, 5, 40},
        {"access_patterns: {p: {}}\n", DIAG_MISSING_KEY, 5, 21},
        {"access_patterns: {p: {key: {}}}\n", DIAG_WRONG_TYPE, 5, 27},
        {"access_patterns: {p: {key: {pk: {like: x}}}}\n", DIAG_PATTERN, 5, 33},
        {"access_patterns: {p: {key: {pk: {lt: 1, gt: 2}}}}\n", DIAG_PATTERN, 5, 32},
        {"access_patterns: {p: {key: {pk: {between: [1]}}}}\n", DIAG_PATTERN, 5, 42},
        {"access_patterns: {p: {key: {pk: {between: 1}}}}\n", DIAG_PATTERN, 5, 42},
        {"access_patterns: {p: {key: {pk: x}, parameters: {a: strin}}}\n",
         DIAG_WRONG_VALUE, 5, 52},
        {"access_patterns: {p: {key: {pk: x}, parameters: [a]}}\n", DIAG_WRONG_TYPE, 5,
         48},
        {"access_patterns: {p: {key: {pk: x}, limit: 0}}\n", DIAG_WRONG_VALUE, 5, 43},
        {"access_patterns: {p: {key: {pk: x}, limit: 1000001}}\n", DIAG_WRONG_VALUE, 5,
         43},
        {"fixtures: a.txt\n", DIAG_WRONG_TYPE, 5, 10},
        {"fixtures: [5]\n", DIAG_WRONG_TYPE, 5, 11},
        {"fixtures: [\"\"]\n", DIAG_WRONG_TYPE, 5, 11},
        {"handles: 5\n", DIAG_WRONG_TYPE, 5, 9},
        {"handles: {file: \"\"}\n", DIAG_WRONG_VALUE, 5, 16},
        {"handles: {file: \"${env.F}\"}\n", DIAG_ENV_NOT_ALLOWED, 5, 16},
        {"handles: {postgres: {url: \"\"}}\n", DIAG_WRONG_VALUE, 5, 26},
        {"handles: {postgres: {url: \"x${env.F}\"}}\n", DIAG_ENV_NOT_ALLOWED, 0, 0},
        {"handles: {postgres: {query: \"SELECT 1\"}}\n", DIAG_HANDLE_QUERY, 5, 28},
        {"handles: {postgres: {query: \"$1 ${env.F}\"}}\n", DIAG_ENV_NOT_ALLOWED, 5,
         28},
        {"handles: {postgres: {urk: x}}\n", DIAG_UNKNOWN_KEY, 5, 21},
        {"handles: {columns: [uuid]}\n", DIAG_WRONG_VALUE, 5, 19},
        {"handles: {columns: [handle, uuid, uuid]}\n", DIAG_WRONG_VALUE, 5, 34},
        {"handles: {columns: [handle, 5]}\n", DIAG_WRONG_TYPE, 5, 28},
        {"handles: {columns: handle}\n", DIAG_WRONG_TYPE, 5, 19},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct definition definition;
        struct buf text;
        buf_init(&text, 4096);
        buf_puts(&text, HEAD);
        buf_puts(&text, rows[i].text);
        print_message("%s", rows[i].text);
        assert_false(read_definition(&stage, &definition, buf_cstr(&text)));
        assert_only_diag(&stage, rows[i].code, rows[i].line, rows[i].column);
        buf_deinit(&text);
        stage_deinit(&stage);
    }
}

// A broken entity is marked, what else failed is left out, the rest is there.
static void test_broken_parts(void **state)
{
    struct stage stage;
    struct definition definition;
    (void)state;

    assert_false(read_definition(&stage, &definition,
                                 HEAD "entities:\n  a: {for_each: message}\n"
                                      "  b: {for_each: message, attributes: {pk: x}}\n"
                                      "access_patterns:\n  p: {}\n  q: {key: {pk: x}}\n"
                                      "fixtures: [5, b.txt]\n"));
    assert_diags(&stage, 3);
    assert_int_equal(definition.entity_count, 2);
    assert_true(definition.entities[0].broken);
    assert_false(definition.entities[1].broken);
    assert_text(definition.entities[1].name, "b");
    assert_int_equal(definition.pattern_count, 2);
    assert_true(definition.patterns[0].broken);
    assert_false(definition.patterns[1].broken);
    assert_text(definition.patterns[1].name, "q");
    assert_int_equal(definition.fixture_count, 1);
    assert_text(definition.fixtures[0].text, "b.txt");
    stage_deinit(&stage);
}

static void test_definition_is(void **state)
{
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        {"table_name: x\n", true},     {"key_schema: {hash: pk}\n", true},
        {"bayko: {uuid: x}\n", false}, {"- {handle: bayko}\n", false},
        {"rows: {}\n", false},         {"table_name\n", false},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        stage_init(&stage, rows[i].text);
        const struct node *root = yaml_read(&stage.source, &stage.arena, &stage.diags);
        assert_true(definition_is(root) == rows[i].is);
        stage_deinit(&stage);
    }
}

static void test_handles(void **state)
{
    struct stage stage;
    struct definition definition;
    (void)state;

    assert_true(read_definition(&stage, &definition,
                                HEAD "handles:\n  file: users.yaml\n  postgres:\n"
                                     "    url: ${env.CONNECTION_URL}\n"
                                     "    query: \"SELECT x WHERE handle = ANY($1)\"\n"
                                     "  columns: [handle, uuid]\n"));
    assert_clean(&stage);
    const struct handles_config *handles = &definition.handles;
    assert_true(definition.has_handles);
    assert_text(handles->file, "users.yaml");
    assert_true(handles->postgres);
    assert_text(handles->url, "${env.CONNECTION_URL}");
    assert_int_equal(handles->url_span.line, 8);
    assert_int_equal(handles->column_count, 2);
    assert_text(handles->columns[1], "uuid");
    stage_deinit(&stage);

    assert_true(read_definition(&stage, &definition, HEAD "handles: {postgres: }\n"));
    assert_true(definition.handles.postgres);
    assert_int_equal(definition.handles.url.len, 0);
    stage_deinit(&stage);

    // A literal url may hold a password: its line is never shown.
    assert_true(
        read_definition(&stage, &definition,
                        HEAD "handles: {postgres: {url: \"postgres://u:p@h/d\"}}\n"));
    assert_int_equal(definition.handles.url_span.line, 0);
    stage_deinit(&stage);
}

static void test_env_ref(void **state)
{
    static const struct {
        const char *text;
        enum env_ref is;
        const char *name;
    } rows[] = {
        {"plain", ENV_REF_NONE, ""},
        {"", ENV_REF_NONE, ""},
        {"${x}", ENV_REF_NONE, ""},
        {"${env.A}", ENV_REF_WHOLE, "A"},
        {"${env.a_B9}", ENV_REF_WHOLE, "a_B9"},
        {"${env._}", ENV_REF_WHOLE, "_"},
        {"${env.9a}", ENV_REF_WITHIN, ""},
        {"${env.}", ENV_REF_WITHIN, ""},
        {"${env.A", ENV_REF_WITHIN, ""},
        {"${env.", ENV_REF_WITHIN, ""},
        {"x${env.A}", ENV_REF_WITHIN, ""},
        {"${env.A}x", ENV_REF_WITHIN, ""},
        {"${env.A}${env.B}", ENV_REF_WITHIN, ""},
        {"${env.A-B}", ENV_REF_WITHIN, ""},
        {"${env.A }", ENV_REF_WITHIN, ""},
        {"$${env.A}", ENV_REF_WITHIN, ""},
        {"${env.\xc3\xa9}", ENV_REF_WITHIN, ""},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct str name;
        stage_init(&stage, "");
        assert_int_equal(env_ref_find(&name, str_from(rows[i].text)), rows[i].is);
        assert_text(name, rows[i].name);
        bool allowed =
            env_ref_refuse(str_from(rows[i].text), (struct span){0}, &stage.diags);
        assert_true(allowed == (rows[i].is == ENV_REF_NONE));
        bool whole =
            env_ref_check_whole(str_from(rows[i].text), (struct span){0}, &stage.diags);
        assert_true(whole == (rows[i].is != ENV_REF_WITHIN));
        stage_deinit(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entities),      cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_one_mistake),   cmocka_unit_test(test_broken_parts),
        cmocka_unit_test(test_definition_is), cmocka_unit_test(test_handles),
        cmocka_unit_test(test_env_ref),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
