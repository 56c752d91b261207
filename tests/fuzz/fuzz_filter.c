// Filters and projections: any text. What parses and is checked can be written as it is
// sent, and holds for an item or does not: with NOT before it, the other way round. What is
// projected of an item is part of it.
#include "fuzz.h"

#include "filter.h"
#include "filter_values.h"
#include "filter_write.h"
#include "projection.h"
#include "utf8.h"
#include "value_json.h"

#define TEXT_MAX_BYTES ((size_t)1 << 20)

static const char ITEM[] =
    "{\"pk\":{\"S\":\"a\"},\"s\":{\"S\":\"te\\u00e9xt\"},\"n\":{\"N\":\"-0.5\"},"
    "\"b\":{\"B\":\"aGk=\"},\"e\":{\"S\":\"\"},\"t\":{\"BOOL\":true},\"z\":{\"NULL\":"
    "true},"
    "\"ss\":{\"SS\":[\"a\",\"b\"]},\"l\":{\"L\":[{\"N\":\"1\"},{\"M\":{\"x\":{\"S\":"
    "\"y\"}}}]},"
    "\"m\":{\"M\":{\"x\":{\"L\":[{\"S\":\"q\"}]},\"y\":{\"N\":\"7\"}}}}";

struct stage {
    struct fuzz_stage fuzz;
    struct table table;
    struct attribute_definition attribute;
    struct value_entry *entries;
    size_t count;
};

static void stage_init(struct stage *stage, struct str text)
{
    const char *why = NULL;
    *stage = (struct stage){0};
    fuzz_stage_init(&stage->fuzz, text);
    stage->attribute = (struct attribute_definition){.name = STR("pk"), .type = 'S'};
    stage->table = (struct table){.name = STR("table"),
                                  .attributes = &stage->attribute,
                                  .attribute_count = 1,
                                  .attributes_known = true};
    stage->table.key.hash[0].name = STR("pk");
    stage->table.key.hash_count = 1;
    stage->table.key.known = true;
    FUZZ_REQUIRE(value_json_read_item(&stage->entries, &stage->count, STR(ITEM),
                                      &stage->fuzz.arena, &why));
}

static struct written written_of(struct stage *stage, struct str text)
{
    return (struct written){.text = text,
                            .span = source_span_file(&stage->fuzz.source)};
}

// ---- filters

static struct parameter PARAMETERS[] = {
    {.name = {"text", 4}, .type = PARAMETER_STRING},
    {.name = {"n", 1}, .type = PARAMETER_NUMBER},
    {.name = {"bytes", 5}, .type = PARAMETER_BINARY},
    {.name = {"flag", 4}, .type = PARAMETER_BOOLEAN},
    {.name = {"list", 4}, .type = PARAMETER_STRING, .list = true},
};
#define PARAMETER_COUNT (sizeof PARAMETERS / sizeof PARAMETERS[0])

static const struct filter_expression *parse(struct stage *stage, struct str text)
{
    struct scope scope = {1U << SUBJECT_PARAMETER, PARAMETERS, PARAMETER_COUNT,
                          "this pattern",          NULL,       false};
    struct filter_scope filter_scope = {&scope, &stage->table, NULL};
    struct written written = written_of(stage, text);
    size_t errors = stage->fuzz.diags.errors;
    const struct filter_expression *filter =
        filter_parse(&written, &filter_scope, &stage->fuzz.arena, &stage->fuzz.diags);
    FUZZ_REQUIRE((filter != NULL) == (stage->fuzz.diags.errors == errors));
    return filter != NULL && filter_check(filter, &filter_scope, &stage->fuzz.diags)
               ? filter
               : NULL;
}

static bool bind(struct filter_values *values, struct stage *stage,
                 const struct filter_expression *filter)
{
    static struct str texts[] = {{"a", 1},    {"-0.5", 4}, {"hi", 2},
                                 {"true", 4}, {"a", 1},    {"b", 1}};
    struct argument arguments[] = {
        {&texts[0], 1}, {&texts[1], 1}, {&texts[2], 1}, {&texts[3], 1}, {&texts[4], 2}};
    struct eval_context context = {0};
    return filter_bind(values, filter, arguments, PARAMETER_COUNT, &context,
                       &stage->fuzz.arena, &stage->fuzz.diags);
}

static bool holds(struct stage *stage, const struct filter_expression *filter,
                  const struct filter_values *values)
{
    return filter_holds(filter, values, stage->entries, stage->count,
                        &stage->fuzz.arena);
}

static void require_json(struct stage *stage, const struct filter_expression *filter,
                         const struct filter_values *values)
{
    struct placeholders placeholders = {.arena = &stage->fuzz.arena};
    struct buf text;
    struct buf json;
    buf_init(&text, TEXT_MAX_BYTES);
    buf_init(&json, TEXT_MAX_BYTES);
    filter_write(&text, &placeholders, filter, values);
    FUZZ_REQUIRE(text.len > 0);
    buf_char(&json, '{');
    filter_put_names(&json, &placeholders, true);
    filter_put_values(&json, &placeholders, placeholders.name_count == 0);
    buf_char(&json, '}');
    fuzz_require_json(buf_str(&json));
    buf_deinit(&json);
    buf_deinit(&text);
}

static void run_filter(struct stage *stage, struct str text)
{
    struct filter_values values = {0};
    struct filter_values negated = {0};
    const struct filter_expression *filter = parse(stage, text);
    if (filter == NULL || !bind(&values, stage, filter)) {
        return;
    }
    require_json(stage, filter, &values);
    bool held = holds(stage, filter, &values);
    struct str wrapped = arena_printf(&stage->fuzz.arena, "NOT (%.*s)", STR_ARG(text));
    const struct filter_expression *other = parse(stage, wrapped);
    // Parentheses around parentheses are refused, and so is one operator too many.
    if (other != NULL && bind(&negated, stage, other)) {
        FUZZ_REQUIRE(holds(stage, other, &negated) != held);
    }
}

// ---- projections

static void run_projection(struct stage *stage, struct str text)
{
    struct written written[2] = {written_of(stage, text),
                                 written_of(stage, STR("l[1]"))};
    struct pattern pattern = {.projection = written, .projection_count = 2};
    struct value_entry *out = NULL;
    size_t count = 0;
    const struct projection_paths *paths = projection_read(
        &pattern, &stage->table, &stage->fuzz.arena, &stage->fuzz.diags);
    if (paths == NULL) {
        FUZZ_REQUIRE(stage->fuzz.diags.errors > 0);
        return;
    }
    projection_apply(&out, &count, paths, stage->entries, stage->count,
                     &stage->fuzz.arena);
    FUZZ_REQUIRE(count >= 1 && count <= stage->count);
    size_t size = 0;
    size_t whole = 0;
    for (size_t i = 0; i < count; i++) {
        size += value_size(out[i].value);
    }
    for (size_t i = 0; i < stage->count; i++) {
        whole += value_size(stage->entries[i].value);
    }
    FUZZ_REQUIRE(size <= whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stage stage;
    struct str text = {(const char *)data, size};
    if (utf8_check(text) < text.len || size == 0) {
        return 0; // no YAML gives it
    }
    stage_init(&stage, text);
    run_filter(&stage, text);
    run_projection(&stage, text);
    fuzz_stage_deinit(&stage.fuzz);
    return 0;
}
