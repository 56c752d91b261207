// diag_print: the exact text and JSON of diagnostics, hostile and huge lines included.
#include "unit.h"

#include "diag_print.h"
#include "excerpt.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    struct arena arena;
    struct diags diags;
    struct buf out;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    if (fixture == NULL) {
        return -1;
    }
    diags_init(&fixture->diags, &fixture->arena);
    buf_init(&fixture->out, 1 << 24);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    arena_deinit(&fixture->arena);
    buf_deinit(&fixture->out);
    free(fixture);
    return 0;
}

static struct source source_of(struct str name, struct str text)
{
    return (struct source){.name = name, .fd = -1, .text = text};
}

static void assert_printed(struct fixture *fixture, const char *expected)
{
    buf_reset(&fixture->out);
    diag_print_text(&fixture->out, &fixture->diags, false);
    assert_text(buf_str(&fixture->out), expected);
}

// Prints one error at [offset, offset + length) of text and compares.
static void assert_excerpt(struct fixture *fixture, struct str text, size_t offset,
                           size_t length, const char *expected)
{
    const struct source source = source_of(STR("a.txt"), text);

    diags_init(&fixture->diags, &fixture->arena);
    (void)diag_add(&fixture->diags, DIAG_UNKNOWN_KEY,
                   source_span_at(&source, offset, length), "m");
    assert_printed(fixture, expected);
}

static void test_the_example_of_the_header(void **state)
{
    struct fixture *fixture = *state;
    const struct source source = source_of(
        STR("schemas/messages.yaml"),
        STR("table_name: x\nbilling_mode: A\n\n  bilign_mode: PROVISIONED\n"));

    struct diag *diag =
        diag_add(&fixture->diags, DIAG_UNKNOWN_KEY, source_span_at(&source, 33, 11),
                 "unknown key 'bilign_mode'");
    diag_help(&fixture->diags, diag, "did you mean 'billing_mode'?");
    diag_related(&fixture->diags, diag, source_span_at(&source, 14, 12),
                 "first defined here");
    assert_printed(fixture,
                   "schemas/messages.yaml:4:3: error[unknown-key]: unknown key "
                   "'bilign_mode'\n"
                   "   4 |   bilign_mode: PROVISIONED\n"
                   "     |   ^^^^^^^^^^^\n"
                   "help: did you mean 'billing_mode'?\n"
                   "schemas/messages.yaml:2:1: note: first defined here\n"
                   "   2 | billing_mode: A\n"
                   "     | ^^^^^^^^^^^^\n");
}

static void test_without_a_place(void **state)
{
    struct fixture *fixture = *state;
    const struct source source = source_of(STR("a.txt"), STR("text\n"));

    struct diag *diag =
        diag_add(&fixture->diags, DIAG_USAGE, (struct span){0}, "unknown option '--x'");
    diag_related(&fixture->diags, diag, (struct span){0}, "somewhere");
    (void)diag_add(&fixture->diags, DIAG_FILE_EMPTY, source_span_file(&source),
                   "nothing in it");
    assert_printed(fixture, "a.txt: error[file-empty]: nothing in it\n"
                            "ddbgen: error[usage]: unknown option '--x'\n"
                            "ddbgen: note: somewhere\n");
}

