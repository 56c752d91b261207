// Items as they were written in fixtures, looked through for one that an entity's lack
// would be excused by.
#include "prove_items.h"

#include "data_walk.h"

struct search {
    bool (*fits)(void *context, const struct item *item);
    void *context;
    bool found;
};

static bool pass_over_row(void *context, const struct fixture *fixture,
                          const struct program *program, const struct row *row)
{
    (void)context;
    (void)fixture;
    (void)program;
    (void)row;
    return true;
}

static bool look_at(void *context, const struct fixture *fixture,
                    const struct plain_item *plain)
{
    struct search *search = context;
    struct item item = item_of_plain(plain);
    (void)fixture;
    search->found = search->fits(search->context, &item);
    return !search->found;
}

bool prove_any_item(const struct prover *prover,
                    bool (*fits)(void *context, const struct item *item), void *context)
{
    struct search search = {fits, context, false};
    struct data_visitor visitor = {pass_over_row, look_at, &search, false};
    (void)data_walk(prover->compilation, prover->unit, &visitor);
    return search.found;
}

bool prove_knows_items(const struct unit *unit)
{
    bool has_data = false;
    for (size_t i = 0; i < unit->fixture_count; i++) {
        has_data = has_data || unit->fixtures[i]->data != NULL;
    }
    for (size_t i = 0; i < unit->definition.fixture_count && !has_data; i++) {
        struct str path = unit->definition.fixtures[i].text;
        if (str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml")) ||
            str_ends(path, STR(".json"))) {
            return false;
        }
    }
    return true;
}
