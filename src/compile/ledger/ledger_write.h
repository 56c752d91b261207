// Entries of the ledger to bytes: a stream that is read again by ledger_read.h, and that
// compresses well. Names of entities and of attributes are said once, keys by what is
// otherwise than in the one before, a fingerprint that is the one before with a bit.
//
//     stream     record ...
//     record     'B'                                the stream begins, or begins anew:
//                                                   nothing of before is referred to
//                'E' text                           the next entity's name
//                'S' number {text flag} ...         the next shape: so many attributes,
//                                                   flag 1: `on_create`
//                'I' entity shape key identity      an entry: numbers, from 1, of what was
//                    same prints                    said (entity 0: none)
//                'O' likewise                       one that was to replace what nobody knew
//     key        common text common text            hash and range: so many bytes of the
//                                                   one before, and what follows
//     identity   8 bytes, low first
//     same       a bit for each attribute of the shape that is not `on_create`, low
//                first: the fingerprint is that of the shape's entry before
//     prints     6 bytes, low first, for each of the others
//     text       number byte ...
//     number     7 bits a byte, low first; the high bit says that more follow
#ifndef DDB_COMPILE_LEDGER_WRITE_H
#define DDB_COMPILE_LEDGER_WRITE_H

#include "buf.h"
#include "ledger_entry.h"

struct ledger_writer;

struct ledger_writer *ledger_writer_new(void);
void ledger_writer_free(struct ledger_writer *writer); // NULL is fine

// Appends an entry to out, whose texts are within the limits of ledger_read.h, as those
// of every legal item are. It refers to what the same writer appended before: the reader
// has to be given all of it, in order, in one or more buffers.
void ledger_writer_put(struct ledger_writer *writer, struct buf *out,
                       const struct ledger_entry *entry);
// What is put next refers to nothing of before: the bytes from there on can be read
// without it.
void ledger_writer_restart(struct ledger_writer *writer);

#endif
