// NFC: what is written decomposed is found, and nothing that is composed is taken for
// it.
#include "unit.h"

#include "nfc.h"

#include <string.h>

static void expect(const char *text, size_t at)
{
    if (nfc_check(str_from(text)) != at) {
        fail_msg("'%s': %zu, expected %zu", text, nfc_check(str_from(text)), at);
    }
}

static void test_composed(void **state)
{
    static const char *const TEXTS[] = {
        "",
        "plain",
        "caf\u00e9",
        "\u0439\u043e\u0434", // Cyrillic
        "\u304c\u30d1",       // kana with their marks
        "\ud55c\uae00",       // Hangul syllables
        "q\u0303",            // there is no q with tilde
        "\u1eb9\u0301",       // e with dot below, then an acute: as NFC has it
        "\u0e01\u0e33\u05e9\u05c1\u0644\u0651", // marks that never compose
        "\u0301",                               // a mark behind nothing
        "\u3042\u3099",                         // a kana that takes no mark
        "\u1161\u11a8\uac01\u11a8",             // Hangul that does not combine
        "\U0001f389 \u2026",
        "\u03a9 K \u00c5",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        expect(TEXTS[i], strlen(TEXTS[i]));
    }
}

static void test_decomposed(void **state)
{
    (void)state;
    expect("cafe\u0301", 3);
    expect("e\u0301", 0);
    expect("a\u0323\u0302", 0);
    expect("\u1ea1\u0302", 0);
    expect("x\u0438\u0306", 1);
    expect("\u304b\u3099", 0);
    expect("\u1112\u1161\u11ab", 0);
    expect("\ud558\u11ab", 0);
    expect("10 \u2126", 3);
    expect("\u212a", 0);
    expect("\u212b", 0);
    expect("\U00011099\U000110ba", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_composed),
        cmocka_unit_test(test_decomposed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
