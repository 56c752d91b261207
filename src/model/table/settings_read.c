// Settings of a table: nodes enter, struct table_settings leaves, each part verified.
// One rule holds for all that can be switched: a setting that is there is enabled,
// unless it says `enabled: false`; then it says nothing else.
#include "settings_read.h"

#include "ascii.h"
#include "policy_read.h"
#include "table_check.h"
#include "tags_read.h"

#include <stddef.h>
#include <string.h>

#define KMS_KEY_MAX 2048
#define RECOVERY_DAYS_MAX 35 // A206

const char *const TABLE_CLASS_NAMES[] = {"STANDARD", "STANDARD_INFREQUENT_ACCESS",
                                         NULL}; // A160

// The order of enum stream_view_type, and of enum insights_mode after UNSAID.
static const char *const VIEW_NAMES[] = {"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE",
                                         "NEW_AND_OLD_IMAGES", NULL};
static const char *const MODE_NAMES[] = {"ACCESSED_AND_THROTTLED_KEYS",
                                         "THROTTLED_KEYS", NULL};
static const char *const SSE_NAMES[] = {"KMS", NULL}; // A156

#define ENABLED_DOC "false switches it off; the default is true."

struct stream_nodes {
    const struct node *node;
    struct bind_bool enabled;
    struct bind_enum stream_view_type;
};

static const struct bind_key STREAM_KEYS[] = {
    {"enabled", BIND_BOOL, offsetof(struct stream_nodes, enabled), .doc = ENABLED_DOC},
    {"stream_view_type", BIND_ENUM, offsetof(struct stream_nodes, stream_view_type),
     .names = VIEW_NAMES, .doc = "What a record of the stream holds of the item."},
};

static const struct bind_record STREAM_RECORD = {"stream_specification", STREAM_KEYS, 2,
                                                 offsetof(struct stream_nodes, node)};
const struct shape STREAM_SHAPE = {SHAPE_RECORD, .record = &STREAM_RECORD};

struct sse_nodes {
    const struct node *node;
    struct bind_bool enabled;
    struct bind_enum sse_type;
    struct bind_string kms_master_key_id;
};

// As check_kms_key says.
static const struct shape KMS_KEY_SHAPE = {
    SHAPE_STRING, .min = 1, .max = KMS_KEY_MAX,
    .pattern = "^(?!(arn:[\\s\\S]*:)?alias/aws/(?!dynamodb$))"
               "((arn:[A-Za-z0-9-]+:kms:[A-Za-z0-9-]+:[A-Za-z0-9-]+:(key|alias)/"
               "|alias/)[A-Za-z0-9/_-]+$|(mrk-)?[0-9A-Fa-f-]{32,36}$)"};

static const struct bind_key SSE_KEYS[] = {
    {"enabled", BIND_BOOL, offsetof(struct sse_nodes, enabled),
     .doc = "false: a key that AWS owns; the default is true."},
    {"sse_type", BIND_ENUM, offsetof(struct sse_nodes, sse_type), .names = SSE_NAMES,
     .doc = "KMS, which is also the default."},
    {"kms_master_key_id", BIND_STRING, offsetof(struct sse_nodes, kms_master_key_id),
     .shape = &KMS_KEY_SHAPE,
     .doc = "A key's id, ARN, alias or alias ARN; without it alias/aws/dynamodb."},
};

static const struct bind_record SSE_RECORD = {"sse_specification", SSE_KEYS, 3,
                                              offsetof(struct sse_nodes, node)};
const struct shape SSE_SHAPE = {SHAPE_RECORD, .record = &SSE_RECORD};

struct ttl_nodes {
    const struct node *node;
    struct bind_bool enabled;
    struct bind_string attribute_name;
};

static const struct bind_key TTL_KEYS[] = {
    {"enabled", BIND_BOOL, offsetof(struct ttl_nodes, enabled), .doc = ENABLED_DOC},
    {"attribute_name", BIND_STRING, offsetof(struct ttl_nodes, attribute_name),
     .shape = &ATTRIBUTE_NAME_SHAPE, // A012
     .doc = "The attribute with the second, since 1970, at which an item expires."},
};

