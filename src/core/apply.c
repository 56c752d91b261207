// apply: tables are created or recognised, then their items are made as declared.
//
// All tables are looked at before the first one is changed, so that a refusal leaves
// everything as it was.
#include "apply_settings.h"
#include "loader.h"
#include "locks.h"
#include "request.h"
#include "run.h"
#include "table_admin.h"

#define REQUEST_MAX_BYTES ((size_t)16 << 20)

static bool same_part(const struct table *declared, const struct key_part *a,
                      const struct table *live, const struct key_part *b)
{
    const struct attribute_definition *x = table_find_attribute(declared, a->name);
    const struct attribute_definition *y = table_find_attribute(live, b->name);
    return str_eq(a->name, b->name) && x != NULL && y != NULL && x->type == y->type;
}

static bool same_key(const struct table *declared, const struct table *live)
{
    const struct key_schema *a = &declared->key;
    const struct key_schema *b = &live->key;
    return b->hash_count == 1 && same_part(declared, &a->hash[0], live, &b->hash[0]) &&
           a->range_count == b->range_count &&
           (a->range_count == 0 ||
            same_part(declared, &a->range[0], live, &b->range[0]));
}

static const char *describe_key(struct ddb *ddb, const struct table *table)
{
    const struct key_schema *key = &table->key;
    const struct attribute_definition *hash =
        table_find_attribute(table, key->hash[0].name);
    const struct attribute_definition *range =
        key->range_count > 0 ? table_find_attribute(table, key->range[0].name) : NULL;
    struct str text = arena_printf(
        &ddb->arena, "%.*s (%c)%s%.*s%s%c%s", STR_ARG(key->hash[0].name),
        hash ? hash->type : '?', range ? ", " : "", STR_ARG(key->range[0].name),
        range ? " (" : "", range ? range->type : ' ', range ? ")" : "");
    return text.at;
}

// An existing table must have the declared keys; indexes that it lacks are named.
static bool check_existing(struct ddb *ddb, const struct table *declared,
                           const struct live_table *live)
{
    if (live->state == TABLE_BROKEN) {
        diag_add(&ddb->diags, DIAG_TABLE_STATE, declared->span, "table %s is %.*s",
                 diag_quote(&ddb->diags, declared->name), STR_ARG(live->status));
        return false;
    }
    if (!same_key(declared, &live->table)) {
        struct diag *diag =
            diag_add(&ddb->diags, DIAG_TABLE_DIFFERS, declared->key.span,
                     "table %s exists with other keys: %s there, %s here",
                     diag_quote(&ddb->diags, declared->name),
                     describe_key(ddb, &live->table), describe_key(ddb, declared));
        diag_help(
            &ddb->diags, diag,
            "keys cannot be changed in place: 'ddbgen drop %.*s' first, or choose "
            "another table_name",
            STR_ARG(declared->name));
        return false;
    }
    for (size_t i = 0; i < declared->index_count; i++) {
        const struct secondary_index *index = &declared->indexes[i];
        if (table_find_index(&live->table, index->name) == NULL) {
            diag_add(&ddb->diags, DIAG_TABLE_INDEX_MISSING, index->span,
                     "table %s exists without this index",
                     diag_quote(&ddb->diags, declared->name));
        }
    }
    return true;
}

bool apply_inspect_tables(struct ddb *ddb, struct client *client,
                          struct live_table *live)
{
    bool ok = true;
    for (size_t i = 0; i < ddb->compilation.unit_count; i++) {
        const struct table *declared = &ddb->compilation.units[i].definition.table;
        if (!table_describe(&live[i], client, declared->name, &ddb->arena,
                            &ddb->diags)) {
            return false; // the next one would fail the same way
        }
        if (live[i].state != TABLE_MISSING) {
            ok = check_existing(ddb, declared, &live[i]) && ok;
        }
        if (live[i].state == TABLE_ACTIVE && ok) {
            apply_settings_compare(ddb, declared, &live[i]);
            ok = apply_settings_look(ddb, client, declared, &live[i]);
        }
    }
    return ok;
}

static bool create_table(struct ddb *ddb, struct client *client,
                         const struct table *declared)
{
    struct buf request;
    buf_init(&request, REQUEST_MAX_BYTES);
    request_write_create_table(&request, declared);
    bool ok = table_create(client, declared->name, buf_str(&request), declared->span,
                           &ddb->diags);
    buf_deinit(&request);
    return ok;
}

static bool make_table(struct ddb *ddb, struct client *client,
                       const struct table *declared, struct live_table *live)
{
    struct wait_options wait = connect_wait_options(ddb);
    bool missing = live->state == TABLE_MISSING;
    bool ok = !missing || create_table(ddb, client, declared);
    if (ok && live->state != TABLE_ACTIVE) {
        ok =
            table_wait(live, client, declared->name, &wait, &ddb->arena, &ddb->diags) &&
            check_existing(ddb, declared, live);
    }
    if (ok) {
        say_out(ddb, "%.*s: %s\n", STR_ARG(declared->name),
                missing ? "created" : "exists");
    }
    return ok;
}

// The calls behind CreateTable (A190).
static bool make_settings(struct ddb *ddb, struct client *client,
                          const struct table *declared, struct live_table *live)
{
    return (live->settings_known || apply_settings_look(ddb, client, declared, live)) &&
           apply_settings_make(ddb, client, declared, live);
}

void apply_run(struct ddb *ddb, const struct ddb_apply_options *options)
{
    struct compilation *compilation = &ddb->compilation;
    struct client *client =
        connect_client(ddb, LOADER_WINDOW, "create tables and put items");
    if (client == NULL) {
        return;
    }
    struct live_table *live =
        arena_array(&ddb->arena, compilation->unit_count, sizeof *live);
    bool *made = arena_array(&ddb->arena, compilation->unit_count, sizeof *made);
    bool ok = apply_inspect_tables(ddb, client, live) &&
              !(ddb->options.strict && ddb->diags.warnings > 0) && locks_record(ddb);
    for (size_t i = 0; ok && i < compilation->unit_count; i++) {
        made[i] = live[i].state == TABLE_MISSING;
        ok = make_table(ddb, client, &compilation->units[i].definition.table, &live[i]);
    }
    for (size_t i = 0; ok && i < compilation->unit_count; i++) {
        ok = make_settings(ddb, client, &compilation->units[i].definition.table,
                           &live[i]);
    }
    ok = ok && fixtures_unchanged(ddb);
    for (size_t i = 0; ok && i < compilation->unit_count; i++) {
        struct unit *unit = &compilation->units[i];
        ok = made[i] || options->overwrite
                 ? converge_put_all(ddb, client, unit)
                 : converge_changes(ddb, client, unit, options->prune);
    }
    client_free(client);
}
