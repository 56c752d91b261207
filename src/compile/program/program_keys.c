// What an entity's keys are worth: which entities' keys are proved distinct, and which
// attributes make up one key together.
#include "program_keys.h"

#include "template_facts.h"

#include <string.h>

const struct key_role *program_find_role(const struct program *program, struct str name)
{
    for (size_t i = 0; i < program->role_count; i++) {
        if (str_eq(program->roles[i].attribute->name, name)) {
            return &program->roles[i];
        }
    }
    return NULL;
}

bool program_has_key(const struct program *program, const struct key_schema *key)
{
    for (size_t i = 0; i < key->hash_count; i++) {
        if (program_find_role(program, key->hash[i].name) == NULL) {
            return false;
        }
    }
    for (size_t i = 0; i < key->range_count; i++) {
        if (program_find_role(program, key->range[i].name) == NULL) {
            return false;
        }
    }
    return true;
}

static bool key_keeps(const struct program *program, enum subject subject,
                      enum field field)
{
    size_t parts = 1 + program->table->key.range_count;
    for (size_t i = 0; i < parts && i < program->role_count; i++) {
        const struct template *template = program->roles[i].template;
        if (template != NULL && template_keeps(template, subject, field)) {
            return true;
        }
    }
    return false;
}

// The entity's own items have distinct keys: messages by their conversation and time,
// index or uuid, items of a conversation by its uuid. What concerns participants is
// compared: two conversations may have one participant and one last time.
static bool proves_own_keys(const struct program *program)
{
    bool conversation = key_keeps(program, SUBJECT_CONVERSATION, FIELD_UUID);
    switch (program->entity->for_each) {
    case FOR_EACH_MESSAGE:
        return key_keeps(program, SUBJECT_MESSAGE, FIELD_UUID) ||
               (conversation &&
                (key_keeps(program, SUBJECT_MESSAGE, FIELD_CREATED_AT) ||
                 key_keeps(program, SUBJECT_MESSAGE, FIELD_INDEX) ||
                 key_keeps(program, SUBJECT_MESSAGE, FIELD_NUMBER)));
    case FOR_EACH_CONVERSATION:
        return conversation;
    case FOR_EACH_PARTICIPANT:
    case FOR_EACH_ROW:
    default:
        return false;
    }
}

struct str program_key_prefix(const struct program *program, size_t role)
{
    const struct key_role *key = &program->roles[role];
    return key->template != NULL ? template_prefix(key->template)
                                 : key->attribute->value->text;
}

// Two key attributes that begin with different literals are never equal.
static bool differ(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    return common > 0 && memcmp(a.at, b.at, common) != 0;
}

static bool proves_apart(const struct program *a, const struct program *b)
{
    size_t parts = 1 + a->table->key.range_count;
    for (size_t i = 0; i < parts && i < a->role_count && i < b->role_count; i++) {
        if (differ(program_key_prefix(a, i), program_key_prefix(b, i))) {
            return true;
        }
    }
    return false;
}

void programs_prove_keys(struct program *programs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        programs[i].check_keys =
            programs[i].check_keys || !proves_own_keys(&programs[i]);
        for (size_t j = 0; j < i; j++) {
            if (!proves_apart(&programs[i], &programs[j])) {
                programs[i].check_keys = true;
                programs[j].check_keys = true;
            }
        }
    }
}

// ---- keys of several attributes

static bool find_roles(const struct key_role **roles, const struct program *program,
                       const struct key_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        roles[i] = program_find_role(program, parts[i].name);
        if (roles[i] == NULL) {
            return false;
        }
    }
    return true;
}

// Items without one of the key's attributes are not in the index.
static void add_sums(struct program *program, const struct secondary_index *index)
{
    const struct key_schema *key = &index->key;
    struct key_sum hash = {
        .index = index, .count = key->hash_count, .max_bytes = KEY_HASH_MAX_BYTES};
    struct key_sum range = {
        .index = index, .count = key->range_count, .max_bytes = KEY_RANGE_MAX_BYTES};
    if (!find_roles(hash.roles, program, key->hash, key->hash_count) ||
        !find_roles(range.roles, program, key->range, key->range_count)) {
        return;
    }
    if (hash.count > 1) {
        program->sums[program->sum_count++] = hash;
    }
    if (range.count > 1) {
        program->sums[program->sum_count++] = range;
    }
}

void program_sum_keys(struct program *program, struct arena *arena)
{
    const struct table *table = program->table;
    program->sums =
        arena_array(arena, 2 * table->index_count + 1, sizeof *program->sums);
    for (size_t i = 0; i < table->index_count; i++) {
        add_sums(program, &table->indexes[i]);
    }
}

static bool has_parts(const struct program *program, const struct key_part *parts,
                      size_t count, const struct eval_context *context)
{
    for (size_t i = 0; i < count; i++) {
        const struct key_role *role = program_find_role(program, parts[i].name);
        if (role == NULL ||
            (role->template != NULL && template_is_absent(role->template, context))) {
            return false;
        }
    }
    return true;
}

bool program_in_index(const struct program *program,
                      const struct secondary_index *index,
                      const struct eval_context *context)
{
    const struct key_schema *key = &index->key;
    return has_parts(program, key->hash, key->hash_count, context) &&
           has_parts(program, key->range, key->range_count, context);
}
