// Showing diagnostics: to people, to programs, and to what shows them to people
// (GitHub, GitLab, viewers of SARIF). Each format is a file, print_*.c.
//
// Text, in the order they were added, but sorted by file (order of first appearance),
// line and column within each class of places:
//
//     schemas/messages.yaml:4:3: error[unknown-key]: unknown key 'bilign_mode'
//        4 |   bilign_mode: PROVISIONED
//          |   ^^^^^^^^^^^
//     help: did you mean 'billing_mode'?
//     schemas/messages.yaml:2:1: note: first defined here
//        ...
//
// Without a place the line starts "ddbgen: error[code]: ". Columns count from 1, in
// code points. Everything of the user's is shown through utf8_put_visible; excerpts are
// clipped around the caret to 100 columns; the caret line accounts for wide characters
// and escapes. No output line begins with user text: a file name that does not begin
// with a letter, digit, '.', '_' or '/' is shown with "./" before it.
#ifndef DDB_DIAG_DIAG_PRINT_H
#define DDB_DIAG_DIAG_PRINT_H

#include "buf.h"
#include "diag.h"
#include "rule.h"

#include <stdbool.h>

// Appends all of diags for people, with a line "... and N more" for what was dropped.
void diag_print_text(struct buf *out, const struct diags *diags, bool color);

// Appends the first errors, `max` of them at most, a line each and without an excerpt.
// Returns how many there are.
size_t diag_print_brief(struct buf *out, const struct diags *diags, size_t max);

// One JSON object a line:
// {"type":"diagnostic","severity":"error","code":"...","message":"...","file":"...",
//  "line":4,"column":3,"end_column":14,"help":"...","related":[{"message":"...","file":...}]}
// Members without a value are left out. Text is the user's own, JSON-escaped.
void diag_print_json(struct buf *out, const struct diags *diags);

// The last line of a report:
// {"type":"summary","errors":1,"warnings":0}
void diag_print_json_summary(struct buf *out, const struct diags *diags);

// A workflow command of GitHub Actions a line: ::error file=...,line=...::message
void diag_print_github(struct buf *out, const struct diags *diags);

// A Code Quality report of GitLab: one JSON array.
void diag_print_gitlab(struct buf *out, const struct diags *diags);

// One SARIF 2.1.0 document; version is ddbgen's.
void diag_print_sarif(struct buf *out, const struct diags *diags, const char *version);

// A code's entry in the catalogue, with the service's rules that it stands for, for
// people.
void diag_print_explanation(struct buf *out, enum diag_code code);
// The same for a rule: what it says, and the code that a breach is reported as.
void diag_print_rule(struct buf *out, const struct rule *rule);
// All codes by name, one a line: "unknown-key   An unknown key".
void diag_print_codes(struct buf *out);

// The reference page of all codes, in Markdown (docs/diagnostics.md).
void diag_print_reference(struct buf *out);

#endif
