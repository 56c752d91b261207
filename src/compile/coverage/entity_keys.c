// An item's key against all entities of a unit.
#include "entity_keys.h"

#include "die.h"
#include "matcher.h"
#include "prover.h"

#include <stdlib.h>

#define KEY_PARTS_MAX 2                  // hash and range
#define WORK_MAX ((uint64_t)1 << 22)     // of one item; one that takes more is nobody's
#define ABSURD STR("\x01 no key at all") // what is this, too, is anything

struct entity_keys {
    const struct unit *unit;
    struct prover prover;
    bool known;    // the keys are: else nothing is found
    bool *any_key; // by program
    size_t parts;
    struct arena scratch; // of one item
};

static bool has(struct entity_keys *keys, const struct program *program, size_t part,
                struct str text, uint64_t *work)
{
    return automaton_has(
        prover_automaton(&keys->prover, program, &program->roles[part]), text,
        &keys->scratch, work);
}

static bool makes_any_key(struct entity_keys *keys, const struct program *program)
{
    uint64_t work = WORK_MAX;
    for (size_t part = 0; part < keys->parts; part++) {
        if (!has(keys, program, part, ABSURD, &work)) {
            return false;
        }
    }
    return true;
}

struct entity_keys *entity_keys_new(const struct compilation *compilation,
                                    const struct unit *unit)
{
    struct entity_keys *keys = calloc(1, sizeof *keys);
    if (keys == NULL) {
        die("out of memory");
    }
    keys->unit = unit;
    keys->parts = 1 + unit->definition.table.key.range_count;
    keys->known = prover_init(&keys->prover, compilation, unit);
    if (keys->known) {
        keys->any_key =
            arena_array(&keys->prover.arena, unit->program_count, sizeof(bool));
    }
    for (size_t i = 0; i < unit->program_count && keys->known; i++) {
        keys->any_key[i] =
            !unit->programs[i].broken && makes_any_key(keys, &unit->programs[i]);
        arena_reset(&keys->scratch);
    }
    return keys;
}

void entity_keys_free(struct entity_keys *keys)
{
    if (keys != NULL) {
        arena_deinit(&keys->scratch);
        if (keys->known) {
            prover_deinit(&keys->prover);
        }
        free(keys);
    }
}

const struct program *entity_keys_find(bool *hash_known, struct entity_keys *keys,
                                       const struct item_print *item)
{
    const struct table *table = &keys->unit->definition.table;
    const struct program *first = NULL;
    uint64_t work = WORK_MAX;
    struct str text[KEY_PARTS_MAX] = {
        item_print_get(item, table->key.hash[0].name)->value->text};
    if (keys->parts > 1) {
        text[1] = item_print_get(item, table->key.range[0].name)->value->text;
    }
    *hash_known = false;
    for (size_t i = 0; i < keys->unit->program_count && keys->known; i++) {
        const struct program *program = &keys->unit->programs[i];
        arena_reset(&keys->scratch);
        if (program->broken || !has(keys, program, 0, text[0], &work)) {
            continue;
        }
        *hash_known = *hash_known || !has(keys, program, 0, ABSURD, &work);
        if (keys->parts > 1 && !has(keys, program, 1, text[1], &work)) {
            continue;
        }
        if (matcher_fits(program, item->entries, item->count)) {
            return program;
        }
        first = first == NULL && !keys->any_key[i] ? program : first;
    }
    return first;
}
