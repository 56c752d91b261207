// Entries of the ledger from bytes (ledger_write.h). The bytes may be anybody's: every
// length is checked, and memory is bounded whatever they are.
#ifndef DDB_COMPILE_LEDGER_READ_H
#define DDB_COMPILE_LEDGER_READ_H

#include "ledger_entry.h"

#include <stdbool.h>
#include <stddef.h>

// What the service takes of keys (B050, B051) and names (B014); of names that an item has
// together, which is smaller (B070); and of what is remembered of a stream at once.
#define LEDGER_HASH_MAX ((size_t)2048)
#define LEDGER_RANGE_MAX ((size_t)1024)
#define LEDGER_NAME_MAX ((size_t)65535)
#define LEDGER_SHAPE_MAX ((size_t)409600)
#define LEDGER_MEMORY_MAX ((size_t)8 << 20)

// What one name, one shape counts for that.
static inline size_t ledger_memory_of_entity(size_t name_len)
{
    return name_len + sizeof(struct str);
}
static inline size_t ledger_memory_of_shape(size_t record_len, size_t count)
{
    return record_len + count * sizeof(struct ledger_attribute) + sizeof(void *);
}

struct ledger_reader;

struct ledger_reader *ledger_reader_new(void);
void ledger_reader_free(struct ledger_reader *reader); // NULL is fine

// Takes the next bytes of a stream, in portions of any size, and gives each entry that
// is complete to the sink, valid during the call only. False: they are no such stream
// (*why is a static text), or the sink said no (*why is NULL); nothing more can be read
// then.
__attribute__((warn_unused_result)) bool
ledger_reader_feed(struct ledger_reader *reader, struct str bytes,
                   const struct ledger_sink *to, const char **why);
// After the last bytes. False: they end within a record, as those of a run do that was
// killed while it wrote them; all entries before it were given.
__attribute__((warn_unused_result)) bool
ledger_reader_end(const struct ledger_reader *reader);

#endif
