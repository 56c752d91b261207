// YAML text to a tree of nodes. The door to libyaml (event API).
//
// Refused, each at its place, and passed over so that what follows is checked too:
// anchors, aliases, merge keys, duplicate keys, keys that are not scalars, several
// documents, directives, unknown tags, malformed UTF-8, NUL and other control
// characters, nesting deeper than YAML_MAX_DEPTH. A syntax error ends the reading. A
// plain scalar that other YAML dialects would type differently gets a warning.
#ifndef DDB_YAML_YAML_READ_H
#define DDB_YAML_YAML_READ_H

#include "arena.h"
#include "diag.h"
#include "file.h"
#include "node.h"
#include "source.h"
#include "stop.h"

#define YAML_MAX_DEPTH 64
// Keys, values, lists and mappings of a file; each element of a list that is given away
// counts for itself.
#define YAML_MAX_NODES 1000000
// A definition, handles file or project file larger than this is refused.
#define YAML_MAX_BYTES ((size_t)16 << 20)

// Reads an in-memory source as one document. The tree and its texts live in arena. NULL
// (diagnosed) when it is malformed or empty.
const struct node *yaml_read(const struct source *source, struct arena *arena,
                             struct diags *diags);

#define YAML_LIST_KEYS 2 // at most, above such a list

// Lists that are given away element by element: a file of a million rows needs no tree
// of them.
struct yaml_lists {
    // Whether the elements of a list are taken: of `list`, as far as it is known yet,
    // that stands under keys[0] and, with depth 2, keys[1] of the document's mapping.
    bool (*begin)(void *context, const struct node *const *keys, size_t depth,
                  const struct node *list);
    // An element of the list that was taken last. Its nodes are gone when this returns;
    // texts and keys stay.
    void (*element)(void *context, const struct node *element);
    void *context;
};

// yaml_read with such lists. Of a list that was taken the tree has only the count.
const struct node *yaml_read_lists(const struct source *source,
                                   const struct yaml_lists *lists, struct arena *arena,
                                   struct diags *diags);

// The same for a piece of a larger file, already in memory: `text` begins at the start
// of line `line`, offset `line_at` of source. For a transcript's header.
const struct node *yaml_read_piece(struct str text, const struct source *source,
                                   uint64_t line_at, uint32_t line, struct arena *arena,
                                   struct diags *diags);

// A file that is to be read.
struct yaml_file {
    const char *path;        // without links (file.h); "-" is standard input
    const char *shown;       // what the user calls it
    struct span wanted;      // the place that names it, if any
    const struct stop *stop; // ends a wait for standard input
};

// Reads a whole file (regular, at most YAML_MAX_BYTES) into memory as a source. NULL
// when it cannot be read or is empty (diagnosed at `wanted`; without a source there, at
// the file), or when it was stopped.
const struct source *yaml_source_read(const struct yaml_file *file, struct arena *arena,
                                      struct diags *diags);

#endif
