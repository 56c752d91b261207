// Patterns' key conditions and entities' keys enter, warnings leave.
#include "prove_patterns.h"

#include "ascii.h"
#include "program_keys.h"

#define YEAR_DIGITS 4u

// ---- a year

static bool is_word(struct str text, size_t at)
{
    return at < text.len && ascii_is_alnum(text.at[at]);
}

// "2023" in "2023", "LOG#2023-", not in "v2023" and "20230".
static bool find_year(struct str *out, struct str text)
{
    for (size_t i = 0; i + YEAR_DIGITS <= text.len; i++) {
        const char *at = text.at + i;
        bool century = (at[0] == '1' && at[1] == '9') || (at[0] == '2' && at[1] == '0');
        bool digits = at[2] >= '0' && at[2] <= '9' && at[3] >= '0' && at[3] <= '9';
        if (century && digits && (i == 0 || !is_word(text, i - 1)) &&
            !is_word(text, i + YEAR_DIGITS)) {
            *out = (struct str){at, YEAR_DIGITS};
            return true;
        }
    }
    return false;
}

// The first literal of an operand with a year in it.
static bool operand_year(struct str *out, const struct operand *operand)
{
    bool found = false;
    for (size_t i = 0; i < operand->template.count && !found; i++) {
        const struct template_part *part = &operand->template.parts[i];
        found =
            part->expr == NULL && operand->type == 'S' && find_year(out, part->literal);
    }
    return found;
}

// Once a pattern. What lies before or after a year, or between two, is an era, which may
// well be meant.
static void warn_of_year(struct prover *prover, const struct query *query)
{
    const struct pattern *pattern = query->pattern;
    for (size_t i = 0; i < pattern->condition_count; i++) {
        const struct key_condition *condition = &pattern->conditions[i];
        struct str year = {0};
        bool within = condition->op == RANGE_EQ || condition->op == RANGE_BEGINS_WITH;
        if (!within || !operand_year(&year, &query->operands[i][0])) {
            continue;
        }
        struct diag *diag =
            diag_add(prover->diags, DIAG_PATTERN_YEAR, condition->span,
                     "pattern %s has the year %.*s written into it: it finds nothing "
                     "of another one",
                     diag_quote(prover->diags, pattern->name), STR_ARG(year));
        diag_help(prover->diags, diag, "make it a parameter: ${year}");
        return;
    }
}

// ---- everything in one partition

static bool constant_of(struct str *out, const struct template *template)
{
    *out = (struct str){0};
    if (template == NULL || template->count > 1 ||
        (template->count == 1 && template->parts[0].expr != NULL)) {
        return false;
    }
    *out = template->count == 1 ? template->parts[0].literal : (struct str){0};
    return true;
}

// What an entity gives a key attribute, if it is the same for all of its items.
static bool entity_constant(struct str *out, const struct program *program,
                            struct str attribute)
{
    for (size_t i = 0; i < program->role_count; i++) {
        const struct key_role *role = &program->roles[i];
        if (str_eq(role->attribute->name, attribute)) {
            *out = role->attribute->value->text;
            return role->template == NULL || constant_of(out, role->template);
        }
    }
    return false;
}

// Whether all items of an entity are in the one partition that the query asks.
static bool holds_all(const struct query *query, const struct program *program)
{
    const struct pattern *pattern = query->pattern;
    bool all = true;
    for (size_t i = 0; i < pattern->condition_count && all; i++) {
        struct str asked;
        struct str made;
        if (query_is_hash(query, pattern->conditions[i].attribute)) {
            all = constant_of(&asked, &query->operands[i][0].template) &&
                  entity_constant(&made, program, pattern->conditions[i].attribute) &&
                  str_eq(asked, made);
        }
    }
    return all;
}

static void warn_of_partition(struct prover *prover, const struct query *query)
{
    const struct unit *unit = prover->unit;
    for (size_t i = 0; i < unit->program_count; i++) {
        const struct program *program = &unit->programs[i];
        if (query->pattern->operation != PATTERN_QUERY ||
            !program_has_key(program, query_key(query)) || !holds_all(query, program)) {
            continue;
        }
        struct diag *diag = diag_add(
            prover->diags, DIAG_PARTITION_UNBOUNDED, query->pattern->key_span,
            "all items of entity %s are in the one partition that pattern %s asks",
            diag_quote(prover->diags, program->entity->name),
            diag_quote(prover->diags, query->pattern->name));
        diag_related(prover->diags, diag, program->entity->span, "made here");
        diag_help(prover->diags, diag,
                  "let the hash key hold what tells them apart, such as a month or a "
                  "tenant: a partition gives 3,000 read units and 1,000 write units a "
                  "second");
        return;
    }
}

void prove_patterns(struct prover *prover)
{
    for (size_t i = 0; i < prover->unit->query_count; i++) {
        const struct query *query = &prover->unit->queries[i];
        warn_of_year(prover, query);
        if (prover_knows_entities(prover)) {
            warn_of_partition(prover, query);
        }
    }
}
