// Templates: text with ${path | filter} in it, parsed and typed.
#ifndef DDB_COMPILE_TEMPLATE_H
#define DDB_COMPILE_TEMPLATE_H

#include "arena.h"
#include "diag.h"
#include "entity.h"
#include "str.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

#define EXPR_MAX_FILTERS 4
#define TEMPLATE_MAX_PARTS 1000     // texts and expressions
#define DEFINITION_MAX_EXPRS 20000U // in all of its templates
#define PAD_MAX_WIDTH 64

enum subject {
    SUBJECT_CONVERSATION,
    SUBJECT_FIRST_MESSAGE, // conversation.first_message
    SUBJECT_LAST_MESSAGE,  // conversation.last_message
    SUBJECT_MESSAGE,
    SUBJECT_SENDER,
    SUBJECT_SELF,
    SUBJECT_OTHER,
    SUBJECT_ROW,
    SUBJECT_PARAMETER,
};

enum field {
    FIELD_UUID,
    FIELD_NAME,
    FIELD_STARTS_AT,
    FIELD_MESSAGE_COUNT,
    FIELD_PARTICIPANT_COUNT,
    FIELD_VAR, // conversation.vars.NAME
    FIELD_INDEX,
    FIELD_NUMBER,
    FIELD_TEXT,
    FIELD_CREATED_AT,
    FIELD_LABEL,  // of a message, or of a participant
    FIELD_COLUMN, // a participant's, by name; handle among them
    FIELD_ROW,    // a row's, by name; behind a dot a map's member or a handle's column
    FIELD_PARAMETER,
};

enum text_type {
    TYPE_STRING,
    TYPE_UUID,
    TYPE_TIME,
    TYPE_NUMBER,
    TYPE_ANY, // a variable, a row's column: known when the fixture is
};

enum filter_kind {
    FILTER_LOWER,
    FILTER_UPPER,
    FILTER_TRIM,
    FILTER_PAD,
    FILTER_DATE,
    FILTER_EPOCH,
    FILTER_UUID5,
    FILTER_TIME,
};

struct filter {
    enum filter_kind kind;
    unsigned width;    // pad
    struct str format; // date
};

struct expr {
    enum subject subject;
    enum field field;
    struct str name;  // of the column, variable or parameter
    bool optional;    // written "?": what reads it is left out without it
    size_t parameter; // SUBJECT_PARAMETER: its index
    struct filter filters[EXPR_MAX_FILTERS];
    size_t filter_count;
    enum text_type type; // after the filters
    struct span span;    // of ${...}
};

struct template_part {
    struct str literal; // when expr is NULL
    const struct expr *expr;
};

struct template
{
    const struct template_part *parts;
    size_t count;
    struct span span;
    bool is_text; // !S: gives S even where it is a single expression
};

// What may be named in a template.
struct scope {
    unsigned subjects; // bits 1 << SUBJECT_...
    const struct parameter *parameters;
    size_t parameter_count;
    const char *what;       // "an entity for each message", for messages
    size_t *exprs;          // of the definition so far; NULL: they are not counted
    bool parameters_broken; // there are others, which could not be read
};

struct scope scope_of_entity(enum for_each for_each);
// Everything an entity of any kind may name: for one whose for_each is not known.
struct scope scope_of_any_entity(void);

// Parses text that stands at text_span (byte for byte; else the whole value's span and
// text_span without a source). False: diagnosed. Literal parts are unescaped ($${ is
// ${, and ${'x'} is x).
__attribute__((warn_unused_result)) bool
template_parse(struct template *out, struct str text, struct span span,
               struct span text_span, const struct scope *scope, struct arena *arena,
               struct diags *diags);

// Where the expression ends whose "${" stands before `from`: the position of its "}",
// which is none inside quotes; or text.len.
size_t template_find_close(struct str text, size_t from);

// The one expression that is all of the template and gives it its type, or NULL.
const struct expr *template_single(const struct template *template);

// True when some expression of it is optional.
bool template_is_optional(const struct template *template);

// The literal that a template begins with; may be empty.
struct str template_prefix(const struct template *template);

// True when distinct values of this subject's field give distinct texts, whatever the
// other expressions give: it stands unfiltered or padded, and where it begins and ends
// can be told from the text.
bool template_keeps(const struct template *template, enum subject subject,
                    enum field field);
// True when it is named at all.
bool template_reads(const struct template *template, enum subject subject,
                    enum field field);

#endif
