// Templates and conditions: any text, in the scope of each kind of entity and of an
// access pattern, over one conversation. What parses evaluates to well-formed UTF-8; an
// item with the template as an attribute, folded and written, holds exactly the value
// that the evaluation gives, and is as large as program_size says.
#include "fuzz.h"

#include "condition.h"
#include "fold.h"
#include "item.h"
#include "item_build.h"
#include "json_read.h"
#include "number.h"
#include "program.h"
#include "program_size.h"
#include "utf8.h"
#include "yaml_read.h"

#define VALUE_MAX_BYTES ((size_t)1 << 20)

static const char HEADER[] =
    "conversation: talk\n"
    "participants: {Person 1: a, \"B\xc3\xa9\": b}\n"
    "starts_at: 2023-03-19T12:00:00Z\n"
    "vars: {s: \" Text \\\"q\\\" \", n: -0.5, yes: true, e: ''}\n";

static const char ROWS[] =
    "rows: {r: [{s: ' Text \"q\" ', n: -0.5, yes: true, e: '', at: "
    "2023-03-19T12:00:00Z,"
    " user: !handle a, b: !B aGk=, nothing: ~, list: [1, x], map: {s: text, n: 7},"
    " set: !SS [x, y]}]}";

struct stage {
    struct fuzz_stage fuzz;
    struct data_file rows;
    struct header header;
    struct users users;
    struct conversation_facts facts;
    struct message_facts message;
    struct buf text;
    struct buf scratch;
};

// ---- the conversation

static void read_header(struct stage *stage)
{
    struct source *source = arena_alloc(&stage->fuzz.arena, sizeof *source);
    *source = (struct source){.name = STR("header"), .fd = -1, .text = STR(HEADER)};
    const struct node *root = yaml_read(source, &stage->fuzz.arena, &stage->fuzz.diags);
    FUZZ_REQUIRE(root != NULL);
    FUZZ_REQUIRE(
        header_read(&stage->header, root, &stage->fuzz.arena, &stage->fuzz.diags));
}

static void read_rows(struct stage *stage)
{
    struct source *source = arena_alloc(&stage->fuzz.arena, sizeof *source);
    *source = (struct source){.name = STR("rows"), .fd = -1, .text = STR(ROWS)};
    stage->rows = (struct data_file){0};
    const struct node *root =
        data_file_yaml(&stage->rows, source, &stage->fuzz.arena, &stage->fuzz.diags);
    FUZZ_REQUIRE(root != NULL);
    data_file_read(&stage->rows, root, &stage->fuzz.diags);
    FUZZ_REQUIRE(!stage->rows.broken);
}

// a has all columns, b a NULL among them.
static void add_users(struct users *users, struct arena *arena)
{
    static const struct user_field fields[][3] = {
        {{.text = {"a", 1}}, {.text = {"u-a", 3}}, {.text = {"Ann \"A\"", 7}}},
        {{.text = {"b", 1}}, {.text = {"u-b", 3}}, {.null = true}},
    };
    users_init(users, arena);
    users->columns[0] = STR("handle");
    users->columns[1] = STR("uuid");
    users->columns[2] = STR("display_name");
    users->column_count = 3;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        FUZZ_REQUIRE(users_add(users, fields[i][0].text, fields[i]) != NULL);
    }
}

static void stage_init(struct stage *stage, struct str text)
{
    *stage = (struct stage){0};
    fuzz_stage_init(&stage->fuzz, text);
    read_header(stage);
    read_rows(stage);
    add_users(&stage->users, &stage->fuzz.arena);
    stage->message = (struct message_facts){
        .index = 9,
        .participant = 1,
        .created_at = INT64_C(1679227260250000),
        .text = STR(" Say \"\xc3\xa9\" \\ \t"),
    };
    stage->facts = (struct conversation_facts){
        .header = &stage->header,
        .starts_at = stage->header.starts_at,
        .message_count = 12,
        .first = {.participant = 0,
                  .created_at = stage->header.starts_at,
                  .text = STR("first")},
        .last = {.index = 11,
                 .participant = 1,
                 .created_at = INT64_C(1679313660000000),
                 .text = STR("last \xf0\x9f\x98\x80")},
        .hasher = uuid_hasher_new(&stage->header.uuid),
    };
    buf_init(&stage->text, VALUE_MAX_BYTES);
    buf_init(&stage->scratch, VALUE_MAX_BYTES);
}

static void stage_deinit(struct stage *stage)
{
    buf_deinit(&stage->scratch);
    buf_deinit(&stage->text);
    uuid_hasher_free(stage->facts.hasher);
    fuzz_stage_deinit(&stage->fuzz);
}

static struct eval_context context_of(const struct stage *stage)
{
    static const struct str arguments[] = {{"a", 1},
                                           {"te\xc3\xa9xt", 7},
                                           {"5ae290ed-55d1-47a0-bc6d-fe2bc2700399", 36},
                                           {"-150", 4}};
    return (struct eval_context){
        .conversation = &stage->facts,
        .users = &stage->users,
        .self = 0,
        .other = 1,
        .message = &stage->message,
        .row = row_at(&stage->rows.groups[0], 0),
        .arguments = arguments,
    };
}

