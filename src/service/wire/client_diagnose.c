// A failed reply as a diagnostic: one sentence that says what happened, and a help line
// that says what to do. The service's and the transport's words are quoted, never
// parsed.
#include "client.h"

#include "operation.h"
#include "proxy.h"

// What "doing" and the endpoint are for every row below.
struct failure {
    const struct target *target;
    const struct reply *reply;
    const char *doing;
    struct span span;
    struct diags *diags;
};

// " (request 4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG)" or nothing.
static struct str request_note(const struct failure *f)
{
    if (f->reply->request_id.len == 0) {
        return STR("");
    }
    return arena_printf(f->diags->arena, " (request %.*s)",
                        STR_ARG(f->reply->request_id));
}

// ": words" or nothing.
static struct str words(const struct failure *f)
{
    struct str text = f->reply->message;
    if (text.len == 0) {
        return STR("");
    }
    return arena_printf(f->diags->arena, ": %.*s", STR_ARG(text));
}

// The variable that sends requests through a proxy, or NULL.
static const char *proxy_of(const struct failure *f)
{
    return f->target->loopback ? NULL
                               : proxy_variable(f->target->https, f->target->hostname);
}

static void no_way(const struct failure *f, const char *variable)
{
    struct diag *diag =
        diag_add(f->diags, DIAG_ENDPOINT, f->span,
                 "%s: no way to %.*s through the proxy that %s names%.*s", f->doing,
                 STR_ARG(f->target->endpoint_url), variable, STR_ARG(words(f)));
    diag_help(f->diags, diag,
              "look at the proxy, correct or unset %s, or name the host in no_proxy",
              variable);
}

static void unreachable(const struct failure *f)
{
    struct str url = f->target->endpoint_url;
    const char *proxy = proxy_of(f);
    struct diag *diag = NULL;
    if (proxy != NULL) {
        no_way(f, proxy);
        return;
    }
    if (f->reply->cause == REPLY_CAUSE_REFUSED) {
        diag = diag_add(f->diags, DIAG_ENDPOINT, f->span,
                        "%s: no DynamoDB answers at %.*s", f->doing, STR_ARG(url));
    } else if (f->reply->cause == REPLY_CAUSE_UNRESOLVED) {
        diag = diag_add(f->diags, DIAG_ENDPOINT, f->span,
                        "%s: the host name of %.*s cannot be resolved", f->doing,
                        STR_ARG(url));
    } else if (f->reply->cause == REPLY_CAUSE_TIMEOUT) {
        diag = diag_add(f->diags, DIAG_ENDPOINT, f->span,
                        "%s: no answer from %.*s in time", f->doing, STR_ARG(url));
    } else {
        diag = diag_add(f->diags, DIAG_ENDPOINT, f->span,
                        "%s: the connection to %.*s broke off%.*s", f->doing,
                        STR_ARG(url), STR_ARG(words(f)));
    }
    if (f->target->loopback && f->reply->cause == REPLY_CAUSE_REFUSED) {
        diag_help(f->diags, diag,
                  "start one (docker run -p 8000:8000 amazon/dynamodb-local), or name "
                  "another with --endpoint-url or --target");
    } else {
        diag_help(
            f->diags, diag,
            "look at the server, at the network and at the endpoint, which comes from "
            "%.*s",
            STR_ARG(f->target->why));
    }
}

static void no_tls(const struct failure *f)
{
    struct str url = f->target->endpoint_url;
    bool untrusted = f->reply->cause == REPLY_CAUSE_UNTRUSTED;
    struct diag *diag =
        diag_add(f->diags, DIAG_ENDPOINT_TLS, f->span,
                 untrusted ? "%s: the certificate of %.*s is not accepted%.*s"
                           : "%s: no TLS connection to %.*s%.*s",
                 f->doing, STR_ARG(url), STR_ARG(words(f)));
    if (untrusted) {
        diag_help(
            f->diags, diag,
            "if the endpoint is right, name its authority's file in AWS_CA_BUNDLE");
    } else {
        diag_help(f->diags, diag, "a local DynamoDB speaks http, not https");
    }
}

