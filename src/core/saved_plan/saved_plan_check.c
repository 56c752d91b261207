// A saved plan against what is there now. Reads, and nothing else: every table, and by
// their keys the items that are to change.
#include "declared.h"
#include "fetcher.h"
#include "item_print.h"
#include "json_write.h"
#include "plan.h"
#include "run.h"
#include "saved_lines.h"
#include "saved_plan.h"
#include "table_update.h"

#include <inttypes.h>

#define KEYS_IN_READ 100 // C040
#define READS_AT_ONCE 64
#define CHUNK ((size_t)KEYS_IN_READ * READS_AT_ONCE)
#define TOLD_MAX 10   // items that are named; the others are counted
#define KEY_SHOWN 200 // bytes of a key

static struct diag *refuse(struct ddb *ddb, const struct saved_plan *saved,
                           struct str what)
{
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_PLAN_STALE, source_span_file(saved->source), "%.*s",
                 STR_ARG(what));
    diag_help(&ddb->diags, diag,
              "nothing was sent; look at it and make a new plan: 'ddbgen diff FILE... "
              "--save-plan FILE'");
    return diag;
}

// ---- where it is for

static bool check_place(const struct saved_plan *saved, struct ddb *ddb,
                        const char *what, struct str then, struct str now)
{
    if (str_eq(then, now)) {
        return true;
    }
    (void)refuse(ddb, saved,
                 arena_printf(&ddb->arena, "the plan is for %s %s, and this is %s",
                              what, diag_quote(&ddb->diags, then),
                              diag_quote(&ddb->diags, now)));
    return false;
}

bool saved_plan_check_target(const struct saved_plan *saved, struct ddb *ddb)
{
    const struct target *target = &ddb->target;
    bool fine =
        check_place(saved, ddb, "endpoint", saved->endpoint_url, target->endpoint_url);
    return check_place(saved, ddb, "region", saved->region, target->region) && fine;
}

// ---- tables

static bool same_calls(const struct saved_table *saved, const struct table_step *steps,
                       size_t count)
{
    bool same = saved->call_count == count;
    for (size_t i = 0; i < count && same; i++) {
        same = str_is(saved->calls[i].operation, steps[i].operation) &&
               str_eq(saved->calls[i].body, steps[i].body);
    }
    return same;
}

// What is otherwise than it was when the plan was made; NULL: nothing.
static const char *find_difference(const struct saved_table *saved,
                                   const struct plan_table *table, struct ddb *ddb)
{
    const struct live_table *live = &table->live;
    struct table_step *steps = NULL;
    size_t count = 0;
    if (saved->missing != plan_is_missing(table)) {
        return saved->missing ? "exists: the plan creates it" : "is gone";
    }
    if (saved->missing) {
        return NULL;
    }
    if (!str_eq(saved->id, live->id) || !str_eq(saved->created, live->created)) {
        return "is another one of that name";
    }
    table_update_plan(&steps, &count, &table->diff, plan_declared(table), &live->table,
                      live->arn, &ddb->arena);
    if (same_calls(saved, steps, count)) {
        return NULL;
    }
    return table->diff.count == 0 ? "is as the plan makes it already"
                                  : "changed after the plan was made";
}

static bool check_tables(const struct saved_plan *saved, const struct plan *plan,
                         struct ddb *ddb)
{
    size_t errors = ddb->diags.errors;
    for (size_t i = 0; i < saved->count; i++) {
        struct str account = plan->tables[i].live.account_id;
        const char *what = find_difference(&saved->tables[i], &plan->tables[i], ddb);
        if (account.len > 0 && saved->account_id.len > 0 &&
            !check_place(saved, ddb, "account", saved->account_id, account)) {
            return false;
        }
        if (what != NULL) {
            struct str name = saved->tables[i].table->name;
            (void)refuse(ddb, saved,
                         arena_printf(&ddb->arena, "table %s %s",
                                      diag_quote(&ddb->diags, name), what));
        }
    }
    return ddb->diags.errors == errors;
}

