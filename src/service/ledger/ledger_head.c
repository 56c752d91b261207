// {"format":"ddbgen-ledger","version":1,...} to a struct ledger_head, and back. Other
// members than ours are of a later version's and are passed over.
#include "ledger_head.h"

#include "json_read.h"
#include "json_write.h"

#include <stddef.h>

#define FORMAT "ddbgen-ledger"

// The members that are texts, and those that are uuids.
static const struct {
    const char *name;
    size_t offset;
    bool uuid;
} MEMBERS[] = {
    {"table", offsetof(struct ledger_head, table), false},
    {"table_id", offsetof(struct ledger_head, table_id), false},
    {"created", offsetof(struct ledger_head, created), false},
    {"host", offsetof(struct ledger_head, host), false},
    {"seed", offsetof(struct ledger_head, seed), true},
    {"base", offsetof(struct ledger_head, base), true},
};
#define MEMBER_COUNT (sizeof MEMBERS / sizeof MEMBERS[0])

static void put_uuid(struct buf *out, const struct uuid *uuid)
{
    char text[UUID_TEXT_LEN];
    uuid_format(uuid, text);
    json_put_string(out, (struct str){text, sizeof text});
}

void ledger_head_write(struct buf *out, const struct ledger_head *head)
{
    const char *base = (const char *)head;
    buf_printf(out, "{\"format\":\"" FORMAT "\",\"version\":%d", LEDGER_VERSION);
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        const void *member = base + MEMBERS[i].offset;
        buf_printf(out, ",\"%s\":", MEMBERS[i].name);
        if (MEMBERS[i].uuid) {
            put_uuid(out, member);
        } else {
            json_put_string(out, *(const struct str *)member);
        }
    }
    buf_char(out, '}');
}

struct reading {
    struct ledger_head *head;
    struct json_reader reader;
    struct arena *arena;
    unsigned seen; // bits of MEMBERS
    bool format;
    bool version;
};

static bool take_text(struct reading *reading, size_t i, struct str text)
{
    char *member = (char *)reading->head + MEMBERS[i].offset;
    reading->seen |= 1U << i;
    if (MEMBERS[i].uuid) {
        return uuid_parse((struct uuid *)(void *)member, text);
    }
    *(struct str *)(void *)member = arena_str(reading->arena, text);
    return true;
}

// The value of the member that was just named.
static bool take_member(struct reading *reading, struct str name)
{
    enum json_token token = json_next(&reading->reader);
    struct str text = json_text(&reading->reader);
    struct str raw;
    if (token == JSON_STRING && str_is(name, "format")) {
        reading->format = str_is(text, FORMAT);
        return true;
    }
    if (token == JSON_NUMBER && str_is(name, "version")) {
        reading->version = str_is(text, "1");
        return true;
    }
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        if (str_is(name, MEMBERS[i].name)) {
            return token == JSON_STRING && take_text(reading, i, text);
        }
    }
    return token > JSON_END && json_skip(&reading->reader, &raw);
}

bool ledger_head_read(struct ledger_head *out, struct str json, const char **why,
                      struct arena *arena)
{
    struct reading reading = {.head = out, .arena = arena};
    *out = (struct ledger_head){0};
    json_reader_init(&reading.reader, json, arena);
    bool good = json_next(&reading.reader) == JSON_OBJECT_BEGIN;
    enum json_token token = JSON_ERROR;
    while (good && (token = json_next(&reading.reader)) == JSON_NAME) {
        good = take_member(&reading, json_text(&reading.reader));
    }
    good = good && token == JSON_OBJECT_END && json_next(&reading.reader) == JSON_END;
    if (good && reading.format && !reading.version) {
        *why = "another version of ddbgen wrote it";
        return false;
    }
    if (!good || !reading.format || reading.seen != (1U << MEMBER_COUNT) - 1) {
        *why = "it is no ledger";
        return false;
    }
    return true;
}
