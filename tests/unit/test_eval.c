// eval and condition: expressions and filters to text, and `when`.
#include "stage.h"

#include "condition.h"
#include "domain.h"
#include "eval.h"
#include "template_facts.h"
#include "yaml_read.h"

// A conversation of two with three messages, and one user record each.
struct scene {
    struct stage stage;
    struct header header;
    struct conversation_facts facts;
    struct message_facts message;
    struct users users;
    struct eval_context context;
};

static void scene_init(struct scene *scene, const char *header)
{
    *scene =
        (struct scene){.message = {11, 1, INT64_C(1679227200000001), STR("Hi THERE ")}};
    stage_init(&scene->stage, header);
    struct stage *stage = &scene->stage;
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    assert_non_null(root);
    assert_true(header_read(&scene->header, root, &stage->arena, &stage->diags));
    scene->facts = (struct conversation_facts){
        .header = &scene->header,
        .starts_at = INT64_C(-1000001),
        .message_count = 30,
        .first = {0, 0, INT64_C(-1000001), STR("first")},
        .last = {29, 1, INT64_C(1679227200000000), STR("last \xc3\x89")},
        .hasher = uuid_hasher_new(&scene->header.uuid),
    };
    users_init(&scene->users, &stage->arena);
    scene->users.columns[0] = STR("handle");
    scene->users.columns[1] = STR("bio");
    scene->users.column_count = 2;
    struct user_field a[] = {{.text = STR("a")}, {.text = STR("bio of a")}};
    struct user_field b[] = {{.text = STR("b")}, {.null = true}};
    assert_non_null(users_add(&scene->users, STR("a"), a));
    assert_non_null(users_add(&scene->users, STR("b"), b));
    scene->context = (struct eval_context){
        .conversation = &scene->facts,
        .users = &scene->users,
        .self = 0,
        .other = 1,
        .message = &scene->message,
    };
}

static void scene_deinit(struct scene *scene)
{
    uuid_hasher_free(scene->facts.hasher);
    stage_deinit(&scene->stage);
}

#define HEADER                                                                         \
    "conversation: Bus 42\nparticipants: {A: a, Person B: b, C: c}\n"                  \
    "vars: {n: 1000, f: 0.5, t: \"x\", yes_: true, e: \"\"}\n"

// What a template gives is one of the texts that the proofs take it to give.
static void assert_possible(struct scene *scene, const struct template *template,
                            struct str text)
{
    struct automaton given;
    struct automaton one;
    automaton_init(&given, &scene->stage.arena);
    automaton_init(&one, &scene->stage.arena);
    domain_put_template(&given, template, NULL, DOMAIN_EVERY);
    automaton_put_literal(&one, text);
    const struct automaton *sets[] = {&given, &one};
    uint64_t work = 1000000;
    assert_int_equal(automaton_meet(NULL, sets, 2, &work), AUTOMATON_MEET);
}

static enum eval_result eval(struct scene *scene, const char *text,
                             enum for_each for_each, struct buf *out,
                             enum value_type *type)
{
    struct scope scope = scope_of_entity(for_each);
    struct template template;
    assert_true(template_parse(&template, str_from(text), (struct span){0},
                               (struct span){0}, &scope, &scene->stage.arena,
                               &scene->stage.diags));
    const struct expr *single = template_single(&template);
    const struct expr *failed = NULL;
    buf_reset(out);
    *type = VALUE_S;
    enum eval_result result =
        single != NULL ? expr_eval(out, type, single, &scene->context)
                       : template_eval(out, &template, &scene->context, &failed);
    if (result == EVAL_OK) {
        assert_possible(scene, &template, buf_str(out));
    }
    return result;
}

