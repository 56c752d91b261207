// Access patterns: conditions on key attributes enter, checked queries leave.
#include "query.h"

#include "number.h"
#include "query_check.h"
#include "table_check.h"
#include "template_facts.h"

static bool find_index(struct query_builder *builder)
{
    const struct pattern *pattern = builder->out->pattern;
    const struct table *table = builder->out->table;
    if (pattern->index.len == 0) {
        return !pattern->index_broken;
    }
    builder->out->index = table_find_index(table, pattern->index);
    if (builder->out->index != NULL) {
        return true;
    }
    if (table->indexes_broken) {
        return false; // it may be one of those that could not be read
    }
    struct diag *diag = diag_add_once(builder->diags, DIAG_PATTERN, pattern->index_span,
                                      "the table has no index %s",
                                      diag_quote(builder->diags, pattern->index));
    struct str names[INDEX_MAX + LOCAL_INDEX_MAX];
    size_t count = 0;
    for (size_t i = 0; i < table->index_count && count < sizeof names / sizeof *names;
         i++) {
        names[count++] = table->indexes[i].name;
    }
    diag_help_nearest(builder->diags, diag, pattern->index, names, count);
    return false;
}

// The type of a template's value: 'S', 'N', 'B', or 0.
static char template_type(const struct template *template)
{
    const struct expr *single = template_single(template);
    if (single == NULL) {
        return 'S';
    }
    return single->type == TYPE_NUMBER    ? 'N'
           : single->type == TYPE_BINARY  ? 'B'
           : single->type == TYPE_BOOLEAN ? 0
                                          : 'S';
}

static const char *type_help(char wanted)
{
    return wanted == 'B'
               ? "a binary value is written !B \"aGk=\", or is a parameter of "
                 "type binary by itself"
           : wanted == 'N' ? "a number stands without quotes, or is a parameter "
                             "of type number by itself"
                           : "text stands in quotes; a number that an "
                             "expression gives becomes text by !S";
}

static bool build_operand(struct query_builder *builder, struct operand *out,
                          const struct value *value, char wanted)
{
    char type = 0;
    out->type = wanted;
    if (value == NULL) {
        return false; // diagnosed when it was read
    }
    if (value->type == VALUE_TEMPLATE) {
        if (!template_parse(&out->template, value->text, value->span,
                            value_text_span(value), &builder->scope, builder->arena,
                            builder->diags)) {
            return false;
        }
        out->template.is_text = value->as_text;
        if (!query_check_template(builder, &out->template)) {
            return false;
        }
        type = template_type(&out->template);
    } else {
        struct template_part *part = arena_alloc(builder->arena, sizeof *part);
        part->literal = value->text;
        out->template =
            (struct template){.parts = part, .count = 1, .span = value->span};
        bool scalar =
            value->type == VALUE_S || value->type == VALUE_N || value->type == VALUE_B;
        type = scalar ? value_type_name(value->type)[0] : 0;
    }
    if (wanted != 0 && type != wanted) {
        struct diag *diag =
            diag_add(builder->diags, DIAG_KEY_TYPE, value->span,
                     "the key attribute is of type %c, and this value is not", wanted);
        diag_help(builder->diags, diag, "%s", type_help(wanted));
        return false;
    }
    return true;
}

// Where an attribute stands in the key: hash parts first. SIZE_MAX: nowhere.
static size_t key_position(const struct key_schema *key, struct str name)
{
    for (size_t i = 0; i < key->hash_count; i++) {
        if (str_eq(key->hash[i].name, name)) {
            return i;
        }
    }
    for (size_t i = 0; i < key->range_count; i++) {
        if (str_eq(key->range[i].name, name)) {
            return key->hash_count + i;
        }
    }
    return SIZE_MAX;
}

// A literal alone, which is known now; else an empty text without a place.
static struct str constant_of(const struct template *template)
{
    return template->count == 1 && template->parts[0].expr == NULL
               ? template->parts[0].literal
               : (struct str){0};
}

// What a Query's values may not be, as far as they are constant: empty or too long
// (B050, B051, B054), or the bounds of between with the greater one first.
static bool check_constants(struct query_builder *builder, size_t i, size_t max)
{
    const struct key_condition *condition = &builder->out->pattern->conditions[i];
    const struct operand *operands = builder->out->operands[i];
    struct str low = constant_of(&operands[0].template);
    struct str high = constant_of(&operands[1].template);
    size_t count = condition->op == RANGE_BETWEEN ? 2 : 1;
    for (size_t k = 0; k < count; k++) {
        const struct value *value = condition->operands[k];
        size_t len = constant_of(&operands[k].template).len;
        bool constant = value->type != VALUE_TEMPLATE;
        if (constant && len == 0) {
            diag_add(builder->diags, DIAG_KEY_EMPTY, value->span,
                     "the value for %s is empty",
                     diag_quote(builder->diags, condition->attribute));
            return false;
        }
        if (constant && len > max) {
            diag_add(builder->diags, DIAG_KEY_SIZE, value->span,
                     "the value for %s is longer than %zu bytes",
                     diag_quote(builder->diags, condition->attribute), max);
            return false;
        }
    }
    if (count == 2 && low.len > 0 && high.len > 0 &&
        (operands[0].type == 'N' ? number_cmp(low, high) : str_cmp(low, high)) > 0) {
        struct diag *diag =
            diag_add(builder->diags, DIAG_PATTERN, condition->operands[0]->span,
                     "the bounds of 'between' are the wrong way round");
        diag_help(builder->diags, diag, "the lower one comes first");
        return false;
    }
    return true;
}

