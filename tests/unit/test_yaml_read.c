// yaml_read: trees with exact places, everything that is refused, and that reading
// ends.
#include "stage.h"

#include "node.h"
#include "yaml_read.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define assert_span(span, at, in_line, col, bytes)                                     \
    do {                                                                               \
        assert_int_equal((span).line_at, (at));                                        \
        assert_int_equal((span).line, (in_line));                                      \
        assert_int_equal((span).column, (col));                                        \
        assert_int_equal((span).length, (bytes));                                      \
    } while (0)

static const struct node *read_text(struct stage *stage, const char *text)
{
    stage_init(stage, text);
    return yaml_read(&stage->source, &stage->arena, &stage->diags);
}

static void test_spans(void **state)
{
    struct stage stage;
    const struct node *root = read_text(&stage, "\xef\xbb\xbf"
                                                "a: 1\r\n"
                                                "b\xc3\xa9: \"\xf0\x9f\x98\x80\" \r\n"
                                                "c: [x, yy]\r\n"
                                                "\r\n"
                                                "d:\r\n  - e: {f: }\r\n");
    (void)state;

    assert_clean(&stage);
    assert_int_equal(root->kind, NODE_MAPPING);
    assert_int_equal(root->count, 4);
    assert_span(root->span, 3, 1, 0, 1); // the first key's
    assert_span(root->pairs[0].key->span, 3, 1, 0, 1);
    assert_span(root->pairs[0].value->span, 3, 1, 3, 1);
    assert_span(root->pairs[1].key->span, 9, 2, 0, 3);
    assert_span(root->pairs[1].value->span, 9, 2, 5, 6);
    assert_text(root->pairs[1].value->text, "\xf0\x9f\x98\x80");
    assert_span(root->pairs[2].value->span, 23, 3, 3, 1);
    assert_span(root->pairs[2].value->items[0]->span, 23, 3, 4, 1);
    assert_span(root->pairs[2].value->items[1]->span, 23, 3, 7, 2);
    const struct node *entry = root->pairs[3].value->items[0];
    assert_span(entry->span, 41, 6, 4, 1);
    assert_span(entry->pairs[0].value->span, 41, 6, 7, 1);
    assert_span(entry->pairs[0].value->pairs[0].key->span, 41, 6, 8, 1);
    stage_deinit(&stage);
}

static void test_lines_of_scalars(void **state)
{
    struct stage stage;
    const struct node *root =
        read_text(&stage, "a: \"x\n  y\"\nb: |\n  one\n  two\nc: last\n"
                          "d: !S 5\n");
    (void)state;

    assert_clean(&stage);
    assert_text(root->pairs[0].value->text, "x y");
    assert_span(root->pairs[0].value->span, 0, 1, 3, 2); // what is on its first line
    assert_text(root->pairs[1].value->text, "one\ntwo\n");
    assert_false(root->pairs[1].value->plain);
    assert_int_equal(root->pairs[1].value->span.line, 3);
    assert_int_equal(root->pairs[1].value->span.column, 3);
    assert_span(root->pairs[2].value->span, 28, 6, 3, 4);
    assert_int_equal(root->pairs[3].value->tag, NODE_TAG_S);
    stage_deinit(&stage);
}

static void test_piece(void **state)
{
    static const char text[] = "a: 1\nb: *c\n";
    struct stage stage;
    (void)state;

    stage_init(&stage, "");
    const struct node *root = yaml_read_piece(str_from(text), &stage.source, 100, 7,
                                              &stage.arena, &stage.diags);
    assert_only_diag(&stage, DIAG_YAML_FEATURE, 8, 3);
    assert_int_equal(stage.diags.kept[0].span.line_at, 105);
    assert_span(root->pairs[0].value->span, 100, 7, 3, 1);
    assert_ptr_equal(root->pairs[0].value->span.source, &stage.source);
    stage_deinit(&stage);

    stage_init(&stage, "");
    assert_null(
        yaml_read_piece(STR(""), &stage.source, 0, 1, &stage.arena, &stage.diags));
    assert_clean(&stage); // the caller knows what is missing
    stage_deinit(&stage);
}

static void test_refused_features(void **state)
{
    static const struct {
        const char *text;
        enum diag_code code;
        uint32_t line, column;
    } rows[] = {
        {"a: &x 1\n", DIAG_YAML_FEATURE, 1, 3},
        {"a: 1\nb: *x\n", DIAG_YAML_FEATURE, 2, 3},
        {"a: 1\n<<: 2\n", DIAG_YAML_FEATURE, 2, 0},
        {"? [a]\n: 1\n", DIAG_YAML_FEATURE, 1, 2},
        {"a: 1\n---\nb: 2\n", DIAG_YAML_FEATURE, 2, 0},
        {"%YAML 1.1\n---\na: 1\n", DIAG_YAML_FEATURE, 1, 0},
        {"a: !!str x\n", DIAG_YAML_TAG, 1, 3},
        {"a: !SX x\n", DIAG_YAML_TAG, 1, 3},
        {"a: 1\nb: 2\na: 3\n", DIAG_DUPLICATE_KEY, 3, 0},
        {"a: 1\n\"a\": 3\n", DIAG_DUPLICATE_KEY, 2, 0},
        {"a: {b: 1, c: 2, b: 3}\n", DIAG_DUPLICATE_KEY, 1, 16},
        {"a: [b\n", DIAG_YAML_SYNTAX, 2, 0},
        {"a: 'x\n", DIAG_YAML_SYNTAX, 2, 0},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        (void)read_text(&stage, rows[i].text);
        print_message("%s", rows[i].text);
        assert_only_diag(&stage, rows[i].code, rows[i].line, rows[i].column);
        stage_deinit(&stage);
    }
}

