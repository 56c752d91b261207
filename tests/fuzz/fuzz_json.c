// JSON: any bytes, as a string to write and as a text to read. A string that was
// written comes back equal from our own reader and from cJSON; a text that our strict
// reader takes is taken by cJSON too, and what it skips is what it reads.
#include "fuzz.h"

#include "base64.h"
#include "json_read.h"
#include "json_write.h"
#include "utf8.h"

#include <cjson/cJSON.h>

// Of cJSON: longer numbers are cut.
#define CJSON_NUMBER_MAX 62

static void require_string(struct str json, struct str expected)
{
    struct arena arena = {0};
    struct json_reader reader;
    json_reader_init(&reader, json, &arena);
    FUZZ_REQUIRE(json_next(&reader) == JSON_STRING);
    FUZZ_REQUIRE(str_eq(json_text(&reader), expected));
    FUZZ_REQUIRE(json_next(&reader) == JSON_END);
    arena_deinit(&arena);
    // cJSON ends a string at a NUL, even at an escaped one.
    if (str_find_char(expected, '\0') == expected.len) {
        cJSON *tree = cJSON_ParseWithLength(json.at, json.len);
        FUZZ_REQUIRE(cJSON_IsString(tree));
        FUZZ_REQUIRE(str_is(expected, tree->valuestring));
        cJSON_Delete(tree);
    }
}

static void write_string(struct str text)
{
    struct buf json;
    buf_init(&json, SIZE_MAX);
    json_put_string(&json, text);
    fuzz_require_harmless(buf_str(&json));
    require_string(buf_str(&json), text);
    buf_deinit(&json);
}

static void write_base64(struct str bytes)
{
    struct arena arena = {0};
    struct buf text;
    struct str back;
    buf_init(&text, SIZE_MAX);
    json_put_base64(&text, bytes);
    FUZZ_REQUIRE(base64_decode(&back, buf_str(&text), &arena));
    FUZZ_REQUIRE(str_eq(back, bytes));
    buf_reset(&text);
    // The other way round: what decodes has one spelling only.
    if (base64_decode(&back, bytes, &arena)) {
        json_put_base64(&text, back);
        FUZZ_REQUIRE(str_eq(buf_str(&text), bytes));
    }
    buf_deinit(&text);
    arena_deinit(&arena);
}

// True when all of text is one value; *numbers: one of them is too long for cJSON.
static bool read_tokens(struct str text, bool *numbers)
{
    struct arena arena = {0};
    struct json_reader reader;
    enum json_token token = JSON_ERROR;
    json_reader_init(&reader, text, &arena);
    while ((token = json_next(&reader)) > JSON_END) {
        FUZZ_REQUIRE(reader.at <= text.len && reader.token_start < reader.at);
        struct str value = json_text(&reader);
        if (token == JSON_NUMBER) {
            *numbers = *numbers || value.len > CJSON_NUMBER_MAX;
        } else if (token == JSON_STRING || token == JSON_NAME) {
            FUZZ_REQUIRE(utf8_check(value) == value.len);
        }
    }
    FUZZ_REQUIRE(token == JSON_END || json_error(&reader) != NULL);
    FUZZ_REQUIRE(json_next(&reader) == token); // it stays
    arena_deinit(&arena);
    return token == JSON_END;
}

static bool skip_value(struct str text)
{
    struct arena arena = {0};
    struct json_reader reader;
    struct str raw = {0};
    json_reader_init(&reader, text, &arena);
    bool good = json_next(&reader) > JSON_END && json_skip(&reader, &raw) &&
                json_next(&reader) == JSON_END;
    FUZZ_REQUIRE(!good || str_find(text, raw) < text.len);
    arena_deinit(&arena);
    return good;
}

static void read_text(struct str text)
{
    bool numbers = false;
    bool good = read_tokens(text, &numbers);
    FUZZ_REQUIRE(skip_value(text) == good);
    if (!good || numbers) {
        return;
    }
    const char *end = NULL;
    struct arena arena = {0};
    cJSON *tree = cJSON_ParseWithOpts(arena_str(&arena, text).at, &end, 1);
    FUZZ_REQUIRE(tree != NULL);
    cJSON_Delete(tree);
    arena_deinit(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    if (utf8_check(text) == text.len) {
        write_string(text);
    }
    write_base64(text);
    read_text(text);
    return 0;
}