static void test_order(void **state)
{
    struct fixture *fixture = *state;
    const struct str text = STR("aaaa\nbbbb\ncccc\n");
    const struct source one = source_of(STR("z.txt"), text);
    const struct source two = source_of(STR("a.txt"), text);
    struct diags *diags = &fixture->diags;

    (void)diag_add(diags, DIAG_USAGE, (struct span){0}, "1");
    (void)diag_add(diags, DIAG_USAGE, source_span_at(&one, 11, 1), "2");
    (void)diag_add(diags, DIAG_USAGE, source_span_at(&two, 0, 1), "3");
    (void)diag_add(diags, DIAG_USAGE, source_span_at(&one, 7, 1), "4");
    (void)diag_add(diags, DIAG_USAGE, source_span_at(&one, 5, 1), "5");
    (void)diag_add(diags, DIAG_AMBIGUOUS_SCALAR, source_span_at(&one, 7, 1), "6");
    (void)diag_add(diags, DIAG_USAGE, source_span_file(&one), "7");
    (void)diag_add(diags, DIAG_USAGE, (struct span){0}, "8");

    static const char *const expected[] = {
        "z.txt: error[usage]: 7\n",     "z.txt:2:1: error[usage]: 5\n",
        "z.txt:2:3: error[usage]: 4\n", "z.txt:2:3: warning[ambiguous-scalar]: 6\n",
        "z.txt:3:2: error[usage]: 2\n", "a.txt:1:1: error[usage]: 3\n",
        "ddbgen: error[usage]: 1\n",    "ddbgen: error[usage]: 8\n",
    };
    diag_print_text(&fixture->out, diags, false);
    const char *at = buf_cstr(&fixture->out);
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        const char *found = strstr(at, expected[i]);
        if (found == NULL) {
            fail_msg("missing or too early: %s", expected[i]);
        } else {
            at = found;
        }
    }
}

