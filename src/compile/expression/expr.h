// An expression of a template, typed: what it reads, and what filters make of that.
#ifndef DDB_COMPILE_EXPR_H
#define DDB_COMPILE_EXPR_H

#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

#define EXPR_MAX_FILTERS 4

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
    TYPE_ANY,     // a variable, a row's column: known when the fixture is
    TYPE_BINARY,  // a pattern's parameter, like what follows
    TYPE_BOOLEAN, // true or false
};

// A filter is a row in each table of them: FILTERS of template.c, FACTS of
// template_facts.c, APPLY of eval.c and of prove/domain.c. A new one stands last: they do
// not compile without its row.
enum filter_kind {
    FILTER_LOWER,
    FILTER_UPPER,
    FILTER_TRIM,
    FILTER_PAD,
    FILTER_DATE,
    FILTER_EPOCH,
    FILTER_TIME,
    FILTER_UUID5,
    FILTER_KINDS, // how many there are
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

#endif
