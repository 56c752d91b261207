// Two items enter, one request leaves, with expressions over what differs between them.
#include "conditional.h"

#include "canon.h"
#include "json_write.h"
#include "map.h"
#include "placeholders.h"
#include "seen_condition.h"

// An attribute that is not the same in both items. NULL: it is not there.
struct touched {
    struct str name;
    const struct value *seen;
    const struct value *wanted;
};

static const struct value *find_value(const struct item *item, struct str name)
{
    const struct value_entry *entry = item != NULL ? item_find(item, name) : NULL;
    return entry != NULL ? entry->value : NULL;
}

static bool is_equal(const struct value *a, const struct value *b,
                     struct arena *scratch)
{
    return a == NULL || b == NULL ? a == b : canon_equal(a, b, scratch);
}

static void note_names(struct map *map, const struct item *item, struct arena *scratch)
{
    map_init(map, scratch);
    for (size_t i = 0; i < item->count; i++) {
        map_add(map, item->attributes[i].name, NULL)->value = item->attributes[i].value;
    }
}

// Those of wanted in its order, then those that go in that of seen.
static struct touched *find_touched(size_t *count, const struct item *seen,
                                    const struct item *wanted, struct arena *scratch)
{
    struct touched *touched =
        arena_array(scratch, seen->count + wanted->count, sizeof *touched);
    struct map of_seen;
    struct map of_wanted;
    note_names(&of_seen, seen, scratch);
    note_names(&of_wanted, wanted, scratch);
    *count = 0;
    for (size_t i = 0; i < wanted->count; i++) {
        struct touched each = {.name = wanted->attributes[i].name,
                               .wanted = wanted->attributes[i].value};
        each.seen = map_find(&of_seen, each.name);
        if (!is_equal(each.seen, each.wanted, scratch)) {
            touched[(*count)++] = each;
        }
    }
    for (size_t i = 0; i < seen->count; i++) {
        struct str name = seen->attributes[i].name;
        if (map_find(&of_wanted, name) == NULL) {
            touched[(*count)++] =
                (struct touched){.name = name, .seen = seen->attributes[i].value};
        }
    }
    return touched;
}

static enum conditional_operation operation_of(const struct conditional *conditional,
                                               size_t touched)
{
    if (conditional->wanted == NULL) {
        return CONDITIONAL_DELETE;
    }
    if (conditional->seen == NULL) {
        return CONDITIONAL_PUT;
    }
    return touched == 0                        ? CONDITIONAL_NOTHING
           : touched <= CONDITIONAL_UPDATE_MAX ? CONDITIONAL_UPDATE
                                               : CONDITIONAL_PUT;
}

const char *conditional_operation_name(enum conditional_operation operation)
{
    static const char *const NAMES[] = {
        [CONDITIONAL_NOTHING] = NULL,
        [CONDITIONAL_PUT] = "PutItem",
        [CONDITIONAL_UPDATE] = "UpdateItem",
        [CONDITIONAL_DELETE] = "DeleteItem",
    };
    return NAMES[operation];
}

// ---- the request

static bool is_key(const struct table *table, struct str name)
{
    const struct key_schema *key = &table->key;
    return str_eq(name, key->hash[0].name) ||
           (key->range_count > 0 && str_eq(name, key->range[0].name));
}

static void put_key_part(struct buf *out, const char *before, const struct item *item,
                         struct str name)
{
    buf_puts(out, before);
    json_put_string(out, name);
    buf_char(out, ':');
    value_write(out, find_value(item, name));
}

void conditional_write_key(struct buf *out, const struct table *table,
                           const struct item *item)
{
    const struct key_schema *key = &table->key;
    put_key_part(out, "{", item, key->hash[0].name);
    if (key->range_count > 0) {
        put_key_part(out, ",", item, key->range[0].name);
    }
    buf_char(out, '}');
}

// ,"Key":{...} of a delete or an update, ,"Item":{...} of a put.
static void put_subject(struct buf *out, const struct conditional *conditional,
                        enum conditional_operation operation)
{
    if (operation == CONDITIONAL_PUT) {
        buf_puts(out, ",\"Item\":");
        item_write(out, conditional->wanted);
    } else {
        buf_puts(out, ",\"Key\":");
        conditional_write_key(out, conditional->table, conditional->seen);
    }
}