static void test_values(void **state)
{
    static const struct {
        const char *text;
        enum for_each for_each;
        const char *value;
        enum value_type type;
    } rows[] = {
        {"${conversation.uuid}", FOR_EACH_MESSAGE,
         "ef127364-5064-5817-aa35-82e3bc4a540f", VALUE_S},
        {"${conversation.name}", FOR_EACH_MESSAGE, "Bus 42", VALUE_S},
        {"${conversation.message_count}", FOR_EACH_MESSAGE, "30", VALUE_N},
        {"${conversation.participant_count}", FOR_EACH_MESSAGE, "3", VALUE_N},
        {"${conversation.vars.n}", FOR_EACH_MESSAGE, "1000", VALUE_N},
        {"${conversation.vars.f}", FOR_EACH_MESSAGE, "0.5", VALUE_N},
        {"${conversation.vars.t}", FOR_EACH_MESSAGE, "x", VALUE_S},
        {"${conversation.vars.yes_}", FOR_EACH_MESSAGE, "true", VALUE_BOOL},
        {"${conversation.vars.n | pad(6)}", FOR_EACH_MESSAGE, "001000", VALUE_S},
        {"${conversation.first_message.uuid}", FOR_EACH_MESSAGE,
         "a0f81eaa-24b1-5757-8c6a-0ee0400dce7c", VALUE_S},
        {"${conversation.first_message.created_at}", FOR_EACH_MESSAGE,
         "1969-12-31T23:59:58.999999+00:00", VALUE_S},
        {"${conversation.first_message.created_at | epoch}", FOR_EACH_MESSAGE, "-2",
         VALUE_N},
        {"${conversation.first_message.created_at | epoch | pad(5)}", FOR_EACH_MESSAGE,
         "-0002", VALUE_S},
        {"${conversation.first_message.label}", FOR_EACH_MESSAGE, "A", VALUE_S},
        {"${conversation.last_message.number}", FOR_EACH_MESSAGE, "30", VALUE_N},
        {"${conversation.last_message.text | lower}", FOR_EACH_MESSAGE, "last \xc3\x89",
         VALUE_S},
        {"${message.index}", FOR_EACH_MESSAGE, "11", VALUE_N},
        {"${message.number}", FOR_EACH_MESSAGE, "12", VALUE_N},
        {"${message.label}", FOR_EACH_MESSAGE, "Person B", VALUE_S},
        {"${sender.label}", FOR_EACH_MESSAGE, "Person B", VALUE_S},
        {"${sender.handle}", FOR_EACH_MESSAGE, "b", VALUE_S},
        {"${message.created_at}", FOR_EACH_MESSAGE, "2023-03-19T12:00:00.000001+00:00",
         VALUE_S},
        {"${message.created_at | epoch}", FOR_EACH_MESSAGE, "1679227200", VALUE_N},
        {"${message.created_at | date('%Y}%%|%j')}", FOR_EACH_MESSAGE, "2023}%|078",
         VALUE_S},
        {"${message.text | upper | trim}", FOR_EACH_MESSAGE, "HI THERE", VALUE_S},
        {"${message.text | lower}", FOR_EACH_MESSAGE, "hi there ", VALUE_S},
        {"${message.index | pad(2)}", FOR_EACH_MESSAGE, "11", VALUE_S},
        {"${message.index | pad(64)}", FOR_EACH_MESSAGE,
         "0000000000000000000000000000000000000000000000000000000000000011", VALUE_S},
        {"${conversation.vars.e | pad(2)}", FOR_EACH_MESSAGE, "00", VALUE_S},
        {"${conversation.name | uuid5}", FOR_EACH_MESSAGE,
         "ef127364-5064-5817-aa35-82e3bc4a540f", VALUE_S},
        {"${self.bio}", FOR_EACH_PARTICIPANT, "bio of a", VALUE_S},
        {"${other.label}", FOR_EACH_PARTICIPANT, "Person B", VALUE_S},
        {"n=${message.index}, $${x}", FOR_EACH_MESSAGE, "n=11, ${x}", VALUE_S},
    };
    struct scene scene;
    struct buf out;
    (void)state;

    scene_init(&scene, HEADER);
    buf_init(&out, 4096);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum value_type type = VALUE_S;
        print_message("%s\n", rows[i].text);
        assert_int_equal(eval(&scene, rows[i].text, rows[i].for_each, &out, &type),
                         EVAL_OK);
        assert_text(buf_str(&out), rows[i].value);
        assert_int_equal(type, rows[i].type);
    }
    buf_deinit(&out);
    scene_deinit(&scene);
}

