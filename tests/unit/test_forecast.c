// What writes cost. Every figure here was worked out by hand from the service's rules,
// with the sum beside it.
#include "stage.h"

#include "definition.h"
#include "forecast.h"
#include "value_json.h"
#include "yaml_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define UNITS(w) "{ read_capacity_units: 1, write_capacity_units: " #w " }"
#define PLAIN                                                                          \
    "table_name: messages\nattribute_definitions: { pk: S }\n"                         \
    "key_schema: { hash: pk }\nbilling_mode: PAY_PER_REQUEST\n"
// KEYS_ONLY by a; v is not in it.
#define BY_A(projection)                                                               \
    "table_name: messages\nattribute_definitions: { pk: S, a: S }\n"                   \
    "key_schema: { hash: pk }\nbilling_mode: PAY_PER_REQUEST\n"                        \
    "global_secondary_indexes:\n"                                                      \
    "  by-a: { key_schema: { hash: a }, projection: " projection " }\n"
#define LOCAL                                                                          \
    "table_name: messages\nattribute_definitions: { pk: S, sk: S, t: N }\n"            \
    "key_schema: { hash: pk, range: sk }\nbilling_mode: PAY_PER_REQUEST\n"             \
    "local_secondary_indexes:\n"                                                       \
    "  by-t: { key_schema: { hash: pk, range: t }, projection: KEYS_ONLY }\n"
#define MULTI                                                                          \
    "table_name: messages\nattribute_definitions: { pk: S, a: S, b: N }\n"             \
    "key_schema: { hash: pk }\nbilling_mode: PAY_PER_REQUEST\n"                        \
    "global_secondary_indexes:\n"                                                      \
    "  by-ab: { key_schema: { hash: [a, b] }, projection: KEYS_ONLY }\n"

#define JSON_MAX ((size_t)1 << 20)
#define WRITES_MAX 4

struct bench {
    struct stage stage;
    const struct table *table;
    struct forecast *forecast;
};

static void begin(struct bench *bench, const char *yaml)
{
    struct stage *stage = &bench->stage;
    stage_init(stage, yaml);
    struct definition *definition = arena_alloc(&stage->arena, sizeof *definition);
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    if (root == NULL || !definition_read(definition, root, &stage->source,
                                         &stage->arena, &stage->diags)) {
        print_error("%s\n", yaml);
        stage_print(stage);
        fail();
    }
    bench->table = &definition->table;
    bench->forecast = forecast_new(bench->table);
}

static void end(struct bench *bench)
{
    forecast_free(bench->forecast);
    stage_deinit(&bench->stage);
}

// An item from JSON in which @N@ stands for N letters x.
static const struct item *item_of(struct bench *bench, const char *json)
{
    struct buf text;
    buf_init(&text, JSON_MAX);
    for (const char *at = json; *at != '\0'; at++) {
        char *rest = NULL;
        if (*at != '@') {
            buf_char(&text, *at);
            continue;
        }
        for (long n = strtol(at + 1, &rest, 10); n > 0; n--) {
            buf_char(&text, 'x');
        }
        at = rest;
    }
    struct arena *arena = &bench->stage.arena;
    struct item *item = arena_alloc(arena, sizeof *item);
    const char *why = NULL;
    if (!value_json_read_item(&item->attributes, &item->count,
                              arena_str(arena, buf_str(&text)), arena, &why)) {
        fail_msg("%s: %s", json, why);
    }
    buf_deinit(&text);
    return item;
}

// A put of `new` over `old`, a delete of `old`, or a put of `new`.
struct write {
    const char *new;
    const char *old;
};

static void carry_out(struct bench *bench, const struct write *write)
{
    const struct item *old = write->old != NULL ? item_of(bench, write->old) : NULL;
    if (write->new != NULL) {
        forecast_put(bench->forecast, item_of(bench, write->new), old, 100);
    } else {
        forecast_delete(bench->forecast, old, false);
    }
}

// "W writes, B bytes, U units" for the table, and the same for each index.
static const char *sums(struct bench *bench)
{
    size_t count = 0;
    const struct forecast_load *loads = forecast_loads(bench->forecast, &count);
    struct str text = {0};
    for (size_t i = 0; i < count; i++) {
        text = arena_printf(&bench->stage.arena,
                            "%.*s%s%" PRIu64 " writes, %" PRIu64 " bytes, %" PRIu64
                            " units",
                            STR_ARG(text), i == 0 ? "" : "; ", loads[i].writes,
                            loads[i].bytes, loads[i].write_units);
    }
    return text.at;
}

