// The second pass: records and users enter; every mistake that items would have leaves
// as a diagnostic at the line that is to blame.
//
// Messages are verified by their upper bound: the longest text of a conversation stands
// for all of them. Only where that bound is passed, or where a key depends on the text,
// is each message looked at by itself.
#include "verify.h"

#include "advice.h"
#include "data_walk.h"
#include "number.h"
#include "program_keys.h"
#include "program_size.h"
#include "template_facts.h"
#include "verifier.h"
#include "verify_data.h"

#include <string.h>

#define KEY_TEXT_MAX ((size_t)1 << 20)

static bool role_text(struct verifier *verifier, const struct program *program,
                      const struct key_role *role, const struct eval_context *context,
                      char *type)
{
    const struct expr *failed = NULL;
    buf_reset(&verifier->scratch);
    *type = role->type;
    if (role->template == NULL) {
        buf_put(&verifier->scratch, role->attribute->value->text);
        return true;
    }
    const struct expr *single = template_single(role->template);
    enum value_type value_type = VALUE_S;
    enum eval_result result =
        single != NULL
            ? expr_eval(&verifier->scratch, &value_type, single, context)
            : template_eval(&verifier->scratch, role->template, context, &failed);
    if (result != EVAL_OK) {
        verifier_report_eval(verifier, result, program,
                             single != NULL ? single : failed);
        return false;
    }
    // A key is S, N or B: true or false is none of them.
    *type = value_type == VALUE_BOOL ? 0 : value_type_name(value_type)[0];
    return true;
}

static struct advice advice_on(const struct verifier *verifier,
                               const struct program *program)
{
    return (struct advice){verifier->compilation->diags, program->entity->name,
                           verifier->at};
}

// One spelling is likely to be in many items of a conversation: it is told once, even
// while a bound is tried.
static void check_spelling(struct verifier *verifier, const struct program *program,
                           const struct key_role *role)
{
    if (role->template != NULL && role->type == 'S' && !verifier->spelling_told) {
        struct advice advice = advice_on(verifier, program);
        verifier->spelling_told = !advice_spelling(
            &advice, role->what, role->attribute->name, buf_str(&verifier->scratch));
    }
}

static void check_role(struct verifier *verifier, const struct program *program,
                       const struct key_role *role, const struct eval_context *context)
{
    char type = 0;
    bool absent = role->template != NULL && template_is_absent(role->template, context);
    if (absent || !role_text(verifier, program, role, context, &type)) {
        return; // an index's key: the item is not in it
    }
    size_t len =
        verifier->scratch.overflowed ? verifier->scratch.max : verifier->scratch.len;
    if (type == role->type && len > 0 && len <= role->max_bytes) {
        check_spelling(verifier, program, role);
        return;
    }
    // Quoting takes memory for the rest of the run: only what is reported is quoted.
    const char *name = verifier_quote(verifier, role->attribute->name);
    const char *entity = verifier_quote(verifier, program->entity->name);
    if (type != role->type) { // B056
        verifier_report(verifier, DIAG_KEY_TYPE, verifier->at,
                        "%s %s of entity %s must be of type %c", role->what, name,
                        entity, role->type);
    } else if (len == 0) { // B054, B055
        verifier_report(verifier, DIAG_KEY_EMPTY, verifier->at,
                        "%s %s of entity %s would be empty", role->what, name, entity);
    } else { // B050, B051, B052
        verifier_report(verifier, DIAG_KEY_SIZE, verifier->at,
                        "%s %s of entity %s would have %zu bytes, and takes %zu",
                        role->what, name, entity, len, role->max_bytes);
    }
}

static void check_distinct(struct verifier *verifier, const struct program *program,
                           const struct eval_context *context)
{
    size_t parts = 1 + program->table->key.range_count;
    distinct_begin(&verifier->distinct);
    for (size_t i = 0; i < parts; i++) {
        char type = 0;
        if (!role_text(verifier, program, &program->roles[i], context, &type)) {
            return;
        }
        distinct_part(&verifier->distinct, buf_str(&verifier->scratch));
    }
    (void)distinct_end(&verifier->distinct, verifier->walk->fixture, verifier->at,
                       program->entity); // diagnosed
}

// A056: each attribute is within its limit; all of a side together may not be.
static void check_key_sum(struct verifier *verifier, const struct program *program,
                          const struct key_sum *sum, const struct eval_context *context)
{
    size_t size = 0;
    if (!program_in_index(program, sum->index, context)) {
        return;
    }
    for (size_t i = 0; i < sum->count; i++) {
        char type = 0;
        if (!role_text(verifier, program, sum->roles[i], context, &type)) {
            return;
        }
        size += type == 'N' ? number_size(buf_str(&verifier->scratch))
                            : verifier->scratch.len;
    }
    if (size > sum->max_bytes && verifier->quiet) {
        verifier->failed = true;
    } else if (size > sum->max_bytes) {
        struct advice advice = advice_on(verifier, program);
        advice_key_sum(&advice, sum->index, sum->count, sum->max_bytes, size);
    }
}

