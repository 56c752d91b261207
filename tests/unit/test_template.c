// template: literals and escapes, paths and their types, filters, and each mistake's
// place.
#include "stage.h"

#include "template.h"
#include "template_facts.h"

static const struct parameter parameters[] = {
    {.name = {"me", sizeof "me" - 1}, .type = PARAMETER_HANDLE},
    {.name = {"year", sizeof "year" - 1}, .type = PARAMETER_STRING},
    {.name = {"id", sizeof "id" - 1}, .type = PARAMETER_UUID},
    {.name = {"n", sizeof "n" - 1}, .type = PARAMETER_NUMBER}};

static bool parse(struct stage *stage, struct template *out, const char *text,
                  const struct scope *scope)
{
    stage_init(stage, text);
    struct span span = {
        .source = &stage->source, .line_at = 100, .line = 7, .column = 20, .length = 5};
    struct span text_span = {.source = &stage->source,
                             .line_at = 100,
                             .line = 7,
                             .column = 30,
                             .length = 50};
    return template_parse(out, str_from(text), span, text_span, scope, &stage->arena,
                          &stage->diags);
}

static struct scope pattern_scope(void)
{
    return (struct scope){0,    parameters, COUNT_OF(parameters), "this access pattern",
                          NULL, false};
}

static void test_literals(void **state)
{
    static const struct {
        const char *text, *literal;
    } rows[] = {
        {"plain", "plain"},    {"$${", "${"},  {"$${x}", "${x}"},
        {"a$${b}c", "a${b}c"}, {"$", "$"},     {"$$", "$$"},
        {"{}", "{}"},          {"a$b", "a$b"}, {"$${$${", "${${"},
        {"$$${x}", "$${x}"},   {"}", "}"},     {"\xc3\xa9 $ {x}", "\xc3\xa9 $ {x}"},
    };
    struct scope scope = scope_of_entity(FOR_EACH_MESSAGE);
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct template template;
        assert_true(parse(&stage, &template, rows[i].text, &scope));
        assert_clean(&stage);
        assert_int_equal(template.count, 1);
        assert_null(template_single(&template));
        assert_text(template_prefix(&template), rows[i].literal);
        stage_deinit(&stage);
    }
    struct stage stage;
    struct template template;
    assert_true(parse(&stage, &template, "", &scope));
    assert_int_equal(template.count, 0);
    assert_null(template_single(&template));
    assert_int_equal(template_prefix(&template).len, 0);
    stage_deinit(&stage);
}

static void test_parts(void **state)
{
    struct scope scope = scope_of_entity(FOR_EACH_MESSAGE);
    struct stage stage;
    struct template template;
    (void)state;

    assert_true(parse(&stage, &template,
                      "A#${message.uuid}$${-}${ message.index | pad( 6 ) }.", &scope));
    assert_clean(&stage);
    assert_int_equal(template.count, 5);
    assert_text(template.parts[0].literal, "A#");
    assert_text(template.parts[2].literal, "${-}");
    assert_text(template.parts[4].literal, ".");
    const struct expr *uuid = template.parts[1].expr;
    assert_int_equal(uuid->span.line, 7);
    assert_int_equal(uuid->span.column, 32);
    assert_int_equal(uuid->span.length, 15);
    assert_int_equal(uuid->subject, SUBJECT_MESSAGE);
    assert_int_equal(uuid->field, FIELD_UUID);
    const struct expr *index = template.parts[3].expr;
    assert_int_equal(index->filter_count, 1);
    assert_int_equal(index->filters[0].kind, FILTER_PAD);
    assert_int_equal(index->filters[0].width, 6);
    assert_int_equal(index->type, TYPE_STRING);
    assert_int_equal(index->span.column, 52);
    assert_null(template_single(&template));
    assert_text(template_prefix(&template), "A#");
    assert_true(template_keeps(&template, SUBJECT_MESSAGE, FIELD_INDEX));
    assert_true(template_reads(&template, SUBJECT_MESSAGE, FIELD_UUID));
    assert_false(template_reads(&template, SUBJECT_MESSAGE, FIELD_TEXT));
    assert_false(template_reads(&template, SUBJECT_LAST_MESSAGE, FIELD_UUID));
    stage_deinit(&stage);

    assert_true(parse(&stage, &template, "${message.created_at | date('%Y')}", &scope));
    assert_non_null(template_single(&template));
    assert_int_equal(template_prefix(&template).len, 0);
    assert_false(template_keeps(&template, SUBJECT_MESSAGE, FIELD_CREATED_AT));
    assert_true(template_reads(&template, SUBJECT_MESSAGE, FIELD_CREATED_AT));
    stage_deinit(&stage);
}

