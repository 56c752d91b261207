// Changes enter one by one, groups of them leave. Of an item that is not the first of
// its group only what may be the last one's words is kept, in the place of the former.
#include "plan_groups.h"

#include "map.h"
#include "plan_delta.h"
#include "plan_item.h"
#include "plan_notation.h"

#include <stdlib.h>

#define SIGNATURE_MAX ((size_t)4096) // longer ones are "various"
#define ENTITIES_MAX 1000            // of a saved plan's; what is beyond has no name

struct plan_groups {
    struct arena arena;
    struct arena scratch; // of one change
    bool shown;
    bool color;
    struct map entities;  // name to struct plan_entity
    struct map groups;    // signature to struct plan_group
    struct buf signature; // of the change at hand
    const struct plan_entity **sorted_entities;
    const struct plan_group **sorted_groups;
};

struct plan_groups *plan_groups_new(bool shown, bool color)
{
    struct arena arena = {0};
    struct plan_groups *groups = arena_alloc(&arena, sizeof *groups);
    *groups = (struct plan_groups){.arena = arena, .shown = shown, .color = color};
    map_init(&groups->entities, &groups->arena);
    map_init(&groups->groups, &groups->arena);
    buf_init(&groups->signature, SIZE_MAX);
    return groups;
}

void plan_groups_free(struct plan_groups *groups)
{
    if (groups == NULL) {
        return;
    }
    for (size_t i = 0; i < groups->groups.count; i++) {
        struct plan_group *group = groups->groups.entries[i].value;
        buf_deinit(&group->head);
        buf_deinit(&group->lines);
    }
    buf_deinit(&groups->signature);
    arena_deinit(&groups->scratch);
    struct arena arena = groups->arena; // which the groups themselves live in
    arena_deinit(&arena);
}

static struct plan_entity *entity_of(struct plan_groups *groups, struct str name)
{
    struct plan_entity *entity = map_find(&groups->entities, name);
    if (entity == NULL && groups->entities.count >= ENTITIES_MAX && name.len > 0) {
        return entity_of(groups, STR(""));
    }
    if (entity == NULL) {
        entity = arena_alloc(&groups->arena, sizeof *entity);
        entity->name = arena_str(&groups->arena, name);
        entity->place = groups->entities.count;
        map_init(&entity->names, &groups->arena);
        map_add(&groups->entities, entity->name, NULL)->value = entity;
    }
    return entity;
}

void plan_groups_name(struct plan_groups *groups, struct str entity)
{
    (void)entity_of(groups, entity);
}

// ---- attributes

// Which attributes come, go or change: what is inside one is a change of it. Those in
// conflict stand first; what others changed is left.
static struct plan_attribute *attributes_of(size_t *count, const struct plan_item *item,
                                            struct arena *arena)
{
    const struct item_change *change = item->change;
    const struct plan_deltas *deltas = &item->deltas;
    struct plan_attribute *attributes =
        arena_array(arena, deltas->count + change->attribute_count, sizeof *attributes);
    *count = 0;
    for (size_t i = 0; i < change->attribute_count; i++) {
        if (change->kind == ITEM_CONFLICT &&
            change->attributes[i].fate == ATTRIBUTE_CONFLICT) {
            attributes[(*count)++] =
                (struct plan_attribute){'!', change->attributes[i].name, 0};
        }
    }
    for (size_t i = 0; i < deltas->count; i++) {
        const struct plan_delta *delta = &deltas->at[i];
        struct str name = plan_delta_attribute(delta);
        // Differences of one attribute stand together.
        if (*count == 0 || !str_eq(attributes[*count - 1].name, name)) {
            char sign = change->kind == ITEM_THEIRS ? '='
                        : delta->at->before == NULL ? delta->sign
                                                    : '~';
            attributes[(*count)++] = (struct plan_attribute){sign, name, 0};
        }
    }
    return attributes;
}

static void count_attribute(struct plan_groups *groups, struct plan_entity *entity,
                            const struct plan_attribute *attribute)
{
    struct buf key;
    buf_init(&key, SIZE_MAX);
    buf_char(&key, attribute->sign);
    buf_put(&key, attribute->name);
    const size_t *place = map_find(&entity->names, buf_str(&key));
    if (place != NULL) {
        entity->attributes[*place].count++;
    } else if (entity->attribute_count == ENTITY_ATTRIBUTES_MAX) {
        entity->more_attributes = true;
    } else {
        struct str kept = arena_str(&groups->arena, buf_str(&key));
        size_t *at = arena_alloc(&groups->arena, sizeof *at);
        *at = entity->attribute_count;
        map_add(&entity->names, kept, NULL)->value = at;
        entity->attributes =
            arena_grow(&groups->arena, entity->attributes, entity->attribute_count,
                       entity->attribute_count + 1, &entity->attribute_cap,
                       sizeof *entity->attributes);
        entity->attributes[entity->attribute_count++] =
            (struct plan_attribute){attribute->sign, str_skip(kept, 1), 1};
    }
    buf_deinit(&key);
}