// A066: entries in local indexes count as part of the item. *size is the item's own.
static void check_local_size(struct verifier *verifier, const struct program *program,
                             const struct eval_context *context, size_t size)
{
    size_t local = 0;
    const struct expr *failed = NULL;
    enum eval_result result = program_local_size(
        &local, program, context, verifier->quiet, &verifier->scratch, &failed);
    if (result == EVAL_OK && size + local > ITEM_MAX_BYTES) {
        verifier_report(
            verifier, DIAG_ITEM_SIZE, verifier->at,
            "an item of entity %s and its entries in local indexes would have %zu "
            "bytes, and take %zu together",
            verifier_quote(verifier, program->entity->name), size + local,
            ITEM_MAX_BYTES);
    }
}

// The item's size, names included (B070, B071, C013).
static void check_size(struct verifier *verifier, const struct program *program,
                       const struct eval_context *context)
{
    size_t size = 0;
    const struct expr *failed = NULL;
    enum eval_result result = program_size(&size, program, context, verifier->quiet,
                                           &verifier->scratch, &failed);
    if (result != EVAL_OK) {
        verifier_report_eval(verifier, result, program, failed);
        return;
    }
    if (size > ITEM_MAX_BYTES) {
        verifier_report(verifier, DIAG_ITEM_SIZE, verifier->at,
                        "an item of entity %s would have %zu bytes, and takes %zu",
                        verifier_quote(verifier, program->entity->name), size,
                        ITEM_MAX_BYTES);
        return;
    }
    check_local_size(verifier, program, context, size);
    if (size > ITEM_NEAR_BYTES && verifier->quiet) { // B082
        verifier->failed = true;
    } else if (size > ITEM_NEAR_BYTES && !verifier->failed) {
        struct advice advice = advice_on(verifier, program);
        advice_size(&advice, size);
    }
}

// Everything about one item but its distinctness.
static void check_item(struct verifier *verifier, const struct program *program,
                       const struct eval_context *context)
{
    for (size_t i = 0; i < program->role_count; i++) {
        check_role(verifier, program, &program->roles[i], context);
    }
    for (size_t i = 0; i < program->sum_count && !verifier->failed; i++) {
        check_key_sum(verifier, program, &program->sums[i], context);
    }
    if (!verifier->failed) {
        check_size(verifier, program, context);
    }
}

static bool holds(struct verifier *verifier, const struct program *program,
                  const struct eval_context *context)
{
    bool result = true;
    enum eval_result eval =
        condition_eval(&result, &program->when, context, &verifier->scratch);
    if (eval != EVAL_OK) {
        verifier_report_eval(verifier, eval, program, program->when.expr);
        return false;
    }
    return result;
}

// False: no further item of the program in this conversation.
static bool check_one(void *data, const struct program *program,
                      const struct eval_context *context)
{
    struct verifier *verifier = data;
    verifier->failed = false;
    verifier->header_fault = false;
    if (holds(verifier, program, context)) {
        check_item(verifier, program, context);
        if (!verifier->failed && program->check_keys) {
            check_distinct(verifier, program, context);
        }
        verifier->unit->item_count++;
    }
    return !verifier->header_fault;
}

// True when no message of the conversation can be wrong: none would be even with the
// longest text, the largest index, from any sender.
static bool bound_holds(struct verifier *verifier, const struct program *program,
                        struct eval_context *context,
                        const struct conversation_record *record)
{
    if (program->detailed || program->check_keys || program_asks_each(program)) {
        return false;
    }
    char *text = arena_alloc(&verifier->walk->scratch, record->longest_text);
    memset(text, 'x', record->longest_text);
    struct message_facts message = {
        .index = record->message_count - 1,
        .created_at = record->last.created_at,
        .text = {text, record->longest_text},
    };
    context->message = &message;
    verifier->quiet = true;
    verifier->failed = false;
    size_t participants = context->conversation->header->participant_count;
    for (size_t i = 0; i < participants && !verifier->failed; i++) {
        message.participant = i;
        check_item(verifier, program, context);
    }
    verifier->quiet = false;
    context->message = NULL;
    return !verifier->failed;
}

static bool always(struct verifier *verifier, const struct program *program,
                   const struct eval_context *context)
{
    return program->when.expr == NULL || program_asks_each(program) ||
           holds(verifier, program, context);
}

