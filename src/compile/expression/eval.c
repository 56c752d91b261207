// Expressions to text: a parsed path and its filters enter, bytes leave.
#include "eval.h"

#include "die.h"
#include "template_facts.h"
#include "utf8.h"

#include <string.h>

static void put_uuid(struct buf *out, const struct uuid *uuid)
{
    char text[UUID_TEXT_LEN];
    uuid_format(uuid, text);
    buf_put(out, (struct str){text, sizeof text});
}

static void put_time(struct buf *out, instant_us t)
{
    char text[INSTANT_TEXT_LEN];
    instant_format(t, text);
    buf_put(out, (struct str){text, sizeof text});
}

static void put_message_uuid(struct buf *out, struct uuid_hasher *hasher,
                             uint64_t index)
{
    char name[20];
    size_t at = sizeof name;
    do {
        name[--at] = (char)('0' + index % 10);
        index /= 10;
    } while (index > 0);
    struct uuid uuid =
        uuid_hasher_v5(hasher, (struct str){name + at, sizeof name - at});
    put_uuid(out, &uuid);
}

static const struct participant *participant_at(const struct eval_context *context,
                                                size_t i)
{
    return &context->conversation->header->participants[i];
}

static enum eval_result eval_column(struct buf *out, struct str column,
                                    struct str handle,
                                    const struct eval_context *context)
{
    if (str_is(column, "handle")) {
        buf_put(out, handle);
        return EVAL_OK;
    }
    const struct user *user =
        context->users ? users_find(context->users, handle) : NULL;
    if (user == NULL) {
        if (!context->placeholders) {
            return EVAL_UNKNOWN_USER;
        }
        struct uuid uuid = uuid_v5(&UUID_CONVERSATION_NAMESPACE, handle);
        put_uuid(out, &uuid);
        return EVAL_OK;
    }
    size_t index = users_find_column(context->users, column);
    if (index == context->users->column_count) {
        return EVAL_UNKNOWN_COLUMN;
    }
    const struct user_field *field = &user->fields[index];
    if (field->null) {
        return EVAL_NULL_COLUMN;
    }
    buf_put(out, field->text);
    return EVAL_OK;
}

// What an optional expression may lack, it lacks.
static enum eval_result if_optional(const struct expr *expr, enum eval_result result)
{
    bool lacks = result == EVAL_VAR_MISSING || result == EVAL_NULL_COLUMN;
    return expr->optional && lacks ? EVAL_ABSENT : result;
}

static enum eval_result eval_participant(struct buf *out, const struct expr *expr,
                                         size_t i, const struct eval_context *context)
{
    if (i >= context->conversation->header->participant_count) {
        return EVAL_NO_OTHER;
    }
    const struct participant *person = participant_at(context, i);
    if (expr->field == FIELD_LABEL) {
        buf_put(out, person->label);
        return EVAL_OK;
    }
    return if_optional(expr, eval_column(out, expr->name, person->handle, context));
}

static enum eval_result eval_message(struct buf *out, const struct expr *expr,
                                     const struct message_facts *message,
                                     const struct eval_context *context)
{
    switch ((int)expr->field) {
    case FIELD_INDEX:
        buf_uint(out, message->index);
        break;
    case FIELD_NUMBER:
        buf_uint(out, message->index + 1);
        break;
    case FIELD_UUID:
        put_message_uuid(out, context->conversation->hasher, message->index);
        break;
    case FIELD_TEXT:
        buf_put(out, message->text);
        break;
    case FIELD_CREATED_AT:
        put_time(out, message->created_at);
        break;
    default: // FIELD_LABEL
        buf_put(out, participant_at(context, message->participant)->label);
        break;
    }
    return EVAL_OK;
}

static enum eval_result eval_var(struct buf *out, enum value_type *type,
                                 struct str name, const struct header *header)
{
    for (size_t i = 0; i < header->var_count; i++) {
        const struct value *value = header->vars[i].value;
        if (!str_eq(header->vars[i].name, name)) {
            continue;
        }
        *type = value->type;
        if (value->type == VALUE_BOOL) {
            buf_puts(out, value->boolean ? "true" : "false");
        } else {
            buf_put(out, value->text);
        }
        return EVAL_OK;
    }
    return EVAL_VAR_MISSING;
}

static enum eval_result eval_conversation(struct buf *out, enum value_type *type,
                                          const struct expr *expr,
                                          const struct eval_context *context)
{
    const struct conversation_facts *conversation = context->conversation;
    const struct header *header = conversation->header;
    switch ((int)expr->field) {
    case FIELD_UUID:
        put_uuid(out, &header->uuid);
        break;
    case FIELD_NAME:
        buf_put(out, header->name);
        return header->name.len == 0 ? EVAL_NAME_MISSING : EVAL_OK;
    case FIELD_STARTS_AT:
        put_time(out, conversation->starts_at);
        break;
    case FIELD_MESSAGE_COUNT:
        buf_uint(out, conversation->message_count);
        break;
    case FIELD_PARTICIPANT_COUNT:
        buf_uint(out, header->participant_count);
        break;
    default: // FIELD_VAR
        return if_optional(expr, eval_var(out, type, expr->name, header));
    }
    return EVAL_OK;
}

