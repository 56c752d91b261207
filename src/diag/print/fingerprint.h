// What a diagnostic is recognised by in the next run. Private to the diag layer.
#ifndef DDB_DIAG_FINGERPRINT_H
#define DDB_DIAG_FINGERPRINT_H

#include "diag.h"
#include "uuid.h"

#include <stddef.h>

// The fingerprints of a report, so that no two are the same.
struct fingerprints {
    struct uuid_hasher *hasher; // owned
    struct uuid *seen;          // of code, file and message alone; in arena
    size_t count;
    size_t cap;
    struct arena *arena;
};

void fingerprints_init(struct fingerprints *fingerprints, struct arena *arena);
void fingerprints_deinit(struct fingerprints *fingerprints);

// Writes UUID_TEXT_LEN bytes: a UUIDv5 over the code, the file and the message, so that
// lines may move; the second and later ones of the same three count, too.
void fingerprint_next(struct fingerprints *fingerprints, const struct diag *diag,
                      char out[UUID_TEXT_LEN]);

#endif