static const struct bind_record TTL_RECORD = {"time_to_live", TTL_KEYS, 2,
                                              offsetof(struct ttl_nodes, node)};
const struct shape TIME_TO_LIVE_SHAPE = {SHAPE_RECORD, .record = &TTL_RECORD};

struct recovery_nodes {
    const struct node *node;
    struct bind_bool enabled;
    struct bind_int recovery_period_in_days;
};

static const struct bind_key RECOVERY_KEYS[] = {
    {"enabled", BIND_BOOL, offsetof(struct recovery_nodes, enabled),
     .doc = ENABLED_DOC},
    {"recovery_period_in_days", BIND_INT,
     offsetof(struct recovery_nodes, recovery_period_in_days), .min = 1,
     .max = RECOVERY_DAYS_MAX, .doc = "How far back; the default is 35 days."},
};

static const struct bind_record RECOVERY_RECORD = {
    "point_in_time_recovery", RECOVERY_KEYS, 2, offsetof(struct recovery_nodes, node)};
const struct shape RECOVERY_SHAPE = {SHAPE_RECORD, .record = &RECOVERY_RECORD};

struct insights_nodes {
    const struct node *node;
    struct bind_bool enabled;
    struct bind_enum mode;
};

static const struct bind_key INSIGHTS_KEYS[] = {
    {"enabled", BIND_BOOL, offsetof(struct insights_nodes, enabled),
     .doc = ENABLED_DOC},
    {"mode", BIND_ENUM, offsetof(struct insights_nodes, mode), .names = MODE_NAMES,
     .doc = "Which requests are watched: all, or those that were throttled."},
};

static const struct bind_record INSIGHTS_RECORD = {
    "contributor_insights", INSIGHTS_KEYS, 2, offsetof(struct insights_nodes, node)};
const struct shape INSIGHTS_SHAPE = {SHAPE_RECORD, .name = "contributor_insights",
                                     .record = &INSIGHTS_RECORD};

static enum setting state_of(const struct bind_bool *enabled)
{
    return enabled->node == NULL || enabled->value ? SETTING_ENABLED : SETTING_DISABLED;
}

// part is a member's node, or NULL. False: it says more of what is switched off.
static bool check_part(const struct bind_bool *enabled, const struct node *part,
                       const char *name, struct diags *diags)
{
    if (part == NULL || state_of(enabled) == SETTING_ENABLED) {
        return true;
    }
    struct diag *diag = diag_add(diags, DIAG_SETTING, part->span,
                                 "'%s' has no meaning with 'enabled: false'", name);
    diag_related(diags, diag, enabled->node->span, "switched off here");
    return false;
}

static bool read_stream(struct stream_specification *out, const struct node *node,
                        struct diags *diags)
{
    struct stream_nodes bound = {0};
    if (node == NULL) {
        return true;
    }
    if (!bind_read(&bound, &STREAM_RECORD, node, diags) ||
        !check_part(&bound.enabled, bound.stream_view_type.node, // A151
                    "stream_view_type", diags)) {
        return false;
    }
    if (state_of(&bound.enabled) == SETTING_ENABLED &&
        bound.stream_view_type.node == NULL) { // A152
        struct diag *diag = diag_add(diags, DIAG_MISSING_KEY, node->span,
                                     "stream_specification has no 'stream_view_type'");
        diag_help(diags, diag, "KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES");
        return false;
    }
    *out = (struct stream_specification){
        .state = state_of(&bound.enabled),
        .view_type = (enum stream_view_type)bound.stream_view_type.value,
        .span = node->span,
    };
    return true;
}

static bool is_key_id(struct str text)
{
    size_t letters = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool hex = ascii_hex(c) >= 0;
        if (!hex && c != '-' && !(i < 3 && str_starts(text, STR("mrk-")))) {
            return false;
        }
        letters += hex;
    }
    return letters >= 32 && text.len <= 36;
}

