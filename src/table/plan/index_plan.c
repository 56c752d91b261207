// Global indexes that go and come, one a call (A226).
#include "index_plan.h"

#include "index_carry.h"
#include "json_write.h"
#include "request.h"
#include "table_calls.h"

static void set_there(struct planner *planner, const struct secondary_index *index,
                      bool there)
{
    planner->there[index - planner->declared->indexes] = there;
}

// Key and projection of one index may both differ: it is replaced once.
static bool is_second_part(const struct table_change *change,
                           const struct table_change *before)
{
    return before != NULL && before->kind == change->kind &&
           before->index == change->index;
}

static void delete_index(struct planner *planner, const struct table_change *change)
{
    planner_begin(planner);
    buf_puts(&planner->body,
             ",\"GlobalSecondaryIndexUpdates\":[{\"Delete\":{\"IndexName\":");
    json_put_string(&planner->body, change->live_index->name);
    buf_puts(&planner->body, "}}]");
    struct table_step *step = planner_end_update(planner, "deleting index");
    step->subject = change->live_index->name;
    planner_makes(step, change);
}

// A226: one a call. Those that are replaced go first, too: definitions of attributes
// that have another type now are gone before an index with them comes (A233).
void index_plan_deletions(struct planner *planner)
{
    const struct table_change *before = NULL;
    for (size_t i = 0; i < planner->diff->count; i++) {
        const struct table_change *change = &planner->diff->changes[i];
        bool replaced = change->kind == TABLE_CHANGE_INDEX_REPLACED;
        if (change->kind != TABLE_CHANGE_INDEX_REMOVED && !replaced) {
            continue;
        }
        if (replaced && is_second_part(change, before)) {
            planner_makes(&planner->steps[planner->count - 1], change);
        } else {
            delete_index(planner, change);
        }
        if (replaced) {
            planner->steps[planner->count - 1].begins = true;
            set_there(planner, change->index, false);
        }
        before = change;
    }
}

static bool is_used(const struct planner *planner, struct str name)
{
    const struct table *declared = planner->declared;
    bool used = table_key_uses(&declared->key, name);
    for (size_t i = 0; !used && i < declared->index_count; i++) {
        used = planner->there[i] && table_key_uses(&declared->indexes[i].key, name);
    }
    return used;
}

// A231: those of the new index. A232 lets others pass: those of what is there are told,
// too, since not every emulator knows better.
static void put_attributes(struct planner *planner)
{
    bool first = true;
    buf_puts(&planner->body, ",\"AttributeDefinitions\":[");
    for (size_t i = 0; i < planner->declared->attribute_count; i++) {
        const struct attribute_definition *attribute =
            &planner->declared->attributes[i];
        if (!is_used(planner, attribute->name)) {
            continue;
        }
        buf_puts(&planner->body,
                 first ? "{\"AttributeName\":" : ",{\"AttributeName\":");
        json_put_string(&planner->body, attribute->name);
        buf_printf(&planner->body, ",\"AttributeType\":\"%c\"}", attribute->type);
        first = false;
    }
    buf_char(&planner->body, ']');
}

// What the index had that it takes the place of.
static void carry_insights(struct planner *planner, const struct table_change *change,
                           const struct secondary_index *index)
{
    struct table_call call = {.setting = TABLE_INSIGHTS, .index = index};
    buf_reset(&planner->body);
    table_call_write_update(&planner->body, planner->declared, &call);
    planner->body.len--; // its brace: planner_end() has one
    struct table_step *step =
        planner_end(planner, "UpdateContributorInsights", TABLE_WAIT_NOTHING,
                    "changing contributor insights of index");
    step->subject = change->index->name;
    planner_makes(step, change);
}

// Whether they differ from those that the index had: then they have a step.
static bool has_insights(const struct planner *planner,
                         const struct table_change *replaced)
{
    for (size_t i = 0; i < planner->diff->count; i++) {
        const struct table_change *change = &planner->diff->changes[i];
        if (change->kind == TABLE_CHANGE_INSIGHTS && change->index == replaced->index) {
            return true;
        }
    }
    return false;
}

static void create_index(struct planner *planner, const struct table_change *change)
{
    set_there(planner, change->index, true);
    planner_begin(planner);
    put_attributes(planner);
    buf_puts(&planner->body, ",\"GlobalSecondaryIndexUpdates\":[{\"Create\":");
    struct secondary_index index = index_carry(change->index, change->live_index,
                                               planner->declared, planner->live);
    request_write_index(&planner->body, &index);
    buf_puts(&planner->body, "}]");
    struct table_step *step = planner_end_update(planner, "creating index");
    step->subject = change->index->name;
    planner_makes(step, change);
    if (change->kind == TABLE_CHANGE_INDEX_REPLACED && !has_insights(planner, change) &&
        index.contributor_insights.state == SETTING_ENABLED) {
        carry_insights(planner, change, &index);
    }
}

void index_plan_creations(struct planner *planner)
{
    const struct table_change *before = NULL;
    for (size_t i = 0; i < planner->diff->count; i++) {
        const struct table_change *change = &planner->diff->changes[i];
        bool replaced = change->kind == TABLE_CHANGE_INDEX_REPLACED;
        if (change->kind != TABLE_CHANGE_INDEX_ADDED && !replaced) {
            continue;
        }
        if (!is_second_part(change, before)) {
            create_index(planner, change);
        }
        before = change;
    }
}
