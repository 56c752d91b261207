// A plan enters; what all live items are, counted, is left at its tables.
//
// The scan takes segments at once, eventually consistent, which costs half: what is counted
// are keys. It keeps to a share of what the table is paid for, so that the application
// keeps the rest.
#include "coverage_scan.h"

#include "amount.h"
#include "connect.h"
#include "coverage.h"
#include "emit.h"
#include "fetcher.h"
#include "json_write.h"
#include "progress.h"
#include "run.h"

#include <inttypes.h>

#define SEGMENTS_MAX 8u
#define SEGMENT_BYTES (4 << 20) // that are worth a segment
#define SEGMENTS_UNTOLD 4u      // of a table whose size nobody tells
#define SHARE 0.25              // of a table's read capacity
#define CEILING 1000.0          // read units a second where there is no capacity
#define UNIT_BYTES 8192.0       // that one read unit takes, eventually consistent
#define PAGE_UNITS 128.0        // of 1 MiB, a page of Scan at most (C045)
#define ITEM_BYTES 1024.0       // where nobody tells how large items are
#define REQUEST_MAX ((size_t)64 << 10)

// What a scan of a table is to keep to.
struct limits {
    double units_per_second; // 0: as fast as it goes
    const char *why;         // in words
    unsigned segments;
    uint64_t page_items; // of one request; 0: as many as a page has
    double page_units;   // that it takes, as far as is known
};

static struct limits limits_of(const struct plan_table *table,
                               const struct target *target)
{
    const struct table *live = &table->live.table;
    const struct throughput *provisioned = &live->capacity.provisioned;
    const struct throughput *maximum = &live->capacity.on_demand;
    struct limits out = {
        .units_per_second = CEILING, .why = "", .page_units = PAGE_UNITS};
    if (target->loopback && !target->is_protected) {
        out.units_per_second = 0; // what it would take from others nobody pays for
    } else if (live->billing_mode == BILLING_PROVISIONED &&
               provisioned->read_units > 0) {
        out.units_per_second = (double)provisioned->read_units * SHARE;
        out.why = ", a quarter of its read capacity";
    } else if (maximum->read_units > 0 &&
               (double)maximum->read_units * SHARE < CEILING) {
        out.units_per_second = (double)maximum->read_units * SHARE;
        out.why = ", a quarter of its maximum";
    }
    return out;
}

static void set_pages(struct limits *limits, const struct last_count *counted)
{
    double bytes = counted->told ? (double)counted->bytes : 0;
    double each =
        bytes > 0 && counted->items > 0 ? bytes / (double)counted->items : ITEM_BYTES;
    double segments = bytes > 0 ? bytes / SEGMENT_BYTES + 1 : SEGMENTS_UNTOLD;
    limits->segments = segments < SEGMENTS_MAX ? (unsigned)segments : SEGMENTS_MAX;
    // A page takes no more than a second's units, in which others read, too.
    if (limits->units_per_second > 0 && limits->units_per_second < PAGE_UNITS) {
        double items = limits->units_per_second * UNIT_BYTES / each;
        limits->page_items = items > 1 ? (uint64_t)items : 1;
        limits->page_units = (double)limits->page_items * each / UNIT_BYTES;
    }
}

// Before anything is read.
static void say_forecast(struct ddb *ddb, const struct plan_table *table,
                         const struct limits *limits)
{
    double units = table->coverage.expected_units;
    struct buf out;
    buf_init(&out, REQUEST_MAX);
    if (units < 0) {
        buf_puts(&out, "how many read units is not known");
    } else {
        buf_puts(&out, "about ");
        amount_put_count(&out, (uint64_t)units, "read unit");
    }
    if (limits->units_per_second > 0) {
        buf_printf(&out, ", at most %g a second%s", limits->units_per_second,
                   limits->why);
    }
    if (limits->units_per_second > 0 && units > limits->units_per_second) {
        buf_puts(&out, ": ");
        amount_put_duration(&out, (uint64_t)(units / limits->units_per_second));
        buf_puts(&out, " or more");
    }
    connect_say(ddb, "coverage: scanning table %.*s: %.*s",
                STR_ARG(plan_declared(table)->name), STR_ARG(buf_str(&out)));
    buf_deinit(&out);
}

