// Entities to programs: typed attributes enter, a flat list of pieces leaves.
#include "program.h"

#include "json_write.h"
#include "program_roles.h"
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
    bool too_large;  // some of them did not fit
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
    builder->too_large = builder->too_large || builder->json.overflowed;
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
    if (builder.too_large) {
        diag_add(diags, DIAG_ITEM_SIZE, entity->span,
                 "the entity's constant attributes alone are too large");
        ok = false;
    }
    buf_deinit(&builder.json);
    // Without all attributes a key attribute may be one of those that were refused.
    struct program_attributes attributes = {out, builder.templates, builder.refused,
                                            arena, diags};
    ok = (entity->broken || program_add_roles(&attributes)) && ok;
    if (entity->when.len > 0 &&
        !condition_parse(&out->when, entity->when, entity->when_span, &scope, arena,
                         diags)) {
        ok = false;
    }
    if (!entity->broken) {
        program_check_expiry(&attributes);
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
