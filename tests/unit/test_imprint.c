// imprint: equal items have equal fingerprints, however they are spelled; others have
// others; a key alone has the key's.
#include "unit.h"

#include "imprint.h"

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

#define ITEM(n, more) "{\"pk\":{\"S\":\"a\"},\"sk\":{\"N\":\"" n "\"}" more "}"

static const struct {
    const char *a;
    const char *b;
    bool same_key;
    bool same_contents;
} ROWS[] = {
    {ITEM("1", ""), ITEM("1.0", ""), true, true},
    {ITEM("1", ""), "{ \"sk\": {\"N\":\"10e-1\"}, \"pk\": {\"S\":\"\\u0061\"} }", true,
     true},
    {ITEM("1", ",\"s\":{\"SS\":[\"x\",\"y\"]}"),
     ITEM("1", ",\"s\":{\"SS\":[\"y\",\"x\"]}"), true, true},
    {ITEM("1", ",\"l\":{\"L\":[{\"S\":\"x\"},{\"S\":\"y\"}]}"),
     ITEM("1", ",\"l\":{\"L\":[{\"S\":\"y\"},{\"S\":\"x\"}]}"), true, false},
    {ITEM("1", ""), ITEM("1", ",\"x\":{\"S\":\"\"}"), true, false},
    {ITEM("1", ",\"x\":{\"S\":\"1\"}"), ITEM("1", ",\"x\":{\"N\":\"1\"}"), true, false},
    {ITEM("1", ""), ITEM("2", ""), false, false},
    {ITEM("1", ",\"x\":{\"S\":\"a\\u0000b\"}"), ITEM("1", ",\"x\":{\"S\":\"a\"}"), true,
     false},
};

static void test_pairs(void **state)
{
    struct table table = keyed();
    struct imprinter *imprinter = imprinter_new(&table);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct imprint imprint;
        const char *why = NULL;
        assert_true(imprint_read(&imprint, imprinter, str_from(ROWS[i].a), &why));
        struct uuid key = imprint.key;
        struct uuid contents = imprint_contents(imprinter, &imprint);
        assert_true(imprint_read(&imprint, imprinter, str_from(ROWS[i].b), &why));
        struct uuid other = imprint_contents(imprinter, &imprint);
        assert_int_equal(uuid_eq(&key, &imprint.key), ROWS[i].same_key);
        assert_int_equal(uuid_eq(&contents, &other), ROWS[i].same_contents);
    }
    imprinter_free(imprinter);
}

static void test_key_alone(void **state)
{
    struct table table = keyed();
    struct imprinter *imprinter = imprinter_new(&table);
    struct imprint imprint;
    const char *why = NULL;
    struct buf key;
    (void)state;
    buf_init(&key, 1000);
    assert_true(imprint_read(&imprint, imprinter,
                             STR(ITEM("1.50", ",\"x\":{\"BOOL\":true}")), &why));
    struct uuid whole = imprint.key;
    imprint_write_key(&key, imprinter, &imprint);
    assert_text(buf_str(&key), "{\"pk\":{\"S\":\"a\"},\"sk\":{\"N\":\"1.5\"}}");
    assert_true(imprint_read(&imprint, imprinter, buf_str(&key), &why));
    assert_true(uuid_eq(&whole, &imprint.key));
    buf_deinit(&key);
    imprinter_free(imprinter);
}

static void test_refused(void **state)
{
    static const char *const TEXTS[] = {
        "",
        "[]",
        "{}",
        "{\"pk\":{\"S\":\"a\"}}",
        "{\"pk\":{\"S\":\"a\"},\"sk\":{\"S\":\"1\"}}",
        "{\"pk\":{\"S\":\"a\"},\"sk\":{\"N\":\"x\"}}",
        ITEM("1", "") "x",
    };
    struct table table = keyed();
    struct imprinter *imprinter = imprinter_new(&table);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        struct imprint imprint;
        const char *why = NULL;
        assert_false(imprint_read(&imprint, imprinter, str_from(TEXTS[i]), &why));
        assert_non_null(why);
    }
    imprinter_free(imprinter);
    imprinter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_key_alone),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
