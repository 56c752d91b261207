// The catalogue of rules as a table: rows of rules.def enter, those that are checked at
// compile time leave.
#include "rule.h"

static const struct rule RULES_CHECKED[] = {
#define RULES(section, group)
#define CHECKED(id, kind, code, text) {#id, DIAG_##code, text},
#define RUNTIME(id, kind, text, where)
#define NOT_APPLICABLE(id, kind, text, why)
#include "rules.def"
#undef RULES
#undef CHECKED
#undef RUNTIME
#undef NOT_APPLICABLE
};

const struct rule *rule_all(size_t *count)
{
    *count = sizeof RULES_CHECKED / sizeof RULES_CHECKED[0];
    return RULES_CHECKED;
}

const struct rule *rule_find(struct str id)
{
    for (size_t i = 0; i < sizeof RULES_CHECKED / sizeof RULES_CHECKED[0]; i++) {
        if (str_is(id, RULES_CHECKED[i].id)) {
            return &RULES_CHECKED[i];
        }
    }
    return NULL;
}