// SET #n0 = :v0, #n1 = :v1, or REMOVE #n2, #n3: of those that are to be there, or not.
static void put_clause(struct buf *out, const char *clause, bool sets,
                       const struct touched *touched, size_t count,
                       struct placeholders *holders)
{
    const char *before = clause;
    for (size_t i = 0; i < count; i++) {
        if ((touched[i].wanted != NULL) != sets) {
            continue;
        }
        buf_puts(out, before);
        before = ", ";
        placeholder_put_name(out, holders, touched[i].name);
        if (sets) {
            buf_puts(out, " = ");
            placeholder_put_value(out, holders, touched[i].wanted);
        }
    }
}

static void put_update(struct buf *out, const struct touched *touched, size_t count,
                       struct placeholders *holders)
{
    buf_puts(out, ",\"UpdateExpression\":\"");
    size_t begun = out->len;
    put_clause(out, "SET ", true, touched, count, holders);
    put_clause(out, out->len > begun ? " REMOVE " : "REMOVE ", false, touched, count,
               holders);
    buf_char(out, '"');
}

// What an expression is about: of an update what it touches, else all that was seen, and
// of what is to be put that it was not there.
static void see(struct seen_condition *condition, const struct conditional *conditional,
                enum conditional_operation operation, const struct touched *touched,
                size_t count)
{
    const struct item *seen = conditional->seen;
    bool update = operation == CONDITIONAL_UPDATE;
    for (size_t i = 0; !update && i < seen->count; i++) {
        if (!is_key(conditional->table, seen->attributes[i].name)) {
            seen_condition_add(condition, seen->attributes[i].name,
                               seen->attributes[i].value);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (update || touched[i].seen == NULL) {
            seen_condition_add(condition, touched[i].name, touched[i].seen);
        }
    }
}

// ,"ConditionExpression":"..."; true: it says less than it should.
static bool put_condition(struct buf *out, const struct conditional *conditional,
                          enum conditional_operation operation,
                          const struct touched *touched, size_t count,
                          struct placeholders *holders)
{
    struct seen_condition condition;
    const struct item *seen = conditional->seen;
    size_t expected = operation == CONDITIONAL_UPDATE ? count
                      : seen != NULL                  ? seen->count
                                                      : 0;
    seen_condition_init(&condition, holders, conditional->loose, expected);
    seen_condition_exists(&condition, conditional->table->key.hash[0].name,
                          seen != NULL);
    if (seen != NULL) {
        see(&condition, conditional, operation, touched, count);
    }
    buf_puts(out, ",\"ConditionExpression\":\"");
    buf_put(out, buf_str(&condition.text));
    buf_char(out, '"');
    bool partial = condition.partial;
    seen_condition_deinit(&condition);
    return partial;
}

struct conditional_request conditional_build(struct buf *out,
                                             const struct conditional *conditional,
                                             struct arena *scratch)
{
    struct placeholders holders = {.arena = scratch};
    struct touched *touched = NULL;
    size_t count = 0;
    if (conditional->seen != NULL && conditional->wanted != NULL) {
        touched = find_touched(&count, conditional->seen, conditional->wanted, scratch);
    }
    struct conditional_request request = {operation_of(conditional, count), false};
    if (request.operation == CONDITIONAL_NOTHING) {
        return request;
    }
    buf_puts(out, "{\"TableName\":");
    json_put_string(out, conditional->table->name);
    put_subject(out, conditional, request.operation);
    if (request.operation == CONDITIONAL_UPDATE) {
        put_update(out, touched, count, &holders);
    }
    bool partial =
        put_condition(out, conditional, request.operation, touched, count, &holders);
    placeholders_write(out, &holders);
    request.old = partial || (conditional->seen != NULL &&
                              request.operation != CONDITIONAL_UPDATE);
    buf_puts(out, request.old ? ",\"ReturnValues\":\"ALL_OLD\"}" : "}");
    return request;
}

// ---- what is there

static bool is_same_item(const struct item *a, const struct item *b,
                         struct arena *scratch)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    size_t count = 0;
    (void)find_touched(&count, a, b, scratch);
    return count == 0;
}

// Whether the item is as `it` is, of both sides of the change.
static bool is_as(const struct conditional *conditional, const struct item *it,
                  bool wanted, const struct item *item, struct arena *scratch)
{
    size_t count = 0;
    if (conditional->seen == NULL || conditional->wanted == NULL || item == NULL) {
        return is_same_item(it, item, scratch);
    }
    struct touched *touched =
        find_touched(&count, conditional->seen, conditional->wanted, scratch);
    if (count > CONDITIONAL_UPDATE_MAX) {
        return is_same_item(it, item, scratch);
    }
    bool same = true;
    for (size_t i = 0; i < count && same; i++) {
        same = is_equal(find_value(item, touched[i].name),
                        wanted ? touched[i].wanted : touched[i].seen, scratch);
    }
    return same;
}

