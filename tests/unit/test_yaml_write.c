// yaml_write: whatever is written reads back as the same string, without a remark.
#include "stage.h"

#include "dice.h"

#include "utf8.h"
#include "yaml_read.h"
#include "yaml_write.h"

#include <string.h>

static const struct node *read_back(struct stage *stage, const struct buf *out)
{
    stage_init_str(stage, buf_str(out));
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    if (root == NULL || stage->diags.count > 0) {
        stage_print(stage);
        fail_msg("%.*s", STR_ARG(buf_str(out)));
    }
    return root;
}

static void assert_scalar(const struct node *node, struct str s)
{
    assert_int_equal(node->kind, NODE_SCALAR);
    assert_int_equal(node_type(node), NODE_S);
    assert_null(node_ambiguity(node));
    assert_str(node->text, s);
}

// As an entry of a list, as a value and as a key, each followed by something else.
static void expect_back(struct str s)
{
    struct stage stage;
    struct buf out;

    buf_init(&out, 1 << 20);
    buf_puts(&out, "- ");
    yaml_put_string(&out, s);
    buf_puts(&out, "\n- value: ");
    yaml_put_value(&out, s);
    buf_puts(&out, "\n  ");
    yaml_put_key(&out, s, 2);
    buf_puts(&out, " last\n- end\n");
    const struct node *root = read_back(&stage, &out);
    assert_int_equal(root->count, 3);
    assert_scalar(root->items[0], s);
    assert_scalar(root->items[1]->pairs[0].value, s);
    assert_int_equal(root->items[1]->count, 2);
    assert_scalar(root->items[1]->pairs[1].key, s);
    assert_scalar(root->items[1]->pairs[1].value, STR("last"));
    assert_scalar(root->items[2], STR("end"));
    buf_deinit(&out);
    stage_deinit(&stage);
}

static void test_looks(void **state)
{
    static const struct {
        const char *text, *string, *value;
    } rows[] = {
        {"plain", "plain", "plain"},
        {"two words", "two words", "two words"},
        {"7e1c1f0a-93d4-4c5b-8a52-0f6b7d1c2e91",
         "\"7e1c1f0a-93d4-4c5b-8a52-0f6b7d1c2e91\"",
         "7e1c1f0a-93d4-4c5b-8a52-0f6b7d1c2e91"},
        {"2023-03-19T12:00:00.000000+00:00", "\"2023-03-19T12:00:00.000000+00:00\"",
         "2023-03-19T12:00:00.000000+00:00"},
        {"5", "\"5\"", "\"5\""},
        {"", "\"\"", "\"\""},
        {"no", "\"no\"", "\"no\""},
        {"a: b", "\"a: b\"", "\"a: b\""},
        {"a\n\"b\"\\", "\"a\\u000a\\\"b\\\"\\\\\"", "\"a\\u000a\\\"b\\\"\\\\\""},
        {"\xe2\x80\xae", "\"\\u202e\"", "\"\\u202e\""},
        {"\xf3\xa0\x80\x81", "\"\\U000e0001\"", "\"\\U000e0001\""},
        {"\xef\xbf\xbe", "\"\\ufffe\"", "\"\\ufffe\""},
    };
    struct buf out;
    (void)state;

    buf_init(&out, 4096);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        buf_reset(&out);
        yaml_put_string(&out, str_from(rows[i].text));
        assert_text(buf_str(&out), rows[i].string);
        buf_reset(&out);
        yaml_put_value(&out, str_from(rows[i].text));
        assert_text(buf_str(&out), rows[i].value);
        expect_back(str_from(rows[i].text));
    }
    buf_deinit(&out);
}

// A key of more than 1,024 characters is one only in the long form.
static void test_long_keys(void **state)
{
    static char text[5000];
    (void)state;

    memset(text, 'x', sizeof text);
    for (size_t len = 990; len < 1040; len++) {
        expect_back((struct str){text, len});
    }
    expect_back((struct str){text, sizeof text});
    memset(text, '\n', sizeof text);
    for (size_t len = 160; len < 175; len++) {
        expect_back((struct str){text, len});
    }
}

static void test_every_code_point(void **state)
{
    (void)state;

    for (uint32_t c = 0; c <= 0x10ffff; c += c < 0x3000 || c > 0xfff0 ? 1 : 7) {
        if ((c >= 0xd800 && c <= 0xdfff) || (c > 0x11000 && c % 4099 != 0)) {
            continue;
        }
        char bytes[6] = "a";
        size_t len = 1 + utf8_encode(c, bytes + 1);
        bytes[len++] = 'z';
        expect_back((struct str){bytes, len});
        expect_back((struct str){bytes + 1, len - 2});
    }
}

static void test_random(void **state)
{
    static const char alphabet[] = "abTZe019-:+. _/@#'\"\\{}[],&*!|>%`?~=\t\n";
    struct dice dice = {7};
    (void)state;

    for (int round = 0; round < 5000; round++) {
        char text[12];
        size_t len = dice_below(&dice, sizeof text);
        for (size_t i = 0; i < len; i++) {
            text[i] = alphabet[dice_below(&dice, sizeof alphabet - 1)];
        }
        expect_back((struct str){text, len});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_long_keys),
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
