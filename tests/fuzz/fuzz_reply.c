// Answers of a service, one a line: DescribeTable, DescribeTimeToLive,
// DescribeContinuousBackups, DescribeContributorInsights, ListTagsOfResource,
// GetResourcePolicy, ListTables, and an item. What is read of a table is held against a
// definition that says everything: what is impossible is diagnosed without harm, what
// is not becomes calls that are strict JSON. An item that is read comes back equal when
// it is written and read again.
#include "fuzz.h"

#include "canon.h"
#include "definition.h"
#include "inspect.h"
#include "json_write.h"
#include "table_diff.h"
#include "table_update.h"
#include "value_json.h"
#include "yaml_read.h"

#define TEXT_MAX ((size_t)64 << 20)

static const char DEFINITION[] =
    "table_name: told\n"
    "attribute_definitions: {pk: S, sk: N, a: S, b: B}\n"
    "key_schema: {hash: pk, range: sk}\n"
    "billing_mode: PROVISIONED\n"
    "provisioned_throughput: {read_capacity_units: 5, write_capacity_units: 5}\n"
    "warm_throughput: {read_units_per_second: 50, write_units_per_second: 50}\n"
    "local_secondary_indexes:\n"
    "  by-l: {key_schema: {hash: pk, range: a}, projection: KEYS_ONLY}\n"
    "global_secondary_indexes:\n"
    "  by-g:\n"
    "    key_schema: {hash: [a, b], range: [sk]}\n"
    "    projection: {include: [x, y]}\n"
    "    provisioned_throughput: {read_capacity_units: 5, write_capacity_units: 5}\n"
    "    contributor_insights: {mode: THROTTLED_KEYS}\n"
    "  by-h:\n"
    "    key_schema: {hash: b}\n"
    "    projection: ALL\n"
    "    provisioned_throughput: {read_capacity_units: 9, write_capacity_units: 9}\n"
    "stream_specification: {stream_view_type: NEW_IMAGE}\n"
    "sse_specification: {kms_master_key_id: 11111111-1111-4111-8111-111111111111}\n"
    "table_class: STANDARD\n"
    "deletion_protection_enabled: true\n"
    "tags: {team: a, env: ''}\n"
    "resource_policy: {Statement: [{Effect: Allow, Principal: p, Action: [a, b]}]}\n"
    "time_to_live: {attribute_name: e}\n"
    "point_in_time_recovery: {recovery_period_in_days: 7}\n"
    "contributor_insights: {}\n";

// The text up to the next LF, which is passed; empty when it is no answer that is taken
// for one (reply_read.h).
static struct str next_line(struct str *rest)
{
    struct str line = {rest->at, str_find_char(*rest, '\n')};
    *rest = str_skip(*rest, line.len < rest->len ? line.len + 1 : line.len);
    return fuzz_is_json(line) ? line : (struct str){0};
}

static const struct table *read_definition(struct fuzz_stage *stage)
{
    static const struct source SOURCE = {
        .name = {"t.yaml", 6}, .fd = -1, .text = {DEFINITION, sizeof DEFINITION - 1}};
    struct definition *definition = arena_alloc(&stage->arena, sizeof *definition);
    const struct node *root = yaml_read(&SOURCE, &stage->arena, &stage->diags);
    FUZZ_REQUIRE(root != NULL && definition_read(definition, root, &SOURCE,
                                                 &stage->arena, &stage->diags));
    FUZZ_REQUIRE(stage->diags.errors == 0);
    return &definition->table;
}

// What each of the answers says that is one.
static void read_settings(struct live_table *live, struct str *rest,
                          struct arena *arena)
{
    struct table_settings *settings = &live->table.settings;
    struct str next = {0};
    if (!inspect_time_to_live(&settings->time_to_live, next_line(rest), arena)) {
        settings->time_to_live = (struct time_to_live){0};
    }
    if (!inspect_recovery(&settings->point_in_time_recovery, next_line(rest))) {
        settings->point_in_time_recovery = (struct point_in_time_recovery){0};
    }
    if (!inspect_insights(&settings->contributor_insights, next_line(rest))) {
        settings->contributor_insights = (struct contributor_insights){0};
    }
    settings->tags_said = inspect_tags(settings, &next, next_line(rest), arena);
    settings->resource_policy_said =
        inspect_policy(&settings->resource_policy, next_line(rest), arena);
}

