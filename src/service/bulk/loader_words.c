// What is said of a loader that cannot go on. In: its state, an answer. Out: diagnostics
// at the lines of the fixtures that they are about.
#include "loader_parts.h"

#include <inttypes.h>

static const char *doing(struct loader *loader, const struct loader_slot *slot)
{
    return arena_printf(loader->diags->arena, "%s table %s",
                        loader->options.deletes ? "deleting from" : "writing to",
                        diag_quote(loader->diags, slot->batch.table_name))
        .at;
}

// The batch's lines: the first one as the place, the last as the second place.
static void relate_lines(struct loader *loader, const struct loader_slot *slot)
{
    if (loader->diags->count == 0 || slot->batch.count < 2) {
        return;
    }
    const struct batch_item *last = &slot->batch.items[slot->batch.count - 1];
    diag_related(loader->diags, &loader->diags->kept[loader->diags->count - 1],
                 span_of_line(last->source, last->line),
                 "the request held %u items, up to this line", slot->batch.count);
}

static struct span slot_span(const struct loader_slot *slot)
{
    return span_of_line(slot->batch.items[0].source, slot->batch.items[0].line);
}

void loader_show_fatal(struct loader *loader, const struct loader_slot *slot,
                       const struct reply *reply)
{
    // One refusal of credentials or permissions is enough; each invalid batch is news.
    if (loader->shown_fatal && !reply_is(reply, "ValidationException")) {
        return;
    }
    loader->shown_fatal = true;
    client_diagnose(loader->client, reply, doing(loader, slot), slot_span(slot),
                    loader->diags);
    if (loader->diags->dropped == 0) {
        relate_lines(loader, slot);
    }
}

void loader_show_foreign(struct loader *loader, const struct loader_slot *slot,
                         const char *member, const char *why)
{
    loader->shown_fatal = true;
    struct diag *diag = diag_add(loader->diags, DIAG_ENDPOINT_FOREIGN, slot_span(slot),
                                 "%s: the answer's %s cannot be trusted: %s",
                                 doing(loader, slot), member, why);
    diag_help(loader->diags, diag,
              "what stands at the endpoint does not answer as DynamoDB does");
}

void loader_show_stall(struct loader *loader)
{
    struct span nowhere = {0};
    const char *doing = loader->options.deletes ? "deleting items" : "writing items";
    if (loader->last.kind != REPLY_OK) {
        client_diagnose(loader->client, &loader->last, doing, nowhere, loader->diags);
        return;
    }
    struct diag *diag = diag_add(loader->diags, DIAG_THROTTLED, nowhere,
                                 "%s: the service leaves %s unprocessed", doing,
                                 writer_get_counts(loader->writer).written == 0
                                     ? "every item"
                                     : "all items that are left");
    diag_help(loader->diags, diag,
              "give the table more write capacity or billing_mode PAY_PER_REQUEST");
}

void loader_show_incomplete(struct loader *loader, const struct loader_result *result)
{
    struct diags *diags = loader->diags;
    struct missing missing = loader->declined;
    for (unsigned i = 0; i < loader->window; i++) {
        missing_add(&missing, &loader->slots[i].batch,
                    writer_pending(loader->writer, i));
    }
    missing_add(&missing, &loader->refused.batch, batch_all(&loader->refused.batch));
    struct str lines = missing_describe(&missing);
    struct str maybe = STR("");
    if (result->unknown > 0) {
        maybe = arena_printf(diags->arena, " (the outcome of %" PRIu64 " is unknown)",
                             result->unknown);
    }
    bool deletes = loader->options.deletes;
    struct diag *diag = diag_add(
        diags, DIAG_WRITE_INCOMPLETE, missing_first(&missing),
        "%" PRIu64 " item%s %s; %zu %s not known to be%.*s: %.*s%s", result->written,
        result->written == 1 ? " was" : "s were", deletes ? "deleted" : "written",
        missing.count, missing.count == 1 ? "is" : "are", STR_ARG(maybe),
        STR_ARG(lines), loader->refused_batch ? "; nothing after them was sent" : "");
    const char *again = loader->options.again;
    diag_help(diags, diag, "%s",
              again != NULL ? again
              : deletes
                  ? "run it again: deleting the same items once more changes nothing"
                  : "run it again: putting the same items once more changes nothing");
}