#define A(a) "{\"pk\":{\"S\":\"k\"},\"a\":{\"S\":\"" a "\"}}"
#define AV(a, v)                                                                       \
    "{\"pk\":{\"S\":\"k\"},\"a\":{\"S\":\"" a "\"},\"v\":{\"S\":\"" v "\"}}"
#define V(v) "{\"pk\":{\"S\":\"k\"},\"v\":{\"S\":\"" v "\"}}"
#define T(sk, t)                                                                       \
    "{\"pk\":{\"S\":\"k\"},\"sk\":{\"S\":\"" sk "\"},\"t\":{\"N\":\"" t "\"}}"

static const struct {
    const char *table;
    struct write writes[WRITES_MAX];
    const char *sums;
} RULES[] = {
    // Sizes and units (B071, B085). pk 2 + 1, v 1 + n.
    {PLAIN, {{.new = V("")}}, "1 writes, 4 bytes, 1 units"},
    {PLAIN, {{.new = V("@1020@")}}, "1 writes, 1024 bytes, 1 units"},
    {PLAIN, {{.new = V("@1021@")}}, "1 writes, 1025 bytes, 2 units"},
    {PLAIN, {{.new = V("@2044@")}}, "1 writes, 2048 bytes, 2 units"},
    {PLAIN, {{.new = V("@409596@")}}, "1 writes, 409600 bytes, 400 units"}, // B070
    // é is two bytes (B072), 12345 is four (B077), a map 3 + 1 + 1 + 1 (B081).
    {PLAIN, {{.new = V("\xc3\xa9")}}, "1 writes, 6 bytes, 1 units"},
    {PLAIN,
     {{.new = "{\"pk\":{\"S\":\"k\"},\"n\":{\"N\":\"12345\"},"
              "\"m\":{\"M\":{\"b\":{\"BOOL\":true}}}}"}},
     "1 writes, 15 bytes, 1 units"}, // 3 + 5 + 7
    // Each write is rounded by itself.
    {PLAIN,
     {{.new = V("@1021@")}, {.new = V("@1021@")}},
     "2 writes, 2050 bytes, 4 units"},
    // A put over a larger item costs what that has, over a smaller one its own.
    {PLAIN, {{V("x"), V("@2044@")}}, "1 writes, 5 bytes, 2 units"},
    {PLAIN, {{V("@3000@"), V("@2044@")}}, "1 writes, 3004 bytes, 3 units"},
    // A delete costs what it removes, and puts nothing.
    {PLAIN, {{NULL, V("")}}, "1 writes, 0 bytes, 1 units"},
    {PLAIN, {{NULL, V("@2045@")}}, "1 writes, 0 bytes, 3 units"},

    // An index takes what is projected: pk 3 + a 1 + 1, with ALL and INCLUDE v as well.
    {BY_A("KEYS_ONLY"),
     {{.new = AV("1", "@2044@")}},
     "1 writes, 2050 bytes, 3 units; 1 writes, 5 bytes, 1 units"},
    {BY_A("ALL"),
     {{.new = AV("1", "@2044@")}},
     "1 writes, 2050 bytes, 3 units; 1 writes, 2050 bytes, 3 units"},
    {BY_A("{ include: [v] }"),
     {{.new = "{\"pk\":{\"S\":\"k\"},\"a\":{\"S\":\"1\"},\"v\":{\"S\":\"@1018@\"},"
              "\"w\":{\"S\":\"@1024@\"}}"}},
     "1 writes, 2049 bytes, 3 units; 1 writes, 1024 bytes, 1 units"},
    // Without its key an item is not in it (A050).
    {BY_A("ALL"),
     {{.new = V("x")}},
     "1 writes, 5 bytes, 1 units; 0 writes, 0 bytes, 0 units"},
    {BY_A("ALL"),
     {{V("y"), V("x")}},
     "1 writes, 5 bytes, 1 units; 0 writes, 0 bytes, 0 units"},
    {BY_A("ALL"),
     {{NULL, V("x")}},
     "1 writes, 0 bytes, 1 units; 0 writes, 0 bytes, 0 units"},
    // A live value of another type, or an empty one, is not in it either (A089).
    {BY_A("ALL"),
     {{NULL, "{\"pk\":{\"S\":\"k\"},\"a\":{\"N\":\"1\"}}"}, {NULL, A("")}},
     "2 writes, 0 bytes, 2 units; 0 writes, 0 bytes, 0 units"},
    // Into the index: a put. Out of it: a delete.
    {BY_A("ALL"),
     {{A("1"), V("@2044@")}},
     "1 writes, 5 bytes, 2 units; 1 writes, 5 bytes, 1 units"},
    {BY_A("ALL"),
     {{V("x"), AV("1", "@2042@")}},
     "1 writes, 5 bytes, 2 units; 1 writes, 0 bytes, 2 units"},
    {BY_A("ALL"),
     {{NULL, AV("1", "@2043@")}},
     "1 writes, 0 bytes, 3 units; 1 writes, 0 bytes, 3 units"},
    // Another key: a delete and a put, each rounded by itself: 2 + 1, and 1 in the
    // table
    // is 2.
    {BY_A("ALL"),
     {{AV("2", "x"), AV("1", "@1019@")}},
     "1 writes, 7 bytes, 2 units; 2 writes, 7 bytes, 3 units"},
    // The same key, and something projected is another: the larger entry.
    {BY_A("ALL"),
     {{AV("1", "x"), AV("1", "@1019@")}},
     "1 writes, 7 bytes, 2 units; 1 writes, 7 bytes, 2 units"},
    // What is projected stays: nothing. Attributes that come and go count as changes.
    {BY_A("KEYS_ONLY"),
     {{AV("1", "x"), AV("1", "@1019@")}},
     "1 writes, 7 bytes, 2 units; 0 writes, 0 bytes, 0 units"},
    {BY_A("KEYS_ONLY"),
     {{A("1"), AV("1", "x")}},
     "1 writes, 5 bytes, 1 units; 0 writes, 0 bytes, 0 units"},
    {BY_A("ALL"),
     {{A("1"), AV("1", "x")}},
     "1 writes, 5 bytes, 1 units; 1 writes, 5 bytes, 1 units"},
    {BY_A("ALL"),
     {{AV("1", "x"), A("1")}},
     "1 writes, 7 bytes, 1 units; 1 writes, 7 bytes, 1 units"},
    // Sets have no order (B008), numbers no spelling (B038), lists have an order.
    {BY_A("ALL"),
     {{"{\"pk\":{\"S\":\"k\"},\"a\":{\"S\":\"1\"},\"s\":{\"SS\":[\"x\",\"y\"]},"
       "\"n\":{\"N\":\"1.0\"}}",
       "{\"a\":{\"S\":\"1\"},\"pk\":{\"S\":\"k\"},\"s\":{\"SS\":[\"y\",\"x\"]},"
       "\"n\":{\"N\":\"1\"}}"}},
     "1 writes, 11 bytes, 1 units; 0 writes, 0 bytes, 0 units"},
    {BY_A("ALL"),
     {{"{\"pk\":{\"S\":\"k\"},\"a\":{\"S\":\"1\"},\"l\":{\"L\":[{\"S\":\"x\"},"
       "{\"S\":\"y\"}]}}",
       "{\"pk\":{\"S\":\"k\"},\"a\":{\"S\":\"1\"},\"l\":{\"L\":[{\"S\":\"y\"},"
       "{\"S\":\"x\"}]}}"}},
     "1 writes, 13 bytes, 1 units; 1 writes, 13 bytes, 1 units"}, // l 1 + 3 + 2 + 2
    // A move: the new item is put, the old one deleted under its own key.
    {BY_A("KEYS_ONLY"),
     {{.new = A("1")}, {NULL, A("1")}},
     "2 writes, 5 bytes, 2 units; 2 writes, 5 bytes, 2 units"},

    // Local indexes: the same rules. pk 3, sk 2 + 1, t 1 + 2.
    {LOCAL,
     {{.new = T("1", "5")}},
     "1 writes, 9 bytes, 1 units; 1 writes, 9 bytes, 1 units"},
    {LOCAL,
     {{T("1", "6"), T("1", "5")}},
     "1 writes, 9 bytes, 1 units; 2 writes, 9 bytes, 2 units"},
    // A numeric key by its value (B059).
    {LOCAL,
     {{T("1", "5.0"), T("1", "5")}},
     "1 writes, 9 bytes, 1 units; 0 writes, 0 bytes, 0 units"},

    // Several attributes are one key: all of them have to be there (A050), one of them
    // moves it. pk 3, a 2, b 1 + 2.
    {MULTI,
     {{.new = A("1")}},
     "1 writes, 5 bytes, 1 units; 0 writes, 0 bytes, 0 units"},
    {MULTI,
     {{.new = "{\"pk\":{\"S\":\"k\"},\"a\":{\"S\":\"1\"},\"b\":{\"N\":\"7\"}}"}},
     "1 writes, 8 bytes, 1 units; 1 writes, 8 bytes, 1 units"},
    {MULTI,
     {{"{\"pk\":{\"S\":\"k\"},\"a\":{\"S\":\"1\"},\"b\":{\"N\":\"8\"}}",
       "{\"pk\":{\"S\":\"k\"},\"a\":{\"S\":\"1\"},\"b\":{\"N\":\"7\"}}"}},
     "1 writes, 8 bytes, 1 units; 2 writes, 8 bytes, 2 units"},
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(RULES); i++) {
        struct bench bench;
        begin(&bench, RULES[i].table);
        for (size_t k = 0; k < WRITES_MAX; k++) {
            const struct write *write = &RULES[i].writes[k];
            if (write->new != NULL || write->old != NULL) {
                carry_out(&bench, write);
            }
        }
        const char *got = sums(&bench);
        if (strcmp(got, RULES[i].sums) != 0) {
            fail_msg("row %zu: %s\nexpected: %s", i, got, RULES[i].sums);
        }
        end(&bench);
    }
}

