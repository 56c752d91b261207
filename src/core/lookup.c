// Handles to users: which source answers, and what a run does without one.
//
// Precedence: --handles, the target's handles, the definition's; of each a file before
// Postgres.
#include "env.h"
#include "handles_file.h"
#include "pg_handles.h"
#include "run.h"

#include <string.h>

static void say_asked(void *context, struct str where)
{
    connect_say(context, "handles: asking Postgres at %.*s", STR_ARG(where));
}

static const struct handles_config *pick_config(struct ddb *ddb,
                                                const struct unit *unit)
{
    const struct handles_config *target = &ddb->target.handles;
    if (ddb->has_target && (target->file.len > 0 || target->postgres)) {
        return target;
    }
    return &unit->definition.handles;
}

static bool ask_postgres(struct ddb *ddb, struct unit *unit,
                         const struct handles_config *config)
{
    struct pg_handles pg = {
        .query = config->query.len > 0 ? config->query : STR(PG_HANDLES_DEFAULT_QUERY),
        .url_span = config->url_span,
        .query_span = config->query_span,
        .asked = say_asked,
        .context = ddb,
    };
    if (config->url.len > 0 &&
        !env_value(&pg.url, config->url, config->url_span, &ddb->arena, &ddb->diags)) {
        return false;
    }
    struct handle_lookup lookup = pg_handles_lookup(&pg);
    size_t count = unit->wanted.count;
    struct str *handles = arena_array(&ddb->arena, count, sizeof *handles);
    for (size_t i = 0; i < count; i++) {
        handles[i] = unit->wanted.entries[i].key;
    }
    return lookup.find(lookup.context, &unit->users, handles, count, &ddb->diags);
}

// A command that connects to nothing: sizes are checked with stand-ins.
static void use_placeholders(struct ddb *ddb, struct unit *unit)
{
    unit->placeholders = true;
    directory_check(unit, false, &ddb->diags);
    if (unit->wanted.count > 0) {
        struct diag *diag = diag_add(&ddb->diags, DIAG_HANDLE_PLACEHOLDER,
                                     source_span_file(unit->definition.source),
                                     "%zu handle%s not looked up", unit->wanted.count,
                                     unit->wanted.count == 1 ? " was" : "s were");
        diag_help(&ddb->diags, diag, "give --handles FILE to check them too");
    }
}

static bool use_file(struct ddb *ddb, struct unit *unit, const char *path,
                     struct span span)
{
    if (!handles_file_read(&unit->users, path, span, &ddb->arena, &ddb->diags)) {
        return false;
    }
    directory_check(unit, true, &ddb->diags);
    return true;
}

static bool report_no_source(struct ddb *ddb, struct unit *unit)
{
    struct diag *diag = diag_add(
        &ddb->diags, DIAG_HANDLE_SOURCE, source_span_file(unit->definition.source),
        "templates read columns of handles, and nothing says where "
        "handles are looked up");
    diag_help(&ddb->diags, diag, "add a section 'handles', or give --handles FILE");
    return false;
}

// A target is asked for its own handles where one is in force; check names one
// explicitly.
static bool needs_target(const struct ddb *ddb, enum lookup_reach reach)
{
    return reach == LOOKUP_ANYWHERE || ddb->options.target != NULL;
}

static bool find_users(struct ddb *ddb, struct unit *unit, enum lookup_reach reach)
{
    if (ddb->options.handles != NULL) {
        return use_file(ddb, unit, ddb->options.handles, (struct span){0});
    }
    if (needs_target(ddb, reach) && !connect_target(ddb)) {
        return false;
    }
    const struct handles_config *config = pick_config(ddb, unit);
    if (config->file.len > 0) {
        return inputs_check_inside(ddb, config->file.at, config->file_span) &&
               use_file(ddb, unit, config->file.at, config->file_span);
    }
    if (!config->postgres) {
        return report_no_source(ddb, unit);
    }
    if (reach == LOOKUP_FILES) {
        use_placeholders(ddb, unit);
        return true;
    }
    if (unit->wanted.count == 0) {
        return true;
    }
    if (!ask_postgres(ddb, unit, config)) {
        return false;
    }
    directory_check(unit, true, &ddb->diags);
    return true;
}

bool lookup_users(struct ddb *ddb, struct unit *unit, enum lookup_reach reach)
{
    bool asked = unit_reads_users(unit) || unit->wanted.count > 0;
    bool needed = unit_reads_users(unit) || ddb->options.handles != NULL;
    for (size_t i = 0; i < unit->query_count && !needed; i++) {
        needed = unit->wanted.count > 0 && query_reads_users(&unit->queries[i]);
    }
    if (asked && needed && !find_users(ddb, unit, reach)) {
        return false;
    }
    return !unit->broken;
}
