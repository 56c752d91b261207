// The catalogue for readers. In: diag_codes.def. Out: a page of Markdown.
#include "diag_print.h"

#include "print_parts.h"
#include "rule.h"

// The service's rules that a code stands for, one a line.
static void put_rules(struct buf *out, enum diag_code code)
{
    size_t count = 0;
    const struct rule *rules = rule_all(&count);
    const char *before = "\nRules of the service ([all](rules.md)):\n\n";

    for (size_t i = 0; i < count; i++) {
        if (rules[i].code == code) {
            buf_printf(out, "%s- %s: %s\n", before, rules[i].id, rules[i].text);
            before = "";
        }
    }
}

static void put_reference_entry(struct buf *out, enum diag_code code)
{
    const struct diag_info *info = diag_info_get(code);

    buf_printf(out, "\n## `%s`\n\n", info->name);
    print_consequence(out, info);
    buf_printf(out, " **%s**\n\n%s\n", info->title, info->explanation);
    put_rules(out, code);
}

void diag_print_reference(struct buf *out)
{
    enum diag_code codes[DIAG_CODE_COUNT];

    print_codes_by_name(codes);
    buf_put(
        out,
        STR("# Diagnostics\n\n"
            "Every message of ddbgen carries a code in brackets, as in\n"
            "`schemas/messages.yaml:4:3: error[unknown-key]: ...`. This page lists\n"
            "them all: how severe each is, the exit code that it leads to, why\n"
            "ddbgen says it, and what to do. It is generated from the program's own\n"
            "catalogue.\n\n"
            "A comment silences a warning in place; see\n"
            "[language.md](language.md#warnings-that-are-meant).\n"));
    for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
        put_reference_entry(out, codes[i]);
    }
}
