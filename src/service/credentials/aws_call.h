// One HTTP request of a credentials provider, repeated while that may help. What it
// answers may be secret: it is wiped with the arena that it is copied to.
#ifndef DDB_SERVICE_AWS_CALL_H
#define DDB_SERVICE_AWS_CALL_H

#include "http.h"
#include "provider.h"
#include "str.h"

#include <stdbool.h>

struct aws_call {
    const char *method; // "GET"
    struct str url;
    const char *const *headers; // header_count of them, "Name: value"
    size_t header_count;
    struct str body;
    bool direct;         // never through a proxy
    unsigned connect_ms; // 0: as all others
    unsigned call_ms;
    unsigned attempts;
    unsigned pause_ms; // between them; 0: growing, as for other services
};

struct aws_answer {
    enum http_failure failure;
    const char *why; // the transport's words when there was no answer
    long status;
    struct str body;
};

// False: interrupted. Otherwise *out is the last answer, or says why there was none.
// Answers of 429, 500, 502, 503 and 504, and no answer at all, are worth another
// attempt.
__attribute__((warn_unused_result)) bool aws_call_send(struct aws_answer *out,
                                                       const struct aws_call *call,
                                                       const struct provider *provider);

// The url of a service that is asked for credentials: AWS_ENDPOINT_URL_STS and its
// like; where DynamoDB's own endpoint is a custom one, AWS_ENDPOINT_URL; the profile's;
// AWS's own. *named is false for the last. Always https: secrets are sent there, so that
// another scheme is refused (DIAG_CREDENTIALS).
__attribute__((warn_unused_result)) bool
aws_call_endpoint(struct str *url, bool *named, enum aws_service service,
                  struct str region, const struct provider *provider);

// DIAG_CREDENTIALS: `whose`, and what went wrong; no answer, or a status that is no
// help. Nothing of its body is shown.
bool aws_call_diagnose(const struct aws_answer *answer, const struct aws_call *call,
                       const char *whose, struct diags *diags);

#endif