// The column that a path begins with, and what follows it.
static const struct row_column *row_column_of(const struct row *row, struct str path,
                                              struct str *rest)
{
    size_t dot = str_find_char(path, '.');
    *rest = dot < path.len ? str_skip(path, dot + 1) : (struct str){0};
    return row_find(row, (struct str){path.at, dot});
}

static struct value *map_member(struct value *map, struct str name)
{
    for (size_t i = 0; map->type == VALUE_M && i < map->count; i++) {
        if (str_eq(map->entries[i].name, name)) {
            return map->entries[i].value;
        }
    }
    return NULL;
}

struct value *row_value(const struct expr *expr, const struct row *row)
{
    struct str rest;
    const struct row_column *column = row_column_of(row, expr->name, &rest);
    if (column == NULL || (column->value->is_handle && rest.len > 0)) {
        return NULL;
    }
    struct value *value = column->value;
    while (value != NULL && rest.len > 0) {
        size_t dot = str_find_char(rest, '.');
        value = map_member(value, (struct str){rest.at, dot});
        rest = dot < rest.len ? str_skip(rest, dot + 1) : (struct str){0};
    }
    return value;
}

static enum eval_result eval_row(struct buf *out, enum value_type *type,
                                 const struct expr *expr,
                                 const struct eval_context *context)
{
    struct str rest;
    const struct row_column *column = row_column_of(context->row, expr->name, &rest);
    if (column != NULL && column->value->is_handle && rest.len > 0) {
        return if_optional(expr, eval_column(out, rest, column->value->text, context));
    }
    const struct value *value = row_value(expr, context->row);
    if (value == NULL) {
        return expr->optional ? EVAL_ABSENT : EVAL_COLUMN_MISSING;
    }
    *type = value->type;
    switch ((int)value->type) {
    case VALUE_S:
    case VALUE_N:
        buf_put(out, value->text);
        return EVAL_OK;
    case VALUE_BOOL:
        buf_puts(out, value->boolean ? "true" : "false");
        return EVAL_OK;
    default:
        return EVAL_NOT_TEXT;
    }
}

static inline enum eval_result eval_path(struct buf *out, enum value_type *type,
                                         const struct expr *expr,
                                         const struct eval_context *context)
{
    switch (expr->subject) {
    case SUBJECT_CONVERSATION:
        return eval_conversation(out, type, expr, context);
    case SUBJECT_FIRST_MESSAGE:
        return eval_message(out, expr, &context->conversation->first, context);
    case SUBJECT_LAST_MESSAGE:
        return eval_message(out, expr, &context->conversation->last, context);
    case SUBJECT_MESSAGE:
        return eval_message(out, expr, context->message, context);
    case SUBJECT_SENDER:
        return eval_participant(out, expr, context->message->participant, context);
    case SUBJECT_SELF:
        return eval_participant(out, expr, context->self, context);
    case SUBJECT_OTHER:
        return eval_participant(out, expr, context->other, context);
    case SUBJECT_ROW:
        return eval_row(out, type, expr, context);
    case SUBJECT_PARAMETER:
    default:
        if (expr->field == FIELD_COLUMN) {
            return eval_column(out, expr->name, context->arguments[expr->parameter],
                               context);
        }
        buf_put(out, context->arguments[expr->parameter]);
        return EVAL_OK;
    }
}

// ---- filters: each changes the text that stands since `start`

static void change_case(char *text, size_t len, char from, char to)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] >= from && text[i] <= from + 25) {
            text[i] = (char)(text[i] - from + to);
        }
    }
}

static enum eval_result lower(struct buf *out, size_t start,
                              const struct filter *filter)
{
    (void)filter;
    change_case(out->at + start, out->len - start, 'A', 'a');
    return EVAL_OK;
}

static enum eval_result upper(struct buf *out, size_t start,
                              const struct filter *filter)
{
    (void)filter;
    change_case(out->at + start, out->len - start, 'a', 'A');
    return EVAL_OK;
}

