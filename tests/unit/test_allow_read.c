// allow_read: which '#' begins a comment, and which lines the comments are about.
#include "stage.h"

#include "allow.h"
#include "allow_unused.h"
#include "buf.h"
#include "yaml_read.h"

#include <string.h>

#define CODE DIAG_AMBIGUOUS_SCALAR
#define COMMENT "# ddbgen: allow ambiguous-scalar"

static const struct node *read_text(struct stage *stage, const char *text)
{
    stage_init(stage, text);
    return yaml_read(&stage->source, &stage->arena, &stage->diags);
}

static bool is_silent(const struct stage *stage, enum diag_code code, uint32_t line)
{
    const struct span span = {.source = &stage->source, .line = line};
    return allow_find(&stage->diags, code, &span) != NULL;
}

// Exactly those lines of the first 9 are silent; "0" is the file as a whole.
static void assert_silent(const char *text, const char *lines)
{
    struct stage stage;

    assert_non_null(read_text(&stage, text));
    assert_clean(&stage);
    for (uint32_t line = 0; line <= 9; line++) {
        const bool wanted = strchr(lines, (int)('0' + line)) != NULL;
        if (is_silent(&stage, CODE, line) != wanted) {
            fail_msg("line %u of:\n%s", line, text);
        }
    }
    stage_deinit(&stage);
}

static void test_lines(void **state)
{
    (void)state;
    assert_silent("a: 1 " COMMENT "\nb: 2\n", "1");
    assert_silent("a: 1\nb: 2 " COMMENT, "2");
    assert_silent("a: 1\n" COMMENT "\nb: 2\n", "23");
    assert_silent("a: 1\n" COMMENT "\n# x\n  # y\nb: 2\n", "25");
    assert_silent("a: 1\n" COMMENT "\n\nb: 2\n", "2");
    assert_silent("a: 1\n" COMMENT "\n   \nb: 2\n", "2");
    assert_silent("a: 1\n" COMMENT "\n", "2");
    assert_silent("a: 1\n" COMMENT "\n" COMMENT "\nb: 1\n", "234");
    assert_silent("a: 1\r\n" COMMENT "\r\nb: 2\r\n", "23");
    assert_silent("\xef\xbb\xbf" COMMENT "\na: 1\n", "012");
    assert_silent("# x\n\n" COMMENT "\n\na: 1\n", "03");
    assert_silent("---\n" COMMENT "\na: 1\n", "23");
    assert_silent("a: 1\t" COMMENT " because of x\n", "1");
    assert_silent("a: [ 1, " COMMENT "\n  " COMMENT "\n  2 ] " COMMENT "\n", "123");
}

static void test_what_is_no_comment(void **state)
{
    (void)state;
    assert_silent("a: \"x " COMMENT "\"\n", "");
    assert_silent("a: 'it''s " COMMENT "'\n", "");
    assert_silent("a: \"x\n  " COMMENT "\n  y\" " COMMENT "\n", "3");
    assert_silent("a: 'x\n  " COMMENT "\n\n  y'\nb: 1\n", "");
    assert_silent("a: |\n  " COMMENT "\n\n  y " COMMENT "\nb: 1\n", "");
    assert_silent("a: >-\n  " COMMENT "\n\n\n" COMMENT "\nb: 1\n", "56");
    assert_silent("a: |2+ " COMMENT "\n   x\n" COMMENT "\nb: 1\n", "134");
    assert_silent("a: |\n" COMMENT "\nb: 1\n", "23");
    assert_silent("a:\n  - |\n    x\n   " COMMENT "\n  - y\n", "45");
    assert_silent("a: !S | " COMMENT "\n  " COMMENT "\n", "1");
    assert_silent("\"k " COMMENT "\": v " COMMENT "\n", "1");
    assert_silent("{\"k " COMMENT "\": v, 'b " COMMENT "': 1}\n", "");
    assert_silent("a: x#ddbgen:allow ambiguous-scalar\n", "");
    assert_silent("a: 1 # see '" COMMENT "'\n", "");
    assert_silent("a: 1 # ddbgen\nb: 1 # ddbgen: run it\nc: 1 # addbgen: allow x\n",
                  "");
}

