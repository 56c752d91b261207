// What the service says of a filter before it looks at any item: types of operands that
// are known, names of keys, what stands on both sides.
#include "filter.h"

#include "ascii.h"
#include "number.h"
#include "template_facts.h"

#include <string.h>

#define BIT(type) (1U << (type))
#define ORDERED (BIT(VALUE_S) | BIT(VALUE_N) | BIT(VALUE_B))

struct filter_checker {
    const struct filter_expression *filter;
    const struct filter_scope *scope;
    struct diags *diags;
};

bool filter_operand_type(enum value_type *type, const struct filter_operand *operand)
{
    *type = operand->size ? VALUE_N : operand->type;
    return operand->size || operand->kind != OPERAND_PATH;
}

static const char *describe(enum value_type type)
{
    static const char *const WORDS[] = {
        [VALUE_S] = "text",         [VALUE_N] = "a number", [VALUE_B] = "binary",
        [VALUE_BOOL] = "a boolean", [VALUE_NULL] = "null",
    };
    return WORDS[type];
}

static bool fail(struct filter_checker *checker, struct span span, const char *message)
{
    diag_add(checker->diags, DIAG_FILTER, span, "%s", message);
    return false;
}

// Of a value that is written, or that a parameter gives.
static bool check_type(struct filter_checker *checker,
                       const struct filter_operand *operand, const char *what,
                       unsigned takes, const char *wants)
{
    enum value_type type = VALUE_S;
    if (!filter_operand_type(&type, operand) || (takes >> type & 1U) != 0) {
        return true;
    }
    diag_add(checker->diags, DIAG_FILTER, operand->span, "%s takes %s, and this is %s",
             what, wants, describe(type));
    return false;
}

// size() has a value that has one.
static bool check_size(struct filter_checker *checker,
                       const struct filter_operand *operand)
{
    if (!operand->size || operand->kind == OPERAND_PATH ||
        (operand->type != VALUE_N && operand->type != VALUE_BOOL &&
         operand->type != VALUE_NULL)) {
        return true;
    }
    diag_add(checker->diags, DIAG_FILTER, operand->span, "%s has no size",
             describe(operand->type));
    return false;
}

// A list is nothing but the values of IN.
static bool check_list(struct filter_checker *checker, const struct filter_node *node,
                       size_t i)
{
    const struct filter_operand *operand = node->operands[i];
    bool lists = operand->kind == OPERAND_PARAMETER && operand->list;
    if (!lists || (node->test == TEST_IN && i > 0 && !operand->size)) {
        return true;
    }
    struct diag *diag = diag_add(checker->diags, DIAG_FILTER, operand->span,
                                 "a list is nothing but the values of IN");
    diag_help(checker->diags, diag, "such as: user_handle IN (${handles})");
    return false;
}

static bool is_named(const struct scope *scope, struct str text)
{
    bool named = false;
    for (size_t i = 0; i < scope->parameter_count && !named; i++) {
        struct str name = scope->parameters[i].name;
        char next = name.len < text.len ? text.at[name.len] : '\0';
        named = str_starts(text, name) && !ascii_is_alnum(next) && next != '_';
    }
    return named;
}

// '${x}': whoever writes that means the parameter, and would ask for these four letters.
static bool check_text(struct filter_checker *checker,
                       const struct filter_operand *operand)
{
    bool text = operand->kind == OPERAND_LITERAL && operand->type == VALUE_S;
    struct str rest = text ? operand->literal->text : (struct str){0};
    struct str opening = STR("${");
    bool ok = true;
    for (; rest.len > 0 && ok; rest = str_skip(rest, 1)) {
        ok = !str_starts(rest, opening) ||
             !is_named(checker->scope->scope, str_skip(rest, opening.len));
    }
    if (!ok) {
        struct diag *diag = diag_add(checker->diags, DIAG_FILTER, operand->span,
                                     "a parameter within quotes is nothing but text");
        diag_help(checker->diags, diag, "it stands by itself: by = ${who}");
    }
    return ok;
}

static bool is_path(const struct filter_operand *operand)
{
    return operand->kind == OPERAND_PATH && !operand->size;
}

static bool check_distinct(struct filter_checker *checker,
                           const struct filter_node *node)
{
    if (is_path(node->operands[0]) && is_path(node->operands[1]) &&
        document_path_equal(&node->operands[0]->path, &node->operands[1]->path)) {
        return fail(checker, node->operands[1]->span,
                    "both operands are one path, which the service refuses");
    }
    return true;
}

int filter_compare(const struct value *a, const struct value *b)
{
    return a->type == VALUE_N ? number_cmp(a->text, b->text)
                              : str_cmp(a->text, b->text);
}

