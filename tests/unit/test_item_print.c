// print: equal items have equal fingerprints, however they are spelled; others have
// others; a key alone has the key's.
#include "unit.h"

#include "item_print.h"

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
    struct item_printer *printer = item_printer_new(&table);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct item_print print;
        const char *why = NULL;
        assert_true(item_print_read(&print, printer, str_from(ROWS[i].a), &why));
        struct uuid key = print.key;
        struct uuid contents = item_print_contents(printer, &print);
        assert_true(item_print_read(&print, printer, str_from(ROWS[i].b), &why));
        struct uuid other = item_print_contents(printer, &print);
        assert_int_equal(uuid_eq(&key, &print.key), ROWS[i].same_key);
        assert_int_equal(uuid_eq(&contents, &other), ROWS[i].same_contents);
    }
    item_printer_free(printer);
}

static void test_key_alone(void **state)
{
    struct table table = keyed();
    struct item_printer *printer = item_printer_new(&table);
    struct item_print print;
    const char *why = NULL;
    struct buf key;
    (void)state;
    buf_init(&key, 1000);
    assert_true(item_print_read(&print, printer,
                                STR(ITEM("1.50", ",\"x\":{\"BOOL\":true}")), &why));
    struct uuid whole = print.key;
    item_print_write_key(&key, printer, &print);
    assert_text(buf_str(&key), "{\"pk\":{\"S\":\"a\"},\"sk\":{\"N\":\"1.5\"}}");
    assert_true(item_print_read(&print, printer, buf_str(&key), &why));
    assert_true(uuid_eq(&whole, &print.key));
    buf_deinit(&key);
    item_printer_free(printer);
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
    struct item_printer *printer = item_printer_new(&table);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        struct item_print print;
        const char *why = NULL;
        assert_false(item_print_read(&print, printer, str_from(TEXTS[i]), &why));
        assert_non_null(why);
    }
    item_printer_free(printer);
    item_printer_free(NULL);
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
