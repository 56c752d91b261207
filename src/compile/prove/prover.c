// A definition under proof. Its programs enter; what their key attributes can be leaves,
// as sets, for all proofs.
#include "prover.h"

#include "domain.h"

static void build_automata(struct prover *prover)
{
    const struct unit *unit = prover->unit;
    prover->automata =
        arena_array(&prover->arena, unit->program_count, sizeof(struct automaton *));
    for (size_t i = 0; i < unit->program_count; i++) {
        const struct program *program = &unit->programs[i];
        if (program->broken) {
            continue;
        }
        prover->automata[i] =
            arena_array(&prover->arena, program->role_count, sizeof(struct automaton));
        for (size_t k = 0; k < program->role_count; k++) {
            const struct key_role *role = &program->roles[k];
            struct automaton *automaton = &prover->automata[i][k];
            automaton_init(automaton, &prover->arena);
            if (role->template != NULL) {
                domain_put_template(automaton, role->template, NULL, DOMAIN_LIKELY);
            } else {
                automaton_put_literal(automaton, role->attribute->value->text);
            }
        }
    }
}

static size_t literal_bytes(const struct key_role *role)
{
    size_t bytes = 0;
    if (role->template == NULL) {
        return role->attribute->value->text.len;
    }
    for (size_t i = 0; i < role->template->count; i++) {
        bytes += role->template->parts[i].literal.len;
    }
    return bytes;
}

static bool is_too_large(const struct unit *unit)
{
    size_t bytes = 0;
    for (size_t i = 0; i < unit->program_count; i++) {
        for (size_t k = 0; k < unit->programs[i].role_count; k++) {
            bytes += literal_bytes(&unit->programs[i].roles[k]);
        }
    }
    return bytes > PROVE_MAX_LITERALS;
}

bool prover_init(struct prover *prover, const struct compilation *compilation,
                 const struct unit *unit)
{
    if (unit->keys_broken || is_too_large(unit)) {
        return false;
    }
    uint64_t work = unit->definition.source->text.len * PROVE_WORK_PER_BYTE;
    *prover = (struct prover){.compilation = compilation,
                              .unit = unit,
                              .diags = compilation->diags,
                              .work = work < PROVE_MAX_WORK ? work : PROVE_MAX_WORK};
    build_automata(prover);
    return true;
}

void prover_deinit(struct prover *prover)
{
    arena_deinit(&prover->arena);
}

const struct automaton *prover_automaton(const struct prover *prover,
                                         const struct program *program,
                                         const struct key_role *role)
{
    return &prover->automata[program - prover->unit->programs][role - program->roles];
}

bool prover_knows_entities(const struct prover *prover)
{
    for (size_t i = 0; i < prover->unit->program_count; i++) {
        if (prover->unit->programs[i].broken) {
            return false; // it might be the one
        }
    }
    return prover->unit->program_count > 0;
}
