// The catalogue for people at a terminal. In: a code. Out: its entry, in lines of at
// most 80 columns; or all codes with their titles.
#include "diag_print.h"

#include "print_parts.h"

#include <string.h>

#define LINE_WIDTH 80
#define RULE_INDENT 8 // "  A001  "

// Our own text, wrapped at blanks; it goes on from column `at`, following lines are
// indented to `indent`.
static void put_wrapped(struct buf *out, const char *text, size_t at, size_t indent)
{
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (at > indent && at + 1 + len > LINE_WIDTH) {
            buf_printf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            buf_char(out, ' ');
            at++;
        }
        buf_put(out, (struct str){text, len});
        at += len;
        text += len + strspn(text + len, " ");
    }
    buf_char(out, '\n');
}

static void put_rules(struct buf *out, enum diag_code code)
{
    size_t count = 0;
    const struct rule *rules = rule_all(&count);
    const char *before = "\nRules of the service (docs/rules.md):\n";

    for (size_t i = 0; i < count; i++) {
        if (rules[i].code == code) {
            buf_printf(out, "%s  %-*s", before, RULE_INDENT - 2, rules[i].id);
            put_wrapped(out, rules[i].text, RULE_INDENT, RULE_INDENT);
            before = "";
        }
    }
}

void diag_print_explanation(struct buf *out, enum diag_code code)
{
    const struct diag_info *info = diag_info_get(code);

    buf_printf(out, "%s: %s\n", info->name, info->title);
    print_consequence(out, info);
    buf_puts(out, "\n\n");
    put_wrapped(out, info->explanation, 0, 0);
    if (info->severity == DIAG_WARNING) {
        buf_printf(out,
                   "\nTo silence it, at the end of its line or directly above:\n"
                   "  # ddbgen: allow %s because REASON\n",
                   info->name);
    }
    put_rules(out, code);
}

void diag_print_rule(struct buf *out, const struct rule *rule)
{
    size_t indent = strlen(rule->id) + 2;
    buf_printf(out, "%s: ", rule->id);
    put_wrapped(out, rule->text, indent, indent);
    buf_char(out, '\n');
    diag_print_explanation(out, rule->code);
}

void diag_print_codes(struct buf *out)
{
    enum diag_code codes[DIAG_CODE_COUNT];
    size_t width = 0;

    print_codes_by_name(codes);
    for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
        size_t len = strlen(diag_info_get(codes[i])->name);
        width = len > width ? len : width;
    }
    for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
        const struct diag_info *info = diag_info_get(codes[i]);
        buf_printf(out, "%-*s  %s\n", (int)width, info->name, info->title);
    }
}