static bool is_word(struct str text, const char *signs)
{
    bool word = text.len > 0;
    for (size_t i = 0; i < text.len && word; i++) {
        char c = text.at[i];
        word = ascii_is_alnum(c) || str_find_char(str_from(signs), c) < strlen(signs);
    }
    return word;
}

// alias/NAME, or with the ARN's beginning, arn:PARTITION:kms:REGION:ACCOUNT:, also
// key/ID.
static bool is_key_name(struct str text)
{
    struct str rest = text;
    bool arn = str_starts(text, STR("arn:"));
    for (int part = 0; arn && part < 5; part++) {
        size_t end = str_find_char(rest, ':');
        struct str word = {rest.at, end};
        if (end == rest.len || !is_word(word, "-") ||
            (part == 2 && !str_is(word, "kms"))) {
            return false;
        }
        rest = str_skip(rest, end + 1);
    }
    size_t kind = str_starts(rest, STR("alias/"))        ? 6
                  : arn && str_starts(rest, STR("key/")) ? 4
                                                         : rest.len;
    return is_word(str_skip(rest, kind), "/_-");
}

// alias/aws/SERVICE, or the ARN of one: a key that AWS manages. Empty: another one.
static struct str managed_service(struct str key)
{
    static const struct str MANAGED = {"alias/aws/", 10};
    static const struct str IN_ARN = {":alias/aws/", 11};
    if (str_starts(key, MANAGED)) {
        return str_skip(key, MANAGED.len);
    }
    size_t at = str_starts(key, STR("arn:")) ? str_find(key, IN_ARN) : key.len;
    return at < key.len ? str_skip(key, at + IN_ARN.len) : STR("");
}

// A157: of the keys that AWS manages, only DynamoDB's own is for its tables. Naming it
// is what leaving it out means.
static bool check_managed_key(const struct bind_string *key, struct diags *diags)
{
    struct str service = managed_service(key->text);
    if (str_eq(service, STR("dynamodb"))) {
        struct diag *diag =
            diag_add(diags, DIAG_SSE_KEY_DEFAULT, key->node->span,
                     "alias/aws/dynamodb is the default, and need not be named");
        diag_help(diags, diag, "leave 'kms_master_key_id' out");
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_SETTING, key->node->span,
                 "%s is a key that AWS manages for another service, and no table's",
                 diag_quote(diags, key->text));
    diag_help(diags, diag,
              "name a key of your own, or leave 'kms_master_key_id' out for "
              "DynamoDB's");
    return false;
}

// A157: an id, an ARN, an alias or an alias's ARN. Whether it is there, and symmetric,
// only the service knows.
static bool check_kms_key(const struct bind_string *key, struct diags *diags)
{
    if (key->node == NULL) {
        return true;
    }
    if (managed_service(key->text).len > 0) {
        return check_managed_key(key, diags);
    }
    bool legal = key->text.len <= KMS_KEY_MAX &&
                 (is_key_id(key->text) || is_key_name(key->text));
    if (!legal) {
        struct diag *diag =
            diag_add(diags, DIAG_SETTING, key->node->span, "%s names no KMS key",
                     diag_quote(diags, key->text));
        diag_help(diags, diag,
                  "give the key's id (a uuid), its ARN, or an alias: alias/NAME");
    }
    return legal;
}

static bool read_sse(struct sse_specification *out, const struct node *node,
                     struct diags *diags)
{
    struct sse_nodes bound = {0};
    if (node == NULL) {
        return true;
    }
    if (!bind_read(&bound, &SSE_RECORD, node, diags) ||
        !check_part(&bound.enabled, bound.sse_type.node, "sse_type", diags) ||
        !check_part(&bound.enabled, bound.kms_master_key_id.node, "kms_master_key_id",
                    diags) ||
        !check_kms_key(&bound.kms_master_key_id, diags)) {
        return false;
    }
    *out = (struct sse_specification){
        .state = state_of(&bound.enabled),
        .kms_master_key_id = bound.kms_master_key_id.text,
        .span = node->span,
    };
    return true;
}

