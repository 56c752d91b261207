// Entities to programs: typed attributes enter, a flat list of pieces leaves, with the
// proof that every item has legal keys.
#include "program.h"

#include "advice.h"
#include "json_write.h"
#include "number.h"
#include "program_keys.h"
#include "template_facts.h"

#include <string.h>

#define PROGRAM_MAX_BYTES ((size_t)4 << 20)
#define LOCALS_MAX 32U // bits of struct piece's locals; more than a table may have

struct builder {
    struct program *out;
    const struct scope *scope;
    struct arena *arena;
    struct diags *diags;
    struct buf json; // literal bytes since the last expression
    struct piece *pieces;
    size_t cap;
    size_t template_cap;
    unsigned locals;                   // of struct piece, for the attribute at hand
    size_t *fixed_size;                // where fixed bytes count: the item or a member
    unsigned depth;                    // of lists and maps around the member at hand
    const struct template **templates; // by attribute; NULL: none at its top level
    bool *refused;                     // by attribute: it has no type
};

static struct piece *add_piece(struct builder *builder, enum piece_kind kind)
{
    struct program *out = builder->out;
    builder->pieces =
        arena_grow(builder->arena, builder->pieces, out->piece_count,
                   out->piece_count + 1, &builder->cap, sizeof *builder->pieces);
    struct piece *piece = &builder->pieces[out->piece_count++];
    *piece = (struct piece){.kind = kind, .locals = builder->locals};
    return piece;
}

static void flush_json(struct builder *builder)
{
    if (builder->json.len > 0) {
        struct str json = arena_str(builder->arena, buf_str(&builder->json));
        add_piece(builder, PIECE_JSON)->json = json;
        buf_reset(&builder->json);
    }
}

static void add_expr(struct builder *builder, enum piece_kind kind,
                     const struct expr *expr)
{
    flush_json(builder);
    add_piece(builder, kind)->expr = expr;
}

// Bytes that are in every item, or in every one that has the member at hand.
static void add_fixed(struct builder *builder, size_t bytes)
{
    struct program *out = builder->out;
    *builder->fixed_size += bytes;
    for (size_t i = 0; i < out->local_count && builder->fixed_size == &out->fixed_size;
         i++) {
        bool held = (builder->locals >> i & 1U) != 0;
        out->locals[i].fixed_size += held ? bytes : 0;
    }
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
            add_fixed(builder, part->literal.len);
        }
    }
    buf_puts(&builder->json, "\"}");
}

// Reads the template that a value is, if it is one. False: diagnosed.
static bool read_template(struct builder *builder, const struct value *value,
                          const struct template **out)
{
    *out = NULL;
    if (value->type != VALUE_TEMPLATE) {
        return true;
    }
    struct template *template = arena_alloc(builder->arena, sizeof *template);
    if (!template_parse(template, value->text, value->span, value_text_span(value),
                        builder->scope, builder->arena, builder->diags)) {
        return false;
    }
    template->is_text = value->as_text;
    struct program *program = builder->out;
    program->templates = arena_grow(
        builder->arena, program->templates, program->template_count,
        program->template_count + 1, &builder->template_cap, sizeof(struct template *));
    program->templates[program->template_count++] = template;
    *out = template;
    return true;
}

static bool add_collection(struct builder *builder, const struct value *value);

// The attributes of an item, the entries of a map or the elements of a list so far.
struct members {
    size_t count;
    bool sure; // one of them is always there
};