// What local indexes cost comes from the table's capacity and its partitions.
static void test_local_units(void **state)
{
    struct bench bench;
    struct forecast_partition hottest;
    (void)state;
    begin(&bench, LOCAL);
    struct write change = {T("1", "6"), T("1", "5")};
    struct write put = {
        "{\"pk\":{\"S\":\"k\"},\"sk\":{\"S\":\"2\"},\"v\":{\"S\":\"@2048@\"}}", NULL};
    carry_out(&bench, &change); // 1, and 2 in the index
    carry_out(&bench, &put);    // 3 + 3 + 2049 bytes: 3, and none without t
    assert_int_equal(forecast_units(bench.forecast, NULL), 6);
    assert_int_equal(forecast_units(bench.forecast, &bench.table->indexes[0]), 2);
    assert_true(forecast_hottest(&hottest, bench.forecast, NULL, &bench.stage.arena));
    assert_int_equal(hottest.at_least, 6);
    end(&bench);
}

// The hottest partition has the most write units, not the most writes; an index counts
// an entry that moves in both places.
static void test_hottest(void **state)
{
    struct bench bench;
    struct forecast_partition hottest;
    (void)state;
    begin(&bench, BY_A("KEYS_ONLY"));
    struct arena *arena = &bench.stage.arena;
    const struct secondary_index *index = &bench.table->indexes[0];
    assert_false(forecast_hottest(&hottest, bench.forecast, NULL, arena));
    assert_false(forecast_hottest(&hottest, bench.forecast, index, arena));
    struct write writes[] = {
        {"{\"pk\":{\"S\":\"large\"},\"v\":{\"S\":\"@5000@\"}}", NULL}, // 5 units
        {A("1"), NULL},
        {A("2"), A("1")},
        {A("3"), A("2")},
        {A("2"), A("3")},
    };
    for (size_t i = 0; i < COUNT_OF(writes); i++) {
        carry_out(&bench, &writes[i]);
    }
    assert_true(forecast_hottest(&hottest, bench.forecast, NULL, arena));
    assert_int_equal(hottest.key_count, 1);
    assert_text(hottest.key[0].name, "pk");
    assert_text(hottest.key[0].value->text, "large");
    assert_int_equal(hottest.at_least, 5);
    assert_int_equal(hottest.at_most, 5);
    // 1: put, delete. 2: put, delete, put. 3: put, delete.
    assert_true(forecast_hottest(&hottest, bench.forecast, index, arena));
    assert_text(hottest.key[0].name, "a");
    assert_text(hottest.key[0].value->text, "2");
    assert_int_equal(hottest.at_least, 3);
    end(&bench);
}

