// The rules of resource policies that a policy's text decides: a tree of nodes enters,
// diagnostics leave. Each function is one rule of the service, with its id.
//
// Names of elements count their case. What the grammar of policies leaves open (other
// elements, conditions, who a principal is) is passed over.
#include "policy_check.h"

#include "ascii.h"

#define ACCOUNT_DIGITS 12

static bool report(const struct node *at, struct diags *diags, const char *message,
                   const char *help)
{
    struct diag *diag = diag_add(diags, DIAG_RESOURCE_POLICY, at->span, "%s", message);
    diag_help(diags, diag, "%s", help);
    return false;
}

// An element that has to be there is not, or is under a name that is near.
static bool report_missing(const struct node *mapping, const char *what,
                           const char *element, struct diags *diags)
{
    struct str name = str_from(element);
    for (size_t i = 0; i < mapping->count; i++) {
        const struct node *key = mapping->pairs[i].key;
        if (str_nearest(key->text, &name, 1) == 0) {
            struct diag *diag =
                diag_add(diags, DIAG_RESOURCE_POLICY, key->span, "%s has no %s, but %s",
                         what, element, diag_quote(diags, key->text));
            diag_help_nearest(diags, diag, key->text, &name, 1);
            return false;
        }
    }
    diag_add(diags, DIAG_RESOURCE_POLICY, mapping->span, "%s has no %s", what, element);
    return false;
}

static bool is_text(const struct node *node, const char *text)
{
    return node->kind == NODE_SCALAR && str_is(node->text, text);
}

// Calls check for a node, or for each member of a list.
static bool each(const struct node *node,
                 bool (*check)(const struct node *node, struct diags *diags),
                 struct diags *diags)
{
    bool ok = true;
    if (node->kind != NODE_SEQUENCE) {
        return check(node, diags);
    }
    for (size_t i = 0; i < node->count; i++) {
        ok = check(node->items[i], diags) && ok;
    }
    return ok;
}

static bool contains(const struct node *node, const char *text)
{
    bool found = is_text(node, text);
    for (size_t i = 0; node->kind == NODE_SEQUENCE && i < node->count && !found; i++) {
        found = is_text(node->items[i], text);
    }
    return found;
}

// ---- principals

static bool is_account(struct str text)
{
    size_t digits = 0;
    while (digits < text.len && ascii_is_digit(text.at[digits])) {
        digits++;
    }
    return digits == text.len && digits == ACCOUNT_DIGITS;
}

// A181.
static bool check_account(const struct node *node, struct diags *diags)
{
    if (node->kind != NODE_SCALAR || !is_account(node->text)) {
        return true;
    }
    struct diag *diag = diag_add(diags, DIAG_RESOURCE_POLICY, node->span,
                                 "%s is an account's number, and no principal",
                                 diag_quote(diags, node->text));
    diag_help(diags, diag, "write arn:aws:iam::%.*s:root", STR_ARG(node->text));
    return false;
}

// The principal itself, a list, or a mapping from kinds of principals to either.
static bool check_principal(const struct node *principal, struct diags *diags)
{
    if (principal->kind != NODE_MAPPING) {
        return each(principal, check_account, diags);
    }
    const struct node *aws = node_find(principal, "AWS");
    return aws == NULL || each(aws, check_account, diags);
}

// `*`, as it stands or as an account.
static bool is_everybody(const struct node *principal)
{
    if (principal == NULL) {
        return false;
    }
    const struct node *aws = principal;
    if (principal->kind == NODE_MAPPING) {
        aws = node_find(principal, "AWS");
    }
    return aws != NULL && contains(aws, "*");
}

// ---- statements

// A179.
static bool check_effect(const struct node *statement, struct diags *diags)
{
    const struct node *effect = node_find(statement, "Effect");
    if (effect == NULL) {
        return report_missing(statement, "a statement", "Effect", diags);
    }
    if (!is_text(effect, "Allow") && !is_text(effect, "Deny")) {
        return report(effect, diags, "an Effect is Allow or Deny",
                      "case counts in the words of policies");
    }
    return true;
}

