// What the process that speaks to Postgres tells the one that asked it: frames on a
// pipe. Both are this program; the bytes are a stranger's server's all the same.
//
// A frame is its kind (1 byte), the length of what follows (4 bytes), and fields: a
// length (4 bytes, all ones for NULL) and that many bytes.
#ifndef DDB_SERVICE_PG_FRAME_H
#define DDB_SERVICE_PG_FRAME_H

#include "buf.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

enum pg_frame_kind {
    PG_CONNECTED = 'A', // "host:port/database"
    PG_SUPERUSER = 'S', // nothing: the log-in may do everything
    PG_COLUMNS = 'C',   // the columns' names
    PG_ROW = 'R',       // a row's values
    PG_FAILED = 'F',    // what is wrong (enum pg_failure as one byte), words, help
    PG_COMPLETE = 'E',  // nothing: that was all
};

enum pg_failure {
    PG_FAILURE_CONNECTION = 'c', // shown at the url
    PG_FAILURE_STATEMENT = 's',  // the server's: shown at the query
    PG_FAILURE_QUERY = 'q',      // the query does not fit: shown there
};

#define PG_ROW_MAX ((size_t)1 << 20) // bytes of a row's values together
#define PG_FRAME_MAX (PG_ROW_MAX + 4096)
#define PG_FRAME_HEAD ((size_t)5)
#define PG_FIELDS_MAX 2000 // more columns than Postgres has

struct pg_field {
    bool null;
    struct str text;
};

// A frame into out: its head, its fields, and its length when they are all there.
// Returns where it begins, for pg_frame_close.
size_t pg_frame_open(struct buf *out, enum pg_frame_kind kind);
void pg_frame_put(struct buf *out, struct str text);
void pg_frame_put_null(struct buf *out);
void pg_frame_close(struct buf *out, size_t begin);

// The length of what follows the head of PG_FRAME_HEAD bytes; past PG_FRAME_MAX the
// frame is no frame.
size_t pg_frame_length(const char *head);
// The next field of a frame's body, which is cut off it. False: there is none.
__attribute__((warn_unused_result)) bool pg_frame_next(struct pg_field *out,
                                                       struct str *body);

#endif
