// Fixtures against definitions: fixtures that nothing takes, items that belong to no
// table of the run, entities that nothing feeds.
#include "feeding.h"

#include "fixtures.h"
#include "run.h"

// ---- fixtures without a taker

// Names of the run's tables.
static struct str *table_names(struct ddb *ddb)
{
    size_t count = ddb->compilation.unit_count;
    struct str *names = arena_array(&ddb->arena, count, sizeof *names);
    for (size_t u = 0; u < count; u++) {
        names[u] = ddb->compilation.units[u].definition.table.name;
    }
    return names;
}

// A fixture that names its items' table goes to that table, whoever lists it.
static void give_to_named_table(struct ddb *ddb, struct fixture *fixture)
{
    struct compilation *compilation = &ddb->compilation;
    const struct data_file *data = fixture->data;
    for (size_t u = 0; u < compilation->unit_count; u++) {
        if (str_eq(compilation->units[u].definition.table.name, data->table)) {
            fixtures_give(ddb, &compilation->units[u], fixture);
            return;
        }
    }
    if (compilation_lacks_table(compilation)) {
        return; // the one that is meant may be what could not be read
    }
    struct diag *diag = diag_add(&ddb->diags, DIAG_ITEMS_TABLE, data->table_span,
                                 "no definition of this run has the table %s",
                                 diag_quote(&ddb->diags, data->table));
    diag_help_nearest(&ddb->diags, diag, data->table, table_names(ddb),
                      compilation->unit_count);
}

// Items without a named table belong to the one definition that the fixture was given
// to.
static void check_one_taker(struct ddb *ddb, const struct fixture *fixture)
{
    size_t takers = 0;
    for (size_t u = 0; u < ddb->compilation.unit_count; u++) {
        takers += unit_has_fixture(&ddb->compilation.units[u], fixture) ? 1 : 0;
    }
    if (takers > 1) {
        struct diag *diag =
            diag_add(&ddb->diags, DIAG_ITEMS_TABLE, fixture->data->items_span,
                     "the run has several tables that these items may be for");
        diag_help(&ddb->diags, diag, "say which one: 'table: %.*s'",
                  STR_ARG(table_names(ddb)[0]));
    }
}

void feeding_settle_items(struct ddb *ddb)
{
    for (size_t i = 0; i < ddb->compilation.fixture_count; i++) {
        struct fixture *fixture = ddb->compilation.fixtures[i];
        if (fixture->data == NULL) {
            continue;
        }
        if (fixture->data->table.len > 0) {
            give_to_named_table(ddb, fixture);
        } else if (fixture->data->item_count > 0 && !fixture->items_nobodys) {
            check_one_taker(ddb, fixture);
        }
    }
}

void feeding_check_transcript(struct ddb *ddb, const struct fixture *fixture)
{
    for (size_t u = 0; u < ddb->compilation.unit_count; u++) {
        if (unit_takes_transcripts(&ddb->compilation.units[u])) {
            return;
        }
    }
    if (ddb->compilation.unit_count > 0 && !ddb->compilation.incomplete) {
        diag_add(&ddb->diags, DIAG_FIXTURE_UNTAKEN, source_span_file(&fixture->source),
                 "no definition of this run has an entity for transcripts");
    }
}

// ---- entities without a fixture

static bool has_rows(const struct unit *unit, struct str name)
{
    for (size_t i = 0; i < unit->fixture_count; i++) {
        const struct data_file *data = unit->fixtures[i]->data;
        for (size_t g = 0; data != NULL && g < data->group_count; g++) {
            if (str_eq(data->groups[g].name, name)) {
                return true;
            }
        }
    }
    return false;
}

static bool has_transcripts(const struct unit *unit)
{
    for (size_t i = 0; i < unit->fixture_count; i++) {
        if (unit->fixtures[i]->data == NULL) {
            return true;
        }
    }
    return false;
}

static void report_no_rows(struct ddb *ddb, const struct entity *entity)
{
    struct diag *diag = diag_add(&ddb->diags, DIAG_ENTITY_UNFED, entity->for_each_span,
                                 "no fixture of the definition has rows %s",
                                 diag_quote(&ddb->diags, entity->rows));
    diag_help(&ddb->diags, diag,
              "a fixture in YAML has them under 'rows'; the words for transcripts are "
              "conversation, participant and message");
}

void feeding_check_entities(struct ddb *ddb, const struct unit *unit)
{
    const struct definition *definition = &unit->definition;
    if (unit->fixture_count == 0) {
        if (definition->fixture_count == 0 && definition->entity_count > 0) {
            diag_add(&ddb->diags, DIAG_ENTITY_UNFED, definition->entities[0].span,
                     "the definition has entities, and no fixture feeds them");
        }
        return;
    }
    bool said = has_transcripts(unit); // once for all entities that transcripts feed
    for (size_t i = 0; i < definition->entity_count; i++) {
        const struct entity *entity = &definition->entities[i];
        if (entity->for_each == FOR_EACH_ROW && !has_rows(unit, entity->rows)) {
            report_no_rows(ddb, entity);
        } else if (entity->for_each != FOR_EACH_ROW && !said) {
            said = true;
            diag_add(&ddb->diags, DIAG_ENTITY_UNFED, entity->span,
                     "no transcript of the definition feeds this entity");
        }
    }
}
