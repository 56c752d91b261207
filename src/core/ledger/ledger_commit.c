// The end of a run that did all it wanted. In: the entries that are to be what was
// applied. Out: a new base, unless it is the one that is there.
#include "ledger.h"
#include "ledger_parts.h"

#define RECORD_BYTES ((size_t)64 << 10)
#define RECORD_MAX_BYTES ((size_t)4 << 20) // one entry, with all names that it may have

// Entries to bytes: only looked at, or written.
struct encoding {
    struct ledger *ledger;
    struct ledger_writer *writer;
    struct buf bytes;
    bool writes;
    uint32_t checksum;
    uint64_t len;
};

static bool pass_on(struct encoding *encoding)
{
    struct str bytes = buf_str(&encoding->bytes);
    bool good = true;
    encoding->checksum = zip_checksum(encoding->checksum, bytes);
    encoding->len += bytes.len;
    if (encoding->writes) {
        good = ledger_store_put(encoding->ledger->store, bytes) ||
               ledger_failed(encoding->ledger);
    }
    buf_reset(&encoding->bytes);
    return good;
}

static bool encode(void *context, const struct ledger_entry *entry)
{
    struct encoding *encoding = context;
    ledger_writer_put(encoding->writer, &encoding->bytes, entry);
    return encoding->bytes.len < RECORD_BYTES || pass_on(encoding);
}

static bool run(struct encoding *encoding, const struct ledger_source *from)
{
    struct ledger_sink to = {encode, encoding};
    encoding->writer = ledger_writer_new();
    buf_init(&encoding->bytes, RECORD_BYTES + RECORD_MAX_BYTES);
    bool good = from->give(from->context, &to) && pass_on(encoding);
    buf_deinit(&encoding->bytes);
    ledger_writer_free(encoding->writer);
    return good;
}

// Whether these entries stand there already. False: diagnosed.
static bool is_written(bool *out, struct ledger *ledger,
                       const struct ledger_source *from)
{
    const struct ledger_store *store = ledger->store;
    struct encoding dry = {.ledger = ledger};
    *out = false;
    if (store->state != LEDGER_STATE_FOUND || store->has_notes || ledger->begun) {
        return true;
    }
    if (!run(&dry, from)) {
        return false;
    }
    *out = dry.checksum == store->checksum && dry.len == store->length;
    return true;
}

bool ledger_commit(struct ledger **ledger, const struct ledger_source *from)
{
    bool written = false;
    if (*ledger == NULL) {
        return true;
    }
    if (!is_written(&written, *ledger, from) || written) {
        return written;
    }
    if (!ledger_begin(ledger)) { // where it stands there may be nothing yet
        return false;
    }
    if (*ledger == NULL) {
        return true;
    }
    struct ledger_store *store = (*ledger)->store;
    struct encoding encoding = {.ledger = *ledger, .writes = true};
    store->head = ledger_head_new(*ledger);
    return (ledger_store_rebase(store) || ledger_failed(*ledger)) &&
           run(&encoding, from) &&
           (ledger_store_commit(store) || ledger_failed(*ledger));
}
