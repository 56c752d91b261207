// domain: what templates can give, by examples of what they can and cannot.
#include "stage.h"

#include "domain.h"

static const struct parameter parameters[] = {
    {.name = {"me", sizeof "me" - 1}, .type = PARAMETER_HANDLE},
    {.name = {"year", sizeof "year" - 1}, .type = PARAMETER_STRING},
    {.name = {"id", sizeof "id" - 1}, .type = PARAMETER_UUID},
    {.name = {"n", sizeof "n" - 1}, .type = PARAMETER_NUMBER}};

static bool gives(const char *text, const struct scope *scope, const char *wanted,
                  enum domain_trust trust)
{
    struct stage stage;
    struct template template;
    struct automaton given;
    struct automaton one;
    stage_init(&stage, text);
    assert_true(template_parse(&template, str_from(text), (struct span){0},
                               (struct span){0}, scope, &stage.arena, &stage.diags));
    automaton_init(&given, &stage.arena);
    automaton_init(&one, &stage.arena);
    domain_put_template(&given, &template, parameters, trust);
    automaton_put_literal(&one, str_from(wanted));
    const struct automaton *sets[] = {&given, &one};
    uint64_t work = 100000;
    enum automaton_answer answer = automaton_meet(NULL, sets, 2, &work);
    assert_int_not_equal(answer, AUTOMATON_UNKNOWN);
    stage_deinit(&stage);
    return answer == AUTOMATON_MEET;
}

struct row {
    const char *template;
    const char *text;
    bool every, likely;
};

static void check_rows(const struct row *rows, size_t count, const struct scope *scope)
{
    for (size_t i = 0; i < count; i++) {
        print_message("%s: %s\n", rows[i].template, rows[i].text);
        assert_int_equal(gives(rows[i].template, scope, rows[i].text, DOMAIN_EVERY),
                         rows[i].every);
        assert_int_equal(gives(rows[i].template, scope, rows[i].text, DOMAIN_LIKELY),
                         rows[i].likely);
    }
}

#define UUID "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"

static void test_paths(void **state)
{
    static const struct row rows[] = {
        {"A#${message.uuid}", "A#" UUID, true, true},
        {"A#${message.uuid}", "B#" UUID, false, false},
        {"${message.uuid}", "5AE290ED-55D1-47A0-BC6D-FE2BC2700399", false, false},
        {"${message.uuid}x", UUID, false, false},
        {"${message.created_at}", "2023-03-19T12:01:00.000000+00:00", true, true},
        {"${message.created_at}", "2023-03-19T12:01:00Z", false, false},
        {"${message.created_at}", "2023-33-19T12:01:00.000000+00:00", false, false},
        {"${conversation.starts_at}", "0001-12-31T23:59:59.999999+00:00", true, true},
        {"${message.index}", "0", true, true},
        {"${message.number}", "120", true, true},
        {"${message.number}", "0", false, false},
        {"${message.number}", "012", false, false},
        {"${conversation.message_count}", "-1", false, false},
        {"<${message.text}>", "<any \xc3\xa9\n>", true, true},
        {"<${message.text}>", "<>", true, false},
        {"${sender.uuid}", "17", true, false},
        {"${sender.uuid}", UUID, true, true},
        {"${sender.team_uuid}", "17", true, false},
        {"${sender.uuids}", "17", true, true},
        {"${conversation.vars.x}", "1.50", true, true},
        {"$${x}", "${x}", true, true},
        {"", "", true, true},
    };
    struct scope scope = scope_of_entity(FOR_EACH_MESSAGE);
    (void)state;
    check_rows(rows, COUNT_OF(rows), &scope);
}

static void test_filters(void **state)
{
    static const struct row rows[] = {
        {"${message.text | lower}", "ab\xc3\x89", true, true},
        {"${message.text | lower}", "aB", false, false},
        {"${message.uuid | upper}", "5AE290ED-55D1-47A0-BC6D-FE2BC2700399", true, true},
        {"${message.uuid | upper}", UUID, false, false},
        {"${message.text | trim}", "", true, false},
        {"${message.text | pad(3) | trim}", "0", true, false},
        {"${message.created_at | date(' %Y') | trim}", "2024", true, true},
        {"${message.created_at | date('\n%Y\r\n') | trim}", "2024", true, true},
        {"${message.number | pad(4)}", "0012", true, true},
        {"${message.number | pad(4)}", "12", false, false},
        {"${message.number | pad(4)}", "-012", false, false},
        {"${message.uuid | pad(38)}", "00" UUID, true, true},
        {"${message.uuid | pad(38)}", UUID, false, false},
        {"${message.text | pad(2)}", "0a", true, true},
        {"${message.text | pad(2)}", "\xc3\x89\xc3\x89", true, true},
        {"${message.text | pad(2)}", "a", false, false},
        {"${message.text | pad(2)}",
         "\xf0\x9f\x9a\x80\xf0\x9f\x9a\x80"
         "a",
         false, false},
        {"${message.created_at | date('-%Y') | pad(6)}", "-02024", true, true},
        {"${message.created_at | date('%Y-%m')}", "2024-12", true, true},
        {"${message.created_at | date('%Y-%m')}", "2024-22", false, false},
        {"${message.created_at | date('%F %T')}", "2024-01-31 23:59:59", true, true},
        {"${message.created_at | date('%j%%%H%M%S')}", "366%235959", true, true},
        {"${message.created_at | date('%d')}", "41", false, false},
        {"${message.created_at | date('')}", "", true, true},
        {"${message.created_at | epoch}", "1679227200", true, true},
        {"${message.created_at | epoch}", "-2", true, false},
        {"${message.created_at | epoch | pad(12)}", "001679227200", true, true},
        {"${message.created_at | epoch | pad(5)}", "-0002", true, false},
        {"${message.text | uuid5}", UUID, true, true},
        {"${message.text | uuid5}", "x", false, false},
        {"${message.number | uuid5 | upper | lower}", UUID, true, true},
    };
    struct scope scope = scope_of_entity(FOR_EACH_MESSAGE);
    (void)state;
    check_rows(rows, COUNT_OF(rows), &scope);
}

