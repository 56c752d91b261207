// Which access patterns can find items of which entities: every condition of a pattern
// is held against what the entity's key attribute can be.
#include "prove_reach.h"

#include "domain.h"
#include "item.h"
#include "program_keys.h"
#include "prove_items.h"
#include "query.h"
#include "template_facts.h"

// How an entity misses a pattern; the later ones are nearer.
enum miss {
    MISS_INDEX, // its items are not in the pattern's index
    MISS_HASH,
    MISS_RANGE,
    MISS_NONE,
    MISS_UNKNOWN, // the work ran out
};

struct nearest {
    const struct program *program;
    const struct key_role *role; // its attribute that misses
    size_t condition;            // of the pattern
    enum miss miss;
    size_t common; // bytes that both begin with
};

struct reach {
    struct prover *prover;
    struct arena arena; // of one pattern's sets
    bool *read;         // by program: some pattern finds its items
    bool *asked;        // by index of the table
};

// ---- one condition

static void put_operand(struct automaton *out, const struct query *query,
                        size_t condition, size_t k)
{
    domain_put_template(out, &query->operands[condition][k].template,
                        query->pattern->parameters, DOMAIN_LIKELY);
}

// What fulfils a condition, as sets that a text has to be of, all at once.
struct wanted {
    struct automaton sets[AUTOMATON_MEET_MAX - 1];
    size_t count;
};

// Numbers are held against = only: their order is not that of their digits.
static void build_wanted(struct wanted *out, struct reach *reach,
                         const struct query *query, size_t condition)
{
    enum range_operator op = query->pattern->conditions[condition].op;
    struct automaton low;
    struct automaton high;
    automaton_init(&low, &reach->arena);
    automaton_init(&high, &reach->arena);
    automaton_init(&out->sets[0], &reach->arena);
    automaton_init(&out->sets[1], &reach->arena);
    out->count = op == RANGE_BETWEEN ? 2 : 1;
    if (query->operands[condition][0].type == 'N' && op != RANGE_EQ) {
        out->count = 0;
        return;
    }
    put_operand(&low, query, condition, 0);
    switch (op) {
    case RANGE_LT:
    case RANGE_LE:
        automaton_put_at_most(&out->sets[0], &low, op == RANGE_LT);
        break;
    case RANGE_GT:
    case RANGE_GE:
        automaton_put_at_least(&out->sets[0], &low, op == RANGE_GT);
        break;
    case RANGE_BETWEEN:
        put_operand(&high, query, condition, 1);
        automaton_put_at_least(&out->sets[0], &low, false);
        automaton_put_at_most(&out->sets[1], &high, false);
        break;
    case RANGE_NONE:
    case RANGE_EQ:
    case RANGE_BEGINS_WITH:
    default:
        out->sets[0] = low;
        if (op == RANGE_BEGINS_WITH) {
            automaton_open_end(&out->sets[0]);
        }
        break;
    }
}

static enum automaton_answer can_hold(struct prover *prover,
                                      const struct wanted *wanted,
                                      const struct program *program,
                                      const struct key_role *role)
{
    const struct automaton *sets[AUTOMATON_MEET_MAX] = {
        prover_automaton(prover, program, role), &wanted->sets[0], &wanted->sets[1]};
    return automaton_meet(NULL, sets, 1 + wanted->count, &prover->work);
}

// ---- one pattern

static struct str operand_prefix(const struct query *query, size_t condition)
{
    return template_prefix(&query->operands[condition][0].template);
}

static size_t common_prefix(struct str a, struct str b)
{
    size_t common = 0;
    while (common < a.len && common < b.len && a.at[common] == b.at[common]) {
        common++;
    }
    return common;
}

// As it is written in the definition.
static struct str written(const struct key_role *role)
{
    return role->attribute->value->text;
}

