// Bytes enter, blocks leave; and back. Lengths are a stranger's until the block's
// checksum was right: nothing is larger in memory than BLOCK_RAW_MAX for them.
#include "ledger_blocks.h"

#include "die.h"

#define FRAMED_MAX (BLOCK_HEADER_BYTES + BLOCK_RAW_MAX)

static void put_number(struct buf *out, uint32_t number)
{
    for (unsigned shift = 0; shift < 32; shift += 8) {
        buf_char(out, (char)(unsigned char)(number >> shift));
    }
}

static uint32_t get_number(const char *at)
{
    uint32_t number = 0;
    for (unsigned i = 0; i < 4; i++) {
        number |= (uint32_t)(unsigned char)at[i] << (8 * i);
    }
    return number;
}

static void put_header(struct buf *out, size_t raw, size_t packed, uint32_t checksum)
{
    put_number(out, (uint32_t)raw);
    put_number(out, (uint32_t)packed);
    put_number(out, checksum);
}

// ---- writing

void block_put(struct buf *out, struct zip *zip, struct str raw)
{
    if (raw.len > BLOCK_RAW_MAX) {
        die("block_put: %zu bytes", raw.len);
    }
    struct buf packed;
    buf_init(&packed, 2 * BLOCK_RAW_MAX);
    zip_pack(zip, &packed, raw);
    struct str body = packed.len < raw.len ? buf_str(&packed) : raw;
    put_header(out, raw.len, body.len, zip_checksum(0, raw));
    buf_put(out, body);
    buf_deinit(&packed);
}

void block_writer_init(struct block_writer *writer, struct byte_sink to)
{
    *writer = (struct block_writer){.zip = zip_new(), .to = to};
    buf_init(&writer->raw, BLOCK_RAW_MAX);
    buf_init(&writer->framed, FRAMED_MAX);
}

void block_writer_deinit(struct block_writer *writer)
{
    zip_free(writer->zip);
    buf_deinit(&writer->raw);
    buf_deinit(&writer->framed);
}

static bool send(struct block_writer *writer)
{
    return writer->to.take(writer->to.context, buf_str(&writer->framed));
}

bool block_writer_flush(struct block_writer *writer)
{
    struct str raw = buf_str(&writer->raw);
    if (raw.len == 0) {
        return true;
    }
    buf_reset(&writer->framed);
    block_put(&writer->framed, writer->zip, raw);
    writer->checksum = zip_checksum(writer->checksum, raw);
    buf_reset(&writer->raw);
    return send(writer);
}

bool block_writer_put(struct block_writer *writer, struct str bytes)
{
    while (bytes.len > 0) {
        size_t room = BLOCK_RAW_BYTES - writer->raw.len;
        struct str part = {bytes.at, bytes.len < room ? bytes.len : room};
        buf_put(&writer->raw, part);
        bytes = str_skip(bytes, part.len);
        if (part.len == room && !block_writer_flush(writer)) {
            return false;
        }
    }
    return true;
}

bool block_writer_end(struct block_writer *writer)
{
    if (!block_writer_flush(writer)) {
        return false;
    }
    buf_reset(&writer->framed);
    put_header(&writer->framed, 0, 0, writer->checksum);
    return send(writer);
}

// ---- reading

void block_reader_init(struct block_reader *reader, struct byte_sink to)
{
    *reader = (struct block_reader){.zip = zip_new(), .to = to};
    buf_init(&reader->pending, FRAMED_MAX);
    buf_init(&reader->raw, BLOCK_RAW_MAX);
}

void block_reader_deinit(struct block_reader *reader)
{
    zip_free(reader->zip);
    buf_deinit(&reader->pending);
    buf_deinit(&reader->raw);
}

static bool refuse(struct block_reader *reader, const char *why)
{
    reader->wrong = why;
    return false;
}

static bool take_end(struct block_reader *reader, uint32_t checksum)
{
    if (checksum != reader->checksum) {
        return refuse(reader, "its parts do not belong together");
    }
    reader->ended = true;
    reader->whole += BLOCK_HEADER_BYTES;
    return true;
}

// A block whose bytes are all there.
static bool take_block(struct block_reader *reader, struct str block)
{
    size_t len = get_number(block.at);
    uint32_t checksum = get_number(block.at + 8);
    struct str body = str_skip(block, BLOCK_HEADER_BYTES);
    struct str raw = body;
    if (len == 0) {
        return take_end(reader, checksum);
    }
    if (body.len < len) {
        buf_reset(&reader->raw);
        char *to = buf_reserve(&reader->raw, len);
        if (to == NULL || !zip_unpack(reader->zip, to, len, body)) {
            return refuse(reader, "a part of it is damaged");
        }
        raw = (struct str){to, len};
    }
    if (zip_checksum(0, raw) != checksum) {
        return refuse(reader, "a part of it is damaged");
    }
    reader->checksum = zip_checksum(reader->checksum, raw);
    reader->whole += block.len;
    return reader->to.take(reader->to.context, raw);
}

// Of the block that bytes begin with: its length, header included; 0: not yet known.
static size_t block_length(struct block_reader *reader, struct str bytes)
{
    if (bytes.len < BLOCK_HEADER_BYTES) {
        return 0;
    }
    size_t raw = get_number(bytes.at);
    size_t packed = get_number(bytes.at + 4);
    if (raw > BLOCK_RAW_MAX || packed > raw || (packed == 0 && raw > 0)) {
        (void)refuse(reader, "a part of it is damaged");
        return 0;
    }
    return BLOCK_HEADER_BYTES + packed;
}

bool block_reader_feed(struct block_reader *reader, struct str bytes)
{
    while (bytes.len > 0) {
        if (reader->ended) {
            return refuse(reader, "something stands behind its end");
        }
        size_t len = block_length(reader, buf_str(&reader->pending));
        size_t wanted = len > 0 ? len : BLOCK_HEADER_BYTES;
        size_t missing = wanted - reader->pending.len;
        struct str part = {bytes.at, bytes.len < missing ? bytes.len : missing};
        buf_put(&reader->pending, part);
        bytes = str_skip(bytes, part.len);
        len = block_length(reader, buf_str(&reader->pending));
        if (reader->wrong != NULL) {
            return false;
        }
        if (len > 0 && reader->pending.len == len) {
            bool taken = take_block(reader, buf_str(&reader->pending));
            buf_reset(&reader->pending);
            if (!taken) {
                return false;
            }
        }
    }
    return true;
}
