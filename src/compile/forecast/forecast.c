// Writes enter one by one; sums leave, for the table and each of its indexes.
#include "forecast.h"

#include "buf.h"
#include "hottest.h"
#include "index_entry.h"
#include "packer.h"

#include <string.h>

#define UNIT_BYTES 1024 // B085
#define KEY_TEXT_MAX ((size_t)64 << 10)

// How many requests items make that come one after another.
struct requests {
    uint64_t count;
    struct packing packing; // of the last one
};

struct forecast {
    struct arena arena; // which the forecast itself lives in
    struct arena scratch;
    const struct table *table;
    struct forecast_load *loads; // 1 + index_count: the table's first
    struct hottest **hottest;    // the same; NULL of local indexes
    struct requests puts;
    struct requests deletes;
    uint64_t alone; // writes in requests of their own
    uint64_t put_count;
    uint64_t delete_count;
    uint64_t blind;
    struct buf key; // of the partition at hand
};

// Local indexes have no capacity and no partitions of their own.
static bool is_local(const struct secondary_index *index)
{
    return index != NULL && index->local;
}

struct forecast *forecast_new(const struct table *table)
{
    struct arena arena = {0};
    struct forecast *forecast = arena_alloc(&arena, sizeof *forecast);
    size_t count = 1 + table->index_count;
    *forecast = (struct forecast){.table = table};
    forecast->loads = arena_array(&arena, count, sizeof *forecast->loads);
    forecast->hottest = arena_array(&arena, count, sizeof(struct hottest *));
    for (size_t i = 0; i < count; i++) {
        const struct secondary_index *index = i == 0 ? NULL : &table->indexes[i - 1];
        forecast->loads[i].index = index;
        forecast->hottest[i] = is_local(index) ? NULL : hottest_new();
    }
    buf_init(&forecast->key, KEY_TEXT_MAX);
    forecast->arena = arena;
    return forecast;
}

void forecast_free(struct forecast *forecast)
{
    if (forecast == NULL) {
        return;
    }
    for (size_t i = 0; i <= forecast->table->index_count; i++) {
        hottest_free(forecast->hottest[i]);
    }
    buf_deinit(&forecast->key);
    arena_deinit(&forecast->scratch);
    struct arena arena = forecast->arena;
    arena_deinit(&arena);
}

// ---- write units

static uint64_t units_of(size_t size)
{
    return size <= UNIT_BYTES ? 1 : (size + UNIT_BYTES - 1) / UNIT_BYTES;
}

// The hash key as bytes: of each part its length and itself.
static struct str partition_key(struct forecast *forecast, const struct key_schema *key,
                                const struct item *item)
{
    buf_reset(&forecast->key);
    for (size_t i = 0; i < key->hash_count; i++) {
        const struct value_entry *attribute = item_find(item, key->hash[i].name);
        struct str text = attribute != NULL ? attribute->value->text : (struct str){0};
        buf_put(&forecast->key, (struct str){(const char *)&text.len, sizeof text.len});
        buf_put(&forecast->key, text);
    }
    return buf_str(&forecast->key);
}

