// A profile and its settings. In: the configuration, the environment. Out: values, and
// who said them.
#include "aws_profile.h"

#include "ascii.h"

#include <stdlib.h>

#define NAMES_MAX 1000 // that are looked through for "did you mean"

static const struct span NOWHERE;

struct aws_profile aws_profile_choose(const struct aws_config *config, struct str given)
{
    static const char *const VARIABLES[] = {"AWS_DEFAULT_PROFILE", "AWS_PROFILE"};
    struct aws_profile profile = {.config = config, .name = given};
    profile.given = given.len > 0;
    for (size_t i = 0; profile.name.len == 0 && i < 2; i++) {
        profile.name = str_from(getenv(VARIABLES[i]));
        profile.from = profile.name.len > 0 ? VARIABLES[i] : NULL;
    }
    if (profile.name.len == 0) {
        profile.name = STR(AWS_PROFILE_DEFAULT);
    }
    return profile;
}

bool aws_profile_is_usual(const struct aws_profile *profile)
{
    struct aws_profile usual = aws_profile_choose(profile->config, (struct str){0});
    return usual.from != NULL && str_eq(usual.name, profile->name);
}

const char *aws_profile_words(const struct aws_profile *profile, struct diags *diags)
{
    return profile->hidden ? "the target's profile"
                           : arena_printf(diags->arena, "profile %s",
                                          diag_quote(diags, profile->name))
                                 .at;
}

// ---- is it there?

static size_t collect(struct str *names, size_t count, const struct ini *ini,
                      bool is_config)
{
    for (size_t i = 0; i < ini->count && count < NAMES_MAX; i++) {
        struct str name = ini->sections[i].name;
        if (is_config && str_starts(name, STR("profile "))) {
            name = str_trim(str_skip(name, STR("profile ").len));
        }
        names[count++] = name;
    }
    return count;
}

bool aws_profile_check(const struct aws_profile *profile, struct diags *diags)
{
    const struct aws_config *config = profile->config;
    bool named = profile->given || profile->from != NULL;
    if (!named || aws_config_has_profile(config, profile->name)) {
        return true;
    }
    struct diag *diag = diag_add(
        diags, DIAG_CREDENTIALS, NOWHERE,
        "%s, which %s names, does not exist: it is neither in %.*s%s nor in %.*s%s",
        aws_profile_words(profile, diags), profile->from, STR_ARG(config->config.shown),
        config->config.found ? "" : " (no such file)",
        STR_ARG(config->credentials.shown),
        config->credentials.found ? "" : " (no such file)");
    struct str *names = arena_array(diags->arena, 2 * (size_t)NAMES_MAX, sizeof *names);
    size_t count = collect(names, 0, &config->config.ini, true);
    count = collect(names, count, &config->credentials.ini, false);
    diag_help(diags, diag, "'aws configure list-profiles' lists those that are there");
    if (!profile->hidden && count > 0) {
        diag_help_nearest(diags, diag, profile->name, names, count);
    }
    return false;
}

// ---- settings

struct str aws_setting(const struct aws_profile *profile, const char *variable,
                       const char *key)
{
    struct str value = str_trim(str_from(getenv(variable)));
    return value.len > 0 ? value
                         : aws_config_get(profile->config, profile->name, key).text;
}

bool aws_setting_is_on(const struct aws_profile *profile, const char *variable,
                       const char *key)
{
    struct str value = aws_setting(profile, variable, key);
    struct str on = STR("true");
    bool same = value.len == on.len;
    for (size_t i = 0; same && i < value.len; i++) {
        same = ascii_lower(value.at[i]) == on.at[i];
    }
    return same;
}

struct endpoint_kind aws_endpoint_kind(const struct aws_profile *profile)
{
    return (struct endpoint_kind){
        .fips =
            aws_setting_is_on(profile, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
        .dualstack = aws_setting_is_on(profile, "AWS_USE_DUALSTACK_ENDPOINT",
                                       "use_dualstack_endpoint"),
    };
}

bool aws_ignores_endpoints(const struct aws_profile *profile)
{
    return aws_setting_is_on(profile, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                             "ignore_configured_endpoint_urls");
}

bool aws_value_trust(const struct aws_value *value, const char *what,
                     struct diags *diags)
{
    if (value->file == NULL || value->file->untrusted == NULL) {
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_AWS_CONFIG_UNTRUSTED, NOWHERE, "%s names %s, and %s",
                 diag_quote(diags, value->file->shown), what, value->file->untrusted);
    diag_help(diags, diag,
              "it must be your own, and others may not write it (chmod go-w)");
    return false;
}

// ---- endpoints

static bool find_in_services(struct aws_value *value, struct str services,
                             const struct aws_profile *profile,
                             enum aws_service service, struct diags *diags)
{
    bool found = false;
    *value = aws_config_get_service(profile->config, services,
                                    partition_service_key(service), &found);
    if (!found) {
        struct diag *diag =
            diag_add(diags, DIAG_AWS_CONFIG, NOWHERE,
                     "%s names the services section %s, and there is none",
                     aws_profile_words(profile, diags), diag_quote(diags, services));
        diag_help(diags, diag, "%.*s needs a section [services %.*s]",
                  STR_ARG(profile->config->config.shown), STR_ARG(services));
    }
    return found;
}

bool aws_profile_endpoint(struct str *url, const char **from,
                          const struct aws_profile *profile, enum aws_service service,
                          struct diags *diags)
{
    const struct aws_config *config = profile->config;
    struct aws_value value = {0};
    *url = (struct str){0};
    if (aws_ignores_endpoints(profile)) {
        return true;
    }
    struct str services = aws_config_get(config, profile->name, "services").text;
    if (services.len > 0 &&
        !find_in_services(&value, services, profile, service, diags)) {
        return false;
    }
    *from = arena_printf(diags->arena, "services section of %s",
                         aws_profile_words(profile, diags))
                .at;
    if (value.text.len == 0) {
        value = aws_config_get(config, profile->name, "endpoint_url");
        *from = aws_profile_words(profile, diags);
    }
    *url = arena_str(diags->arena, value.text);
    return aws_value_trust(&value, "an endpoint", diags);
}