static void test_types(void **state)
{
    static const struct {
        const char *text;
        enum for_each for_each;
        enum text_type type;
    } rows[] = {
        {"${conversation.uuid}", FOR_EACH_CONVERSATION, TYPE_UUID},
        {"${conversation.name}", FOR_EACH_CONVERSATION, TYPE_STRING},
        {"${conversation.starts_at}", FOR_EACH_CONVERSATION, TYPE_TIME},
        {"${conversation.message_count}", FOR_EACH_CONVERSATION, TYPE_NUMBER},
        {"${conversation.participant_count}", FOR_EACH_MESSAGE, TYPE_NUMBER},
        {"${conversation.vars.x-y_1}", FOR_EACH_MESSAGE, TYPE_ANY},
        {"${conversation.first_message.text}", FOR_EACH_PARTICIPANT, TYPE_STRING},
        {"${conversation.last_message.number}", FOR_EACH_MESSAGE, TYPE_NUMBER},
        {"${self.label}", FOR_EACH_PARTICIPANT, TYPE_STRING},
        {"${other.\xc3\xa9}", FOR_EACH_PARTICIPANT, TYPE_STRING},
        {"${message.created_at}", FOR_EACH_MESSAGE, TYPE_TIME},
        {"${sender.x}", FOR_EACH_MESSAGE, TYPE_STRING},
        {"${message.created_at | epoch}", FOR_EACH_MESSAGE, TYPE_NUMBER},
        {"${message.created_at | date('%Y')}", FOR_EACH_MESSAGE, TYPE_STRING},
        {"${message.index | uuid5}", FOR_EACH_MESSAGE, TYPE_UUID},
        {"${message.index | uuid5 | upper | lower|trim}", FOR_EACH_MESSAGE,
         TYPE_STRING},
        {"${conversation.vars.x | pad(64)}", FOR_EACH_MESSAGE, TYPE_STRING},
        {"${message.created_at | epoch | pad(12)}", FOR_EACH_MESSAGE, TYPE_STRING},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct template template;
        struct scope scope = scope_of_entity(rows[i].for_each);
        print_message("%s\n", rows[i].text);
        assert_true(parse(&stage, &template, rows[i].text, &scope));
        const struct expr *expr = template_single(&template);
        assert_non_null(expr);
        assert_int_equal(expr->type, rows[i].type);
        stage_deinit(&stage);
    }
}

static void test_parameters(void **state)
{
    static const struct {
        const char *text;
        size_t parameter;
        enum field field;
        enum text_type type;
    } rows[] = {
        {"${me.uuid}", 0, FIELD_COLUMN, TYPE_STRING},
        {"${year}", 1, FIELD_PARAMETER, TYPE_STRING},
        {"${id}", 2, FIELD_PARAMETER, TYPE_UUID},
        {"${n}", 3, FIELD_PARAMETER, TYPE_NUMBER},
        {"${n | pad(3)}", 3, FIELD_PARAMETER, TYPE_STRING},
    };
    static const char *const wrong[] = {"${year.x}", "${me.}", "${you}",
                                        "${conversation.uuid}", "${message.uuid}"};
    struct scope scope = pattern_scope();
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct template template;
        assert_true(parse(&stage, &template, rows[i].text, &scope));
        const struct expr *expr = template_single(&template);
        assert_non_null(expr);
        assert_int_equal(expr->subject, SUBJECT_PARAMETER);
        assert_int_equal(expr->parameter, rows[i].parameter);
        assert_int_equal(expr->field, rows[i].field);
        assert_int_equal(expr->type, rows[i].type);
        stage_deinit(&stage);
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct stage stage;
        struct template template;
        assert_false(parse(&stage, &template, wrong[i], &scope));
        assert_only_diag(&stage, DIAG_EXPRESSION_PATH, 7, 32);
        stage_deinit(&stage);
    }
}