// One write to the table (at 0) or an index, that costs as much as `size` bytes. `item`
// says which partition it is in.
static void add_write(struct forecast *forecast, size_t at, const struct item *item,
                      size_t size)
{
    struct forecast_load *load = &forecast->loads[at];
    bool own = load->index != NULL && !is_local(load->index);
    const struct key_schema *key = own ? &load->index->key : &forecast->table->key;
    uint64_t units = units_of(size);
    load->writes++;
    load->write_units += units;
    hottest_add(forecast->hottest[own ? at : 0], partition_key(forecast, key, item),
                units);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

// What a write does to one index; of old and now either may be NULL: there is none.
static void add_entry(struct forecast *forecast, size_t at, const struct item *now,
                      const struct item *old)
{
    const struct table *table = forecast->table;
    const struct secondary_index *index = forecast->loads[at].index;
    bool is = now != NULL && index_entry_exists(table, index, now);
    bool was = old != NULL && index_entry_exists(table, index, old);
    size_t new_size = is ? index_entry_size(table, index, now) : 0;
    size_t old_size = was ? index_entry_size(table, index, old) : 0;
    bool stays = is && was && index_entry_same_place(index, now, old);
    if (stays && index_entry_equal(table, index, now, old, &forecast->scratch)) {
        return;
    }
    if (was && !stays) {
        add_write(forecast, at, old, old_size);
    }
    if (is) {
        add_write(forecast, at, now, stays ? larger(new_size, old_size) : new_size);
        forecast->loads[at].bytes += new_size;
    }
}

static void add_entries(struct forecast *forecast, const struct item *now,
                        const struct item *old)
{
    for (size_t i = 1; i <= forecast->table->index_count; i++) {
        add_entry(forecast, i, now, old);
    }
    arena_reset(&forecast->scratch);
}

static void add_request(struct requests *requests, size_t json_len)
{
    requests->count += packing_add(&requests->packing, json_len) ? 1 : 0;
}

void forecast_put(struct forecast *forecast, const struct item *item,
                  const struct item *live, size_t json_len)
{
    size_t size = item_size(item);
    forecast->put_count++;
    if (json_len == 0) {
        forecast->alone++;
    } else {
        add_request(&forecast->puts, json_len);
    }
    add_write(forecast, 0, item, live != NULL ? larger(size, item_size(live)) : size);
    forecast->loads[0].bytes += size;
    add_entries(forecast, item, live);
}

void forecast_delete(struct forecast *forecast, const struct item *live, bool alone)
{
    forecast->delete_count++;
    if (alone) {
        forecast->alone++;
    } else {
        add_request(&forecast->deletes, 0); // 25 keys are far below a request's bytes
    }
    add_write(forecast, 0, live, item_size(live));
    add_entries(forecast, NULL, live);
}

void forecast_put_blind(struct forecast *forecast, const struct item *item,
                        size_t json_len)
{
    forecast->blind++;
    forecast_put(forecast, item, NULL, json_len);
}

// ---- what was summed

const struct forecast_load *forecast_loads(const struct forecast *forecast,
                                           size_t *count)
{
    *count = 1 + forecast->table->index_count;
    return forecast->loads;
}

uint64_t forecast_puts(const struct forecast *forecast)
{
    return forecast->put_count;
}

uint64_t forecast_deletes(const struct forecast *forecast)
{
    return forecast->delete_count;
}

uint64_t forecast_requests(const struct forecast *forecast)
{
    return forecast->puts.count + forecast->deletes.count + forecast->alone;
}

uint64_t forecast_blind(const struct forecast *forecast)
{
    return forecast->blind;
}

static size_t number_of(const struct forecast *forecast,
                        const struct secondary_index *index)
{
    return index == NULL ? 0 : 1 + (size_t)(index - forecast->table->indexes);
}

uint64_t forecast_units(const struct forecast *forecast,
                        const struct secondary_index *index)
{
    uint64_t units = forecast->loads[number_of(forecast, index)].write_units;
    for (size_t i = 1; index == NULL && i <= forecast->table->index_count; i++) {
        const struct forecast_load *load = &forecast->loads[i];
        units += is_local(load->index) ? load->write_units : 0;
    }
    return units;
}

static enum value_type type_of(const struct table *table, struct str name)
{
    const struct attribute_definition *definition = table_find_attribute(table, name);
    char type = definition != NULL ? definition->type : 'S';
    return type == 'N' ? VALUE_N : type == 'B' ? VALUE_B : VALUE_S;
}

bool forecast_hottest(struct forecast_partition *out, const struct forecast *forecast,
                      const struct secondary_index *index, struct arena *arena)
{
    const struct key_schema *key = index == NULL ? &forecast->table->key : &index->key;
    struct hottest_key found;
    *out = (struct forecast_partition){0};
    if (!hottest_find(&found, forecast->hottest[number_of(forecast, index)])) {
        return false;
    }
    out->at_least = found.at_least;
    out->at_most = found.at_most;
    out->key_count = key->hash_count;
    struct str rest = arena_str(arena, found.key);
    for (size_t i = 0; i < key->hash_count; i++) { // as partition_key wrote it
        size_t len = 0;
        memcpy(&len, rest.at, sizeof len);
        rest = str_skip(rest, sizeof len);
        struct value *value = arena_alloc(arena, sizeof *value);
        value->type = (uint8_t)type_of(forecast->table, key->hash[i].name);
        value->text = (struct str){rest.at, len};
        rest = str_skip(rest, len);
        out->key[i] = (struct value_entry){.name = key->hash[i].name, .value = value};
    }
    return true;
}

// ---- how long it takes

// How fast a table or an index takes writes, its partitions aside.
static uint64_t rate_of(enum forecast_limit *limit, const struct table *table,
                        const struct capacity *declared, const struct capacity *live)
{
    if (table->billing_mode == BILLING_PROVISIONED) {
        *limit = FORECAST_PROVISIONED;
        return (uint64_t)declared->provisioned.write_units;
    }
    int64_t start = WARM_FLOOR_WRITE; // A134
    start = declared->warm.write_units > start ? declared->warm.write_units : start;
    if (live != NULL && live->warm.write_units > start) { // A136
        start = live->warm.write_units;
    }
    int64_t maximum = declared->on_demand.write_units;
    bool capped = maximum > 0 && maximum < start;
    *limit = capped ? FORECAST_ON_DEMAND_MAXIMUM : FORECAST_ON_DEMAND_START;
    return (uint64_t)(capped ? maximum : start);
}

static uint64_t seconds_for(uint64_t units, uint64_t rate)
{
    return units / rate + (units % rate != 0 ? 1 : 0);
}

static void time_of(struct forecast_time *out, const struct forecast *forecast,
                    const struct secondary_index *index, const struct table *live)
{
    const struct table *table = forecast->table;
    const struct secondary_index *live_index =
        live != NULL && index != NULL ? table_find_index(live, index->name) : NULL;
    const struct capacity *was = live_index != NULL              ? &live_index->capacity
                                 : live != NULL && index == NULL ? &live->capacity
                                                                 : NULL;
    uint64_t units = forecast_units(forecast, index);
    struct hottest_key hot;
    *out = (struct forecast_time){.index = index};
    if (!hottest_find(&hot, forecast->hottest[number_of(forecast, index)])) {
        return;
    }
    uint64_t rate = rate_of(&out->limit, table,
                            index == NULL ? &table->capacity : &index->capacity, was);
    rate = rate > 0 ? rate : 1; // declared capacity is at least 1 (A123)
    uint64_t burst =
        out->limit == FORECAST_PROVISIONED ? FORECAST_BURST_SECONDS * rate : 0;
    out->units_per_second = rate;
    out->longest = seconds_for(units, rate);
    out->shortest = units > burst ? seconds_for(units - burst, rate) : 0;
    uint64_t hot_longest = seconds_for(hot.at_most, FORECAST_PARTITION_UNITS);
    uint64_t hot_shortest = seconds_for(hot.at_least, FORECAST_PARTITION_UNITS);
    if (hot_longest > out->longest) {
        out->limit = FORECAST_PARTITION;
        out->units_per_second = FORECAST_PARTITION_UNITS;
        out->longest = hot_longest;
    }
    out->shortest = hot_shortest > out->shortest ? hot_shortest : out->shortest;
}

bool forecast_slowest(struct forecast_time *out, const struct forecast *forecast,
                      const struct table *live)
{
    uint64_t shortest = 0;
    *out = (struct forecast_time){0};
    for (size_t i = 0; i <= forecast->table->index_count; i++) {
        const struct secondary_index *index = forecast->loads[i].index;
        struct forecast_time time;
        if (is_local(index)) {
            continue;
        }
        time_of(&time, forecast, index, live);
        shortest = time.shortest > shortest ? time.shortest : shortest;
        if (i == 0 || time.longest > out->longest) {
            *out = time;
        }
    }
    out->shortest = shortest;
    return forecast->put_count + forecast->delete_count > 0;
}
