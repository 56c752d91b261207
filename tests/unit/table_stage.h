// Tables for tests of their differences: declared ones from YAML, live ones from what
// the model of the service tells.
#ifndef DDB_UNIT_TABLE_STAGE_H
#define DDB_UNIT_TABLE_STAGE_H

#include "stage.h"

#include "definition.h"
#include "inspect.h"
#include "request.h"
#include "table_diff.h"
#include "table_service.h"
#include "table_update.h"
#include "yaml_read.h"

#include <stdlib.h>

#define BODY_MAX ((size_t)1 << 20)

// Reads a definition; the test fails when it is not legal.
static inline const struct table *declare(struct stage *stage, const char *yaml)
{
    stage_init(stage, yaml);
    struct definition *definition = arena_alloc(&stage->arena, sizeof *definition);
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    if (root == NULL || !definition_read(definition, root, &stage->source,
                                         &stage->arena, &stage->diags)) {
        print_error("%s\n", yaml);
        stage_print(stage);
        fail();
    }
    return &definition->table;
}

// What the service tells, in the arena.
static inline struct str told(const struct service *service, const char *operation,
                              const char *index, struct arena *arena)
{
    char *body = service_tell(service, operation, index);
    struct str kept = body == NULL ? str_from(NULL) : arena_str(arena, str_from(body));
    free(body);
    return kept;
}

// The live table, everything asked for.
static inline void look(struct live_table *out, const struct service *service,
                        struct arena *arena)
{
    struct str next;
    assert_true(inspect_table(out, told(service, "DescribeTable", NULL, arena), arena));
    struct table_settings *settings = &out->table.settings;
    assert_true(inspect_time_to_live(&settings->time_to_live,
                                     told(service, "DescribeTimeToLive", NULL, arena),
                                     arena));
    assert_true(
        inspect_recovery(&settings->point_in_time_recovery,
                         told(service, "DescribeContinuousBackups", NULL, arena)));
    assert_true(
        inspect_insights(&settings->contributor_insights,
                         told(service, "DescribeContributorInsights", NULL, arena)));
    for (size_t i = 0; i < out->table.index_count; i++) {
        struct secondary_index *index = &out->table.indexes[i];
        assert_true(index->local ||
                    inspect_insights(&index->contributor_insights,
                                     told(service, "DescribeContributorInsights",
                                          index->name.at, arena)));
    }
    assert_true(inspect_tags(settings, &next,
                             told(service, "ListTagsOfResource", NULL, arena), arena));
    assert_int_equal(next.len, 0);
    settings->tags_said = true;
    struct str policy = told(service, "GetResourcePolicy", NULL, arena);
    assert_true(policy.len == 0 ||
                inspect_policy(&settings->resource_policy, policy, arena));
    settings->resource_policy_said = true;
}

static inline void create(struct service *service, const struct table *declared)
{
    struct buf body;
    *service = (struct service){0};
    buf_init(&body, BODY_MAX);
    request_write_create_table(&body, declared);
    const char *refusal = service_call(service, "CreateTable", buf_cstr(&body));
    if (refusal != NULL) {
        print_error("%s\n%s\n", refusal, buf_cstr(&body));
        fail();
    }
    buf_deinit(&body);
    service_settle(service);
}

// Carries the steps out, waiting only where they say so.
static inline void carry_out(struct service *service, const struct table_step *steps,
                             size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *refusal =
            service_call(service, steps[i].operation, steps[i].body.at);
        if (refusal != NULL) {
            print_error("step %zu: %s\n%s %s\n", i, refusal, steps[i].operation,
                        steps[i].body.at);
            fail();
        }
        if (steps[i].wait != TABLE_WAIT_NOTHING) {
            service_settle(service);
        }
    }
}

#endif
