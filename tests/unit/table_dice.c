// The generator behind table_dice.h.
#include "table_dice.h"

#include <stdbool.h>
#include <string.h>

#define POOL 6    // attributes that may key something
#define GLOBALS 5 // names of global indexes
#define LOCALS 2

static const char *const ATTRIBUTES[POOL] = {"pk", "sk", "a", "b", "c", "d"};

struct thrower {
    struct buf *out;
    struct dice *dice;
    struct dice family;
    char types[POOL];
    bool used[POOL];
    bool provisioned;
};

static bool chance(struct thrower *thrower, size_t percent)
{
    return dice_below(thrower->dice, 100) < percent;
}

static size_t pick(struct thrower *thrower, size_t n)
{
    return dice_below(thrower->dice, n);
}

static void put_names(struct thrower *thrower, const size_t *names, size_t count)
{
    buf_puts(thrower->out, "[");
    for (size_t i = 0; i < count; i++) {
        buf_printf(thrower->out, "%s%s", i > 0 ? ", " : "", ATTRIBUTES[names[i]]);
        thrower->used[names[i]] = true;
    }
    buf_puts(thrower->out, "]");
}

// hash: [..], range: [..] of different attributes.
static void put_global_key(struct thrower *thrower)
{
    size_t order[POOL];
    for (size_t i = 0; i < POOL; i++) {
        order[i] = i;
    }
    for (size_t i = 0; i < POOL; i++) {
        size_t j = pick(thrower, POOL);
        size_t kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
    size_t hash = 1 + pick(thrower, 2);
    size_t range = pick(thrower, 3);
    buf_puts(thrower->out, "    key_schema: { hash: ");
    put_names(thrower, order, hash);
    if (range > 0) {
        buf_puts(thrower->out, ", range: ");
        put_names(thrower, order + hash, range);
    }
    buf_puts(thrower->out, " }\n");
}

static void put_projection(struct thrower *thrower, struct dice *dice)
{
    static const char *const PROJECTIONS[] = {
        "ALL",
        "KEYS_ONLY",
        "{ include: [x, y] }",
        "{ include: [y, x] }",
        "{ include: [x, y, z] }",
    };
    buf_printf(thrower->out, "    projection: %s\n", PROJECTIONS[dice_below(dice, 5)]);
}

static void put_units(struct thrower *thrower, const char *indent, const char *key,
                      const char *read, const char *write, const int *reads,
                      const int *writes, size_t parts)
{
    size_t form = parts == 2 ? 0 : pick(thrower, 3); // both, or one of the two
    buf_printf(thrower->out, "%s%s: { ", indent, key);
    if (form != 2) {
        buf_printf(thrower->out, "%s: %d", read, reads[pick(thrower, 3)]);
    }
    if (form != 1) {
        buf_printf(thrower->out, "%s%s: %d", form == 0 ? ", " : "", write,
                   writes[pick(thrower, 3)]);
    }
    buf_puts(thrower->out, " }\n");
}

static void put_capacity(struct thrower *thrower, const char *indent)
{
    static const int UNITS[] = {5, 10, 20};
    static const int CEILINGS[] = {100, 200, 300};
    static const int WARM[] = {20, 30, 40};
    static const int WARM_READS[] = {12000, 13000, 14000};
    static const int WARM_WRITES[] = {4000, 5000, 6000};
    if (thrower->provisioned) {
        put_units(thrower, indent, "provisioned_throughput", "read_capacity_units",
                  "write_capacity_units", UNITS, UNITS, 2);
    } else if (chance(thrower, 60)) {
        put_units(thrower, indent, "on_demand_throughput", "max_read_request_units",
                  "max_write_request_units", CEILINGS, CEILINGS, 1);
    }
    if (chance(thrower, 40)) {
        put_units(thrower, indent, "warm_throughput", "read_units_per_second",
                  "write_units_per_second", thrower->provisioned ? WARM : WARM_READS,
                  thrower->provisioned ? WARM : WARM_WRITES, 1);
    }
}

static void put_insights(struct thrower *thrower, const char *indent)
{
    static const char *const ROWS[] = {"{}", "{ enabled: false }",
                                       "{ mode: THROTTLED_KEYS }",
                                       "{ mode: ACCESSED_AND_THROTTLED_KEYS }"};
    if (chance(thrower, 50)) {
        buf_printf(thrower->out, "%scontributor_insights: %s\n", indent,
                   ROWS[pick(thrower, 4)]);
    }
}

static void put_globals(struct thrower *thrower)
{
    bool any = false;
    for (size_t i = 0; i < GLOBALS; i++) {
        if (!chance(thrower, 50)) {
            continue;
        }
        buf_printf(thrower->out, "%s  by-%c:\n",
                   any ? "" : "global_secondary_indexes:\n", (char)('a' + (char)i));
        any = true;
        // A key that another definition may have, too: thrown of its own few dice.
        struct dice few = {1 + i * 7 + pick(thrower, 2)};
        struct dice *kept = thrower->dice;
        thrower->dice = &few;
        for (size_t j = 0; j < 5; j++) {
            (void)dice_next(&few);
        }
        put_global_key(thrower);
        put_projection(thrower, &few);
        thrower->dice = kept;
        put_capacity(thrower, "    ");
        put_insights(thrower, "    ");
    }
}

// Of the family.
static void put_base(struct thrower *thrower)
{
    bool local = dice_below(&thrower->family, 100) < 40;
    bool range = local || dice_below(&thrower->family, 100) < 70;
    buf_printf(thrower->out, "key_schema: { hash: pk%s }\n",
               range ? ", range: sk" : "");
    thrower->used[0] = true;
    thrower->used[1] = range;
    for (size_t i = 0; local && i < LOCALS; i++) {
        size_t attribute = 2 + dice_below(&thrower->family, 2);
        buf_printf(thrower->out,
                   "%s  local-%c:\n    key_schema: { hash: pk, range: %s }\n",
                   i == 0 ? "local_secondary_indexes:\n" : "", (char)('a' + (char)i),
                   ATTRIBUTES[attribute]);
        thrower->used[attribute] = true;
        put_projection(thrower, &thrower->family);
    }
}

static void put_settings(struct thrower *thrower)
{
    static const struct {
        const char *key;
        const char *values[5];
    } ROWS[] = {
        {"stream_specification",
         {"{ enabled: false }", "{ stream_view_type: KEYS_ONLY }",
          "{ stream_view_type: NEW_IMAGE }", "{ stream_view_type: NEW_AND_OLD_IMAGES }",
          "{ enabled: false }"}},
        {"sse_specification",
         {"{ enabled: false }", "{}", "{ kms_master_key_id: alias/mine }",
          "{ kms_master_key_id: 11111111-1111-4111-8111-111111111111 }",
          "{ kms_master_key_id: 'arn:aws:kms:us-east-1:123456789012:key/"
          "22222222-2222-4222-8222-222222222222' }"}},
        {"table_class",
         {"STANDARD", "STANDARD_INFREQUENT_ACCESS", "STANDARD", "STANDARD",
          "STANDARD"}},
        {"deletion_protection_enabled", {"true", "false", "true", "false", "true"}},
        {"tags",
         {"{}", "{ team: a, cost: '1' }", "{ cost: '2', team: a }", "{ env: '' }",
          "{ team: b, env: prod, q: '\xc3\xa9' }"}},
        {"resource_policy",
         {"{}",
          "{ Version: 2012-10-17, Statement: [{ Effect: Allow, Principal: p, Action: "
          "[a, b] }] }",
          "'{ \"Statement\": { \"Action\": [\"b\", \"a\"], \"Effect\": \"Allow\", "
          "\"Principal\": \"p\" }, "
          "\"Version\": \"2012-10-17\" }'",
          "{ Version: 2012-10-17, Statement: { Effect: Deny, Principal: p, Action: a } "
          "}",
          "{}"}},
        {"time_to_live",
         {"{ attribute_name: e1 }", "{ attribute_name: e1 }",
          "{ attribute_name: e1, enabled: false }",
          "{ attribute_name: e2, enabled: false }", "{ attribute_name: e2 }"}},
        {"point_in_time_recovery",
         {"{}", "{ enabled: false }", "{ recovery_period_in_days: 7 }",
          "{ recovery_period_in_days: 35 }", "{ recovery_period_in_days: 1 }"}},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (chance(thrower, 60)) {
            buf_printf(thrower->out, "%s: %s\n", ROWS[i].key,
                       ROWS[i].values[pick(thrower, 5)]);
        }
    }
    put_insights(thrower, "");
}

void table_dice_throw(struct buf *out, struct dice *dice, uint64_t family)
{
    struct thrower thrower = {.out = out, .dice = dice, .family = {family}};
    if (chance(&thrower, 8)) {
        thrower.family.state = dice_next(dice); // another family
    }
    for (size_t i = 0; i < 8; i++) {
        (void)dice_next(&thrower.family);
    }
    for (size_t i = 0; i < POOL; i++) {
        thrower.types[i] = i < 4 && dice_below(&thrower.family, 4) == 0 ? 'N' : 'S';
    }
    for (size_t i = 4; i < POOL; i++) { // of these the type may change
        thrower.types[i] = chance(&thrower, 80) ? 'S' : 'B';
    }
    thrower.provisioned = chance(&thrower, 50);
    buf_puts(out, "table_name: messages\n");
    if (!thrower.provisioned || chance(&thrower, 50)) {
        buf_printf(out, "billing_mode: %s\n",
                   thrower.provisioned ? "PROVISIONED" : "PAY_PER_REQUEST");
    }
    put_base(&thrower);
    put_globals(&thrower);
    put_capacity(&thrower, "");
    put_settings(&thrower);
    buf_puts(out, "attribute_definitions:\n");
    for (size_t i = 0; i < POOL; i++) {
        if (thrower.used[i]) {
            buf_printf(out, "  %s: %c\n", ATTRIBUTES[i], thrower.types[i]);
        }
    }
}
