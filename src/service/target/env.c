// Looking up ${env.NAME}. In: a field's text. Out: its value.
#include "env.h"

#include "env_ref.h"

#include <stdlib.h>

bool env_value(struct str *out, struct str text, struct span span, struct arena *arena,
               struct diags *diags)
{
    struct str name;

    *out = (struct str){0};
    if (!env_ref_check_whole(text, span, diags)) {
        return false;
    }
    if (env_ref_find(&name, text) == ENV_REF_NONE) {
        *out = arena_str(arena, text);
        return true;
    }
    if (env_ref_is_foreign(name)) {
        struct diag *diag = diag_add(diags, DIAG_ENV_NOT_ALLOWED, span,
                                     "what the variable %s says may be anybody's",
                                     diag_quote(diags, name));
        diag_help(diags, diag, "pass what you mean in a variable of your own");
        return false;
    }
    const char *value = getenv(arena_str(arena, name).at);
    if (value == NULL || value[0] == '\0') {
        struct diag *diag =
            diag_add(diags, DIAG_ENV_UNSET, span, "the environment has no value for %s",
                     diag_quote(diags, name));
        diag_help(diags, diag, "set it: export %.*s=...", STR_ARG(name));
        return false;
    }
    *out = arena_str(arena, str_from(value));
    return true;
}