// A comma, a name unless it is of a list, and the value: all of it goes where the value
// is optional and not there.
static bool add_member(struct builder *builder, struct members *members,
                       const struct str *name, const struct value *value,
                       const struct template **template_out)
{
    const struct template *template = NULL;
    if (!read_template(builder, value, &template)) {
        return false;
    }
    *template_out = template;
    bool optional = template != NULL && template_is_optional(template);
    size_t at = 0;
    size_t fixed_size = 0;
    if (optional) {
        flush_json(builder);
        at = builder->out->piece_count;
        add_piece(builder, PIECE_MEMBER)->template = template;
        builder->fixed_size = &fixed_size;
    }
    if (members->count++ > 0 && members->sure) {
        buf_char(&builder->json, ',');
    } else if (members->count > 1) {
        flush_json(builder);
        (void)add_piece(builder, PIECE_COMMA);
    }
    members->sure = members->sure || !optional;
    add_fixed(builder, builder->depth > 0 ? 1 : 0);
    if (name != NULL) {
        json_put_string(&builder->json, *name);
        buf_char(&builder->json, ':');
        add_fixed(builder, name->len);
    }
    bool ok = true;
    if (template != NULL) {
        add_template(builder, template);
    } else if (value->type == VALUE_L || value->type == VALUE_M) {
        ok = add_collection(builder, value);
    } else {
        value_write(&builder->json, value);
        add_fixed(builder, value_size(value));
    }
    if (optional) {
        flush_json(builder);
        builder->pieces[at].end = builder->out->piece_count;
        builder->pieces[at].fixed_size = fixed_size;
        builder->fixed_size = &builder->out->fixed_size;
    }
    return ok;
}

static bool add_collection(struct builder *builder, const struct value *value)
{
    bool ok = true;
    bool map = value->type == VALUE_M;
    struct members members = {0};
    buf_puts(&builder->json, map ? "{\"M\":{" : "{\"L\":[");
    add_fixed(builder, 3);
    builder->depth++;
    for (size_t i = 0; i < value->count; i++) {
        const struct template *template = NULL;
        const struct value *item = map ? value->entries[i].value : value->items[i];
        ok = item != NULL &&
             add_member(builder, &members, map ? &value->entries[i].name : NULL, item,
                        &template) &&
             ok;
    }
    builder->depth--;
    buf_puts(&builder->json, map ? "}}" : "]}");
    return ok;
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

// The local indexes that the entity's items may be in (A069).
static void find_locals(struct builder *builder)
{
    struct program *out = builder->out;
    const struct table *table = out->table;
    out->locals = arena_array(builder->arena, table->index_count, sizeof *out->locals);
    for (size_t i = 0; i < table->index_count && out->local_count < LOCALS_MAX; i++) {
        const struct secondary_index *index = &table->indexes[i];
        if (index->local && index->key.range_count > 0 &&
            has_attribute(out->entity, index->key.range[0].name)) {
            out->locals[out->local_count++] = (struct local_copy){.index = index};
        }
    }
}

static unsigned locals_with(const struct program *program, struct str name)
{
    unsigned locals = 0;
    for (size_t i = 0; i < program->local_count; i++) {
        const struct secondary_index *index = program->locals[i].index;
        locals |= table_index_holds(program->table, index, name) ? 1U << i : 0;
    }
    return locals;
}

static bool add_attributes(struct builder *builder)
{
    const struct entity *entity = builder->out->entity;
    struct members members = {0};
    bool ok = true;
    buf_char(&builder->json, '{');
    for (size_t i = 0; i < entity->count; i++) {
        const struct value_entry *attribute = &entity->attributes[i];
        if (attribute->value == NULL) { // diagnosed when it was read
            builder->refused[i] = true;
            continue;
        }
        builder->locals = locals_with(builder->out, attribute->name);
        builder->refused[i] = !add_member(builder, &members, &attribute->name,
                                          attribute->value, &builder->templates[i]);
        ok = ok && !builder->refused[i];
    }
    buf_char(&builder->json, '}');
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
            struct diag *diag =
                diag_add(builder->diags, DIAG_ENTITY_KEY, expr->span,
                         "the key attribute %s would be left out where %s no %s",
                         diag_quote(builder->diags, attribute->name),
                         expr->field == FIELD_ROW   ? "the row has"
                         : expr->field == FIELD_VAR ? "the header has"
                                                    : "somebody has",
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
        struct value text = {.type = VALUE_S};
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

bool program_reads_known(const struct program *program)
{
    const struct entity *entity = program->entity;
    return !entity->broken && (entity->when.len == 0 || program->when.expr != NULL);
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
    builder.fixed_size = &out->fixed_size;
    find_locals(&builder);
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
