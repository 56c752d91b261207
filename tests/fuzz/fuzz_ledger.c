// The ledger's entries, as any bytes. Whatever they are, reading ends, and gives the same
// in one portion and in many; what was read can be written, and reads back as the same.
#include "fuzz.h"

#include "buf.h"
#include "ledger_read.h"
#include "ledger_write.h"

#define TEXT_MAX ((size_t)256 << 20)
#define ENTRIES_MAX 2000 // of one input

// All that was read, as the text of a writer that says everything anew each time.
struct heard {
    struct ledger_writer *writer;
    struct buf text;
    size_t count;
};

static bool take(void *context, const struct ledger_entry *entry)
{
    struct heard *heard = context;
    FUZZ_REQUIRE(entry->hash.len > 0 && entry->hash.len <= LEDGER_HASH_MAX);
    FUZZ_REQUIRE(entry->range.len <= LEDGER_RANGE_MAX);
    for (size_t i = 0; i < entry->count; i++) {
        const struct ledger_attribute *attribute = &entry->attributes[i];
        FUZZ_REQUIRE(attribute->print >> (8 * LEDGER_PRINT_BYTES) == 0);
        FUZZ_REQUIRE(!attribute->on_create || attribute->print == 0);
        FUZZ_REQUIRE(ledger_entry_find(entry, attribute->name) != NULL);
    }
    if (heard->text.len < TEXT_MAX / 4) {
        ledger_writer_put(heard->writer, &heard->text, entry);
    }
    return ++heard->count < ENTRIES_MAX;
}

static void heard_init(struct heard *heard)
{
    *heard = (struct heard){.writer = ledger_writer_new()};
    buf_init(&heard->text, TEXT_MAX);
}

static void heard_deinit(struct heard *heard)
{
    ledger_writer_free(heard->writer);
    buf_deinit(&heard->text);
}

// Whether all of it was read.
static bool read_all(struct heard *heard, struct str bytes, size_t portion)
{
    struct ledger_reader *reader = ledger_reader_new();
    struct ledger_sink to = {take, heard};
    const char *why = NULL;
    bool fine = true;
    while (bytes.len > 0 && fine) {
        size_t n = bytes.len < portion ? bytes.len : portion;
        fine = ledger_reader_feed(reader, (struct str){bytes.at, n}, &to, &why);
        FUZZ_REQUIRE(fine || why != NULL || heard->count == ENTRIES_MAX);
        bytes = str_skip(bytes, n);
    }
    fine = fine && ledger_reader_end(reader);
    ledger_reader_free(reader);
    return fine;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct heard whole;
    struct heard portions;
    struct heard again;
    heard_init(&whole);
    heard_init(&portions);
    heard_init(&again);
    bool fine = read_all(&whole, bytes, SIZE_MAX);
    FUZZ_REQUIRE(read_all(&portions, bytes, size < 4096 ? 3 : 1000) == fine);
    FUZZ_REQUIRE(portions.count == whole.count);
    FUZZ_REQUIRE(str_eq(buf_str(&whole.text), buf_str(&portions.text)));
    FUZZ_REQUIRE(whole.count == ENTRIES_MAX ||
                 read_all(&again, buf_str(&whole.text), SIZE_MAX));
    FUZZ_REQUIRE(whole.count == ENTRIES_MAX ||
                 str_eq(buf_str(&again.text), buf_str(&whole.text)));
    heard_deinit(&whole);
    heard_deinit(&portions);
    heard_deinit(&again);
    return 0;
}
