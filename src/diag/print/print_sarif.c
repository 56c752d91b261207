// Diagnostics as SARIF 2.1.0 (OASIS). In: what was collected. Out: one run in one JSON
// document, a rule and a result a line.
//
// A result is about a file, so what has none is a notification about the invocation.
// Section numbers are the standard's.
#include "diag_print.h"

#include "ascii.h"
#include "excerpt.h"
#include "fingerprint.h"
#include "json_write.h"
#include "print_parts.h"
#include "utf8.h"

#define SCHEMA_URI "https://json.schemastore.org/sarif-2.1.0.json"
#define SOURCE_ROOT "%SRCROOT%" // what relative uris are relative to, by convention

struct sarif {
    struct buf *out;
    const struct diags *diags;
    struct fingerprints fingerprints;
    size_t rule_of[DIAG_CODE_COUNT]; // its index + 1; 0: the run has no such result
    size_t results;                  // written so far
    struct column_counter columns;   // of the results' own places,
    struct column_counter related;   // and of second ones
};

// A message in which nothing is a placeholder (3.11.5: braces are doubled) or, of the
// user's, a link (3.11.6, which knows no escape: "](" is torn apart).
static void put_text(struct buf *out, struct str text)
{
    struct buf visible;
    struct buf plain;

    buf_init(&visible, SIZE_MAX);
    buf_init(&plain, SIZE_MAX);
    utf8_put_visible(&visible, text);
    for (size_t i = 0; i < visible.len; i++) {
        char c = visible.at[i];
        if (c == '{' || c == '}') {
            buf_char(&plain, c);
        } else if (c == '(' && i > 0 && visible.at[i - 1] == ']') {
            buf_char(&plain, ' ');
        }
        buf_char(&plain, c);
    }
    json_put_string(out, buf_str(&plain));
    buf_deinit(&plain);
    buf_deinit(&visible);
}

static void put_message(struct buf *out, struct str text)
{
    buf_put(out, STR("{\"text\":"));
    put_text(out, text);
    buf_char(out, '}');
}

// ---- rules

static void put_rule(struct buf *out, const struct diag_info *info)
{
    struct buf help;

    buf_init(&help, SIZE_MAX);
    print_consequence(&help, info);
    buf_char(&help, ' ');
    buf_puts(&help, info->explanation);
    buf_printf(out, "{\"id\":\"%s\",\"shortDescription\":", info->name);
    put_message(out, str_from(info->title));
    buf_put(out, STR(",\"fullDescription\":"));
    put_message(out, str_from(info->explanation));
    buf_put(out, STR(",\"help\":"));
    put_message(out, buf_str(&help));
    buf_printf(out, ",\"defaultConfiguration\":{\"level\":\"%s\"}}",
               print_severity(info->severity));
    buf_deinit(&help);
}

// The rules of all results, each once, in the order of their first one.
static void put_rules(struct sarif *sarif, const struct diag *list, size_t count,
                      const size_t *order, size_t *rules)
{
    for (size_t i = 0; i < count; i++) {
        const struct diag *diag = &list[order[i]];
        if (diag->span.source == NULL || sarif->rule_of[diag->code] > 0) {
            continue;
        }
        buf_puts(sarif->out, *rules > 0 ? ",\n" : "\n");
        put_rule(sarif->out, diag_info_get(diag->code));
        sarif->rule_of[diag->code] = ++*rules;
    }
}

// ---- results

// "a b.yaml" as a%20b.yaml, below the root of the sources; an absolute path as a file:
// uri. Any byte may stand in a name.
static void put_uri(struct buf *out, struct str name)
{
    bool absolute = str_starts(name, STR("/"));
    struct str path = print_plain_path(name);

    buf_puts(out, absolute ? "\"file://" : "\"");
    for (size_t i = 0; i < path.len; i++) {
        char c = path.at[i];
        bool unreserved = ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' ||
                          c == '~' || c == '/';
        if (unreserved) {
            buf_char(out, c);
        } else {
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
        }
    }
    buf_puts(out, absolute ? "\"" : "\",\"uriBaseId\":\"" SOURCE_ROOT "\"");
}

// A place without length is one between two characters (3.30.8).
static void put_location(struct buf *out, const struct span *span,
                         struct column_counter *columns)
{
    struct print_place place;

    print_place_get(&place, columns, span);
    buf_put(out, STR("\"physicalLocation\":{\"artifactLocation\":{\"uri\":"));
    put_uri(out, place.file);
    buf_char(out, '}');
    if (place.line > 0) {
        uint64_t end = place.end_column > 0 ? place.end_column : place.column;
        buf_printf(
            out,
            ",\"region\":{\"startLine\":%llu,\"startColumn\":%llu,\"endColumn\":%llu}",
            (unsigned long long)place.line, (unsigned long long)place.column,
            (unsigned long long)end);
    }
    buf_char(out, '}');
}

static void put_diag_message(struct buf *out, const struct diag *diag)
{
    struct buf text;

    buf_init(&text, SIZE_MAX);
    buf_put(&text, diag->message);
    print_lines(&text, diag);
    if (diag->help.len > 0) {
        buf_put(&text, STR(". Help: "));
        buf_put(&text, diag->help);
    }
    buf_put(out, STR("\"message\":"));
    put_message(out, buf_str(&text));
    buf_deinit(&text);
}

