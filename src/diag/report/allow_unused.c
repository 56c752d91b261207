// Allowances that silenced nothing. In: all allowances, once everything was found. Out:
// a warning each.
#include "allow_unused.h"

#include "allow.h"

// Whether these are warned of depends on the command, its options and the fixtures of
// the run, as those of the outside world depend on what servers say: that nothing was
// silenced today proves nothing.
static const enum diag_code CONDITIONAL[] = {
    DIAG_ALLOW_UNUSED,       DIAG_COPIES_DIFFER,     DIAG_ENTITY_UNFED,
    DIAG_HANDLE_PLACEHOLDER, DIAG_INDEX_KEY_SUM,     DIAG_INDEX_UNFILLED,
    DIAG_PROJECTION_UNMADE,  DIAG_ITEM_NEAR_LIMIT,   DIAG_KEY_DECOMPOSED,
    DIAG_LOCK_DRIFT,         DIAG_PATTERN_UNMATCHED, DIAG_SORT_ORDER,
    DIAG_TIME_RELATIVE,      DIAG_TIME_TO_LIVE_TYPE,
};

static bool is_conditional(enum diag_code code)
{
    if (diag_info_get(code)->class != DIAG_INPUT) {
        return true;
    }
    for (size_t i = 0; i < sizeof CONDITIONAL / sizeof CONDITIONAL[0]; i++) {
        if (CONDITIONAL[i] == code) {
            return true;
        }
    }
    return false;
}

void allow_unused_report(struct diags *diags)
{
    const struct allow *allow = NULL;
    size_t at = 0;

    while ((allow = allow_next(diags, &at)) != NULL) {
        if (allow->used || is_conditional(allow->code)) {
            continue;
        }
        struct diag *diag =
            diag_add(diags, DIAG_ALLOW_UNUSED, allow->span,
                     "this silences no warning '%s'", diag_info_get(allow->code)->name);
        diag_help(diags, diag,
                  "take it out; it belongs at the end of the warning's line "
                  "or directly above");
    }
}
