// Warnings that the user's files allow in place: which codes are silent on which lines.
// Reading the comments is yaml/allow_read's job; diag_add asks here.
#ifndef DDB_DIAG_ALLOW_H
#define DDB_DIAG_ALLOW_H

#include "diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How many a run takes: a comment that allows three codes counts three.
#define ALLOW_MAX 10000
// The most lines that one is about.
#define ALLOW_LINES 3

struct allow {
    enum diag_code code;
    struct span span;            // the code's word in the comment
    struct str reason;           // empty when none is given
    uint32_t lines[ALLOW_LINES]; // of span's source; 0 means the file as a whole
    size_t line_count;
    bool used; // it silenced something
};

// Silences warnings of that code on those lines from now on. A comment that is read
// again counts once. False when there are ALLOW_MAX already.
__attribute__((warn_unused_result)) bool allow_add(struct diags *diags,
                                                   const struct allow *allow);

// What silences a warning at span, or NULL.
struct allow *allow_find(const struct diags *diags, enum diag_code code,
                         const struct span *span);

// The next of them in the order of the comments, or NULL behind the last; *at is 0
// before the first.
const struct allow *allow_next(const struct diags *diags, size_t *at);

#endif