// All hash attributes together are the partition, each with its type.
static void test_hottest_multi(void **state)
{
    struct bench bench;
    struct forecast_partition hottest;
    (void)state;
    begin(&bench, MULTI);
    static const char *const ITEMS[] = {
        "{\"pk\":{\"S\":\"1\"},\"a\":{\"S\":\"x\"},\"b\":{\"N\":\"1\"}}",
        "{\"pk\":{\"S\":\"2\"},\"a\":{\"S\":\"x1\"},\"b\":{\"N\":\"1\"}}",
        "{\"pk\":{\"S\":\"3\"},\"a\":{\"S\":\"x\"},\"b\":{\"N\":\"11\"}}",
        "{\"pk\":{\"S\":\"4\"},\"a\":{\"S\":\"x\"},\"b\":{\"N\":\"11.0\"}}",
    };
    for (size_t i = 0; i < COUNT_OF(ITEMS); i++) {
        carry_out(&bench, &(struct write){ITEMS[i], NULL});
    }
    assert_true(forecast_hottest(&hottest, bench.forecast, &bench.table->indexes[0],
                                 &bench.stage.arena));
    assert_int_equal(hottest.key_count, 2);
    assert_text(hottest.key[0].value->text, "x");
    assert_text(hottest.key[1].name, "b");
    assert_text(hottest.key[1].value->text, "11");
    assert_int_equal(hottest.key[1].value->type, VALUE_N);
    assert_int_equal(hottest.at_least, 2);
    end(&bench);
}

