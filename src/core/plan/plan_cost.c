// Changes of items enter, as converge.c will write them; the table's forecast grows.
#include "plan_cost.h"

#include "emit.h"
#include "plan.h"
#include "run.h"
#include "value_json.h"

// False: there is none.
static bool read_item(struct item *out, struct str json, struct arena *arena)
{
    const char *why = NULL;
    *out = (struct item){0};
    return json.len > 0 &&
           value_json_read_item(&out->attributes, &out->count, json, arena, &why);
}

static struct forecast *forecast_of(struct plan_table *table)
{
    if (table->forecast == NULL) {
        table->forecast = forecast_new(plan_declared(table));
    }
    return table->forecast;
}

void plan_cost_note(struct plan_table *table, const struct plan *plan,
                    const struct item_change *change, struct arena *scratch)
{
    bool goes = plan_deletes(plan, change);
    if (!goes && !change->put) {
        return;
    }
    struct forecast *forecast = forecast_of(table);
    bool conditional = !plan->unconditional;
    struct item live;
    arena_reset(scratch);
    bool is_live = read_item(&live, change->live, scratch);
    if (change->put) {
        bool over = is_live && change->kind == ITEM_CHANGED;
        bool alone = conditional && change->kind != ITEM_ADDED;
        forecast_put(forecast, &change->values, over ? &live : NULL,
                     alone ? 0 : change->declared.len);
    }
    if (is_live && goes) {
        forecast_delete(forecast, &live, conditional);
    }
}

// A pass over items that are not looked at one by one.
struct pass {
    struct forecast *forecast;
    struct arena scratch;
    bool blind;
};

static bool take_batch(void *context, struct batch *batch)
{
    struct pass *pass = context;
    for (unsigned i = 0; i < batch->count; i++) {
        struct str json = batch_item_json(batch, i);
        struct item item;
        arena_reset(&pass->scratch);
        if (!read_item(&item, json, &pass->scratch)) {
            continue; // what was emitted reads back
        }
        if (pass->blind) {
            forecast_put_blind(pass->forecast, &item, json.len);
        } else {
            forecast_put(pass->forecast, &item, NULL, json.len);
        }
    }
    batch_reset(batch);
    return true;
}

// The pass over those of a saved plan.
struct saved_pass {
    struct plan_table *table;
    const struct plan *plan;
    struct arena scratch;
};

static bool take_saved(void *context, const struct item_change *change)
{
    struct saved_pass *pass = context;
    plan_cost_note(pass->table, pass->plan, change, &pass->scratch);
    return true;
}

static bool cost_saved(struct plan_table *table, const struct plan *plan,
                       struct ddb *ddb)
{
    struct saved_pass pass = {.table = table, .plan = plan};
    struct change_sink to = {take_saved, &pass};
    bool ok = plan_changes(table, ddb, &to);
    arena_deinit(&pass.scratch);
    return ok;
}

double plan_pace(const struct plan_table *table, const struct ddb *ddb)
{
    struct forecast_time time;
    size_t count = 0;
    const struct table *live = plan_is_missing(table) ? NULL : &table->live.table;
    if (ddb->target.loopback || table->forecast == NULL ||
        !forecast_slowest(&time, table->forecast, live) ||
        time.limit != FORECAST_PROVISIONED || time.longest == 0) {
        return 0;
    }
    double units = (double)forecast_loads(table->forecast, &count)[0].write_units;
    return units / (double)time.longest;
}

bool plan_cost_all(struct plan_table *table, const struct plan *plan, struct ddb *ddb)
{
    if (plan_was_found(table)) {
        return cost_saved(table, plan, ddb);
    }
    struct pass pass = {.forecast = forecast_of(table),
                        .blind = !plan_is_missing(table)};
    struct batch_sink sink = {take_batch, &pass};
    bool ok = emit_unit(&ddb->compilation, table->unit, &sink);
    arena_deinit(&pass.scratch);
    return ok;
}
