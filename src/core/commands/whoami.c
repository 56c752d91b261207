// whoami: where requests would go, whose they would be, and who says so. The target's
// STS is asked; nothing else is.
#include "buf.h"
#include "connect.h"
#include "json_write.h"
#include "lease.h"
#include "provider.h"
#include "run.h"
#include "say.h"
#include "utf8.h"

#define OUT_MAX_BYTES ((size_t)256 << 10)

struct answer {
    const struct target *target;
    const struct lease *lease;
    struct str access_key_id;
    struct str credentials_from;
    char expires_at[INSTANT_TEXT_LEN]; // its first 19 characters count
    bool expires;
    bool known; // identity
    struct sts_identity identity;
};

static bool find(struct answer *answer, struct ddb *ddb)
{
    if (!connect_target(ddb) || !connect_lease(ddb)) {
        return false;
    }
    struct lease *lease = ddb->target.lease;
    *answer = (struct answer){.target = &ddb->target, .lease = lease};
    if (lease_has_sts(lease)) {
        if (!lease_identify(&answer->identity, lease, true)) {
            return false;
        }
        answer->known = true;
    }
    instant_us expires = lease_expires(lease);
    answer->expires = expires != EXPIRES_NEVER;
    instant_format(answer->expires ? expires : 0, answer->expires_at);
    answer->access_key_id = lease_get(lease)->access_key_id;
    answer->credentials_from = lease_from(lease);
    return true;
}

// ---- for people

static void put_line(struct buf *out, const char *name, struct str value,
                     struct str from)
{
    buf_printf(out, "%-13s", name);
    utf8_put_visible(out, value);
    if (from.len > 0) {
        buf_puts(out, " (");
        utf8_put_visible(out, from);
        buf_char(out, ')');
    }
    buf_char(out, '\n');
}

static void put_text(struct buf *out, const struct answer *answer, struct ddb *ddb)
{
    const struct target *target = answer->target;
    struct str none = {0};
    size_t count = 0;
    const char *const *notes = lease_notes(answer->lease, &count);
    if (target->name.len > 0) {
        put_line(out, "target:", target->name, none);
    }
    put_line(out, "endpoint:", target->endpoint_url, target->why);
    put_line(out, "region:", target->region, target->region_from);
    put_line(out, "access key:", answer->access_key_id,
             target->https ? none : target->access_key_from);
    put_line(out, "credentials:", answer->credentials_from, none);
    if (answer->expires) {
        put_line(out,
                 "expire:", arena_printf(&ddb->arena, "%.19sZ", answer->expires_at),
                 none);
    }
    put_line(
        out, "account:", answer->known ? answer->identity.account_id : STR("not known"),
        answer->known ? STR("STS says so") : STR("no STS is known for this endpoint"));
    if (answer->known) {
        put_line(out, "principal:", answer->identity.arn, none);
    }
    put_line(out, "protected:", target->is_protected ? STR("yes") : STR("no"), none);
    for (size_t i = 0; i < count; i++) {
        put_line(out, "passed over:", str_from(notes[i]), none);
    }
}

// ---- for programs

static void put_member(struct buf *out, const char *name, bool known, struct str value)
{
    buf_printf(out, ",\"%s\":", name);
    if (known) {
        json_put_string(out, value);
    } else {
        buf_puts(out, "null");
    }
}

static void put_json(struct buf *out, const struct answer *answer)
{
    const struct target *target = answer->target;
    buf_puts(out, "{\"type\":\"whoami\"");
    put_member(out, "target", target->name.len > 0, target->name);
    put_member(out, "endpoint_url", true, target->endpoint_url);
    put_member(out, "endpoint_from", true, target->why);
    put_member(out, "region", true, target->region);
    put_member(out, "region_from", true, target->region_from);
    put_member(out, "access_key_id", true, answer->access_key_id);
    put_member(out, "credentials_from", true, answer->credentials_from);
    buf_puts(out, ",\"expires_at\":");
    if (answer->expires) {
        buf_printf(out, "\"%.19sZ\"", answer->expires_at);
    } else {
        buf_puts(out, "null");
    }
    put_member(out, "account_id", answer->known, answer->identity.account_id);
    put_member(out, "arn", answer->known, answer->identity.arn);
    buf_printf(out, ",\"protected\":%s}\n", target->is_protected ? "true" : "false");
}

void ddb_whoami(struct ddb *ddb)
{
    struct answer answer;
    if (!find(&answer, ddb)) {
        return;
    }
    struct buf out;
    buf_init(&out, OUT_MAX_BYTES);
    if (ddb->options.format == DDB_FORMAT_JSON) {
        put_json(&out, &answer);
    } else {
        put_text(&out, &answer, ddb);
    }
    (void)say_text(ddb, buf_str(&out)); // diagnosed
    buf_deinit(&out);
}