static void test_file_names_begin_no_line(void **state)
{
    static const struct {
        struct str name;
        const char *shown;
    } cases[] = {
        {{"::error", 7}, "./::error"},
        {{"-x", 2}, "./-x"},
        {{" x", 2}, "./ x"},
        {{"\x1B[2J", 4}, "./\\e[2J"},
        {{"", 0}, "./"},
        {{"<stdin>", 7}, "<stdin>"},
        {{"../a", 4}, "../a"},
        {{"/a", 2}, "/a"},
        {{"_a", 2}, "_a"},
        {{"9", 1}, "9"},
        {{"Z\n", 2}, "Z\\n"},
        {{"\xC3\xA9", 2}, "./\xC3\xA9"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct source source = source_of(cases[i].name, STR("x"));
        diags_init(&fixture->diags, &fixture->arena);
        (void)diag_add(&fixture->diags, DIAG_USAGE, source_span_file(&source), "m");
        assert_printed(
            fixture,
            arena_printf(&fixture->arena, "%s: error[usage]: m\n", cases[i].shown).at);
    }
}

static void test_carets(void **state)
{
    struct fixture *fixture = *state;

    utf8_use_locale();
    // Columns count code points; the caret line counts terminal columns.
    assert_excerpt(fixture, STR("\xE4\xB8\xAD\xE6\x96\x87x: 1\n"), 6, 1,
                   "a.txt:1:3: error[unknown-key]: m\n"
                   "   1 | \xE4\xB8\xAD\xE6\x96\x87x: 1\n"
                   "     |     ^\n");
    assert_excerpt(fixture,
                   STR("a\xE4\xB8\xAD"
                       "b"),
                   1, 3,
                   "a.txt:1:2: error[unknown-key]: m\n"
                   "   1 | a\xE4\xB8\xAD"
                   "b\n"
                   "     |  ^^\n");
    // A combining accent takes none, alone it still gets a caret.
    assert_excerpt(fixture, STR("e\xCC\x81x"), 3, 1,
                   "a.txt:1:3: error[unknown-key]: m\n"
                   "   1 | e\xCC\x81x\n"
                   "     |  ^\n");
    assert_excerpt(fixture, STR("e\xCC\x81x"), 1, 2,
                   "a.txt:1:2: error[unknown-key]: m\n"
                   "   1 | e\xCC\x81x\n"
                   "     |  ^\n");
    // A tab is one space wide, escapes are as wide as they look.
    assert_excerpt(fixture, STR("\tx\x1B[0my"), 6, 1,
                   "a.txt:1:7: error[unknown-key]: m\n"
                   "   1 |  x\\e[0my\n"
                   "     |        ^\n");
    assert_excerpt(fixture, STR("ab\xFFz"), 2, 1,
                   "a.txt:1:3: error[unknown-key]: m\n"
                   "   1 | ab\\xffz\n"
                   "     |   ^^^^\n");
    assert_excerpt(fixture,
                   STR("\xE2\x80\xAE"
                       "abc"),
                   3, 3,
                   "a.txt:1:2: error[unknown-key]: m\n"
                   "   1 | \\u{202e}abc\n"
                   "     |         ^^^\n");
    // The end of a line, and nothing of CRLF.
    assert_excerpt(fixture, STR("abc\r\nd"), 3, 0,
                   "a.txt:1:4: error[unknown-key]: m\n"
                   "   1 | abc\n"
                   "     |    ^\n");
    assert_excerpt(fixture, STR("a\rb\r\n"), 2, 1,
                   "a.txt:1:3: error[unknown-key]: m\n"
                   "   1 | a\\rb\n"
                   "     |    ^\n");
    assert_excerpt(fixture, STR("abc"), 1, 99,
                   "a.txt:1:2: error[unknown-key]: m\n"
                   "   1 | abc\n"
                   "     |  ^^\n");
    assert_excerpt(fixture, STR("abc"), 1, 0,
                   "a.txt:1:2: error[unknown-key]: m\n"
                   "   1 | abc\n"
                   "     |  ^\n");
    // A line without text has no excerpt.
    assert_excerpt(fixture, STR("a\n\nb"), 2, 0, "a.txt:2:1: error[unknown-key]: m\n");
    assert_excerpt(fixture, STR("a\n\r\nb"), 2, 0,
                   "a.txt:2:1: error[unknown-key]: m\n");
    assert_excerpt(fixture, STR(""), 0, 0, "a.txt:1:1: error[unknown-key]: m\n");
}

static void test_the_gutter_grows(void **state)
{
    struct fixture *fixture = *state;
    const struct source source = source_of(STR("a.txt"), STR("x"));

    (void)diag_add(&fixture->diags, DIAG_USAGE,
                   (struct span){.source = &source, .line = 123456}, "m");
    assert_printed(fixture, "a.txt:123456:1: error[usage]: m\n"
                            "123456 | x\n"
                            "       | ^\n");
}

static void test_messages_are_escaped(void **state)
{
    struct fixture *fixture = *state;

    struct diag *diag = diag_add(&fixture->diags, DIAG_USAGE, (struct span){0},
                                 "a\x1B%s", "\n::error::\xFF");
    diag_help(&fixture->diags, diag, "b\r\xE2\x80\xAE");
    diag_related(&fixture->diags, diag, (struct span){0}, "c\t");
    assert_printed(fixture, "ddbgen: error[usage]: a\\e\\n::error::\\xff\n"
                            "help: b\\r\\u{202e}\n"
                            "ddbgen: note: c\\t\n");
}

// What is read of a long line ends inside a character: no half of it is shown. Accents
// take no column, so that all that was read is.
static void test_a_long_line_ends_with_a_character(void **state)
{
    struct fixture *fixture = *state;

    utf8_use_locale();
    for (size_t shift = 0; shift < 2; shift++) {
        char line[2001];
        memset(line, 'a', 1 + shift);
        for (size_t i = 1 + shift; i + 1 < sizeof line; i += 2) {
            memcpy(line + i, "\xCC\x81", 2);
        }
        const struct source source =
            source_of(STR("a.txt"), (struct str){line, sizeof line - 1});
        diags_init(&fixture->diags, &fixture->arena);
        (void)diag_add(&fixture->diags, DIAG_UNKNOWN_KEY, source_span_at(&source, 0, 1),
                       "m");
        buf_reset(&fixture->out);
        diag_print_text(&fixture->out, &fixture->diags, false);
        const struct str out = buf_str(&fixture->out);
        assert_int_equal(utf8_check(out), out.len);
        assert_int_equal(str_find(out, STR("\\x")), out.len);
        assert_true(str_find(out, STR("\xCC\x81...")) < out.len);
    }
}

// The lines of the excerpt that was printed, and the widest of them without the gutter.
static size_t excerpt_width(struct fixture *fixture)
{
    struct str rest = buf_str(&fixture->out);
    size_t widest = 0;

    rest = str_skip(rest, str_find_char(rest, '\n') + 1);
    while (rest.len > 0) {
        const size_t end = str_find_char(rest, '\n');
        const size_t width = utf8_count((struct str){rest.at, end});
        widest = width > widest ? width : widest;
        rest = str_skip(rest, end + 1);
    }
    return widest - 7;
}

static void test_long_lines_are_clipped_around_the_caret(void **state)
{
    struct fixture *fixture = *state;
    char line[5000];

    for (size_t i = 0; i < sizeof line; i++) {
        line[i] = (char)('a' + i % 26);
    }
    const struct str text = {line, sizeof line};
    static const size_t columns[] = {0,   5,   59,  60,   61,   100,
                                     399, 400, 401, 2500, 4990, 5000};
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        const struct source source = source_of(STR("a.txt"), text);
        diags_init(&fixture->diags, &fixture->arena);
        (void)diag_add(&fixture->diags, DIAG_USAGE,
                       source_span_at(&source, columns[i], 3), "m");
        buf_reset(&fixture->out);
        diag_print_text(&fixture->out, &fixture->diags, false);
        assert_in_range(excerpt_width(fixture), 43, 100);
        // Above the caret stands the letter that was meant.
        const char *out = buf_cstr(&fixture->out);
        const char *first = strchr(out, '\n') + 1;
        const char *second = strchr(first, '\n') + 1;
        const char *caret = strchr(second, '^');
        assert_non_null(caret);
        const char shown = first[caret - second];
        assert_int_equal(shown, columns[i] == 5000 ? '\n' : line[columns[i]]);
        assert_int_equal(strspn(caret, "^"), columns[i] == 5000 ? 1 : 3);
        assert_int_equal(strncmp(first + 7, "...", 3) == 0, columns[i] > 60);
    }
    assert_excerpt(
        fixture, (struct str){line, 100}, 10, 2,
        "a.txt:1:11: error[unknown-key]: m\n"
        "   1 | abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"
        "mnopqrstuvwxyzabcdefghijklmnopqrstuv\n"
        "     |           ^^\n");
    assert_excerpt(
        fixture, (struct str){line, 101}, 10, 2,
        "a.txt:1:11: error[unknown-key]: m\n"
        "   1 | abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"
        "mnopqrstuvwxyzabcdefghijklmnopqrs...\n"
        "     |           ^^\n");
}

