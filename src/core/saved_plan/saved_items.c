// The lines of a saved plan that are about items: each is a change as the reconciler
// would have found it.
#include "base64.h"
#include "plan.h"
#include "plan_view.h"
#include "saved_lines.h"
#include "saved_plan.h"
#include "value_json.h"

enum {
    WITH_TYPE,
    WITH_CHANGE,
    WITH_ENTITY,
    WITH_SEEN,
    WITH_PUT,
    WITH_OLD,
    WITH_NEW,
    WITH_ATTRIBUTES, // from here on: may be there
    WITH_GONE,
    WITH_THEIRS,
    WITH_LOSES,
    WITH_MADE,
    WITH_WHOLE,
    WITH_OVER,
    WITH_COUNT
};

// Which members a change has, or may have.
static const struct {
    const char *name;
    bool has[WITH_COUNT];
} CHANGES[] = {
    [ITEM_ADDED] = {"added",
                    {[WITH_NEW] = true,
                     [WITH_GONE] = true,
                     [WITH_MADE] = true,
                     [WITH_OVER] = true}},
    [ITEM_CHANGED] = {"changed",
                      {[WITH_SEEN] = true,
                       [WITH_OLD] = true,
                       [WITH_NEW] = true,
                       [WITH_ATTRIBUTES] = true,
                       [WITH_LOSES] = true,
                       [WITH_MADE] = true,
                       [WITH_WHOLE] = true,
                       [WITH_OVER] = true}},
    [ITEM_MOVED] = {"moved",
                    {[WITH_SEEN] = true,
                     [WITH_PUT] = true,
                     [WITH_OLD] = true,
                     [WITH_NEW] = true,
                     [WITH_ATTRIBUTES] = true,
                     [WITH_THEIRS] = true,
                     [WITH_LOSES] = true,
                     [WITH_MADE] = true,
                     [WITH_WHOLE] = true,
                     [WITH_OVER] = true}},
    [ITEM_STALE] = {"stale",
                    {[WITH_SEEN] = true,
                     [WITH_OLD] = true,
                     [WITH_THEIRS] = true,
                     [WITH_LOSES] = true}},
};
#define CHANGE_COUNT (sizeof CHANGES / sizeof CHANGES[0]) // nothing stays as theirs

// Whether the members that are there are those that a change of the kind has.
static bool are_its(const struct saved_member *members, size_t kind)
{
    for (size_t i = WITH_SEEN; i < WITH_COUNT; i++) {
        bool its = CHANGES[kind].has[i];
        if (members[i].there ? !its : i < WITH_ATTRIBUTES && its) {
            return false;
        }
    }
    return true;
}

// What becomes of attributes: {"balance":"theirs"}. Nothing is in conflict.
static bool read_fates(struct item_change *out, struct str json, struct arena *arena)
{
    struct attribute_change *attributes = NULL;
    size_t cap = 0;
    struct json_reader reader;
    json_reader_init(&reader, json, arena);
    (void)json_next(&reader); // its brace: it was read as an object
    enum json_token token = json_next(&reader);
    for (; token == JSON_NAME; token = json_next(&reader)) {
        size_t fate = 0;
        attributes = arena_grow(arena, attributes, out->attribute_count,
                                out->attribute_count + 1, &cap, sizeof *attributes);
        attributes[out->attribute_count].name = json_text(&reader);
        if (json_next(&reader) != JSON_STRING) {
            return false;
        }
        while (fate < ATTRIBUTE_CONFLICT &&
               !str_is(json_text(&reader), plan_fate_name((enum attribute_fate)fate))) {
            fate++;
        }
        attributes[out->attribute_count++].fate = (enum attribute_fate)fate;
        if (fate == ATTRIBUTE_CONFLICT) {
            return false;
        }
    }
    out->attributes = attributes;
    return token == JSON_OBJECT_END && out->attribute_count > 0;
}

// What the ledger is to say of it. Plans that were saved without have none.
static bool read_made(struct item_change *out, const struct saved_member *members,
                      struct arena *arena)
{
    const char *why = NULL;
    if (!members[WITH_MADE].there) {
        return !members[WITH_WHOLE].there && !members[WITH_OVER].there;
    }
    struct item_made *made = arena_alloc(arena, sizeof *made);
    *made = (struct item_made){.of.entity = members[WITH_ENTITY].value,
                               .over = members[WITH_OVER].is_true};
    out->whole = members[WITH_WHOLE].value;
    struct str json = out->whole.len > 0 ? out->whole : members[WITH_NEW].value;
    out->made = made;
    return base64_decode(&made->of.of, members[WITH_MADE].value, arena) &&
           value_json_read_item(&made->values.attributes, &made->values.count, json,
                                arena, &why);
}

