// conditional: changes of an item as requests under what was seen; within the service's
// limits however large the item; what an old item says about them.
#include "unit.h"

#include "conditional.h"
#include "json_read.h"
#include "value_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MAX ((size_t)16 << 20)

static struct table keyed(void)
{
    static struct attribute_definition attributes[2];
    attributes[0] = (struct attribute_definition){.name = STR("pk"), .type = 'S'};
    attributes[1] = (struct attribute_definition){.name = STR("sk"), .type = 'N'};
    struct table table = {.name = STR("t"), .attributes = attributes};
    table.attribute_count = 2;
    table.key.hash[0].name = STR("pk");
    table.key.hash_count = 1;
    table.key.range[0].name = STR("sk");
    table.key.range_count = 1;
    return table;
}

static struct item *read_item(struct str json, struct arena *arena)
{
    struct item *item = arena_alloc(arena, sizeof *item);
    const char *why = NULL;
    if (json.len == 0) {
        return NULL;
    }
    if (!value_json_read_item(&item->attributes, &item->count, json, arena, &why)) {
        fail_msg("%.*s: %s", STR_ARG(json), why);
    }
    return item;
}

#define KEY "\"pk\":{\"S\":\"a\"},\"sk\":{\"N\":\"1\"}"
#define ITEM(more) "{" KEY more "}"
#define HEAD "{\"TableName\":\"t\",\"Key\":{" KEY "},"
#define NAMES(more) "\"ExpressionAttributeNames\":{" more "}"
#define VALUES(more) "\"ExpressionAttributeValues\":{" more "}"
#define OLD ",\"ReturnValues\":\"ALL_OLD\"}"

