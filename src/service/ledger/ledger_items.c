// Requests about a ledger's items, and what their answers say.
#include "ledger_items.h"

#include "file.h"
#include "json_read.h"
#include "json_write.h"
#include "reader.h"
#include "value_json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MAX_BYTES ((size_t)1 << 20)
#define NAMES ",\"ExpressionAttributeNames\":{"

// The names that an expression may use.
static const char *const MEMBERS[] = {"base",  "chunks", "owner",
                                      "token", "since",  "expires"};
#define MEMBER_COUNT (sizeof MEMBERS / sizeof MEMBERS[0])

static void put_key(struct buf *body, const struct ledger_items *items, struct str part)
{
    buf_puts(body, "\"ledger\":{\"S\":");
    json_put_string(body, items->ledger);
    buf_puts(body, "},\"part\":{\"S\":");
    json_put_string(body, part);
    buf_char(body, '}');
}

static void put_table(struct buf *body, const struct ledger_items *items)
{
    buf_puts(body, "{\"TableName\":");
    json_put_string(body, items->table);
}

static enum ledger_answer call(struct reply *reply, struct ledger_items *items,
                               const char *operation, struct str body)
{
    *reply = client_call(items->client, operation, body);
    if (reply->kind == REPLY_OK) {
        return LEDGER_ANSWER_OK;
    }
    if (reply_is(reply, "ResourceNotFoundException")) {
        return LEDGER_ANSWER_NO_TABLE;
    }
    if (reply_is(reply, "ConditionalCheckFailedException")) {
        return LEDGER_ANSWER_DECLINED;
    }
    client_diagnose(items->client, reply, items->doing, (struct span){0}, items->diags);
    return LEDGER_ANSWER_FAILED;
}

// ---- the head

static int64_t number_of(struct str text)
{
    int64_t number = 0;
    for (size_t i = 0; i < text.len && i < 18; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return 0;
        }
        number = number * 10 + (text.at[i] - '0');
    }
    return number;
}

static void take_member(struct ledger_head_item *out, const struct value_entry *entry,
                        struct arena *arena)
{
    struct str *const texts[] = {&out->base,  NULL,        &out->owner,
                                 &out->token, &out->since, NULL};
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        if (!str_is(entry->name, MEMBERS[i])) {
            continue;
        }
        if (texts[i] != NULL && entry->value->type == VALUE_S) {
            *texts[i] = arena_str(arena, entry->value->text);
        } else if (entry->value->type == VALUE_N && i == 1) {
            out->chunks = (uint64_t)number_of(entry->value->text);
        } else if (entry->value->type == VALUE_N && i == 5) {
            out->expires = number_of(entry->value->text);
        }
    }
}

// The raw text of the member `name` of an object; empty when it has none.
static struct str find_member(struct str json, const char *name, struct arena *arena)
{
    struct json_reader reader;
    struct str raw = {0};
    json_reader_init(&reader, json, arena);
    bool good = json_next(&reader) == JSON_OBJECT_BEGIN;
    while (good && json_next(&reader) == JSON_NAME) {
        bool wanted = str_is(json_text(&reader), name);
        good = json_next(&reader) > JSON_END && json_skip(&reader, &raw);
        if (good && wanted) {
            return raw;
        }
    }
    return (struct str){0};
}

enum ledger_answer ledger_items_head(struct ledger_head_item *out,
                                     struct ledger_items *items)
{
    struct reply reply;
    struct buf body;
    struct value_entry *entries = NULL;
    size_t count = 0;
    const char *why = NULL;
    *out = (struct ledger_head_item){0};
    buf_init(&body, BODY_MAX_BYTES);
    put_table(&body, items);
    buf_puts(&body, ",\"ConsistentRead\":true,\"Key\":{");
    put_key(&body, items, STR(LEDGER_HEAD_PART));
    buf_puts(&body, "}}");
    enum ledger_answer answer = call(&reply, items, "GetItem", buf_str(&body));
    buf_deinit(&body);
    if (answer != LEDGER_ANSWER_OK) {
        return answer;
    }
    struct str item = find_member(reply.body, "Item", items->arena);
    if (item.len > 0 &&
        value_json_read_item(&entries, &count, item, items->arena, &why)) {
        for (size_t i = 0; i < count; i++) {
            take_member(out, &entries[i], items->arena);
        }
    }
    return LEDGER_ANSWER_OK;
}

enum ledger_answer ledger_items_update(struct ledger_items *items, const char *update,
                                       const char *condition, struct str values)
{
    struct reply reply;
    struct buf body;
    bool first = true;
    buf_init(&body, BODY_MAX_BYTES);
    put_table(&body, items);
    buf_puts(&body, ",\"Key\":{");
    put_key(&body, items, STR(LEDGER_HEAD_PART));
    buf_printf(&body,
               "},\"UpdateExpression\":\"%s\",\"ConditionExpression\":\"%s\"" NAMES,
               update, condition);
    for (size_t i = 0; i < MEMBER_COUNT; i++) { // those that are used, and no others
        char name[16] = "#";
        strncat(name, MEMBERS[i], sizeof name - 2);
        if (strstr(update, name) != NULL || strstr(condition, name) != NULL) {
            buf_printf(&body, "%s\"%s\":\"%s\"", first ? "" : ",", name, MEMBERS[i]);
            first = false;
        }
    }
    buf_printf(&body, "},\"ExpressionAttributeValues\":{%.*s}}", STR_ARG(values));
    enum ledger_answer answer = call(&reply, items, "UpdateItem", buf_str(&body));
    buf_deinit(&body);
    return answer;
}