// ---- the scan

struct scanning {
    struct ddb *ddb;
    struct plan_table *table;
    struct progress progress;
};

static bool take_item(void *context, struct str json)
{
    struct scanning *scanning = context;
    struct ddb *ddb = scanning->ddb;
    struct coverage *found = scanning->table->coverage.found;
    const char *why = NULL;
    if (!coverage_take(found, json, &why)) {
        diag_add(&ddb->diags, DIAG_SERVICE, (struct span){0},
                 "an item of table %s cannot be read: %s",
                 diag_quote(&ddb->diags, plan_declared(scanning->table)->name), why);
        return false;
    }
    progress_note(&scanning->progress, coverage_items(found));
    return true;
}

static struct str segment_members(struct ddb *ddb, const struct table *table,
                                  const struct limits *limits, unsigned segment)
{
    struct buf out;
    buf_init(&out, REQUEST_MAX);
    buf_puts(&out, "{\"TableName\":");
    json_put_string(&out, table->name);
    buf_printf(&out, ",\"Segment\":%u,\"TotalSegments\":%u", segment, limits->segments);
    if (limits->page_items > 0) {
        buf_printf(&out, ",\"Limit\":%" PRIu64, limits->page_items);
    }
    struct str members = arena_str(&ddb->arena, buf_str(&out));
    buf_deinit(&out);
    return members;
}

static bool scan(struct plan_table *table, struct ddb *ddb, struct client *client)
{
    const struct table *declared = plan_declared(table);
    const struct last_count *counted = &table->live.table.counted;
    struct table_coverage *coverage = &table->coverage;
    struct limits limits = limits_of(table, client_get_target(client));
    struct fetch fetches[SEGMENTS_MAX];
    struct scanning scanning = {.ddb = ddb, .table = table};
    struct reader_sink to = {take_item, &scanning};
    struct reader_answer answer;
    set_pages(&limits, counted);
    coverage->expected_units = counted->told && counted->bytes > 0
                                   ? (double)counted->bytes / UNIT_BYTES + 1
                                   : -1;
    coverage->pace = pace_begin(limits.units_per_second, limits.page_units);
    say_forecast(ddb, table, &limits);
    for (unsigned i = 0; i < limits.segments; i++) {
        fetches[i] =
            (struct fetch){.kind = FETCH_SEGMENT,
                           .members = segment_members(ddb, declared, &limits, i),
                           .table = declared,
                           .pace = &coverage->pace};
    }
    scanning.progress = progress_begin(ddb, "scanned", table->live_count.items);
    scanning.progress.about = true;
    reader_answer_init(&answer);
    bool read = fetcher_run(&answer, client, fetches, limits.segments, &to,
                            ddb->options.stop, "scanning items", &ddb->diags);
    reader_answer_deinit(&answer);
    progress_end(ddb);
    return read;
}

// ---- what is known before

static bool note_change(void *context, const struct item_change *change)
{
    coverage_note(context, change);
    return true;
}

static bool cover(struct plan_table *table, struct ddb *ddb, struct client *client)
{
    struct coverage *found = coverage_new(&ddb->compilation, table->unit);
    struct item_sink declared = coverage_declared(found);
    struct change_sink changes = {note_change, found};
    table->coverage.found = found;
    if (!emit_values(&ddb->compilation, table->unit, &declared) ||
        !plan_changes(table, ddb, &changes) || !scan(table, ddb, client)) {
        return false;
    }
    table->live_count = (struct live_count){LIVE_COUNT_SCANNED, coverage_items(found)};
    return true;
}

bool coverage_scan(struct plan *plan, struct ddb *ddb, struct client *client)
{
    bool ok = true;
    for (size_t i = 0; i < plan->count && ok; i++) {
        struct plan_table *table = &plan->tables[i];
        if (table->reconciler != NULL && !plan_is_missing(table)) {
            ok = cover(table, ddb, client);
        }
    }
    return ok;
}
