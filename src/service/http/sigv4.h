// AWS Signature Version 4 for services that speak JSON: POST / without a query, six
// headers at most
// (rules D080 to D088). Pure: the date is passed in. Judged against botocore in tests.
#ifndef DDB_SERVICE_SIGV4_H
#define DDB_SERVICE_SIGV4_H

#include "buf.h"
#include "instant.h"
#include "str.h"

struct credentials {
    struct str access_key_id;
    struct str secret_access_key;
    struct str session_token; // or empty
};

struct sigv4_request {
    struct str service;      // "dynamodb"
    struct str content_type; // "application/x-amz-json-1.0"
    struct str host; // as in the Host header, port included unless it is the default
    struct str
        target; // "DynamoDB_20120810.BatchWriteItem"; empty: of a form, as STS takes
    struct str body; // exact bytes
    struct str region;
    instant_us date;
};

// Appends the value of the Authorization header to `authorization` and writes that of
// X-Amz-Date (16 bytes) to `date`. Signed: content-type, host, x-amz-date,
// x-amz-security-token and x-amz-target when there are such.
void sigv4_sign(struct buf *authorization, char date[16],
                const struct sigv4_request *request,
                const struct credentials *credentials);

// The derived signing key, good for one day, region and secret. Zero-initialised is
// empty.
struct sigv4_key {
    char day[8]; // YYYYMMDD
    struct str region;
    unsigned char key[32];
};

// sigv4_sign that keeps the derived key: it is derived again only when the day or the
// region changes. A key belongs to one service and one set of credentials; wipe it with
// sigv4_key_deinit. request->region must stay valid as long as the key.
void sigv4_sign_with(struct buf *authorization, char date[16],
                     const struct sigv4_request *request,
                     const struct credentials *credentials, struct sigv4_key *key);
void sigv4_key_deinit(struct sigv4_key *key);

#endif