// Requests: 25 items, or 900 KiB of JSON; deletes are apart, and come after.
static void test_requests(void **state)
{
    static const size_t FRAMES = 2 * (sizeof "{\"Item\":}" - 1);
    struct bench bench;
    (void)state;
    begin(&bench, PLAIN);
    const struct item *item = item_of(&bench, V("x"));
    assert_int_equal(forecast_requests(bench.forecast), 0);
    for (int i = 0; i < 25; i++) {
        forecast_put(bench.forecast, item, NULL, 100);
    }
    assert_int_equal(forecast_requests(bench.forecast), 1);
    forecast_delete(bench.forecast, item, false);
    assert_int_equal(forecast_requests(bench.forecast), 2);
    forecast_put(bench.forecast, item, NULL, 100);
    assert_int_equal(forecast_requests(bench.forecast), 3);
    forecast_put(bench.forecast, item, NULL, 900 * 1024 - 100 - FRAMES); // just fits
    assert_int_equal(forecast_requests(bench.forecast), 3);
    forecast_put(bench.forecast, item, NULL, 1);
    assert_int_equal(forecast_requests(bench.forecast), 4);
    forecast_put(bench.forecast, item, NULL, 2000 * 1024); // larger than one takes
    assert_int_equal(forecast_requests(bench.forecast), 5);
    for (int i = 0; i < 25; i++) { // the second to the 26th
        forecast_delete(bench.forecast, item, false);
    }
    assert_int_equal(forecast_requests(bench.forecast), 6);
    forecast_put(bench.forecast, item, NULL, 0); // conditional ones: each by itself
    forecast_put(bench.forecast, item, NULL, 0);
    forecast_delete(bench.forecast, item, true);
    assert_int_equal(forecast_requests(bench.forecast), 9);
    assert_int_equal(forecast_puts(bench.forecast), 31);
    assert_int_equal(forecast_deletes(bench.forecast), 27);
    end(&bench);
}

// What is put over something unknown is counted as new, and it is said how often.
static void test_blind(void **state)
{
    struct bench bench;
    (void)state;
    begin(&bench, BY_A("ALL"));
    forecast_put_blind(bench.forecast, item_of(&bench, A("1")), 10);
    carry_out(&bench, &(struct write){A("1"), NULL});
    assert_int_equal(forecast_blind(bench.forecast), 1);
    assert_string_equal(sums(&bench),
                        "2 writes, 10 bytes, 2 units; 2 writes, 10 bytes, 2 units");
    end(&bench);
}

// ---- time

#define PROVISIONED(units)                                                             \
    "table_name: messages\nattribute_definitions: { pk: S }\n"                         \
    "key_schema: { hash: pk }\nprovisioned_throughput: " UNITS(units) "\n"