// ---- an item that has the template as an attribute

static const struct entity *make_entity(struct stage *stage, enum for_each for_each,
                                        struct str text)
{
    struct arena *arena = &stage->fuzz.arena;
    struct value *key = arena_alloc(arena, sizeof *key);
    struct value *value = arena_alloc(arena, sizeof *value);
    struct value_entry *entries = arena_array(arena, 2, sizeof *entries);
    struct entity *entity = arena_alloc(arena, sizeof *entity);
    *key = (struct value){.type = VALUE_S, .text = STR("k")};
    *value = (struct value){.type = VALUE_TEMPLATE, .text = text};
    entries[0] = (struct value_entry){.name = STR("pk"), .value = key};
    entries[1] = (struct value_entry){.name = STR("t"), .value = value};
    *entity = (struct entity){
        .name = STR("e"), .for_each = for_each, .attributes = entries, .count = 2};
    return entity;
}

static const struct table *make_table(struct arena *arena)
{
    struct table *table = arena_alloc(arena, sizeof *table);
    table->name = STR("table");
    table->attributes = arena_alloc(arena, sizeof *table->attributes);
    table->attributes[0] =
        (struct attribute_definition){.name = STR("pk"), .type = 'S'};
    table->attribute_count = 1;
    table->attributes_known = true;
    table->key.hash[0].name = STR("pk");
    table->key.hash_count = 1;
    table->key.known = true;
    return table;
}

// {"pk":{"S":"k"},"t":{"S":...}}: the value of t and its type.
static struct str read_item(struct arena *arena, struct str json, struct str *type)
{
    struct str start = STR("{\"pk\":{\"S\":\"k\"},\"t\":");
    struct json_reader reader;
    FUZZ_REQUIRE(str_starts(json, start) && str_ends(json, STR("}")));
    struct str value = str_skip(json, start.len);
    value.len--;
    json_reader_init(&reader, value, arena);
    FUZZ_REQUIRE(json_next(&reader) == JSON_OBJECT_BEGIN);
    FUZZ_REQUIRE(json_next(&reader) == JSON_NAME);
    *type = json_text(&reader);
    enum json_token token = json_next(&reader);
    struct str text = token == JSON_TRUE    ? STR("true")
                      : token == JSON_FALSE ? STR("false")
                                            : json_text(&reader);
    FUZZ_REQUIRE(token == JSON_STRING || str_is(*type, "BOOL"));
    FUZZ_REQUIRE(json_next(&reader) == JSON_OBJECT_END);
    FUZZ_REQUIRE(json_next(&reader) == JSON_END);
    return text;
}

// "pk" and "k", "t" and the value (B070 to B077).
static size_t size_of(struct str type, struct str text)
{
    size_t value = str_is(type, "N")      ? number_size(text)
                   : str_is(type, "BOOL") ? 1
                                          : text.len;
    return 3 + 1 + value;
}

static void require_item(struct stage *stage, const struct program *program,
                         const struct eval_context *context, struct str text)
{
    struct arena *arena = &stage->fuzz.arena;
    struct folded folded;
    struct buf json;
    struct str type;
    size_t size = 0;
    size_t bound = 0;
    const struct expr *failed = NULL;
    buf_init(&json, 4 * VALUE_MAX_BYTES);
    program_fold(&folded, program, context, arena);
    folded_write(&json, &folded, context, &stage->scratch);
    FUZZ_REQUIRE(str_eq(read_item(arena, buf_str(&json), &type), text));
    FUZZ_REQUIRE(program_size(&size, program, context, false, &stage->scratch,
                              &failed) == EVAL_OK);
    FUZZ_REQUIRE(size == size_of(type, text));
    FUZZ_REQUIRE(program_size(&bound, program, context, true, &stage->scratch,
                              &failed) == EVAL_OK);
    FUZZ_REQUIRE(bound >= size);
    buf_deinit(&json);
}

// Of a row: the item's JSON is as large as its values are, which stand for what the
// template evaluates to, unless it is a value of the row itself.
static void require_row_item(struct stage *stage, const struct program *program,
                             const struct eval_context *context,
                             enum eval_result result, struct str text)
{
    struct item item;
    struct buf json;
    const struct expr *failed = NULL;
    enum eval_result built =
        item_build(&item, program, context, &stage->fuzz.arena, &failed);
    if (built != EVAL_OK || item.oversized) {
        return;
    }
    const struct value_entry *entry = item_find(&item, STR("t"));
    FUZZ_REQUIRE(item_find(&item, STR("pk")) != NULL);
    FUZZ_REQUIRE(entry != NULL || result == EVAL_ABSENT);
    bool own = entry == NULL ||
               (entry->value->type != VALUE_S && entry->value->type != VALUE_N);
    FUZZ_REQUIRE(own || (result == EVAL_OK && str_eq(entry->value->text, text)));
    buf_init(&json, 4 * VALUE_MAX_BYTES);
    item_write(&json, &item);
    fuzz_require_json(buf_str(&json));
    buf_deinit(&json);
    size_t value = entry == NULL ? 0 : 1 + value_size(entry->value);
    FUZZ_REQUIRE(item_size(&item) == 3 + value);
}