static void test_a_piece_of_a_file(void **state)
{
    struct stage stage;
    const char *text = COMMENT "\na: 1 # ddbgen: alow x\n";
    (void)state;

    stage_init(&stage, text);
    assert_non_null(yaml_read_piece(str_from(text), &stage.source, 100, 7, &stage.arena,
                                    &stage.diags));
    assert_only_diag(&stage, DIAG_ALLOW_SYNTAX, 8, 15);
    assert_int_equal(stage.diags.kept[0].span.line_at, 100 + strlen(COMMENT) + 1);
    assert_false(is_silent(&stage, CODE, 0)); // a header is not the file's head
    assert_true(is_silent(&stage, CODE, 7));
    assert_true(is_silent(&stage, CODE, 8));
    stage_deinit(&stage);
}

static void test_several_codes(void **state)
{
    struct stage stage;
    (void)state;

    read_text(&stage, "a: 1 #  ddbgen:allow ambiguous-scalar ,parameter-unused,\t"
                      "time-relative because, all, of them\n");
    assert_clean(&stage);
    const struct span span = {.source = &stage.source, .line = 1};
    static const enum diag_code CODES[] = {CODE, DIAG_PARAMETER_UNUSED,
                                           DIAG_TIME_RELATIVE};
    for (size_t i = 0; i < COUNT_OF(CODES); i++) {
        const struct allow *allow = allow_find(&stage.diags, CODES[i], &span);
        assert_non_null(allow);
        assert_text(allow->reason, ", all, of them");
    }
    assert_int_equal(allow_find(&stage.diags, CODE, &span)->span.column, 21);
    stage_deinit(&stage);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *text;
        enum diag_code code;
        uint32_t column;
    } cases[] = {
        {"# ddbgen: alow x", DIAG_ALLOW_SYNTAX, 10},
        {"# ddbgen: Allow x", DIAG_ALLOW_SYNTAX, 10},
        {"# ddbgen: noqa", DIAG_ALLOW_SYNTAX, 10},
        {"# ddbgen: allow", DIAG_ALLOW_SYNTAX, 15},
        {"# ddbgen: allow \t ", DIAG_ALLOW_SYNTAX, 18},
        {"# ddbgen: allow ,time-relative", DIAG_ALLOW_SYNTAX, 16},
        {"# ddbgen: allow time-relative,", DIAG_ALLOW_SYNTAX, 30},
        {"# ddbgen: allow time-relative because", DIAG_ALLOW_SYNTAX, 30},
        {"# ddbgen: allow time-relative of x", DIAG_ALLOW_SYNTAX, 30},
        {"# ddbgen: allow time-relativ", DIAG_ALLOW_UNKNOWN, 16},
        {"# ddbgen: allow usage", DIAG_ALLOW_UNKNOWN, 16},
        {"# ddbgen: allow time-relative, usage", DIAG_ALLOW_UNKNOWN, 31},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct buf text;
        buf_init(&text, 1000);
        buf_puts(&text, cases[i].text);
        buf_puts(&text, "\na: 1\n");
        read_text(&stage, buf_cstr(&text));
        assert_only_diag(&stage, cases[i].code, 1, cases[i].column);
        stage_deinit(&stage);
        buf_deinit(&text);
    }
}

static void test_a_syntax_error_silences_nothing(void **state)
{
    struct stage stage;
    (void)state;

    assert_null(read_text(&stage, COMMENT "\na: [1\n"));
    assert_only_diag(&stage, DIAG_YAML_SYNTAX, 3, 0);
    assert_false(is_silent(&stage, CODE, 1));
    stage_deinit(&stage);
}

static void test_too_many(void **state)
{
    struct stage stage;
    struct buf text;
    (void)state;

    buf_init(&text, SIZE_MAX);
    for (int i = 0; i < ALLOW_MAX + 2; i++) {
        buf_puts(&text, COMMENT "\n");
    }
    buf_puts(&text, "a: 1\n");
    read_text(&stage, buf_cstr(&text));
    assert_only_diag(&stage, DIAG_ALLOW_SYNTAX, ALLOW_MAX + 1, 16);
    stage_deinit(&stage);
    buf_deinit(&text);
}

// --- any document --------------------------------------------------------------------

static uint32_t random_below(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % n;
}

