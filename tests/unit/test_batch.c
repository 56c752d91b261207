// batch: framing requests out of whole items, by mask. packer: where one ends.
#include "unit.h"

#include "packer.h"

#include <stdlib.h>
#include <string.h>

static void add(struct batch *batch, enum item_write write, const char *json,
                uint32_t line)
{
    struct str text = str_from(json);
    batch->items[batch->count++] = (struct batch_item){
        .write = write, .at = batch->json.len, .len = text.len, .line = line};
    buf_put(&batch->json, text);
}

static void test_request(void **state)
{
    struct batch batch;
    struct buf out;
    (void)state;

    batch_init(&batch, STR("a.table"));
    buf_init(&out, 4096);
    add(&batch, ITEM_PUT, "{\"pk\":{\"S\":\"1\"}}", 1);
    add(&batch, ITEM_DELETE, "{\"pk\":{\"S\":\"2\"}}", 2);
    add(&batch, ITEM_PUT, "{\"Item\":{\"S\":\"3\"}}", 3);
    assert_int_equal(batch_all(&batch), 7);
    assert_text(batch_item_json(&batch, 1), "{\"pk\":{\"S\":\"2\"}}");
    batch_write_request(&out, &batch, 5);
    assert_text(buf_str(&out),
                "{\"RequestItems\":{\"a.table\":["
                "{\"PutRequest\":{\"Item\":{\"pk\":{\"S\":\"1\"}}}},"
                "{\"PutRequest\":{\"Item\":{\"Item\":{\"S\":\"3\"}}}}]}}");
    buf_reset(&out);
    batch_write_request(&out, &batch, 2);
    assert_text(buf_str(&out),
                "{\"RequestItems\":{\"a.table\":["
                "{\"DeleteRequest\":{\"Key\":{\"pk\":{\"S\":\"2\"}}}}]}}");
    buf_reset(&out);
    batch_write_item(&out, &batch, 1);
    batch_write_item(&out, &batch, 2);
    assert_text(buf_str(&out), "{\"Key\":{\"pk\":{\"S\":\"2\"}}}"
                               "{\"Item\":{\"Item\":{\"S\":\"3\"}}}");
    buf_deinit(&out);
    batch_deinit(&batch);
}

static void test_reset_and_full(void **state)
{
    struct batch batch;
    (void)state;

    batch_init(&batch, STR("t"));
    for (uint32_t i = 0; i < BATCH_MAX_ITEMS; i++) {
        add(&batch, ITEM_PUT, "{}", i);
    }
    assert_int_equal(batch_all(&batch), (UINT32_C(1) << 25) - 1);
    batch_reset(&batch);
    assert_int_equal(batch.count, 0);
    assert_int_equal(batch.json.len, 0);
    assert_int_equal(batch_all(&batch), 0);
    assert_text(batch.table_name, "t");
    batch_deinit(&batch);
}

struct taken {
    unsigned counts[8];
    size_t bytes[8];
    unsigned batches;
    unsigned refuse; // this one and those after it
};

static bool take(void *context, struct batch *batch)
{
    struct taken *taken = context;
    struct buf request;
    if (taken->batches >= taken->refuse) {
        return false;
    }
    buf_init(&request, (size_t)16 << 20);
    for (unsigned i = 0; i < batch->count; i++) {
        struct str json = batch_item_json(batch, i);
        assert_true(json.at[0] == '{' && json.at[json.len - 1] == '}');
        batch_write_item(&request, batch, i);
    }
    taken->counts[taken->batches] = batch->count;
    taken->bytes[taken->batches++] = request.len;
    buf_deinit(&request);
    batch_reset(batch);
    return true;
}

// An item of which {"Item":{...}} has so many bytes.
static bool pack(struct packer *packer, struct packing *foreseen, uint64_t *requests,
                 size_t bytes)
{
    static const size_t AROUND = sizeof "{\"Item\":{\"\":1}}" - 1;
    char *name = malloc(bytes - AROUND);
    assert_non_null(name);
    memset(name, 'x', bytes - AROUND);
    struct buf *out = packer_begin(packer);
    if (out != NULL) {
        size_t before = out->len;
        buf_put(out, STR("{\""));
        buf_put(out, (struct str){name, bytes - AROUND});
        buf_put(out, STR("\":1}"));
        *requests += packing_add(foreseen, out->len - before) ? 1 : 0;
    }
    free(name);
    struct batch_item *item = out != NULL ? packer_end(packer) : NULL;
    if (item != NULL) {
        item->write = ITEM_PUT;
    }
    return item != NULL;
}

// What is foreseen of requests is what goes out.
static void test_packing(void **state)
{
    struct taken taken = {.refuse = 8};
    const struct batch_sink sink = {take, &taken};
    struct packer packer;
    struct packing foreseen = {0};
    uint64_t requests = 0;
    (void)state;
    packer_init(&packer, STR("t"), &sink);
    for (int i = 0; i < 26; i++) {
        assert_true(pack(&packer, &foreseen, &requests, 100));
    }
    assert_true(pack(&packer, &foreseen, &requests, BATCH_TARGET_BYTES - 100)); // fits
    assert_true(pack(&packer, &foreseen, &requests, 100));
    assert_true(pack(&packer, &foreseen, &requests, 3 * BATCH_TARGET_BYTES));
    assert_true(pack(&packer, &foreseen, &requests, 100));
    assert_true(packer_flush(&packer));
    assert_true(packer_flush(&packer)); // nothing is left
    static const unsigned COUNTS[] = {25, 2, 1, 1, 1};
    static const size_t BYTES[] = {2500, BATCH_TARGET_BYTES, 100,
                                   3 * BATCH_TARGET_BYTES, 100};
    assert_int_equal(taken.batches, COUNT_OF(COUNTS));
    assert_int_equal(requests, COUNT_OF(COUNTS));
    for (size_t i = 0; i < COUNT_OF(COUNTS); i++) {
        assert_int_equal(taken.counts[i], COUNTS[i]);
        assert_int_equal(taken.bytes[i], BYTES[i]);
    }
    packer_deinit(&packer);
}

static void test_refused(void **state)
{
    struct taken taken = {.refuse = 1};
    const struct batch_sink sink = {take, &taken};
    struct packer packer;
    struct packing foreseen = {0};
    uint64_t requests = 0;
    (void)state;
    packer_init(&packer, STR("t"), &sink);
    for (int i = 0; i < 50; i++) {
        assert_true(pack(&packer, &foreseen, &requests, 100));
    }
    assert_false(pack(&packer, &foreseen, &requests, 100));
    assert_int_equal(taken.batches, 1);
    packer_deinit(&packer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_reset_and_full),
        cmocka_unit_test(test_packing),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