// What is shown of a line at a column, with the piece of the excerpt before.
static const char *excerpt_at(struct fixture *fixture, struct excerpt_piece *piece,
                              const struct source *source, uint32_t column)
{
    struct excerpt excerpt;
    struct span span = {.source = source, .line = 1, .column = column, .length = 1};
    buf_reset(&fixture->out);
    assert_true(excerpt_read(&excerpt, &fixture->out, piece, &span));
    return arena_str(&fixture->arena, buf_str(&fixture->out)).at;
}

// Mistakes of one line in any order: what a piece holds is shown from it, and nothing
// is read; what it does not hold, to the left, to the right or of another line, is.
static void test_a_piece_is_kept_as_far_as_it_goes(void **state)
{
    struct fixture *fixture = *state;
    enum { LENGTH = 3 * EXCERPT_PIECE };
    struct excerpt_piece *piece = calloc(1, sizeof *piece);
    char *line = malloc(LENGTH);

    assert_non_null(piece);
    assert_non_null(line);
    for (size_t i = 0; i < LENGTH; i++) {
        line[i] = (char)('a' + i / 26 % 26);
    }
    const struct source source = source_of(STR("a.txt"), (struct str){line, LENGTH});
    const struct source other = source_of(STR("b.txt"), (struct str){line, LENGTH});
    static const uint32_t columns[] = {50000, 600, 90000, 100, 50000, 20000};
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        struct excerpt_piece fresh = {0};
        assert_string_equal(excerpt_at(fixture, piece, &source, columns[i]),
                            excerpt_at(fixture, &fresh, &source, columns[i]));
    }
    const char *before = excerpt_at(fixture, piece, &source, 50000);
    const char *right = excerpt_at(fixture, piece, &source, 50600);
    memset(line, '-', LENGTH);
    assert_string_equal(excerpt_at(fixture, piece, &source, 50000), before);
    assert_string_equal(excerpt_at(fixture, piece, &source, 50600), right);
    assert_non_null(strstr(excerpt_at(fixture, piece, &other, 50000), "---"));
    free(line);
    free(piece);
}

