// A property of every item: what is emitted is the JSON that a slow, independent way of
// making it gives, it parses strictly, and its size as program_size has it is the size
// of what was parsed, by a formula written again here. 300 random definitions and
// transcripts, the same in every run.
#include "compile_stage.h"

#include "dice.h"

#include "json_read.h"
#include "json_write.h"
#include "program.h"
#include "program_size.h"
#include "template_facts.h"
#include "walk.h"

#include <string.h>

#define ROUNDS 300

static const char *const common_paths[] = {
    "conversation.uuid",
    "conversation.name",
    "conversation.name | upper",
    "conversation.starts_at",
    "conversation.starts_at | date('%d \"%Y\" | }')",
    "conversation.starts_at | epoch",
    "conversation.message_count",
    "conversation.participant_count | pad(5)",
    "conversation.vars.n",
    "conversation.vars.s",
    "conversation.vars.b",
    "conversation.vars.s | lower | trim",
    "conversation.first_message.text",
    "conversation.first_message.label",
    "conversation.last_message.text | upper",
    "conversation.last_message.uuid",
    "conversation.last_message.number",
    "conversation.last_message.created_at",
};
static const char *const message_paths[] = {
    "message.index",
    "message.number",
    "message.uuid",
    "message.text",
    "message.text",
    "message.text | trim | lower",
    "message.label",
    "message.text | uuid5",
    "message.index | pad(4)",
    "message.created_at",
    "message.created_at | epoch",
    "message.created_at | date('%F \\ %T')",
    "sender.handle",
    "sender.uuid",
    "sender.label",
    "sender.handle | uuid5 | upper",
};
static const char *const participant_paths[] = {
    "self.handle",
    "self.uuid",
    "self.label",
    "self.handle | pad(3)",
};
static const char *const texts[] = {
    "",
    "plain",
    "\"quoted\" \\ back",
    "tab\there",
    "caf\xc3\xa9 \xf0\x9f\x98\x80",
    "\342\200\256bidi \xe2\x80\xa8",
    "${message.text} $${x}",
    "A: not a label",
    "\xc2\xa0 \xef\xbf\xbd",
    "  blanks  ",
    "12345678901234567890",
};

// A scalar, set or collection as YAML, templates among them.
static void put_value(struct buf *out, struct dice *dice, enum for_each for_each,
                      unsigned depth);

static void put_template(struct buf *out, struct dice *dice, enum for_each for_each)
{
    size_t parts = 1 + dice_below(dice, 3);
    buf_char(out, '\'');
    for (size_t i = 0; i < parts; i++) {
        static const char *const literals[] = {"#", "a\"b\\", "$${x}", "\xc3\xa9", " "};
        bool common = dice_below(dice, 2) == 0 || for_each == FOR_EACH_CONVERSATION;
        const char *path =
            common ? common_paths[dice_below(dice, COUNT_OF(common_paths))]
            : for_each == FOR_EACH_MESSAGE
                ? message_paths[dice_below(dice, COUNT_OF(message_paths))]
                : participant_paths[dice_below(dice, COUNT_OF(participant_paths))];
        if (parts > 1 || dice_below(dice, 4) == 0) {
            buf_puts(out, literals[dice_below(dice, COUNT_OF(literals))]);
        }
        buf_puts(out, "${");
        for (; *path != '\0'; path++) {
            buf_puts(out, *path == '\'' ? "''" : (char[]){*path, '\0'});
        }
        buf_char(out, '}');
    }
    buf_char(out, '\'');
}

static void put_collection(struct buf *out, struct dice *dice, enum for_each for_each,
                           unsigned depth)
{
    size_t count = dice_below(dice, 4);
    bool map = dice_below(dice, 2) == 0;
    buf_char(out, map ? '{' : '[');
    for (size_t i = 0; i < count; i++) {
        buf_puts(out, i > 0 ? ", " : "");
        if (map) {
            buf_printf(out, "\"k%zu\\\"\xc3\xa9\": ", i);
        }
        put_value(out, dice, for_each, depth + 1);
    }
    buf_char(out, map ? '}' : ']');
}

static void put_value(struct buf *out, struct dice *dice, enum for_each for_each,
                      unsigned depth)
{
    static const char *const constants[] = {
        "plain",
        "\"q\\\"\\\\\\n\\u2028\"",
        "5",
        "-1.5",
        "!N 1e3",
        "0",
        "120",
        "-0.015",
        "true",
        "~",
        "\"\"",
        "!S 5",
        "!B aGVsbG8=",
        "!B \"\"",
        "!SS [a, \"\", \"\xc3\xa9\"]",
        "!NS [1, -2.5, 1e20]",
        "!BS [aGk=, \"\"]",
        "!N \"1e-130\"",
        "12345678901234567890123456789012345678",
    };
    size_t kind = dice_below(dice, depth > 3 ? 7 : 9);
    if (kind < 3) {
        buf_puts(out, constants[dice_below(dice, COUNT_OF(constants))]);
    } else if (kind < 7) {
        put_template(out, dice, for_each);
    } else {
        put_collection(out, dice, for_each, depth);
    }
}

