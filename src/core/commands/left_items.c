// Keys enter as they are left, one diagnostic leaves. All keys are kept, to be found; of
// what is said only the first.
#include "left_items.h"

#include <inttypes.h>

void left_items_init(struct left_items *left, struct ddb *ddb,
                     const struct table *table)
{
    *left = (struct left_items){
        .ddb = ddb, .table = table, .lines = {.arena = &ddb->arena}};
    map_init(&left->keys, &ddb->arena);
}

void left_items_add(struct left_items *left, struct str key, struct str text,
                    const struct batch_item *of)
{
    struct arena *arena = &left->ddb->arena;
    if (left->keys.count < LEFT_ITEMS_TOLD) {
        left->told[left->keys.count] = arena_str(arena, key);
    }
    map_add(&left->keys, arena_str(arena, text), NULL)->value = left; // to be found
    if (of->line > 0) {
        missing_add_line(&left->lines, of->source, of->line);
    }
}

bool left_items_have(const struct left_items *left, struct str text)
{
    return map_find(&left->keys, text) != NULL;
}

// The keys, in quotes, as far as they are told.
static struct str keys_of(const struct left_items *left)
{
    struct ddb *ddb = left->ddb;
    struct str text = STR("");
    size_t count = left->keys.count;
    for (size_t i = 0; i < count && i < LEFT_ITEMS_TOLD; i++) {
        text = arena_printf(&ddb->arena, "%.*s%s%s", STR_ARG(text), i > 0 ? ", " : "",
                            diag_quote(&ddb->diags, left->told[i]));
    }
    return count <= LEFT_ITEMS_TOLD
               ? text
               : arena_printf(&ddb->arena, "%.*s and %zu more", STR_ARG(text),
                              count - LEFT_ITEMS_TOLD);
}

void left_items_say(struct left_items *left)
{
    struct ddb *ddb = left->ddb;
    size_t count = left->keys.count;
    struct str where = STR("");
    if (count == 0) {
        return;
    }
    if (left->lines.count > 0) {
        where = arena_printf(&ddb->arena, "; of %.*s",
                             STR_ARG(missing_describe(&left->lines)));
    }
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_CHANGED_MEANWHILE, missing_first(&left->lines),
                 "%zu item%s changed meanwhile, and %s left so, in table %s: %.*s%.*s",
                 count, count == 1 ? "" : "s", count == 1 ? "is" : "are",
                 diag_quote(&ddb->diags, left->table->name), STR_ARG(keys_of(left)),
                 STR_ARG(where));
    diag_help(&ddb->diags, diag,
              "somebody else wrote them after they were read; `ddbgen diff` shows them "
              "as they are now");
}
