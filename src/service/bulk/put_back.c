// Enter: a change that met more than was seen, and what it met. Leave: requests that undo
// it, each under the condition that nobody was there since, or else around what they wrote.
#include "put_back.h"

#include "buf.h"
#include "json_read.h"
#include "json_write.h"
#include "value_json.h"

#define BODY_MAX ((size_t)16 << 20)

struct put_back {
    struct client *client;
    struct arena *arena;
    struct diags *diags;
    struct undo undo;
};

bool put_back_read(struct item **item, const char *member, struct str answer,
                   struct arena *arena, const char **why)
{
    struct json_reader reader;
    struct str raw = {0};
    json_reader_init(&reader, answer, arena);
    *item = NULL;
    *why = "they are malformed";
    bool fine = json_next(&reader) == JSON_OBJECT_BEGIN;
    while (fine && json_next(&reader) == JSON_NAME) {
        bool found = str_is(json_text(&reader), member);
        fine = json_next(&reader) != JSON_ERROR && json_skip(&reader, &raw);
        if (fine && found) {
            *item = arena_alloc(arena, sizeof **item);
            fine = value_json_read_item(&(*item)->attributes, &(*item)->count, raw,
                                        arena, why);
        }
    }
    return fine;
}

static struct str key_of(const struct put_back *it)
{
    struct buf out;
    buf_init(&out, BODY_MAX);
    conditional_write_key(&out, it->undo.table, it->undo.old);
    struct str key = arena_str(it->arena, buf_str(&out));
    buf_deinit(&out);
    return key;
}

static const char *doing(const struct put_back *it)
{
    return arena_printf(it->diags->arena,
                        "putting back item %s of table %s, which somebody changed "
                        "meanwhile",
                        diag_quote(it->diags, key_of(it)),
                        diag_quote(it->diags, it->undo.table->name))
        .at;
}

// False: diagnosed.
static bool read_now(struct item **now, const struct put_back *it)
{
    struct buf body;
    buf_init(&body, BODY_MAX);
    buf_puts(&body, "{\"TableName\":");
    json_put_string(&body, it->undo.table->name);
    buf_puts(&body, ",\"Key\":");
    buf_put(&body, key_of(it));
    buf_puts(&body, ",\"ConsistentRead\":true}");
    struct reply reply = client_call(it->client, "GetItem", buf_str(&body));
    buf_deinit(&body);
    const char *why = NULL;
    if (reply.kind == REPLY_OK) {
        if (put_back_read(now, "Item", arena_str(it->arena, reply.body), it->arena,
                          &why)) {
            return true;
        }
        reply = reply_foreign(&reply, why);
    }
    client_diagnose(it->client, &reply, doing(it), (struct span){0}, it->diags);
    return false;
}

enum attempt {
    ATTEMPT_DONE,
    ATTEMPT_DECLINED, // somebody was there in between
    ATTEMPT_TOOK,     // it met more than was seen itself
    ATTEMPT_FAILED,   // diagnosed
};

static enum attempt attempt(struct put_back *it, const struct conditional *back)
{
    struct buf body;
    struct item *met = NULL;
    const char *why = NULL;
    buf_init(&body, BODY_MAX);
    struct conditional_request request = conditional_build(&body, back, it->arena);
    if (request.operation == CONDITIONAL_NOTHING) {
        buf_deinit(&body);
        return ATTEMPT_DONE;
    }
    struct reply reply = client_call(
        it->client, conditional_operation_name(request.operation), buf_str(&body));
    buf_deinit(&body);
    if (reply_is(&reply, CONDITION_DECLINED)) {
        return ATTEMPT_DECLINED;
    }
    if (reply.kind == REPLY_OK && request.old &&
        !put_back_read(&met, "Attributes", arena_str(it->arena, reply.body), it->arena,
                       &why)) {
        reply = reply_foreign(&reply, why);
    }
    if (reply.kind != REPLY_OK) {
        client_diagnose(it->client, &reply, doing(it), (struct span){0}, it->diags);
        return ATTEMPT_FAILED;
    }
    if (met == NULL || conditional_saw(back, met, it->arena) ||
        conditional_done(back, met, it->arena)) {
        return ATTEMPT_DONE;
    }
    it->undo = undo_again(&it->undo, back, met, it->arena);
    return ATTEMPT_TOOK;
}

// False: diagnosed.
static bool put_back_all(struct put_back *it)
{
    struct conditional back = undo_first(&it->undo);
    for (unsigned tries = 0; tries < PUT_BACK_TRIES; tries++) {
        struct item *now = NULL;
        switch (attempt(it, &back)) {
        case ATTEMPT_TOOK:
            back = undo_first(&it->undo);
            break;
        case ATTEMPT_DECLINED:
            if (!read_now(&now, it)) {
                return false;
            }
            if (!undo_amid(&back, &it->undo, now, it->arena)) {
                return true;
            }
            break;
        case ATTEMPT_DONE:
            return true;
        case ATTEMPT_FAILED:
            return false;
        }
    }
    diag_add(it->diags, DIAG_SERVICE, (struct span){0},
             "%s: it was changed again each of %u times", doing(it), PUT_BACK_TRIES);
    return false;
}

// It is nowhere else any more, so all of it is said.
static void say_lost(const struct put_back *it)
{
    struct buf text;
    buf_init(&text, BODY_MAX);
    item_write(&text, it->undo.old);
    struct diag *diag = diag_add(
        it->diags, DIAG_NOT_PUT_BACK, (struct span){0},
        "item %s of table %s held what somebody wrote meanwhile, was written "
        "over or deleted, and could not be put back",
        diag_quote(it->diags, key_of(it)), diag_quote(it->diags, it->undo.table->name));
    diag_help(it->diags, diag, "put it back by hand, it was %.*s",
              STR_ARG(buf_str(&text)));
    buf_deinit(&text);
}

bool put_back(struct client *client, const struct conditional *change,
              const struct item *old, struct arena *arena, struct diags *diags)
{
    const struct stop *stop = client_watched(client);
    struct put_back it = {client, arena, diags, undo_begin(change, old, arena)};
    client_watch(client, NULL);
    bool back = put_back_all(&it);
    client_watch(client, stop);
    if (!back) {
        say_lost(&it);
    }
    return back;
}
