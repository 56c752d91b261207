// The rules that need the whole table: each function is one rule of the service, with
// its id. A typed table enters; diagnostics leave.
#include "table_check.h"

#include "ascii.h"
#include "capacity_check.h"

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

static bool is_used(const struct table *table, struct str name)
{
    bool used = table_key_uses(&table->key, name);
    for (size_t i = 0; i < table->index_count && !used; i++) {
        used = table_key_uses(&table->indexes[i].key, name);
    }
    return used;
}

// The definition that keys nothing, and is near a name that has none: it is meant for
// it, and one of the two is misspelt. NULL: none.
static const struct attribute_definition *find_meant(const struct table *table,
                                                     struct str name)
{
    for (size_t a = 0; a < table->attribute_count && a < NEAR_MAX; a++) {
        const struct attribute_definition *attribute = &table->attributes[a];
        if (str_nearest(name, &attribute->name, 1) == 0 &&
            !is_used(table, attribute->name)) {
            return attribute;
        }
    }
    return NULL;
}

static void check_part_defined(const struct table *table, const struct key_part *part,
                               struct diags *diags)
{
    if (table_find_attribute(table, part->name) != NULL) {
        return;
    }
    struct diag *diag =
        diag_add_once(diags, DIAG_ATTRIBUTE_UNDEFINED, part->span,
                      "key attribute %s is not in attribute_definitions",
                      diag_quote(diags, part->name));
    const struct attribute_definition *meant = find_meant(table, part->name);
    if (meant != NULL) {
        diag_help(diags, diag, "did you mean '%.*s'?", STR_ARG(meant->name));
        diag_related(diags, diag, meant->span, "defined, and keys nothing");
    } else {
        diag_help(diags, diag, "add '%.*s: S' (or N, or B) there", STR_ARG(part->name));
    }
}

// Calls with each part of a key that was not refused. False: it was refused.
static bool each_part(const struct table *table, const struct key_schema *key,
                      void (*call)(const struct table *table,
                                   const struct key_part *part, struct diags *diags),
                      struct diags *diags)
{
    for (size_t i = 0; key->known && i < key->hash_count; i++) {
        call(table, &key->hash[i], diags);
    }
    for (size_t i = 0; key->known && i < key->range_count; i++) {
        call(table, &key->range[i], diags);
    }
    return key->known;
}

// True when a key attribute without a definition was taken for this one.
static bool is_meant_by(const struct table *table, const struct key_schema *key,
                        const struct attribute_definition *attribute)
{
    const struct key_part *const sides[] = {key->hash, key->range};
    const size_t counts[] = {key->hash_count, key->range_count};
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < counts[side]; i++) {
            struct str name = sides[side][i].name;
            if (table_find_attribute(table, name) == NULL &&
                find_meant(table, name) == attribute) {
                return true;
            }
        }
    }
    return false;
}

// A026. What another message speaks of already is passed over.
static void check_attribute_used(const struct table *table,
                                 const struct attribute_definition *attribute,
                                 struct diags *diags)
{
    bool told =
        is_used(table, attribute->name) || is_meant_by(table, &table->key, attribute);
    for (size_t i = 0; i < table->index_count && !told; i++) {
        told = is_meant_by(table, &table->indexes[i].key, attribute);
    }
    if (!told && table_check_attribute_name(attribute->name, attribute->span, diags)) {
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
    bool all_known = each_part(table, &table->key, check_part_defined, diags) &&
                     !table->indexes_broken;
    for (size_t i = 0; i < table->index_count; i++) {
        all_known =
            each_part(table, &table->indexes[i].key, check_part_defined, diags) &&
            all_known;
    }
    // Otherwise an attribute may be that of a key that was refused.
    for (size_t a = 0; all_known && a < table->attribute_count; a++) {
        check_attribute_used(table, &table->attributes[a], diags);
    }
}

// A006: names are unique over both kinds.
static void check_index_names(const struct table *table, struct diags *diags)
{
    for (size_t i = 1; i < table->index_count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (str_eq(table->indexes[i].name, table->indexes[j].name)) {
                struct diag *diag = diag_add(
                    diags, DIAG_INDEX_NAME_TWICE, table->indexes[i].span,
                    "index %s stands twice", diag_quote(diags, table->indexes[i].name));
                diag_related(diags, diag, table->indexes[j].span, "first here");
                break;
            }
        }
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
    capacity_check(table, diags);
    check_time_to_live(table, diags);
    return diags->errors == errors;
}
