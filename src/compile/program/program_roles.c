// An entity's attributes against the keys of its table: attributes that have a type enter,
// the parts that they have in keys leave, or what is wrong with them.
#include "program_roles.h"

#include "advice.h"
#include "program_keys.h"
#include "template_facts.h"

// The type on the wire, or '*' for a variable whose type only the header tells.
static char attribute_type(const struct value *value, const struct template *template)
{
    if (template == NULL) {
        switch ((int)value->type) {
        case VALUE_S:
            return 'S';
        case VALUE_N:
            return 'N';
        case VALUE_B:
            return 'B';
        default:
            return 0;
        }
    }
    const struct expr *single = template_single(template);
    if (single != NULL && single->type == TYPE_NUMBER) {
        return 'N';
    }
    return single != NULL && single->type == TYPE_ANY ? '*' : 'S';
}

static bool check_constant_key(const struct program_attributes *attributes,
                               const struct key_role *role)
{
    const struct value *value = role->attribute->value;
    size_t len = value->type == VALUE_N ? 1 : value->text.len;
    if (len == 0) { // B054, B055
        diag_add(attributes->diags, DIAG_KEY_EMPTY, value->span, "%s %s is empty",
                 role->what, diag_quote(attributes->diags, role->attribute->name));
        return false;
    }
    if (len > role->max_bytes) { // B050 to B052
        diag_add(attributes->diags, DIAG_KEY_SIZE, value->span,
                 "%s %s has %zu bytes, and takes %zu", role->what,
                 diag_quote(attributes->diags, role->attribute->name), len,
                 role->max_bytes);
        return false;
    }
    if (value->type == VALUE_S) {
        struct advice advice = {attributes->diags, attributes->out->entity->name,
                                value->span};
        (void)advice_spelling(&advice, role->what, role->attribute->name, value->text);
    }
    return true;
}

static struct key_role *find_role(const struct program *program,
                                  const struct value_entry *attribute)
{
    for (size_t i = 0; i < program->role_count; i++) {
        if (program->roles[i].attribute == attribute) {
            return &program->roles[i];
        }
    }
    return NULL;
}

// What is left out where a column is missing cannot be a key of the table (B057).
static bool check_always_there(const struct program_attributes *attributes,
                               const struct value_entry *attribute,
                               const struct template *template)
{
    for (size_t i = 0; template != NULL && i < template->count; i++) {
        const struct expr *expr = template->parts[i].expr;
        if (expr != NULL && expr->optional) {
            struct diag *diag =
                diag_add(attributes->diags, DIAG_ENTITY_KEY, expr->span,
                         "the key attribute %s would be left out where %s no %s",
                         diag_quote(attributes->diags, attribute->name),
                         expr->field == FIELD_ROW   ? "the row has"
                         : expr->field == FIELD_VAR ? "the header has"
                                                    : "somebody has",
                         diag_quote(attributes->diags, expr->name));
            diag_help(attributes->diags, diag,
                      "take the '?' off: a key is always there");
            return false;
        }
    }
    return true;
}

// Adds the role of a key attribute, if the entity has it. A missing one is refused for
// the table (B057) and means a sparse index otherwise.
static bool add_role(const struct program_attributes *attributes, struct str name,
                     bool hash, const struct secondary_index *index)
{
    struct program *out = attributes->out;
    const struct entity *entity = out->entity;
    const struct attribute_definition *definition =
        table_find_attribute(out->table, name);
    if (definition == NULL || definition->untyped) {
        return false; // diagnosed with the table
    }
    size_t i = 0;
    while (i < entity->count && !str_eq(entity->attributes[i].name, name)) {
        i++;
    }
    if (i == entity->count) {
        if (index == NULL) {
            diag_add(attributes->diags, DIAG_ENTITY_KEY, entity->attributes_span,
                     "entity %s lacks the key attribute %s of table %s",
                     diag_quote(attributes->diags, entity->name),
                     diag_quote(attributes->diags, name),
                     diag_quote(attributes->diags, out->table->name));
            return false;
        }
        return true;
    }
    if (attributes->refused[i]) {
        return false; // it has no type to be held against the key's
    }
    const struct value_entry *attribute = &entity->attributes[i];
    if (index == NULL &&
        !check_always_there(attributes, attribute, attributes->templates[i])) {
        return false;
    }
    size_t max_bytes = hash ? KEY_HASH_MAX_BYTES : KEY_RANGE_MAX_BYTES;
    struct key_role *known = find_role(out, attribute);
    if (known != NULL) { // a key of the table and of an index: the narrower limit holds
        known->max_bytes = max_bytes < known->max_bytes ? max_bytes : known->max_bytes;
        return true;
    }
    char type = attribute_type(attribute->value, attributes->templates[i]);
    if (type != definition->type && type != '*') {
        struct diag *diag = // A031, A054, B056
            diag_add_once(attributes->diags, DIAG_KEY_TYPE, attribute->value->span,
                          "key attribute %s must be of type %c",
                          diag_quote(attributes->diags, name), definition->type);
        diag_related(attributes->diags, diag, definition->span, "defined here");
        return false;
    }
    struct key_role *role = &out->roles[out->role_count++];
    *role = (struct key_role){
        .attribute = attribute,
        .template = attributes->templates[i],
        .type = definition->type,
        .max_bytes = max_bytes,
        .what = index != NULL ? "an index's key attribute"
                : hash        ? "the hash key"
                              : "the range key",
    };
    return true;
}

bool program_add_roles(const struct program_attributes *attributes)
{
    const struct table *table = attributes->out->table;
    size_t max = (table->index_count + 1) * 2 * KEY_MAX_PARTS;
    attributes->out->roles =
        arena_array(attributes->arena, max, sizeof *attributes->out->roles);
    if (table->key.hash_count == 0) {
        return false; // diagnosed with the table
    }
    bool ok = add_role(attributes, table->key.hash[0].name, true, NULL);
    if (table->key.range_count > 0) {
        ok = add_role(attributes, table->key.range[0].name, false, NULL) && ok;
    }
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        for (size_t k = 0; k < index->key.hash_count; k++) {
            ok = add_role(attributes, index->key.hash[k].name, true, index) && ok;
        }
        for (size_t k = 0; k < index->key.range_count; k++) {
            ok = add_role(attributes, index->key.range[k].name, false, index) && ok;
        }
    }
    for (size_t i = 0; i < attributes->out->role_count; i++) {
        const struct key_role *role = &attributes->out->roles[i];
        ok = (role->template != NULL || check_constant_key(attributes, role)) && ok;
    }
    program_sum_keys(attributes->out, attributes->arena);
    return ok;
}

void program_check_expiry(const struct program_attributes *attributes)
{
    const struct entity *entity = attributes->out->entity;
    struct str name = advice_expiry(attributes->out->table);
    for (size_t i = 0; i < entity->count && entity->for_each != FOR_EACH_ROW; i++) {
        const struct value *value = entity->attributes[i].value;
        if (name.len == 0 || attributes->refused[i] ||
            !str_eq(entity->attributes[i].name, name)) {
            continue;
        }
        struct value text = {.type = VALUE_S};
        const struct template *template = attributes->templates[i];
        struct advice advice = {attributes->diags, entity->name, value->span};
        if (template == NULL || attribute_type(value, template) == 'S') {
            advice_time_to_live(&advice, name, template == NULL ? value : &text);
        }
    }
}
