// Operations, filters, projections and parameters of a pattern: what the service takes of
// them, as far as that is known without values.
#include "query_check.h"

#include "arguments.h"
#include "filter_write.h"

bool query_check_template(struct query_builder *builder,
                          const struct template *template)
{
    const struct pattern *pattern = builder->out->pattern;
    bool ok = true;
    for (size_t i = 0; i < template->count; i++) {
        const struct expr *expr = template->parts[i].expr;
        if (expr == NULL) {
            continue;
        }
        if (expr->type == TYPE_BINARY && (template->count > 1 || template->is_text)) {
            diag_add(builder->diags, DIAG_PATTERN, expr->span,
                     "a binary parameter stands by itself: its bytes are no text");
            ok = false;
        }
        if (pattern->parameters[expr->parameter].list &&
            pattern->operation != PATTERN_BATCH_GET) {
            struct diag *diag = diag_add(builder->diags, DIAG_PATTERN, expr->span,
                                         "a key has one value, and this is a list");
            diag_help(builder->diags, diag,
                      "'operation: batch_get' asks for an item for each of a list");
            ok = false;
        }
    }
    return ok;
}

// ---- operations

// GetItem and BatchGetItem: the whole key of the table, by equality.
static bool check_whole_key(struct query_builder *builder)
{
    const struct query *query = builder->out;
    const struct pattern *pattern = query->pattern;
    bool ranged = query->table->key.range_count > 0;
    if (pattern->condition_count < (ranged ? 2U : 1U) &&
        pattern->key_span.source != NULL) {
        diag_add(builder->diags, DIAG_PATTERN, pattern->key_span,
                 "an item is found by its whole key, and this is a part of it");
        return false;
    }
    for (size_t i = 0; i < pattern->condition_count; i++) {
        if (pattern->conditions[i].op != RANGE_EQ) {
            diag_add(builder->diags, DIAG_PATTERN, pattern->conditions[i].span,
                     "an item is found by its key: each part takes a plain value");
            return false;
        }
    }
    return true;
}

struct list_search {
    const struct pattern *pattern;
    const struct expr *found[2]; // of two parameters
};

static void note_list(void *context, const struct expr *expr)
{
    struct list_search *search = context;
    if (!search->pattern->parameters[expr->parameter].list) {
        return;
    }
    if (search->found[0] == NULL) {
        search->found[0] = expr;
    } else if (search->found[0]->parameter != expr->parameter) {
        search->found[1] = expr;
    }
}

// A BatchGetItem has a key for each value of one list.
static bool check_batch(struct query_builder *builder)
{
    const struct pattern *pattern = builder->out->pattern;
    struct list_search search = {.pattern = pattern};
    query_visit_key(builder->out, note_list, &search);
    if (search.found[0] == NULL && pattern->key_span.source != NULL) {
        struct diag *diag = diag_add(builder->diags, DIAG_PATTERN, pattern->key_span,
                                     "a batch_get has a list in its key");
        diag_help(builder->diags, diag,
                  "parameters: { ids: [string] }, key: { pk: \"USER#${ids}\" }");
        return false;
    }
    if (search.found[1] != NULL) {
        diag_add(
            builder->diags, DIAG_PATTERN, search.found[1]->span,
            "the keys of a batch_get are made of one list, and this is a second one");
        return false;
    }
    builder->out->listed = search.found[0] != NULL ? search.found[0]->parameter : 0;
    return true;
}

// A085.
static bool check_consistency(struct query_builder *builder)
{
    const struct query *query = builder->out;
    if (!query->pattern->consistent_read || query->index == NULL ||
        query->index->local) {
        return true;
    }
    struct diag *diag =
        diag_add(builder->diags, DIAG_PATTERN, query->pattern->consistent_read_span,
                 "global indexes have no consistent reads");
    diag_help(builder->diags, diag, "leave 'consistent_read' out, or ask the table");
    return false;
}

// ---- the filter and the projection

// B101.
static bool check_length(struct query_builder *builder, const struct buf *text,
                         const char *what, struct span span)
{
    if (text->overflowed) {
        diag_add(builder->diags, DIAG_FILTER_LIMIT, span,
                 "%s is longer than %d bytes as it is sent", what, FILTER_MAX_BYTES);
    }
    return !text->overflowed;
}

