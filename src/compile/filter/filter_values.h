// A filter's values for one run: literals, and what its parameters give.
#ifndef DDB_COMPILE_FILTER_VALUES_H
#define DDB_COMPILE_FILTER_VALUES_H

#include "arena.h"
#include "argument.h"
#include "diag.h"
#include "eval.h"
#include "filter.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

struct slot_values {
    const struct value *at; // count of them: one, but of a list
    size_t count;
};

struct filter_values {
    struct slot_values *slots; // by slot
};

// What the filter's slots stand for. context->arguments is not read; users are. False
// (diagnosed): a handle is unknown, or the values are none that the service takes (B103,
// bounds of BETWEEN).
__attribute__((warn_unused_result)) bool
filter_bind(struct filter_values *out, const struct filter_expression *filter,
            const struct argument *arguments, size_t argument_count,
            const struct eval_context *context, struct arena *arena,
            struct diags *diags);

// Whether an item comes back.
bool filter_holds(const struct filter_expression *filter,
                  const struct filter_values *values, const struct value_entry *entries,
                  size_t count, struct arena *scratch);

#endif