// ---- chunks

struct str ledger_items_part(const struct ledger_items *items, const char *kind,
                             const struct uuid *base, uint64_t number)
{
    char id[UUID_TEXT_LEN];
    uuid_format(base, id);
    return arena_printf(items->arena, "%s#%.*s#%010" PRIu64, kind, UUID_TEXT_LEN, id,
                        number);
}

enum ledger_answer ledger_items_put(struct ledger_items *items, struct str part,
                                    struct str data)
{
    struct reply reply;
    struct buf body;
    buf_init(&body, BODY_MAX_BYTES);
    put_table(&body, items);
    buf_puts(&body, ",\"Item\":{");
    put_key(&body, items, part);
    buf_puts(&body, ",\"data\":{\"B\":\"");
    json_put_base64(&body, data);
    buf_puts(&body, "\"}}}");
    enum ledger_answer answer = call(&reply, items, "PutItem", buf_str(&body));
    buf_deinit(&body);
    return answer;
}

// The members of a Query of the ledger's items that begin in a way.
static void put_query(struct buf *body, const struct ledger_items *items,
                      struct str beginning)
{
    put_table(body, items);
    buf_puts(body, ",\"ConsistentRead\":true,\"KeyConditionExpression\":\"#l = :l");
    buf_puts(body, beginning.len > 0 ? " AND begins_with(#p, :p)\"" : "\"");
    if (beginning.len == 0) {
        buf_puts(body, ",\"ProjectionExpression\":\"#p\"");
    }
    buf_puts(body, ",\"ExpressionAttributeNames\":{\"#l\":\"ledger\",\"#p\":\"part\"}"
                   ",\"ExpressionAttributeValues\":{\":l\":{\"S\":");
    json_put_string(body, items->ledger);
    if (beginning.len > 0) {
        buf_puts(body, "},\":p\":{\"S\":");
        json_put_string(body, beginning);
    }
    buf_puts(body, "}}");
}

static bool query(struct ledger_items *items, struct str members,
                  const struct reader_sink *to)
{
    struct reader_request request = {.operation = "Query", .members = members};
    struct reader_answer answer;
    reader_answer_init(&answer);
    bool read = reader_run(&answer, items->client, &request, to,
                           client_watched(items->client), items->doing, items->diags);
    reader_answer_deinit(&answer);
    return read;
}

struct loading {
    struct ledger_items *items;
    struct arena scratch;
    int fd;
    uint64_t count;
};

static const struct value *attribute(struct str json, const char *name,
                                     enum value_type type, struct arena *arena)
{
    struct value_entry *entries = NULL;
    size_t count = 0;
    const char *why = NULL;
    if (!value_json_read_item(&entries, &count, json, arena, &why)) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (str_is(entries[i].name, name) && entries[i].value->type == type) {
            return entries[i].value;
        }
    }
    return NULL;
}

static bool take_chunk(void *context, struct str json)
{
    struct loading *loading = context;
    arena_reset(&loading->scratch);
    const struct value *data = attribute(json, "data", VALUE_B, &loading->scratch);
    loading->count++;
    if (data == NULL || file_write_all(loading->fd, data->text)) {
        return true; // what is missing shows in the stream
    }
    diag_add(loading->items->diags, DIAG_FILE_WRITE, (struct span){0},
             "a temporary file cannot be written, %s", loading->items->doing);
    return false;
}

bool ledger_items_load(uint64_t *count, int fd, struct ledger_items *items,
                       const char *kind, struct str base)
{
    struct loading loading = {.items = items, .fd = fd};
    struct reader_sink to = {take_chunk, &loading};
    struct buf members;
    buf_init(&members, BODY_MAX_BYTES);
    put_query(&members, items,
              arena_printf(items->arena, "%s#%.*s#", kind, STR_ARG(base)));
    bool read = query(items, buf_str(&members), &to);
    buf_deinit(&members);
    arena_deinit(&loading.scratch);
    *count = loading.count;
    return read;
}

struct sweeping {
    struct ledger_items *items;
    struct str base;
    struct str *parts;
    size_t count;
    size_t cap;
};

static bool take_part(void *context, struct str json)
{
    struct sweeping *sweeping = context;
    struct arena *arena = sweeping->items->arena;
    const struct value *part = attribute(json, "part", VALUE_S, arena);
    if (part == NULL || str_is(part->text, LEDGER_HEAD_PART) ||
        (sweeping->base.len > 0 &&
         str_find(part->text, sweeping->base) < part->text.len)) {
        return true;
    }
    sweeping->parts =
        arena_grow(arena, sweeping->parts, sweeping->count, sweeping->count + 1,
                   &sweeping->cap, sizeof *sweeping->parts);
    sweeping->parts[sweeping->count++] = arena_str(arena, part->text);
    return true;
}

void ledger_items_sweep(struct ledger_items *items, struct str base)
{
    struct sweeping sweeping = {.items = items, .base = base};
    struct reader_sink to = {take_part, &sweeping};
    struct buf body;
    buf_init(&body, BODY_MAX_BYTES);
    put_query(&body, items, STR(""));
    bool read = query(items, buf_str(&body), &to);
    for (size_t i = 0; i < sweeping.count && read; i++) {
        struct reply reply;
        buf_reset(&body);
        put_table(&body, items);
        buf_puts(&body, ",\"Key\":{");
        put_key(&body, items, sweeping.parts[i]);
        buf_puts(&body, "}}");
        read = call(&reply, items, "DeleteItem", buf_str(&body)) == LEDGER_ANSWER_OK;
    }
    buf_deinit(&body);
}