// What was refused is passed over: everything behind it is read and checked too.
static void test_all_at_once(void **state)
{
    struct stage stage;
    const struct node *root = read_text(
        &stage, "a: &x 1\nb: *x\nb: 2\nc: !what 3\nd: [ok, *x, {e: 1, e: 2}]\n"
                "yes: fine\nz: end\n");
    (void)state;

    assert_diags(&stage, 6);
    assert_diag(&stage, 0, DIAG_YAML_FEATURE, 1, 3);
    assert_diag(&stage, 1, DIAG_YAML_FEATURE, 2, 3);
    assert_diag(&stage, 2, DIAG_DUPLICATE_KEY, 3, 0);
    assert_int_equal(stage.diags.kept[2].related.line, 2);
    assert_diag(&stage, 3, DIAG_YAML_TAG, 4, 3);
    assert_diag(&stage, 4, DIAG_YAML_FEATURE, 5, 8);
    assert_diag(&stage, 5, DIAG_DUPLICATE_KEY, 5, 19);
    assert_int_equal(root->count, 6);
    assert_true(root->pairs[0].value->poisoned);
    assert_true(root->pairs[1].value->poisoned);
    assert_true(root->pairs[2].value->poisoned);
    assert_false(root->pairs[3].value->poisoned);
    assert_true(root->pairs[3].value->items[1]->poisoned);
    assert_int_equal(root->pairs[3].value->items[2]->count, 1);
    assert_text(root->pairs[5].value->text, "end");
    stage_deinit(&stage);
}

#define BYTES(literal)                                                                 \
    {                                                                                  \
        (literal), sizeof(literal) - 1                                                 \
    }

static void test_characters(void **state)
{
    static const struct {
        struct str text;
        enum diag_code code;
        uint32_t line, column;
    } rows[] = {
        {BYTES("a: 1\nb: \xff\n"), DIAG_UTF8, 2, 3},
        {BYTES("a: \xc0\xaf\n"), DIAG_UTF8, 1, 3},
        {BYTES("a: \xed\xa0\x80\n"), DIAG_UTF8, 1, 3},
        {BYTES("a: x\xe2\x80"), DIAG_UTF8, 1, 4},
        {BYTES("a: x\0y\n"), DIAG_CONTROL_CHARACTER, 1, 4},
        {BYTES("a: x\x01\n"), DIAG_CONTROL_CHARACTER, 1, 4},
        {BYTES("a: \xc3\xa9\x7f\n"), DIAG_CONTROL_CHARACTER, 1, 5},
        {BYTES("a: 1\n# \xc2\x85\n"), DIAG_CONTROL_CHARACTER, 2, 2},
        {BYTES("a: \"\xe2\x80\xa8\"\n"), DIAG_CONTROL_CHARACTER, 1, 4},
        {BYTES("a: \"\xe2\x80\xa9\"\n"), DIAG_CONTROL_CHARACTER, 1, 4},
        {BYTES("a: 1\r2\n"), DIAG_CONTROL_CHARACTER, 1, 4},
        {BYTES("a: 1\r"), DIAG_CONTROL_CHARACTER, 1, 4},
        {BYTES("a: \xef\xbb\xbf\n"), DIAG_CONTROL_CHARACTER, 1, 3},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        stage_init_str(&stage, rows[i].text);
        assert_null(yaml_read(&stage.source, &stage.arena, &stage.diags));
        assert_only_diag(&stage, rows[i].code, rows[i].line, rows[i].column);
        stage_deinit(&stage);
    }
    struct stage stage; // escaped they are data
    const struct node *root = read_text(&stage, "a: \"\\0\\x7f\\u2028\\U0001F600\"\n");
    assert_clean(&stage);
    assert_str(root->pairs[0].value->text, STR("\0\x7f\xe2\x80\xa8\xf0\x9f\x98\x80"));
    stage_deinit(&stage);
}

// libyaml refuses noncharacters itself; the place must still be theirs.
static void test_noncharacter(void **state)
{
    struct stage stage;
    (void)state;

    assert_null(read_text(&stage, "a: 1\nb: \"x\xef\xbf\xbf\"\n"));
    assert_diags(&stage, 1);
    assert_int_equal(stage.diags.kept[0].span.line, 2);
    assert_int_equal(stage.diags.kept[0].span.column, 5);
    stage_deinit(&stage);
}

