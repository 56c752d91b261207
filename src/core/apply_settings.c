// Settings of tables during apply. Enters: a declared table and what the service tells
// of the live one. Leaves: calls for what is missing, refusals of what cannot be
// changed in place, warnings of what is left as it is.
//
// What a table lacks is made, so that an apply that was interrupted before is
// completed. What it has otherwise is left alone.
#include "apply_settings.h"

#include "settings_admin.h"

static const char *const SETTING_NAMES[] = {"time to live", "point-in-time recovery",
                                            "contributor insights"};

static void warn_differs(struct ddb *ddb, const struct table *declared,
                         struct span span, const char *what, bool differs)
{
    if (!differs) {
        return;
    }
    struct diag *diag = diag_add(&ddb->diags, DIAG_TABLE_SETTING_DIFFERS, span,
                                 "table %s exists with %s unlike this",
                                 diag_quote(&ddb->diags, declared->name), what);
    diag_help(&ddb->diags, diag, "apply does not change it");
}

static bool switch_differs(enum setting declared, enum setting live)
{
    return declared != SETTING_UNSAID && declared != live;
}

// Emulators keep few of these and tell of fewer: they are not compared there.
void apply_settings_compare(struct ddb *ddb, const struct table *declared,
                            const struct live_table *live)
{
    const struct table_settings *a = &declared->settings;
    const struct table_settings *b = &live->table.settings;
    if (!ddb->target.is_protected) {
        return;
    }
    bool other_view = a->stream.state == SETTING_ENABLED &&
                      b->stream.state == SETTING_ENABLED &&
                      a->stream.view_type != b->stream.view_type;
    warn_differs(ddb, declared, a->stream.span, "a stream",
                 switch_differs(a->stream.state, b->stream.state) || other_view);
    warn_differs(ddb, declared, a->sse.span, "encryption",
                 switch_differs(a->sse.state, b->sse.state));
    warn_differs(ddb, declared, a->table_class_span, "a class",
                 a->table_class != TABLE_CLASS_UNSAID &&
                     a->table_class != b->table_class);
    warn_differs(ddb, declared, a->deletion_protection_span, "deletion protection",
                 switch_differs(a->deletion_protection, b->deletion_protection));
}

// A196: another attribute takes two calls with an hour between them.
static void refuse_taken(struct ddb *ddb, const struct table *declared,
                         const struct live_table *live, const struct table_call *call)
{
    struct str other = live->table.settings.time_to_live.attribute_name;
    struct str shell = arena_printf(&ddb->arena,
                                    "aws dynamodb update-time-to-live --table-name "
                                    "%.*s --time-to-live-specification "
                                    "Enabled=false,AttributeName=%.*s",
                                    STR_ARG(declared->name), STR_ARG(other));
    struct diag *diag = diag_add(&ddb->diags, DIAG_TIME_TO_LIVE_TAKEN, call->span,
                                 "the items of table %s expire by %s already",
                                 diag_quote(&ddb->diags, declared->name),
                                 diag_quote(&ddb->diags, other));
    diag_help(&ddb->diags, diag, "disable that (%.*s), wait an hour, and apply again",
              STR_ARG(shell));
}

static bool judge(struct ddb *ddb, const struct table *declared,
                  const struct live_table *live, const struct table_call *call)
{
    struct diag *diag = NULL;
    switch (table_call_compare(declared, &live->table, call)) {
    case FIT_TAKEN:
        refuse_taken(ddb, declared, live, call);
        return false;
    case FIT_BUSY: // A195
        diag =
            diag_add(&ddb->diags, DIAG_TABLE_STATE, call->span,
                     "%s of table %s is being disabled", SETTING_NAMES[call->setting],
                     diag_quote(&ddb->diags, declared->name));
        diag_help(&ddb->diags, diag,
                  "run it again later: it may take an hour until it can be enabled");
        return false;
    case FIT_DIFFERS:
        warn_differs(ddb, declared, call->span, SETTING_NAMES[call->setting], true);
        return true;
    case FIT_SAME:
    case FIT_MISSING:
    case FIT_UNKNOWN:
    default:
        return true;
    }
}

bool apply_settings_look(struct ddb *ddb, struct client *client,
                         const struct table *declared, struct live_table *live)
{
    struct wait_options wait = connect_wait_options(ddb);
    size_t count = 0;
    struct table_call *calls = table_calls(&count, declared, true, &ddb->arena);
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        if (calls[i].index != NULL &&
            table_find_index(&live->table, calls[i].index->name) == NULL) {
            continue; // there is none to ask for, which was said
        }
        switch (setting_describe(live, client, declared, &calls[i], &wait, &ddb->arena,
                                 &ddb->diags)) {
        case SETTING_FAILED:
            return false; // the next one would fail the same way
        case SETTING_DONE:
            ok = judge(ddb, declared, live, &calls[i]) && ok;
            break;
        case SETTING_LEFT_OUT:
        default:
            break;
        }
    }
    live->settings_known = ok;
    return ok;
}

bool apply_settings_make(struct ddb *ddb, struct client *client,
                         const struct table *declared, struct live_table *live)
{
    struct wait_options wait = connect_wait_options(ddb);
    size_t count = 0;
    struct table_call *calls = table_calls(&count, declared, false, &ddb->arena);
    for (size_t i = 0; i < count; i++) {
        const struct table_call *call = &calls[i];
        if (table_call_compare(declared, &live->table, call) != FIT_MISSING) {
            continue;
        }
        enum setting_answer answer = setting_update(live, client, declared, call, &wait,
                                                    &ddb->arena, &ddb->diags);
        if (answer == SETTING_FAILED) {
            return false;
        }
        if (answer == SETTING_DONE) {
            struct str index = call->index != NULL ? call->index->name : str_from(NULL);
            say_out(ddb, "%.*s: %s%s%.*s enabled\n", STR_ARG(declared->name),
                    SETTING_NAMES[call->setting], index.len > 0 ? " of index " : "",
                    STR_ARG(index));
        }
    }
    return true;
}