// ---- groups

static void put_head(struct buf *out, const struct plan_group *like)
{
    buf_printf(out, "%zu %d %d%d%d%d%d%d%d%d", like->entity->place, (int)like->kind,
               like->old_only, like->various, like->unknown, like->gone, like->theirs,
               like->loses, like->kept, like->along);
}

static struct plan_group *group_of(struct plan_groups *groups, struct plan_group *like)
{
    struct buf *text = &groups->signature;
    buf_reset(text);
    put_head(text, like);
    for (size_t i = 0; i < like->attribute_count; i++) {
        buf_printf(text, " %zu%c", like->attributes[i].name.len,
                   like->attributes[i].sign);
        buf_put(text, like->attributes[i].name);
    }
    struct plan_group *group = map_find(&groups->groups, buf_str(text));
    bool many =
        groups->groups.count >= GROUPS_MAX && like->attribute_count > 0 && !group;
    if (many || like->attribute_count > GROUP_ATTRIBUTES_MAX ||
        text->len > SIGNATURE_MAX) {
        like->various = true;
        like->attribute_count = 0;
        buf_reset(text);
        put_head(text, like);
        group = map_find(&groups->groups, buf_str(text));
    }
    if (group != NULL) {
        return group;
    }
    group = arena_alloc(&groups->arena, sizeof *group);
    *group = *like;
    group->attributes =
        arena_array(&groups->arena, like->attribute_count, sizeof *group->attributes);
    for (size_t i = 0; i < like->attribute_count; i++) {
        group->attributes[i] = like->attributes[i];
        group->attributes[i].name = arena_str(&groups->arena, like->attributes[i].name);
    }
    group->first = arena_array(&groups->arena, ADDED_SHOWN, sizeof *group->first);
    buf_init(&group->head, SIZE_MAX);
    buf_init(&group->lines, SIZE_MAX);
    map_add(&groups->groups, arena_str(&groups->arena, buf_str(text)), NULL)->value =
        group;
    return group;
}

static void keep_words(struct plan_groups *groups, struct plan_group *group,
                       const struct plan_item *item)
{
    size_t most = plan_group_lists(group) ? ADDED_SHOWN : 1;
    buf_reset(&group->head);
    buf_reset(&group->lines);
    plan_item_put_head(&group->head, item, NOTATION_CUT);
    plan_item_put_lines(&group->lines, item, NOTATION_CUT, groups->color);
    if (group->first_count < most) {
        group->first[group->first_count++] = (struct plan_shown){
            arena_str(&groups->arena, buf_str(&group->head)),
            arena_str(&groups->arena, buf_str(&group->lines)),
        };
    }
}

// Whether what others changed moves along with an item; nothing does that is restored.
static bool moves_along(const struct item_change *change)
{
    bool any = change->attribute_count == 0 && change->theirs;
    for (size_t i = 0; i < change->attribute_count; i++) {
        any = any || change->attributes[i].fate == ATTRIBUTE_THEIRS;
    }
    return any && change->kind == ITEM_MOVED && change->put;
}

struct plan_group plan_group_of(const struct item_change *change)
{
    return (struct plan_group){
        .kind = change->kind,
        .old_only = change->kind == ITEM_MOVED && !change->put,
        .kept = plan_item_is_kept(change),
        .gone = change->kind == ITEM_ADDED && change->gone,
        .theirs = change->theirs && change->kind != ITEM_CONFLICT,
        .along = moves_along(change),
        .loses = change->loses,
    };
}

// Of those that are listed, what is beyond the first ones is counted only.
static void add_listed(struct plan_groups *groups, struct plan_group *like,
                       const struct item_change *change)
{
    struct plan_group *group = group_of(groups, like);
    struct plan_item item;
    if (++group->count <= ADDED_SHOWN && groups->shown) {
        plan_item_read(&item, change, &groups->scratch);
        keep_words(groups, group, &item);
    }
}

