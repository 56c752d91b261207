// `ddbgen explain`: the catalogue of diagnostics on standard output.
#include "diag_print.h"
#include "run.h"

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

static void report_unknown(struct ddb *ddb, struct str name)
{
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

void ddb_explain(struct ddb *ddb, const char *code)
{
    struct buf out;
    buf_init(&out, EXPLAIN_MAX_BYTES);
    enum diag_code found = DIAG_USAGE;
    if (code == NULL) {
        diag_print_codes(&out);
    } else if (diag_code_find(&found, code_in(str_from(code)))) {
        diag_print_explanation(&out, found);
    } else {
        report_unknown(ddb, code_in(str_from(code)));
    }
    (void)say_text(ddb, buf_str(&out)); // diagnosed
    buf_deinit(&out);
}