#define PROVISIONED_INDEX(table_units, index_units)                                    \
    "table_name: messages\nattribute_definitions: { pk: S, a: S }\n"                   \
    "key_schema: { hash: pk }\nprovisioned_throughput: " UNITS(                        \
        table_units) "\n"                                                              \
                     "global_secondary_indexes:\n  by-a:\n    key_schema: { hash: a "  \
                     "}\n"                                                             \
                     "    projection: KEYS_ONLY\n    provisioned_throughput: " UNITS(  \
                         index_units) "\n"
#define PROVISIONED_LOCAL(units)                                                       \
    "table_name: messages\nattribute_definitions: { pk: S, sk: S, t: N }\n"            \
    "key_schema: { hash: pk, range: sk }\nprovisioned_throughput: " UNITS(             \
        units) "\n"                                                                    \
               "local_secondary_indexes:\n"                                            \
               "  by-t: { key_schema: { hash: pk, range: t }, projection: KEYS_ONLY "  \
               "}\n"
#define CAPPED(units)                                                                  \
    PLAIN "on_demand_throughput: { max_write_request_units: " #units " }\n"

// Puts count items of one unit each, in `partitions` partitions in turn.
static void put_many(struct bench *bench, unsigned count, unsigned partitions)
{
    struct arena *arena = &bench->stage.arena;
    for (unsigned i = 0; i < count; i++) {
        struct str json = arena_printf(arena,
                                       "{\"pk\":{\"S\":\"p%u\"},\"sk\":{\"S\":\"%u\"},"
                                       "\"a\":{\"S\":\"one\"},\"t\":{\"N\":\"%u\"}}",
                                       i % partitions, i, i);
        forecast_put(bench->forecast, item_of(bench, json.at), NULL, json.len);
    }
}

static const struct {
    const char *table;
    unsigned count;
    unsigned partitions;
    const char *index; // the slowest
    enum forecast_limit limit;
    uint64_t rate;
    uint64_t longest;
    uint64_t shortest;
} TIMES[] = {
    // 5 units a second keep 1,500.
    {PROVISIONED(5), 1000, 1000, NULL, FORECAST_PROVISIONED, 5, 200, 1},
    {PROVISIONED(5), 1500, 1500, NULL, FORECAST_PROVISIONED, 5, 300, 1},
    {PROVISIONED(5), 1501, 1501, NULL, FORECAST_PROVISIONED, 5, 301, 1},
    {PROVISIONED(5), 1506, 1506, NULL, FORECAST_PROVISIONED, 5, 302, 2},
    {PROVISIONED(5), 4000, 4000, NULL, FORECAST_PROVISIONED, 5, 800, 500},
    // Rounded up.
    {PROVISIONED(7), 1, 1, NULL, FORECAST_PROVISIONED, 7, 1, 1},
    {PROVISIONED(7), 8, 1, NULL, FORECAST_PROVISIONED, 7, 2, 1},
    // One partition takes 1,000 a second, whatever the table takes and has kept.
    {PROVISIONED(5000), 4000, 1, NULL, FORECAST_PARTITION, 1000, 4, 4},
    {PROVISIONED(5000), 4000, 4, NULL, FORECAST_PROVISIONED, 5000, 1, 1},
    {PROVISIONED(1000), 4000, 1, NULL, FORECAST_PROVISIONED, 1000, 4, 4},
    // The slowest counts: here the index, for which all items are one partition.
    {PROVISIONED_INDEX(100, 2), 1000, 100, "by-a", FORECAST_PROVISIONED, 2, 500, 200},
    {PROVISIONED_INDEX(2, 100), 1000, 100, NULL, FORECAST_PROVISIONED, 2, 500, 200},
    {PROVISIONED_INDEX(2, 2), 1000, 100, NULL, FORECAST_PROVISIONED, 2, 500, 200},
    {PROVISIONED_INDEX(5000, 5000), 3500, 100, "by-a", FORECAST_PARTITION, 1000, 4, 4},
    // Local indexes draw on the table's: 2,000 units.
    {PROVISIONED_LOCAL(5), 1000, 1000, NULL, FORECAST_PROVISIONED, 5, 400, 100},
    // On demand: a ceiling, or what a new table takes. Nothing is kept.
    {CAPPED(10), 1000, 1000, NULL, FORECAST_ON_DEMAND_MAXIMUM, 10, 100, 100},
    {CAPPED(9000), 8001, 2000, NULL, FORECAST_ON_DEMAND_START, 4000, 3, 3},
    {PLAIN, 8000, 2000, NULL, FORECAST_ON_DEMAND_START, 4000, 2, 2},
    {PLAIN "warm_throughput: { write_units_per_second: 8000 }\n", 8000, 2000, NULL,
     FORECAST_ON_DEMAND_START, 8000, 1, 1},
    {PLAIN, 8000, 1, NULL, FORECAST_PARTITION, 1000, 8, 8},
};