static void test_parameters(void **state)
{
    static const struct row rows[] = {
        {"${me.uuid}", UUID, true, true},      {"${me.uuid}", "x", true, false},
        {"${me.handle}", "x", true, true},     {"${year}", "2024", true, true},
        {"${id}", UUID, true, true},           {"${id}", "x", false, false},
        {"${n}", "-1.5", true, true},          {"${n}", "1.50", false, false},
        {"${n | pad(4)}", "-1.5", true, true}, {"${n | pad(4)}", "0x10", false, false},
    };
    struct scope scope = {0,    parameters, COUNT_OF(parameters), "this access pattern",
                          NULL, false};
    (void)state;
    check_rows(rows, COUNT_OF(rows), &scope);
}

static bool meet(const char *first, const char *second, enum domain_trust trust)
{
    const char *written[] = {first, second};
    struct scope scope = scope_of_entity(FOR_EACH_MESSAGE);
    struct stage stage;
    struct automaton sets[2];
    stage_init(&stage, "");
    for (size_t i = 0; i < 2; i++) {
        struct template template;
        assert_true(template_parse(&template, str_from(written[i]), (struct span){0},
                                   (struct span){0}, &scope, &stage.arena,
                                   &stage.diags));
        automaton_init(&sets[i], &stage.arena);
        domain_put_template(&sets[i], &template, NULL, trust);
    }
    const struct automaton *both[] = {&sets[0], &sets[1]};
    uint64_t work = 100000;
    enum automaton_answer answer = automaton_meet(NULL, both, 2, &work);
    assert_int_not_equal(answer, AUTOMATON_UNKNOWN);
    stage_deinit(&stage);
    return answer == AUTOMATON_MEET;
}

static void test_rows(void **state)
{
    static const struct row rows[] = {
        {"${row.id}", "7", true, true},
        {"${row.id}", "", true, false},
        {"${row.user.uuid}", UUID, true, true},
        {"${row.user.uuid}", "7", true, false},
        {"${row.uuid.name}", "7", true, true},
        {"${row.cart_uuid?}", "7", true, false},
        {"${row.at | time}", "2023-03-19T12:01:00.000000+00:00", true, true},
        {"${row.at | time}", "2023-03-19T12:01:00Z", false, false},
        {"${row.at | date('%Y')}", "2023", true, true},
        {"${row.at | epoch}", "2023", true, false},
    };
    struct scope scope = scope_of_entity(FOR_EACH_ROW);
    (void)state;
    check_rows(rows, COUNT_OF(rows), &scope);
}

// Two computed ids of different kinds may be equal, but never are.
static void test_pairs(void **state)
{
    static const struct {
        const char *first, *second;
        bool every, likely;
    } rows[] = {
        {"${conversation.uuid}", "${message.uuid}", true, false},
        {"${conversation.uuid}", "${message.text | uuid5}", true, true},
        {"${conversation.uuid}", "${sender.uuid}", true, false},
        {"${message.uuid}", "${conversation.last_message.uuid}", true, true},
        {"${message.uuid}", "${message.text}", true, true},
        {"${conversation.uuid}#a", "${conversation.uuid}", false, false},
        {"${message.text}#a", "${message.text}", true, true},
        {"A${message.number}", "A${message.created_at | date('%Y')}", true, true},
        {"A${message.number}", "A0${message.created_at | date('%Y')}", false, false},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        print_message("%s, %s\n", rows[i].first, rows[i].second);
        assert_int_equal(meet(rows[i].first, rows[i].second, DOMAIN_EVERY),
                         rows[i].every);
        assert_int_equal(meet(rows[i].first, rows[i].second, DOMAIN_LIKELY),
                         rows[i].likely);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),      cmocka_unit_test(test_filters),
        cmocka_unit_test(test_parameters), cmocka_unit_test(test_rows),
        cmocka_unit_test(test_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