static const struct request_row {
    const char *name;
    const char *seen; // "": none
    const char *wanted;
    bool loose;
    const char *operation;
    const char *body;
} ROWS[] = {
    {"one that was not there", "", ITEM(",\"x\":{\"S\":\"1\"}"), false, "PutItem",
     "{\"TableName\":\"t\",\"Item\":" ITEM(
         ",\"x\":{\"S\":\"1\"}") ","
                                 "\"ConditionExpression\":\"attribute_not_exists(#n0)"
                                 "\"," NAMES("\"#n0\":\"pk\"") "}"},
    {"one that goes", ITEM(",\"x\":{\"S\":\"1\"},\"n\":{\"NULL\":true}"), "", false,
     "DeleteItem",
     HEAD "\"ConditionExpression\":\"attribute_exists(#n0) AND #n1 = :v0 AND "
          "attribute_type(#n2, :v1)\"," NAMES(
              "\"#n0\":\"pk\",\"#n1\":\"x\",\"#n2\":"
              "\"n\"") "," VALUES("\":v0\":{\"S\":\"1\"},\":v1\":{\"S\":\"NULL\"}")
              OLD},
    {"a value", ITEM(",\"x\":{\"S\":\"1\"},\"same\":{\"S\":\"s\"}"),
     ITEM(",\"same\":{\"S\":\"s\"},\"x\":{\"N\":\"1\"}"), false, "UpdateItem",
     HEAD "\"UpdateExpression\":\"SET #n0 = :v0\",\"ConditionExpression\":"
          "\"attribute_exists(#n1) AND #n0 = :v1\"," NAMES(
              "\"#n0\":\"x\",\"#n1\":\"pk\"") "," VALUES("\":v0\":{\"N\":\"1\"},\":"
                                                         "v1\":{\"S\":\"1\"}") "}"},
    {"one more, one less", ITEM(",\"old\":{\"BOOL\":false}"),
     ITEM(",\"new\":{\"SS\":[\"b\",\"a\"]}"), false, "UpdateItem",
     HEAD "\"UpdateExpression\":\"SET #n0 = :v0 REMOVE #n1\",\"ConditionExpression\":"
          "\"attribute_exists(#n2) AND attribute_not_exists(#n0) AND #n1 = "
          ":v1\"," NAMES("\"#n0\":\"new\",\"#n1\":\"old\",\"#n2\":\"pk\"") "," VALUES(
              "\":v0\":{\"SS\":[\"b\",\"a\"]},\":v1\":{\"BOOL\":false}") "}"},
    {"only less", ITEM(",\"s\":{\"NS\":[\"1\",\"2\"]},\"b\":{\"B\":\"AA==\"}"),
     ITEM(""), false, "UpdateItem",
     HEAD
     "\"UpdateExpression\":\"REMOVE #n0, #n1\",\"ConditionExpression\":"
     "\"attribute_exists(#n2) AND #n0 = :v0 AND #n1 = :v1\"," NAMES(
         "\"#n0\":\"s\",\"#n1\":\"b\",\"#n2\":\"pk\"") "," VALUES("\":v0\":{\"NS\":["
                                                                  "\"1\",\"2\"]},\":"
                                                                  "v1\":{\"B\":\"AA=="
                                                                  "\"}") "}"},
    {"lists and maps",
     ITEM(",\"x\":{\"L\":[{\"S\":\"\"},{\"M\":{\"x\":{\"N\":\"1\"}}}]}"),
     ITEM(",\"x\":{\"L\":[]}"), false, "UpdateItem",
     HEAD
     "\"UpdateExpression\":\"SET #n0 = :v0\",\"ConditionExpression\":"
     "\"attribute_exists(#n1) AND attribute_type(#n0, :v1) AND size(#n0) = :v2 AND "
     "#n0[0] = :v3 AND attribute_type(#n0[1], :v4) AND size(#n0[1]) = :v5 AND "
     "#n0[1].#n0 = :v6\"," NAMES("\"#n0\":\"x\",\"#n1\":\"pk\"") "," VALUES(
         "\":v0\":{\"L\":[]},\":v1\":{\"S\":\"L\"},\":v2\":{\"N\":\"2\"},"
         "\":v3\":{\"S\":\"\"},\":v4\":{\"S\":\"M\"},\":v5\":{\"N\":\"1\"},"
         "\":v6\":{\"N\":\"1\"}") "}"},
    {"the same, spelt otherwise",
     ITEM(",\"x\":{\"N\":\"1.0\"},\"s\":{\"SS\":[\"a\",\"b\"]}"),
     ITEM(",\"s\":{\"SS\":[\"b\",\"a\"]},\"x\":{\"N\":\"1\"}"), false, NULL, ""},
    {"a name that means something", ITEM(",\"size(\\\"\":{\"S\":\"1\"}"), ITEM(""),
     false, "UpdateItem",
     HEAD "\"UpdateExpression\":\"REMOVE #n0\",\"ConditionExpression\":"
          "\"attribute_exists(#n1) AND #n0 = :v0\"," NAMES(
              "\"#n0\":\"size(\\\"\",\"#n1\":\"pk\"") "," VALUES("\":v0\":{\"S\":"
                                                                 "\"1\"}") "}"},
};

static void test_rows(void **state)
{
    struct table table = keyed();
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct request_row *row = &ROWS[i];
        struct conditional conditional = {
            .table = &table,
            .seen = read_item(str_from(row->seen), &arena),
            .wanted = read_item(str_from(row->wanted), &arena),
            .loose = row->loose,
        };
        struct buf body;
        buf_init(&body, BODY_MAX);
        struct conditional_request request =
            conditional_build(&body, &conditional, &arena);
        print_message("%s\n", row->name);
        assert_str(str_from(conditional_operation_name(request.operation)),
                   str_from(row->operation));
        assert_text(buf_str(&body), row->body);
        assert_int_equal(request.old, strstr(row->body, "ALL_OLD") != NULL);
        buf_deinit(&body);
    }
    arena_deinit(&arena);
}

// ---- limits

// The text of a member of a request.
static struct str expression_of(struct str body, const char *member,
                                struct arena *arena)
{
    struct json_reader reader;
    struct str text = {0};
    json_reader_init(&reader, body, arena);
    assert_int_equal(json_next(&reader), JSON_OBJECT_BEGIN);
    while (json_next(&reader) == JSON_NAME) {
        bool found = str_is(json_text(&reader), member);
        struct str raw;
        (void)json_next(&reader);
        text = found ? json_text(&reader) : text;
        assert_true(json_skip(&reader, &raw));
    }
    return text;
}

