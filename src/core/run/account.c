// Whose account a run writes to. In: the target's credentials. Out: a line on stderr, or a
// refusal.
#include "buf.h"
#include "connect.h"
#include "json_write.h"
#include "lease.h"
#include "report.h"
#include "say.h"

#define ACCOUNT_MAX_BYTES ((size_t)16 * 1024)

static void say_account(struct ddb *ddb, const struct sts_identity *identity)
{
    if (report_lines_for_people(ddb)) {
        connect_say(ddb, "account: %.*s (%.*s)", STR_ARG(identity->account_id),
                    STR_ARG(identity->arn));
        return;
    }
    struct buf line;
    buf_init(&line, ACCOUNT_MAX_BYTES);
    buf_puts(&line, "{\"type\":\"account\",\"account_id\":");
    json_put_string(&line, identity->account_id);
    buf_puts(&line, ",\"arn\":");
    json_put_string(&line, identity->arn);
    buf_puts(&line, "}\n");
    bool written = say_error(ddb, buf_str(&line));
    (void)written; // nobody listens
    buf_deinit(&line);
}

bool connect_account(struct ddb *ddb)
{
    const struct target *target = &ddb->target;
    bool wanted = target->account_id.len > 0;
    struct sts_identity identity;
    if (!lease_has_sts(target->lease)) {
        return true; // the ARN of each table decides
    }
    if (!lease_identify(&identity, target->lease, wanted)) {
        return false;
    }
    if (identity.account_id.len > 0) {
        say_account(ddb, &identity);
    }
    if (!wanted || str_eq(identity.account_id, target->account_id)) {
        return true;
    }
    struct diag *diag = diag_add(
        &ddb->diags, DIAG_ACCOUNT_MISMATCH, (struct span){0},
        "these credentials are of account %.*s, not of %.*s: nothing was changed",
        STR_ARG(identity.account_id), STR_ARG(target->account_id));
    diag_help(&ddb->diags, diag,
              "look at the credentials (ddbgen whoami), and at account_id of "
              "target %s",
              diag_quote(&ddb->diags, target->name));
    return false;
}