static bool read_filter(struct query_builder *builder)
{
    struct query *query = builder->out;
    const struct pattern *pattern = query->pattern;
    struct filter_scope scope = {&builder->scope, query->table,
                                 pattern->operation == PATTERN_SCAN ? NULL
                                                                    : query_key(query)};
    const struct filter_expression *filter =
        filter_parse(&pattern->filter, &scope, builder->arena, builder->diags);
    if (filter == NULL || !filter_check(filter, &scope, builder->diags)) {
        return false;
    }
    struct placeholders placeholders = {.arena = builder->arena};
    struct buf text;
    buf_init(&text, FILTER_MAX_BYTES);
    filter_write(&text, &placeholders, filter, NULL);
    bool fits = check_length(builder, &text, "the filter", pattern->filter.span);
    buf_deinit(&text);
    query->filter = filter;
    return fits;
}

static bool read_projection(struct query_builder *builder)
{
    struct query *query = builder->out;
    const struct pattern *pattern = query->pattern;
    struct span span = pattern->projection[0].span;
    if (pattern->projection_count > FILTER_MAX_BYTES) {
        diag_add(builder->diags, DIAG_FILTER_LIMIT, span,
                 "the projection is longer than %d bytes as it is sent",
                 FILTER_MAX_BYTES);
        return false;
    }
    query->projection =
        projection_read(pattern, query->table, builder->arena, builder->diags);
    if (query->projection == NULL) {
        return false;
    }
    struct placeholders placeholders = {.arena = builder->arena};
    struct buf text;
    buf_init(&text, FILTER_MAX_BYTES);
    projection_write(&text, &placeholders, query->projection);
    bool fits = check_length(builder, &text, "the projection", span);
    buf_deinit(&text);
    return fits;
}

bool query_check(struct query_builder *builder)
{
    const struct pattern *pattern = builder->out->pattern;
    bool ok = check_consistency(builder);
    if (pattern->filter.span.source != NULL && pattern->operation != PATTERN_GET &&
        pattern->operation != PATTERN_BATCH_GET) {
        ok = read_filter(builder) && ok;
    }
    if (pattern->projection_count > 0) {
        ok = read_projection(builder) && ok;
    }
    bool single = pattern->operation == PATTERN_GET;
    if (!pattern->broken && (single || pattern->operation == PATTERN_BATCH_GET)) {
        ok = check_whole_key(builder) && ok;
    }
    if (!pattern->broken && pattern->operation == PATTERN_BATCH_GET) {
        ok = check_batch(builder) && ok;
    }
    return ok;
}

// ---- parameters

static void note_parameter(void *context, const struct expr *expr)
{
    bool *used = context;
    if (expr->subject == SUBJECT_PARAMETER) {
        used[expr->parameter] = true;
    }
}

bool query_check_parameters(struct query_builder *builder)
{
    struct query *query = builder->out;
    const struct pattern *pattern = query->pattern;
    bool ok = true;
    query->keyed =
        arena_array(builder->arena, pattern->parameter_count, sizeof *query->keyed);
    query_visit_key(query, note_parameter, query->keyed);
    bool *used = arena_array(builder->arena, pattern->parameter_count, sizeof *used);
    query_visit(query, note_parameter, used);
    for (size_t i = 0; i < pattern->parameter_count; i++) {
        const struct parameter *parameter = &pattern->parameters[i];
        if (!used[i]) {
            diag_add(builder->diags, DIAG_PARAMETER_UNUSED, parameter->span,
                     query->filter == NULL
                         ? "parameter %s is not read by the key"
                         : "parameter %s is read neither by the key nor by the filter",
                     diag_quote(builder->diags, parameter->name));
        }
        for (size_t d = 0; d < parameter->default_count; d++) {
            struct str value;
            ok = argument_read(&value, query, i, parameter->defaults[d].text,
                               parameter->defaults[d].span, builder->arena,
                               builder->diags) &&
                 ok;
        }
    }
    return ok;
}