static bool check_between(struct filter_checker *checker,
                          const struct filter_node *node)
{
    bool ok = true;
    for (size_t i = 0; i < 3; i++) {
        ok = check_type(checker, node->operands[i], "BETWEEN", ORDERED,
                        "text, a number or binary") &&
             ok;
    }
    enum value_type low = VALUE_S;
    enum value_type high = VALUE_S;
    const struct filter_operand *a = node->operands[1];
    const struct filter_operand *b = node->operands[2];
    bool given = !a->size && !b->size && filter_operand_type(&low, a) &&
                 filter_operand_type(&high, b);
    if (ok && given && low != high) {
        return fail(checker, b->span, "the bounds of BETWEEN are of two types");
    }
    if (ok && given && a->literal != NULL && b->literal != NULL &&
        filter_compare(a->literal, b->literal) > 0) {
        return fail(checker, a->span,
                    "the lower bound of BETWEEN is greater than the "
                    "upper one");
    }
    return ok;
}

bool filter_is_type_name(struct str name)
{
    for (int type = VALUE_S; type <= VALUE_M; type++) {
        if (str_is(name, value_type_name((enum value_type)type))) {
            return true;
        }
    }
    return false;
}

static bool check_type_name(struct filter_checker *checker,
                            const struct filter_operand *operand)
{
    enum value_type type = VALUE_S;
    if (!filter_operand_type(&type, operand) || type != VALUE_S) {
        return fail(checker, operand->span,
                    "attribute_type takes the type's name as text, such as 'S'");
    }
    if (operand->literal == NULL || filter_is_type_name(operand->literal->text)) {
        return true;
    }
    struct diag *diag =
        diag_add(checker->diags, DIAG_FILTER, operand->span, "%s is no type",
                 diag_quote(checker->diags, operand->literal->text));
    diag_help(checker->diags, diag, "known: S, N, B, BOOL, NULL, SS, NS, BS, L, M");
    return false;
}

static bool check_test(struct filter_checker *checker, const struct filter_node *node)
{
    const struct filter_operand *const *operands =
        (const struct filter_operand *const *)node->operands;
    switch ((int)node->test) {
    case TEST_EQ:
    case TEST_NE:
    case TEST_CONTAINS:
        return check_distinct(checker, node);
    case TEST_LT:
    case TEST_LE:
    case TEST_GT:
    case TEST_GE:
        return check_distinct(checker, node) &&
               check_type(checker, operands[0], filter_test_name(node->test), ORDERED,
                          "text, a number or binary") &&
               check_type(checker, operands[1], filter_test_name(node->test), ORDERED,
                          "text, a number or binary");
    case TEST_BETWEEN:
        return check_between(checker, node);
    case TEST_EXISTS:
    case TEST_NOT_EXISTS:
        return is_path(operands[0]) ||
               fail(checker, operands[0]->span, "this function takes a path");
    case TEST_TYPE:
        return check_type_name(checker, operands[1]);
    case TEST_BEGINS_WITH:
        return check_distinct(checker, node) &&
               check_type(checker, operands[0], "begins_with",
                          BIT(VALUE_S) | BIT(VALUE_B), "text or binary") &&
               check_type(checker, operands[1], "begins_with",
                          BIT(VALUE_S) | BIT(VALUE_B), "text or binary");
    default: // TEST_IN
        return true;
    }
}

static bool check_node(struct filter_checker *checker, const struct filter_node *node)
{
    if (node->left != NULL) {
        bool ok = check_node(checker, node->left);
        return (node->right == NULL || check_node(checker, node->right)) && ok;
    }
    bool ok = true;
    for (size_t i = 0; i < node->operand_count; i++) {
        ok = check_size(checker, node->operands[i]) && check_list(checker, node, i) &&
             check_text(checker, node->operands[i]) && ok;
    }
    return ok && check_test(checker, node);
}

// A053.
static bool check_keys(struct filter_checker *checker)
{
    const struct filter_expression *filter = checker->filter;
    bool ok = true;
    for (size_t i = 0; i < filter->path_count; i++) {
        const struct document_path *path = &filter->paths[i]->path;
        struct str name = path->steps[0].name;
        ok = path_check_key(path, checker->scope->table, DIAG_FILTER_KEY,
                            checker->diags) &&
             ok;
        if (path->count == 1 && checker->scope->key != NULL &&
            table_key_uses(checker->scope->key, name)) {
            struct diag *diag =
                diag_add(checker->diags, DIAG_FILTER_KEY, path->span,
                         "%s is a key of what is queried, which a filter "
                         "cannot name",
                         diag_quote(checker->diags, name));
            diag_help(checker->diags, diag, "conditions on keys stand under 'key'");
            ok = false;
        }
    }
    return ok;
}

bool path_check_key(const struct document_path *path, const struct table *table,
                    enum diag_code code, struct diags *diags)
{
    struct str name = path->steps[0].name;
    bool key = table_key_uses(&table->key, name);
    for (size_t i = 0; i < table->index_count; i++) {
        key = key || table_key_uses(&table->indexes[i].key, name);
    }
    if (!key || path->count == 1) {
        return true;
    }
    diag_add(diags, code, path->span,
             "%s is a key attribute, which is a scalar: nothing is in it",
             diag_quote(diags, name));
    return false;
}

bool filter_check(const struct filter_expression *filter,
                  const struct filter_scope *scope, struct diags *diags)
{
    struct filter_checker checker = {filter, scope, diags};
    bool keys = check_keys(&checker);
    return check_node(&checker, filter->root) && keys;
}
