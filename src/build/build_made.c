// Records of two texts, each behind its length (4 bytes, lowest first).
#include "build_made.h"

#include "buf.h"
#include "die.h"
#include "file.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_BYTES ((size_t)256 << 10)
#define RECORD_MAX ((size_t)1 << 20) // a key's columns, and names: kilobytes
#define LENGTH_BYTES 4

const char *made_file(const char *folder, struct str table, struct arena *arena)
{
    return arena_printf(arena, "%s/%.*s", folder, STR_ARG(table)).at;
}

static bool refuse(struct diags *diags, const char *doing)
{
    diag_add(diags, DIAG_FILE_WRITE, (struct span){0}, "cannot %s a temporary file: %s",
             doing, strerror(errno));
    return false;
}

// ---- written

struct made_writer {
    const char *folder;
    struct diags *diags;
    const struct table *table;
    const struct batch_sink *to;
    int fd; // the table's file, or -1
    struct buf out;
    struct buf of;
    struct arena scratch;
};

struct made_writer *made_writer_new(const char *folder, struct diags *diags)
{
    if (mkdir(folder, 0700) != 0) {
        (void)refuse(diags, "make");
        return NULL;
    }
    struct made_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        die("out of memory");
    }
    writer->folder = folder;
    writer->diags = diags;
    writer->fd = -1;
    buf_init(&writer->out, SIZE_MAX);
    buf_init(&writer->of, SIZE_MAX);
    return writer;
}

static bool flush(struct made_writer *writer)
{
    bool fine =
        writer->out.len == 0 || file_write_all(writer->fd, buf_str(&writer->out));
    buf_reset(&writer->out);
    return fine || refuse(writer->diags, "write to");
}

bool made_writer_end(struct made_writer *writer)
{
    bool fine = flush(writer);
    bool closed = writer->fd < 0 || close(writer->fd) == 0;
    writer->fd = -1;
    return fine && (closed || refuse(writer->diags, "write to"));
}

void made_writer_free(struct made_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    if (writer->fd >= 0) {
        (void)close(writer->fd);
    }
    buf_deinit(&writer->out);
    buf_deinit(&writer->of);
    arena_deinit(&writer->scratch);
    free(writer);
}

static void put_text(struct buf *out, struct str text)
{
    for (unsigned i = 0; i < LENGTH_BYTES; i++) {
        buf_char(out, (char)(text.len >> (8 * i)));
    }
    buf_put(out, text);
}

static void note(struct made_writer *writer, const struct item_identity *identity)
{
    struct str entity = {0};
    arena_reset(&writer->scratch);
    buf_reset(&writer->of);
    if (identity->program != NULL) {
        entity = identity->program->entity->name;
        made_for_put(&writer->of, writer->table, entity, identity, &writer->scratch);
    }
    put_text(&writer->out, entity);
    put_text(&writer->out, buf_str(&writer->of));
}

static bool take(void *context, struct batch *batch)
{
    struct made_writer *writer = context;
    for (unsigned i = 0; i < batch->count; i++) {
        note(writer, &batch->items[i].identity);
    }
    return (writer->out.len < BLOCK_BYTES || flush(writer)) &&
           writer->to->take(writer->to->context, batch);
}

// The file is made with the first batch: a table without items has none.
static bool take_first(void *context, struct batch *batch)
{
    struct made_writer *writer = context;
    if (batch->count > 0 && writer->fd < 0) {
        const char *path =
            made_file(writer->folder, batch->table_name, writer->diags->arena);
        writer->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (writer->fd < 0) {
            return refuse(writer->diags, "make");
        }
    }
    return take(context, batch);
}

struct batch_sink made_writer_tap(struct made_writer *writer, const struct table *table,
                                  const struct batch_sink *to)
{
    writer->table = table;
    writer->to = to;
    return (struct batch_sink){take_first, writer};
}

// ---- read

struct made_reader {
    int fd;
    int error;  // why there is none
    off_t read; // so many bytes of it
    size_t at;  // of what was read and not yet taken
    struct buf text;
};

struct made_reader *made_reader_new(const char *file)
{
    struct made_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        die("out of memory");
    }
    reader->fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    reader->error = errno;
    buf_init(&reader->text, BLOCK_BYTES + RECORD_MAX);
    return reader;
}

void made_reader_free(struct made_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    if (reader->fd >= 0) {
        (void)close(reader->fd);
    }
    buf_deinit(&reader->text);
    free(reader);
}

// At least so many bytes behind `at`. False: errno says why.
static bool have(struct made_reader *reader, size_t len)
{
    char block[4096];
    errno = reader->error;
    if (reader->fd < 0) {
        return false;
    }
    while (reader->text.len - reader->at < len) {
        ssize_t got = pread(reader->fd, block, sizeof block, reader->read);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            errno = got == 0 ? EPIPE : errno;
            return false;
        }
        reader->read += got;
        buf_put(&reader->text, (struct str){block, (size_t)got});
    }
    return true;
}

// *at and *len: where the next text stands.
static bool next_text(struct made_reader *reader, size_t *at, size_t *len)
{
    if (!have(reader, LENGTH_BYTES)) {
        return false;
    }
    *len = 0;
    for (unsigned i = 0; i < LENGTH_BYTES; i++) {
        *len |= (size_t)(unsigned char)reader->text.at[reader->at + i] << (8 * i);
    }
    reader->at += LENGTH_BYTES;
    *at = reader->at;
    errno = EPIPE;
    if (*len > RECORD_MAX / 2 || !have(reader, *len)) {
        return false;
    }
    reader->at += *len;
    return true;
}

bool made_reader_next(struct made_reader *reader, struct made_for *out,
                      struct diags *diags)
{
    size_t at[2];
    size_t len[2];
    if (reader->at > BLOCK_BYTES / 2) {
        reader->text.len -= reader->at;
        memmove(reader->text.at, reader->text.at + reader->at, reader->text.len);
        reader->at = 0;
    }
    if (!next_text(reader, &at[0], &len[0]) || !next_text(reader, &at[1], &len[1])) {
        diag_add(diags, DIAG_FILE_READ, (struct span){0},
                 "cannot read a temporary file: %s", strerror(errno));
        return false;
    }
    out->entity = (struct str){reader->text.at + at[0], len[0]};
    out->of = (struct str){reader->text.at + at[1], len[1]};
    return true;
}
