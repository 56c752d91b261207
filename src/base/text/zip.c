// The door to zlib. In: bytes. Out: fewer of them, or what they were, or a checksum.
#include "zip.h"

#include "die.h"
#include "heap.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#define LEVEL 1 // the first level gains most of what there is, at a third of the time
#define RAW_DEFLATE (-MAX_WBITS) // without a header and a checksum of its own
#define MEMORY_LEVEL 8           // zlib's default

struct zip {
    z_stream packer;
    z_stream unpacker;
};

static voidpf allocate(voidpf opaque, uInt count, uInt size)
{
    (void)opaque;
    return heap_calloc(count, size);
}

static void release(voidpf opaque, voidpf at)
{
    (void)opaque;
    free(at);
}

uint32_t zip_checksum(uint32_t before, struct str bytes)
{
    const unsigned char *at = (const unsigned char *)(bytes.len > 0 ? bytes.at : "");
    return (uint32_t)crc32_z(before, at, bytes.len);
}

struct zip *zip_new(void)
{
    struct zip *zip = heap_calloc(1, sizeof *zip);
    zip->packer.zalloc = allocate;
    zip->packer.zfree = release;
    zip->unpacker.zalloc = allocate;
    zip->unpacker.zfree = release;
    if (deflateInit2(&zip->packer, LEVEL, Z_DEFLATED, RAW_DEFLATE, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK ||
        inflateInit2(&zip->unpacker, RAW_DEFLATE) != Z_OK) {
        die("zlib does not start");
    }
    return zip;
}

void zip_free(struct zip *zip)
{
    if (zip != NULL) {
        (void)deflateEnd(&zip->packer);
        (void)inflateEnd(&zip->unpacker);
        free(zip);
    }
}

// zlib takes what it only reads through pointers that are not const.
static Bytef *borrow(struct str bytes)
{
    return (Bytef *)(uintptr_t)bytes.at; // NOLINT: it is not written through
}

void zip_pack(struct zip *zip, struct buf *out, struct str raw)
{
    if (raw.len > UINT_MAX / 2 || deflateReset(&zip->packer) != Z_OK) {
        die("zip_pack: %zu bytes", raw.len);
    }
    size_t most = deflateBound(&zip->packer, (uLong)raw.len);
    char *to = buf_reserve(out, most);
    if (to == NULL) {
        return; // it overflows, which the caller looks at
    }
    zip->packer.next_in = borrow(raw);
    zip->packer.avail_in = (uInt)raw.len;
    zip->packer.next_out = (Bytef *)to;
    zip->packer.avail_out = (uInt)most;
    if (deflate(&zip->packer, Z_FINISH) != Z_STREAM_END) {
        die("zip_pack: no end");
    }
    out->len += most - zip->packer.avail_out;
}

bool zip_unpack(struct zip *zip, char *to, size_t len, struct str packed)
{
    if (len > UINT_MAX || packed.len > UINT_MAX ||
        inflateReset(&zip->unpacker) != Z_OK) {
        return false;
    }
    zip->unpacker.next_in = borrow(packed);
    zip->unpacker.avail_in = (uInt)packed.len;
    zip->unpacker.next_out = (Bytef *)to;
    zip->unpacker.avail_out = (uInt)len;
    return inflate(&zip->unpacker, Z_FINISH) == Z_STREAM_END &&
           zip->unpacker.avail_out == 0 && zip->unpacker.avail_in == 0;
}

void zip_gzip(struct buf *out, struct str raw)
{
    const int gzip = 16; // added to the window's bits: a gzip wrapper (zlib.h)
    z_stream stream = {.zalloc = allocate, .zfree = release};
    if (deflateInit2(&stream, LEVEL, Z_DEFLATED, MAX_WBITS + gzip, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        die("zlib gives no stream");
    }
    uLong most = deflateBound(&stream, (uLong)raw.len);
    char *to = buf_reserve(out, most);
    if (to == NULL) {
        die("what is packed does not fit");
    }
    stream.next_in = borrow(raw);
    stream.avail_in = (uInt)raw.len;
    stream.next_out = (Bytef *)to;
    stream.avail_out = (uInt)most;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
        die("zlib does not end");
    }
    out->len += stream.total_out;
    (void)deflateEnd(&stream);
}