static unsigned count_of(struct str text, const char *word)
{
    unsigned count = 0;
    struct str needle = str_from(word);
    for (size_t at = 0; (at = str_find(text, needle)) < text.len; count++) {
        text = str_skip(text, at + needle.len);
    }
    return count;
}

// As strictly as the service may count them: functions, comparisons and ANDs.
static unsigned operators_of(struct str text)
{
    return count_of(text, "(") + count_of(text, " = ") + count_of(text, " AND ");
}

enum form {
    SCALAR,
    LIST,
    DEEP,
    NESTED_MAP,
};

// A value of some size, in which `salt` is.
static void put_shape(struct buf *out, enum form shape, unsigned size, unsigned salt)
{
    switch (shape) {
    case SCALAR:
        buf_printf(out, "{\"S\":\"%u\"}", salt);
        break;
    case LIST:
        buf_puts(out, "{\"L\":[");
        for (unsigned i = 0; i < size; i++) {
            buf_printf(out, "%s{\"N\":\"%u\"}", i > 0 ? "," : "", salt);
        }
        buf_puts(out, "]}");
        break;
    case DEEP:
        for (unsigned i = 0; i < size; i++) {
            buf_puts(out, "{\"L\":[");
        }
        buf_printf(out, "{\"N\":\"%u\"}", salt);
        for (unsigned i = 0; i < size; i++) {
            buf_puts(out, "]}");
        }
        break;
    case NESTED_MAP:
    default:
        buf_puts(out, "{\"M\":{");
        for (unsigned i = 0; i < size; i++) {
            buf_printf(out, "%s\"name%u\":{\"L\":[{\"N\":\"%u\"}]}", i > 0 ? "," : "",
                       i, salt);
        }
        buf_puts(out, "}}");
        break;
    }
}

static struct item *shaped(struct arena *arena, unsigned attributes, enum form shape,
                           unsigned size, unsigned salt)
{
    struct buf json;
    buf_init(&json, BODY_MAX);
    buf_puts(&json, "{" KEY);
    for (unsigned i = 0; i < attributes; i++) {
        buf_printf(&json, ",\"a%u\":", i);
        put_shape(&json, shape, size, salt);
    }
    buf_char(&json, '}');
    struct item *item = read_item(arena_str(arena, buf_str(&json)), arena);
    buf_deinit(&json);
    return item;
}

static void test_limits(void **state)
{
    static const unsigned ATTRIBUTES[] = {1, 2, 40, 98, 99, 100, 101, 199, 200, 500};
    static const unsigned SIZES[] = {1, 16, 17, 30, 64, 65, 97, 98, 250};
    struct table table = keyed();
    struct arena arena = {0};
    (void)state;
    for (size_t n = 0; n < COUNT_OF(ATTRIBUTES) * COUNT_OF(SIZES) * 16; n++) {
        enum form shape = (enum form)(n % 4);
        unsigned attributes = ATTRIBUTES[n / 16 % COUNT_OF(ATTRIBUTES)];
        unsigned size = SIZES[n / 16 / COUNT_OF(ATTRIBUTES)];
        size = shape == DEEP && size > 31 ? 31 : size; // B012
        size = attributes * size > 800 ? 1 + 800 / attributes : size;
        bool deletes = n / 4 % 2 == 1;
        struct conditional conditional = {
            .table = &table,
            .seen = shaped(&arena, attributes, shape, size, 1),
            .wanted = deletes ? NULL : shaped(&arena, attributes, shape, size, 2),
            .loose = n / 8 % 2 == 1,
        };
        struct buf body;
        buf_init(&body, BODY_MAX);
        struct conditional_request request =
            conditional_build(&body, &conditional, &arena);
        bool update = !deletes && attributes <= CONDITIONAL_UPDATE_MAX;
        assert_int_equal(request.operation, deletes  ? CONDITIONAL_DELETE
                                            : update ? CONDITIONAL_UPDATE
                                                     : CONDITIONAL_PUT);
        struct str condition =
            expression_of(buf_str(&body), "ConditionExpression", &arena);
        assert_in_range(condition.len, 1, 4096);
        assert_in_range(operators_of(condition), 1, 300);
        struct str set = expression_of(buf_str(&body), "UpdateExpression", &arena);
        assert_in_range(set.len, update ? 1 : 0, 4096);
        // All that is touched is compared, unless the old item says it.
        assert_true(request.old || (update && !conditional.loose) ||
                    count_of(condition, "size(") > 0 || shape == SCALAR);
        if (update && !conditional.loose) {
            assert_false(request.old);
            for (unsigned i = 0; i < attributes; i++) {
                char name[16];
                (void)snprintf(name, sizeof name, "#n%u", i);
                assert_true(count_of(condition, name) > 0);
            }
        }
        buf_deinit(&body);
        arena_reset(&arena);
    }
    arena_deinit(&arena);
}