bool saved_item_read(struct item_change *out, struct str line, struct arena *arena)
{
    struct saved_member members[WITH_COUNT] = {
        [WITH_TYPE] = {.name = "type", .token = JSON_STRING},
        [WITH_CHANGE] = {.name = "change", .token = JSON_STRING},
        [WITH_ENTITY] = {.name = "entity", .token = JSON_STRING, .optional = true},
        [WITH_SEEN] = {.name = "seen", .token = JSON_STRING, .optional = true},
        [WITH_PUT] = {.name = "put", .token = JSON_TRUE, .optional = true},
        [WITH_OLD] = {.name = "old", .token = JSON_OBJECT_BEGIN, .optional = true},
        [WITH_NEW] = {.name = "new", .token = JSON_OBJECT_BEGIN, .optional = true},
        [WITH_ATTRIBUTES] = {.name = "attributes",
                             .token = JSON_OBJECT_BEGIN,
                             .optional = true},
        [WITH_GONE] = {.name = "gone", .token = JSON_TRUE, .optional = true},
        [WITH_THEIRS] = {.name = "theirs", .token = JSON_TRUE, .optional = true},
        [WITH_LOSES] = {.name = "loses", .token = JSON_TRUE, .optional = true},
        [WITH_MADE] = {.name = "made", .token = JSON_STRING, .optional = true},
        [WITH_WHOLE] = {.name = "whole", .token = JSON_OBJECT_BEGIN, .optional = true},
        [WITH_OVER] = {.name = "over", .token = JSON_TRUE, .optional = true},
    };
    size_t kind = 0;
    if (!saved_members_read(members, WITH_COUNT, line, arena)) {
        return false;
    }
    while (kind < CHANGE_COUNT &&
           !str_is(members[WITH_CHANGE].value, CHANGES[kind].name)) {
        kind++;
    }
    if (kind == CHANGE_COUNT || !are_its(members, kind)) {
        return false;
    }
    *out = (struct item_change){
        .kind = (enum item_change_kind)kind,
        .entity = members[WITH_ENTITY].value,
        .declared = members[WITH_NEW].value,
        .live = members[WITH_OLD].value,
        .gone = members[WITH_GONE].is_true,
        .theirs = members[WITH_THEIRS].is_true,
        .loses = members[WITH_LOSES].is_true,
        .put = kind != ITEM_STALE && (kind != ITEM_MOVED || members[WITH_PUT].is_true)};
    return read_made(out, members, arena) &&
           (!members[WITH_ATTRIBUTES].there ||
            read_fates(out, members[WITH_ATTRIBUTES].value, arena)) &&
           (!members[WITH_SEEN].there ||
            uuid_parse(&out->seen, members[WITH_SEEN].value));
}

// What declared holds; and the order of its members, or of those of an item that goes:
// as the plan has them.
static bool read_values(struct item_change *change, struct arena *arena)
{
    struct value_entry *entries = NULL;
    size_t count = 0;
    const char *why = NULL;
    struct str json = change->declared.len > 0 ? change->declared : change->live;
    bool read =
        json.len == 0 || value_json_read_item(&entries, &count, json, arena, &why);
    if (change->declared.len > 0) {
        change->values = (struct item){.attributes = entries, .count = count};
    }
    change->order = entries;
    change->order_count = count;
    return read;
}

bool saved_table_changes(const struct saved_table *saved, const struct change_sink *to)
{
    struct saved_lines lines;
    struct arena scratch = {0};
    struct str line;
    bool more = true;
    saved_lines_init(&lines, saved->plan->fd, saved->offset, saved->line);
    for (uint64_t i = 0; i < saved->items && more; i++) {
        struct item_change change = {0};
        arena_reset(&scratch);
        more = saved_lines_next(&lines, &line) &&
               saved_item_read(&change, line, &scratch) &&
               read_values(&change, &scratch);
        struct batch_item item = {
            .source = saved->plan->source,
            .line = lines.number > UINT32_MAX ? UINT32_MAX : (uint32_t)lines.number};
        change.table = saved->table;
        change.item = change.kind == ITEM_STALE ? NULL : &item;
        more = more && to->change(to->context, &change);
    }
    arena_deinit(&scratch);
    saved_lines_deinit(&lines);
    return more;
}

static bool give(const void *self, const struct change_sink *to)
{
    return saved_table_changes(self, to);
}

struct found_changes saved_table_found(const struct saved_table *saved)
{
    return (struct found_changes){give, saved};
}
