// The rules that need the whole table: each function is one rule of the service, with
// its id. A typed table enters; diagnostics leave.
#include "table_check.h"

#define PROJECTED_MAX 100 // A106
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
        bool legal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
        if (!legal) {
            struct diag *diag = diag_add(diags, DIAG_TABLE_NAME, span, "%s is not %s",
                                         diag_quote(diags, name), what);
            diag_help(diags, diag, "use only a-z, A-Z, 0-9, '_', '.' and '-'");
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

static bool key_uses(const struct key_schema *key, struct str name)
{
    for (size_t i = 0; i < key->hash_count; i++) {
        if (str_eq(key->hash[i].name, name)) {
            return true;
        }
    }
    for (size_t i = 0; i < key->range_count; i++) {
        if (str_eq(key->range[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void check_part_defined(const struct table *table, const struct key_part *part,
                               struct diags *diags)
{
    if (table_find_attribute(table, part->name) != NULL) {
        return;
    }
    struct diag *diag = diag_add(diags, DIAG_ATTRIBUTE_UNDEFINED, part->span,
                                 "key attribute %s is not in attribute_definitions",
                                 diag_quote(diags, part->name));
    diag_help(diags, diag, "add '%.*s: S' (or N, or B) there", STR_ARG(part->name));
}

// False for a key that was refused: then nothing is said of it.
static bool check_key_defined(const struct table *table, const struct key_schema *key,
                              struct diags *diags)
{
    for (size_t i = 0; key->known && i < key->hash_count; i++) {
        check_part_defined(table, &key->hash[i], diags);
    }
    for (size_t i = 0; key->known && i < key->range_count; i++) {
        check_part_defined(table, &key->range[i], diags);
    }
    return key->known;
}

// A025: every key attribute is defined. A026: nothing else is.
static void check_attributes(const struct table *table, struct diags *diags)
{
    if (!table->attributes_known) {
        return;
    }
    bool all_known = check_key_defined(table, &table->key, diags);
    for (size_t i = 0; i < table->index_count; i++) {
        all_known =
            check_key_defined(table, &table->indexes[i].key, diags) && all_known;
    }
    if (!all_known) {
        return; // an attribute may be that of a key that was refused
    }
    for (size_t a = 0; a < table->attribute_count; a++) {
        const struct attribute_definition *attribute = &table->attributes[a];
        bool used = key_uses(&table->key, attribute->name);
        for (size_t i = 0; i < table->index_count && !used; i++) {
            used = key_uses(&table->indexes[i].key, attribute->name);
        }
        if (!used) {
            struct diag *diag = diag_add(diags, DIAG_ATTRIBUTE_UNUSED, attribute->span,
                                         "%s keys neither the table nor an index",
                                         diag_quote(diags, attribute->name));
            diag_help(diags, diag,
                      "leave it out: attributes that are no keys need no "
                      "definition");
        }
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

// A060, A080.
static void check_index_counts(const struct table *table, struct diags *diags)
{
    size_t counts[2] = {0, 0};
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        size_t max = index->local ? LOCAL_INDEX_MAX : GLOBAL_INDEX_MAX;
        if (++counts[index->local] == max + 1) {
            diag_add(diags, DIAG_INDEX_COUNT, index->span,
                     "a table has at most %zu %s indexes", max,
                     index->local ? "local" : "global");
        }
    }
}

// A061 to A063.
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
    }
    if (index->key.range_count == 0) {
        diag_add(diags, DIAG_LOCAL_INDEX, index->key.span,
                 "a local index needs a range key of its own");
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

static void check_throughput(const struct throughput *throughput,
                             enum billing_mode mode, struct span owner,
                             const char *what, struct diags *diags)
{
    if (mode == BILLING_PROVISIONED && !throughput->set && !throughput->refused) {
        struct diag *diag = diag_add(diags, DIAG_THROUGHPUT, owner,
                                     "%s has no provisioned_throughput", what);
        diag_help(diags, diag,
                  "add provisioned_throughput: {read_capacity_units: 5, "
                  "write_capacity_units: 5}, or set billing_mode: PAY_PER_REQUEST");
    }
    if (mode == BILLING_PAY_PER_REQUEST && throughput->set) {
        diag_add(
            diags, DIAG_THROUGHPUT, throughput->span,
            "%s has provisioned_throughput although billing_mode is PAY_PER_REQUEST",
            what);
    }
}

bool table_check(const struct table *table, struct diags *diags)
{
    size_t errors = diags->errors;
    check_attributes(table, diags);
    check_index_names(table, diags);
    check_index_counts(table, diags);
    check_projected_count(table, diags);
    check_throughput(&table->throughput, table->billing_mode, table->span, "the table",
                     diags);
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        if (index->local) {
            check_local_index(table, index, diags);
        } else {
            check_throughput(&index->throughput, table->billing_mode, index->span,
                             "the index", diags);
        }
    }
    return diags->errors == errors;
}
