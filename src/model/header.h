// A conversation's header: who speaks, as whom, and when.
#ifndef DDB_MODEL_HEADER_H
#define DDB_MODEL_HEADER_H

#include "arena.h"
#include "diag.h"
#include "instant.h"
#include "map.h"
#include "node.h"
#include "shape.h"
#include "uuid.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

#define HEADER_MAX_BYTES ((size_t)64 * 1024)
#define PARTICIPANTS_MAX 1000
#define LABEL_MAX_BYTES ((size_t)255)
#define INTERVAL_DEFAULT (INT64_C(60) * 1000000) // a minute

struct participant {
    struct str label; // as it stands at the start of lines
    struct span label_span;
    struct str handle;
    struct span handle_span;
    size_t index;
};

enum starts_kind {
    STARTS_NONE, // the first message must have its own time
    STARTS_AT,
    STARTS_RELATIVE, // to `now`
};

struct header {
    struct span span; // of the conversation's id
    struct uuid uuid; // given, or UUIDv5 of the name
    struct str name;  // empty when the header gives a uuid
    struct participant *participants;
    size_t participant_count;
    struct map by_label; // to struct participant
    struct str *labels;  // the participants' labels, in their order
    bool labels_read;    // all of them: a line may be held against them
    enum starts_kind starts;
    instant_us starts_at; // a point in time, or relative to now
    struct span starts_span;
    instant_us interval;
    bool join;                // lines are joined, or something is wrong with how
    bool join_all;            // whatever they look like
    struct value_entry *vars; // scalars
    size_t var_count;
};

extern const struct shape HEADER_SHAPE;

// Binds a header. False: diagnosed; what could be read is in *out even then.
__attribute__((warn_unused_result)) bool header_read(struct header *out,
                                                     const struct node *root,
                                                     struct arena *arena,
                                                     struct diags *diags);

// Whether a header is none: not one key of it is a header's, or near one. Front matter
// of other programs stands between `---` as well.
bool header_is_foreign(const struct node *root);

// Why a label would make the start of a line ambiguous, or NULL.
const char *header_label_fault(struct str label);

// "now", "now-1d", "now+90m" or a time with an offset. False: *why is a static text.
__attribute__((warn_unused_result)) bool starts_parse(enum starts_kind *kind,
                                                      instant_us *value,
                                                      struct str text,
                                                      const char **why);

#endif
