// A Query on its way out: a query and its parameters' values enter, the request's members
// leave.
#include "query_write.h"

#include "eval.h"
#include "json_write.h"
#include "number.h"
#include "utf8.h"
#include "uuid.h"

#include <string.h>

#define OPERAND_MAX_BYTES ((size_t)64 * 1024)

static size_t find_parameter(const struct pattern *pattern, struct str name)
{
    size_t i = 0;
    while (i < pattern->parameter_count && !str_eq(pattern->parameters[i].name, name)) {
        i++;
    }
    return i;
}

static bool read_value(struct str *out, const struct parameter *parameter,
                       struct str text, struct arena *arena, struct diags *diags)
{
    struct uuid uuid;
    char number[NUMBER_TEXT_MAX];
    size_t len = 0;
    const char *wanted = NULL;
    *out = text;
    if (text.len == 0) {
        wanted = "be empty";
    } else if (utf8_check(text) < text.len) {
        wanted = "be anything but UTF-8";
    } else if (parameter->type == PARAMETER_UUID) {
        if (uuid_parse(&uuid, text)) {
            char lower[UUID_TEXT_LEN];
            uuid_format(&uuid, lower);
            *out = arena_str(arena, (struct str){lower, sizeof lower});
        } else {
            wanted = "be anything but a uuid";
        }
    } else if (parameter->type == PARAMETER_NUMBER) {
        if (number_canonical(number, &len, text) == NUMBER_OK) {
            *out = arena_str(arena, (struct str){number, len});
        } else {
            wanted = "be anything but a number";
        }
    }
    if (wanted != NULL) {
        diag_add(diags, DIAG_PATTERN_PARAMETER, (struct span){0},
                 "parameter %s cannot %s", diag_quote(diags, parameter->name), wanted);
    }
    return wanted == NULL;
}

static bool refuse_unknown(const struct pattern *pattern, struct str name,
                           struct diags *diags)
{
    struct diag *diag =
        diag_add(diags, DIAG_PATTERN_PARAMETER, (struct span){0},
                 "the pattern has no parameter %s", diag_quote(diags, name));
    struct str *names =
        arena_array(diags->arena, pattern->parameter_count, sizeof *names);
    for (size_t k = 0; k < pattern->parameter_count; k++) {
        names[k] = pattern->parameters[k].name;
    }
    diag_help_nearest(diags, diag, name, names, pattern->parameter_count);
    return false;
}

// One "name=value". given: by parameter.
static bool read_argument(struct str *values, bool *given,
                          const struct pattern *pattern, struct str text,
                          struct arena *arena, struct diags *diags)
{
    size_t equals = str_find_char(text, '=');
    struct str name = {text.at, equals};
    size_t p = find_parameter(pattern, name);
    if (equals == text.len) {
        diag_add(diags, DIAG_PATTERN_PARAMETER, (struct span){0},
                 "%s is not of the form name=value", diag_quote(diags, text));
        return false;
    }
    if (p == pattern->parameter_count) {
        return refuse_unknown(pattern, name, diags);
    }
    if (given[p]) {
        diag_add(diags, DIAG_PATTERN_PARAMETER, (struct span){0},
                 "parameter %s is given twice", diag_quote(diags, name));
        return false;
    }
    given[p] = true;
    return read_value(&values[p], &pattern->parameters[p], str_skip(text, equals + 1),
                      arena, diags);
}

bool query_read_arguments(struct str *values, const struct query *query,
                          const char *const *arguments, size_t count,
                          struct arena *arena, struct diags *diags)
{
    const struct pattern *pattern = query->pattern;
    bool *given = arena_array(arena, pattern->parameter_count, sizeof *given);
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        ok = read_argument(values, given, pattern, str_from(arguments[i]), arena,
                           diags) &&
             ok;
    }
    for (size_t p = 0; p < pattern->parameter_count; p++) {
        if (!given[p]) {
            diag_add(diags, DIAG_PATTERN_PARAMETER, (struct span){0},
                     "parameter %s is missing",
                     diag_quote(diags, pattern->parameters[p].name));
            ok = false;
        }
    }
    return ok;
}

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

