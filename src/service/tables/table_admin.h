// Tables over the wire: create, wait, describe, list, drop.
#ifndef DDB_SERVICE_TABLE_ADMIN_H
#define DDB_SERVICE_TABLE_ADMIN_H

#include "arena.h"
#include "client.h"
#include "diag.h"
#include "stop.h"
#include "table.h"

#include <stdbool.h>
#include <stdint.h>

struct wait_options {
    uint64_t timeout_ms;     // 0 for the default of ten minutes
    const struct stop *stop; // or NULL
    // Called when the status of the table of this name changes, or, when the table
    // itself is ACTIVE, that of the index that it waits for (else empty).
    void (*show)(void *context, struct str name, struct str index, struct str status);
    void *context;
    // Now and then while it takes; false ends it (diagnosed). NULL: nobody waits for it.
    bool (*alive)(void *context);
    void *alive_context;
    bool known; // it was there a moment ago: one that is missing was dropped
};

enum table_state {
    TABLE_MISSING,
    TABLE_ACTIVE,  // and every index is (A262)
    TABLE_PENDING, // CREATING, UPDATING, DELETING, or a status that we do not know
                   // (A263)
    TABLE_BROKEN,  // A266: waiting will not help
};

struct live_table {
    enum table_state state;
    struct str status; // the service's word: "ACTIVE", "CREATING", ...
    struct str index; // of a table that is there: an index that is not ACTIVE, or empty
    struct str index_status;
    struct str replicas; // the regions that have some: "eu-west-1, us-west-2", or empty
    struct str arn;
    struct str account_id; // from the ARN, or empty
    struct str id;         // TableId, or empty: another table of this name has another
    struct str created;    // CreationDateTime, or empty; only to be compared
    struct table table;
    bool tells_protection; // whether it has deletion protection: a server that does not
                           // tell keeps few settings (an emulator)
    bool settings_known;   // those with calls of their own were asked for
    bool settling; // encryption or warm throughput is still changing, whatever the
                   // state says (A137, A262)
};

// DescribeTable's answer as a live_table. Pure; unknown members are ignored (D016).
// False when the body is not an answer of DescribeTable.
__attribute__((warn_unused_result)) bool
inspect_table(struct live_table *out, struct str body, struct arena *arena);

// What to do about a table that is TABLE_BROKEN, by its status.
const char *table_broken_help(struct str status);

// False (diagnosed) when the service cannot be asked; a missing table is an answer.
__attribute__((warn_unused_result)) bool
table_describe(struct live_table *out, struct client *client, struct str name,
               struct arena *arena, struct diags *diags);

// Sends CreateTable. A table that someone else created meanwhile, or whose creation's
// reply got lost, is no failure: the caller describes it next (A274).
__attribute__((warn_unused_result)) bool table_create(struct client *client,
                                                      struct str name, struct str body,
                                                      struct span span,
                                                      struct diags *diags);

// Waits until the table and its indexes are ACTIVE, and describes it. Not found right
// after creation is waited through (A265).
__attribute__((warn_unused_result)) bool
table_wait(struct live_table *out, struct client *client, struct str name,
           const struct wait_options *options, struct arena *arena,
           struct diags *diags);

// All table names in the service's order (paged, C048).
__attribute__((warn_unused_result)) bool table_list(struct str **names, size_t *count,
                                                    struct client *client,
                                                    struct arena *arena,
                                                    struct diags *diags);

// Sends DeleteTable and waits until the table is gone. A missing table is diagnosed.
__attribute__((warn_unused_result)) bool table_drop(struct client *client,
                                                    struct str name,
                                                    const struct wait_options *options,
                                                    struct diags *diags);

#endif
