// The lease of a ledger in a table. In: its head as it was read. Out: the same under our
// name, or who has it. Each write stands under the condition that nobody was faster.
#include "ledger_lease.h"

#include "instant.h"
#include "json_write.h"
#include "ledger_owner.h"
#include "uuid.h"

#include <inttypes.h>

#define RENEW_S 20
#define VALUES_MAX_BYTES ((size_t)16 << 10)

static int64_t now_s(void)
{
    return instant_now() / 1000000;
}

void ledger_put_text(struct buf *values, const char *name, struct str text)
{
    buf_printf(values, "%s\":%s\":{\"S\":", values->len > 0 ? "," : "", name);
    json_put_string(values, text);
    buf_char(values, '}');
}

void ledger_put_count(struct buf *values, const char *name, int64_t number)
{
    buf_printf(values, "%s\":%s\":{\"N\":\"%" PRId64 "\"}", values->len > 0 ? "," : "",
               name, number);
}

static void shown(struct ledger_lease *lease)
{
    lease->shown_ms = clock_monotonic_ms();
    lease->shown_s = now_s();
}

// A machine that slept lost time that its monotonic clock does not know of.
static bool is_due(const struct ledger_lease *lease)
{
    int64_t silent_s = now_s() - lease->shown_s;
    return clock_monotonic_ms() >= lease->shown_ms + RENEW_S * UINT64_C(1000) ||
           silent_s >= RENEW_S || silent_s < 0;
}

static struct str holder_of(const struct ledger_head_item *head, struct arena *arena)
{
    return arena_printf(arena, "%.*s, since %.*s", STR_ARG(head->owner),
                        STR_ARG(head->since));
}

static bool is_held(const struct ledger_head_item *head)
{
    return head->token.len > 0 && head->expires + LEDGER_SKEW_S >= now_s();
}

// From nobody, or from a run whose lease is over.
static enum ledger_answer take_from(struct ledger_lease *lease,
                                    const struct ledger_head_item *seen,
                                    struct ledger_items *items)
{
    struct arena *arena = items->arena;
    struct buf values;
    char token[UUID_TEXT_LEN];
    struct uuid random = uuid_v4();
    uuid_format(&random, token);
    lease->token = arena_str(arena, (struct str){token, sizeof token});
    buf_init(&values, VALUES_MAX_BYTES);
    ledger_put_text(&values, "owner", ledger_owner(arena));
    ledger_put_text(&values, "token", lease->token);
    ledger_put_text(&values, "since", ledger_time(arena));
    ledger_put_count(&values, "expires", now_s() + LEDGER_LEASE_S);
    if (seen->token.len > 0) {
        ledger_put_text(&values, "seen", seen->token);
        ledger_put_count(&values, "over", seen->expires);
    }
    enum ledger_answer answer = ledger_items_update(
        items,
        "SET #owner = :owner, #token = :token, #since = :since, #expires = :expires",
        seen->token.len > 0 ? "#token = :seen AND #expires = :over"
                            : "attribute_not_exists(#token)",
        buf_str(&values));
    buf_deinit(&values);
    shown(lease);
    return answer;
}

enum ledger_answer ledger_lease_take(struct ledger_lease *lease,
                                     struct ledger_head_item *head, struct str *holder,
                                     struct ledger_items *items)
{
    if (!is_held(head)) {
        enum ledger_answer answer = take_from(lease, head, items);
        bool asked = answer == LEDGER_ANSWER_OK || answer == LEDGER_ANSWER_DECLINED;
        enum ledger_answer read = asked ? ledger_items_head(head, items) : answer;
        if (read != LEDGER_ANSWER_OK) {
            lease->token = STR("");
            return read;
        }
        // Declined it may have been because the answer to the first attempt got lost.
        if (str_eq(head->token, lease->token)) {
            return LEDGER_ANSWER_OK;
        }
    }
    lease->token = STR("");
    *holder = holder_of(head, items->arena);
    return LEDGER_ANSWER_DECLINED;
}

enum ledger_answer ledger_lease_update(const struct ledger_lease *lease,
                                       struct ledger_items *items, const char *update,
                                       struct str values)
{
    struct buf all;
    buf_init(&all, VALUES_MAX_BYTES);
    ledger_put_text(&all, "token", lease->token);
    if (values.len > 0) {
        buf_char(&all, ',');
        buf_put(&all, values);
    }
    enum ledger_answer answer =
        ledger_items_update(items, update, "#token = :token", buf_str(&all));
    buf_deinit(&all);
    return answer;
}

enum ledger_answer ledger_lease_renew(struct ledger_lease *lease,
                                      struct ledger_items *items)
{
    struct buf values;
    if (lease->token.len == 0 || !is_due(lease)) {
        return LEDGER_ANSWER_OK;
    }
    buf_init(&values, VALUES_MAX_BYTES);
    ledger_put_count(&values, "expires", now_s() + LEDGER_LEASE_S);
    enum ledger_answer answer =
        ledger_lease_update(lease, items, "SET #expires = :expires", buf_str(&values));
    buf_deinit(&values);
    shown(lease);
    return answer;
}

struct str ledger_lease_who(struct ledger_items *items)
{
    struct ledger_head_item head;
    if (ledger_items_head(&head, items) != LEDGER_ANSWER_OK) {
        return STR("nobody knows whose");
    }
    return head.token.len > 0 ? holder_of(&head, items->arena)
                              : STR("its lease was taken away by `ddbgen unlock`");
}

static enum ledger_answer release(const struct ledger_lease *lease,
                                  struct ledger_items *items)
{
    return ledger_lease_update(lease, items, "REMOVE #owner, #token, #since, #expires",
                               STR(""));
}

void ledger_lease_end(struct ledger_lease *lease, struct ledger_items *items)
{
    if (lease->token.len > 0) {
        // Whoever interrupted the run wants the next one to go on. What fails is over
        // soon.
        client_watch(items->client, NULL);
        (void)release(lease, items);
        lease->token = STR("");
    }
}

bool ledger_lease_break(struct str *holder, struct ledger_items *items)
{
    struct ledger_head_item head;
    *holder = STR("");
    enum ledger_answer answer = ledger_items_head(&head, items);
    if (answer != LEDGER_ANSWER_OK || head.token.len == 0) {
        return answer != LEDGER_ANSWER_FAILED;
    }
    struct ledger_lease theirs = {.token = head.token};
    answer = release(&theirs, items);
    *holder = answer == LEDGER_ANSWER_OK ? holder_of(&head, items->arena) : STR("");
    return answer != LEDGER_ANSWER_FAILED; // declined: he has ended meanwhile
}
