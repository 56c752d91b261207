// Which DynamoDB a command talks to, and how careful it must be there.
//
// Decided from the command line, ddbgen.yaml and the environment, in this order:
//   endpoint: --endpoint-url; the endpoint_url of the target named with --target;
//             AWS_ENDPOINT_URL_DYNAMODB; AWS_ENDPOINT_URL; default_target's
//             endpoint_url; what the AWS profile names for DynamoDB;
//             http://localhost:8000. A target named with --target without
//             endpoint_url (and the built-in `aws`) goes where its profile says, else
//             computes https://dynamodb.REGION.amazonaws.com (account-based,
//             https://ACCOUNT.ddb.REGION.amazonaws.com, when it has an account_id),
//             whatever the environment says.
//   region:   --region; the target's; AWS_REGION; AWS_DEFAULT_REGION; the profile's;
//             us-east-1.
//   profile:  --profile; the target's; AWS_DEFAULT_PROFILE; AWS_PROFILE; default.
// The default target (`local`, unless default_target says otherwise) is in force only
// when the endpoint is its own; one named with --target always is. ddbgen.yaml is
// searched upward from the definition's folder to the repository's root (the folder
// with .git, else the file system's) and refused when another user owns it or when
// others may write it.
#ifndef DDB_SERVICE_TARGET_H
#define DDB_SERVICE_TARGET_H

#include "arena.h"
#include "diag.h"
#include "handles_config.h"
#include "ledger_config.h"
#include "partition.h"
#include "str.h"

#include <stdbool.h>

struct target_request {
    struct str name;         // --target, or empty
    struct str endpoint_url; // --endpoint-url, or empty
    struct str region;       // --region, or empty
    struct str profile;      // --profile, or empty
    bool follow_links;       // of ddbgen.yaml, too, when it leaves its folder
    const char *start_dir;   // where the search for ddbgen.yaml begins
};

struct target {
    struct str name; // "local", "prod", ...; empty when only an endpoint was given
    struct str endpoint_url; // scheme://host[:port], no path, no trailing slash
    struct str host;         // "host" or "host:port" as it goes into the Host header
    struct str hostname;     // without port, without brackets
    struct str region;
    struct str why; // "the default", "--endpoint-url", "target prod of ddbgen.yaml"
    struct str region_from; // likewise
    bool https;
    bool loopback;     // localhost, 127.0.0.0/8 or ::1
    bool is_protected; // https, `aws`, or marked protected
    // What --yes=NAME must say: the target's name where the endpoint is its own or the
    // target is marked, else the hostname.
    struct str confirm_name;
    struct str account_id;   // 12 digits or empty
    struct str profile;      // --profile's or the target's, or empty
    struct str profile_from; // who names it
    bool profile_hidden;     // what a variable says is not shown
    // Only a default_target names it: a file must not start a program of the user's.
    bool profile_in_file;
    struct endpoint_kind kind;
    const char *ca_bundle; // authorities that are trusted; NULL: the system's
    // Over plain http: whose tables are meant (a dummy secret goes with it), who says so.
    struct str access_key_id;
    struct str access_key_from;
    bool url_in_file; // only ddbgen.yaml names the endpoint
    // A file names this https endpoint, and it is not the service's own: a checkout's
    // file must not send the environment's credentials anywhere.
    bool named_by_file;
    struct handles_config handles;
    // Where it is kept what is applied: as the target says, else a file, of a protected
    // target nothing.
    struct ledger_config ledger;
    bool ledger_said;      // it was not left to the default
    struct str ledger_key; // what ledgers of this target are called: its name where the
                           // endpoint is its own, else the host, ':' written as '-'
    struct str was;        // an earlier build's folder or "git:REV"; or empty
    struct span was_span;
    bool restores; // what others changed in our items becomes as declared, unasked
    struct lease
        *lease; // whose credentials clients sign with; NULL: each opens its own
};

// False (diagnosed): no such target (with the nearest name), a malformed url (userinfo,
// a path, a query, another scheme), a region that is no host label, a bad ddbgen.yaml.
__attribute__((warn_unused_result)) bool
target_resolve(struct target *out, const struct target_request *request,
               struct arena *arena, struct diags *diags);

#endif
