// source: reading at an offset, in memory and from a descriptor, and finding lines.
#include "unit.h"

#include "source.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct source in_memory(struct str text)
{
    return (struct source){.name = STR("a.yaml"), .fd = -1, .text = text};
}

static void assert_reads(const struct source *source)
{
    char out[8];

    assert_int_equal(source_read(source, 0, out, 3), 3);
    assert_memory_equal(out, "abc", 3);
    assert_int_equal(source_read(source, 4, out, 8), 2);
    assert_memory_equal(out, "ef", 2);
    assert_int_equal(source_read(source, 6, out, 8), 0);
    assert_int_equal(source_read(source, UINT64_MAX, out, 8), 0);
    assert_int_equal(source_read(source, 0, out, 0), 0);
}

static void test_reading_memory(void **state)
{
    const struct source source = in_memory(STR("abcdef"));
    const struct source empty = in_memory((struct str){NULL, 0});
    char out[4];
    (void)state;

    assert_reads(&source);
    assert_int_equal(source_read(&empty, 0, out, 4), 0);
}

static void test_reading_a_descriptor(void **state)
{
    char path[] = "/tmp/ddbgen-test-source-XXXXXX";
    const int fd = mkstemp(path);
    char out[4];
    (void)state;

    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(write(fd, "abcdef", 6), 6);
    const struct source source = {.name = STR("a.txt"), .fd = fd};
    assert_reads(&source);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 6); // the position is not moved
    close(fd);
    assert_int_equal(source_read(&source, 0, out, 4), 0);
}

static void assert_span(struct str text, size_t offset, size_t length,
                        const uint64_t expected[4])
{
    const struct source source = in_memory(text);
    const struct span span = source_span_at(&source, offset, length);

    assert_ptr_equal(span.source, &source);
    assert_int_equal(span.line, expected[0]);
    assert_int_equal(span.line_at, expected[1]);
    assert_int_equal(span.column, expected[2]);
    assert_int_equal(span.length, expected[3]);
}

static void test_spans(void **state)
{
    const struct str text = STR("one\ntwo\n\nfour");
    (void)state;

    assert_span(text, 0, 3, (uint64_t[]){1, 0, 0, 3});
    assert_span(text, 2, 1, (uint64_t[]){1, 0, 2, 1});
    assert_span(text, 3, 1, (uint64_t[]){1, 0, 3, 0}); // the line feed ends its line
    assert_span(text, 4, 3, (uint64_t[]){2, 4, 0, 3});
    assert_span(text, 5, 8, (uint64_t[]){2, 4, 1, 2}); // only what is on the line
    assert_span(text, 8, 0, (uint64_t[]){3, 8, 0, 0});
    assert_span(text, 11, 99, (uint64_t[]){4, 9, 2, 2});
    assert_span(text, 13, 0, (uint64_t[]){4, 9, 4, 0});
    assert_span(text, 99, 5, (uint64_t[]){4, 9, 4, 0});
    assert_span(STR("a\n"), 2, 0, (uint64_t[]){2, 2, 0, 0});
    assert_span((struct str){NULL, 0}, 0, 0, (uint64_t[]){1, 0, 0, 0});
}

static void test_the_whole_file(void **state)
{
    const struct source source = in_memory(STR("a"));
    const struct span span = source_span_file(&source);
    (void)state;

    assert_ptr_equal(span.source, &source);
    assert_int_equal(span.line, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading_memory),
        cmocka_unit_test(test_reading_a_descriptor),
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_the_whole_file),
    };
    return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