static void test_empty(void **state)
{
    static const char *const texts[] = {"", "\n\n", "# only a comment\n",
                                        "\xef\xbb\xbf"};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct stage stage;
        assert_null(read_text(&stage, texts[i]));
        assert_only_diag(&stage, DIAG_FILE_EMPTY, 0, 0);
        stage_deinit(&stage);
    }
}

static void test_tags(void **state)
{
    static const enum node_tag tags[] = {NODE_TAG_S,     NODE_TAG_N,  NODE_TAG_B,
                                         NODE_TAG_SS,    NODE_TAG_NS, NODE_TAG_BS,
                                         NODE_TAG_HANDLE};
    struct stage stage;
    const struct node *root =
        read_text(&stage, "- !S a\n- !N 1\n- !B aa\n- !SS [a]\n- !NS [1]\n- !BS [a]\n"
                          "- !handle bayko\n- none\n");
    (void)state;

    assert_clean(&stage);
    assert_int_equal(root->count, 8);
    for (size_t i = 0; i < COUNT_OF(tags); i++) {
        assert_int_equal(root->items[i]->tag, tags[i]);
    }
    assert_int_equal(root->items[7]->tag, NODE_TAG_NONE);
    assert_true(root->items[7]->plain);
    stage_deinit(&stage);
}

// The number of diagnostics, or -1 when reading did not come to an end: in a process of
// its own, because a reader that never ends eats all memory.
static int read_in_child(const char *text)
{
    pid_t child = fork();
    if (child == 0) {
        (void)alarm(1);
        struct stage stage;
        (void)read_text(&stage, text);
        size_t count = stage.diags.count + stage.diags.dropped;
        _exit(count > 200 ? 200 : (int)count);
    }
    int status = 0;
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// A syntax error is one error, however deep it stands.
static void test_syntax_error_ends(void **state)
{
    static const char *const texts[] = {
        "a: {b: {c: {d: ]}}}\n", "a: {b: [1, }}\n", "a:\n  - b: {\n  - c\n",
        "- - - - [}\n",          "a: [b, [c, 'd\n",
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        print_message("%s", texts[i]);
        assert_int_equal(read_in_child(texts[i]), 1);
    }
}

static void test_depth(void **state)
{
    char text[2 * (YAML_MAX_DEPTH + 10)];
    (void)state;

    for (size_t depth = YAML_MAX_DEPTH; depth < YAML_MAX_DEPTH + 6; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * depth] = '\0';
        assert_int_equal(read_in_child(text), depth > YAML_MAX_DEPTH ? 1 : 0);
    }
    struct stage stage;
    text[0] = '[';
    assert_null(read_text(&stage, text));
    assert_diag(&stage, 0, DIAG_YAML_DEPTH, 1, YAML_MAX_DEPTH);
    stage_deinit(&stage);
}

static const struct source *read_source(struct stage *stage, const char *path,
                                        struct span wanted)
{
    const struct yaml_file file = {.path = path, .shown = path, .wanted = wanted};
    return yaml_source_read(&file, &stage->arena, &stage->diags);
}

static void test_source_read(void **state)
{
    struct stage stage;
    char path[] = "/tmp/ddbgen-unit-XXXXXX";
    int fd = mkstemp(path);
    (void)state;

    assert_true(fd >= 0);
    stage_init(&stage, "");
    struct span none = {0};
    assert_null(read_source(&stage, path, none));
    assert_int_equal(stage.diags.kept[0].code, DIAG_FILE_EMPTY);
    assert_int_equal(write(fd, "a: 1\n", 5), 5);
    const struct source *source = read_source(&stage, path, none);
    assert_non_null(source);
    assert_text(source->text, "a: 1\n");
    assert_text(source->name, path);
    assert_int_equal(ftruncate(fd, (off_t)YAML_MAX_BYTES), 0);
    assert_non_null(read_source(&stage, path, none));
    assert_int_equal(ftruncate(fd, (off_t)YAML_MAX_BYTES + 1), 0);
    assert_null(read_source(&stage, path, none));
    assert_int_equal(stage.diags.kept[1].code, DIAG_FILE_TOO_LARGE);
    assert_null(read_source(&stage, "/", none));
    assert_int_equal(stage.diags.kept[2].code, DIAG_FILE_READ);
    struct span wanted = {.source = &stage.source, .line = 4};
    assert_null(read_source(&stage, "/no/such/file", wanted));
    assert_diag(&stage, 3, DIAG_FILE_READ, 4, 0);
    assert_diags(&stage, 4);
    (void)close(fd);
    (void)unlink(path);
    stage_deinit(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spans),        cmocka_unit_test(test_lines_of_scalars),
        cmocka_unit_test(test_piece),        cmocka_unit_test(test_refused_features),
        cmocka_unit_test(test_all_at_once),  cmocka_unit_test(test_characters),
        cmocka_unit_test(test_noncharacter), cmocka_unit_test(test_empty),
        cmocka_unit_test(test_tags),         cmocka_unit_test(test_syntax_error_ends),
        cmocka_unit_test(test_depth),        cmocka_unit_test(test_source_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