static void add_alike(struct plan_groups *groups, struct plan_group *like,
                      const struct item_change *change)
{
    struct plan_item item;
    plan_item_read(&item, change, &groups->scratch);
    like->unknown = !like->old_only && !item.has_deltas;
    like->attributes = attributes_of(&like->attribute_count, &item, &groups->scratch);
    for (size_t i = 0; i < like->attribute_count; i++) {
        count_attribute(groups, like->entity, &like->attributes[i]);
    }
    struct plan_group *group = group_of(groups, like);
    group->count++;
    if (groups->shown) {
        keep_words(groups, group, &item);
    }
}

void plan_groups_add(struct plan_groups *groups, const struct item_change *change)
{
    struct plan_entity *entity = entity_of(groups, change->entity);
    struct plan_group like = plan_group_of(change);
    like.entity = entity;
    entity->counts[change->kind]++;
    entity->kept += like.kept;
    entity->gone += like.gone;
    entity->losing += like.loses;
    arena_reset(&groups->scratch);
    if (plan_group_lists(&like)) {
        add_listed(groups, &like, change);
    } else {
        add_alike(groups, &like, change);
    }
}

// ---- in order

static int compare_entities(const void *left, const void *right)
{
    const struct plan_entity *const *a = left;
    const struct plan_entity *const *b = right;
    return (*a)->place < (*b)->place ? -1 : (*a)->place > (*b)->place;
}

const struct plan_entity *const *plan_groups_entities(size_t *count,
                                                      struct plan_groups *groups)
{
    groups->sorted_entities = arena_array(&groups->arena, groups->entities.count,
                                          sizeof(struct plan_entity *));
    *count = 0;
    for (size_t i = 0; i < groups->entities.count; i++) {
        const struct plan_entity *entity = groups->entities.entries[i].value;
        uint64_t all = 0;
        for (size_t kind = 0; kind < ITEM_CHANGE_KINDS; kind++) {
            all += entity->counts[kind];
        }
        if (all > 0) {
            groups->sorted_entities[(*count)++] = entity;
        }
    }
    if (*count > 0) {
        qsort(groups->sorted_entities, *count, sizeof(struct plan_entity *),
              compare_entities);
    }
    return groups->sorted_entities;
}

// A group and when it was met: qsort keeps no order of its own.
struct met {
    struct plan_group *group;
    size_t place;
};

// What has to be decided stands first.
static const int RANKS[] = {
    [ITEM_CONFLICT] = 0, [ITEM_ADDED] = 1, [ITEM_CHANGED] = 2,
    [ITEM_MOVED] = 3,    [ITEM_STALE] = 4, [ITEM_THEIRS] = 5,
};

static int compare_groups(const void *left, const void *right)
{
    const struct met *a = left;
    const struct met *b = right;
    if (a->group->entity != b->group->entity) {
        return a->group->entity->place < b->group->entity->place ? -1 : 1;
    }
    if (a->group->kind != b->group->kind) {
        return RANKS[a->group->kind] < RANKS[b->group->kind] ? -1 : 1;
    }
    return a->place < b->place ? -1 : a->place > b->place;
}

static bool shares_attribute(const struct plan_group *a, const struct plan_group *b)
{
    for (size_t i = 0; i < a->attribute_count; i++) {
        for (size_t j = 0; j < b->attribute_count; j++) {
            if (a->attributes[i].sign == b->attributes[j].sign &&
                str_eq(a->attributes[i].name, b->attributes[j].name)) {
                return true;
            }
        }
    }
    return false;
}

// Whether the group at a place has an attribute of one before it.
static bool is_again(const struct met *met, size_t place)
{
    const struct plan_group *group = met[place].group;
    for (size_t i = place; i-- > 0 && met[i].group->entity == group->entity;) {
        if (met[i].group->kind == group->kind &&
            shares_attribute(met[i].group, group)) {
            return true;
        }
    }
    return false;
}

const struct plan_group *const *plan_groups_get(size_t *count,
                                                struct plan_groups *groups)
{
    *count = groups->groups.count;
    struct met *met = arena_array(&groups->arena, *count, sizeof *met);
    groups->sorted_groups =
        arena_array(&groups->arena, *count, sizeof(struct plan_group *));
    for (size_t i = 0; i < *count; i++) {
        met[i] = (struct met){groups->groups.entries[i].value, i};
    }
    if (*count > 0) {
        qsort(met, *count, sizeof *met, compare_groups);
    }
    for (size_t i = 0; i < *count; i++) {
        met[i].group->again = is_again(met, i);
        groups->sorted_groups[i] = met[i].group;
    }
    return groups->sorted_groups;
}
