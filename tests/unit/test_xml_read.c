// xml_read: what STS answers, and what it never would.
#include "unit.h"

#include "arena.h"
#include "xml_read.h"

#include <string.h>

// The text at path; "!": refused.
static void assert_finds(const char *xml, const char *path, const char *expected)
{
    struct arena arena = {0};
    size_t len = strlen(xml);
    struct str out;
    // A copy without a byte behind it, for the sanitizers.
    char *copy = arena_alloc(&arena, len);
    memcpy(copy, xml, len);
    bool read = xml_find(&out, (struct str){copy, len}, path, &arena);
    assert_text(read ? out : STR("!"), expected);
    arena_wipe(&arena);
}

static void test_elements(void **state)
{
    (void)state;
    static const char ANSWER[] = "<?xml version=\"1.0\"?>\n<R xmlns='u:x' a = "
                                 "\"1>2\">\n <A><B> one </B><C/></A>\n"
                                 " <!-- <A><B>no</B></A> --><A><B>two</B></A>\n</R>\n";
    assert_finds(ANSWER, "R/A/B", "one");
    assert_finds(ANSWER, "R/A/C", "");
    assert_finds(ANSWER, "R/B", "");
    assert_finds(ANSWER, "A/B", "");
    assert_finds("<R>a<X>b</X>c</R>", "R", "ac");
}

static void test_characters(void **state)
{
    (void)state;
    assert_finds("<R>&lt;&amp;&gt;&quot;&apos;</R>", "R", "<&>\"'");
    assert_finds("<R>&#65;&#x1F600;&#xe4;</R>", "R", "A\xF0\x9F\x98\x80\xC3\xA4");
    assert_finds("<R>&nbsp;</R>", "R", "!");
    assert_finds("<R>&#0;</R>", "R", "!");
    assert_finds("<R>&#xD800;</R>", "R", "!");
    assert_finds("<R>&#99999999999;</R>", "R", "!");
    assert_finds("<R>&amp</R>", "R", "!");
}

static void test_no_documents(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "",
        "text",
        "{}",
        "<R>",
        "<R",
        "</R>",
        "<R></S>",
        "<R><S></R></S>",
        "<R></R><R></R>",
        "<R></R> text",
        "<R a></R>",
        "<R a=b></R>",
        "<R a='b></R>",
        "<!DOCTYPE R [<!ENTITY a 'b'>]><R>&a;</R>",
        "<R><![CDATA[x]]></R>",
        "<R><?x y?></R>",
        "<R><!-- </R>",
        "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>",
    };
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        assert_finds(TEXTS[i], "R", "!");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_no_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