// Appends one operand's {"S":"..."} after the rules for key values.
static bool write_operand(struct buf *out, const struct query *query, size_t i,
                          size_t k, const struct eval_context *context,
                          struct diags *diags)
{
    const struct key_condition *condition = &query->pattern->conditions[i];
    const struct operand *operand = &query->operands[i][k];
    size_t max = query_is_hash(query, condition->attribute) ? KEY_HASH_MAX_BYTES
                                                            : KEY_RANGE_MAX_BYTES;
    struct buf text;
    buf_init(&text, OPERAND_MAX_BYTES);
    const struct expr *failed = NULL;
    enum eval_result result =
        template_eval(&text, &operand->template, context, &failed);
    bool ok = result == EVAL_OK && text.len > 0 && text.len <= max && !text.overflowed;
    if (ok && operand->type == 'B') {
        buf_puts(out, "{\"B\":\"");
        json_put_base64(out, buf_str(&text));
        buf_puts(out, "\"}");
    } else if (ok) {
        buf_printf(out, "{\"%c\":", operand->type);
        json_put_string(out, buf_str(&text));
        buf_char(out, '}');
    } else if (result == EVAL_NULL_COLUMN) {
        diag_add(diags, DIAG_HANDLE_NULL, condition->span,
                 "column %s is NULL for handle %s", diag_quote(diags, failed->name),
                 diag_quote(diags, context->arguments[failed->parameter]));
    } else if (result == EVAL_UNKNOWN_USER) {
        diag_add(diags, DIAG_HANDLE_UNKNOWN, (struct span){0},
                 "nobody has the handle %s",
                 diag_quote(diags, context->arguments[failed->parameter]));
    } else if (result == EVAL_PAD_OVERFLOW) {
        diag_add(diags, DIAG_PAD_OVERFLOW, condition->span,
                 "the value is wider than its pad(n)");
    } else if (text.len == 0) {
        diag_add(diags, DIAG_KEY_EMPTY, condition->span, "the value for %s is empty",
                 diag_quote(diags, condition->attribute));
    } else {
        diag_add(diags, DIAG_KEY_SIZE, condition->span,
                 "the value for %s is longer than %zu bytes",
                 diag_quote(diags, condition->attribute), max);
    }
    buf_deinit(&text);
    return ok;
}

static void write_condition(struct buf *out, const struct key_condition *condition,
                            size_t i)
{
    static const char *const FORMATS[] = {
        [RANGE_NONE] = "",
        [RANGE_EQ] = "#k%zu = :v%zua",
        [RANGE_LT] = "#k%zu < :v%zua",
        [RANGE_LE] = "#k%zu <= :v%zua",
        [RANGE_GT] = "#k%zu > :v%zua",
        [RANGE_GE] = "#k%zu >= :v%zua",
        [RANGE_BEGINS_WITH] = "begins_with(#k%zu, :v%zua)",
        [RANGE_BETWEEN] = "#k%zu BETWEEN :v%zua AND :v%zub",
    };
    // Each format takes the condition's number up to three times; the numbers are
    // small.
    for (const char *at = FORMATS[condition->op]; *at != '\0';) {
        if (strncmp(at, "%zu", 3) == 0) {
            buf_uint(out, i);
            at += 3;
        } else {
            buf_char(out, *at++);
        }
    }
}

bool query_write(struct buf *out, const struct query *query, const struct str *values,
                 const struct users *users, struct diags *diags)
{
    const struct pattern *pattern = query->pattern;
    struct eval_context context = {.users = users, .arguments = values};
    buf_puts(out, "{\"TableName\":");
    json_put_string(out, query->table->name);
    if (query->index != NULL) {
        buf_puts(out, ",\"IndexName\":");
        json_put_string(out, query->index->name);
    }
    buf_puts(out, ",\"KeyConditionExpression\":\"");
    for (size_t i = 0; i < pattern->condition_count; i++) {
        buf_puts(out, i > 0 ? " AND " : "");
        write_condition(out, &pattern->conditions[i], i);
    }
    buf_puts(out, "\",\"ExpressionAttributeNames\":{");
    for (size_t i = 0; i < pattern->condition_count; i++) {
        buf_printf(out, "%s\"#k%zu\":", i > 0 ? "," : "", i);
        json_put_string(out, pattern->conditions[i].attribute);
    }
    buf_puts(out, "},\"ExpressionAttributeValues\":{");
    bool ok = true;
    for (size_t i = 0; i < pattern->condition_count; i++) {
        buf_printf(out, "%s\":v%zua\":", i > 0 ? "," : "", i);
        ok = write_operand(out, query, i, 0, &context, diags) && ok;
        if (pattern->conditions[i].op == RANGE_BETWEEN) {
            buf_printf(out, ",\":v%zub\":", i);
            ok = write_operand(out, query, i, 1, &context, diags) && ok;
        }
    }
    buf_printf(out, "},\"ScanIndexForward\":%s",
               pattern->scan_index_forward ? "true" : "false");
    return ok;
}
