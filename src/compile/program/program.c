// Entities to programs: typed attributes enter, a flat list of pieces leaves, with the
// proof that every item has legal keys.
#include "program.h"

#include "advice.h"
#include "json_write.h"
#include "number.h"

#include <string.h>

#define PROGRAM_MAX_BYTES ((size_t)4 << 20)

struct builder {
    struct program *out;
    const struct scope *scope;
    struct arena *arena;
    struct diags *diags;
    struct buf json; // literal bytes since the last expression
    struct piece *pieces;
    size_t cap;
    size_t template_cap;
    unsigned local_copies;             // of the attribute at hand, in local indexes
    const struct template **templates; // by attribute; NULL: none at its top level
    bool *refused;                     // by attribute: it has no type
};

static void flush_json(struct builder *builder)
{
    if (builder->json.len == 0) {
        return;
    }
    struct program *out = builder->out;
    builder->pieces =
        arena_grow(builder->arena, builder->pieces, out->piece_count,
                   out->piece_count + 1, &builder->cap, sizeof *builder->pieces);
    builder->pieces[out->piece_count++] = (struct piece){
        .kind = PIECE_JSON, .json = arena_str(builder->arena, buf_str(&builder->json))};
    buf_reset(&builder->json);
}

static void add_expr(struct builder *builder, enum piece_kind kind,
                     const struct expr *expr)
{
    struct program *out = builder->out;
    flush_json(builder);
    builder->pieces =
        arena_grow(builder->arena, builder->pieces, out->piece_count,
                   out->piece_count + 1, &builder->cap, sizeof *builder->pieces);
    builder->pieces[out->piece_count++] = (struct piece){
        .kind = kind, .expr = expr, .local_copies = builder->local_copies};
}

static void add_template(struct builder *builder, const struct template *template)
{
    const struct expr *single = template_single(template);
    if (single != NULL && single->type == TYPE_NUMBER) {
        buf_puts(&builder->json, "{\"N\":\"");
        add_expr(builder, PIECE_NUMBER, single);
        buf_puts(&builder->json, "\"}");
        return;
    }
    if (single != NULL && single->type == TYPE_ANY) {
        add_expr(builder, PIECE_VALUE, single);
        return;
    }
    buf_puts(&builder->json, "{\"S\":\"");
    for (size_t i = 0; i < template->count; i++) {
        const struct template_part *part = &template->parts[i];
        if (part->expr != NULL) {
            add_expr(builder, PIECE_TEXT, part->expr);
        } else {
            json_put_escaped(&builder->json, part->literal);
            builder->out->fixed_size += part->literal.len;
        }
    }
    buf_puts(&builder->json, "\"}");
}

static bool add_value(struct builder *builder, const struct value *value,
                      const struct template **template_out);

static bool add_collection(struct builder *builder, const struct value *value)
{
    bool ok = true;
    bool map = value->type == VALUE_M;
    buf_puts(&builder->json, map ? "{\"M\":{" : "{\"L\":[");
    builder->out->fixed_size += 3;
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0) {
            buf_char(&builder->json, ',');
        }
        if (map) {
            json_put_string(&builder->json, value->entries[i].name);
            buf_char(&builder->json, ':');
            builder->out->fixed_size += value->entries[i].name.len;
        }
        builder->out->fixed_size += 1;
        const struct value *item = map ? value->entries[i].value : value->items[i];
        ok = item != NULL && add_value(builder, item, NULL) && ok;
    }
    buf_puts(&builder->json, map ? "}}" : "]}");
    return ok;
}

static bool add_value(struct builder *builder, const struct value *value,
                      const struct template **template_out)
{
    if (value->type == VALUE_L || value->type == VALUE_M) {
        return add_collection(builder, value);
    }
    if (value->type != VALUE_TEMPLATE) {
        value_write(&builder->json, value);
        builder->out->fixed_size += value_size(value);
        return true;
    }
    struct template *template = arena_alloc(builder->arena, sizeof *template);
    if (!template_parse(template, value->text, value->span, value_text_span(value),
                        builder->scope, builder->arena, builder->diags)) {
        return false;
    }
    template->is_text = value->as_text;
    struct program *out = builder->out;
    out->templates = arena_grow(builder->arena, out->templates, out->template_count,
                                out->template_count + 1, &builder->template_cap,
                                sizeof(struct template *));
    out->templates[out->template_count++] = template;
    if (template_out != NULL) {
        *template_out = template;
    }
    add_template(builder, template);
    return true;
}

static bool has_attribute(const struct entity *entity, struct str name)
{
    for (size_t i = 0; i < entity->count; i++) {
        if (str_eq(entity->attributes[i].name, name)) {
            return true;
        }
    }
    return false;
}

