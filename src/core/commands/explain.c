// `ddbgen explain`: the catalogue of diagnostics on standard output.
#include "ascii.h"
#include "diag_print.h"
#include "run.h"
#include "say.h"

#define EXPLAIN_MAX_BYTES ((size_t)1 << 20)

// The code in what was copied from a message: "error[unknown-key]:".
static struct str code_in(struct str written)
{
    size_t open = str_find_char(written, '[');
    if (open == written.len) {
        return written;
    }
    struct str rest = str_skip(written, open + 1);
    return (struct str){rest.at, str_find_char(rest, ']')};
}

// "A105", whether or not there is such a rule.
static bool is_rule_id(struct str name)
{
    bool is_id = name.len == 4 && ascii_is_upper(name.at[0]);
    for (size_t i = 1; is_id && i < name.len; i++) {
        is_id = ascii_is_digit(name.at[i]);
    }
    return is_id;
}

static void report_unknown(struct ddb *ddb, struct str name)
{
    if (is_rule_id(name)) {
        struct diag *diag = diag_add(&ddb->diags, DIAG_USAGE, (struct span){0},
                                     "no diagnostic is about the rule %s",
                                     diag_quote(&ddb->diags, name));
        diag_help(&ddb->diags, diag, "docs/rules.md says what becomes of each rule");
        return;
    }
    struct str names[DIAG_CODE_COUNT];
    for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
        names[i] = str_from(diag_info_get((enum diag_code)i)->name);
    }
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_USAGE, (struct span){0},
                 "no diagnostic has the code %s", diag_quote(&ddb->diags, name));
    diag_help(&ddb->diags, diag, "`ddbgen explain` lists all codes");
    diag_help_nearest(&ddb->diags, diag, name, names, DIAG_CODE_COUNT);
}

// A code, or a rule of the service, which leads to the code that a breach is reported
// as.
static void explain(struct ddb *ddb, struct buf *out, struct str name)
{
    enum diag_code code = DIAG_USAGE;
    const struct rule *rule = rule_find(name);
    if (rule != NULL) {
        diag_print_rule(out, rule);
    } else if (diag_code_find(&code, name)) {
        diag_print_explanation(out, code);
    } else {
        report_unknown(ddb, name);
    }
}

void ddb_explain(struct ddb *ddb, const char *code)
{
    struct buf out;
    buf_init(&out, EXPLAIN_MAX_BYTES);
    if (code == NULL) {
        diag_print_codes(&out);
    } else {
        explain(ddb, &out, code_in(str_from(code)));
    }
    (void)say_text(ddb, buf_str(&out)); // diagnosed
    buf_deinit(&out);
}
