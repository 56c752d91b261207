// The AWS configuration's part of a target. In: a profile and the environment. Out: a
// computed endpoint, authorities, a key's id that is no secret.
#include "target_aws.h"

#include "ascii.h"

#include <stdlib.h>

#define KEY_ID_MAX 128
#define KEY_ID "aws_access_key_id"

bool key_id_is_usual(struct str text)
{
    bool good = text.len > 0 && text.len <= KEY_ID_MAX;
    for (size_t i = 0; good && i < text.len; i++) {
        char c = text.at[i];
        good = ascii_is_alnum(c) || c == '_' || c == '-' || c == '.';
    }
    return good;
}

struct str target_aws_url(struct str region, struct str account_id,
                          const struct aws_profile *profile, struct endpoint_kind kind,
                          struct arena *arena)
{
    const struct partition *partition = partition_of(region);
    struct str mode = aws_setting(profile, "AWS_ACCOUNT_ID_ENDPOINT_MODE",
                                  "account_id_endpoint_mode");
    bool has_accounts = str_is(str_from(partition->name), "aws") && !kind.fips;
    if (account_id.len == 0 || !has_accounts || str_is(mode, "disabled")) {
        return partition_url(AWS_DYNAMODB, region, kind, arena);
    }
    return arena_printf(arena, "https://%.*s.ddb.%.*s.%s", STR_ARG(account_id),
                        STR_ARG(region),
                        kind.dualstack ? partition->dual : partition->suffix);
}

static bool add_ca_bundle(struct target *out, const struct aws_profile *profile,
                          struct arena *arena, struct diags *diags)
{
    struct str path = str_from(getenv("AWS_CA_BUNDLE"));
    struct aws_value value = {0};
    if (path.len == 0) {
        value = aws_config_get(profile->config, profile->name, "ca_bundle");
        path = value.text;
    }
    out->ca_bundle = path.len > 0 ? aws_path(path, arena).at : NULL;
    return aws_value_trust(&value, "the authorities that are trusted", diags);
}

static bool take_key(struct target *out, struct str key, const char *from,
                     struct arena *arena)
{
    if (out->access_key_id.len == 0 && key_id_is_usual(key)) {
        out->access_key_id = arena_str(arena, key);
        out->access_key_from = str_from(from);
    }
    return out->access_key_id.len > 0;
}

static void add_key(struct target *out, const struct bind_string *field,
                    const struct aws_profile *profile, struct arena *arena,
                    struct diags *diags)
{
    struct str own = field != NULL && field->node != NULL ? field->text : STR("");
    bool foreign = out->url_in_file && !out->loopback;
    struct str of_profile = aws_config_get(profile->config, profile->name, KEY_ID).text;
    const char *words = aws_profile_words(profile, diags);
    if (take_key(out, own, "access_key_id of the target", arena)) {
        return;
    }
    if (!foreign && ((profile->given && take_key(out, of_profile, words, arena)) ||
                     take_key(out, str_trim(str_from(getenv("AWS_ACCESS_KEY_ID"))),
                              "AWS_ACCESS_KEY_ID", arena) ||
                     take_key(out, of_profile, words, arena))) {
        return;
    }
    out->access_key_id = STR(TARGET_DUMMY_KEY);
    out->access_key_from = STR("");
}

bool target_aws_add(struct target *out, const struct bind_string *field,
                    const struct aws_profile *profile, struct arena *arena,
                    struct diags *diags)
{
    if (!out->https) {
        add_key(out, field, profile, arena, diags);
    }
    return add_ca_bundle(out, profile, arena, diags);
}
