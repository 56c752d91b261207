// What all sources of credentials have in common: mistakes in words, and times.
#include "provided.h"

#include "instant.h"

static const struct span NOWHERE;

bool provided_half_pair(const char *where, struct diags *diags)
{
    struct diag *diag =
        diag_add(diags, DIAG_CREDENTIALS, NOWHERE, "only one of %s is set", where);
    diag_help(diags, diag,
              "a key's id and its secret go together; temporary ones have a session "
              "token, too");
    return false;
}

bool provided_report_none(const struct provider *provider, const char *also)
{
    struct diag *diag =
        diag_add(provider->diags, DIAG_CREDENTIALS, NOWHERE,
                 "no credentials for %.*s: neither the environment nor %s has any%s",
                 STR_ARG(provider->target->endpoint_url),
                 aws_profile_words(provider->profile, provider->diags), also);
    diag_help(provider->diags, diag,
              "name a profile (--profile, AWS_PROFILE), log in with `aws sso login` or "
              "`aws login`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    return false;
}

bool provided_read_time(instant_us *out, struct str text, const char *whose,
                        struct diags *diags)
{
    const char *why = NULL;
    struct str zone = STR("UTC"); // older files of the AWS CLI
    if (str_ends(text, zone)) {
        text = arena_printf(diags->arena, "%.*sZ", str_int_len(text) - 3, text.at);
    }
    if (instant_parse(out, text, &why)) {
        return true;
    }
    diag_add(diags, DIAG_CREDENTIALS, NOWHERE, "%s: when they expire is no time: %s",
             whose, why);
    return false;
}