static void foreign(const struct failure *f)
{
    bool checksum = f->reply->cause == REPLY_CAUSE_CHECKSUM;
    struct diag *diag =
        diag_add(f->diags, DIAG_ENDPOINT_FOREIGN, f->span,
                 checksum ? "%s: answers from %.*s arrive damaged (HTTP %ld)%.*s"
                          : "%s: the answer from %.*s (HTTP %ld) is not DynamoDB's%.*s",
                 f->doing, STR_ARG(f->target->endpoint_url), f->reply->status,
                 STR_ARG(words(f)));
    const char *proxy = proxy_of(f);
    if (proxy != NULL) {
        diag_help(
            f->diags, diag,
            "it may come from the proxy that %s names; the endpoint comes from %.*s",
            proxy, STR_ARG(f->target->why));
        return;
    }
    diag_help(f->diags, diag,
              "a proxy or another server may stand there; the endpoint comes from %.*s",
              STR_ARG(f->target->why));
}

static bool is_about_credentials(const struct reply *reply)
{
    static const char *const CODES[] = {
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "RequestExpired",
        "RequestInTheFuture",
        "RequestTimeTooSkewed",
        "AuthFailure",
    };
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++) {
        if (reply_is(reply, CODES[i])) {
            return true;
        }
    }
    return false;
}

static void refused_credentials(const struct failure *f)
{
    struct diag *diag = diag_add(f->diags, DIAG_CREDENTIALS_REFUSED, f->span,
                                 "%s: %.*s does not accept the credentials: %.*s%.*s",
                                 f->doing, STR_ARG(f->target->endpoint_url),
                                 STR_ARG(f->reply->code), STR_ARG(request_note(f)));
    if (f->target->https) {
        diag_help(
            f->diags, diag,
            "look at the credentials (`ddbgen whoami` says where they come from), at "
            "the region %.*s and at this machine's clock",
            STR_ARG(f->target->region));
    } else {
        diag_help(f->diags, diag,
                  "over plain http it is the key id %.*s with a dummy secret, for the "
                  "region %.*s; look at this machine's clock, too",
                  STR_ARG(f->target->access_key_id), STR_ARG(f->target->region));
    }
}

// What helps is another thing for a table's capacity and for the account's quotas.
static const char *throttled_help(const struct reply *reply)
{
    static const char *const CAPACITY[] = {
        [OPERATION_TABLES] =
            "wait a little and run it again: the account may ask about "
            "tables only so often",
        [OPERATION_READS] = "give the table more read capacity or billing_mode "
                            "PAY_PER_REQUEST, and run it again",
        [OPERATION_WRITES] = "give the table more write capacity or billing_mode "
                             "PAY_PER_REQUEST, and run it again: what is written "
                             "already does no harm",
    };
    if (reply_is(reply, "LimitExceededException")) { // of tables, not of items
        return "too many tables or indexes are made at once, or there are as many as "
               "the account may have: wait, or ask AWS for a higher quota";
    }
    if (reply_is(reply, "RequestLimitExceeded")) { // of all its tables
        return "the account's quota of this region is used up: wait, or ask AWS for a "
               "higher quota";
    }
    return CAPACITY[reply->operation != NULL ? operation_kind(reply->operation)
                                             : OPERATION_WRITES];
}

static void throttled(const struct failure *f)
{
    struct diag *diag = diag_add(
        f->diags, DIAG_THROTTLED, f->span, "%s: throttled for too long: %.*s%.*s%.*s",
        f->doing, STR_ARG(f->reply->code), STR_ARG(words(f)), STR_ARG(request_note(f)));
    diag_help(f->diags, diag, "%s", throttled_help(f->reply));
}