static void test_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(TIMES); i++) {
        struct bench bench;
        struct forecast_time time;
        begin(&bench, TIMES[i].table);
        assert_false(forecast_slowest(&time, bench.forecast, NULL));
        put_many(&bench, TIMES[i].count, TIMES[i].partitions);
        assert_true(forecast_slowest(&time, bench.forecast, NULL));
        struct str index = time.index != NULL ? time.index->name : (struct str){0};
        if (!str_is(index, TIMES[i].index != NULL ? TIMES[i].index : "") ||
            time.limit != TIMES[i].limit || time.units_per_second != TIMES[i].rate ||
            time.longest != TIMES[i].longest || time.shortest != TIMES[i].shortest) {
            fail_msg("row %zu: '%.*s' limit %d at %" PRIu64 ": %" PRIu64 " to %" PRIu64
                     " s",
                     i, STR_ARG(index), (int)time.limit, time.units_per_second,
                     time.shortest, time.longest);
        }
        end(&bench);
    }
}

// What a live table is warmed to counts, its own and its indexes'.
static void test_warm(void **state)
{
    struct bench bench;
    struct forecast_time time;
    (void)state;
    begin(&bench, BY_A("ALL"));
    struct table live = *bench.table;
    struct secondary_index index = live.indexes[0];
    live.indexes = &index;
    put_many(&bench, 9000, 9000); // all of them one partition of the index
    assert_true(forecast_slowest(&time, bench.forecast, &live));
    assert_int_equal(time.longest, 9);
    assert_int_equal(time.limit, FORECAST_PARTITION);
    assert_ptr_equal(time.index, &bench.table->indexes[0]);
    end(&bench);

    begin(&bench, PLAIN);
    live = *bench.table;
    live.capacity.warm.write_units = 10000;
    put_many(&bench, 9000, 9000);
    assert_true(forecast_slowest(&time, bench.forecast, NULL));
    assert_int_equal(time.longest, 3);
    assert_true(forecast_slowest(&time, bench.forecast, &live));
    assert_int_equal(time.units_per_second, 10000);
    assert_int_equal(time.longest, 1);
    live.capacity.warm.write_units = 100; // what it has at least (A134)
    assert_true(forecast_slowest(&time, bench.forecast, &live));
    assert_int_equal(time.units_per_second, 4000);
    end(&bench);
}

// More partitions than are kept: what is said of the hottest holds all the same.
static void test_many_partitions(void **state)
{
    enum { COUNT = 10000, HOT = 2000 };
    struct bench bench;
    struct forecast_partition hottest;
    struct forecast_time time;
    (void)state;
    begin(&bench, PROVISIONED(100000));
    put_many(&bench, COUNT, COUNT); // "p0" once
    put_many(&bench, HOT, 1);
    assert_true(forecast_hottest(&hottest, bench.forecast, NULL, &bench.stage.arena));
    assert_text(hottest.key[0].value->text, "p0");
    assert_true(hottest.at_least >= HOT && hottest.at_least <= HOT + 1);
    assert_true(hottest.at_most >= HOT + 1);
    assert_true(hottest.at_most - hottest.at_least <= (COUNT + HOT) / 4096);
    assert_true(forecast_slowest(&time, bench.forecast, NULL));
    assert_int_equal(time.limit, FORECAST_PARTITION);
    assert_int_equal(time.shortest, (hottest.at_least + 999) / 1000);
    assert_int_equal(time.longest, (hottest.at_most + 999) / 1000);
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),           cmocka_unit_test(test_local_units),
        cmocka_unit_test(test_hottest),         cmocka_unit_test(test_hottest_multi),
        cmocka_unit_test(test_requests),        cmocka_unit_test(test_blind),
        cmocka_unit_test(test_times),           cmocka_unit_test(test_warm),
        cmocka_unit_test(test_many_partitions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