// Wherever a window of bytes cuts a text of wide characters, none of them is broken.
static void test_windows_break_no_code_point(void **state)
{
    struct fixture *fixture = *state;
    char line[6000];

    utf8_use_locale();
    for (size_t i = 0; i < sizeof line; i += 3) {
        memcpy(line + i, "\xE4\xB8\xAD", 3);
    }
    for (size_t pad = 0; pad < 4; pad++) {
        memset(line, 'x', pad * 3);
        for (size_t column = 1200; column < 1230; column += 3) {
            const struct source source =
                source_of(STR("a.txt"), (struct str){line + pad, sizeof line - pad});
            const size_t at = column - pad + (pad * 3 - pad) % 3;
            diags_init(&fixture->diags, &fixture->arena);
            (void)diag_add(&fixture->diags, DIAG_USAGE,
                           source_span_at(&source, at - (at + pad) % 3, 3), "m");
            buf_reset(&fixture->out);
            diag_print_text(&fixture->out, &fixture->diags, false);
            assert_null(strstr(buf_cstr(&fixture->out), "\\x"));
            assert_non_null(strstr(buf_cstr(&fixture->out), "^^\n"));
        }
    }
}

// The same where every byte of the window is shown: marks that take no columns.
static void test_windows_of_marks_without_width(void **state)
{
    struct fixture *fixture = *state;
    char line[6000];

    utf8_use_locale();
    for (size_t i = 0; i < sizeof line; i += 3) {
        memcpy(line + i, "\xE2\x83\x90", 3); // U+20D0
    }
    for (size_t column = 1500; column < 1530; column++) {
        const struct source source =
            source_of(STR("a.txt"), (struct str){line, column * 2});
        diags_init(&fixture->diags, &fixture->arena);
        (void)diag_add(&fixture->diags, DIAG_USAGE,
                       source_span_at(&source, column - column % 3, 3), "m");
        buf_reset(&fixture->out);
        diag_print_text(&fixture->out, &fixture->diags, false);
        assert_null(strstr(buf_cstr(&fixture->out), "\\x"));
    }
}

static void test_counting_columns_in_any_order(void **state)
{
    const struct source source = source_of(STR("a"), STR("\xC3\xA9"
                                                         "bcdef\n\xC3\xA9x"));
    const struct source other = source_of(STR("b"), STR("123456789"));
    struct fixture *fixture = *state;
    struct column_counter counter = {.arena = &fixture->arena};

    assert_int_equal(column_count(&counter, &source, 0, 5), 4);
    assert_int_equal(column_count(&counter, &source, 0, 6), 5);
    assert_int_equal(column_count(&counter, &source, 0, 2), 1);
    assert_int_equal(column_count(&counter, &source, 8, 3), 2);
    assert_int_equal(column_count(&counter, &other, 8, 3), 1); // its text ends there
    assert_int_equal(column_count(&counter, &other, 0, 3), 3);
}

// Marks stand at ends of code points, wherever the steps between them fall.
static void test_counting_columns_of_a_huge_line(void **state)
{
    struct fixture *fixture = *state;
    struct column_counter counter = {.arena = &fixture->arena};
    static char line[30000];

    for (size_t i = 0; i < sizeof line; i += 3) {
        memcpy(line + i, i % 2 == 0 ? "\xE2\x82\xAC" : "abc", 3);
    }
    const struct source source = source_of(STR("a"), (struct str){line, sizeof line});
    for (size_t at = sizeof line; at >= 1000; at -= 999) { // backwards
        assert_int_equal(column_count(&counter, &source, 0, at - at % 3),
                         utf8_count((struct str){line, at - at % 3}));
    }
}

static void test_hostile_cells_stay_within_the_width(void **state)
{
    struct fixture *fixture = *state;
    char line[3000];

    memset(line, 0x80, sizeof line); // malformed, four columns each
    const struct source source =
        source_of(STR("a.txt"), (struct str){line, sizeof line});
    (void)diag_add(&fixture->diags, DIAG_USAGE, source_span_at(&source, 1500, 1000),
                   "m");
    diag_print_text(&fixture->out, &fixture->diags, false);
    assert_in_range(excerpt_width(fixture), 90, 100);
    assert_null(memchr(fixture->out.at, 0x80, fixture->out.len));
}

