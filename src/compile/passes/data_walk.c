// Rows with the entities that they feed, then items: one order for all passes.
#include "data_walk.h"

#include "item.h"
#include "program_keys.h"
#include "stop.h"

static bool feeds(const struct row_group *group, const struct program *program)
{
    return program->entity->for_each == FOR_EACH_ROW &&
           str_eq(program->entity->rows, group->name);
}

static bool visit_row(const struct unit *unit, const struct fixture *fixture,
                      const struct row_group *group, const struct row *row,
                      const struct data_visitor *visitor)
{
    for (size_t p = 0; p < unit->program_count; p++) {
        const struct program *program = &unit->programs[p];
        if (feeds(group, program) && (visitor->broken || !program->broken) &&
            !visitor->row(visitor->context, fixture, program, row)) {
            return false;
        }
    }
    return true;
}

static bool visit_rows(const struct compilation *compilation, const struct unit *unit,
                       const struct fixture *fixture,
                       const struct data_visitor *visitor)
{
    for (size_t g = 0; g < fixture->data->group_count; g++) {
        const struct row_group *group = &fixture->data->groups[g];
        for (size_t r = 0; r < group->count; r++) {
            if (stop_is_set(compilation->stop) ||
                !visit_row(unit, fixture, group, row_at(group, r), visitor)) {
                return false;
            }
        }
    }
    return true;
}

// A fixture that names its items' table has none for others.
static bool has_items_for(const struct unit *unit, const struct fixture *fixture)
{
    return fixture->data != NULL && !fixture->items_nobodys &&
           (fixture->data->table.len == 0 ||
            str_eq(fixture->data->table, unit->definition.table.name));
}

static bool visit_items(const struct compilation *compilation,
                        const struct fixture *fixture,
                        const struct data_visitor *visitor)
{
    for (size_t i = 0; i < fixture->data->item_count; i++) {
        if (stop_is_set(compilation->stop) ||
            !visitor->plain(visitor->context, fixture, item_at(fixture->data, i))) {
            return false;
        }
    }
    return true;
}

bool data_walk(const struct compilation *compilation, const struct unit *unit,
               const struct data_visitor *visitor)
{
    for (size_t i = 0; i < unit->fixture_count; i++) {
        if (unit->fixtures[i]->data != NULL &&
            !visit_rows(compilation, unit, unit->fixtures[i], visitor)) {
            return false;
        }
    }
    for (size_t i = 0; i < unit->fixture_count; i++) {
        if (has_items_for(unit, unit->fixtures[i]) &&
            !visit_items(compilation, unit->fixtures[i], visitor)) {
            return false;
        }
    }
    return true;
}

// A key attribute of the item does not begin as all of the entity's do.
static bool is_apart(const struct program *program, const struct item *item)
{
    const struct key_schema *key = &program->table->key;
    for (size_t i = 0; i < 1 + key->range_count && i < program->role_count; i++) {
        const struct key_part *part = i == 0 ? &key->hash[0] : &key->range[0];
        const struct value_entry *attribute = item_find(item, part->name);
        if (attribute != NULL &&
            !str_starts(attribute->value->text, program_key_prefix(program, i))) {
            return true;
        }
    }
    return false;
}

static void compare_with(struct unit *unit, const struct plain_item *plain)
{
    struct item item = item_of_plain(plain);
    for (size_t p = 0; p < unit->program_count; p++) {
        struct program *program = &unit->programs[p];
        program->check_keys = program->check_keys || !is_apart(program, &item);
    }
}

void data_prove_keys(struct unit *unit)
{
    for (size_t i = 0; i < unit->fixture_count; i++) {
        const struct fixture *fixture = unit->fixtures[i];
        for (size_t k = 0;
             has_items_for(unit, fixture) && k < fixture->data->item_count; k++) {
            compare_with(unit, item_at(fixture->data, k));
        }
    }
}