// A183: one of the two, not both.
static bool check_either(const struct node *statement, const char *element,
                         const char *opposite, struct diags *diags)
{
    const struct node *one = node_find(statement, element);
    const struct node *other = node_find(statement, opposite);
    if (one == NULL && other == NULL) {
        return report_missing(statement, "a statement", element, diags);
    }
    if (one != NULL && other != NULL) {
        diag_add(diags, DIAG_RESOURCE_POLICY, other->span,
                 "a statement cannot have both %s and %s", element, opposite);
        return false;
    }
    return true;
}

// A182, A184.
static bool check_allowed(const struct node *statement, struct diags *diags)
{
    const struct node *effect = node_find(statement, "Effect");
    const struct node *condition = node_find(statement, "Condition");
    const struct node *principal = node_find(statement, "Principal");
    const struct node *excepted = node_find(statement, "NotPrincipal");
    if (effect == NULL || !is_text(effect, "Allow")) {
        return true;
    }
    if (excepted != NULL && principal == NULL) {
        return report(excepted, diags, "Allow with NotPrincipal lets everybody else in",
                      "name those who may as Principal, or use Deny");
    }
    bool bound = condition != NULL && condition->count > 0;
    if (is_everybody(principal) && !bound) {
        return report(principal, diags,
                      "the statement allows everybody, without a "
                      "condition",
                      "name a principal, such as arn:aws:iam::123456789012:root, or "
                      "give a Condition");
    }
    return true;
}

static bool check_statement(const struct node *statement, struct diags *diags)
{
    if (statement->kind != NODE_MAPPING) {
        diag_add(diags, DIAG_RESOURCE_POLICY, statement->span,
                 "a statement is %s, and must be a mapping", node_describe(statement));
        return false;
    }
    const struct node *principal = node_find(statement, "Principal");
    bool ok = check_effect(statement, diags);
    ok = check_either(statement, "Principal", "NotPrincipal", diags) && ok;
    ok = check_either(statement, "Action", "NotAction", diags) && ok;
    if (principal != NULL) {
        ok = check_principal(principal, diags) && ok;
    }
    return check_allowed(statement, diags) && ok;
}

static const struct node *sid_of(const struct node *statement)
{
    const struct node *sid =
        statement->kind == NODE_MAPPING ? node_find(statement, "Sid") : NULL;
    return sid != NULL && sid->kind == NODE_SCALAR ? sid : NULL;
}

// A180: each against those before it; once for each that repeats.
static bool check_sids(const struct node *list, struct diags *diags)
{
    bool ok = true;
    for (size_t i = 1; i < list->count; i++) {
        const struct node *sid = sid_of(list->items[i]);
        for (size_t j = 0; sid != NULL && j < i; j++) {
            const struct node *first = sid_of(list->items[j]);
            if (first != NULL && str_eq(first->text, sid->text)) {
                struct diag *diag =
                    diag_add(diags, DIAG_RESOURCE_POLICY, sid->span,
                             "the Sid %s stands twice", diag_quote(diags, sid->text));
                diag_related(diags, diag, first->span, "first here");
                ok = false;
                break;
            }
        }
    }
    return ok;
}

bool policy_check(const struct node *policy, struct diags *diags)
{
    const struct node *statements = node_find(policy, "Statement");
    if (statements == NULL) {
        return report_missing(policy, "the policy", "Statement", diags);
    }
    if (statements->kind == NODE_SEQUENCE && statements->count == 0) { // A178
        return report(statements, diags, "the policy has no statements",
                      "'resource_policy: {}' says that there is no policy");
    }
    bool ok = each(statements, check_statement, diags);
    return (statements->kind != NODE_SEQUENCE || check_sids(statements, diags)) && ok;
}