// How many local indexes hold a copy of the attribute: of those that the entity's items
// are in (A069).
static unsigned count_local_copies(const struct program *program, struct str name)
{
    const struct table *table = program->table;
    unsigned copies = 0;
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        bool fed = index->local && index->key.range_count > 0 &&
                   has_attribute(program->entity, index->key.range[0].name);
        copies += fed && table_index_holds(table, index, name) ? 1 : 0;
    }
    return copies;
}

static bool add_attributes(struct builder *builder)
{
    const struct entity *entity = builder->out->entity;
    bool ok = true;
    buf_puts(&builder->json, "{\"Item\":{");
    for (size_t i = 0; i < entity->count; i++) {
        const struct value_entry *attribute = &entity->attributes[i];
        if (attribute->value == NULL) { // diagnosed when it was read
            builder->refused[i] = true;
            continue;
        }
        if (i > 0) {
            buf_char(&builder->json, ',');
        }
        json_put_string(&builder->json, attribute->name);
        buf_char(&builder->json, ':');
        size_t before = builder->out->fixed_size;
        builder->local_copies = count_local_copies(builder->out, attribute->name);
        builder->out->fixed_size += attribute->name.len;
        builder->refused[i] =
            !add_value(builder, attribute->value, &builder->templates[i]);
        builder->out->fixed_local_size +=
            builder->local_copies * (builder->out->fixed_size - before);
        ok = ok && !builder->refused[i];
    }
    buf_puts(&builder->json, "}}");
    flush_json(builder);
    builder->out->pieces = builder->pieces;
    return ok;
}

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

static bool check_constant_key(struct builder *builder, const struct key_role *role)
{
    const struct value *value = role->attribute->value;
    size_t len = value->type == VALUE_N ? 1 : value->text.len;
    if (len == 0) { // B054, B055
        diag_add(builder->diags, DIAG_KEY_EMPTY, value->span, "%s %s is empty",
                 role->what, diag_quote(builder->diags, role->attribute->name));
        return false;
    }
    if (len > role->max_bytes) { // B050 to B052
        diag_add(builder->diags, DIAG_KEY_SIZE, value->span,
                 "%s %s has %zu bytes, and takes %zu", role->what,
                 diag_quote(builder->diags, role->attribute->name), len,
                 role->max_bytes);
        return false;
    }
    if (value->type == VALUE_S) {
        struct advice advice = {builder->diags, builder->out->entity->name,
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
static bool check_always_there(struct builder *builder,
                               const struct value_entry *attribute,
                               const struct template *template)
{
    for (size_t i = 0; template != NULL && i < template->count; i++) {
        const struct expr *expr = template->parts[i].expr;
        if (expr != NULL && expr->optional) {
            struct diag *diag = diag_add(
                builder->diags, DIAG_ENTITY_KEY, expr->span,
                "the key attribute %s would be left out where the row has no %s",
                diag_quote(builder->diags, attribute->name),
                diag_quote(builder->diags, expr->name));
            diag_help(builder->diags, diag, "take the '?' off: a key is always there");
            return false;
        }
    }
    return true;
}

// Adds the role of a key attribute, if the entity has it. A missing one is refused for
// the table (B057) and means a sparse index otherwise.
static bool add_role(struct builder *builder, struct str name, bool hash,
                     const struct secondary_index *index)
{
    struct program *out = builder->out;
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
            diag_add(builder->diags, DIAG_ENTITY_KEY, entity->attributes_span,
                     "entity %s lacks the key attribute %s of table %s",
                     diag_quote(builder->diags, entity->name),
                     diag_quote(builder->diags, name),
                     diag_quote(builder->diags, out->table->name));
            return false;
        }
        return true;
    }
    if (builder->refused[i]) {
        return false; // it has no type to be held against the key's
    }
    const struct value_entry *attribute = &entity->attributes[i];
    if (index == NULL &&
        !check_always_there(builder, attribute, builder->templates[i])) {
        return false;
    }
    size_t max_bytes = hash ? KEY_HASH_MAX_BYTES : KEY_RANGE_MAX_BYTES;
    struct key_role *known = find_role(out, attribute);
    if (known != NULL) { // a key of the table and of an index: the narrower limit holds
        known->max_bytes = max_bytes < known->max_bytes ? max_bytes : known->max_bytes;
        return true;
    }
    char type = attribute_type(attribute->value, builder->templates[i]);
    if (type != definition->type && type != '*') {
        struct diag *diag = // A031, A054, B056
            diag_add_once(builder->diags, DIAG_KEY_TYPE, attribute->value->span,
                          "key attribute %s must be of type %c",
                          diag_quote(builder->diags, name), definition->type);
        diag_related(builder->diags, diag, definition->span, "defined here");
        return false;
    }
    struct key_role *role = &out->roles[out->role_count++];
    *role = (struct key_role){
        .attribute = attribute,
        .template = builder->templates[i],
        .type = definition->type,
        .max_bytes = max_bytes,
        .what = index != NULL ? "an index's key attribute"
                : hash        ? "the hash key"
                              : "the range key",
    };
    return true;
}

static bool add_roles(struct builder *builder)
{
    const struct table *table = builder->out->table;
    size_t max = (table->index_count + 1) * 2 * KEY_MAX_PARTS;
    builder->out->roles = arena_array(builder->arena, max, sizeof *builder->out->roles);
    if (table->key.hash_count == 0) {
        return false; // diagnosed with the table
    }
    bool ok = add_role(builder, table->key.hash[0].name, true, NULL);
    if (table->key.range_count > 0) {
        ok = add_role(builder, table->key.range[0].name, false, NULL) && ok;
    }
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        for (size_t k = 0; k < index->key.hash_count; k++) {
            ok = add_role(builder, index->key.hash[k].name, true, index) && ok;
        }
        for (size_t k = 0; k < index->key.range_count; k++) {
            ok = add_role(builder, index->key.range[k].name, false, index) && ok;
        }
    }
    for (size_t i = 0; i < builder->out->role_count; i++) {
        const struct key_role *role = &builder->out->roles[i];
        ok = (role->template != NULL || check_constant_key(builder, role)) && ok;
    }
    program_sum_keys(builder->out, builder->arena);
    return ok;
}

