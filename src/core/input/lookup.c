// Handles to users: which source answers, and what a run does without one.
//
// Precedence: --handles, with --locked the lock, the target's handles, the
// definition's; of each a file before Postgres.
#include "lookup.h"

#include "connect.h"
#include "directory.h"
#include "env.h"
#include "env_ref.h"
#include "handles_file.h"
#include "locks.h"
#include "pg_handles.h"
#include "resolve.h"
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

// What Postgres is asked, for the lock; empty: the default.
static struct str own_query(const struct handles_config *config)
{
    bool usual = str_is(config->query, PG_HANDLES_DEFAULT_QUERY);
    return usual ? (struct str){0} : config->query;
}

// Where it is asked. What a file says itself is a checkout's word, a value of the
// environment the user's.
static bool read_url(struct pg_url *out, struct ddb *ddb,
                     const struct handles_config *config)
{
    struct str name;
    *out = (struct pg_url){
        .span = config->url_span,
        .written = env_ref_find(&name, config->url) != ENV_REF_WHOLE,
    };
    if (config->url.len == 0) {
        out->written = false;
        return true;
    }
    return env_value(&out->text, config->url, config->url_span, &ddb->arena,
                     &ddb->diags);
}

// What stands in the file is told before anybody is asked, by commands that never ask
// too.
static bool check_url(struct ddb *ddb, const struct handles_config *config)
{
    struct str name;
    struct pg_url url = {config->url, config->url_span, true};
    return env_ref_find(&name, config->url) == ENV_REF_WHOLE ||
           pg_url_check(&url, &ddb->diags);
}

// A source that failed half-way: what it did not tell is not to be missed.
static bool forget_users(struct unit *unit)
{
    users_init(&unit->users, unit->users.arena);
    unit->users.lost_columns = true;
    unit->users.lost_others = true;
    return false;
}