static void put_entity(struct buf *out, struct dice *dice, unsigned number,
                       enum for_each for_each)
{
    static const char *const names[] = {"conversation", "participant", "message"};
    static const char *const keys[] = {"\"${conversation.uuid}\"", "\"${self.handle}\"",
                                       "\"${message.uuid}\""};
    static const char *const conditions[] = {
        "${conversation.participant_count} == 2", "${conversation.message_count} > 3",
        "${conversation.vars.n} <= 5e0", "${conversation.last_message.label} != A"};
    buf_printf(out, "  e%u:\n    for_each: %s\n", number, names[for_each]);
    if (dice_below(dice, 3) == 0) {
        buf_printf(out, "    when: %s\n",
                   conditions[dice_below(dice, COUNT_OF(conditions))]);
    } else if (for_each == FOR_EACH_MESSAGE && dice_below(dice, 3) == 0) {
        buf_puts(out, dice_below(dice, 2) == 0 ? "    when: ${sender.handle} == a\n"
                                               : "    when: ${message.index} >= 1\n");
    }
    buf_printf(out,
               "    attributes:\n      sk: \"%u#${conversation.uuid}\"\n      pk: %s\n",
               number, keys[for_each]);
    size_t count = dice_below(dice, 5);
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, "      \"a%zu%s\": ", i,
                   dice_below(dice, 3) == 0 ? "\xc3\xa9\\\"" : "");
        put_value(out, dice, for_each, 1);
        buf_char(out, '\n');
    }
}

static void make_definition(struct buf *out, struct dice *dice)
{
    unsigned count = 1 + (unsigned)dice_below(dice, 4);
    buf_puts(out, "table_name: messages\nattribute_definitions: {pk: S, sk: S}\n"
                  "key_schema: {hash: pk, range: sk}\nbilling_mode: "
                  "PAY_PER_REQUEST\nentities:\n");
    for (unsigned i = 0; i < count; i++) {
        put_entity(out, dice, i, (enum for_each)dice_below(dice, 3));
    }
}

static void make_transcript(struct buf *out, struct dice *dice)
{
    static const char *const handles[] = {"a", "b", "c"};
    static const char *const labels[] = {"A", "B\"\\", "\xc3\xa9"};
    size_t conversations = 1 + dice_below(dice, 3);
    for (size_t c = 0; c < conversations; c++) {
        size_t people = 1 + dice_below(dice, 3);
        bool join = dice_below(dice, 3) == 0;
        const char *end = dice_below(dice, 4) == 0 ? "\r\n" : "\n";
        buf_printf(out, "---%sconversation: \"name %zu \\\"\xc3\xa9\"%sparticipants: {",
                   end, c, end);
        for (size_t i = 0; i < people; i++) {
            buf_printf(out, "%s'%s': %s", i > 0 ? ", " : "", labels[i], handles[i]);
        }
        buf_printf(out, "}%svars: {n: %zu, s: \" S\xc3\x89 \\\" \", b: %s}%s", end,
                   dice_below(dice, 10) * 50,
                   dice_below(dice, 2) == 0 ? "true" : "false", end);
        buf_printf(out, "starts_at: %s%s%s---%s",
                   dice_below(dice, 2) == 0 ? "2023-03-19T12:00:00.5Z"
                                            : "1969-12-31T23:59:59Z",
                   end, join ? "\ncontinuation: join\n" : "", end);
        size_t messages = 1 + dice_below(dice, 8);
        for (size_t i = 0; i < messages; i++) {
            buf_printf(out, "%s: %s%s", labels[dice_below(dice, people)],
                       texts[dice_below(dice, COUNT_OF(texts))], end);
            if (join && dice_below(dice, 2) == 0) {
                buf_printf(out, "%smore \"text\"%s",
                           dice_below(dice, 2) == 0 ? end : "", end);
            }
        }
    }
}

