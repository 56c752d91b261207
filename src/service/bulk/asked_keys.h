// The keys of one BatchGetItem: which were asked for, which are left. An answer is held
// against them: it may hold what was asked for and nothing else, each item once, and
// what is left over is asked for again in our words, never in the service's.
#ifndef DDB_SERVICE_ASKED_KEYS_H
#define DDB_SERVICE_ASKED_KEYS_H

#include "arena.h"
#include "buf.h"
#include "json_read.h"
#include "str.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>

#define ASKED_KEYS_MAX 100u // C040

struct asked_key {
    struct str json;  // {"pk":{...}} as it is sent
    struct str text;  // canonical (item_key.h)
    bool left;        // the next request asks for it
    bool unprocessed; // the answer that is being read says so
};

struct asked_keys {
    struct arena arena;
    const struct table *table;
    struct asked_key keys[ASKED_KEYS_MAX];
    size_t count;
    struct str rest; // what stands behind the keys: ,"ConsistentRead":true
};

// members is what stands between the braces of RequestItems, for the one table:
// "TABLE":{"Keys":[...],"ConsistentRead":true}. It must be ours: what is malformed is a
// bug. asked_keys_deinit frees; it may be called for zeroes, too.
void asked_keys_init(struct asked_keys *asked, struct str members,
                     const struct table *table);
void asked_keys_deinit(struct asked_keys *asked);

// How many are left.
size_t asked_keys_left(const struct asked_keys *asked);
// The body of the request for what is left, without its last brace.
void asked_keys_write(struct buf *out, const struct asked_keys *asked);

// An item of the answer. False: it was not asked for, or came before, or is said to be
// unprocessed.
__attribute__((warn_unused_result)) bool
asked_keys_take(struct asked_keys *asked, struct str item, struct arena *scratch);
// The value of UnprocessedKeys, whose first token was just returned. False: it names
// anything that was not asked for, or twice.
__attribute__((warn_unused_result)) bool
asked_keys_unprocessed(struct asked_keys *asked, struct json_reader *reader,
                       struct arena *scratch);
// After the whole answer: what was neither left unprocessed is not asked for again.
void asked_keys_answered(struct asked_keys *asked);

#endif
