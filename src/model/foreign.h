// Texts that are no transcripts, and that people take for some: subtitles, exports of
// chats, plays, other encodings. Private to the transcript reader.
#ifndef DDB_MODEL_FOREIGN_H
#define DDB_MODEL_FOREIGN_H

#include "str.h"

#include <stdbool.h>

// How much of a text is looked at.
#define FOREIGN_HEAD_BYTES 4096

struct foreign {
    const char *what; // "subtitles in SubRip's format (SRT)"
    const char *help; // what to do with them
    bool encoding;    // it is no text in UTF-8 at all
};

// What a text is whose first bytes are `head`, as far as that can be recognised, or
// NULL. Only asked of a text that does not begin with a message.
const struct foreign *foreign_find(struct str head);

#endif
