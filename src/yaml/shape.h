// What a value may look like, said once: key tables name the shapes of what their
// readers take apart themselves, and the JSON Schema is written from both.
//
// A shape says what one value shows by itself. Readers say more (what hangs together
// with other keys, with fixtures, with the service), and say it in words.
//
//     const struct shape LABELS_SHAPE = {
//         SHAPE_MAPPING, .key = &LABEL_SHAPE, .of = &HANDLE_SHAPE, .min = 1, .max = 9};
#ifndef DDB_YAML_SHAPE_H
#define DDB_YAML_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum shape_kind {
    SHAPE_STRING,  // of .min to .max characters that match .pattern
    SHAPE_NUMBER,  // any
    SHAPE_INTEGER, // from .min to .max
    SHAPE_BOOL,    // true or false
    SHAPE_NULL,    // null, ~ or nothing
    SHAPE_WORD,    // one of .words
    SHAPE_RECORD,  // a mapping with the keys of .record, .min to .max of them
    SHAPE_MAPPING, // .min to .max names, each like .key, to values like .of
    SHAPE_LIST,    // .min to .max values like .of
    SHAPE_ANY_OF,  // like one of .choices
};

struct bind_record;

// What a kind does not name is left zero; a .max of zero is no limit (but of an
// integer).
struct shape {
    enum shape_kind kind;
    const char *name; // of a shape that stands in several places or within itself: an
                      // identifier, distinct among all shapes
    const char *doc;  // one line, where no key says what the value is
    int64_t min, max;
    const char *pattern; // a regular expression as JSON Schema has them (ECMA 262), for
                         // the entire string only where it says ^ and $; NULL: any
    const char *const *words;           // NULL-terminated
    const struct bind_record *record;   // its keys are all that there are
    const struct shape *key;            // a SHAPE_STRING; NULL: any names
    const struct shape *of;             // each member
    const struct shape *const *choices; // NULL-terminated
    const char *has; // a name that must be there: a key of a mapping, one more key of a
                     // record, a string of a list; NULL: none
    bool distinct;   // a list: no member stands twice
};

// For .choices: SHAPES(&TEXT_SHAPE, &NULL_SHAPE).
#define SHAPES(...) ((const struct shape *const[]){__VA_ARGS__, NULL})

extern const struct shape TEXT_SHAPE;   // any string
extern const struct shape FILLED_SHAPE; // of one character or more, none of them NUL
extern const struct shape NUMBER_SHAPE;
extern const struct shape BOOL_SHAPE;
extern const struct shape NULL_SHAPE;

// Whether a string of this shape has a character at least.
bool shape_is_filled(const struct shape *shape);

#endif