static void test_a_huge_line_behind_a_descriptor(void **state)
{
    struct fixture *fixture = *state;
    static char block[1 << 16];
    char path[] = "/tmp/ddbgen-test-print-XXXXXX";
    const int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    // 1 + 3 x 21845 = 65536 bytes: characters straddle the printer's blocks.
    block[0] = 'x';
    for (size_t i = 1; i + 2 < sizeof block; i += 3) {
        memcpy(block + i, "\xE2\x82\xAC", 3);
    }
    assert_int_equal(write(fd, "first\n ", 7), 7);
    for (int i = 0; i < 64; i++) {
        assert_int_equal(write(fd, block, sizeof block), sizeof block);
    }
    const struct source source = {.name = STR("big.txt"), .fd = fd};
    const uint64_t per_block = 1 + 21845;
    for (int i = 0; i < 1000; i++) { // one pass over the line for all of them
        (void)diag_add(&fixture->diags, DIAG_USAGE,
                       (struct span){.source = &source,
                                     .line_at = 6,
                                     .line = 2,
                                     .column = 1 + 63 * 65536,
                                     .length = 1},
                       "m");
    }
    diag_print_text(&fixture->out, &fixture->diags, false);
    const struct str expected =
        arena_printf(&fixture->arena, "big.txt:2:%llu: error[usage]: m\n   2 | ...",
                     (unsigned long long)(2 + 63 * per_block));
    assert_true(str_starts(buf_str(&fixture->out), expected));

    // A source that has gone is shown without its text.
    close(fd);
    buf_reset(&fixture->out);
    fixture->diags.count = 1;
    diag_print_text(&fixture->out, &fixture->diags, false);
    assert_text(buf_str(&fixture->out), "big.txt:2:1: error[usage]: m\n");
}

static void test_color(void **state)
{
    struct fixture *fixture = *state;
    const struct source source = source_of(STR("a.txt"), STR("ab\n"));

    struct diag *diag = diag_add(&fixture->diags, DIAG_USAGE,
                                 source_span_at(&source, 1, 1), "m\x1B[0m");
    diag_help(&fixture->diags, diag, "h");
    diag_print_text(&fixture->out, &fixture->diags, true);
    assert_text(buf_str(&fixture->out),
                "a.txt:1:2: \x1B[1;31merror[usage]\x1B[0m: m\\e[0m\n"
                "\x1B[34m   1 |\x1B[0m ab\n"
                "\x1B[34m     |\x1B[0m  \x1B[1;31m^\x1B[0m\n"
                "\x1B[36mhelp:\x1B[0m h\n");
}

static void test_what_was_dropped(void **state)
{
    struct fixture *fixture = *state;

    for (int i = 0; i < DIAG_MAX_KEPT + 7; i++) {
        (void)diag_add(&fixture->diags, DIAG_USAGE, (struct span){0}, "m");
    }
    diag_print_text(&fixture->out, &fixture->diags, false);
    assert_true(str_ends(buf_str(&fixture->out), STR(": m\n... and 7 more\n")));
    buf_reset(&fixture->out);
    diag_print_json_summary(&fixture->out, &fixture->diags);
    assert_text(buf_str(&fixture->out),
                "{\"type\":\"summary\",\"errors\":1007,\"warnings\":0}\n");
}

static void test_nothing_to_print(void **state)
{
    struct fixture *fixture = *state;

    diag_print_text(&fixture->out, &fixture->diags, true);
    diag_print_json(&fixture->out, &fixture->diags);
    assert_text(buf_str(&fixture->out), "");
}

