// batch: framing requests out of whole items, by mask.
#include "unit.h"

#include "batch.h"

static void add(struct batch *batch, const char *json, uint32_t line)
{
    struct str text = str_from(json);
    batch->items[batch->count++] =
        (struct batch_item){.at = batch->json.len, .len = text.len, .line = line};
    buf_put(&batch->json, text);
}

static void test_request(void **state)
{
    struct batch batch;
    struct buf out;
    (void)state;

    batch_init(&batch, STR("a.table"));
    buf_init(&out, 4096);
    add(&batch, "{\"Item\":{\"pk\":{\"S\":\"1\"}}}", 1);
    add(&batch, "{\"Item\":{\"pk\":{\"S\":\"2\"}}}", 2);
    add(&batch, "{\"Item\":{\"pk\":{\"S\":\"3\"}}}", 3);
    assert_int_equal(batch_all(&batch), 7);
    assert_text(batch_item_json(&batch, 1), "{\"Item\":{\"pk\":{\"S\":\"2\"}}}");
    batch_write_request(&out, &batch, 5);
    assert_text(buf_str(&out), "{\"RequestItems\":{\"a.table\":["
                               "{\"PutRequest\":{\"Item\":{\"pk\":{\"S\":\"1\"}}}},"
                               "{\"PutRequest\":{\"Item\":{\"pk\":{\"S\":\"3\"}}}}]}}");
    buf_deinit(&out);
    batch_deinit(&batch);
}

static void test_reset_and_full(void **state)
{
    struct batch batch;
    (void)state;

    batch_init(&batch, STR("t"));
    for (uint32_t i = 0; i < BATCH_MAX_ITEMS; i++) {
        add(&batch, "{\"Item\":{}}", i);
    }
    assert_int_equal(batch_all(&batch), (UINT32_C(1) << 25) - 1);
    batch_reset(&batch);
    assert_int_equal(batch.count, 0);
    assert_int_equal(batch.json.len, 0);
    assert_int_equal(batch_all(&batch), 0);
    assert_text(batch.table_name, "t");
    batch_deinit(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_reset_and_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
