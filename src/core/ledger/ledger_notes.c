// What a run is about to send, into the ledger before it is sent: an item that landed
// although nobody heard of it is known as ours by the next run.
#include "ledger.h"
#include "ledger_parts.h"

struct ledger_head ledger_head_new(const struct ledger *ledger)
{
    return (struct ledger_head){
        .table = ledger->declared->name,
        .table_id = ledger->live->id,
        .created = ledger->live->created,
        .host = ledger->ddb->target.host,
        .seed = ledger->seed,
        .base = uuid_v4(),
    };
}

// Nobody asked for a ledger, so none is missed.
static bool do_without(struct ledger **ledger)
{
    struct ledger *gone = *ledger;
    struct diags *diags = &gone->ddb->diags;
    if (gone->ddb->target.ledger_said) {
        return ledger_failed(gone);
    }
    struct diag *diag =
        diag_add(diags, DIAG_LEDGER_UNKEPT, (struct span){0},
                 "what is applied to table %s is not kept in %.*s: %.*s",
                 diag_quote(diags, gone->declared->name), STR_ARG(gone->store->name),
                 STR_ARG(gone->store->trouble));
    diag_help(diags, diag, "the target's `ledger` says where it may be, or `none`");
    ledger_close(gone);
    *ledger = NULL;
    return true;
}

bool ledger_begin(struct ledger **ledger)
{
    struct ledger *begun = *ledger;
    if (begun == NULL || begun->begun) {
        return true;
    }
    if (begun->store->state != LEDGER_STATE_FOUND) {
        begun->store->head = ledger_head_new(begun);
    }
    if (!ledger_store_begin(begun->store)) {
        return do_without(ledger);
    }
    struct hash_seed seed = ledger_seed(begun);
    begun->maker = ledger_maker_new(begun->declared, &seed);
    begun->writer = ledger_writer_new();
    begun->begun = true;
    return true;
}

bool ledger_note(struct ledger *ledger, const struct ledger_entry *entry)
{
    if (ledger == NULL) {
        return true;
    }
    ledger_writer_put(ledger->writer, &ledger->notes, entry);
    // What does not fit into memory is kept early.
    return ledger->notes.len < BLOCK_RAW_MAX || ledger_noted(ledger);
}

bool ledger_noted(struct ledger *ledger)
{
    if (ledger == NULL || ledger->notes.len == 0) {
        return true;
    }
    bool kept = ledger_store_note(ledger->store, buf_str(&ledger->notes));
    buf_reset(&ledger->notes);
    return kept || ledger_failed(ledger);
}

bool ledger_note_made(struct ledger *ledger, const struct item_made *made)
{
    static const struct item_identity NOBODY = {0};
    struct ledger_entry entry;
    if (ledger == NULL) {
        return true;
    }
    ledger_maker_make(&entry, ledger->maker, &NOBODY, made->values.attributes,
                      made->values.count);
    entry.over = made->over;
    if (made->of.entity.len > 0) {
        entry.entity = made->of.entity;
        entry.identity = ledger_maker_identity_of(ledger->maker, &made->of);
    }
    return ledger_note(ledger, &entry);
}

static bool note_item(void *context, const struct item *item,
                      const struct item_identity *identity)
{
    struct ledger *ledger = context;
    struct ledger_entry entry;
    ledger_maker_make(&entry, ledger->maker, identity, item->attributes, item->count);
    entry.over = ledger->over;
    return ledger_note(ledger, &entry);
}

struct item_sink ledger_items(struct ledger *ledger, bool over)
{
    ledger->over = over;
    return (struct item_sink){note_item, ledger};
}

bool ledger_hold(struct ledger *ledger)
{
    return ledger == NULL || ledger_store_hold(ledger->store) || ledger_failed(ledger);
}

bool ledger_beat(struct ledger *ledger)
{
    return ledger == NULL || ledger_store_beat(ledger->store) || ledger_failed(ledger);
}