// ---- items

// An item under a key that the plan writes to.
struct watched {
    struct str key;       // {"pk":{...}}
    bool expected;        // the plan saw one, and that was
    struct uuid contents; // it
    bool makes;           // the plan puts one, and that is
    struct uuid made;     // it
    bool there;           // one is there now, and that is
    struct uuid now;
};

struct checker {
    struct ddb *ddb;
    struct client *client;
    const struct saved_table *saved;
    struct item_printer *printer;
    struct arena arena;      // of a chunk
    struct watched *watched; // count of them
    size_t count;
    struct declared keys; // each key's place in `watched`
    uint64_t read;
    uint64_t otherwise;        // how many are not as they were
    uint64_t made;             // of these, as the plan makes them
    struct str told[TOLD_MAX]; // what is said of the first of them
};

static struct watched *watch(struct checker *checker, struct str json)
{
    struct item_print print;
    const char *why = NULL;
    struct buf key;
    struct watched *watched = &checker->watched[checker->count];
    *watched = (struct watched){0};
    buf_init(&key, SAVED_LINE_MAX);
    if (item_print_read(&print, checker->printer, json, &why)) { // it was read before
        item_print_write_key(&key, checker->printer, &print);
        watched->key = arena_str(&checker->arena, buf_str(&key));
        watched->made = item_print_contents(checker->printer, &print);
        declared_add(&checker->keys, &print.key, &watched->made)->live =
            (uint32_t)checker->count++;
    }
    buf_deinit(&key);
    return watched;
}

static bool take_live(void *context, struct str json)
{
    struct checker *checker = context;
    struct item_print print;
    const char *why = NULL;
    if (!item_print_read(&print, checker->printer, json, &why)) {
        diag_add(&checker->ddb->diags, DIAG_SERVICE, (struct span){0},
                 "an item of table %s cannot be read: %s",
                 diag_quote(&checker->ddb->diags, checker->saved->table->name), why);
        return false;
    }
    const struct declared_item *found = declared_find(&checker->keys, &print.key);
    if (found != NULL) {
        struct watched *watched = &checker->watched[found->live];
        watched->there = true;
        watched->now = item_print_contents(checker->printer, &print);
    }
    return true;
}

static void judge(struct checker *checker, const struct watched *watched)
{
    struct ddb *ddb = checker->ddb;
    struct str key = watched->key;
    bool as_seen = watched->there == watched->expected &&
                   (!watched->there || uuid_eq(&watched->now, &watched->contents));
    bool made = watched->makes
                    ? watched->there && uuid_eq(&watched->now, &watched->made)
                    : !watched->there;
    checker->read++;
    if (as_seen) {
        return;
    }
    if (checker->otherwise < TOLD_MAX) {
        key.len = key.len < KEY_SHOWN ? key.len : KEY_SHOWN;
        checker->told[checker->otherwise] =
            arena_printf(&ddb->arena, "item %.*s of table %s %s", STR_ARG(key),
                         diag_quote(&ddb->diags, checker->saved->table->name),
                         made                 ? "is as the plan makes it already"
                         : !watched->expected ? "is there: the plan saw none"
                         : !watched->there    ? "is gone"
                                              : "changed after the plan was made");
    }
    checker->otherwise++;
    checker->made += made ? 1 : 0;
}

// What stands between the braces of RequestItems, for some of the keys.
static struct str members_of(struct checker *checker, size_t from, size_t to)
{
    struct buf out;
    buf_init(&out, SAVED_LINE_MAX);
    json_put_string(&out, checker->saved->table->name);
    buf_puts(&out, ":{\"Keys\":[");
    for (size_t i = from; i < to; i++) {
        buf_puts(&out, i > from ? "," : "");
        buf_put(&out, checker->watched[i].key);
    }
    buf_puts(&out, "],\"ConsistentRead\":true}");
    struct str members = arena_str(&checker->arena, buf_str(&out));
    buf_deinit(&out);
    return members;
}