static void put_indent(struct buf *out, unsigned depth)
{
    while (depth-- > 0) {
        buf_puts(out, "  ");
    }
}

// Lines of an entry of a mapping, without its key and in every style. "%" stands for
// the indentation.
static const char *const VALUES[] = {
    "1\n",
    "plain " COMMENT "\n",
    "plain\n%  and more " COMMENT "\n",
    "\"" COMMENT "\"\n",
    "'a " COMMENT "' " COMMENT "\n",
    "\"a\n%  " COMMENT "\n\n%  b \\\" " COMMENT "\"\n",
    "'a ''\n%  " COMMENT "' " COMMENT "\n",
    "|\n%  " COMMENT "\n\n%   " COMMENT "\n",
    "| " COMMENT "\n%  x\n% " COMMENT "\n",
    ">+\n%  x\n%  " COMMENT "\n\n\n",
    "|-\n%     " COMMENT "\n%     " COMMENT "\n% " COMMENT "\n",
    "|1\n%  " COMMENT "\n% " COMMENT "\n",
    "[ 1, \"" COMMENT "\", " COMMENT "\n%  2 ]\n",
    "{ \"a " COMMENT "\": 'x', b: " COMMENT "\n%  c }\n",
    "!S \"" COMMENT "\" " COMMENT "\n",
    "\n%  - " COMMENT "\n%    x\n%  - \"" COMMENT "\"\n",
    "\xf0\x9f\x98\x80 \"x\" " COMMENT "\n",
};

static void put_mapping(struct buf *out, uint32_t *seed, unsigned depth)
{
    const uint32_t count = 1 + random_below(seed, 4);

    for (uint32_t i = 0; i < count; i++) {
        if (random_below(seed, 3) == 0) {
            put_indent(out, random_below(seed, 4));
            buf_puts(out, COMMENT "\n");
        }
        put_indent(out, depth);
        buf_printf(out,
                   random_below(seed, 4) == 0 ? "\"k%u " COMMENT "\":" : "k%u:", i);
        if (depth < 3 && random_below(seed, 4) == 0) {
            buf_char(out, '\n');
            put_mapping(out, seed, depth + 1);
            continue;
        }
        buf_char(out, ' ');
        for (const char *c = VALUES[random_below(seed, COUNT_OF(VALUES))]; *c; c++) {
            if (*c == '%') {
                put_indent(out, depth);
            } else {
                buf_char(out, *c);
            }
        }
    }
}

static size_t count_in(struct str text)
{
    size_t count = 0;

    for (size_t at = 0; (at = str_find(text, STR(COMMENT))) < text.len; count++) {
        text = str_skip(text, at + 1);
    }
    return count;
}

static size_t count_in_texts(const struct node *node)
{
    size_t count = node->kind == NODE_SCALAR ? count_in(node->text) : 0;

    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_MAPPING) {
            count += count_in_texts(node->pairs[i].key);
            count += count_in_texts(node->pairs[i].value);
        } else {
            count += count_in_texts(node->items[i]);
        }
    }
    return count;
}

// Each '#' is either in a scalar's text, or begins a comment: libyaml decides, and we
// agree.
static void test_any_document(void **state)
{
    uint32_t seed = 7;
    size_t read = 0;
    (void)state;

    for (int i = 0; i < 3000; i++) {
        struct stage stage;
        struct buf text;
        buf_init(&text, SIZE_MAX);
        put_mapping(&text, &seed, 0);
        const struct node *root = read_text(&stage, buf_cstr(&text));
        if (root != NULL) {
            read++;
            assert_clean(&stage);
            allow_unused_report(&stage.diags);
            if (stage.diags.count + count_in_texts(root) != count_in(buf_str(&text))) {
                fail_msg("%zu of %zu are comments in:\n%s", stage.diags.count,
                         count_in(buf_str(&text)), buf_cstr(&text));
            }
        }
        stage_deinit(&stage);
        buf_deinit(&text);
    }
    assert_true(read > 1500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_what_is_no_comment),
        cmocka_unit_test(test_a_piece_of_a_file),
        cmocka_unit_test(test_several_codes),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_a_syntax_error_silences_nothing),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_any_document),
    };
    return cmocka_run_group_tests_name("allow_read", tests, NULL, NULL);
}