// Zeros to the left, behind a minus sign.
static enum eval_result pad(struct buf *out, size_t start, const struct filter *filter)
{
    unsigned width = filter->width;
    size_t have = utf8_count((struct str){out->at + start, out->len - start});
    if (have > width) {
        return EVAL_PAD_OVERFLOW;
    }
    size_t zeros = width - have;
    if (zeros > 0 && buf_reserve(out, zeros) != NULL) {
        size_t sign = out->len > start && out->at[start] == '-' ? 1 : 0;
        char *at = out->at + start + sign;
        memmove(at + zeros, at, out->len - start - sign);
        memset(at, '0', zeros);
        out->len += zeros;
    }
    return EVAL_OK;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static enum eval_result trim(struct buf *out, size_t start, const struct filter *filter)
{
    (void)filter;
    size_t from = start;
    while (out->len > from && is_space(out->at[out->len - 1])) {
        out->len--;
    }
    while (from < out->len && is_space(out->at[from])) {
        from++;
    }
    memmove(out->at + start, out->at + from, out->len - from);
    out->len -= from - start;
    return EVAL_OK;
}

// Takes the text since start for a time. False: it is none (put_time's always is one).
static bool take_time(instant_us *t, struct buf *out, size_t start)
{
    const char *why = NULL;
    bool read = instant_parse(t, (struct str){out->at + start, out->len - start}, &why);
    out->len = start;
    return read;
}

static void put_epoch(struct buf *out, instant_us t)
{
    int64_t seconds = t / 1000000 - (t % 1000000 < 0 ? 1 : 0);
    if (seconds < 0) {
        buf_char(out, '-');
        seconds = -seconds;
    }
    buf_uint(out, (uint64_t)seconds);
}

static enum eval_result date(struct buf *out, size_t start, const struct filter *filter)
{
    instant_us t = 0;
    if (!take_time(&t, out, start)) {
        return EVAL_NOT_TIME;
    }
    if (!instant_strftime(out, t, filter->format)) {
        die("a format that was verified with its template is none");
    }
    return EVAL_OK;
}

static enum eval_result epoch(struct buf *out, size_t start,
                              const struct filter *filter)
{
    instant_us t = 0;
    (void)filter;
    if (!take_time(&t, out, start)) {
        return EVAL_NOT_TIME;
    }
    put_epoch(out, t);
    return EVAL_OK;
}

static enum eval_result time_of(struct buf *out, size_t start,
                                const struct filter *filter)
{
    instant_us t = 0;
    (void)filter;
    if (!take_time(&t, out, start)) {
        return EVAL_NOT_TIME;
    }
    put_time(out, t);
    return EVAL_OK;
}

static enum eval_result uuid5(struct buf *out, size_t start,
                              const struct filter *filter)
{
    struct str name = {out->at + start, out->len - start};
    struct uuid uuid = uuid_v5(&UUID_CONVERSATION_NAMESPACE, name);
    (void)filter;
    out->len = start;
    put_uuid(out, &uuid);
    return EVAL_OK;
}

typedef enum eval_result (*filter_apply)(struct buf *out, size_t start,
                                         const struct filter *filter);
static const filter_apply APPLY[] = {
    [FILTER_LOWER] = lower, [FILTER_UPPER] = upper,  [FILTER_TRIM] = trim,
    [FILTER_PAD] = pad,     [FILTER_DATE] = date,    [FILTER_EPOCH] = epoch,
    [FILTER_UUID5] = uuid5, [FILTER_TIME] = time_of,
};
_Static_assert(sizeof APPLY / sizeof APPLY[0] == FILTER_KINDS, "a row for each");

enum eval_result expr_eval(struct buf *out, enum value_type *type,
                           const struct expr *expr, const struct eval_context *context)
{
    size_t start = out->len;
    *type = expr->type == TYPE_NUMBER ? VALUE_N : VALUE_S;
    enum eval_result result = eval_path(out, type, expr, context);
    for (size_t i = 0; i < expr->filter_count && result == EVAL_OK; i++) {
        const struct filter *filter = &expr->filters[i];
        result = APPLY[filter->kind](out, start, filter);
        *type = expr->type == TYPE_NUMBER ? VALUE_N : VALUE_S;
    }
    return result;
}

bool template_is_absent(const struct template *template,
                        const struct eval_context *context)
{
    bool absent = false;
    struct buf nothing; // of the value only whether it is there is asked
    if (!template_is_optional(template)) {
        return false;
    }
    buf_init(&nothing, 0);
    for (size_t i = 0; i < template->count && !absent; i++) {
        enum value_type type = VALUE_S;
        const struct expr *expr = template->parts[i].expr;
        absent = expr != NULL && expr->optional &&
                 eval_path(&nothing, &type, expr, context) == EVAL_ABSENT;
    }
    buf_deinit(&nothing);
    return absent;
}

enum eval_result template_eval(struct buf *out, const struct template *template,
                               const struct eval_context *context,
                               const struct expr **failed)
{
    for (size_t i = 0; i < template->count; i++) {
        const struct template_part *part = &template->parts[i];
        enum value_type type = VALUE_S;
        if (part->expr == NULL) {
            buf_put(out, part->literal);
            continue;
        }
        enum eval_result result = expr_eval(out, &type, part->expr, context);
        if (result != EVAL_OK) {
            *failed = part->expr;
            return result;
        }
    }
    return EVAL_OK;
}