// wanted: by condition.
static struct nearest hold(struct reach *reach, const struct query *query,
                           const struct wanted *wanted, const struct program *program)
{
    const struct pattern *pattern = query->pattern;
    const struct key_schema *key = query_key(query);
    struct nearest result = {.program = program, .miss = MISS_NONE};
    if (!program_has_key(program, key)) {
        result.miss = MISS_INDEX;
        return result;
    }
    for (size_t i = 0; i < pattern->condition_count; i++) {
        struct str attribute = pattern->conditions[i].attribute;
        const struct key_role *role = program_find_role(program, attribute);
        enum miss miss = query_is_hash(query, attribute) ? MISS_HASH : MISS_RANGE;
        enum automaton_answer answer =
            can_hold(reach->prover, &wanted[i], program, role);
        if (answer == AUTOMATON_APART && miss < result.miss) {
            result.miss = miss;
            result.role = role;
            result.condition = i;
            result.common = common_prefix(operand_prefix(query, i), written(role));
        } else if (answer == AUTOMATON_UNKNOWN && result.miss == MISS_NONE) {
            result.miss = MISS_UNKNOWN;
        }
    }
    return result;
}

static bool is_nearer(const struct nearest *a, const struct nearest *b)
{
    return b->program == NULL || a->miss > b->miss ||
           (a->miss == b->miss && a->common > b->common);
}

// "be 'MSG#${c}'", "begin with '2023'".
static struct str describe(struct diags *diags, const struct key_condition *condition)
{
    static const char *const WORDS[] = {
        [RANGE_NONE] = "be",
        [RANGE_EQ] = "be",
        [RANGE_LT] = "be less than",
        [RANGE_LE] = "be at most",
        [RANGE_GT] = "be greater than",
        [RANGE_GE] = "be at least",
        [RANGE_BEGINS_WITH] = "begin with",
        [RANGE_BETWEEN] = "be between",
    };
    const char *first = diag_quote(diags, condition->operands[0]->text);
    if (condition->op == RANGE_BETWEEN) {
        return arena_printf(diags->arena, "%s %s and %s", WORDS[condition->op], first,
                            diag_quote(diags, condition->operands[1]->text));
    }
    return arena_printf(diags->arena, "%s %s", WORDS[condition->op], first);
}

static void report_unmatched(struct reach *reach, const struct query *query,
                             const struct nearest *nearest)
{
    struct diags *diags = reach->prover->diags;
    const struct key_condition *condition =
        &query->pattern->conditions[nearest->condition];
    const char *attribute = diag_quote(diags, condition->attribute);
    struct str wanted = describe(diags, condition);
    struct diag *diag =
        diag_add(diags, DIAG_PATTERN_UNMATCHED, condition->operands[0]->span,
                 "no entity makes an item for pattern %s: %stheir %s can never %.*s",
                 diag_quote(diags, query->pattern->name),
                 nearest->miss == MISS_RANGE ? "where the hash key fits, " : "",
                 attribute, STR_ARG(wanted));
    diag_help(diags, diag, "the nearest is %s of entity %s: %s", attribute,
              diag_quote(diags, nearest->program->entity->name),
              diag_quote(diags, written(nearest->role)));
    diag_related(diags, diag, nearest->role->attribute->value->span, "the nearest");
}

// ---- items without an entity

// Looks for an item, as it was written in a fixture, that has a key and, with a query,
// fulfils its conditions.
struct item_search {
    struct reach *reach;
    const struct key_schema *key;
    const struct query *query; // or NULL
    const struct wanted *wanted;
};

static bool has_key(const struct item *item, const struct key_schema *key)
{
    bool all = true;
    for (size_t i = 0; i < key->hash_count; i++) {
        all = all && item_find(item, key->hash[i].name) != NULL;
    }
    for (size_t i = 0; i < key->range_count; i++) {
        all = all && item_find(item, key->range[i].name) != NULL;
    }
    return all;
}

static bool fulfils(struct item_search *search, const struct item *item,
                    struct arena *arena)
{
    const struct pattern *pattern = search->query->pattern;
    for (size_t i = 0; i < pattern->condition_count; i++) {
        const struct wanted *wanted = &search->wanted[i];
        struct automaton text;
        automaton_init(&text, arena);
        automaton_put_literal(
            &text, item_find(item, pattern->conditions[i].attribute)->value->text);
        const struct automaton *sets[AUTOMATON_MEET_MAX] = {&text, &wanted->sets[0],
                                                            &wanted->sets[1]};
        if (automaton_meet(NULL, sets, 1 + wanted->count,
                           &search->reach->prover->work) == AUTOMATON_APART) {
            return false;
        }
    }
    return true;
}

