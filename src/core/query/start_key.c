// The key that a page begins behind: JSON of the command line enters, attributes leave.
#include "start_key.h"

#include "item.h"
#include "json_read.h"
#include "value_json.h"

#define KEY_MAX_BYTES ((size_t)64 * 1024)

// {"LastEvaluatedKey":{...}} is what --page prints.
static struct str unwrap(struct str json, struct arena *arena)
{
    struct json_reader reader;
    struct str raw;
    json_reader_init(&reader, json, arena);
    if (json_next(&reader) == JSON_OBJECT_BEGIN && json_next(&reader) == JSON_NAME &&
        str_is(json_text(&reader), "LastEvaluatedKey") &&
        json_next(&reader) == JSON_OBJECT_BEGIN && json_skip(&reader, &raw)) {
        return raw;
    }
    return json;
}

static bool refuse(const struct asking *asking, const char *message, const char *help)
{
    struct diags *diags = &asking->ddb->diags;
    struct diag *diag =
        diag_add(diags, DIAG_START_KEY, (struct span){0}, "%s", message);
    diag_help(diags, diag, "%s", help);
    return false;
}

static bool reads_pages(const struct asking *asking)
{
    const struct pattern *pattern = asking->pattern;
    return pattern == NULL || pattern->operation == PATTERN_QUERY ||
           pattern->operation == PATTERN_SCAN;
}

bool start_key_read(struct asking *asking, const char *text)
{
    struct arena *arena = &asking->ddb->arena;
    struct value_entry *entries = NULL;
    size_t count = 0;
    const char *why = NULL;
    if (text == NULL) {
        return true;
    }
    if (!reads_pages(asking)) {
        return refuse(asking, "this pattern reads no pages that a start key is for",
                      "--start-key is for patterns that query or scan");
    }
    struct str json = str_from(text);
    if (!value_json_read_item(&entries, &count, json, arena, &why) &&
        !value_json_read_item(&entries, &count, unwrap(json, arena), arena, &why)) {
        return refuse(asking, "the start key is no key in DynamoDB's JSON",
                      "it is the LastEvaluatedKey that --page prints: "
                      "{\"pk\":{\"S\":\"a\"},\"sk\":{\"S\":\"b\"}}");
    }
    if (count == 0) {
        return refuse(asking, "the start key is empty",
                      "it is the LastEvaluatedKey that --page prints");
    }
    struct buf out;
    buf_init(&out, KEY_MAX_BYTES);
    item_write(&out, &(struct item){.attributes = entries, .count = count});
    asking->start = arena_str(arena, buf_str(&out));
    bool fits = !out.overflowed;
    buf_deinit(&out);
    asking->start_key = entries;
    asking->start_count = count;
    return fits || refuse(asking, "the start key is longer than any key is",
                          "it is the LastEvaluatedKey that --page prints");
}
