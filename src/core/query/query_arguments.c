// Values of parameters enter, handles that have to be looked up leave.
#include "query_arguments.h"

void query_arguments_want(struct ddb *ddb, struct unit *unit, const struct query *query,
                          const struct argument *arguments, struct span span)
{
    for (size_t i = 0; i < query->pattern->parameter_count; i++) {
        bool handles = query->pattern->parameters[i].type == PARAMETER_HANDLE;
        for (size_t k = 0; k < arguments[i].count && handles; k++) {
            unit_want_handle(unit, arguments[i].texts[k], span, false, &ddb->arena);
        }
    }
}