bool conditional_saw(const struct conditional *conditional, const struct item *item,
                     struct arena *scratch)
{
    return is_as(conditional, conditional->seen, false, item, scratch);
}

bool conditional_done(const struct conditional *conditional, const struct item *item,
                      struct arena *scratch)
{
    return is_as(conditional, conditional->wanted, true, item, scratch);
}

// What an update leaves of an item.
static struct item *updated(const struct touched *touched, size_t count,
                            const struct item *old, struct arena *scratch)
{
    struct item *item = arena_alloc(scratch, sizeof *item);
    struct map names;
    item->attributes =
        arena_array(scratch, old->count + count, sizeof *old->attributes);
    map_init(&names, scratch);
    for (size_t i = 0; i < count; i++) {
        map_add(&names, touched[i].name, NULL);
        if (touched[i].wanted != NULL) {
            struct value *value = arena_alloc(scratch, sizeof *value);
            *value = *touched[i].wanted;
            item->attributes[item->count++] =
                (struct value_entry){.name = touched[i].name, .value = value};
        }
    }
    for (size_t i = 0; i < old->count; i++) {
        bool added = false;
        map_add(&names, old->attributes[i].name, &added);
        if (added) {
            item->attributes[item->count++] = old->attributes[i];
        }
    }
    return item;
}

// What the change left where it met `old`. NULL: nothing.
static const struct item *left_by(const struct conditional *conditional,
                                  const struct item *old, struct arena *scratch)
{
    size_t count = 0;
    if (conditional->seen == NULL || conditional->wanted == NULL) {
        return conditional->wanted;
    }
    struct touched *touched =
        find_touched(&count, conditional->seen, conditional->wanted, scratch);
    return count <= CONDITIONAL_UPDATE_MAX ? updated(touched, count, old, scratch)
                                           : conditional->wanted;
}

// What is there now, and in place of what the change left what it met.
static struct item *mended(const struct item *left, const struct item *old,
                           const struct item *now, struct arena *scratch)
{
    static const struct item NOTHING;
    struct item *item = arena_alloc(scratch, sizeof *item);
    struct map of_left;
    struct map of_old;
    struct map of_now;
    item->attributes =
        arena_array(scratch, old->count + now->count, sizeof *item->attributes);
    note_names(&of_left, left != NULL ? left : &NOTHING, scratch);
    note_names(&of_old, old, scratch);
    note_names(&of_now, now, scratch);
    for (size_t i = 0; i < now->count; i++) {
        struct value_entry entry = now->attributes[i];
        if (is_equal(map_find(&of_left, entry.name), entry.value, scratch)) {
            entry.value = map_find(&of_old, entry.name);
        }
        if (entry.value != NULL) {
            item->attributes[item->count++] = entry;
        }
    }
    for (size_t i = 0; i < old->count; i++) {
        struct str name = old->attributes[i].name;
        if (map_find(&of_now, name) == NULL && map_find(&of_left, name) == NULL) {
            item->attributes[item->count++] = old->attributes[i];
        }
    }
    return item;
}

struct undo undo_begin(const struct conditional *conditional, const struct item *old,
                       struct arena *scratch)
{
    return (struct undo){
        .table = conditional->table,
        .left = left_by(conditional, old, scratch),
        .old = old,
    };
}

struct conditional undo_first(const struct undo *undo)
{
    return (struct conditional){
        .table = undo->table, .seen = undo->left, .wanted = undo->old, .loose = true};
}

bool undo_amid(struct conditional *back, const struct undo *undo,
               const struct item *now, struct arena *scratch)
{
    *back = undo_first(undo);
    back->seen = now;
    if (now != NULL) {
        back->wanted = mended(undo->left, undo->old, now, scratch);
    }
    return now != NULL || undo->left == NULL;
}

struct undo undo_again(const struct undo *undo, const struct conditional *back,
                       const struct item *met, struct arena *scratch)
{
    return (struct undo){
        .table = undo->table,
        .left = left_by(back, met, scratch),
        .old = mended(undo->left, undo->old, met, scratch),
    };
}
