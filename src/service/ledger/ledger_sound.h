// A stream of a ledger in a file, temporary or not: read once to know that it is sound,
// and then as often as it is wanted.
//
//     stream     a line that says what it is, then blocks (ledger_blocks.h): the head,
//                and what is put behind it
#ifndef DDB_SERVICE_LEDGER_SOUND_H
#define DDB_SERVICE_LEDGER_SOUND_H

#include "arena.h"
#include "ledger_blocks.h"
#include "ledger_head.h"

#include <stdbool.h>
#include <stdint.h>

#define LEDGER_MAGIC "ddbgen ledger 1\n"

struct sound {
    int fd;          // -1: there is none
    uint64_t size;   // of its whole blocks
    bool ended;      // by an end, as a base has it
    const char *why; // it is not sound, in the arena or static
    struct ledger_head head;
    uint64_t length; // of what is behind the head
    uint32_t checksum;
};

// Takes over fd, a regular file. `ends`: it has to have an end; else a last part of which
// only some was written is as good as not there.
void sound_examine(struct sound *out, int fd, bool ends, struct arena *arena);
// Gives what is behind the head. False: the sink said no, or it was changed meanwhile
// (*trouble).
__attribute__((warn_unused_result)) bool
sound_read(const struct sound *sound, struct byte_sink to, struct str *trouble);
void sound_close(struct sound *sound);

// The beginning of a stream: its line and its head as a block; and of one whose line was
// written, the head alone.
void sound_put_beginning(struct buf *out, struct zip *zip,
                         const struct ledger_head *head);
__attribute__((warn_unused_result)) bool sound_put_head(struct block_writer *writer,
                                                        const struct ledger_head *head);

#endif