static void check_read(struct verifier *verifier, const struct program *program,
                       const struct expr *expr, const struct eval_context *context)
{
    enum value_type type = VALUE_S;
    buf_reset(&verifier->scratch);
    enum eval_result result = expr_eval(&verifier->scratch, &type, expr, context);
    verifier_report_eval(verifier, result, program, expr);
}

static bool is_read_before(const struct program *program, size_t piece)
{
    const struct expr *expr = program->pieces[piece].expr;
    for (size_t i = 0; i < piece; i++) {
        const struct expr *other = program->pieces[i].expr;
        if (other != NULL && other->subject == expr->subject &&
            other->field == expr->field && str_eq(other->name, expr->name)) {
            return true;
        }
    }
    return false;
}

// An entity that is broken makes no items. What it reads of the conversation is looked
// at all the same: what a header lacks has nothing to do with the entity's mistakes.
static bool check_broken(void *data, const struct program *program,
                         const struct eval_context *context)
{
    struct verifier *verifier = data;
    verifier->header_fault = false;
    if (program_asks_each(program) || !holds(verifier, program, context)) {
        return !verifier->header_fault;
    }
    for (size_t i = 0; i < program->piece_count; i++) {
        const struct expr *expr = program->pieces[i].expr;
        if (expr != NULL && expr->subject == SUBJECT_CONVERSATION &&
            !is_read_before(program, i)) {
            check_read(verifier, program, expr, context);
        }
    }
    return false; // it is the same for all items of the conversation
}

static void check_reads(struct verifier *verifier, const struct program *program,
                        struct eval_context *context)
{
    if (!program_reads_known(program)) {
        return;
    }
    if (program->entity->for_each == FOR_EACH_MESSAGE) {
        (void)check_broken(verifier, program, context);
    } else {
        (void)walk_items(program, context, check_broken, verifier);
    }
}

static void check_messages(struct verifier *verifier, const struct program **programs,
                           size_t count, struct eval_context *context)
{
    struct message_facts message;
    context->message = &message;
    while (walk_message(verifier->walk, &message)) {
        verifier->at = transcript_message_span(&verifier->walk->transcript);
        for (size_t i = 0; i < count; i++) {
            if (programs[i] != NULL && !check_one(verifier, programs[i], context)) {
                programs[i] = NULL;
            }
        }
    }
    context->message = NULL;
}

static void check_conversation(struct verifier *verifier,
                               const struct conversation_record *record)
{
    struct unit *unit = verifier->unit;
    struct eval_context context = {
        .conversation = &verifier->walk->facts,
        .users = &unit->users,
        .placeholders = unit->placeholders,
    };
    const struct program **detailed = arena_array(
        &verifier->walk->scratch, unit->program_count, sizeof(struct program *));
    size_t detailed_count = 0;
    verifier->spelling_told = false;
    for (size_t i = 0; i < unit->program_count; i++) {
        const struct program *program = &unit->programs[i];
        verifier->at = verifier->walk->facts.header->span;
        verifier->failed = false;
        if (program->broken || record->broken) {
            check_reads(verifier, program, &context);
            continue;
        }
        if (program->entity->for_each != FOR_EACH_MESSAGE) {
            (void)walk_items(program, &context, check_one, verifier);
        } else if (!always(verifier, program, &context)) {
            continue;
        } else if (bound_holds(verifier, program, &context, record)) {
            unit->item_count += record->message_count;
        } else {
            detailed[detailed_count++] = program;
        }
    }
    if (detailed_count > 0) {
        check_messages(verifier, detailed, detailed_count, &context);
    }
}

static void check_transcript(struct verifier *verifier, struct fixture *fixture)
{
    struct walk walk;
    walk_init(&walk, verifier->compilation, fixture);
    verifier->walk = &walk;
    while (walk_next(&walk)) {
        check_conversation(verifier, &fixture->conversations[walk.next - 1]);
    }
    (void)walk_complete(&walk); // diagnosed
    walk_deinit(&walk);
    verifier->walk = NULL;
}

void verify_unit(struct compilation *compilation, struct unit *unit)
{
    struct verifier verifier = {.compilation = compilation, .unit = unit};
    distinct_init(&verifier.distinct, compilation);
    buf_init(&verifier.scratch, KEY_TEXT_MAX);
    buf_init(&verifier.message, KEY_TEXT_MAX);
    unit->item_count = 0;
    data_prove_keys(unit);
    for (size_t i = 0; i < unit->fixture_count; i++) {
        if (unit->fixtures[i]->data == NULL) {
            check_transcript(&verifier, unit->fixtures[i]);
        }
    }
    verify_data(compilation, unit, &verifier.distinct);
    buf_deinit(&verifier.message);
    buf_deinit(&verifier.scratch);
    distinct_deinit(&verifier.distinct);
}
