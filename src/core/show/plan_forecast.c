// A forecast enters, lines leave:
//
//     forecast for cruddur-messages: 1,002 writes in 41 requests, 284 KiB
//       write units: 1,002 in the table, 2 in index by-group
//       hottest partition: pk "MSG#5ae2..." with 1,000 write units
//       time: 3 min 21 s or more at 5 write units a second; 1 s with five minutes of
//           unused capacity saved up
//
// (the last is one line). What takes no more than a second needs no explanation.
#include "plan_forecast.h"

#include "amount.h"
#include "index_notes.h"
#include "json_write.h"
#include "plan.h"
#include "plan_notation.h"
#include "utf8.h"

#include <inttypes.h>

static void put_index_name(struct buf *out, const struct secondary_index *index)
{
    buf_puts(out, "index ");
    utf8_put_visible(out, index->name);
}

static void put_units(struct buf *out, const struct forecast *forecast,
                      const struct plan_table *table)
{
    size_t count = 0;
    const struct forecast_load *loads = forecast_loads(forecast, &count);
    buf_puts(out, "  write units: ");
    amount_put_number(out, loads[0].write_units);
    buf_puts(out, count > 1 ? " in the table" : "");
    for (size_t i = 1; i < count; i++) {
        buf_puts(out, ", ");
        amount_put_number(out, loads[i].write_units);
        buf_puts(out, " in ");
        put_index_name(out, loads[i].index);
        if (index_notes_is_built(table, loads[i].index)) {
            buf_puts(out, " (building it is not counted)");
        }
    }
    if (forecast_blind(forecast) > 0) {
        buf_puts(out, "; more where larger items are replaced");
    }
    buf_char(out, '\n');
}

static void put_hottest(struct buf *out, const struct forecast *forecast,
                        const struct secondary_index *index)
{
    struct arena arena = {0};
    struct forecast_partition hottest;
    if (forecast_hottest(&hottest, forecast, index, &arena)) {
        buf_puts(out, "  hottest partition");
        if (index != NULL) {
            buf_puts(out, " of ");
            put_index_name(out, index);
        }
        buf_puts(out, ":");
        for (size_t i = 0; i < hottest.key_count; i++) {
            buf_char(out, ' ');
            notation_put_name(out, hottest.key[i].name, NOTATION_CUT);
            buf_char(out, ' ');
            notation_put_value(out, hottest.key[i].value, NOTATION_CUT);
        }
        buf_puts(out, " with ");
        if (hottest.at_most > hottest.at_least) { // more partitions than are kept
            amount_put_number(out, hottest.at_least);
            buf_puts(out, " to ");
        }
        amount_put_count(out, hottest.at_most, "write unit");
        buf_char(out, '\n');
    }
    arena_deinit(&arena);
}

static void put_time(struct buf *out, const struct forecast_time *time)
{
    buf_puts(out, "  time: ");
    amount_put_duration(out, time->longest);
    buf_puts(out, " or more at ");
    amount_put_count(out, time->units_per_second, "write unit");
    buf_puts(out, " a second");
    switch (time->limit) {
    case FORECAST_ON_DEMAND_MAXIMUM:
        buf_puts(out, ", the declared maximum");
        break;
    case FORECAST_ON_DEMAND_START:
        buf_puts(out, ", what on-demand capacity begins with");
        break;
    case FORECAST_PARTITION:
        buf_puts(out, ", the most of one partition");
        break;
    case FORECAST_PROVISIONED:
    default:
        break;
    }
    if (time->index != NULL) {
        buf_puts(out, " (");
        put_index_name(out, time->index);
        buf_char(out, ')');
    }
    if (time->shortest < time->longest) {
        buf_puts(out, "; ");
        amount_put_duration(out, time->shortest);
        buf_puts(out, " with five minutes of unused capacity saved up");
    }
    buf_char(out, '\n');
}

// False: nothing is written.
static bool find_time(struct forecast_time *out, const struct plan_table *table)
{
    const struct table *live = plan_is_missing(table) ? NULL : &table->live.table;
    return table->forecast != NULL && forecast_slowest(out, table->forecast, live);
}

