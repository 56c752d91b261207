// Bytes made smaller (deflate, RFC 1951) and back, and their checksum (CRC-32 as of
// RFC 1952).
#ifndef DDB_BASE_ZIP_H
#define DDB_BASE_ZIP_H

#include "buf.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The checksum of all that came before, and of bytes behind it; at first it is 0.
uint32_t zip_checksum(uint32_t before, struct str bytes);

struct zip;

struct zip *zip_new(void);
void zip_free(struct zip *zip); // NULL is fine

// Appends raw, packed.
void zip_pack(struct zip *zip, struct buf *out, struct str raw);
// Appends raw as gzip has it (RFC 1952), packed quickly.
void zip_gzip(struct buf *out, struct str raw);
// Packed bytes into exactly len bytes. False: they are no such thing, or become fewer,
// or would become more: not one byte more is written.
__attribute__((warn_unused_result)) bool zip_unpack(struct zip *zip, char *to,
                                                    size_t len, struct str packed);

#endif
