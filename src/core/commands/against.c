// diff --against: an earlier build plays the live side. Nobody is asked.
//
// What a build holds was all made by definitions and fixtures, so whatever they do not
// declare any more goes, even where nothing is left that would recognise it.
#include "against.h"

#include "earlier.h"
#include "emit.h"
#include "index_notes.h"
#include "map.h"
#include "plan.h"
#include "plan_view.h"
#include "revision.h"
#include "run.h"
#include "stop.h"
#include "undeclared.h"

#include <inttypes.h>

// The items of a build, into a reconciler.
struct taking {
    struct ddb *ddb;
    struct plan_table *table;
};

static bool take_item(void *context, struct str json, const struct made_for *made_for,
                      const char **why)
{
    const struct taking *taking = context;
    if (stop_is_set(taking->ddb->compilation.stop) ||
        !reconciler_built(taking->table->reconciler, json, made_for, why)) {
        return false;
    }
    index_notes_take(taking->table, json, taking->ddb);
    return true;
}

// part NULL: the table is new. Without another build that is what was applied, this one
// is.
static bool read_items(struct plan_table *table, const struct plan *plan,
                       struct ddb *ddb, const struct build_part *part)
{
    table->reconciler = reconciler_new(&ddb->compilation, table->unit);
    reconciler_ways(table->reconciler, &plan->ways);
    struct item_sink sink = reconciler_declare(table->reconciler);
    struct taking taking = {ddb, table};
    struct build_sink to = {take_item, &taking};
    if (!emit_values(&ddb->compilation, table->unit, &sink)) {
        return false;
    }
    if (plan->before.give == NULL) {
        reconciler_own_all(table->reconciler);
    } else if (!plan->before.give(plan->before.self, table, ddb)) {
        return false;
    }
    return part == NULL || build_part_items(part, &to, &ddb->diags);
}

static void note(struct plan_table *table, enum table_note_kind kind, struct str text)
{
    table_note_add(&table->diff,
                   (struct table_note){.kind = kind, .path = STR(""), .text = text});
}

// What could not be compared, for the mistakes of then.
static void note_state(struct plan_table *table, const struct revision *revision,
                       enum revision_state state)
{
    struct arena *arena = table->diff.arena;
    if (state == REVISION_BROKEN) {
        note(table, TABLE_NOTE_UNCOMPARED,
             arena_printf(arena, "not compared: its definition does not compile at %s",
                          revision->name));
    } else if (state == REVISION_TABLE) {
        note(table, TABLE_NOTE_ITEMS_UNCOMPARED,
             arena_printf(arena, "items not compared: they do not compile at %s",
                          revision->name));
    }
}

static bool compare(struct plan_table *table, const struct plan *plan, struct ddb *ddb,
                    const struct earlier *earlier, enum revision_state state)
{
    const struct table *declared = plan_declared(table);
    const struct revision *revision = &earlier->revision;
    const struct build_part *part = earlier_find(earlier, declared->name);
    table->blind = state == REVISION_TABLE && part != NULL;
    if (part == NULL && state == REVISION_BROKEN) {
        table->live.state = TABLE_ACTIVE;
        table->diff = (struct table_diff){.arena = &ddb->arena};
        table->blind = true;
    } else if (declared->external) { // its items only: what else it has is not ours
        table->live.state = TABLE_ACTIVE;
        table->diff = (struct table_diff){.arena = &ddb->arena};
    } else if (part != NULL && part->external) {
        return build_part_lacks_table(part, &ddb->arena, &ddb->diags);
    } else if (part == NULL) {
        table->live.state = TABLE_MISSING;
        table_diff_new(&table->diff, declared, &ddb->arena);
    } else {
        table->live.state = TABLE_ACTIVE;
        table->live.table = part->table;
        table_diff(&table->diff, declared, &part->table, &ddb->arena);
        undeclared_note(&table->diff, declared, &part->table);
    }
    if (table->blind) {
        note_state(table, revision, state);
        return true;
    }
    index_notes_begin(table, ddb);
    bool ok = table->diff.other_key || read_items(table, plan, ddb, part);
    index_notes_end(table, ddb, true);
    return ok;
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

// Each once: a fixture, or the users, may be wrong for several tables.
static void note_mistakes(struct plan_table *table, const struct revision *revision,
                          const struct revision_mistakes *mistakes, struct map *noted)
{
    struct arena *arena = table->diff.arena;
    struct str rest = mistakes->lines;
    while (rest.len > 0) {
        struct str line = {rest.at, str_find_char(rest, '\n')};
        bool added = false;
        rest = str_skip(rest, line.len + (line.len < rest.len));
        map_add(noted, line, &added);
        if (added) {
            note(table, TABLE_NOTE_BASE,
                 arena_printf(arena, "at %s: %.*s", revision->name, STR_ARG(line)));
        }
    }
    if (mistakes->more > 0) {
        note(table, TABLE_NOTE_BASE,
             arena_printf(arena, "at %s: and %" PRIu64 " more", revision->name,
                          mistakes->more));
    }
}

// The mistakes of then, at the tables that are not compared for them; those that only
// all files together have, at the first one.
static void note_all_mistakes(struct plan *plan, struct ddb *ddb,
                              const struct revision *revision)
{
    struct map noted;
    bool blind = false;
    map_init(&noted, &ddb->arena);
    for (size_t i = 0; i < plan->count && revision->mistakes != NULL; i++) {
        if (plan->tables[i].blind) {
            blind = true;
            note_mistakes(&plan->tables[i], revision, &revision->mistakes[i], &noted);
        }
    }
    if (!blind && plan->count > 0) {
        note_mistakes(&plan->tables[0], revision, &revision->together, &noted);
    }
}

static bool plan_against(struct plan *plan, struct ddb *ddb,
                         const struct earlier *earlier)
{
    const struct revision *revision = &earlier->revision;
    bool ok = true;
    plan->count = ddb->compilation.unit_count;
    plan->tables = arena_array(&ddb->arena, plan->count, sizeof *plan->tables);
    for (size_t i = 0; i < plan->count && ok; i++) {
        plan->tables[i].unit = &ddb->compilation.units[i];
        ok = compare(&plan->tables[i], plan, ddb, earlier,
                     revision->states == NULL ? REVISION_WHOLE : revision->states[i]);
    }
    if (ok) {
        note_all_mistakes(plan, ddb, revision);
    }
    return ok;
}

void against_run(struct ddb *ddb, const struct ddb_diff_options *options)
{
    struct plan plan = {.ways = plan_ways(&options->ways), .prune = true};
    struct earlier earlier;
    struct earlier was = {0};
    bool built =
        earlier_open(&earlier, ddb, options->against, "against") &&
        (options->ways.was == NULL || earlier_open_was(&was, ddb, &options->ways));
    plan.before = earlier_applied(&was);
    if (built && plan_against(&plan, ddb, &earlier)) {
        note_others(ddb, &earlier.revision.build);
        diff_show(&plan, ddb);
    }
    plan_free(&plan);
    earlier_close(&was, ddb);
    earlier_close(&earlier, ddb);
}
