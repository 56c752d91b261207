// Attributes that an index includes and no item has: a name that is misspelt there
// costs nothing and gives nothing, and nobody sees it.
#include "prove_projection.h"

#include "item.h"
#include "map.h"
#include "prove_items.h"

// Names that indexes include: whether each is made, a bool.
struct search {
    struct map wanted;
    struct str *known; // known_count names that entities give, for "did you mean"
    size_t known_count;
};

static void note_made(struct search *search, struct str name)
{
    bool *made = map_find(&search->wanted, name);
    if (made != NULL) {
        *made = true;
    }
}

static void look_at_entities(struct search *search, struct prover *prover)
{
    const struct unit *unit = prover->unit;
    size_t cap = 0;
    for (size_t i = 0; i < unit->program_count; i++) {
        const struct entity *entity = unit->programs[i].entity;
        for (size_t k = 0; k < entity->count; k++) {
            note_made(search, entity->attributes[k].name);
            search->known =
                arena_grow(&prover->arena, search->known, search->known_count,
                           search->known_count + 1, &cap, sizeof *search->known);
            search->known[search->known_count++] = entity->attributes[k].name;
        }
    }
}

// False: go on.
static bool look_at_item(void *context, const struct item *item)
{
    for (size_t i = 0; i < item->count; i++) {
        note_made(context, item->attributes[i].name);
    }
    return false;
}

static void report(struct prover *prover, const struct search *search,
                   const struct secondary_index *index, const struct key_part *part)
{
    struct diag *diag = diag_add(
        prover->diags, DIAG_PROJECTION_UNMADE, part->span,
        "no entity makes attribute %s, which index %s includes",
        diag_quote(prover->diags, part->name), diag_quote(prover->diags, index->name));
    if (diag_help_nearest(prover->diags, diag, part->name, search->known,
                          search->known_count) == search->known_count) {
        diag_help(prover->diags, diag,
                  "leave it out, unless the application writes it: then silence this "
                  "with `# ddbgen: allow projection-unmade because ...`");
    }
}

static void want_all(struct search *search, const struct table *table)
{
    for (size_t i = 0; i < table->index_count; i++) {
        const struct projection *projection = &table->indexes[i].projection;
        for (size_t k = 0; k < projection->count; k++) {
            struct map_entry *entry =
                map_add(&search->wanted, projection->names[k].name, NULL);
            if (entry->value == NULL) {
                entry->value = arena_alloc(search->wanted.arena, sizeof(bool));
            }
        }
    }
}

void prove_projections(struct prover *prover)
{
    const struct unit *unit = prover->unit;
    const struct table *table = &unit->definition.table;
    if (!prover_knows_entities(prover) || !prove_knows_items(unit)) {
        return;
    }
    struct search search = {0};
    map_init(&search.wanted, &prover->arena);
    want_all(&search, table);
    if (search.wanted.count == 0) {
        return;
    }
    look_at_entities(&search, prover);
    (void)prove_any_item(prover, look_at_item, &search);
    for (size_t i = 0; i < table->index_count; i++) {
        const struct projection *projection = &table->indexes[i].projection;
        for (size_t k = 0; k < projection->count; k++) {
            const bool *made = map_find(&search.wanted, projection->names[k].name);
            if (!*made) {
                report(prover, &search, &table->indexes[i], &projection->names[k]);
            }
        }
    }
}