static void test_failures(void **state)
{
    static const struct {
        const char *text;
        enum for_each for_each;
        enum eval_result result;
    } rows[] = {
        {"${conversation.name}", FOR_EACH_MESSAGE, EVAL_NAME_MISSING},
        {"${conversation.vars.x}", FOR_EACH_MESSAGE, EVAL_VAR_MISSING},
        {"x${conversation.vars.x}", FOR_EACH_MESSAGE, EVAL_VAR_MISSING},
        {"${sender.bio}", FOR_EACH_MESSAGE, EVAL_NULL_COLUMN},
        {"${conversation.last_message.text | pad(5)}", FOR_EACH_MESSAGE,
         EVAL_PAD_OVERFLOW},
        {"${message.index | pad(1)}", FOR_EACH_MESSAGE, EVAL_PAD_OVERFLOW},
    };
    struct scene scene;
    struct buf out;
    enum value_type type = VALUE_S;
    (void)state;

    scene_init(&scene, "conversation: 5ae290ed-55d1-47a0-bc6d-fe2bc2700399\n"
                       "participants: {A: a, B: b, C: c}\n");
    buf_init(&out, 4096);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(eval(&scene, rows[i].text, rows[i].for_each, &out, &type),
                         rows[i].result);
    }
    // pad counts characters: "last É" has six
    assert_int_equal(eval(&scene, "${conversation.last_message.text | pad(6)}",
                          FOR_EACH_MESSAGE, &out, &type),
                     EVAL_OK);
    // c is nobody
    scene.message.participant = 2;
    assert_int_equal(eval(&scene, "${sender.handle}", FOR_EACH_MESSAGE, &out, &type),
                     EVAL_OK);
    assert_int_equal(eval(&scene, "${sender.bio}", FOR_EACH_MESSAGE, &out, &type),
                     EVAL_UNKNOWN_USER);
    scene.context.placeholders = true;
    assert_int_equal(eval(&scene, "${sender.bio}", FOR_EACH_MESSAGE, &out, &type),
                     EVAL_OK);
    assert_int_equal(out.len, 36);
    scene.context.users = NULL;
    assert_int_equal(eval(&scene, "${sender.bio}", FOR_EACH_MESSAGE, &out, &type),
                     EVAL_OK);
    buf_deinit(&out);
    scene_deinit(&scene);
}

// A column that the users do not have is diagnosed elsewhere and read here all the
// same.
static void test_unknown_column(void **state)
{
    struct scene scene;
    struct buf out;
    enum value_type type = VALUE_S;
    (void)state;

    scene_init(&scene, HEADER);
    buf_init(&out, 4096);
    assert_int_equal(eval(&scene, "${self.nope}", FOR_EACH_PARTICIPANT, &out, &type),
                     EVAL_UNKNOWN_COLUMN);
    scene.context.other = scene.header.participant_count; // nobody
    assert_int_equal(eval(&scene, "${other.handle}", FOR_EACH_PARTICIPANT, &out, &type),
                     EVAL_NO_OTHER);
    assert_int_equal(eval(&scene, "${other.label}", FOR_EACH_PARTICIPANT, &out, &type),
                     EVAL_NO_OTHER);
    buf_deinit(&out);
    scene_deinit(&scene);
}

