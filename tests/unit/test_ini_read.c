// ini_read: the files of the SDKs, whole and broken.
#include "unit.h"

#include "buf.h"
#include "ini_read.h"

#include <string.h>

// Sections and keys on one line: [name] key=<value> key={below=<value>}.
static void assert_reads(struct str text, const char *expected)
{
    struct arena arena = {0};
    struct ini ini;
    struct ini_mistake mistake;
    struct buf out;
    buf_init(&out, 1 << 20);
    // A copy without a byte behind it, for the sanitizers.
    char *copy = arena_alloc(&arena, text.len);
    memcpy(copy, text.at, text.len);
    bool read = ini_read(&ini, (struct str){copy, text.len}, &arena, &mistake);
    if (!read) {
        buf_printf(&out, "!%zu: %s", mistake.line, mistake.why);
    }
    for (size_t i = 0; read && i < ini.count; i++) {
        const struct ini_section *section = &ini.sections[i];
        buf_printf(&out, "%s[%.*s]", i > 0 ? " " : "", STR_ARG(section->name));
        for (size_t k = 0; k < section->count; k++) {
            const struct ini_entry *entry = &section->entries[k];
            buf_printf(&out, " %.*s=", STR_ARG(entry->key));
            if (entry->below_count == 0) {
                buf_printf(&out, "<%.*s>", STR_ARG(entry->value));
            }
            for (size_t b = 0; b < entry->below_count; b++) {
                buf_printf(&out, "{%.*s=<%.*s>}", STR_ARG(entry->below[b].key),
                           STR_ARG(entry->below[b].value));
            }
        }
    }
    assert_text(buf_str(&out), expected);
    buf_deinit(&out);
    arena_wipe(&arena);
}

static void test_keys(void **state)
{
    (void)state;
    assert_reads(STR(""), "");
    assert_reads(STR("[default]\nregion = eu-west-1\n"),
                 "[default] region=<eu-west-1>");
    assert_reads(STR("[a]\r\nx=1\r\n[b]\r\ny: 2 \r\n"), "[a] x=<1> [b] y=<2>");
    assert_reads(STR("[ profile  x ] # behind it\nKey\t=\tV=W:X"),
                 "[profile  x] key=<V=W:X>");
    assert_reads(STR("[a]\nx =\ny = 1"), "[a] x=<> y=<1>");
    assert_reads(STR("  [a]\n  x = 1\n  y = 2\n"), "[a] x=<1> y=<2>");
}

static void test_comments(void **state)
{
    (void)state;
    assert_reads(STR("# a\n; b\n[a]\n  # c\nx = 1 # d\ny = 2 ; e\nz = a#b;c\n"),
                 "[a] x=<1> y=<2> z=<a#b;c>");
    // A command may well hold one.
    assert_reads(STR("[a]\ncredential_process = /bin/x # y\n"),
                 "[a] credential_process=</bin/x # y>");
}

static void test_lines_that_go_on(void **state)
{
    (void)state;
    assert_reads(STR("[a]\nx = 1\n  2\n\n\t3\n\ny = 4\n"), "[a] x=<1\n2\n\n3> y=<4>");
    assert_reads(STR("[a]\nx = 1\n # not this\n 2\n"), "[a] x=<1\n2>");
    assert_reads(STR("[a]\ns3 =\n  Max = 1\n  b=2=3\ny = 4\n"),
                 "[a] s3={Max=<1>}{b=<2=3>} y=<4>");
}

static void test_what_stands_twice(void **state)
{
    (void)state;
    assert_reads(STR("[a]\nx = 1\nX = 2\n[b]\n[a]\ny = 3\n"), "[a] x=<2> y=<3> [b]");
}

static void test_mistakes(void **state)
{
    (void)state;
    assert_reads(STR("x = 1\n"), "!1: the file must begin with a section in brackets");
    assert_reads(STR("[a]\n\nnothing\n"),
                 "!3: a line is a section, or a key, '=' and a value");
    assert_reads(STR("[a]\n = 1\n"),
                 "!2: a line is a section, or a key, '=' and a value");
    assert_reads(STR("[]\n"), "!1: a section has a name in brackets");
    assert_reads(STR("[a\n"), "!1: a section has a name in brackets");
    assert_reads(STR("[a]\nx =\n  nothing\n"), "!1: a line below a key has no '='");
    assert_reads(STR("[a]\nx = \0\n"), "!1: the file is no text in UTF-8");
    assert_reads(STR("[a]\nx = \xFF\n"), "!1: the file is no text in UTF-8");
}

// Short lines without end cost what one long one does.
static void test_many_lines(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct ini ini;
    struct ini_mistake mistake;
    struct buf text;
    buf_init(&text, INI_MAX_BYTES);
    buf_puts(&text, "[a]\nx = 1\n");
    for (int i = 0; i < 200000; i++) {
        buf_puts(&text, " b\n");
    }
    assert_true(ini_read(&ini, buf_str(&text), &arena, &mistake));
    assert_int_equal(ini.sections[0].entries[0].value.len, 400001);
    buf_reset(&text);
    for (int i = 0; i < 10001; i++) {
        buf_printf(&text, "[%d]\n", i);
    }
    assert_false(ini_read(&ini, buf_str(&text), &arena, &mistake));
    assert_int_equal(mistake.line, 10001);
    buf_deinit(&text);
    arena_wipe(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_lines_that_go_on),
        cmocka_unit_test(test_what_stands_twice),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_many_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
