// A filter and arguments enter, its values leave, typed.
#include "filter_values.h"

#include "template_facts.h"

#define VALUE_MAX_BYTES ((size_t)400 * 1024)

struct filter_binder {
    struct filter_values *out;
    const struct filter_expression *filter;
    const struct argument *arguments;
    size_t argument_count;
    struct eval_context context;
    struct arena *arena;
    struct diags *diags;
};

// In the diagnostics' words: what could not be evaluated.
static bool fail_eval(struct filter_binder *binder,
                      const struct filter_operand *operand, enum eval_result result,
                      const struct expr *failed)
{
    struct diags *diags = binder->diags;
    const char *handle =
        diag_quote(diags, binder->context.arguments[failed->parameter]);
    if (result == EVAL_NULL_COLUMN) {
        diag_add(diags, DIAG_HANDLE_NULL, operand->span,
                 "column %s is NULL for handle %s", diag_quote(diags, failed->name),
                 handle);
    } else if (result == EVAL_UNKNOWN_USER) {
        diag_add(diags, DIAG_HANDLE_UNKNOWN, (struct span){0},
                 "nobody has the handle %s", handle);
    } else {
        diag_add(diags, DIAG_PAD_OVERFLOW, operand->span,
                 "the value is wider than its pad(n)");
    }
    return false;
}

static bool eval_value(struct filter_binder *binder, struct value *out,
                       const struct filter_operand *operand)
{
    struct buf text;
    buf_init(&text, VALUE_MAX_BYTES);
    const struct expr *failed = NULL;
    enum eval_result result =
        template_eval(&text, operand->template, &binder->context, &failed);
    bool ok = result == EVAL_OK && !text.overflowed;
    *out = (struct value){.type = (uint8_t)operand->type};
    if (operand->type == VALUE_BOOL) {
        out->boolean = str_is(buf_str(&text), "true");
    } else {
        out->text = arena_str(binder->arena, buf_str(&text));
    }
    if (text.overflowed) {
        diag_add(binder->diags, DIAG_PATTERN_PARAMETER, operand->span,
                 "a value is longer than %zu bytes", VALUE_MAX_BYTES);
    } else if (!ok) {
        ok = fail_eval(binder, operand, result, failed);
    }
    buf_deinit(&text);
    return ok;
}

static bool bind_parameter(struct filter_binder *binder, struct slot_values *out,
                           const struct filter_operand *operand)
{
    size_t parameter = operand->template->parts[0].expr->parameter;
    const struct argument *argument = &binder->arguments[parameter];
    struct value *values = arena_array(binder->arena, argument->count, sizeof *values);
    struct str *one = arena_array(binder->arena, binder->argument_count, sizeof *one);
    bool ok = true;
    binder->context.arguments = one;
    for (size_t i = 0; i < argument->count && ok; i++) {
        one[parameter] = argument->texts[i];
        ok = eval_value(binder, &values[i], operand);
    }
    *out = (struct slot_values){values, argument->count};
    return ok;
}

static const struct slot_values *values_of(const struct filter_binder *binder,
                                           const struct filter_operand *operand)
{
    return operand->kind == OPERAND_PATH || operand->size
               ? NULL
               : &binder->out->slots[operand->slot];
}

// B103, of lists.
static bool check_in(struct filter_binder *binder, const struct filter_node *node)
{
    size_t count = 0;
    for (size_t i = 1; i < node->operand_count; i++) {
        const struct slot_values *values = values_of(binder, node->operands[i]);
        count += values == NULL ? 1 : values->count;
    }
    if (count == 0 || count > FILTER_MAX_IN) {
        diag_add(binder->diags, count == 0 ? DIAG_PATTERN_PARAMETER : DIAG_FILTER_LIMIT,
                 node->span,
                 count == 0 ? "IN has no values" : "IN has more than %d values",
                 FILTER_MAX_IN);
        return false;
    }
    return true;
}

static bool check_between(struct filter_binder *binder, const struct filter_node *node)
{
    const struct slot_values *low = values_of(binder, node->operands[1]);
    const struct slot_values *high = values_of(binder, node->operands[2]);
    if (low == NULL || high == NULL || filter_compare(low->at, high->at) <= 0) {
        return true;
    }
    diag_add(binder->diags, DIAG_PATTERN_PARAMETER, node->operands[1]->span,
             "the lower bound of BETWEEN is greater than the upper one");
    return false;
}

static bool check_type_name(struct filter_binder *binder,
                            const struct filter_node *node)
{
    const struct slot_values *name = values_of(binder, node->operands[1]);
    if (name == NULL || filter_is_type_name(name->at->text)) {
        return true;
    }
    struct diag *diag =
        diag_add(binder->diags, DIAG_PATTERN_PARAMETER, node->operands[1]->span,
                 "%s is no type", diag_quote(binder->diags, name->at->text));
    diag_help(binder->diags, diag, "known: S, N, B, BOOL, NULL, SS, NS, BS, L, M");
    return false;
}

// What only values show.
static bool check_node(struct filter_binder *binder, const struct filter_node *node)
{
    if (node->left != NULL) {
        return check_node(binder, node->left) &&
               (node->right == NULL || check_node(binder, node->right));
    }
    return node->test == TEST_IN        ? check_in(binder, node)
           : node->test == TEST_BETWEEN ? check_between(binder, node)
           : node->test == TEST_TYPE    ? check_type_name(binder, node)
                                        : true;
}

bool filter_bind(struct filter_values *out, const struct filter_expression *filter,
                 const struct argument *arguments, size_t argument_count,
                 const struct eval_context *context, struct arena *arena,
                 struct diags *diags)
{
    struct filter_binder binder = {
        .out = out,
        .filter = filter,
        .arguments = arguments,
        .argument_count = argument_count,
        .context = *context,
        .arena = arena,
        .diags = diags,
    };
    bool ok = true;
    out->slots = arena_array(arena, filter->slot_count, sizeof *out->slots);
    for (size_t i = 0; i < filter->slot_count; i++) {
        const struct filter_operand *operand = filter->slots[i];
        if (operand->kind == OPERAND_LITERAL) {
            out->slots[i] = (struct slot_values){operand->literal, 1};
        } else {
            ok = bind_parameter(&binder, &out->slots[i], operand) && ok;
        }
    }
    return ok && check_node(&binder, filter->root);
}