static void test_message_uuids(void **state)
{
    static const uint64_t indexes[] = {
        0, 9, 10, 99, 100, 4294967296, 18446744073709551615U};
    static const char *const names[] = {
        "0", "9", "10", "99", "100", "4294967296", "18446744073709551615"};
    struct scene scene;
    struct buf out;
    (void)state;

    scene_init(&scene, HEADER);
    buf_init(&out, 4096);
    for (size_t i = 0; i < COUNT_OF(indexes); i++) {
        char text[UUID_TEXT_LEN];
        enum value_type type = VALUE_S;
        struct uuid uuid = uuid_v5(&scene.header.uuid, str_from(names[i]));
        uuid_format(&uuid, text);
        scene.message.index = indexes[i];
        assert_int_equal(eval(&scene, "${message.uuid}", FOR_EACH_MESSAGE, &out, &type),
                         EVAL_OK);
        assert_str(buf_str(&out), ((struct str){text, sizeof text}));
    }
    buf_deinit(&out);
    scene_deinit(&scene);
}

static void test_conditions(void **state)
{
    static const struct {
        const char *text;
        bool holds;
    } rows[] = {
        {"${conversation.participant_count} == 3", true},
        {"${conversation.participant_count} == 3.0", true},
        {"${conversation.participant_count}==03e0", true},
        {" ${conversation.participant_count}  !=  2 ", true},
        {"${conversation.participant_count} == 30", false},
        {"${conversation.message_count} < 100", true},
        {"${conversation.message_count} < 4", false},
        {"${conversation.message_count} > 4", true},
        {"${conversation.message_count} >= 30", true},
        {"${conversation.message_count} <= 29.5", false},
        {"${conversation.message_count} > -31", true},
        {"${conversation.message_count} > 1e-130", true},
        {"${conversation.first_message.created_at | epoch} > -2.5", true},
        {"${conversation.first_message.created_at | epoch} < -1", true},
        {"${conversation.first_message.created_at | epoch} < -10", false},
        {"${conversation.first_message.created_at | epoch} == -2", true},
        {"${conversation.name} == 'Bus 42'", true},
        {"${conversation.name} == \"Bus 42\"", true},
        {"${conversation.name} == Bus 42", true},
        {"${conversation.name} != ''", true},
        {"${conversation.name} < Car", true},
        {"${conversation.vars.t} == x", true},
        {"${conversation.vars.yes_} == true", true},
        {"${conversation.vars.yes_} != true", false},
        {"${conversation.vars.n} == 1000", true},
        {"${conversation.vars.n} > 999", true},
        {"${conversation.starts_at | date('%Y')} == '1969'", true},
    };
    struct scene scene;
    struct buf scratch;
    (void)state;

    scene_init(&scene, HEADER);
    buf_init(&scratch, 4096);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scope scope = scope_of_entity(FOR_EACH_CONVERSATION);
        struct condition condition = {0};
        bool holds = !rows[i].holds;
        print_message("%s\n", rows[i].text);
        assert_true(condition_parse(&condition, str_from(rows[i].text),
                                    (struct span){0}, &scope, &scene.stage.arena,
                                    &scene.stage.diags));
        assert_int_equal(condition_eval(&holds, &condition, &scene.context, &scratch),
                         EVAL_OK);
        assert_true(holds == rows[i].holds);
    }
    struct condition none = {0};
    bool holds = false;
    assert_int_equal(condition_eval(&holds, &none, &scene.context, &scratch), EVAL_OK);
    assert_true(holds);
    assert_clean(&scene.stage);
    buf_deinit(&scratch);
    scene_deinit(&scene);
}

static enum eval_result ask(struct scene *scene, const char *text, bool *result)
{
    struct scope scope = scope_of_entity(FOR_EACH_CONVERSATION);
    struct condition condition = {0};
    struct buf scratch;
    assert_true(condition_parse(&condition, str_from(text), (struct span){0}, &scope,
                                &scene->stage.arena, &scene->stage.diags));
    buf_init(&scratch, 4096);
    enum eval_result eval =
        condition_eval(result, &condition, &scene->context, &scratch);
    buf_deinit(&scratch);
    return eval;
}

