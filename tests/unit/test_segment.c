// segment: what a template may give, against a matcher that tries every way to cut,
// over random small texts; and texts that would keep such a matcher busy for years.
#include "unit.h"

#include "dice.h"
#include "segment.h"

#include <string.h>

#define ROUNDS 20000
#define MAX_SEGMENTS 5
#define MANY (UINT64_C(1) << 40)

static const char TIME[] = "2023-03-19T12:01:00.000000+00:00";
static const char UUID[] = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399";

static const struct expr STRING = {.type = TYPE_STRING};
static const struct expr NUMBER = {.type = TYPE_NUMBER};
static const struct expr WHEN = {.type = TYPE_TIME};
static const struct expr ID = {.type = TYPE_UUID};

static bool match(const struct segment *segments, size_t count, struct str text)
{
    struct arena arena = {0};
    uint64_t steps = MANY;
    bool ok = segments_match(segments, count, text, &arena, &steps);
    arena_deinit(&arena);
    return ok;
}

static bool slow_kind(const struct expr *expr, struct str text)
{
    if (expr == &NUMBER) {
        size_t sign = text.len > 0 && text.at[0] == '-' ? 1 : 0;
        return text.len > sign &&
               strspn(text.at + sign, "0123456789") >= text.len - sign;
    }
    return expr == &STRING || str_is(text, expr == &ID ? UUID : TIME);
}

static bool slow_match(const struct segment *segments, size_t count, struct str text)
{
    if (count == 0) {
        return text.len == 0;
    }
    for (size_t len = 0; len <= text.len; len++) {
        struct str piece = {text.at, len};
        bool ok = segments->any == NULL ? str_eq(piece, segments->text)
                                        : slow_kind(segments->any, piece);
        if (ok && slow_match(segments + 1, count - 1, str_skip(text, len))) {
            return true;
        }
    }
    return false;
}

static void test_as_the_slow_one(void **state)
{
    static const struct expr *const ANY[] = {&STRING, &NUMBER, &WHEN, &ID};
    static const char *const WORDS[] = {"",   "a",  "aa", "-", "1",
                                        "12", "-1", TIME, UUID};
    struct dice dice = {20230319};
    unsigned matched = 0;
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct segment segments[MAX_SEGMENTS];
        size_t count = dice_below(&dice, MAX_SEGMENTS + 1);
        for (size_t i = 0; i < count; i++) {
            bool any = dice_below(&dice, 2) == 0;
            segments[i] = (struct segment){
                .text = str_from(WORDS[dice_below(&dice, 7)]),
                .any = any ? ANY[dice_below(&dice, 4)] : NULL,
            };
        }
        char text[256] = "";
        for (size_t i = dice_below(&dice, 6); i > 0; i--) {
            strcat(text, WORDS[dice_below(&dice, 9)]);
        }
        bool ok = match(segments, count, str_from(text));
        assert_int_equal(ok, slow_match(segments, count, str_from(text)));
        matched += ok;
    }
    assert_in_range(matched, ROUNDS / 20, ROUNDS / 2);
}

// Ten strings with the same letter between them, and a text of that letter alone that
// ends in another one: as many ways to cut it as there are.
static void test_long_texts(void **state)
{
    enum { LEN = 400000, PARTS = 10 };
    static char text[LEN];
    struct segment segments[2 * PARTS];
    struct arena arena = {0};
    uint64_t steps = 2 * PARTS * (uint64_t)(LEN + 1);
    (void)state;
    memset(text, 'a', LEN);
    for (size_t i = 0; i < PARTS; i++) {
        segments[2 * i] = (struct segment){.any = &STRING};
        segments[2 * i + 1] = (struct segment){.text = STR("a")};
    }
    struct str whole = {text, LEN};
    assert_true(segments_match(segments, 2 * PARTS, whole, &arena, &steps));
    assert_int_equal(steps, 0);
    assert_false(segments_match(segments, 2 * PARTS, whole, &arena, &steps));
    text[LEN - 1] = 'b';
    assert_false(match(segments, 2 * PARTS, whole));
    arena_deinit(&arena);
}

static void test_texts_cost_what_they_are_long(void **state)
{
    static char text[100000];
    struct arena arena = {0};
    uint64_t steps = 1000000;
    (void)state;
    memset(text, 'a', sizeof text);
    struct str half = {text, sizeof text / 2};
    struct segment segments[] = {{.any = &STRING}, {.text = half}};
    assert_false(
        segments_match(segments, 2, (struct str){text, sizeof text}, &arena, &steps));
    assert_int_equal(steps, 0); // of the 78 million that it takes
    assert_true(match(segments, 2, (struct str){text, sizeof text}));
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_the_slow_one),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_texts_cost_what_they_are_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