// What expires by text, or by a number that is no near time. Rows' items are looked at
// one by one.
static void check_expiry(struct builder *builder)
{
    const struct entity *entity = builder->out->entity;
    struct str name = advice_expiry(builder->out->table);
    for (size_t i = 0; i < entity->count && entity->for_each != FOR_EACH_ROW; i++) {
        const struct value *value = entity->attributes[i].value;
        if (name.len == 0 || builder->refused[i] ||
            !str_eq(entity->attributes[i].name, name)) {
            continue;
        }
        const struct value text = {.type = VALUE_S};
        const struct template *template = builder->templates[i];
        struct advice advice = {builder->diags, entity->name, value->span};
        if (template == NULL || attribute_type(value, template) == 'S') {
            advice_time_to_live(&advice, name, template == NULL ? value : &text);
        }
    }
}

// What an expression means for how items have to be verified.
static void note_expr(void *context, const struct expr *expr)
{
    struct program *out = context;
    for (size_t i = 0; i < expr->filter_count; i++) {
        if (expr->filters[i].kind == FILTER_PAD && expr->subject == SUBJECT_MESSAGE) {
            out->detailed = true;
        }
    }
}

void program_visit(const struct program *program,
                   void (*seen)(void *context, const struct expr *expr), void *context)
{
    for (size_t i = 0; i < program->piece_count; i++) {
        if (program->pieces[i].expr != NULL) {
            seen(context, program->pieces[i].expr);
        }
    }
    if (program->when.expr != NULL) {
        seen(context, program->when.expr);
    }
}

bool program_asks_each(const struct program *program)
{
    const struct expr *expr = program->when.expr;
    return expr != NULL &&
           (expr->subject == SUBJECT_MESSAGE || expr->subject == SUBJECT_SENDER);
}

bool program_build(struct program *out, const struct entity *entity,
                   const struct table *table, size_t *exprs, struct arena *arena,
                   struct diags *diags)
{
    struct scope scope =
        entity->broken ? scope_of_any_entity() : scope_of_entity(entity->for_each);
    scope.exprs = exprs;
    *out = (struct program){.entity = entity, .table = table};
    struct builder builder = {
        .out = out,
        .scope = &scope,
        .arena = arena,
        .diags = diags,
        .templates = arena_array(arena, entity->count, sizeof(struct template *)),
        .refused = arena_array(arena, entity->count, sizeof(bool)),
    };
    buf_init(&builder.json, PROGRAM_MAX_BYTES);
    bool ok = add_attributes(&builder) && !entity->broken;
    if (builder.json.overflowed) {
        diag_add(diags, DIAG_ITEM_SIZE, entity->span,
                 "the entity's constant attributes alone are too large");
        ok = false;
    }
    buf_deinit(&builder.json);
    // Without all attributes a key attribute may be one of those that were refused.
    ok = (entity->broken || add_roles(&builder)) && ok;
    if (entity->when.len > 0 &&
        !condition_parse(&out->when, entity->when, entity->when_span, &scope, arena,
                         diags)) {
        ok = false;
    }
    if (!entity->broken) {
        check_expiry(&builder);
    }
    program_visit(out, note_expr, out);
    for (size_t i = 0; i < out->role_count; i++) {
        const struct template *template = out->roles[i].template;
        if (template != NULL && template_reads(template, SUBJECT_MESSAGE, FIELD_TEXT)) {
            out->detailed = true;
        }
    }
    out->broken = !ok;
    return ok;
}
