// The rules that need the whole table: each function is one rule of the service, with
// its id. A typed table enters; diagnostics leave.
#include "table_check.h"

#include "ascii.h"
#include "capacity_check.h"
#include "map.h"

#define PROJECTED_MAX 100 // A106
#define NEAR_MAX 256      // definitions that are looked through for a misspelt one
#define TABLE_NAME_MIN 3
#define TABLE_NAME_MAX 255
#define ATTRIBUTE_NAME_MAX 255

const struct shape TABLE_NAME_SHAPE = {SHAPE_STRING, .min = TABLE_NAME_MIN,
                                       .max = TABLE_NAME_MAX,
                                       .pattern = "^[A-Za-z0-9_.-]*$"};
const struct shape ATTRIBUTE_NAME_SHAPE = {SHAPE_STRING, .min = 1,
                                           .max = ATTRIBUTE_NAME_MAX};

bool table_check_name(struct str name, struct span span, const char *what,
                      struct diags *diags)
{
    if (name.len < TABLE_NAME_MIN || name.len > TABLE_NAME_MAX) {
        diag_add(diags, DIAG_TABLE_NAME, span,
                 "%s has %d to %d characters, and %s has %zu", what, TABLE_NAME_MIN,
                 TABLE_NAME_MAX, diag_quote(diags, name), name.len);
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool legal = ascii_is_alnum(c) || c == '_' || c == '.' || c == '-';
        if (!legal) {
            struct diag *diag = diag_add(diags, DIAG_TABLE_NAME, span, "%s is not %s",
                                         diag_quote(diags, name), what);
            diag_help(diags, diag, "%s", // A004
                      str_starts(name, STR("arn:"))
                          ? "give the name alone, without the rest of the ARN"
                          : "use only a-z, A-Z, 0-9, '_', '.' and '-'");
            return false;
        }
    }
    return true;
}

bool table_check_attribute_name(struct str name, struct span span, struct diags *diags)
{
    if (name.len >= 1 && name.len <= ATTRIBUTE_NAME_MAX) {
        return true;
    }
    diag_add(diags, DIAG_ATTRIBUTE_NAME, span,
             "the name of a key or projected attribute has 1 to %d bytes, this one %zu",
             ATTRIBUTE_NAME_MAX, name.len);
    return false;
}

// Which definitions key something, or were meant by a name that has none.
struct uses {
    const struct table *table;
    struct map defined; // name to struct use
    struct diags *diags;
    bool all_known; // no key was refused
};

struct use {
    const struct attribute_definition *attribute;
    bool used;
    bool meant;
};

// Calls with each part of the table's key and its indexes' that was not refused.
static void each_part(struct uses *uses,
                      void (*call)(struct uses *uses, const struct key_part *part))
{
    const struct table *table = uses->table;
    for (size_t i = 0; i <= table->index_count; i++) {
        const struct key_schema *key =
            i == 0 ? &table->key : &table->indexes[i - 1].key;
        for (size_t k = 0; key->known && k < key->hash_count; k++) {
            call(uses, &key->hash[k]);
        }
        for (size_t k = 0; key->known && k < key->range_count; k++) {
            call(uses, &key->range[k]);
        }
        uses->all_known = uses->all_known && key->known;
    }
}

static void note_used(struct uses *uses, const struct key_part *part)
{
    struct use *use = map_find(&uses->defined, part->name);
    if (use != NULL) {
        use->used = true;
    }
}

// The definition that keys nothing, and is near a name that has none: it is meant for
// it, and one of the two is misspelt. NULL: none.
static struct use *find_meant(const struct uses *uses, struct str name)
{
    for (size_t i = 0; i < uses->defined.count && i < NEAR_MAX; i++) {
        struct use *use = uses->defined.entries[i].value;
        if (!use->used && str_nearest_within(name, &use->attribute->name, 1,
                                             &uses->diags->nearest_work) == 0) {
            return use;
        }
    }
    return NULL;
}

