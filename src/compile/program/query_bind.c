// A query, arguments and users enter, typed values leave.
#include "query_bind.h"

#include "canon.h"
#include "eval.h"
#include "map.h"

#define OPERAND_MAX_BYTES ((size_t)64 * 1024)

struct query_binder {
    struct bound_query *out;
    const struct query *query;
    struct eval_context context;
    struct arena *arena;
    struct diags *diags;
};

static void note_users(void *context, const struct expr *expr)
{
    bool *reads = context;
    *reads = *reads || (expr->field == FIELD_COLUMN && !str_is(expr->name, "handle"));
}

bool query_reads_users(const struct query *query)
{
    bool reads = false;
    query_visit(query, note_users, &reads);
    return reads;
}

// What is wrong with a value for a key.
static bool fail(struct query_binder *binder, const struct key_condition *condition,
                 enum eval_result result, const struct expr *failed, size_t len,
                 size_t max)
{
    struct diags *diags = binder->diags;
    const char *attribute = diag_quote(diags, condition->attribute);
    if (result == EVAL_NULL_COLUMN) {
        diag_add(diags, DIAG_HANDLE_NULL, condition->span,
                 "column %s is NULL for handle %s", diag_quote(diags, failed->name),
                 diag_quote(diags, binder->context.arguments[failed->parameter]));
    } else if (result == EVAL_UNKNOWN_USER) {
        diag_add(diags, DIAG_HANDLE_UNKNOWN, (struct span){0},
                 "nobody has the handle %s",
                 diag_quote(diags, binder->context.arguments[failed->parameter]));
    } else if (result == EVAL_PAD_OVERFLOW) {
        diag_add(diags, DIAG_PAD_OVERFLOW, condition->span,
                 "the value is wider than its pad(n)");
    } else if (len == 0) {
        diag_add(diags, DIAG_KEY_EMPTY, condition->span, "the value for %s is empty",
                 attribute);
    } else {
        diag_add(diags, DIAG_KEY_SIZE, condition->span,
                 "the value for %s is longer than %zu bytes", attribute, max);
    }
    return false;
}

static enum value_type type_of(char type)
{
    return type == 'N' ? VALUE_N : type == 'B' ? VALUE_B : VALUE_S;
}

// One operand, after the rules for key values.
static bool bind_operand(struct query_binder *binder, struct value *out, size_t i,
                         size_t k)
{
    const struct query *query = binder->query;
    const struct key_condition *condition = &query->pattern->conditions[i];
    const struct operand *operand = &query->operands[i][k];
    size_t max = query_is_hash(query, condition->attribute) ? KEY_HASH_MAX_BYTES
                                                            : KEY_RANGE_MAX_BYTES;
    struct buf text;
    buf_init(&text, OPERAND_MAX_BYTES);
    const struct expr *failed = NULL;
    enum eval_result result =
        template_eval(&text, &operand->template, &binder->context, &failed);
    bool ok =
        (result == EVAL_OK && text.len > 0 && text.len <= max && !text.overflowed) ||
        fail(binder, condition, result, failed,
             text.overflowed ? OPERAND_MAX_BYTES : text.len, max);
    *out = (struct value){.type = (uint8_t)type_of(operand->type)};
    out->text = arena_str(binder->arena, buf_str(&text));
    buf_deinit(&text);
    return ok;
}

// What only values show.
static bool check_bounds(struct query_binder *binder,
                         const struct key_condition *condition,
                         const struct operands *bounds)
{
    if (filter_compare(&bounds->of[0], &bounds->of[1]) <= 0) {
        return true;
    }
    diag_add(binder->diags, DIAG_PATTERN_PARAMETER, condition->span,
             "the lower bound of 'between' is greater than the upper one");
    return false;
}

static bool bind_key(struct query_binder *binder, struct operands *out)
{
    const struct pattern *pattern = binder->query->pattern;
    bool ok = true;
    for (size_t i = 0; i < pattern->condition_count; i++) {
        ok = bind_operand(binder, &out[i].of[0], i, 0) && ok;
        if (pattern->conditions[i].op == RANGE_BETWEEN) {
            ok = bind_operand(binder, &out[i].of[1], i, 1) && ok;
            ok = ok && check_bounds(binder, &pattern->conditions[i], &out[i]);
        }
    }
    return ok;
}

// A text that tells keys apart.
static struct str fingerprint(const struct query_binder *binder,
                              const struct operands *key)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    for (size_t i = 0; i < binder->query->pattern->condition_count; i++) {
        canon_put_value(&text, &key[i].of[0], binder->arena);
    }
    struct str out = arena_str(binder->arena, buf_str(&text));
    buf_deinit(&text);
    return out;
}

// C042: each key once, in the order in which they are given.
static bool bind_keys(struct query_binder *binder, const struct argument *arguments,
                      struct str *texts)
{
    const struct pattern *pattern = binder->query->pattern;
    bool batch = pattern->operation == PATTERN_BATCH_GET;
    size_t listed = binder->query->listed;
    size_t count = batch                                ? arguments[listed].count
                   : pattern->operation == PATTERN_SCAN ? 0
                                                        : 1;
    struct map known;
    bool ok = true;
    map_init(&known, binder->arena);
    struct operands **keys =
        arena_array(binder->arena, count, sizeof(struct operands *));
    binder->out->keys = keys;
    for (size_t i = 0; i < count && ok; i++) {
        struct operands *key =
            arena_array(binder->arena, pattern->condition_count, sizeof *key);
        bool added = true;
        if (batch) {
            texts[listed] = arguments[listed].texts[i];
        }
        ok = bind_key(binder, key);
        map_add(&known, fingerprint(binder, key), &added);
        if (added) {
            keys[binder->out->key_count++] = key;
        }
    }
    return ok;
}

bool query_bind(struct bound_query *out, const struct query *query,
                const struct argument *arguments, const struct users *users,
                struct arena *arena, struct diags *diags)
{
    size_t parameters = query->pattern->parameter_count;
    struct str *texts = arena_array(arena, parameters, sizeof *texts);
    struct query_binder binder = {
        .out = out,
        .query = query,
        .context = {.users = users, .arguments = texts},
        .arena = arena,
        .diags = diags,
    };
    *out = (struct bound_query){.query = query};
    for (size_t p = 0; p < parameters; p++) {
        texts[p] = arguments[p].count > 0 ? arguments[p].texts[0] : (struct str){0};
    }
    bool ok = bind_keys(&binder, arguments, texts);
    return (query->filter == NULL ||
            filter_bind(&out->filter, query->filter, arguments, parameters,
                        &binder.context, arena, diags)) &&
           ok;
}
