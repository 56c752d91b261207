// Tables as they are declared. A plan enters, calls leave: CreateTable for what is
// missing, then for each table what else it takes, since a part of a new table's
// settings needs calls of its own too (A190).
#include "make_tables.h"

#include "connect.h"
#include "plan.h"
#include "plan_ledger.h"
#include "request.h"
#include "run.h"
#include "say.h"
#include "table_look.h"
#include "table_update_run.h"

#define REQUEST_MAX_BYTES ((size_t)16 << 20)

static bool send_create(const struct table *declared, struct ddb *ddb,
                        struct client *client)
{
    struct buf request;
    buf_init(&request, REQUEST_MAX_BYTES);
    request_write_create_table(&request, declared);
    bool sent = table_create(client, declared->name, buf_str(&request), declared->span,
                             &ddb->diags);
    buf_deinit(&request);
    return sent;
}

// Somebody else may have created it since the plan was made: what that one would lose
// nobody was shown. True: nothing.
static bool check_losses(const struct plan_table *table, struct ddb *ddb)
{
    for (size_t i = 0; i < table->diff.count; i++) {
        const struct table_change *change = &table->diff.changes[i];
        if (change->destructive) {
            struct diag *diag = diag_add(
                &ddb->diags, DIAG_NOT_CONFIRMED, change->span,
                "table %s was created by somebody else meanwhile, and would lose %s",
                diag_quote(&ddb->diags, plan_declared(table)->name),
                diag_quote(&ddb->diags, change->path));
            diag_help(&ddb->diags, diag, "run it again: the plan shows what it has");
        }
    }
    return table->diff.destructive == 0;
}

static bool is_alive(void *context)
{
    return plan_beat(context);
}

// A table or an index may take many minutes, in which the ledgers stay held.
static struct wait_options waits(struct plan *plan, struct ddb *ddb)
{
    struct wait_options wait = connect_wait_options(ddb);
    wait.alive = is_alive;
    wait.alive_context = plan;
    return wait;
}

static bool create(struct plan_table *table, struct plan *plan, struct ddb *ddb,
                   struct client *client)
{
    const struct table *declared = plan_declared(table);
    struct wait_options wait = waits(plan, ddb);
    if (!send_create(declared, ddb, client)) {
        return false;
    }
    if (!table_wait(&table->live, client, declared->name, &wait, &ddb->arena,
                    &ddb->diags)) {
        say_out(ddb, "%.*s: its creation has begun, and was not awaited\n",
                STR_ARG(declared->name));
        return false;
    }
    say_out(ddb, "%.*s: created\n", STR_ARG(declared->name));
    if (!table_look(&table->live, client, declared, &wait, &ddb->arena, &ddb->diags)) {
        return false;
    }
    table_diff(&table->diff, declared, &table->live.table, &ddb->arena);
    return table_diff_check(&table->diff, declared, &ddb->diags) &&
           check_losses(table, ddb);
}

// The progress of one table.
struct progress {
    struct ddb *ddb;
    struct str table;
};

static void show(void *context, const struct table_step *step,
                 enum table_step_state state)
{
    static const char *const OUTCOMES[] = {
        [TABLE_STEP_MADE] = "done",
        [TABLE_STEP_UNSEEN] = "accepted, and not seen at the table",
        [TABLE_STEP_LEFT_OUT] = "left out",
        [TABLE_STEP_OPEN] = "begun, and not awaited",
    };
    const struct progress *progress = context;
    const char *space = step->subject.len > 0 ? " " : "";
    if (state == TABLE_STEP_BEGUN) {
        connect_say(progress->ddb, "%.*s: %s%s%.*s", STR_ARG(progress->table),
                    step->verb, space, STR_ARG(step->subject));
    } else {
        say_out(progress->ddb, "%.*s: %s%s%.*s: %s\n", STR_ARG(progress->table),
                step->verb, space, STR_ARG(step->subject), OUTCOMES[state]);
    }
}

// Without `go` it only says what is left to do.
static bool update(struct plan_table *table, struct plan *plan, struct ddb *ddb,
                   struct client *client, bool go)
{
    const struct table *declared = plan_declared(table);
    struct progress progress = {ddb, declared->name};
    struct table_update_options options = {
        .wait = waits(plan, ddb), .show = show, .context = &progress};
    struct table_step *steps = NULL;
    size_t count = 0;
    size_t made = 0;
    table_update_plan(&steps, &count, &table->diff, declared, &table->live.table,
                      table->live.arn, &ddb->arena);
    if (go && table_update_run(&made, client, declared, steps, count, &options,
                               &ddb->arena, &ddb->diags)) {
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
    size_t next = 0;
    for (; next < plan->count && ok; next++) {
        struct plan_table *table = &plan->tables[next];
        ok = !plan_is_missing(table) || create(table, plan, ddb, client);
    }
    size_t failed = ok ? plan->count : next - 1; // of it all was said
    for (size_t i = 0; i < plan->count; i++) {
        struct plan_table *table = &plan->tables[i];
        if (i >= next && plan_is_missing(table)) {
            say_out(ddb, "%.*s: not created\n", STR_ARG(plan_declared(table)->name));
        } else if (i != failed) {
            ok = update(table, plan, ddb, client, ok);
        }
    }
    return ok;
}