// Reads what is watched, and forgets it. False: diagnosed, or interrupted.
static bool check_chunk(struct checker *checker)
{
    struct fetch fetches[READS_AT_ONCE];
    struct reader_sink to = {take_live, checker};
    size_t reads = 0;
    for (size_t from = 0; from < checker->count; from += KEYS_IN_READ) {
        size_t to_key = from + KEYS_IN_READ;
        to_key = to_key < checker->count ? to_key : checker->count;
        fetches[reads++] = (struct fetch){.kind = FETCH_KEYS,
                                          .members = members_of(checker, from, to_key),
                                          .table = checker->saved->table};
    }
    bool ok =
        fetcher_run(NULL, checker->client, fetches, reads, &to,
                    checker->ddb->options.stop, "checking items", &checker->ddb->diags);
    for (size_t i = 0; i < checker->count && ok; i++) {
        judge(checker, &checker->watched[i]);
    }
    checker->count = 0;
    declared_deinit(&checker->keys);
    declared_init(&checker->keys);
    arena_reset(&checker->arena);
    return ok;
}

static bool take_change(void *context, const struct item_change *change)
{
    struct checker *checker = context;
    if (checker->count + 2 > CHUNK && !check_chunk(checker)) {
        return false;
    }
    if (change->put) {
        struct watched *put = watch(checker, change->declared);
        put->makes = true;
        put->expected = change->kind == ITEM_CHANGED;
        put->contents = change->seen;
    }
    if (change->kind == ITEM_MOVED || change->kind == ITEM_STALE) {
        struct watched *gone = watch(checker, change->live);
        gone->expected = true;
        gone->contents = change->seen;
    }
    return true;
}

static void report(const struct checker *checker)
{
    struct ddb *ddb = checker->ddb;
    const struct saved_plan *saved = checker->saved->plan;
    const char *name = diag_quote(&ddb->diags, checker->saved->table->name);
    if (checker->made == checker->read) {
        (void)refuse(ddb, saved,
                     arena_printf(&ddb->arena,
                                  "the plan was carried out before: all %" PRIu64
                                  " items of table %s are as it makes them",
                                  checker->read, name));
        return;
    }
    for (uint64_t i = 0; i < checker->otherwise && i < TOLD_MAX; i++) {
        (void)refuse(ddb, saved, checker->told[i]);
    }
    if (checker->otherwise > TOLD_MAX) {
        (void)refuse(ddb, saved,
                     arena_printf(&ddb->arena,
                                  "%" PRIu64
                                  " more items of table %s are not as they were",
                                  checker->otherwise - TOLD_MAX, name));
    }
}

static bool check_items(const struct saved_table *saved, struct ddb *ddb,
                        struct client *client)
{
    struct checker checker = {
        .ddb = ddb,
        .client = client,
        .saved = saved,
        .printer = item_printer_new(saved->table),
        .watched = arena_array(&ddb->arena, CHUNK, sizeof(struct watched)),
    };
    struct change_sink to = {take_change, &checker};
    declared_init(&checker.keys);
    bool ok = saved_table_changes(saved, &to) &&
              (checker.count == 0 || check_chunk(&checker));
    if (ok && checker.otherwise > 0) {
        report(&checker);
    }
    declared_deinit(&checker.keys);
    item_printer_free(checker.printer);
    arena_deinit(&checker.arena);
    return ok && checker.otherwise == 0;
}

bool saved_plan_check(const struct saved_plan *saved, const struct plan *plan,
                      struct ddb *ddb, struct client *client)
{
    bool ok = check_tables(saved, plan, ddb);
    for (size_t i = 0; i < saved->count && ok; i++) {
        ok = saved->tables[i].missing || check_items(&saved->tables[i], ddb, client);
    }
    return ok;
}
