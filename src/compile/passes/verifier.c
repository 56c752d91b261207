// What is wrong with an item of a conversation, said where it is to blame: results of
// expressions enter, diagnostics leave, or, while a bound is tried, only that there are
// some.
#include "verifier.h"

#include "condition.h"

#include <stdarg.h>

void verifier_report(struct verifier *verifier, enum diag_code code, struct span span,
                     const char *format, ...)
{
    verifier->failed = true;
    if (verifier->quiet) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    buf_reset(&verifier->message);
    buf_vprintf(&verifier->message, format, arguments);
    va_end(arguments);
    diag_add_once(verifier->compilation->diags, code, span, "%s",
                  buf_cstr(&verifier->message));
}

const char *verifier_quote(struct verifier *verifier, struct str text)
{
    return diag_quote(verifier->compilation->diags, text);
}

static void report_no_other(struct verifier *verifier, const struct program *program)
{
    struct diags *diags = verifier->compilation->diags;
    const struct header *header = verifier->walk->facts.header;
    verifier->failed = true;
    if (verifier->quiet) {
        return;
    }
    struct diag *diag = diag_add_once(
        diags, DIAG_OTHER_PARTICIPANT, header->span,
        "entity %s reads ${other...}, and not two take part in this conversation",
        verifier_quote(verifier, program->entity->name));
    diag_help(diags, diag,
              "give the entity 'when: ${conversation.participant_count} == 2'");
    diag_related(diags, diag, program->entity->span, "the entity");
}

static void report_no_variable(struct verifier *verifier, const struct program *program,
                               const struct expr *expr)
{
    struct diags *diags = verifier->compilation->diags;
    const struct header *header = verifier->walk->facts.header;
    verifier->failed = true;
    if (verifier->quiet) {
        return;
    }
    struct str *names =
        arena_array(&verifier->walk->scratch, header->var_count, sizeof *names);
    for (size_t i = 0; i < header->var_count; i++) {
        names[i] = header->vars[i].name;
    }
    size_t nearest =
        str_nearest_within(expr->name, names, header->var_count, &diags->nearest_work);
    struct str message =
        arena_printf(&verifier->walk->scratch,
                     "the header has no variable %s, which entity %s reads",
                     verifier_quote(verifier, expr->name),
                     verifier_quote(verifier, program->entity->name));
    struct diag *diag = NULL;
    if (nearest < header->var_count) { // this header's own mistake
        diag =
            diag_add(diags, DIAG_VARS_MISSING, header->span, "%.*s", STR_ARG(message));
        diag_help(diags, diag, "did you mean '%.*s'?", STR_ARG(names[nearest]));
    } else {
        diag = diag_add_once(diags, DIAG_VARS_MISSING, header->span, "%.*s",
                             STR_ARG(message));
    }
    diag_related(diags, diag, expr->span, "read here");
}

void verifier_report_eval(struct verifier *verifier, enum eval_result result,
                          const struct program *program, const struct expr *expr)
{
    struct span header = verifier->walk->facts.header->span;
    struct str entity = program->entity->name;
    verifier->failed = true;
    switch (result) {
    case EVAL_VAR_MISSING:
        verifier->header_fault = true;
        report_no_variable(verifier, program, expr);
        break;
    case EVAL_NAME_MISSING:
        verifier->header_fault = true;
        verifier_report(
            verifier, DIAG_NAME_MISSING, header,
            "the conversation has a uuid and no name, which entity %s reads",
            verifier_quote(verifier, entity));
        break;
    case EVAL_NO_OTHER:
        verifier->header_fault = true;
        report_no_other(verifier, program);
        break;
    case EVAL_NOT_COMPARABLE:
        verifier->header_fault = true;
        verifier_report(
            verifier, DIAG_ENTITY_WHEN, header,
            "the condition of entity %s compares variable %s, which is of another "
            "type, with %s",
            verifier_quote(verifier, entity), verifier_quote(verifier, expr->name),
            condition_literal(&program->when, verifier->compilation->diags));
        break;
    case EVAL_PAD_OVERFLOW:
        verifier_report(verifier, DIAG_PAD_OVERFLOW, verifier->at,
                        "entity %s pads a value to fewer characters than it has",
                        verifier_quote(verifier, entity));
        break;
    case EVAL_NOT_TIME:
        verifier->header_fault = true;
        verifier_report(verifier, DIAG_TIME, header,
                        "variable %s, which entity %s takes for a time, is none",
                        verifier_quote(verifier, expr->name),
                        verifier_quote(verifier, entity));
        break;
    case EVAL_ABSENT:
    case EVAL_COLUMN_MISSING: // of rows only, like the next one
    case EVAL_NOT_TEXT:
    case EVAL_NULL_COLUMN:
    case EVAL_UNKNOWN_COLUMN: // diagnosed where the template stands
    case EVAL_UNKNOWN_USER:   // diagnosed where the handle stands
    case EVAL_OK:
    default:
        break;
    }
}