static bool read_ttl(struct time_to_live *out, const struct node *node,
                     struct diags *diags)
{
    struct ttl_nodes bound = {0};
    if (node == NULL) {
        return true;
    }
    const struct node *name = NULL;
    if (!bind_read(&bound, &TTL_RECORD, node, diags)) {
        return false;
    }
    name = bound.attribute_name.node;
    if (name == NULL && state_of(&bound.enabled) == SETTING_ENABLED) { // A191
        struct diag *diag = diag_add(diags, DIAG_MISSING_KEY, node->span,
                                     "time_to_live has no 'attribute_name'");
        diag_help(
            diags, diag,
            "the attribute with the second, since 1970, at which an item expires");
        return false;
    }
    if (name != NULL &&
        !table_check_attribute_name(bound.attribute_name.text, name->span, diags)) {
        return false;
    }
    *out = (struct time_to_live){
        .state = state_of(&bound.enabled),
        .attribute_name = bound.attribute_name.text,
        .span = name != NULL ? name->span : node->span,
    };
    return true;
}

static bool read_recovery(struct point_in_time_recovery *out, const struct node *node,
                          struct diags *diags)
{
    struct recovery_nodes bound = {0};
    if (node == NULL) {
        return true;
    }
    if (!bind_read(&bound, &RECOVERY_RECORD, node, diags) ||
        !check_part(&bound.enabled, bound.recovery_period_in_days.node,
                    "recovery_period_in_days", diags)) {
        return false;
    }
    *out = (struct point_in_time_recovery){
        .state = state_of(&bound.enabled),
        .recovery_period_in_days = bound.recovery_period_in_days.value,
        .span = node->span,
    };
    return true;
}

bool insights_read(struct contributor_insights *out, const struct node *node,
                   struct diags *diags)
{
    struct insights_nodes bound = {0};
    if (node == NULL) {
        return true;
    }
    if (!bind_read(&bound, &INSIGHTS_RECORD, node, diags) ||
        !check_part(&bound.enabled, bound.mode.node, "mode", diags)) {
        return false;
    }
    *out = (struct contributor_insights){
        .state = state_of(&bound.enabled),
        .mode = bound.mode.node == NULL ? INSIGHTS_UNSAID
                                        : (enum insights_mode)(bound.mode.value + 1),
        .span = node->span,
    };
    return true;
}

static void read_words(struct table_settings *out, const struct settings_nodes *nodes)
{
    if (nodes->table_class.node != NULL) {
        out->table_class = (enum table_class)(nodes->table_class.value + 1);
        out->table_class_span = nodes->table_class.node->span;
    }
    if (nodes->deletion_protection_enabled.node != NULL) { // A163
        out->deletion_protection = state_of(&nodes->deletion_protection_enabled);
        out->deletion_protection_span = nodes->deletion_protection_enabled.node->span;
    }
}

bool settings_read(struct table_settings *out, const struct settings_nodes *nodes,
                   struct arena *arena, struct diags *diags)
{
    read_words(out, nodes);
    bool ok = read_stream(&out->stream, nodes->stream_specification, diags);
    ok = read_sse(&out->sse, nodes->sse_specification, diags) && ok;
    ok = tags_read(out, nodes->tags, arena, diags) && ok;
    ok = policy_read(&out->resource_policy, nodes->resource_policy, arena, diags) && ok;
    if (nodes->resource_policy != NULL) {
        out->resource_policy_said = true;
        out->resource_policy_span = nodes->resource_policy->span;
    }
    ok = read_ttl(&out->time_to_live, nodes->time_to_live, diags) && ok;
    ok = read_recovery(&out->point_in_time_recovery, nodes->point_in_time_recovery,
                       diags) &&
         ok;
    return insights_read(&out->contributor_insights, nodes->contributor_insights,
                         diags) &&
           ok;
}
