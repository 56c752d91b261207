// What is checked of an access pattern beside the conditions on its key.
#ifndef DDB_COMPILE_QUERY_CHECK_H
#define DDB_COMPILE_QUERY_CHECK_H

#include "query.h"

#include <stdbool.h>

struct query_builder {
    struct query *out;
    struct scope scope;
    struct arena *arena;
    struct diags *diags;
};

// A template of the key: what is binary stands alone, and lists have their place. False:
// diagnosed.
__attribute__((warn_unused_result)) bool
query_check_template(struct query_builder *builder, const struct template *template);

// The operation's own rules; the filter and the projection, which are parsed. False:
// diagnosed.
__attribute__((warn_unused_result)) bool query_check(struct query_builder *builder);

// Warns of parameters that nothing reads. False (diagnosed): a default is no value of its
// parameter's type.
__attribute__((warn_unused_result)) bool
query_check_parameters(struct query_builder *builder);

#endif