// A025: every key attribute is defined.
static void check_part_defined(struct uses *uses, const struct key_part *part)
{
    struct diags *diags = uses->diags;
    if (map_find(&uses->defined, part->name) != NULL) {
        return;
    }
    struct diag *diag =
        diag_add_once(diags, DIAG_ATTRIBUTE_UNDEFINED, part->span,
                      "key attribute %s is not in attribute_definitions",
                      diag_quote(diags, part->name));
    struct use *meant = find_meant(uses, part->name);
    if (meant != NULL) {
        meant->meant = true;
        diag_help(diags, diag, "did you mean '%.*s'?", STR_ARG(meant->attribute->name));
        diag_related(diags, diag, meant->attribute->span, "defined, and keys nothing");
    } else {
        diag_help(diags, diag, "add '%.*s: S' (or N, or B) there", STR_ARG(part->name));
    }
}

// A026. What another message speaks of already is passed over.
static void check_attribute_used(const struct use *use, struct diags *diags)
{
    const struct attribute_definition *attribute = use->attribute;
    if (!use->used && !use->meant &&
        table_check_attribute_name(attribute->name, attribute->span, diags)) {
        struct diag *diag = diag_add(diags, DIAG_ATTRIBUTE_UNUSED, attribute->span,
                                     "%s keys neither the table nor an index",
                                     diag_quote(diags, attribute->name));
        diag_help(diags, diag,
                  "leave it out: attributes that are no keys need no definition");
    }
}

// A025: every key attribute is defined. A026: nothing else is.
static void check_attributes(const struct table *table, struct diags *diags)
{
    if (!table->attributes_known) {
        return;
    }
    struct uses uses = {.table = table, .diags = diags, .all_known = true};
    map_init(&uses.defined, diags->arena);
    struct use *all = arena_array(diags->arena, table->attribute_count, sizeof *all);
    for (size_t i = 0; i < table->attribute_count; i++) {
        all[i].attribute = &table->attributes[i];
        map_add(&uses.defined, table->attributes[i].name, NULL)->value = &all[i];
    }
    each_part(&uses, note_used);
    each_part(&uses, check_part_defined);
    // Otherwise an attribute may be that of a key that was refused.
    for (size_t i = 0;
         uses.all_known && !table->indexes_broken && i < table->attribute_count; i++) {
        check_attribute_used(&all[i], diags);
    }
}

// A006: names are unique over both kinds.
static void check_index_names(const struct table *table, struct diags *diags)
{
    struct map names;
    map_init(&names, diags->arena);
    for (size_t i = 0; i < table->index_count; i++) {
        struct secondary_index *index = &table->indexes[i];
        bool added = false;
        struct map_entry *entry = map_add(&names, index->name, &added);
        if (added) {
            entry->value = index;
            continue;
        }
        const struct secondary_index *first = entry->value;
        struct diag *diag =
            diag_add(diags, DIAG_INDEX_NAME_TWICE, index->span, "index %s stands twice",
                     diag_quote(diags, index->name));
        diag_related(diags, diag, first->span, "first here");
    }
}

// A060, which nobody can change, and A080, a quota.
static void check_index_counts(const struct table *table, struct diags *diags)
{
    size_t counts[2] = {0, 0};
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        size_t max = index->local ? LOCAL_INDEX_MAX : GLOBAL_INDEX_QUOTA;
        if (++counts[index->local] != max + 1) {
            continue;
        }
        if (index->local) {
            diag_add(diags, DIAG_INDEX_COUNT, index->span,
                     "a table has at most %d local indexes", LOCAL_INDEX_MAX);
        } else {
            struct diag *diag = diag_add(
                diags, DIAG_INDEX_QUOTA, index->span,
                "more than %d global indexes: the service refuses the table unless the "
                "account's quota was raised",
                GLOBAL_INDEX_QUOTA);
            diag_help(diags, diag, "ask AWS for a higher quota first");
        }
    }
}