// Quotes hide what would end an expression or a filter.
static void test_quotes(void **state)
{
    static const struct {
        const char *text, *format;
    } rows[] = {
        {"${message.created_at | date('%Y-%m')}", "%Y-%m"},
        {"${message.created_at | date(\"%Y\")}", "%Y"},
        {"${message.created_at | date('}')}", "}"},
        {"${message.created_at | date('|')}", "|"},
        {"${message.created_at | date('a(b)')}", "a(b)"},
        {"${message.created_at | date('\"%%')}", "\"%%"},
        {"${message.created_at | date(\"it's\")}", "it's"},
        {"${message.created_at | date( '' )}", ""},
    };
    struct scope scope = scope_of_entity(FOR_EACH_MESSAGE);
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct template template;
        print_message("%s\n", rows[i].text);
        assert_true(parse(&stage, &template, rows[i].text, &scope));
        const struct expr *expr = template_single(&template);
        assert_non_null(expr);
        assert_text(expr->filters[0].format, rows[i].format);
        stage_deinit(&stage);
    }
    struct stage stage;
    struct template template; // quotes outside of expressions mean nothing
    assert_true(
        parse(&stage, &template, "it's ${message.text}' \"${message.uuid}\"", &scope));
    assert_int_equal(template.count, 5);
    stage_deinit(&stage);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *text;
        enum diag_code code;
        uint32_t column; // the text stands at column 30
    } rows[] = {
        {"a${message.text", DIAG_EXPRESSION_SYNTAX, 31},
        {"${", DIAG_EXPRESSION_SYNTAX, 30},
        {"${}", DIAG_EXPRESSION_SYNTAX, 32},
        {"${ }", DIAG_EXPRESSION_SYNTAX, 32},
        {"${message text}", DIAG_EXPRESSION_SYNTAX, 32},
        {"${a/b}", DIAG_EXPRESSION_SYNTAX, 32},
        {"${${message.text}}", DIAG_EXPRESSION_SYNTAX, 32},
        {"${message.created_at | date('%Y}", DIAG_EXPRESSION_SYNTAX, 30},
        {"${message.created_at | date('%Y'}", DIAG_EXPRESSION_SYNTAX, 53},
        {"${message.index | pad(6) x}", DIAG_EXPRESSION_SYNTAX, 48},
        {"${massage.text}", DIAG_EXPRESSION_PATH, 32},
        {"x${message}", DIAG_EXPRESSION_PATH, 33},
        {"${message.text.x}", DIAG_EXPRESSION_PATH, 32},
        {"${message.}", DIAG_EXPRESSION_PATH, 32},
        {"${.}", DIAG_EXPRESSION_PATH, 32},
        {"${sender}", DIAG_EXPRESSION_PATH, 32},
        {"${sender.}", DIAG_EXPRESSION_PATH, 32},
        {"${sender.a.b}", DIAG_EXPRESSION_PATH, 32},
        {"${self.uuid}", DIAG_EXPRESSION_PATH, 32},
        {"${conversation.vars}", DIAG_EXPRESSION_PATH, 32},
        {"${Message.text}", DIAG_EXPRESSION_PATH, 32},
        {"${env.HOME}", DIAG_ENV_NOT_ALLOWED, 32},
        {"${message.text | shout}", DIAG_EXPRESSION_FILTER, 47},
        {"${message.text |}", DIAG_EXPRESSION_FILTER, 46},
        {"${message.text | lower(1)}", DIAG_EXPRESSION_FILTER, 47},
        {"${message.text | lower()}", DIAG_EXPRESSION_FILTER, 47},
        {"${message.text | date('%Y')}", DIAG_EXPRESSION_FILTER, 47},
        {"${message.created_at | lower}", DIAG_EXPRESSION_FILTER, 53},
        {"${message.created_at | pad(6)}", DIAG_EXPRESSION_FILTER, 53},
        {"${message.index | lower}", DIAG_EXPRESSION_FILTER, 48},
        {"${message.index | epoch}", DIAG_EXPRESSION_FILTER, 48},
        {"${message.index | pad}", DIAG_EXPRESSION_FILTER, 48},
        {"${message.index | pad()}", DIAG_EXPRESSION_FILTER, 48},
        {"${message.index | pad(0)}", DIAG_EXPRESSION_FILTER, 48},
        {"${message.index | pad(65)}", DIAG_EXPRESSION_FILTER, 48},
        {"${message.index | pad(-1)}", DIAG_EXPRESSION_FILTER, 48},
        {"${message.index | pad(4294967297)}", DIAG_EXPRESSION_FILTER, 48},
        {"${message.created_at | date}", DIAG_EXPRESSION_FILTER, 53},
        {"${message.created_at | date(%Y)}", DIAG_EXPRESSION_FILTER, 53},
        {"${message.created_at | date('%Q')}", DIAG_EXPRESSION_FILTER, 53},
        {"${message.created_at | date('%')}", DIAG_EXPRESSION_FILTER, 53},
        {"${message.text | lower | lower | lower | lower | lower}",
         DIAG_EXPRESSION_FILTER, 79},
    };
    struct scope scope = scope_of_entity(FOR_EACH_MESSAGE);
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct template template;
        print_message("%s\n", rows[i].text);
        assert_false(parse(&stage, &template, rows[i].text, &scope));
        assert_only_diag(&stage, rows[i].code, 7, rows[i].column);
        stage_deinit(&stage);
    }
}

static void test_all_mistakes(void **state)
{
    struct scope scope = scope_of_entity(FOR_EACH_MESSAGE);
    struct stage stage;
    struct template template;
    (void)state;

    assert_false(parse(&stage, &template,
                       "${mesage.text} ${message.text} ${message.txt|x}", &scope));
    assert_diags(&stage, 2);
    assert_text(stage.diags.kept[0].help, "did you mean 'message.text'?");
    assert_diag(&stage, 1, DIAG_EXPRESSION_PATH, 7, 63);
    stage_deinit(&stage);

    // Where the text does not stand byte for byte, the whole value is the place.
    stage_init(&stage, "");
    struct span span = {
        .source = &stage.source, .line_at = 100, .line = 7, .column = 20, .length = 5};
    assert_false(template_parse(&template, STR("x ${y}"), span, (struct span){0},
                                &scope, &stage.arena, &stage.diags));
    assert_only_diag(&stage, DIAG_EXPRESSION_PATH, 7, 20);
    stage_deinit(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_literals),     cmocka_unit_test(test_parts),
        cmocka_unit_test(test_types),        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_quotes),       cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_all_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