void plan_forecast_put_text(struct buf *out, const struct plan_table *table)
{
    const struct forecast *forecast = table->forecast;
    struct forecast_time time;
    if (!find_time(&time, table)) {
        return;
    }
    size_t count = 0;
    const struct forecast_load *loads = forecast_loads(forecast, &count);
    buf_puts(out, "forecast for ");
    utf8_put_visible(out, plan_declared(table)->name);
    buf_puts(out, ": ");
    amount_put_count(out, loads[0].writes, "write");
    buf_puts(out, " in ");
    amount_put_count(out, forecast_requests(forecast), "request");
    if (loads[0].bytes > 0) {
        buf_puts(out, ", ");
        amount_put_bytes(out, loads[0].bytes);
    }
    buf_char(out, '\n');
    put_units(out, forecast, table);
    if (time.longest > 1) {
        put_hottest(out, forecast, time.index);
        put_time(out, &time);
    }
}

// ---- for programs

static void put_partition(struct buf *out, const struct forecast *forecast,
                          const struct secondary_index *index)
{
    struct arena arena = {0};
    struct forecast_partition hottest;
    if (forecast_hottest(&hottest, forecast, index, &arena)) {
        buf_puts(out, ",\"hottest_partition\":{\"key\":{");
        for (size_t i = 0; i < hottest.key_count; i++) {
            buf_puts(out, i > 0 ? "," : "");
            json_put_string(out, hottest.key[i].name);
            buf_char(out, ':');
            value_write(out, hottest.key[i].value);
        }
        buf_printf(out, "},\"write_units\":%" PRIu64 ",\"at_most\":%" PRIu64 "}",
                   hottest.at_least, hottest.at_most);
    }
    arena_deinit(&arena);
}

static void put_indexes(struct buf *out, const struct forecast *forecast,
                        const struct plan_table *table)
{
    size_t count = 0;
    const struct forecast_load *loads = forecast_loads(forecast, &count);
    buf_puts(out, ",\"indexes\":[");
    for (size_t i = 1; i < count; i++) {
        buf_puts(out, i > 1 ? ",{\"index\":" : "{\"index\":");
        json_put_string(out, loads[i].index->name);
        buf_printf(out,
                   ",\"writes\":%" PRIu64 ",\"bytes\":%" PRIu64
                   ",\"write_units\":%" PRIu64,
                   loads[i].writes, loads[i].bytes, loads[i].write_units);
        if (index_notes_is_built(table, loads[i].index)) {
            buf_puts(out, ",\"building\":true");
        }
        if (!loads[i].index->local) {
            put_partition(out, forecast, loads[i].index);
        }
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void put_json_time(struct buf *out, const struct forecast_time *time)
{
    static const char *const LIMITS[] = {
        [FORECAST_PROVISIONED] = "provisioned",
        [FORECAST_ON_DEMAND_MAXIMUM] = "on-demand-maximum",
        [FORECAST_ON_DEMAND_START] = "on-demand-start",
        [FORECAST_PARTITION] = "partition",
    };
    buf_printf(out,
               ",\"time\":{\"seconds\":%" PRIu64 ",\"seconds_with_burst\":%" PRIu64
               ",\"limit\":\"%s\",\"write_units_per_second\":%" PRIu64,
               time->longest, time->shortest, LIMITS[time->limit],
               time->units_per_second);
    if (time->index != NULL) {
        buf_puts(out, ",\"index\":");
        json_put_string(out, time->index->name);
    }
    buf_char(out, '}');
}

void plan_forecast_put_json(struct buf *out, const struct plan_table *table)
{
    const struct forecast *forecast = table->forecast;
    struct forecast_time time;
    if (!find_time(&time, table)) {
        return;
    }
    size_t count = 0;
    const struct forecast_load *loads = forecast_loads(forecast, &count);
    buf_puts(out, "{\"type\":\"forecast\",\"table\":");
    json_put_string(out, plan_declared(table)->name);
    buf_printf(out,
               ",\"puts\":%" PRIu64 ",\"deletes\":%" PRIu64 ",\"requests\":%" PRIu64
               ",\"bytes\":%" PRIu64 ",\"write_units\":%" PRIu64 ",\"exact\":%s",
               forecast_puts(forecast), forecast_deletes(forecast),
               forecast_requests(forecast), loads[0].bytes, loads[0].write_units,
               forecast_blind(forecast) == 0 ? "true" : "false");
    put_partition(out, forecast, NULL);
    put_indexes(out, forecast, table);
    put_json_time(out, &time);
    buf_puts(out, "}\n");
}