// Numbers by B076, written another way: pairs of digits around the point, without those
// that are 00 at either end.
static size_t slow_number_size(struct str text)
{
    size_t negative = text.len > 0 && text.at[0] == '-' ? 1 : 0;
    struct str digits = str_skip(text, negative);
    size_t point = str_find_char(digits, '.');
    char line[400];
    memset(line, '0', sizeof line);
    memcpy(line + 200 - point, digits.at, point);
    if (point < digits.len) {
        memcpy(line + 200, digits.at + point + 1, digits.len - point - 1);
    }
    size_t first = 200;
    size_t last = 0;
    for (size_t pair = 0; pair < 200; pair++) {
        if (line[2 * pair] != '0' || line[2 * pair + 1] != '0') {
            first = first == 200 ? pair : first;
            last = pair;
        }
    }
    return first == 200 ? 1 : 1 + (last - first + 1) + negative;
}

static size_t base64_size(struct str text)
{
    size_t padding = 0;
    while (padding < text.len && text.at[text.len - 1 - padding] == '=') {
        padding++;
    }
    return text.len / 4 * 3 - padding;
}

static size_t parsed_size(struct json_reader *reader);

static size_t scalar_size(char type, struct str text)
{
    return type == 'N'   ? slow_number_size(text)
           : type == 'B' ? base64_size(text)
                         : text.len;
}

// What stands between the braces of a typed value, up to and with the closing one.
static size_t parsed_size(struct json_reader *reader)
{
    size_t size = 0;
    assert_int_equal(json_next(reader), JSON_OBJECT_BEGIN);
    assert_int_equal(json_next(reader), JSON_NAME);
    struct str type = json_text(reader);
    enum json_token token = json_next(reader);
    if (str_is(type, "S") || str_is(type, "N") || str_is(type, "B")) {
        assert_int_equal(token, JSON_STRING);
        size = scalar_size(type.at[0], json_text(reader));
    } else if (str_is(type, "BOOL")) {
        assert_true(token == JSON_TRUE || token == JSON_FALSE);
        size = 1;
    } else if (str_is(type, "NULL")) {
        assert_int_equal(token, JSON_TRUE);
        size = 1;
    } else if (str_is(type, "L")) {
        assert_int_equal(token, JSON_ARRAY_BEGIN);
        size = 3;
        while (reader->text.at[reader->at] != ']') {
            size += 1 + parsed_size(reader);
        }
        assert_int_equal(json_next(reader), JSON_ARRAY_END);
    } else if (str_is(type, "M")) {
        assert_int_equal(token, JSON_OBJECT_BEGIN);
        size = 3;
        while (json_next(reader) == JSON_NAME) {
            size += 1 + json_text(reader).len;
            size += parsed_size(reader);
        }
    } else {
        assert_int_equal(type.len, 2); // a set
        assert_int_equal(token, JSON_ARRAY_BEGIN);
        while (json_next(reader) == JSON_STRING) {
            size += scalar_size(type.at[0], json_text(reader));
        }
    }
    assert_int_equal(json_next(reader), JSON_OBJECT_END);
    return size;
}

static size_t parsed_item_size(struct str json)
{
    struct arena arena = {0};
    struct json_reader reader;
    size_t size = 0;
    json_reader_init(&reader, json, &arena);
    assert_int_equal(json_next(&reader), JSON_OBJECT_BEGIN);
    assert_int_equal(json_next(&reader), JSON_NAME);
    assert_text(json_text(&reader), "Item");
    assert_int_equal(json_next(&reader), JSON_OBJECT_BEGIN);
    while (json_next(&reader) == JSON_NAME) {
        size += json_text(&reader).len;
        size += parsed_size(&reader);
    }
    assert_int_equal(json_next(&reader), JSON_OBJECT_END);
    assert_int_equal(json_next(&reader), JSON_END);
    arena_deinit(&arena);
    return size;
}

// The walk's items in the order of emission, each made again the slow way.
struct checker {
    struct run *run;
    struct walk *walk;
    size_t next;
    struct buf json;
    struct buf text;
};

static void slow_value(struct checker *checker, const struct value *value,
                       struct scope scope, const struct eval_context *context);

static void slow_template(struct checker *checker, const struct value *value,
                          struct scope scope, const struct eval_context *context)
{
    struct template template;
    struct stage *stage = &checker->run->stage;
    const struct expr *failed = NULL;
    enum value_type type = VALUE_S;
    assert_true(template_parse(&template, value->text, value->span,
                               value_text_span(value), &scope, &stage->arena,
                               &stage->diags));
    buf_reset(&checker->text);
    const struct expr *single = template_single(&template);
    enum eval_result result =
        single != NULL ? expr_eval(&checker->text, &type, single, context)
                       : template_eval(&checker->text, &template, context, &failed);
    assert_int_equal(result, EVAL_OK);
    if (type == VALUE_BOOL) {
        buf_printf(&checker->json, "{\"BOOL\":%.*s}", STR_ARG(buf_str(&checker->text)));
        return;
    }
    buf_puts(&checker->json, type == VALUE_N ? "{\"N\":" : "{\"S\":");
    json_put_string(&checker->json, buf_str(&checker->text));
    buf_char(&checker->json, '}');
}

