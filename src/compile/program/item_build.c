// Items one by one: an entity and a row enter, a tree of values leaves.
#include "item_build.h"

#include "template_facts.h"

#define TEXT_MAX_BYTES (4 * ITEM_MAX_BYTES)

struct builder {
    const struct program *program;
    const struct eval_context *context;
    struct arena *arena;
    struct buf text;
    size_t next; // of the program's templates
    const struct expr *failed;
};

// The value of a template that is one expression and nothing else.
static enum eval_result build_single(struct builder *builder, struct value **out,
                                     const struct expr *expr, struct span span)
{
    if (expr->field == FIELD_ROW && expr->filter_count == 0) {
        *out = row_value(expr, builder->context->row);
        if (*out != NULL) {
            return EVAL_OK;
        }
    }
    enum value_type type = VALUE_S;
    enum eval_result result = expr_eval(&builder->text, &type, expr, builder->context);
    if (result != EVAL_OK) {
        builder->failed = expr;
        return result;
    }
    struct value *value = arena_alloc(builder->arena, sizeof *value);
    *value = (struct value){.type = (uint8_t)type, .span = span};
    if (type == VALUE_BOOL) {
        value->boolean = str_is(buf_str(&builder->text), "true");
    } else {
        value->text = arena_str(builder->arena, buf_str(&builder->text));
    }
    *out = value;
    return EVAL_OK;
}

static enum eval_result build_template(struct builder *builder, struct value **out,
                                       const struct value *source)
{
    const struct template *template = builder->program->templates[builder->next++];
    const struct expr *single = template_single(template);
    buf_reset(&builder->text);
    if (single != NULL) {
        return build_single(builder, out, single, source->span);
    }
    enum eval_result result =
        template_eval(&builder->text, template, builder->context, &builder->failed);
    if (result == EVAL_OK) {
        *out = arena_alloc(builder->arena, sizeof **out);
        **out =
            (struct value){.type = VALUE_S,
                           .span = source->span,
                           .text = arena_str(builder->arena, buf_str(&builder->text))};
    }
    return result;
}

static enum eval_result build_value(struct builder *builder, struct value **out,
                                    struct value *source);

// Entries of a map, or attributes of the item; those without a value are left out.
static enum eval_result build_entries(struct builder *builder, struct value_entry **out,
                                      size_t *count, const struct value_entry *entries,
                                      size_t total)
{
    *out = arena_array(builder->arena, total, sizeof **out);
    *count = 0;
    for (size_t i = 0; i < total; i++) {
        struct value *value = NULL;
        enum eval_result result = build_value(builder, &value, entries[i].value);
        if (result == EVAL_OK) {
            (*out)[(*count)++] =
                (struct value_entry){entries[i].name, entries[i].name_span, value};
        } else if (result != EVAL_ABSENT) {
            return result;
        }
    }
    return EVAL_OK;
}

static enum eval_result build_list(struct builder *builder, struct value *out,
                                   const struct value *source)
{
    out->items = arena_array(builder->arena, source->count, sizeof(struct value *));
    out->count = 0;
    for (size_t i = 0; i < source->count; i++) {
        enum eval_result result =
            build_value(builder, &out->items[out->count], source->items[i]);
        if (result == EVAL_OK) {
            out->count++;
        } else if (result != EVAL_ABSENT) {
            return result;
        }
    }
    return EVAL_OK;
}

static enum eval_result build_value(struct builder *builder, struct value **out,
                                    struct value *source)
{
    if (source->type == VALUE_TEMPLATE) {
        return build_template(builder, out, source);
    }
    if (source->type != VALUE_L && source->type != VALUE_M) {
        *out = source;
        return EVAL_OK;
    }
    *out = arena_alloc(builder->arena, sizeof **out);
    **out = (struct value){.type = source->type, .span = source->span};
    if (source->type == VALUE_L) {
        return build_list(builder, *out, source);
    }
    size_t count = 0;
    struct value_entry *entries = NULL;
    enum eval_result result =
        build_entries(builder, &entries, &count, source->entries, source->count);
    (*out)->entries = entries;
    (*out)->count = (uint32_t)count;
    return result;
}

enum eval_result item_build(struct item *out, const struct program *program,
                            const struct eval_context *context, struct arena *arena,
                            const struct expr **failed)
{
    struct builder builder = {.program = program, .context = context, .arena = arena};
    buf_init(&builder.text, TEXT_MAX_BYTES);
    const struct row *row = context->row;
    *out = (struct item){.span = row != NULL ? row->span : (struct span){0}};
    enum eval_result result =
        build_entries(&builder, &out->attributes, &out->count,
                      program->entity->attributes, program->entity->count);
    out->oversized = builder.text.overflowed;
    buf_deinit(&builder.text);
    *failed = builder.failed;
    return result;
}
