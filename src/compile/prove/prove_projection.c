// Attributes that an index includes and no item has: a name that is misspelt there
// costs nothing and gives nothing, and nobody sees it.
#include "prove_projection.h"

#include "item.h"
#include "prove_items.h"

static bool has_attribute(void *context, const struct item *item)
{
    const struct str *name = context;
    return item_find(item, *name) != NULL;
}

static bool is_made(const struct prover *prover, struct str name)
{
    const struct unit *unit = prover->unit;
    for (size_t i = 0; i < unit->program_count; i++) {
        const struct entity *entity = unit->programs[i].entity;
        for (size_t k = 0; k < entity->count; k++) {
            if (str_eq(entity->attributes[k].name, name)) {
                return true;
            }
        }
    }
    return prove_any_item(prover, has_attribute, &name);
}

// All names that entities give, for "did you mean".
static const struct str *all_names(size_t *count, struct prover *prover)
{
    const struct unit *unit = prover->unit;
    struct str *names = NULL;
    size_t cap = 0;
    *count = 0;
    for (size_t i = 0; i < unit->program_count; i++) {
        const struct entity *entity = unit->programs[i].entity;
        for (size_t k = 0; k < entity->count; k++) {
            names = arena_grow(&prover->arena, names, *count, *count + 1, &cap,
                               sizeof *names);
            names[(*count)++] = entity->attributes[k].name;
        }
    }
    return names;
}

static void report(struct prover *prover, const struct secondary_index *index,
                   const struct key_part *part)
{
    size_t count = 0;
    const struct str *names = all_names(&count, prover);
    struct diag *diag = diag_add(
        prover->diags, DIAG_PROJECTION_UNMADE, part->span,
        "no entity makes attribute %s, which index %s includes",
        diag_quote(prover->diags, part->name), diag_quote(prover->diags, index->name));
    if (diag_help_nearest(prover->diags, diag, part->name, names, count) == count) {
        diag_help(prover->diags, diag,
                  "leave it out, unless the application writes it: then silence this "
                  "with `# ddbgen: allow projection-unmade because ...`");
    }
}

void prove_projections(struct prover *prover)
{
    const struct unit *unit = prover->unit;
    const struct table *table = &unit->definition.table;
    if (!prover_knows_entities(prover) || !prove_knows_items(unit)) {
        return;
    }
    for (size_t i = 0; i < table->index_count; i++) {
        const struct projection *projection = &table->indexes[i].projection;
        for (size_t k = 0; k < projection->count; k++) {
            if (!is_made(prover, projection->names[k].name)) {
                report(prover, &table->indexes[i], &projection->names[k]);
            }
        }
    }
}
