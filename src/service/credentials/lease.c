// Credentials over time. In: a target. Out: keys that are good now.
//
// Newly asked for, they live in an arena of their own; the one before is wiped when it
// is replaced. A failed renewal is tried again a little later, not for every request.
#include "lease.h"

#include "aws_profile.h"
#include "chain.h"
#include "die.h"
#include "endpoint.h"
#include "provider.h"
#include "target_aws.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define RENEW_BEFORE_US (INT64_C(300) * 1000000) // D117
#define RETRY_AFTER_US (INT64_C(30) * 1000000)
#define SECOND_US INT64_C(1000000)

static const struct span NOWHERE;

struct lease {
    const struct target *target;
    const struct stop *stop;
    struct diags *diags;
    struct arena settings; // configuration: secrets may be in it
    struct aws_config config;
    struct aws_profile profile;
    struct chain chain;
    struct arena secrets; // of what was fetched
    struct fetched fetched;
    instant_us renew_at;
    unsigned generation;
    bool reported;    // that they could not be renewed
    int was_dumpable; // -1: unchanged
};

// ---- what must not be done at all

// A signature is good for one request, a session token for all: neither goes where
// only a file says.
static bool refuse_named_by_file(const struct target *target, struct diags *diags)
{
    struct diag *diag =
        diag_add(diags, DIAG_ENDPOINT_IN_FILE, NOWHERE,
                 "credentials are not sent to %.*s, which only ddbgen.yaml names",
                 STR_ARG(target->host));
    diag_help(
        diags, diag,
        "if it is meant, give --endpoint-url=%.*s, or let ddbgen.yaml take it from "
        "the environment: endpoint_url: ${env.NAME}",
        STR_ARG(target->endpoint_url));
    return false;
}

// A program of the user's is not started because a checkout's file names its profile.
static bool check_meant(const struct lease *lease)
{
    const struct origin *source = lease->chain.source;
    while (source != NULL && source->kind != ORIGIN_PROCESS &&
           source->kind != ORIGIN_AWS_CLI) {
        source = source->base;
    }
    if (source == NULL || !lease->target->profile_in_file) {
        return true;
    }
    struct diag *diag = diag_add(lease->diags, DIAG_PROFILE_IN_FILE, NOWHERE,
                                 "%s runs a program, and only ddbgen.yaml names it",
                                 aws_profile_words(&lease->profile, lease->diags));
    diag_help(lease->diags, diag, "if it is meant, give --target=%.*s",
              STR_ARG(lease->target->name));
    return false;
}

// ---- asking

// When to ask again: five minutes before they expire, and of those that do not live
// long, at half their time.
static instant_us renewal_of(instant_us expires, instant_us now)
{
    if (expires == EXPIRES_NEVER) {
        return EXPIRES_NEVER;
    }
    instant_us half = (expires - now) / 2;
    instant_us before = half < RENEW_BEFORE_US ? half : RENEW_BEFORE_US;
    instant_us at = expires - before;
    // What has expired already is an instance's, which is asked for again in a while.
    return at > now + SECOND_US ? at : now + (half < 0 ? RETRY_AFTER_US : SECOND_US);
}

static bool fetch(struct lease *lease, bool hurried, struct diags *diags)
{
    struct arena secrets = {0};
    struct fetched fetched;
    struct provider provider = {.target = lease->target,
                                .profile = &lease->profile,
                                .stop = lease->stop,
                                .secrets = &secrets,
                                .diags = diags,
                                .hurried = hurried};
    if (!provider_fetch(&fetched, lease->chain.source, &provider)) {
        arena_wipe(&secrets);
        return false;
    }
    arena_wipe(&lease->secrets);
    lease->secrets = secrets;
    lease->fetched = fetched;
    lease->renew_at = renewal_of(fetched.expires, instant_now());
    lease->generation++;
    return true;
}

static bool open_real(struct lease *lease)
{
    struct diags *diags = lease->diags;
    if (lease->target->named_by_file) {
        return refuse_named_by_file(lease->target, diags);
    }
    struct chain_env env = chain_env_read();
    if (!chain_decide(&lease->chain, &lease->profile, &env, &lease->settings, diags) ||
        !check_meant(lease)) {
        return false;
    }
    struct provider provider = {
        .target = lease->target, .profile = &lease->profile, .diags = diags};
    return lease->chain.source == NULL ? provided_report_none(&provider, "")
                                       : fetch(lease, false, diags);
}

static bool open_dummy(struct lease *lease)
{
    bool given = lease->target->profile.len > 0;
    struct str id = lease->target->access_key_id;
    lease->fetched = (struct fetched){
        .keys = {.access_key_id = id.len > 0 ? id : STR(TARGET_DUMMY_KEY),
                 .secret_access_key = STR(TARGET_DUMMY_KEY)},
        .expires = EXPIRES_NEVER,
    };
    lease->renew_at = EXPIRES_NEVER;
    return !given || aws_profile_check(&lease->profile, lease->diags);
}