// What a put of all brings along may not have come meanwhile.
static void test_new_in_a_put(void **state)
{
    struct table table = keyed();
    struct arena arena = {0};
    struct buf wanted;
    struct buf body;
    (void)state;
    buf_init(&wanted, SIZE_MAX);
    buf_init(&body, SIZE_MAX);
    for (unsigned i = 0; i < CONDITIONAL_UPDATE_MAX; i++) {
        buf_printf(&wanted, ",\"new%u\":{\"S\":\"1\"}", i);
    }
    struct conditional conditional = {
        .table = &table,
        .seen = read_item(STR(ITEM(",\"x\":{\"S\":\"1\"}")), &arena),
        .wanted = read_item(arena_printf(&arena, ITEM(",\"x\":{\"S\":\"2\"}%.*s"),
                                         STR_ARG(buf_str(&wanted))),
                            &arena),
    };
    struct conditional_request request = conditional_build(&body, &conditional, &arena);
    struct str condition = expression_of(buf_str(&body), "ConditionExpression", &arena);
    assert_int_equal(request.operation, CONDITIONAL_PUT);
    assert_int_equal(count_of(condition, " = "), 1);
    assert_in_range(count_of(condition, "attribute_not_exists("), 10,
                    CONDITIONAL_UPDATE_MAX);
    buf_deinit(&wanted);
    buf_deinit(&body);
    arena_deinit(&arena);
}

// ---- what is there

static const struct {
    const char *seen;
    const char *wanted;
    const char *item;
    bool saw;
    bool done;
} THERE[] = {
    // Of an update what it touches counts.
    {ITEM(",\"x\":{\"S\":\"1\"}"), ITEM(",\"x\":{\"S\":\"2\"}"),
     ITEM(",\"x\":{\"S\":\"1\"},\"more\":{\"S\":\"m\"}"), true, false},
    {ITEM(",\"x\":{\"S\":\"1\"}"), ITEM(",\"x\":{\"S\":\"2\"}"),
     ITEM(",\"x\":{\"S\":\"2\"},\"more\":{\"S\":\"m\"}"), false, true},
    {ITEM(",\"x\":{\"S\":\"1\"}"), ITEM(",\"x\":{\"S\":\"2\"}"), ITEM(""), false,
     false},
    {ITEM(",\"x\":{\"S\":\"1\"}"), ITEM(",\"x\":{\"S\":\"2\"}"), "", false, false},
    {ITEM(",\"x\":{\"S\":\"1\"}"), ITEM(""), ITEM(",\"more\":{\"S\":\"m\"}"), false,
     true},
    // Of what comes and goes all.
    {ITEM(",\"x\":{\"S\":\"1\"}"), "", ITEM(",\"x\":{\"S\":\"1\"}"), true, false},
    {ITEM(",\"x\":{\"S\":\"1\"}"), "", ITEM(",\"x\":{\"S\":\"1\"},\"m\":{\"S\":\"m\"}"),
     false, false},
    {ITEM(",\"x\":{\"S\":\"1\"}"), "", "", false, true},
    {"", ITEM(",\"x\":{\"S\":\"1\"}"), ITEM(",\"x\":{\"S\":\"1\"}"), false, true},
    {"", ITEM(",\"x\":{\"S\":\"1\"}"), ITEM(",\"x\":{\"S\":\"1\"},\"m\":{\"S\":\"m\"}"),
     false, false},
    {"", ITEM(",\"x\":{\"S\":\"1\"}"), "", true, false},
};