static void put_related(struct sarif *sarif, const struct diag *diag)
{
    struct buf *out = sarif->out;

    buf_put(out, STR(",\"relatedLocations\":[{\"message\":"));
    put_message(out, diag->related_message);
    if (diag->related.source != NULL) {
        buf_char(out, ',');
        put_location(out, &diag->related, &sarif->related);
    }
    buf_put(out, STR("}]"));
}

// Who tells what was silenced says so of every result (3.27.23).
static void put_suppressions(struct sarif *sarif, const struct diag *diag,
                             bool silenced)
{
    struct buf *out = sarif->out;

    if (sarif->diags->silenced_count == 0) {
        return;
    }
    buf_put(out, STR(",\"suppressions\":["));
    if (silenced) {
        buf_put(out, STR("{\"kind\":\"inSource\""));
        if (diag->reason.len > 0) {
            buf_put(out, STR(",\"justification\":"));
            put_text(out, diag->reason);
        }
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void put_result(struct sarif *sarif, const struct diag *diag, bool silenced)
{
    struct buf *out = sarif->out;
    char fingerprint[UUID_TEXT_LEN];

    fingerprint_next(&sarif->fingerprints, diag, fingerprint);
    buf_printf(out, "{\"ruleId\":\"%s\",\"ruleIndex\":%zu,\"level\":\"%s\",",
               diag_info_get(diag->code)->name, sarif->rule_of[diag->code] - 1,
               print_severity(diag->severity));
    put_diag_message(out, diag);
    buf_put(out, STR(",\"locations\":[{"));
    put_location(out, &diag->span, &sarif->columns);
    buf_put(out, STR("}]"));
    if (diag->related_message.len > 0) {
        put_related(sarif, diag);
    }
    put_suppressions(sarif, diag, silenced);
    buf_printf(out, ",\"fingerprints\":{\"ddbgen/v1\":\"%.*s\"}}", UUID_TEXT_LEN,
               fingerprint);
}

static void put_results(struct sarif *sarif, const struct diag *list, size_t count,
                        const size_t *order, bool silenced)
{
    for (size_t i = 0; i < count; i++) {
        const struct diag *diag = &list[order[i]];
        if (diag->span.source != NULL) {
            buf_puts(sarif->out, sarif->results++ > 0 ? ",\n" : "\n");
            put_result(sarif, diag, silenced);
        }
    }
}

// ---- the invocation

// What has no place in a file: what the command line and the environment have wrong.
// False when that includes an error.
static bool put_notifications(struct sarif *sarif, const size_t *order)
{
    struct buf *out = sarif->out;
    size_t written = 0;
    bool successful = true;

    for (size_t i = 0; i < sarif->diags->count; i++) {
        const struct diag *diag = &sarif->diags->kept[order[i]];
        if (diag->span.source != NULL) {
            continue;
        }
        successful = successful && diag->severity != DIAG_ERROR;
        buf_puts(out, written++ > 0 ? ",\n" : "\"toolConfigurationNotifications\":[\n");
        buf_printf(out, "{\"descriptor\":{\"id\":\"%s\"},\"level\":\"%s\",",
                   diag_info_get(diag->code)->name, print_severity(diag->severity));
        put_diag_message(out, diag);
        buf_char(out, '}');
    }
    buf_puts(out, written > 0 ? "\n]," : "");
    return successful;
}

static void put_invocation(struct sarif *sarif, const size_t *order)
{
    struct buf *out = sarif->out;

    buf_put(out, STR("\"invocations\":[{"));
    bool successful = put_notifications(sarif, order);
    if (sarif->diags->dropped > 0) {
        buf_put(out, STR("\"toolExecutionNotifications\":[{\"level\":\"note\","
                         "\"message\":{\"text\":\""));
        print_dropped(out, sarif->diags);
        buf_put(out, STR("\"}}],"));
    }
    buf_printf(out, "\"executionSuccessful\":%s}]", successful ? "true" : "false");
}

void diag_print_sarif(struct buf *out, const struct diags *diags, const char *version)
{
    struct sarif sarif = {
        .out = out,
        .diags = diags,
        .columns = {.arena = diags->arena},
        .related = {.arena = diags->arena},
    };
    const size_t *order = print_order(diags->arena, diags->kept, diags->count);
    const size_t *silenced_order =
        print_order(diags->arena, diags->silenced, diags->silenced_count);
    size_t rules = 0;

    fingerprints_init(&sarif.fingerprints, diags->arena);
    buf_printf(
        out,
        "{\"$schema\":\"" SCHEMA_URI "\",\"version\":\"2.1.0\",\"runs\":[{\n"
        "\"tool\":{\"driver\":{\"name\":\"ddbgen\",\"version\":\"%s\",\"rules\":[",
        version);
    put_rules(&sarif, diags->kept, diags->count, order, &rules);
    put_rules(&sarif, diags->silenced, diags->silenced_count, silenced_order, &rules);
    buf_puts(out, rules > 0 ? "\n]}},\n" : "]}},\n");
    put_invocation(&sarif, order);
    buf_put(out, STR(",\n\"columnKind\":\"unicodeCodePoints\",\n\"results\":["));
    put_results(&sarif, diags->kept, diags->count, order, false);
    put_results(&sarif, diags->silenced, diags->silenced_count, silenced_order, true);
    buf_puts(out, sarif.results > 0 ? "\n]}]}\n" : "]}]}\n");
    fingerprints_deinit(&sarif.fingerprints);
}