static bool holds(struct scene *scene, const char *text)
{
    bool result = false;
    assert_int_equal(ask(scene, text, &result), EVAL_OK);
    return result;
}

// A variable that is a number is compared by value like every other number.
static void test_number_variables(void **state)
{
    struct scene scene;
    (void)state;

    scene_init(&scene, HEADER);
    assert_true(holds(&scene, "${conversation.vars.n} == 1e3"));
    assert_true(holds(&scene, "${conversation.vars.n} == 1000.0"));
    assert_true(holds(&scene, "${conversation.vars.f} == .5"));
    assert_true(holds(&scene, "${conversation.vars.f} < +1"));
    bool result = false;
    assert_int_equal(ask(&scene, "${conversation.vars.n} == x", &result),
                     EVAL_NOT_COMPARABLE);
    assert_int_equal(ask(&scene, "${conversation.vars.n} == '1000'", &result),
                     EVAL_NOT_COMPARABLE);
    assert_int_equal(ask(&scene, "${conversation.vars.t} == 1000", &result),
                     EVAL_NOT_COMPARABLE);
    assert_true(holds(&scene, "${conversation.vars.t} != '1000'"));
    assert_int_equal(ask(&scene, "${conversation.vars.yes_} == yes", &result),
                     EVAL_NOT_COMPARABLE);
    assert_int_equal(ask(&scene, "${conversation.vars.yes_} == 1", &result),
                     EVAL_NOT_COMPARABLE);
    scene_deinit(&scene);
}

// A brace within quotes ends no expression here either.
static void test_quoted_brace(void **state)
{
    struct scene scene;
    (void)state;

    scene_init(&scene, HEADER);
    assert_true(holds(&scene, "${conversation.starts_at | date('}%Y')} == '}1969'"));
    scene_deinit(&scene);
}

static void test_malformed_conditions(void **state)
{
    static const struct {
        const char *text;
        enum diag_code code;
    } rows[] = {
        {"2 == ${conversation.participant_count}", DIAG_ENTITY_WHEN},
        {"${conversation.participant_count}", DIAG_ENTITY_WHEN},
        {"${conversation.participant_count} = 2", DIAG_ENTITY_WHEN},
        {"${conversation.participant_count} ==", DIAG_ENTITY_WHEN},
        {"${conversation.participant_count} == two", DIAG_ENTITY_WHEN},
        {"${conversation.participant_count} == ${conversation.message_count}",
         DIAG_ENTITY_WHEN},
        {"${conversation.participant_count == 2", DIAG_ENTITY_WHEN},
        {"x${conversation.name} == 2", DIAG_ENTITY_WHEN},
        {"${conversation.nam} == 2", DIAG_EXPRESSION_PATH},
        {"${message.index} == 2", DIAG_EXPRESSION_PATH},
        {"${conversation.participant_count} === 2", DIAG_ENTITY_WHEN},
        {"${conversation.uuid} == 5", DIAG_ENTITY_WHEN},
        {"${conversation.first_message.text} > 1e3", DIAG_ENTITY_WHEN},
        {"${conversation.starts_at} < 2024", DIAG_ENTITY_WHEN},
        {"${conversation.vars.n | pad(3)} == 012", DIAG_ENTITY_WHEN},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct scope scope = scope_of_entity(FOR_EACH_CONVERSATION);
        struct condition condition = {0};
        struct span span = {.source = &stage.source, .line = 3, .column = 4};
        stage_init(&stage, "");
        print_message("%s\n", rows[i].text);
        assert_false(condition_parse(&condition, str_from(rows[i].text), span, &scope,
                                     &stage.arena, &stage.diags));
        assert_only_diag(&stage, rows[i].code, 3, 4);
        assert_null(condition.expr);
        stage_deinit(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_message_uuids),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_number_variables),
        cmocka_unit_test(test_quoted_brace),
        cmocka_unit_test(test_malformed_conditions),
        cmocka_unit_test(test_unknown_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