static void test_there(void **state)
{
    struct table table = keyed();
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(THERE); i++) {
        struct conditional conditional = {
            .table = &table,
            .seen = read_item(str_from(THERE[i].seen), &arena),
            .wanted = read_item(str_from(THERE[i].wanted), &arena),
        };
        struct item *item = read_item(str_from(THERE[i].item), &arena);
        print_message("row %zu\n", i);
        assert_int_equal(conditional_saw(&conditional, item, &arena), THERE[i].saw);
        assert_int_equal(conditional_done(&conditional, item, &arena), THERE[i].done);
    }
    arena_deinit(&arena);
}

// ---- taken back

#define X(value) ",\"x\":{\"S\":\"" value "\"}"
#define Y(value) ",\"y\":{\"S\":\"" value "\"}"
#define Z(value) ",\"z\":{\"S\":\"" value "\"}"

static const struct {
    const char *seen;
    const char *wanted;
    const char *old; // what the change met
    const char *now; // what is there since
    const char *back;
} BACK[] = {
    // After a delete: what they made of nothing, and all that was there before.
    {ITEM(X("1")), "", ITEM(X("1") Y("t")), "", ITEM(X("1") Y("t"))},
    {ITEM(X("1")), "", ITEM(X("1") Y("t")), ITEM(Z("t")), ITEM(X("1") Y("t") Z("t"))},
    {ITEM(X("1")), "", ITEM(X("1") Y("t")), ITEM(X("t")), ITEM(X("t") Y("t"))},
    // After an update: only what it touched.
    {ITEM(X("1")), ITEM(X("2")), ITEM(X("t") Y("t")), ITEM(X("2") Y("u")),
     ITEM(X("t") Y("u"))},
    {ITEM(X("1")), ITEM(X("2")), ITEM(X("t") Y("t")), ITEM(X("u") Y("t")),
     ITEM(X("u") Y("t"))},
    {ITEM(X("1")), ITEM(X("2")), ITEM(X("t") Y("t")), ITEM(Y("t")), ITEM(Y("t"))},
    {ITEM(X("1")), ITEM(""), ITEM(X("t")), ITEM(Y("t")), ITEM(X("t") Y("t"))},
    {ITEM(""), ITEM(X("2")), ITEM(Y("t")), ITEM(X("2") Y("u")), ITEM(Y("u"))},
    // They deleted it: so it stays.
    {ITEM(X("1")), ITEM(X("2")), ITEM(X("t")), "", NULL},
};

static void test_back(void **state)
{
    struct table table = keyed();
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(BACK); i++) {
        struct conditional back;
        struct conditional conditional = {
            .table = &table,
            .seen = read_item(str_from(BACK[i].seen), &arena),
            .wanted = read_item(str_from(BACK[i].wanted), &arena),
        };
        struct item *old = read_item(str_from(BACK[i].old), &arena);
        struct item *now = read_item(str_from(BACK[i].now), &arena);
        print_message("row %zu\n", i);
        struct undo undo = undo_begin(&conditional, old, &arena);
        bool goes = undo_amid(&back, &undo, now, &arena);
        assert_int_equal(goes, BACK[i].back != NULL);
        if (goes) {
            struct conditional same = {.table = &table, .seen = back.wanted};
            assert_ptr_equal(back.seen, now);
            assert_true(conditional_saw(
                &same, read_item(str_from(BACK[i].back), &arena), &arena));
        }
    }
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),         cmocka_unit_test(test_limits),
        cmocka_unit_test(test_new_in_a_put), cmocka_unit_test(test_there),
        cmocka_unit_test(test_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
