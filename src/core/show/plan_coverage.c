// Counts enter, lines leave:
//
//     coverage of cruddur-messages: 225 items, 29.5 read units in 4 requests
//       message: 110 as declared, 1 otherwise, 2 stale, 18 not declared
//       90 items "SESSION#..." belong to no entity
//       3 items "MSG#..." "DRAFT#..." belong to no entity
//       1 item whose pk is a number belongs to no entity
//
// Keys are the server's texts: they are shown as plans show values.
#include "plan_coverage.h"

#include "amount.h"
#include "coverage.h"
#include "json_write.h"
#include "plan.h"
#include "plan_notation.h"
#include "utf8.h"

#include <inttypes.h>

#define SHOWN_MAX 20u // beginnings of keys; the others are counted

static const struct {
    const char *text;
    const char *member;
} KINDS[COVERAGE_KINDS] = {
    [COVERAGE_AS_DECLARED] = {"as declared", "as_declared"},
    [COVERAGE_OTHERWISE] = {"otherwise", "otherwise"},
    [COVERAGE_THEIRS] = {"changed by others", "theirs"},
    [COVERAGE_MOVED] = {"to move", "moved"},
    [COVERAGE_STALE] = {"stale", "stale"},
    [COVERAGE_OTHERS] = {"not declared", "not_declared"},
};

static uint64_t sum_of(const struct coverage_entity *entity)
{
    uint64_t sum = 0;
    for (size_t kind = 0; kind < COVERAGE_KINDS; kind++) {
        sum += entity->counts[kind];
    }
    return sum;
}

// ---- for people

// Units come in halves.
static void put_units(struct buf *out, const struct pace *pace)
{
    uint64_t halves = (uint64_t)(pace->consumed * 2 + 0.5);
    if (pace->untold) {
        buf_puts(out, "read units not told by the server");
    } else {
        amount_put_number(out, halves / 2);
        buf_puts(out, halves % 2 == 1 ? ".5" : "");
        buf_puts(out, halves == 2 ? " read unit" : " read units");
    }
    buf_puts(out, " in ");
    amount_put_count(out, pace->requests, "request");
}

static void put_entity(struct buf *out, const struct coverage_entity *entity)
{
    bool first = true;
    if (sum_of(entity) == 0) {
        return;
    }
    buf_puts(out, "  ");
    utf8_put_visible(out, entity->name.len > 0 ? entity->name : STR("items"));
    for (size_t kind = 0; kind < COVERAGE_KINDS; kind++) {
        if (entity->counts[kind] > 0) {
            buf_puts(out, first ? ": " : ", ");
            amount_put_number(out, entity->counts[kind]);
            buf_printf(out, " %s", KINDS[kind].text);
            first = false;
        }
    }
    buf_char(out, '\n');
}

static void put_key(struct buf *out, const struct key_beginning *key, struct str name)
{
    static const char *const WORDS[] = {
        [KEY_IS_ID] = " begins with a digit or a uuid",
        [KEY_IS_NUMBER] = " is a number",
        [KEY_IS_BINARY] = " is binary",
    };
    buf_char(out, ' ');
    if (key->kind == KEY_BEGINS_WITH || key->kind == KEY_IS) {
        struct buf text;
        buf_init(&text, SIZE_MAX);
        buf_put(&text, key->text);
        buf_puts(&text, key->kind == KEY_BEGINS_WITH ? "..." : "");
        struct value value = {.type = VALUE_S, .text = buf_str(&text)};
        notation_put_value(out, &value, NOTATION_WHOLE);
        buf_deinit(&text);
    } else {
        buf_puts(out, "whose ");
        notation_put_name(out, name, NOTATION_CUT);
        buf_puts(out, WORDS[key->kind]);
    }
}

static void put_beginning(struct buf *out, const struct coverage_beginning *one,
                          const struct key_schema *key)
{
    buf_puts(out, "  ");
    amount_put_count(out, one->count, "item");
    put_key(out, &one->hash, key->hash[0].name);
    if (one->ranged) {
        put_key(out, &one->range, key->range[0].name);
    }
    buf_puts(out,
             one->count == 1 ? " belongs to no entity\n" : " belong to no entity\n");
}