static bool fits(void *context, const struct item *item)
{
    struct item_search *search = context;
    struct arena arena = {0};
    bool found = has_key(item, search->key) &&
                 (search->query == NULL || fulfils(search, item, &arena));
    arena_deinit(&arena);
    return found;
}

static bool any_item(struct reach *reach, const struct key_schema *key,
                     const struct query *query, const struct wanted *wanted)
{
    struct item_search search = {reach, key, query, wanted};
    return !prove_knows_items(reach->prover->unit) ||
           prove_any_item(reach->prover, fits, &search);
}

// ---- all patterns

static void prove_query(struct reach *reach, const struct query *query)
{
    const struct unit *unit = reach->prover->unit;
    size_t conditions = query->pattern->condition_count;
    struct wanted *wanted = arena_array(&reach->arena, conditions, sizeof *wanted);
    struct nearest nearest = {0};
    for (size_t i = 0; i < conditions; i++) {
        build_wanted(&wanted[i], reach, query, i);
    }
    for (size_t i = 0; i < unit->program_count; i++) {
        struct nearest found = hold(reach, query, wanted, &unit->programs[i]);
        reach->read[i] = reach->read[i] || found.miss >= MISS_NONE;
        if (is_nearer(&found, &nearest)) {
            nearest = found;
        }
    }
    // An index without items is warned of as an index. The nearest entity is what the
    // pattern was meant for: it is not warned of as well.
    if ((nearest.miss == MISS_HASH || nearest.miss == MISS_RANGE) &&
        !any_item(reach, query_key(query), query, wanted)) {
        report_unmatched(reach, query, &nearest);
        reach->read[nearest.program - unit->programs] = true;
    }
    if (query->index != NULL) {
        reach->asked[query->index - unit->definition.table.indexes] = true;
    }
    arena_reset(&reach->arena);
}

// ---- what is left over

static void report_unread(struct prover *prover, const bool *read)
{
    for (size_t i = 0; i < prover->unit->program_count; i++) {
        const struct entity *entity = prover->unit->programs[i].entity;
        if (!read[i]) {
            struct diag *diag =
                diag_add(prover->diags, DIAG_ENTITY_UNREAD, entity->span,
                         "no access pattern can find an item of entity %s",
                         diag_quote(prover->diags, entity->name));
            diag_help(prover->diags, diag,
                      "add the pattern that reads them, or leave the entity out");
        }
    }
}

static bool is_filled(struct reach *reach, const struct secondary_index *index)
{
    const struct unit *unit = reach->prover->unit;
    for (size_t i = 0; i < unit->program_count; i++) {
        if (program_has_key(&unit->programs[i], &index->key)) {
            return true;
        }
    }
    return any_item(reach, &index->key, NULL, NULL);
}

static void report_indexes(struct reach *reach)
{
    struct prover *prover = reach->prover;
    bool expected = prover->unit->query_count > 0;
    const struct table *table = &prover->unit->definition.table;
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        const char *name = diag_quote(prover->diags, index->name);
        if (!is_filled(reach, index)) {
            struct diag *diag =
                diag_add(prover->diags, DIAG_INDEX_UNFILLED, index->span,
                         "no entity makes an item that is in index %s", name);
            diag_help(prover->diags, diag,
                      "an item is in an index when it has all of its key attributes");
        } else if (expected && !reach->asked[i]) {
            diag_add(prover->diags, DIAG_INDEX_UNASKED, index->span,
                     "no access pattern asks index %s", name);
        }
    }
}

void prove_reach(struct prover *prover)
{
    const struct unit *unit = prover->unit;
    if (!prover_knows_entities(prover) ||
        unit->query_count < unit->definition.pattern_count) {
        return;
    }
    struct reach reach = {.prover = prover};
    reach.read = arena_array(&prover->arena, unit->program_count, sizeof(bool));
    reach.asked =
        arena_array(&prover->arena, unit->definition.table.index_count, sizeof(bool));
    for (size_t i = 0; i < unit->query_count; i++) {
        prove_query(&reach, &unit->queries[i]);
    }
    if (unit->query_count > 0) {
        report_unread(prover, reach.read);
    }
    report_indexes(&reach);
    arena_deinit(&reach.arena);
}
