// DynamoDB's wire protocol, which KMS speaks too, over one libcurl multi handle (rules
// D001 to D046).
//
// A call is an operation name and a JSON body; a reply is classified, never interpreted
// by its text. The synchronous form retries by live/retry.h; the asynchronous form
// leaves retrying to its caller (the writer).
//
// The process must ignore SIGPIPE: OpenSSL writes to sockets that the other side has
// closed.
#ifndef DDB_SERVICE_CLIENT_H
#define DDB_SERVICE_CLIENT_H

#include "arena.h"
#include "diag.h"
#include "retry.h"
#include "stop.h"
#include "str.h"
#include "target.h"

#include <stdbool.h>
#include <stdint.h>

enum reply_kind {
    REPLY_OK,        // 200 with a complete, CRC-checked JSON body
    REPLY_THROTTLED, // D030: worth repeating, slowly
    REPLY_TRANSIENT, // D031: worth repeating; a write's outcome is unknown (D036)
    REPLY_FATAL,     // the service said no; repeating is useless
};

// What made a reply fail, as far as people need different advice.
enum reply_cause {
    REPLY_CAUSE_SERVICE, // DynamoDB's own answer: `code` tells
    REPLY_CAUSE_REFUSED, // nobody listens at the endpoint
    REPLY_CAUSE_UNRESOLVED,
    REPLY_CAUSE_TIMEOUT,
    REPLY_CAUSE_BROKEN,    // the connection or the answer broke off
    REPLY_CAUSE_TLS,       // no TLS there
    REPLY_CAUSE_UNTRUSTED, // the certificate was not accepted
    REPLY_CAUSE_FOREIGN,   // an answer, but not DynamoDB's: a proxy, another server
    REPLY_CAUSE_CHECKSUM,  // x-amz-crc32 does not fit
    REPLY_CAUSE_INTERRUPTED,
    REPLY_CAUSE_OTHER,
};

struct reply {
    enum reply_kind kind;
    enum reply_cause cause;
    const char *operation; // "PutItem", static; NULL: of no call
    long status;           // HTTP status, 0 when none came
    // These three are clipped to some size: a hostile server may say a lot.
    struct str code;    // "ValidationException", "ResourceNotFoundException", or empty
    struct str message; // the service's or the transport's words, never a secret
    struct str request_id;
    struct str body;         // for REPLY_OK; borrowed until the slot's next call
    uint64_t retry_after_ms; // 0: not told
};

struct client;

// A service of AWS that speaks JSON over POST.
struct client_service {
    const char *name;   // in signatures: "dynamodb"
    const char *target; // before the operation in X-Amz-Target: "DynamoDB_20120810"
    const char *content_type; // "application/x-amz-json-1.0"
};

extern const struct client_service CLIENT_DYNAMODB;
extern const struct client_service CLIENT_KMS;

// Signs with the target's lease, or with one of its own. NULL (diagnosed) when there are
// no credentials. `slots` is the number of asynchronous calls that may be in flight at
// once. target is borrowed.
struct client *client_new(const struct target *target, unsigned slots,
                          struct diags *diags);
// The same for another service; target says where that is.
struct client *client_new_for(const struct client_service *service,
                              const struct target *target, unsigned slots,
                              struct diags *diags);
void client_free(struct client *client); // NULL is fine; aborts what is in flight

// From now on client_call gives up, with REPLY_CAUSE_INTERRUPTED, once stop is set.
void client_watch(struct client *client, const struct stop *stop);
// What is watched, or NULL.
const struct stop *client_watched(const struct client *client);
const struct target *client_get_target(const struct client *client);
struct lease *client_get_lease(const struct client *client);
// What may still be sent again in this run. Whoever repeats the asynchronous calls keeps to
// it.
struct retry_quota *client_quota(struct client *client);
// Which request bodies are sent as gzip, where that makes them smaller.
enum client_compress {
    CLIENT_COMPRESS_NEVER, // as it is at first
    CLIENT_COMPRESS_TRIED, // until the first one is refused
    CLIENT_COMPRESS_ALWAYS,
};
void client_compress(struct client *client, enum client_compress compress);
// How many calls may be in flight at once; at first as many as there are slots.
void client_limit(struct client *client, unsigned most);
unsigned client_get_most(const struct client *client);
unsigned client_get_slots(const struct client *client);
// Waits, for at most ms; false when what is watched was or became set.
bool client_sleep(const struct client *client, uint64_t ms);

// One call, repeated as long as it is worth it. A service that has answered before is
// waited for as long as for bulk writes, unless so much was repeated in this run that no
// tokens are left (D040); what never did may be no service at all, and is given up after 4
// attempts (D039), or a minute of throttling (D046). The operation
// is a static text. The reply's texts are valid until the client's next call.
struct reply client_call(struct client *client, const char *operation, struct str body);

// Starts a call in a free slot; the body is borrowed until client_wait has returned it.
void client_start(struct client *client, unsigned slot, const char *operation,
                  struct str body);
// Waits at most timeout_ms for a started call to end. True: *slot and *reply tell
// which; false: none did in time (or a signal came).
bool client_wait(struct client *client, unsigned timeout_ms, unsigned *slot,
                 struct reply *reply);

// Gives up a started call, whose outcome is then unknown; the slot is free again.
void client_cancel(struct client *client, unsigned slot);

// A reply's code is the service's answer that a table or index does not exist.
bool reply_is(const struct reply *reply, const char *code);

// An answer that was sound JSON and yet none of DynamoDB's; why: a static text, or
// NULL.
struct reply reply_foreign(const struct reply *reply, const char *why);

// Adds the diagnostic for a failed reply: connection refused, TLS, credentials,
// throttled for too long, the service's own words; with what to do about it. `doing` is
// a phrase such as "creating table 'x'".
void client_diagnose(const struct client *client, const struct reply *reply,
                     const char *doing, struct span span, struct diags *diags);

#endif