struct lease *lease_open(const struct target *target, const struct stop *stop,
                         struct diags *diags)
{
    struct lease *lease = calloc(1, sizeof *lease);
    if (lease == NULL) {
        die("out of memory");
    }
    *lease = (struct lease){
        .target = target, .stop = stop, .diags = diags, .was_dumpable = -1};
    if (target->https) {
        lease->was_dumpable = prctl(PR_GET_DUMPABLE);
        (void)prctl(PR_SET_DUMPABLE, 0);
    }
    bool good = aws_config_read(&lease->config, &lease->settings, diags);
    if (good) {
        lease->profile = aws_profile_choose(&lease->config, target->profile);
        lease->profile.hidden = target->profile_hidden;
        if (target->profile.len > 0) {
            lease->profile.from = target->profile_from.at;
        }
        good = target->https ? open_real(lease) : open_dummy(lease);
    }
    if (!good) {
        lease_close(lease);
        return NULL;
    }
    return lease;
}

void lease_close(struct lease *lease)
{
    if (lease == NULL) {
        return;
    }
    arena_wipe(&lease->secrets);
    arena_wipe(&lease->settings);
    if (lease->was_dumpable >= 0) {
        (void)prctl(PR_SET_DUMPABLE, lease->was_dumpable);
    }
    free(lease);
}

// ---- over time

static void report_expired(struct lease *lease, const struct diags *apart)
{
    struct str why = apart->count > 0 ? apart->kept[0].message : STR("");
    if (lease->reported) {
        return;
    }
    lease->reported = true;
    diag_add(lease->diags, DIAG_CREDENTIALS, NOWHERE,
             "the credentials expired, and could not be renewed%s%.*s",
             why.len > 0 ? ": " : "", STR_ARG(why));
}

static bool renew(struct lease *lease)
{
    struct diags apart;
    instant_us now = instant_now();
    diags_init(&apart, lease->diags->arena);
    // Requests wait meanwhile: with time left it is tried again rather than waited for.
    if (fetch(lease, lease->fetched.expires > now + RETRY_AFTER_US, &apart)) {
        return true;
    }
    lease->renew_at = now + RETRY_AFTER_US;
    if (lease->fetched.expires > now) {
        instant_us half = (lease->fetched.expires - now) / 2;
        lease->renew_at = now + (half < RETRY_AFTER_US ? half : RETRY_AFTER_US);
    } else {
        report_expired(lease, &apart);
    }
    return false;
}

const struct credentials *lease_get(struct lease *lease)
{
    if (lease->renew_at != EXPIRES_NEVER && instant_now() >= lease->renew_at) {
        (void)renew(lease); // what there was is tried as long as it lasts
    }
    return &lease->fetched.keys;
}

unsigned lease_generation(const struct lease *lease)
{
    return lease->generation;
}

bool lease_renew(struct lease *lease, unsigned generation)
{
    if (lease->generation != generation) {
        return true;
    }
    return lease->fetched.expires != EXPIRES_NEVER && renew(lease);
}

// ---- about them

struct str lease_from(const struct lease *lease)
{
    return lease->target->https ? origin_words(lease->chain.source, lease->diags->arena)
                                : STR(TARGET_DUMMY_KEY);
}

instant_us lease_expires(const struct lease *lease)
{
    return lease->fetched.expires;
}

const char *const *lease_notes(const struct lease *lease, size_t *count)
{
    *count = lease->chain.note_count;
    return lease->chain.notes;
}

bool lease_has_sts(const struct lease *lease)
{
    struct str url = {0};
    const char *from = NULL;
    struct diags apart;
    const char *variable = getenv(partition_variable(AWS_STS));
    if (!lease->target->https) {
        return false;
    }
    diags_init(&apart, lease->diags->arena);
    return endpoint_is_service(lease->target->hostname) ||
           (variable != NULL && variable[0] != '\0' &&
            !aws_ignores_endpoints(&lease->profile)) ||
           (aws_profile_endpoint(&url, &from, &lease->profile, AWS_STS, &apart) &&
            url.len > 0);
}

bool lease_identify(struct sts_identity *out, struct lease *lease, bool urgently)
{
    struct arena secrets = {0};
    struct diags apart;
    diags_init(&apart, lease->diags->arena);
    struct provider provider = {.target = lease->target,
                                .profile = &lease->profile,
                                .stop = lease->stop,
                                .secrets = &secrets,
                                .diags = urgently ? lease->diags : &apart,
                                .hurried = !urgently};
    *out = (struct sts_identity){0};
    bool good = sts_get_caller_identity(out, lease_get(lease), &provider);
    if (!good) {
        *out = (struct sts_identity){0};
    }
    arena_wipe(&secrets);
    return good || (!urgently && !stop_is_set(lease->stop));
}
