// line_reader: the lines of any text, whatever block they fall in.
#include "stage.h"

#include "line_reader.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct source in_memory(struct str text)
{
    return (struct source){.name = STR("test"), .fd = -1, .text = text};
}

// An unlinked file with the text.
static struct source in_file(struct str text)
{
    char path[] = "/tmp/ddbgen-unit-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    for (size_t at = 0; at < text.len;) {
        ssize_t n = write(fd, text.at + at, text.len - at);
        assert_true(n > 0);
        at += (size_t)n;
    }
    return (struct source){.name = STR("test"), .fd = fd};
}

static void test_small(void **state)
{
    static const char text[] = "\xef\xbb\xbf"
                               "one\r\n\n\r\nfo\rur\r\r\n\xe2\x80\xa8\nlast\r";
    static const struct {
        const char *text;
        uint64_t at;
    } rows[] = {{"one", 3},           {"", 8},       {"", 9}, {"fo\rur\r", 11},
                {"\xe2\x80\xa8", 19}, {"last\r", 23}};
    struct source source = in_memory(str_from(text));
    struct line_reader reader;
    struct line line;
    (void)state;

    line_reader_init(&reader, &source);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(line_reader_next(&reader, &line));
        assert_text(line.text, rows[i].text);
        assert_int_equal(line.at, rows[i].at);
        assert_int_equal(line.number, i + 1);
        assert_false(line.too_long);
    }
    assert_false(line_reader_next(&reader, &line));
    assert_false(line_reader_next(&reader, &line));
    line_reader_seek(&reader, 11, 4);
    assert_true(line_reader_next(&reader, &line));
    assert_text(line.text, "fo\rur\r");
    assert_int_equal(line.number, 4);
    assert_int_equal(line.at, 11);
    struct span span = line_span(&reader, &line, 2, 3);
    assert_ptr_equal(span.source, &source);
    assert_int_equal(span.line_at, 11);
    assert_int_equal(span.line, 4);
    assert_int_equal(span.column, 2);
    assert_int_equal(span.length, 3);
    line_reader_deinit(&reader);
}

static void test_ends(void **state)
{
    static const struct {
        const char *text;
        size_t lines;
    } rows[] = {{"", 0},
                {"\n", 1},
                {"a", 1},
                {"a\n", 1},
                {"a\n\n", 2},
                {"a\nb", 2},
                {"\xef\xbb\xbf", 0},
                {"\xef\xbb\xbf\n", 1},
                {"\xef\xbb", 1},
                {"\r", 1}};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct source source = in_memory(str_from(rows[i].text));
        struct line_reader reader;
        struct line line;
        size_t lines = 0;
        line_reader_init(&reader, &source);
        while (line_reader_next(&reader, &line)) {
            lines++;
        }
        assert_int_equal(lines, rows[i].lines);
        line_reader_deinit(&reader);
    }
}

// A text whose lines have the lengths of the table, each of another letter.
static struct str make_text(const size_t *lengths, size_t count, bool crlf, bool final)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += lengths[i] + 2;
    }
    char *text = malloc(size + 1);
    assert_non_null(text);
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        memset(text + len, (int)('a' + i % 26), lengths[i]);
        len += lengths[i];
        if (i + 1 < count || final) {
            if (crlf) {
                text[len++] = '\r';
            }
            text[len++] = '\n';
        }
    }
    return (struct str){text, len};
}

static void check_lengths(const struct source *source, const size_t *lengths,
                          size_t count, bool crlf)
{
    struct line_reader reader;
    struct line line;
    uint64_t at = 0;
    line_reader_init(&reader, source);
    for (size_t i = 0; i < count; i++) {
        assert_true(line_reader_next(&reader, &line));
        assert_int_equal(line.at, at);
        assert_int_equal(line.number, i + 1);
        assert_true(line.too_long == (lengths[i] > LINE_MAX_BYTES));
        assert_int_equal(line.text.len, line.too_long ? 0 : lengths[i]);
        for (size_t k = 0; k < line.text.len; k += 1 + line.text.len / 50) {
            assert_int_equal(line.text.at[k], 'a' + (int)(i % 26));
        }
        at += lengths[i] + (crlf ? 2 : 1);
    }
    assert_false(line_reader_next(&reader, &line));
    // From the last line to the first by seeking.
    for (size_t i = count; i-- > 0;) {
        at = 0;
        for (size_t k = 0; k < i; k++) {
            at += lengths[k] + (crlf ? 2 : 1);
        }
        line_reader_seek(&reader, at, (uint32_t)i + 1);
        assert_true(line_reader_next(&reader, &line));
        assert_int_equal(line.at, at);
        assert_int_equal(line.number, i + 1);
        assert_int_equal(line.text.len, line.too_long ? 0 : lengths[i]);
    }
    line_reader_deinit(&reader);
}

static void check_everywhere(const size_t *lengths, size_t count, bool crlf)
{
    for (int final = 0; final < 2; final++) {
        struct str text = make_text(lengths, count, crlf, final != 0);
        struct source memory = in_memory(text);
        struct source file = in_file(text);
        check_lengths(&memory, lengths, count, crlf);
        check_lengths(&file, lengths, count, crlf);
        (void)close(file.fd);
        union {
            const char *in;
            void *out;
        } owned = {.in = text.at};
        free(owned.out);
    }
}

static void test_block_borders(void **state)
{
    enum { READ = 128 * 1024 };
    const size_t lengths[] = {READ - 1, READ,      1, READ - 3, READ + 1, 7, 2 * READ,
                              3 * READ, READ - 10, 4, 5,        300000};
    (void)state;

    check_everywhere(lengths, COUNT_OF(lengths), false);
    check_everywhere(lengths, COUNT_OF(lengths), true);
}

static void test_long_lines(void **state)
{
    const size_t lengths[] = {3,
                              LINE_MAX_BYTES,
                              5,
                              LINE_MAX_BYTES + 1,
                              1,
                              2 * LINE_MAX_BYTES,
                              LINE_MAX_BYTES - 1,
                              1500000,
                              LINE_MAX_BYTES};
    (void)state;

    check_everywhere(lengths, COUNT_OF(lengths), false);
}

// Neither LF nor CRLF is part of a line, so both have the same ceiling.
static void test_long_lines_crlf(void **state)
{
    const size_t lengths[] = {LINE_MAX_BYTES - 1, LINE_MAX_BYTES, 5, LINE_MAX_BYTES + 1,
                              2};
    (void)state;

    check_everywhere(lengths, COUNT_OF(lengths), true);
}

// A CR is the last byte that was read, of a line as long as one may be: the LF that it
// belongs to comes with the next block.
static void test_crlf_across_blocks(void **state)
{
    enum { READ = 128 * 1024 };
    const size_t lengths[] = {READ - 3, LINE_MAX_BYTES, 5};
    (void)state;

    check_everywhere(lengths, COUNT_OF(lengths), true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_block_borders),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_long_lines_crlf),
        cmocka_unit_test(test_crlf_across_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