static bool is_unused(const struct table *table, struct str name)
{
    bool used = table_key_uses(&table->key, name);
    for (size_t i = 0; i < table->index_count && !used; i++) {
        used = table_key_uses(&table->indexes[i].key, name);
    }
    return !used && table_find_attribute(table, name) != NULL;
}

static bool build_condition(struct query_builder *builder, size_t i)
{
    const struct key_condition *condition = &builder->out->pattern->conditions[i];
    const struct key_schema *key = query_key(builder->out);
    size_t position = key_position(key, condition->attribute);
    if (position == SIZE_MAX && is_unused(builder->out->table, condition->attribute)) {
        return false; // it is defined and keys nothing, which was told
    }
    if (position == SIZE_MAX) {
        struct diag *diag =
            diag_add_once(builder->diags, DIAG_PATTERN, condition->span,
                          "%s is no key attribute of %s",
                          diag_quote(builder->diags, condition->attribute),
                          builder->out->index ? "the index" : "the table");
        struct str names[2] = {key->hash[0].name, key->range[0].name};
        diag_help_nearest(builder->diags, diag, condition->attribute, names,
                          key->range_count > 0 ? 2 : 1);
        return false;
    }
    if (position < key->hash_count && condition->op != RANGE_EQ) {
        diag_add(builder->diags, DIAG_PATTERN, condition->span,
                 "the hash key takes a plain value: a Query needs = there");
        return false;
    }
    const struct attribute_definition *definition =
        table_find_attribute(builder->out->table, condition->attribute);
    if (condition->op == RANGE_BEGINS_WITH && definition->type == 'N') {
        diag_add(builder->diags, DIAG_PATTERN, condition->span,
                 "begins_with does not work on numbers");
        return false;
    }
    bool ok = true;
    for (size_t k = 0; k < (condition->op == RANGE_BETWEEN ? 2U : 1U); k++) {
        ok = build_operand(builder, &builder->out->operands[i][k],
                           condition->operands[k],
                           definition->untyped ? 0 : definition->type) &&
             ok;
    }
    ok = ok && !definition->untyped;
    size_t max = position < key->hash_count ? KEY_HASH_MAX_BYTES : KEY_RANGE_MAX_BYTES;
    return ok && check_constants(builder, i, max);
}

static const struct key_condition *find_condition(const struct pattern *pattern,
                                                  struct str name)
{
    for (size_t i = 0; i < pattern->condition_count; i++) {
        if (str_eq(pattern->conditions[i].attribute, name)) {
            return &pattern->conditions[i];
        }
    }
    return NULL;
}

// A051: = on every hash attribute. A052: range attributes left to right without a gap,
// and nothing behind one with another operator than =.
static bool check_coverage(struct query_builder *builder)
{
    const struct pattern *pattern = builder->out->pattern;
    const struct key_schema *key = query_key(builder->out);
    for (size_t i = 0; i < key->hash_count; i++) {
        if (find_condition(pattern, key->hash[i].name) == NULL) {
            diag_add(builder->diags, DIAG_PATTERN, pattern->key_span,
                     "the key has no value for the hash key %s",
                     diag_quote(builder->diags, key->hash[i].name));
            return false;
        }
    }
    bool closed = false;
    for (size_t i = 0; i < key->range_count; i++) {
        const struct key_condition *condition =
            find_condition(pattern, key->range[i].name);
        if (condition != NULL && closed) {
            diag_add(
                builder->diags, DIAG_PATTERN, condition->span,
                "range attributes are used from left to right, and only the last one "
                "with another operator than =");
            return false;
        }
        closed = closed || condition == NULL || condition->op != RANGE_EQ;
    }
    return true;
}

// A key whose attributes are all defined.
static bool is_known(const struct table *table, const struct key_schema *key)
{
    bool known = key->known && key->hash_count > 0;
    for (size_t i = 0; i < key->hash_count; i++) {
        known = known && table_find_attribute(table, key->hash[i].name) != NULL;
    }
    for (size_t i = 0; i < key->range_count; i++) {
        known = known && table_find_attribute(table, key->range[i].name) != NULL;
    }
    return known;
}

bool query_build(struct query *out, const struct pattern *pattern,
                 const struct table *table, size_t *exprs, struct arena *arena,
                 struct diags *diags)
{
    *out = (struct query){.pattern = pattern, .table = table};
    struct query_builder builder = {
        .out = out,
        .scope = {0, pattern->parameters, pattern->parameter_count,
                  "this access pattern", exprs, pattern->parameters_broken},
        .arena = arena,
        .diags = diags,
    };
    out->operands = arena_array(arena, pattern->condition_count, sizeof *out->operands);
    if (!find_index(&builder)) {
        return false;
    }
    if (!is_known(table, query_key(out))) {
        return false; // diagnosed with the table
    }
    bool ok = true;
    for (size_t i = 0; i < pattern->condition_count; i++) {
        ok = build_condition(&builder, i) && ok;
    }
    ok = query_check(&builder) && ok;
    if (!ok || pattern->broken ||
        (pattern->operation != PATTERN_SCAN && !check_coverage(&builder))) {
        return false;
    }
    return query_check_parameters(&builder);
}