static void test_json(void **state)
{
    struct fixture *fixture = *state;
    const struct source source = source_of(
        STR("-a\xFF.yaml"), STR("\xE2\x82\xAC: 1\n\xE2\x82\xAC\xE2\x82\xACx: 2\n"));
    struct diags *diags = &fixture->diags;

    (void)diag_add(diags, DIAG_USAGE, (struct span){0}, "say \"no\"\x1B\xC3");
    struct diag *diag =
        diag_add(diags, DIAG_AMBIGUOUS_SCALAR, source_span_at(&source, 10, 4), "m");
    diag_help(diags, diag, "h\n");
    diag_related(diags, diag, source_span_at(&source, 0, 3), "r");
    (void)diag_add(diags, DIAG_FILE_WRITE, source_span_file(&source), "w");
    (void)diag_add(diags, DIAG_USAGE, source_span_at(&source, 5, 0), "z");
    diag_print_json(&fixture->out, diags);
    diag_print_json_summary(&fixture->out, diags);
    assert_text(
        buf_str(&fixture->out),
        "{\"type\":\"diagnostic\",\"severity\":\"error\",\"code\":\"file-write\","
        "\"message\":\"w\",\"file\":\"-a\\\\xff.yaml\"}\n"
        "{\"type\":\"diagnostic\",\"severity\":\"error\",\"code\":\"usage\","
        "\"message\":\"z\",\"file\":\"-a\\\\xff.yaml\",\"line\":1,\"column\":4}\n"
        "{\"type\":\"diagnostic\",\"severity\":\"warning\",\"code\":\"ambiguous-"
        "scalar\","
        "\"message\":\"m\",\"file\":\"-a\\\\xff.yaml\",\"line\":2,\"column\":2,"
        "\"end_column\":4,\"help\":\"h\\n\",\"related\":[{\"message\":\"r\","
        "\"file\":\"-a\\\\xff.yaml\",\"line\":1,\"column\":1,\"end_column\":2}]}\n"
        "{\"type\":\"diagnostic\",\"severity\":\"error\",\"code\":\"usage\","
        "\"message\":\"say \\\"no\\\"\\u001b\\\\xc3\"}\n"
        "{\"type\":\"summary\",\"errors\":3,\"warnings\":1}\n");
}

static void test_reference(void **state)
{
    struct fixture *fixture = *state;

    diag_print_reference(&fixture->out);
    struct str rest = buf_str(&fixture->out);
    assert_true(str_starts(rest, STR("# Diagnostics\n\n")));
    // Each code has its section, and they are sorted.
    size_t sections = 0;
    struct str before = STR("");
    for (size_t at = 0; (at = str_find(rest, STR("\n## `"))) < rest.len; sections++) {
        rest = str_skip(rest, at + 5);
        const struct str name = {rest.at, str_find_char(rest, '`')};
        assert_true(str_cmp(before, name) < 0);
        before = name;
    }
    assert_int_equal(sections, DIAG_CODE_COUNT);
    const struct diag_info *info = diag_info_get(DIAG_FILE_WRITE);
    const struct str section = arena_printf(
        &fixture->arena, "\n## `file-write`\n\nError, exit code 3. **%s**\n\n%s\n",
        info->title, info->explanation);
    assert_true(str_find(buf_str(&fixture->out), section) < fixture->out.len);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_example_of_the_header),
        TEST(test_without_a_place),
        TEST(test_order),
        TEST(test_file_names_begin_no_line),
        TEST(test_carets),
        TEST(test_the_gutter_grows),
        TEST(test_messages_are_escaped),
        TEST(test_a_long_line_ends_with_a_character),
        TEST(test_long_lines_are_clipped_around_the_caret),
        TEST(test_a_piece_is_kept_as_far_as_it_goes),
        TEST(test_windows_break_no_code_point),
        TEST(test_windows_of_marks_without_width),
        TEST(test_counting_columns_in_any_order),
        TEST(test_counting_columns_of_a_huge_line),
        TEST(test_hostile_cells_stay_within_the_width),
        TEST(test_a_huge_line_behind_a_descriptor),
        TEST(test_color),
        TEST(test_what_was_dropped),
        TEST(test_nothing_to_print),
        TEST(test_json),
        TEST(test_reference),
    };
    return cmocka_run_group_tests_name("diag_print", tests, NULL, NULL);
}
