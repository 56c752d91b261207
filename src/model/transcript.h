// Conversations as they are written: `Person 1: ...` lines under a header.
//
// A pull reader over a source of any size: each call gives a header, a message or an
// end, in constant memory. Mistakes are diagnosed at their line and reading goes on; of
// a conversation whose header is wrong only the labels and the characters are checked.
#ifndef DDB_MODEL_TRANSCRIPT_H
#define DDB_MODEL_TRANSCRIPT_H

#include "arena.h"
#include "buf.h"
#include "diag.h"
#include "header.h"
#include "line_reader.h"
#include "source.h"
#include "strangers.h"

#include <stdbool.h>
#include <stdint.h>

enum transcript_event {
    TRANSCRIPT_CONVERSATION,     // transcript->header is new, no message yet
    TRANSCRIPT_MESSAGE,          // transcript->message
    TRANSCRIPT_CONVERSATION_END, // of a conversation that was announced
    TRANSCRIPT_END,
};

struct transcript_message {
    uint64_t index;     // from 0
    size_t participant; // index in the header
    struct str text;    // valid until the next event
    instant_us created_at;
    struct line line;  // the line with the label; its text is not valid any more
    uint64_t text_at;  // offset of the text in the source
    uint32_t text_raw; // bytes that it takes there (joined lines with their ends)
};

struct transcript {
    struct line_reader lines;
    struct arena *arena; // of headers: reset at each one
    struct diags *diags;
    struct header header;
    uint64_t header_at; // offset of the header's `---`, and its line
    uint32_t header_line;
    struct transcript_message message;
    // private
    instant_us now;
    bool verified;   // a second reading: the text was checked already
    bool has_header; // a conversation is open
    bool poisoned;   // its header is wrong: it gives no messages
    bool mistaken;   // a line of it was wrong
    bool bare;       // the header was given: `---` is an error
    bool stopped;
    bool foreign; // it is something else than a transcript: said, and read no further
    struct line pending_line; // read ahead
    bool has_pending_line;
    struct buf joined;
    struct strangers strangers; // of the conversation at hand
    unsigned helped;            // bits of what was explained in this file already
};

struct transcript_options {
    instant_us now; // what `now` means
    bool verified;  // read for the second time: only structure is looked at
};

// header_arena is reset at each header; the source is borrowed.
void transcript_init(struct transcript *transcript, const struct source *source,
                     const struct transcript_options *options,
                     struct arena *header_arena, struct diags *diags);
void transcript_deinit(struct transcript *transcript);
enum transcript_event transcript_next(struct transcript *transcript);

// Takes a bare transcript: the header is given, the source holds lines only. Announces
// the conversation at the first transcript_next.
void transcript_give_header(struct transcript *transcript, const struct header *header);

// Goes on at a header that was seen before (header_at, header_line).
void transcript_seek(struct transcript *transcript, uint64_t header_at,
                     uint32_t header_line);

// True for a line that begins or ends a header: `---`, blanks behind it allowed.
bool transcript_is_fence(struct str line);

// The place of the current message, or of its text.
struct span transcript_message_span(const struct transcript *transcript);

// Reads a text again that was seen as (text_at, text_raw), with line ends as in
// messages.
struct str transcript_text_again(const struct source *source, uint64_t text_at,
                                 uint32_t text_raw, struct arena *arena);

#endif
