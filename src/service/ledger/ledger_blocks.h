// A stream of bytes as blocks: each packed by itself and with a checksum, so that what is
// damaged or cut off is known before it is used (docs/ledger.md).
//
//     block    raw length, packed length, CRC-32 of the raw bytes (4 bytes each, the
//              lowest first), then the packed bytes; as long as raw: not packed
//     end      a block of no bytes; its checksum is that of the whole stream
#ifndef DDB_SERVICE_LEDGER_BLOCKS_H
#define DDB_SERVICE_LEDGER_BLOCKS_H

#include "buf.h"
#include "str.h"
#include "zip.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK_HEADER_BYTES 12u
#define BLOCK_RAW_BYTES ((size_t)64 << 10) // when a block is closed
#define BLOCK_RAW_MAX ((size_t)1 << 20)    // of one that is read, packed or not

// Where bytes go. False stops.
struct byte_sink {
    bool (*take)(void *context, struct str bytes);
    void *context;
};

struct block_writer {
    struct zip *zip;
    struct buf raw;    // of the block that is being filled
    struct buf framed; // the one that leaves
    uint32_t checksum; // of all that was given
    struct byte_sink to;
};

void block_writer_init(struct block_writer *writer, struct byte_sink to);
void block_writer_deinit(struct block_writer *writer);
// False: the sink said no.
__attribute__((warn_unused_result)) bool block_writer_put(struct block_writer *writer,
                                                          struct str bytes);
// Closes the block that is being filled, if there is anything in it.
__attribute__((warn_unused_result)) bool
block_writer_flush(struct block_writer *writer);
// That, and the stream.
__attribute__((warn_unused_result)) bool block_writer_end(struct block_writer *writer);
// Appends one block of at most BLOCK_RAW_MAX bytes that belongs to no writer.
void block_put(struct buf *out, struct zip *zip, struct str raw);

struct block_reader {
    struct zip *zip;
    struct buf pending; // a block whose end has not come
    struct buf raw;
    uint32_t checksum;
    uint64_t whole; // bytes of the blocks that were read
    bool ended;
    const char *wrong; // why the stream is not sound, a static text; NULL: it is so far
    struct byte_sink to;
};

void block_reader_init(struct block_reader *reader, struct byte_sink to);
void block_reader_deinit(struct block_reader *reader);
// Takes the next bytes of the stream, of any length; what is in whole blocks goes on,
// one block a call. False: the sink said no, or reader->wrong.
__attribute__((warn_unused_result)) bool block_reader_feed(struct block_reader *reader,
                                                           struct str bytes);

#endif
