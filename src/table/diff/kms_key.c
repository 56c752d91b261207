// Names of keys enter, whether they are one key leaves. Nothing is asked here.
#include "kms_key.h"

#include "ascii.h"

static const struct str DEFAULT_ALIAS = {KMS_DEFAULT_ALIAS,
                                         sizeof KMS_DEFAULT_ALIAS - 1};

static bool is_arn(struct str name)
{
    return str_starts(name, STR("arn:"));
}

// What an ARN says of its account's keys: "key/ID", "alias/NAME"; of a bare name
// itself, of an id "key/ID".
static struct str resource_of(struct str name)
{
    struct str rest = name;
    for (int colons = 0; is_arn(name) && colons < 5; colons++) {
        size_t at = str_find_char(rest, ':');
        rest = str_skip(rest, at < rest.len ? at + 1 : at);
    }
    return rest;
}

// The id of "key/ID", or of a bare id; empty for aliases.
static struct str id_of(struct str name)
{
    struct str resource = resource_of(name);
    if (str_starts(resource, STR("key/"))) {
        return str_skip(resource, 4);
    }
    return is_arn(name) || str_starts(resource, STR("alias/")) ? STR("") : resource;
}

struct str kms_key_name(const struct sse_specification *declared)
{
    return declared->kms_master_key_id.len > 0 ? declared->kms_master_key_id
                                               : DEFAULT_ALIAS;
}

bool kms_key_is_arn(struct str name)
{
    return is_arn(name) && id_of(name).len > 0;
}

bool kms_key_is_plain(const struct sse_specification *declared)
{
    return id_of(kms_key_name(declared)).len > 0;
}

// Ids are UUIDs: the case of their letters tells no two keys apart.
static bool ids_same(struct str a, struct str b)
{
    bool same = a.len == b.len;
    for (size_t i = 0; i < a.len && same; i++) {
        char x = a.at[i];
        same = ascii_lower(x) == ascii_lower(b.at[i]);
    }
    return same;
}

// An ARN says an account and a region, too, which two of them must agree in.
static bool names_same(struct str a, struct str b)
{
    struct str id = id_of(a);
    size_t owner_a = a.len - resource_of(a).len;
    size_t owner_b = b.len - resource_of(b).len;
    if (is_arn(a) && is_arn(b) &&
        !str_eq((struct str){a.at, owner_a}, (struct str){b.at, owner_b})) {
        return false;
    }
    return id.len > 0 ? ids_same(id, id_of(b)) : str_eq(resource_of(a), resource_of(b));
}

enum kms_match kms_key_match(const struct sse_specification *declared,
                             const struct sse_specification *live)
{
    struct str name = kms_key_name(declared);
    // An emulator may tell the name that it was given.
    bool tells_key = live->told && id_of(live->kms_master_key_id).len > 0;
    if (live->told && live->kms_master_key_id.len == 0) {
        return KMS_UNKNOWN;
    }
    if (!tells_key || kms_key_is_plain(declared)) {
        return names_same(name, kms_key_name(live)) ? KMS_SAME : KMS_OTHER;
    }
    switch (live->named) {
    case KMS_KEY_KNOWN:
        return str_eq(live->named_key, live->kms_master_key_id) ? KMS_SAME : KMS_OTHER;
    case KMS_KEY_MISSING:
        return KMS_OTHER;
    case KMS_KEY_UNKNOWN:
    default:
        return KMS_UNKNOWN;
    }
}