static void run_entity(struct stage *stage, enum for_each for_each, struct str text)
{
    struct arena *arena = &stage->fuzz.arena;
    struct eval_context context = context_of(stage);
    struct scope scope = scope_of_entity(for_each);
    struct template template;
    struct program program;
    const struct expr *failed = NULL;
    size_t errors = stage->fuzz.diags.errors;
    struct span span = source_span_file(&stage->fuzz.source);
    bool parsed = template_parse(&template, text, span, (struct span){0}, &scope, arena,
                                 &stage->fuzz.diags);
    FUZZ_REQUIRE(parsed == (stage->fuzz.diags.errors == errors));
    size_t exprs = 0;
    bool built = program_build(&program, make_entity(stage, for_each, text),
                               make_table(arena), &exprs, arena, &stage->fuzz.diags);
    FUZZ_REQUIRE(built == parsed);
    if (!parsed) {
        return;
    }
    buf_reset(&stage->text);
    enum eval_result result = template_eval(&stage->text, &template, &context, &failed);
    FUZZ_REQUIRE(result == EVAL_OK || failed != NULL);
    struct str value = arena_str(arena, buf_str(&stage->text));
    FUZZ_REQUIRE(result != EVAL_OK || utf8_check(value) == value.len);
    if (stage->text.overflowed) {
        return;
    }
    if (for_each == FOR_EACH_ROW) {
        require_row_item(stage, &program, &context, result, value);
    } else if (result == EVAL_OK) {
        require_item(stage, &program, &context, value);
    }
}

// ---- a pattern's key, a condition

static void run_pattern(struct stage *stage, struct str text)
{
    static struct parameter parameters[] = {
        {.name = {"me", 2}, .type = PARAMETER_HANDLE},
        {.name = {"text", 4}, .type = PARAMETER_STRING},
        {.name = {"conversation", 12}, .type = PARAMETER_UUID},
        {.name = {"n", 1}, .type = PARAMETER_NUMBER},
    };
    struct scope scope = {1U << SUBJECT_PARAMETER, parameters, 4,
                          "this pattern",          NULL,       false};
    struct eval_context context = context_of(stage);
    struct template template;
    const struct expr *failed = NULL;
    if (template_parse(&template, text, source_span_file(&stage->fuzz.source),
                       (struct span){0}, &scope, &stage->fuzz.arena,
                       &stage->fuzz.diags)) {
        buf_reset(&stage->text);
        enum eval_result result =
            template_eval(&stage->text, &template, &context, &failed);
        struct str value = buf_str(&stage->text);
        FUZZ_REQUIRE(result != EVAL_OK || utf8_check(value) == value.len);
    }
}

static void run_condition(struct stage *stage, struct str text)
{
    struct scope scope = scope_of_any_entity();
    struct eval_context context = context_of(stage);
    struct condition condition = {0};
    if (condition_parse(&condition, text, source_span_file(&stage->fuzz.source), &scope,
                        &stage->fuzz.arena, &stage->fuzz.diags)) {
        bool holds = false;
        bool opposite = false;
        static const enum comparison opposites[] = {
            [COMPARE_EQ] = COMPARE_NE, [COMPARE_NE] = COMPARE_EQ,
            [COMPARE_LT] = COMPARE_GE, [COMPARE_GE] = COMPARE_LT,
            [COMPARE_GT] = COMPARE_LE, [COMPARE_LE] = COMPARE_GT,
        };
        enum eval_result result =
            condition_eval(&holds, &condition, &context, &stage->scratch);
        condition.comparison = opposites[condition.comparison];
        FUZZ_REQUIRE(condition_eval(&opposite, &condition, &context, &stage->scratch) ==
                     result);
        // Of an optional column that the row lacks, nothing holds.
        bool nothing = !holds && !opposite && condition.expr->optional;
        FUZZ_REQUIRE(result != EVAL_OK || holds != opposite || nothing);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stage stage;
    struct str text = {(const char *)data, size};
    if (utf8_check(text) < text.len) {
        return 0; // no YAML gives it
    }
    stage_init(&stage, text);
    run_entity(&stage, FOR_EACH_CONVERSATION, text);
    run_entity(&stage, FOR_EACH_PARTICIPANT, text);
    run_entity(&stage, FOR_EACH_MESSAGE, text);
    run_entity(&stage, FOR_EACH_ROW, text);
    run_pattern(&stage, text);
    run_condition(&stage, text);
    stage_deinit(&stage);
    return 0;
}
