// diff: what apply would do, and nothing is written.
#include "diff.h"

#include "connect.h"
#include "coverage_scan.h"
#include "earlier.h"
#include "fetcher.h"
#include "plan.h"
#include "plan_ledger.h"
#include "plan_view.h"
#include "run.h"
#include "saved_plan.h"

bool diff_show(struct plan *plan, struct ddb *ddb)
{
    bool shown = plan_show(plan, ddb, plan_format_get(ddb->options.format));
    // What a reader did not wait for (`| head -1`) differs all the same.
    struct plan_counts totals = plan_totals(plan);
    ddb->different = plan_differs(plan, &totals);
    return plan_check(plan, ddb) && shown;
}

void diff_run(struct ddb *ddb, const struct ddb_diff_options *options)
{
    const char *save = options->save_plan;
    struct plan plan = {.ways = plan_ways(&options->ways),
                        .prune = options->prune,
                        .resend_sse = options->resend_sse};
    struct client *client = connect_open(ddb) ? connect_bulk_client(ddb) : NULL;
    struct earlier was = {0};
    plan_follow_target(&plan, &ddb->target);
    bool known = client != NULL && earlier_open_was(&was, ddb, &options->ways);
    plan.before = earlier_applied(&was);
    if (known && plan_look(&plan, ddb, client) &&
        plan_open_ledgers(&plan, ddb, false) && plan_read(&plan, ddb, client, true) &&
        (!options->coverage || coverage_scan(&plan, ddb, client))) {
        // What is wrong is diagnosed.
        (void)(diff_show(&plan, ddb) &&
               (save == NULL ||
                (plan_check_conflicts(&plan, ddb, "no plan was saved") &&
                 saved_plan_write(&plan, ddb, save))));
    }
    plan_free(&plan);
    earlier_close(&was, ddb);
    client_free(client);
}
