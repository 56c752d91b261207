// A ledger's stream from a descriptor. In: bytes that anybody may have written. Out: what
// was put into it, or why it is not to be used.
#include "ledger_sound.h"

#include "heap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC_LEN (sizeof LEDGER_MAGIC - 1)
#define READ_BYTES ((size_t)64 << 10)
#define HEAD_MAX_BYTES ((size_t)64 << 10)

// The bytes of a file from behind its magic up to `end`, piece by piece. False: the
// reader said no, or errno.
static bool feed(int fd, uint64_t end, struct block_reader *reader)
{
    char *piece = heap_malloc(READ_BYTES);
    uint64_t at = MAGIC_LEN;
    bool good = true;
    errno = 0;
    while (good && at < end) {
        uint64_t left = end - at;
        size_t len = left < READ_BYTES ? (size_t)left : READ_BYTES;
        ssize_t got = pread(fd, piece, len, (off_t)at);
        if (got <= 0) {
            good = got < 0 && errno == EINTR;
            if (got == 0) {
                break; // it became shorter
            }
            continue;
        }
        at += (uint64_t)got;
        good = block_reader_feed(reader, (struct str){piece, (size_t)got});
    }
    free(piece);
    return good && at >= end;
}

// What the first block is for, and what all others are.
struct intake {
    struct arena *arena;
    struct ledger_head *head; // NULL: it is passed over
    bool begun;
    const char *why;
    uint64_t length; // of what is behind it, so far
    uint32_t checksum;
    struct byte_sink to; // take NULL: only looked at
};

static bool take_block(void *context, struct str bytes)
{
    struct intake *intake = context;
    if (intake->begun) {
        intake->length += bytes.len;
        intake->checksum = zip_checksum(intake->checksum, bytes);
        return intake->to.take == NULL || intake->to.take(intake->to.context, bytes);
    }
    intake->begun = true;
    if (intake->head == NULL) {
        return true;
    }
    if (bytes.len > HEAD_MAX_BYTES) {
        intake->why = "it is no ledger";
        return false;
    }
    return ledger_head_read(intake->head, bytes, &intake->why, intake->arena);
}

void sound_examine(struct sound *out, int fd, bool ends, struct arena *arena)
{
    char magic[MAGIC_LEN];
    struct stat info;
    struct intake intake = {.arena = arena, .head = &out->head};
    struct block_reader reader;
    *out = (struct sound){.fd = fd};
    if (fstat(fd, &info) != 0 || pread(fd, magic, MAGIC_LEN, 0) != MAGIC_LEN ||
        memcmp(magic, LEDGER_MAGIC, MAGIC_LEN) != 0) {
        out->why = "it is no ledger";
        return;
    }
    block_reader_init(&reader, (struct byte_sink){take_block, &intake});
    bool whole = feed(fd, (uint64_t)info.st_size, &reader);
    out->size = MAGIC_LEN + reader.whole;
    out->ended = reader.ended;
    out->length = intake.length;
    out->checksum = intake.checksum;
    if (intake.why != NULL) {
        out->why = intake.why;
    } else if (reader.wrong != NULL && ends) {
        out->why = reader.wrong;
    } else if (!whole && reader.wrong == NULL) {
        out->why = "it cannot be read";
    } else if (!intake.begun || (ends && !reader.ended)) {
        out->why = "its end is missing";
    }
    block_reader_deinit(&reader);
}

bool sound_read(const struct sound *sound, struct byte_sink to, struct str *trouble)
{
    struct intake intake = {.to = to};
    struct block_reader reader;
    block_reader_init(&reader, (struct byte_sink){take_block, &intake});
    bool good = feed(sound->fd, sound->size, &reader);
    if (!good && reader.wrong != NULL) {
        *trouble = str_from(reader.wrong);
    }
    block_reader_deinit(&reader);
    return good;
}

void sound_close(struct sound *sound)
{
    if (sound->fd >= 0) {
        (void)close(sound->fd);
    }
    *sound = (struct sound){.fd = -1};
}

bool sound_put_head(struct block_writer *writer, const struct ledger_head *head)
{
    struct buf text;
    buf_init(&text, HEAD_MAX_BYTES);
    ledger_head_write(&text, head);
    bool put = block_writer_put(writer, buf_str(&text)) && block_writer_flush(writer);
    buf_deinit(&text);
    return put;
}

void sound_put_beginning(struct buf *out, struct zip *zip,
                         const struct ledger_head *head)
{
    struct buf text;
    buf_init(&text, HEAD_MAX_BYTES);
    ledger_head_write(&text, head);
    buf_puts(out, LEDGER_MAGIC);
    block_put(out, zip, buf_str(&text));
    buf_deinit(&text);
}