static void slow_value(struct checker *checker, const struct value *value,
                       struct scope scope, const struct eval_context *context)
{
    if (value->type == VALUE_TEMPLATE) {
        slow_template(checker, value, scope, context);
    } else if (value->type == VALUE_L || value->type == VALUE_M) {
        bool map = value->type == VALUE_M;
        buf_puts(&checker->json, map ? "{\"M\":{" : "{\"L\":[");
        for (size_t i = 0; i < value->count; i++) {
            buf_puts(&checker->json, i > 0 ? "," : "");
            if (map) {
                json_put_string(&checker->json, value->entries[i].name);
                buf_char(&checker->json, ':');
            }
            slow_value(checker, map ? value->entries[i].value : value->items[i], scope,
                       context);
        }
        buf_puts(&checker->json, map ? "}}" : "]}");
    } else {
        value_write(&checker->json, value);
    }
}

static bool check_one(void *data, const struct program *program,
                      const struct eval_context *context)
{
    struct checker *checker = data;
    const struct entity *entity = program->entity;
    bool wanted = true;
    assert_int_equal(condition_eval(&wanted, &program->when, context, &checker->text),
                     EVAL_OK);
    if (!wanted) {
        return true;
    }
    assert_true(checker->next < checker->run->item_count);
    struct str json = checker->run->items[checker->next++].json;
    buf_reset(&checker->json);
    buf_puts(&checker->json, "{\"Item\":{");
    for (size_t i = 0; i < entity->count; i++) {
        buf_puts(&checker->json, i > 0 ? "," : "");
        json_put_string(&checker->json, entity->attributes[i].name);
        buf_char(&checker->json, ':');
        slow_value(checker, entity->attributes[i].value,
                   scope_of_entity(entity->for_each), context);
    }
    buf_puts(&checker->json, "}}");
    assert_str(json, buf_str(&checker->json));
    size_t size = 0;
    size_t bound = 0;
    const struct expr *failed = NULL;
    assert_int_equal(
        program_size(&size, program, context, false, &checker->text, &failed), EVAL_OK);
    assert_int_equal(
        program_size(&bound, program, context, true, &checker->text, &failed), EVAL_OK);
    assert_int_equal(size, parsed_item_size(json));
    assert_true(bound >= size);
    return true;
}

static void check_conversation(struct checker *checker)
{
    const struct unit *unit = &checker->run->unit;
    struct eval_context context = {.conversation = &checker->walk->facts,
                                   .users = &unit->users};
    for (size_t i = 0; i < unit->program_count; i++) {
        assert_true(walk_items(&unit->programs[i], &context, check_one, checker));
    }
    struct message_facts message;
    context.message = &message;
    while (walk_message(checker->walk, &message)) {
        for (size_t i = 0; i < unit->program_count; i++) {
            if (unit->programs[i].entity->for_each == FOR_EACH_MESSAGE) {
                assert_true(check_one(checker, &unit->programs[i], &context));
            }
        }
    }
}

static void test_random_items(void **state)
{
    struct dice dice = {20230319};
    size_t items = 0;
    (void)state;

    for (int round = 0; round < ROUNDS; round++) {
        struct run run;
        struct walk walk;
        struct buf definition;
        struct buf transcript;
        buf_init(&definition, 1 << 20);
        buf_init(&transcript, 1 << 20);
        make_definition(&definition, &dice);
        make_transcript(&transcript, &dice);
        if (!run_build(&run, buf_cstr(&definition), buf_str(&transcript))) {
            stage_print(&run.stage);
            print_error("%s\n%s\n", buf_cstr(&definition), buf_cstr(&transcript));
        }
        assert_clean(&run.stage);
        struct checker checker = {.run = &run, .walk = &walk};
        buf_init(&checker.json, 1 << 20);
        buf_init(&checker.text, 1 << 20);
        walk_init(&walk, &run.compilation, run.unit.fixtures[0]);
        while (walk_next(&walk)) {
            check_conversation(&checker);
        }
        assert_int_equal(checker.next, run.item_count);
        assert_int_equal(run.unit.item_count, run.item_count);
        items += run.item_count;
        walk_deinit(&walk);
        buf_deinit(&checker.text);
        buf_deinit(&checker.json);
        buf_deinit(&transcript);
        buf_deinit(&definition);
        run_deinit(&run);
    }
    assert_true(items > 1000); // the dice are fair enough
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
