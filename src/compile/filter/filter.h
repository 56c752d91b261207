// FilterExpression: which of the items that are read come back. Parsed, typed and held
// against the service's limits when it is compiled (A053, B101 to B103, B106).
#ifndef DDB_COMPILE_FILTER_H
#define DDB_COMPILE_FILTER_H

#include "arena.h"
#include "diag.h"
#include "document_path.h"
#include "entity.h"
#include "scope.h"
#include "table.h"
#include "template.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

#define FILTER_MAX_BYTES 4096    // B101: as it is sent
#define FILTER_MAX_OPERATORS 300 // B102
#define FILTER_MAX_IN 100        // B103

enum filter_test {
    TEST_OR,
    TEST_AND,
    TEST_NOT,
    TEST_EQ,
    TEST_NE,
    TEST_LT,
    TEST_LE,
    TEST_GT,
    TEST_GE,
    TEST_BETWEEN,
    TEST_IN,
    TEST_EXISTS,
    TEST_NOT_EXISTS,
    TEST_TYPE,
    TEST_BEGINS_WITH,
    TEST_CONTAINS,
};

enum filter_operand_kind {
    OPERAND_PATH,
    OPERAND_LITERAL,
    OPERAND_PARAMETER,
};

struct filter_operand {
    enum filter_operand_kind kind;
    bool size; // size(...) of it
    struct document_path path;
    const struct value *literal;
    const struct template *template; // of one expression
    bool list;                       // OPERAND_PARAMETER: of IN, any number of values
    enum value_type type;            // of a literal or a parameter
    size_t slot; // of a literal or a parameter, among all of the filter
    struct span span;
};

struct filter_node {
    enum filter_test test;
    const struct filter_node *left; // of OR and AND; NOT has it alone
    const struct filter_node *right;
    const struct filter_operand **operands; // operand_count of them; of all others
    size_t operand_count;
    struct span span;
};

struct filter_expression {
    const struct filter_node *root;
    const struct filter_operand **slots; // slot_count of them: what gives values
    size_t slot_count;
    const struct filter_operand **paths; // path_count of them
    size_t path_count;
    size_t operators;
    const struct parameter *parameters; // of the pattern
    struct span span;
};

// What a parsed filter may name.
struct filter_scope {
    const struct scope *scope; // of ${...}
    const struct table *table;
    const struct key_schema
        *key; // of what is queried: its attributes are refused (A053);
              // NULL: a scan, which takes them
};

// NULL: diagnosed.
const struct filter_expression *filter_parse(const struct written *written,
                                             const struct filter_scope *scope,
                                             struct arena *arena, struct diags *diags);

// Calls seen(expr) for every ${...} of it.
void filter_visit(const struct filter_expression *filter,
                  void (*seen)(void *context, const struct expr *expr), void *context);

// False (diagnosed): what the service does not take whatever the items are: operands of
// other types than an operator has, keys.
__attribute__((warn_unused_result)) bool
filter_check(const struct filter_expression *filter, const struct filter_scope *scope,
             struct diags *diags);
// An operand's type where it is known: of a literal, a parameter or size(). False: it is
// a path's.
bool filter_operand_type(enum value_type *type, const struct filter_operand *operand);
// The operator or function as it is written: "BETWEEN", "contains".
const char *filter_test_name(enum filter_test test);
// "S", "N", ... of all ten types.
bool filter_is_type_name(struct str name);
// The order of two values of one type, which is S, N or B.
int filter_compare(const struct value *a, const struct value *b);
// False (diagnosed): the path leads into a key attribute of the table or of an index.
__attribute__((warn_unused_result)) bool
path_check_key(const struct document_path *path, const struct table *table,
               enum diag_code code, struct diags *diags);

#endif