static void require_plan(struct fuzz_stage *stage, const struct live_table *live,
                         const struct table *declared)
{
    struct table_diff diff;
    struct table_step *steps = NULL;
    size_t count = 0;
    table_diff(&diff, declared, &live->table, &stage->arena);
    for (size_t i = 0; i < diff.count; i++) {
        FUZZ_REQUIRE(diff.changes[i].path.len > 0);
        FUZZ_REQUIRE(diff.changes[i].from.at != NULL || diff.changes[i].to.at != NULL);
    }
    if (!table_diff_check(&diff, declared, &stage->diags)) {
        FUZZ_REQUIRE(stage->diags.errors > 0);
        return;
    }
    table_update_plan(&steps, &count, &diff, declared, &live->table, live->arn,
                      &stage->arena);
    FUZZ_REQUIRE((count > 0) == (diff.count > 0));
    for (size_t i = 0; i < count; i++) {
        fuzz_require_json(steps[i].body);
    }
}

static void require_names(struct str body, struct arena *arena)
{
    struct str *names = NULL;
    struct str last = {0};
    size_t count = 0;
    if (inspect_table_names(&names, &count, &last, body, arena)) {
        for (size_t i = 0; i < count; i++) {
            FUZZ_REQUIRE(names[i].len >= 3 && names[i].len <= 255);
            fuzz_require_harmless(names[i]);
        }
    }
}

static struct str write_item(struct buf *out, const struct value_entry *entries,
                             size_t count)
{
    buf_init(out, TEXT_MAX);
    buf_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        buf_puts(out, i > 0 ? "," : "");
        json_put_string(out, entries[i].name);
        buf_char(out, ':');
        value_write(out, entries[i].value);
    }
    buf_char(out, '}');
    return buf_str(out);
}

static void require_item(struct str json, struct arena *arena)
{
    struct value_entry *entries = NULL;
    struct value_entry *again = NULL;
    size_t count = 0;
    size_t count_again = 0;
    const char *why = NULL;
    if (!value_json_read_item(&entries, &count, json, arena, &why)) {
        FUZZ_REQUIRE(why != NULL);
        return;
    }
    struct buf text;
    struct buf canon;
    struct buf canon_again;
    struct str written = write_item(&text, entries, count);
    fuzz_require_json(written);
    fuzz_require_harmless(written);
    FUZZ_REQUIRE(value_json_read_item(&again, &count_again, written, arena, &why));
    buf_init(&canon, TEXT_MAX);
    buf_init(&canon_again, TEXT_MAX);
    canon_put_item(&canon, entries, count, arena);
    canon_put_item(&canon_again, again, count_again, arena);
    FUZZ_REQUIRE(str_eq(buf_str(&canon), buf_str(&canon_again)));
    buf_deinit(&text);
    buf_deinit(&canon);
    buf_deinit(&canon_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_stage stage;
    struct live_table live;
    fuzz_stage_init(&stage, (struct str){(const char *)data, size});
    struct str rest = stage.source.text;
    const struct table *declared = read_definition(&stage);
    bool described = inspect_table(&live, next_line(&rest), &stage.arena);
    struct live_table none = {0};
    read_settings(described ? &live : &none, &rest, &stage.arena);
    if (described) {
        require_plan(&stage, &live, declared);
    }
    require_names(next_line(&rest), &stage.arena);
    struct str item = {rest.at, str_find_char(rest, '\n')};
    require_item(item, &stage.arena);
    fuzz_stage_deinit(&stage);
    return 0;
}