static bool ask_postgres(struct ddb *ddb, struct unit *unit,
                         const struct handles_config *config)
{
    struct pg_handles pg = {
        .query = config->query.len > 0 ? config->query : STR(PG_HANDLES_DEFAULT_QUERY),
        .query_span = config->query_span,
        .asked = say_asked,
        .stop = ddb->options.stop,
        .context = ddb,
    };
    if (!read_url(&pg.url, ddb, config)) {
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

static size_t count_missing(const struct unit *unit)
{
    size_t missing = 0;
    for (size_t i = 0; i < unit->wanted.count; i++) {
        missing += users_find(&unit->users, unit->wanted.entries[i].key) == NULL;
    }
    return missing;
}

// A command that connects to nothing: what the lock does not know is checked with
// stand-ins.
static void use_placeholders(struct ddb *ddb, struct unit *unit)
{
    bool all = locks_recall(ddb, unit);
    unit->placeholders = !all;
    directory_check(unit, all, &ddb->diags);
    size_t missing = count_missing(unit);
    if (missing > 0 && locks_of(ddb, unit)->file->good) {
        struct diag *diag = diag_add(&ddb->diags, DIAG_HANDLE_PLACEHOLDER,
                                     source_span_file(unit->definition.source),
                                     "%zu handle%s not looked up", missing,
                                     missing == 1 ? " was" : "s were");
        diag_help(&ddb->diags, diag, "give --handles FILE to check them too");
    }
}

static bool use_file(struct ddb *ddb, struct unit *unit, const char *path,
                     struct span span)
{
    struct yaml_file file = {path, path, span, ddb->options.stop};
    bool good = handles_file_read(&unit->users, &file, &ddb->arena, &ddb->diags);
    if (good) {
        locks_note(ddb, unit, LOCK_FILE, str_from(path), (struct str){0});
    }
    directory_check(unit, true, &ddb->diags); // as far as the file is right
    return good;
}

// --locked: nobody is asked.
static bool use_lock(struct ddb *ddb, struct unit *unit)
{
    if (!connect_target(ddb) ||
        !locks_answer(ddb, unit, own_query(pick_config(ddb, unit)))) {
        return forget_users(unit);
    }
    directory_check(unit, true, &ddb->diags);
    return true;
}

// --handles serves all tables and is read once: it may be standard input.
static bool use_given(struct ddb *ddb, struct unit *unit)
{
    if (!ddb->given_read) {
        const char *shown = ddb->options.handles;
        const char *path = resolve_named(ddb, shown);
        struct yaml_file file = {path, shown, {0}, ddb->options.stop};
        ddb->given_read = true;
        users_init(&ddb->given_users, &ddb->arena);
        ddb->given_users.lost_columns = true; // until it is read
        ddb->given_users.lost_others = true;
        ddb->given_good = path != NULL && handles_file_read(&ddb->given_users, &file,
                                                            &ddb->arena, &ddb->diags);
    }
    unit->users = ddb->given_users;
    if (ddb->given_good) {
        locks_note(ddb, unit, LOCK_FILE, unit->users.origin, (struct str){0});
    }
    directory_check(unit, true, &ddb->diags); // as far as the file is right
    return ddb->given_good;
}

static bool report_no_source(struct ddb *ddb, struct unit *unit)
{
    struct column_read columns[USERS_MAX_COLUMNS];
    size_t count = unit_columns(columns, unit);
    struct span span =
        count > 0 ? columns[0].span : source_span_file(unit->definition.source);
    struct diag *diag = diag_add(&ddb->diags, DIAG_HANDLE_SOURCE, span,
                                 "a column of handles is read, and nothing says where "
                                 "handles are looked up");
    diag_help(&ddb->diags, diag, "add a section 'handles', or give --handles FILE");
    return false;
}

// A target is asked for its own handles where one is in force; check names one
// explicitly.
static bool needs_target(const struct ddb *ddb, enum lookup_reach reach)
{
    return reach != LOOKUP_FILES || ddb->options.target != NULL;
}

static bool find_users(struct ddb *ddb, struct unit *unit, enum lookup_reach reach)
{
    if (ddb->options.handles != NULL) {
        return use_given(ddb, unit);
    }
    if (ddb->options.locked) {
        return use_lock(ddb, unit);
    }
    if (needs_target(ddb, reach) && !connect_target(ddb)) {
        return false;
    }
    const struct handles_config *config = pick_config(ddb, unit);
    if (config->file.len > 0) {
        const char *path = resolve_name(ddb, config->file, config->file_span);
        return path != NULL && use_file(ddb, unit, path, config->file_span);
    }
    if (unit->definition.handles_broken) {
        return false; // where they are is what is wrong
    }
    if (!config->postgres) {
        return report_no_source(ddb, unit);
    }
    if (!check_url(ddb, config)) {
        return false;
    }
    if (reach == LOOKUP_FILES) {
        use_placeholders(ddb, unit);
        return true;
    }
    if (unit->wanted.count == 0) {
        return true;
    }
    if (reach == LOOKUP_LOCKED) {
        return use_lock(ddb, unit);
    }
    if (unit->broken) {
        return false; // nothing will come of the run: it is no reason to ask
    }
    if (!ask_postgres(ddb, unit, config)) {
        return forget_users(unit);
    }
    locks_note(ddb, unit, LOCK_POSTGRES, unit->users.origin, own_query(config));
    directory_check(unit, true, &ddb->diags);
    return true;
}

// Handles are looked up where templates read their records, and wherever a source of
// them is named: then a handle that nobody has is a mistake, read or not.
static bool needs_users(const struct ddb *ddb, const struct unit *unit)
{
    bool named = ddb->options.handles != NULL || unit->definition.has_handles;
    return unit_reads_users(unit) || (named && unit->wanted.count > 0);
}

bool lookup_users(struct ddb *ddb, struct unit *unit, enum lookup_reach reach)
{
    return !needs_users(ddb, unit) || find_users(ddb, unit, reach);
}