// What helps, by the service's code; where one code has many causes, by a word of its
// message, too: without that there is no help, and nothing else depends on it.
static const char *help_of(const struct reply *reply)
{
    static const struct {
        const char *code;
        const char *word;
        const char *help;
    } ROWS[] = {
        {"AccessDeniedException", "", "these credentials need a policy that allows it"},
        {"ValidationException", "modified multiple times", // A195
         "time to live changes once in an hour: apply again when that is over"},
        {"InaccessibleEncryptionCredentials", "", NULL},
        {"KMSInvalidStateException", "", NULL},
        {"KMSAccessDeniedException", "", NULL},
        {"KMSNotFoundException", "", NULL},
        {"ValidationException", "KMS", NULL},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct str word = str_from(ROWS[i].word);
        if (reply_is(reply, ROWS[i].code) &&
            (word.len == 0 || str_find(reply->message, word) < reply->message.len)) {
            return ROWS[i].help != NULL
                       ? ROWS[i].help
                       : "look at the table's key of KMS: it has to be there, to be "
                         "enabled, and to allow DynamoDB its use";
        }
    }
    return NULL;
}

static void refused_by_service(const struct failure *f)
{
    const struct reply *reply = f->reply;
    struct diag *diag =
        diag_add(f->diags, DIAG_SERVICE, f->span, "%s: %.*s%.*s%.*s", f->doing,
                 STR_ARG(reply->code), STR_ARG(words(f)), STR_ARG(request_note(f)));
    const char *help = help_of(reply);
    if (reply_is(reply, "AccessDeniedException") && reply->operation != NULL) {
        diag_help(f->diags, diag, "these credentials need a policy that allows %s",
                  arena_printf(f->diags->arena, "dynamodb:%s", reply->operation).at);
    } else if (help != NULL) {
        diag_help(f->diags, diag, "%s", help);
    } else if (reply->kind == REPLY_TRANSIENT) {
        diag_help(f->diags, diag, "the service has trouble: try again later");
    }
}

static void missing_table(const struct failure *f)
{
    struct diag *diag = diag_add(f->diags, DIAG_TABLE_MISSING, f->span,
                                 "%s: there is no such table or index at %.*s "
                                 "in %.*s%.*s",
                                 f->doing, STR_ARG(f->target->endpoint_url),
                                 STR_ARG(f->target->region), STR_ARG(words(f)));
    diag_help(f->diags, diag,
              "'ddbgen list-tables' shows what is there; the endpoint comes from %.*s",
              STR_ARG(f->target->why));
}

void client_diagnose(const struct client *client, const struct reply *reply,
                     const char *doing, struct span span, struct diags *diags)
{
    struct failure failure = {client_get_target(client), reply, doing, span, diags};
    switch (reply->cause) {
    case REPLY_CAUSE_INTERRUPTED: // the user knows, and the exit code says it
        return;
    case REPLY_CAUSE_REFUSED:
    case REPLY_CAUSE_UNRESOLVED:
    case REPLY_CAUSE_TIMEOUT:
    case REPLY_CAUSE_BROKEN:
    case REPLY_CAUSE_OTHER:
        unreachable(&failure);
        return;
    case REPLY_CAUSE_TLS:
    case REPLY_CAUSE_UNTRUSTED:
        no_tls(&failure);
        return;
    case REPLY_CAUSE_FOREIGN:
    case REPLY_CAUSE_CHECKSUM:
        foreign(&failure);
        return;
    case REPLY_CAUSE_SERVICE:
        break;
    }
    if (is_about_credentials(reply)) {
        refused_credentials(&failure);
    } else if (reply_is(reply, "ResourceNotFoundException") ||
               reply_is(reply, "TableNotFoundException")) { // A208
        missing_table(&failure);
    } else if (reply->kind == REPLY_THROTTLED) {
        throttled(&failure);
    } else {
        refused_by_service(&failure);
    }
}