void plan_coverage_put_text(struct buf *out, const struct plan_table *table, bool whole)
{
    struct coverage *found = table->coverage.found;
    size_t count = 0;
    uint64_t rest = 0;
    if (found == NULL) {
        return;
    }
    buf_puts(out, "coverage of ");
    utf8_put_visible(out, plan_declared(table)->name);
    buf_puts(out, ": ");
    amount_put_count(out, coverage_items(found), "item");
    buf_puts(out, ", ");
    put_units(out, &table->coverage.pace);
    buf_char(out, '\n');
    const struct coverage_entity *entities = coverage_entities(&count, found);
    for (size_t i = 0; i < count; i++) {
        put_entity(out, &entities[i]);
    }
    const struct coverage_beginning *all = coverage_beginnings(&count, &rest, found);
    for (size_t i = 0; i < count; i++) {
        if (whole || i < SHOWN_MAX) {
            put_beginning(out, &all[i], &plan_declared(table)->key);
        } else {
            rest += all[i].count;
        }
    }
    if (rest > 0) {
        buf_puts(out, "  ");
        amount_put_number(out, rest);
        buf_puts(out, rest == 1 ? " more item belongs to no entity\n"
                                : " more items belong to no entity\n");
    }
}

// ---- for programs

static void begin_line(struct buf *out, const struct plan_table *table, const char *of)
{
    buf_printf(out, "{\"type\":\"coverage\",\"of\":\"%s\",\"table\":", of);
    json_put_string(out, plan_declared(table)->name);
}

static void put_json_entity(struct buf *out, const struct plan_table *table,
                            const struct coverage_entity *entity)
{
    if (sum_of(entity) == 0) {
        return;
    }
    begin_line(out, table, entity->name.len > 0 ? "entity" : "items");
    if (entity->name.len > 0) {
        buf_puts(out, ",\"entity\":");
        json_put_string(out, entity->name);
    }
    buf_printf(out, ",\"items\":%" PRIu64, sum_of(entity));
    for (size_t kind = 0; kind < COVERAGE_KINDS; kind++) {
        buf_printf(out, ",\"%s\":%" PRIu64, KINDS[kind].member, entity->counts[kind]);
    }
    buf_puts(out, "}\n");
}

static void put_json_key(struct buf *out, const char *name,
                         const struct key_beginning *key)
{
    static const char *const WORDS[] = {
        [KEY_BEGINS_WITH] = "prefix", [KEY_IS] = "text",          [KEY_IS_ID] = "id",
        [KEY_IS_NUMBER] = "number",   [KEY_IS_BINARY] = "binary",
    };
    buf_printf(out, ",\"%s\":{\"is\":\"%s\"", name, WORDS[key->kind]);
    if (key->kind == KEY_BEGINS_WITH || key->kind == KEY_IS) {
        buf_puts(out, ",\"text\":");
        json_put_string(out, key->text);
    }
    buf_char(out, '}');
}

static void put_json_beginnings(struct buf *out, const struct plan_table *table)
{
    size_t count = 0;
    uint64_t rest = 0;
    const struct coverage_beginning *all =
        coverage_beginnings(&count, &rest, table->coverage.found);
    for (size_t i = 0; i < count; i++) {
        begin_line(out, table, "no-entity");
        put_json_key(out, "hash", &all[i].hash);
        if (all[i].ranged) {
            put_json_key(out, "range", &all[i].range);
        }
        buf_printf(out, ",\"items\":%" PRIu64 "}\n", all[i].count);
    }
    if (rest > 0) {
        begin_line(out, table, "no-entity");
        buf_printf(out, ",\"items\":%" PRIu64 "}\n", rest);
    }
}

void plan_coverage_put_json(struct buf *out, const struct plan_table *table)
{
    const struct table_coverage *coverage = &table->coverage;
    size_t count = 0;
    if (coverage->found == NULL) {
        return;
    }
    const struct coverage_entity *entities = coverage_entities(&count, coverage->found);
    for (size_t i = 0; i < count; i++) {
        put_json_entity(out, table, &entities[i]);
    }
    put_json_beginnings(out, table);
    begin_line(out, table, "table");
    buf_printf(out, ",\"items\":%" PRIu64 ",\"requests\":%" PRIu64,
               coverage_items(coverage->found), coverage->pace.requests);
    if (coverage->expected_units >= 0) {
        buf_printf(out, ",\"read_units_forecast\":%.0f", coverage->expected_units);
    }
    if (!coverage->pace.untold) {
        buf_printf(out, ",\"read_units\":%.1f", coverage->pace.consumed);
    }
    buf_puts(out, "}\n");
}
