// A filter against an item, as the service does it: what is of two types is unequal and
// has no order, what is missing is neither equal nor less nor greater.
#include "filter_values.h"

#include "canon.h"

struct filter_item {
    const struct filter_values *values;
    const struct value_entry *entries;
    size_t count;
    struct arena *scratch;
};

// As the service counts characters of text: a code point beyond the first 65,536 is two.
static size_t utf16_units(struct str text)
{
    size_t units = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        units += c < 0x80 || c >= 0xc0 ? 1 : 0;
        units += c >= 0xf0 ? 1 : 0;
    }
    return units;
}

// False: the value has no size.
static bool size_of(size_t *size, const struct value *value)
{
    switch ((int)value->type) {
    case VALUE_S:
        *size = utf16_units(value->text);
        return true;
    case VALUE_B:
        *size = value->text.len;
        return true;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
    case VALUE_L:
    case VALUE_M:
        *size = value->count;
        return true;
    default:
        return false;
    }
}

// NULL: the item lacks it, or it has no size.
static const struct value *resolve(const struct filter_item *item,
                                   const struct filter_operand *operand)
{
    const struct value *value =
        operand->kind == OPERAND_PATH
            ? document_path_find(&operand->path, item->entries, item->count)
            : item->values->slots[operand->slot].at;
    size_t size = 0;
    if (!operand->size || value == NULL) {
        return value;
    }
    if (!size_of(&size, value)) {
        return NULL;
    }
    struct value *number = arena_alloc(item->scratch, sizeof *number);
    *number = (struct value){.type = VALUE_N,
                             .text = arena_printf(item->scratch, "%zu", size)};
    return number;
}

static bool equal(const struct filter_item *item, const struct value *a,
                  const struct value *b)
{
    return a != NULL && b != NULL && canon_equal(a, b, item->scratch);
}

static bool in_order(const struct value *a, const struct value *b)
{
    return a != NULL && b != NULL && a->type == b->type && a->type <= VALUE_B;
}

static bool begins_with(const struct value *value, const struct value *prefix)
{
    return in_order(value, prefix) && value->type != VALUE_N &&
           str_starts(value->text, prefix->text);
}

// A part of a text, or a member.
static bool contains(const struct filter_item *item, const struct value *value,
                     const struct value *part)
{
    static const int MEMBERS[] = {
        [VALUE_SS] = VALUE_S, [VALUE_NS] = VALUE_N, [VALUE_BS] = VALUE_B};
    bool found = false;
    if (value == NULL || part == NULL) {
        return false;
    }
    switch ((int)value->type) {
    case VALUE_S:
    case VALUE_B:
        return part->type == value->type &&
               (part->text.len == 0 ||
                str_find(value->text, part->text) < value->text.len);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        for (size_t i = 0; i < value->count && !found; i++) {
            found = part->type == MEMBERS[value->type] &&
                    str_eq(value->members[i], part->text);
        }
        return found;
    case VALUE_L:
        for (size_t i = 0; i < value->count && !found; i++) {
            found = equal(item, value->items[i], part);
        }
        return found;
    default:
        return false;
    }
}

static bool is_in(const struct filter_item *item, const struct filter_node *node)
{
    const struct value *value = resolve(item, node->operands[0]);
    bool found = false;
    for (size_t i = 1; i < node->operand_count && value != NULL && !found; i++) {
        const struct filter_operand *operand = node->operands[i];
        if (operand->kind != OPERAND_PARAMETER || operand->size) {
            found = equal(item, value, resolve(item, operand));
            continue;
        }
        const struct slot_values *values = &item->values->slots[operand->slot];
        for (size_t k = 0; k < values->count && !found; k++) {
            found = equal(item, value, &values->at[k]);
        }
    }
    return found;
}

static bool has_order(const struct filter_item *item, const struct filter_node *node)
{
    const struct value *a = resolve(item, node->operands[0]);
    const struct value *b = resolve(item, node->operands[1]);
    if (!in_order(a, b)) {
        return false;
    }
    int order = filter_compare(a, b);
    return node->test == TEST_LT   ? order < 0
           : node->test == TEST_LE ? order <= 0
           : node->test == TEST_GT ? order > 0
                                   : order >= 0;
}

static bool is_between(const struct filter_item *item, const struct filter_node *node)
{
    const struct value *value = resolve(item, node->operands[0]);
    const struct value *low = resolve(item, node->operands[1]);
    const struct value *high = resolve(item, node->operands[2]);
    return in_order(value, low) && in_order(value, high) &&
           filter_compare(low, value) <= 0 && filter_compare(value, high) <= 0;
}

static bool has_type(const struct value *value, const struct value *type)
{
    return value != NULL && type != NULL &&
           str_is(type->text, value_type_name(value->type));
}

static bool test_holds(const struct filter_item *item, const struct filter_node *node)
{
    const struct value *first = resolve(item, node->operands[0]);
    const struct value *second =
        node->operand_count == 2 ? resolve(item, node->operands[1]) : NULL;
    switch ((int)node->test) {
    case TEST_EQ:
        return equal(item, first, second);
    case TEST_NE:
        return !equal(item, first, second);
    case TEST_LT:
    case TEST_LE:
    case TEST_GT:
    case TEST_GE:
        return has_order(item, node);
    case TEST_BETWEEN:
        return is_between(item, node);
    case TEST_IN:
        return is_in(item, node);
    case TEST_EXISTS:
        return first != NULL;
    case TEST_NOT_EXISTS:
        return first == NULL;
    case TEST_TYPE:
        return has_type(first, second);
    case TEST_BEGINS_WITH:
        return begins_with(first, second);
    default: // TEST_CONTAINS
        return contains(item, first, second);
    }
}

static bool node_holds(const struct filter_item *item, const struct filter_node *node)
{
    switch ((int)node->test) {
    case TEST_OR:
        return node_holds(item, node->left) || node_holds(item, node->right);
    case TEST_AND:
        return node_holds(item, node->left) && node_holds(item, node->right);
    case TEST_NOT:
        return !node_holds(item, node->left);
    default:
        return test_holds(item, node);
    }
}

bool filter_holds(const struct filter_expression *filter,
                  const struct filter_values *values, const struct value_entry *entries,
                  size_t count, struct arena *scratch)
{
    struct filter_item item = {values, entries, count, scratch};
    return node_holds(&item, filter->root);
}
