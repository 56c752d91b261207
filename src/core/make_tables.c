// Tables as they are declared. A plan enters, calls leave: CreateTable for what is
// missing, then for each table what else it takes, since a part of a new table's
// settings needs calls of its own too (A190).
#include "make_tables.h"

#include "request.h"
#include "table_look.h"
#include "table_update_run.h"

#define REQUEST_MAX_BYTES ((size_t)16 << 20)

static bool create(struct plan_table *table, struct ddb *ddb, struct client *client)
{
    const struct table *declared = plan_declared(table);
    struct wait_options wait = connect_wait_options(ddb);
    struct buf request;
    buf_init(&request, REQUEST_MAX_BYTES);
    request_write_create_table(&request, declared);
    bool ok = table_create(client, declared->name, buf_str(&request), declared->span,
                           &ddb->diags) &&
              table_wait(&table->live, client, declared->name, &wait, &ddb->arena,
                         &ddb->diags);
    buf_deinit(&request);
    if (ok) {
        say_out(ddb, "%.*s: created\n", STR_ARG(declared->name));
        ok =
            table_look(&table->live, client, declared, &wait, &ddb->arena, &ddb->diags);
    }
    if (ok) { // somebody else may have created it meanwhile
        table_diff(&table->diff, declared, &table->live.table, &ddb->arena);
        ok = table_diff_check(&table->diff, declared, &ddb->diags);
    }
    return ok;
}

// The progress of one table.
struct progress {
    struct ddb *ddb;
    struct str table;
};

static void show(void *context, const struct table_step *step,
                 enum table_step_state state)
{
    const struct progress *progress = context;
    const char *space = step->subject.len > 0 ? " " : "";
    if (state == TABLE_STEP_BEGUN) {
        connect_say(progress->ddb, "%.*s: %s%s%.*s", STR_ARG(progress->table),
                    step->verb, space, STR_ARG(step->subject));
    } else {
        say_out(progress->ddb, "%.*s: %s%s%.*s: %s\n", STR_ARG(progress->table),
                step->verb, space, STR_ARG(step->subject),
                state == TABLE_STEP_MADE ? "done" : "left out");
    }
}

static bool update(struct plan_table *table, struct ddb *ddb, struct client *client)
{
    const struct table *declared = plan_declared(table);
    struct progress progress = {ddb, declared->name};
    struct table_update_options options = {
        .wait = connect_wait_options(ddb), .show = show, .context = &progress};
    struct table_step *steps = NULL;
    size_t count = 0;
    size_t made = 0;
    table_update_plan(&steps, &count, &table->diff, declared, &table->live.table,
                      table->live.arn, &ddb->arena);
    if (table_update_run(&made, client, declared, steps, count, &options, &ddb->arena,
                         &ddb->diags)) {
        return true;
    }
    if (made < count) {
        say_out(ddb, "%.*s: %zu of %zu changes made\n", STR_ARG(declared->name), made,
                count);
    }
    return false;
}

bool make_tables(struct plan *plan, struct ddb *ddb, struct client *client)
{
    bool ok = true;
    for (size_t i = 0; i < plan->count && ok; i++) {
        ok =
            !plan_is_missing(&plan->tables[i]) || create(&plan->tables[i], ddb, client);
    }
    for (size_t i = 0; i < plan->count && ok; i++) {
        ok = update(&plan->tables[i], ddb, client);
    }
    return ok;
}