// A061, A062, A063.
static void check_local_index(const struct table *table,
                              const struct secondary_index *index, struct diags *diags)
{
    if (!table->key.known || !index->key.known) {
        return;
    }
    if (table->key.range_count == 0) {
        diag_add(diags, DIAG_LOCAL_INDEX, index->span,
                 "a local index needs a table with a range key");
        return;
    }
    if (!str_eq(index->key.hash[0].name, table->key.hash[0].name)) {
        struct diag *diag =
            diag_add(diags, DIAG_LOCAL_INDEX, index->key.hash[0].span,
                     "a local index has the table's hash key %s, not %s",
                     diag_quote(diags, table->key.hash[0].name),
                     diag_quote(diags, index->key.hash[0].name));
        diag_related(diags, diag, table->key.hash[0].span, "the table's hash key");
        return;
    }
    if (index->key.range_count == 0) {
        diag_add(diags, DIAG_LOCAL_INDEX, index->key.span,
                 "a local index needs a range key of its own");
    } else if (str_eq(index->key.range[0].name, table->key.range[0].name)) { // A070
        struct diag *diag =
            diag_add(diags, DIAG_LOCAL_INDEX_USELESS, index->key.range[0].span,
                     "the local index %s sorts as the table does",
                     diag_quote(diags, index->name));
        diag_related(diags, diag, table->key.range[0].span, "the table's range key");
    }
}

// A108: keys are in an index anyway.
static void check_projected_keys(const struct table *table,
                                 const struct secondary_index *index,
                                 struct diags *diags)
{
    const struct projection *projection = &index->projection;
    for (size_t i = 0; i < projection->count; i++) {
        bool of_table = table_key_uses(&table->key, projection->names[i].name);
        if (of_table || table_key_uses(&index->key, projection->names[i].name)) {
            struct diag *diag =
                diag_add(diags, DIAG_PROJECTION_KEY, projection->names[i].span,
                         "%s keys the %s, so it is in the index anyway",
                         diag_quote(diags, projection->names[i].name),
                         of_table ? "table" : "index");
            diag_help(diags, diag, "leave it out");
        }
    }
}

// A106: names are counted in each index that has them.
static void check_projected_count(const struct table *table, struct diags *diags)
{
    size_t count = 0;
    for (size_t i = 0; i < table->index_count; i++) {
        const struct projection *projection = &table->indexes[i].projection;
        count += projection->count;
        if (count > PROJECTED_MAX) {
            diag_add(diags, DIAG_PROJECTION, projection->span,
                     "the table's indexes include more than %d attributes in all",
                     PROJECTED_MAX);
            return;
        }
    }
}

// A197, A198: what is no number never expires.
static void check_time_to_live(const struct table *table, struct diags *diags)
{
    const struct time_to_live *ttl = &table->settings.time_to_live;
    const struct attribute_definition *attribute =
        ttl->attribute_name.len > 0 ? table_find_attribute(table, ttl->attribute_name)
                                    : NULL;
    if (attribute != NULL && attribute->type != 'N') {
        struct diag *diag =
            diag_add(diags, DIAG_TIME_TO_LIVE_TYPE, ttl->span,
                     "items never expire by the key attribute %s, which is %s",
                     diag_quote(diags, attribute->name),
                     attribute->type == 'S' ? "a string" : "binary");
        diag_help(diags, diag, "times to live are numbers: seconds since 1970");
        diag_related(diags, diag, attribute->span, "defined here");
    }
}

bool table_check(const struct table *table, struct diags *diags)
{
    size_t errors = diags->errors;
    check_attributes(table, diags);
    check_index_names(table, diags);
    check_index_counts(table, diags);
    check_projected_count(table, diags);
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        if (index->local) {
            check_local_index(table, index, diags);
        }
        check_projected_keys(table, index, diags);
    }
    if (!table->external) {
        capacity_check(table, diags);
    }
    check_time_to_live(table, diags);
    return diags->errors == errors;
}
