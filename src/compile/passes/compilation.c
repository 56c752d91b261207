// A run's tables and fixtures: definitions become programs and queries here; the passes
// over fixtures have files of their own.
#include "compilation.h"

#include "example_check.h"
#include "program_keys.h"

#include <stdio.h>
#include <stdlib.h>

#define MISSPELT_SIZE 1024

bool compilation_lacks_table(const struct compilation *compilation)
{
    bool lacks = compilation->incomplete;
    for (size_t u = 0; u < compilation->unit_count && !lacks; u++) {
        lacks = compilation->units[u].definition.table.name.len == 0;
    }
    return lacks;
}

void compilation_init(struct compilation *compilation, struct arena *arena,
                      struct diags *diags, instant_us now)
{
    *compilation = (struct compilation){.arena = arena, .diags = diags, .now = now};
    map_init(&compilation->misspelt, arena);
}

void compilation_deinit(struct compilation *compilation)
{
    for (size_t i = 0; i < compilation->fixture_count; i++) {
        free(compilation->fixtures[i]->conversations);
    }
}

static void check_examples(struct unit *unit, struct arena *arena, struct diags *diags)
{
    size_t count = 0;
    for (size_t i = 0; i < unit->query_count; i++) {
        count += unit->queries[i].pattern->example_count;
    }
    unit->examples = arena_array(arena, count, sizeof *unit->examples);
    for (size_t i = 0; i < unit->query_count; i++) {
        const struct query *query = &unit->queries[i];
        for (size_t k = 0; k < query->pattern->example_count; k++) {
            struct unit_example *out = &unit->examples[unit->example_count];
            out->query = query;
            out->example = &query->pattern->examples[k];
            if (example_check(&out->arguments, out->example, query, arena, diags)) {
                unit->example_count++;
            }
        }
    }
}

void unit_build(struct unit *unit, struct arena *arena, struct diags *diags)
{
    const struct definition *definition = &unit->definition;
    size_t exprs = 0;
    unit->programs =
        arena_array(arena, definition->entity_count, sizeof *unit->programs);
    for (size_t i = 0; i < definition->entity_count; i++) {
        // A broken one is kept: what it reads of handles is looked at all the same.
        struct program *program = &unit->programs[unit->program_count++];
        bool built = program_build(program, &definition->entities[i],
                                   &definition->table, &exprs, arena, diags);
        (void)built;
    }
    programs_prove_keys(unit->programs, unit->program_count);
    unit->queries =
        arena_array(arena, definition->pattern_count, sizeof *unit->queries);
    for (size_t i = 0; i < definition->pattern_count; i++) {
        if (query_build(&unit->queries[unit->query_count], &definition->patterns[i],
                        &definition->table, &exprs, arena, diags)) {
            unit->query_count++;
        }
    }
    check_examples(unit, arena, diags);
    users_init(&unit->users, arena);
    map_init(&unit->wanted, arena);
    map_init(&unit->row_columns, arena);
}

bool unit_takes_transcripts(const struct unit *unit)
{
    const struct definition *definition = &unit->definition;
    for (size_t i = 0; i < definition->entity_count; i++) {
        if (definition->entities[i].for_each != FOR_EACH_ROW) {
            return true;
        }
    }
    return definition->has_entities && definition->entity_count == 0;
}

void unit_want_handle(struct unit *unit, struct str handle, struct span span,
                      bool in_transcript, struct arena *arena)
{
    struct wanted_handle *wanted = map_find(&unit->wanted, handle);
    if (wanted == NULL) {
        wanted = arena_alloc(arena, sizeof *wanted);
        *wanted = (struct wanted_handle){arena_str(arena, handle), span, in_transcript};
        map_add(&unit->wanted, wanted->handle, NULL)->value = wanted;
    }
    wanted->in_transcript = wanted->in_transcript || in_transcript;
}

// Empty for names that are too long to be told apart.
static struct str misspelt_key(char out[static MISSPELT_SIZE], struct str group,
                               struct str meant)
{
    int len =
        snprintf(out, MISSPELT_SIZE, "%.*s\n%.*s", STR_ARG(group), STR_ARG(meant));
    return (struct str){out, len > 0 && len < MISSPELT_SIZE ? (size_t)len : 0};
}

void compilation_misspelt_add(struct compilation *compilation, struct str group,
                              struct str name, struct str meant)
{
    char text[MISSPELT_SIZE];
    struct str key = misspelt_key(text, group, meant);
    if (key.len == 0) {
        return;
    }
    struct misspelt *known = map_find(&compilation->misspelt, key);
    if (known == NULL) {
        known = arena_alloc(compilation->arena, sizeof *known);
        map_add(&compilation->misspelt, arena_str(compilation->arena, key), NULL)
            ->value = known;
    }
    if (known->count < MISSPELT_MAX) {
        known->names[known->count++] = name;
    }
}

const struct misspelt *compilation_misspelt_find(const struct compilation *compilation,
                                                 struct str group, struct str meant)
{
    char text[MISSPELT_SIZE];
    return compilation->misspelt.count > 0
               ? map_find(&compilation->misspelt, misspelt_key(text, group, meant))
               : NULL;
}

struct fixture *compilation_add_fixture(struct compilation *compilation,
                                        const struct source *source)
{
    struct fixture *fixture = arena_alloc(compilation->arena, sizeof *fixture);
    fixture->source = *source;
    fixture->now = compilation->now;
    fixture->number = (uint32_t)compilation->fixture_count;
    compilation->fixtures =
        arena_grow(compilation->arena, compilation->fixtures,
                   compilation->fixture_count, compilation->fixture_count + 1,
                   &compilation->fixture_cap, sizeof(struct fixture *));
    compilation->fixtures[compilation->fixture_count++] = fixture;
    return fixture;
}

void unit_add_fixture(struct unit *unit, struct fixture *fixture, struct arena *arena)
{
    unit->fixtures =
        arena_grow(arena, unit->fixtures, unit->fixture_count, unit->fixture_count + 1,
                   &unit->fixture_cap, sizeof(struct fixture *));
    unit->fixtures[unit->fixture_count++] = fixture;
}

bool unit_has_fixture(const struct unit *unit, const struct fixture *fixture)
{
    for (size_t i = 0; i < unit->fixture_count; i++) {
        if (unit->fixtures[i] == fixture) {
            return true;
        }
    }
    return false;
}
