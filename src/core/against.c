// diff --against: an earlier build plays the live side. Nobody is asked.
//
// What a build holds was all made by definitions and fixtures, so whatever they do not
// declare any more goes, even where nothing is left that would recognise it.
#include "build_dir.h"
#include "index_notes.h"
#include "plan_view.h"
#include "revision.h"
#include "undeclared.h"

#define GIT_PREFIX "git:"

// The items of a build, into a reconciler.
struct taking {
    struct ddb *ddb;
    struct reconciler *reconciler;
};

static bool take_item(void *context, struct str json, const char **why)
{
    const struct taking *taking = context;
    return !compilation_interrupted(&taking->ddb->compilation) &&
           reconciler_live(taking->reconciler, json, why);
}

// part NULL: the table is new.
static bool read_items(struct plan_table *table, struct ddb *ddb,
                       const struct build_part *part)
{
    table->reconciler = reconciler_new(&ddb->compilation, table->unit);
    reconciler_own_all(table->reconciler);
    struct batch_sink sink = reconciler_declare(table->reconciler);
    struct taking taking = {ddb, table->reconciler};
    struct build_sink to = {take_item, &taking};
    return emit_unit(&ddb->compilation, table->unit, &sink) &&
           (part == NULL || build_part_items(part, &to, &ddb->diags));
}

static const struct build_part *find_part(const struct build_dir *build,
                                          struct str name)
{
    for (size_t i = 0; i < build->count; i++) {
        if (str_eq(build->parts[i].table.name, name)) {
            return &build->parts[i];
        }
    }
    return NULL;
}

static bool compare(struct plan_table *table, struct ddb *ddb,
                    const struct build_dir *build)
{
    const struct table *declared = plan_declared(table);
    const struct build_part *part = find_part(build, declared->name);
    if (part == NULL) {
        table->live.state = TABLE_MISSING;
        table_diff_new(&table->diff, declared, &ddb->arena);
    } else {
        table->live.state = TABLE_ACTIVE;
        table->live.table = part->table;
        table_diff(&table->diff, declared, &part->table, &ddb->arena);
        undeclared_note(&table->diff, declared, &part->table);
        index_notes_begin(table, ddb);
        index_notes_end(table, ddb);
    }
    return table->diff.other_key || read_items(table, ddb, part);
}

// Tables are not dropped by being declared nowhere: that is told, and no difference.
static void note_others(struct ddb *ddb, const struct build_dir *build)
{
    for (size_t i = 0; i < build->count; i++) {
        struct str name = build->parts[i].table.name;
        bool declared = false;
        for (size_t u = 0; u < ddb->compilation.unit_count; u++) {
            declared = declared ||
                       str_eq(ddb->compilation.units[u].definition.table.name, name);
        }
        if (!declared) {
            struct diag *diag =
                diag_add(&ddb->diags, DIAG_TABLE_UNCOMPARED, (struct span){0},
                         "table %s is in the earlier build, and no FILE defines it",
                         diag_quote(&ddb->diags, name));
            diag_help(&ddb->diags, diag,
                      "apply drops no table: 'ddbgen drop' does, when it is meant");
        }
    }
}

static bool plan_against(struct plan *plan, struct ddb *ddb,
                         const struct build_dir *build)
{
    bool ok = true;
    plan->count = ddb->compilation.unit_count;
    plan->tables = arena_array(&ddb->arena, plan->count, sizeof *plan->tables);
    for (size_t i = 0; i < plan->count && ok; i++) {
        plan->tables[i].unit = &ddb->compilation.units[i];
        ok = compare(&plan->tables[i], ddb, build);
    }
    return ok;
}

static bool read_build(struct build_dir *out, struct ddb *ddb, const char *path)
{
    const char *real = resolve_named(ddb, path);
    return real != NULL && build_dir_read(out, real, path, &ddb->arena, &ddb->diags);
}

void against_run(struct ddb *ddb, const char *against)
{
    struct plan plan = {.prune = true};
    struct revision revision = {0};
    struct str name = str_from(against);
    bool is_git = str_starts(name, STR(GIT_PREFIX));
    bool built = is_git
                     ? revision_build(&revision, ddb, against + sizeof GIT_PREFIX - 1)
                     : read_build(&revision.build, ddb, against);
    if (built && plan_against(&plan, ddb, &revision.build)) {
        note_others(ddb, &revision.build);
        diff_show(&plan, ddb);
    }
    plan_free(&plan);
    revision_close(&revision, ddb);
}
