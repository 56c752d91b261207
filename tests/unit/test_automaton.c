// automaton: sets of texts against a matcher that tries everything, over random small sets.
#include "unit.h"

#include "automaton.h"
#include "dice.h"

#define LETTERS 2   // 'a' and 'b'
#define MAX_LEN 10  // of the texts that are tried
#define MAX_PARTS 3 // of a random set
#define ROUNDS 400

// A random set: runs of letters.
struct spec {
    struct byte_run runs[MAX_PARTS];
    size_t count;
};

static void put_spec(struct automaton *out, const struct spec *spec)
{
    for (size_t i = 0; i < spec->count; i++) {
        automaton_put_run(out, &spec->runs[i]);
    }
}

static struct spec roll(struct dice *dice, uint32_t max_min)
{
    struct spec spec = {.count = dice_below(dice, MAX_PARTS + 1)};
    for (size_t i = 0; i < spec.count; i++) {
        char first = (char)('a' + (char)dice_below(dice, LETTERS));
        char last = dice_below(dice, 2) == 0 ? first : 'b';
        uint32_t min = (uint32_t)dice_below(dice, max_min + 1);
        uint32_t max = dice_below(dice, 3) == 0 ? AUTOMATON_MANY
                                                : min + (uint32_t)dice_below(dice, 3);
        spec.runs[i] =
            (struct byte_run){byte_set_range(first, last), first, 0, min, max};
    }
    return spec;
}

// By trying every length of every run.
static bool matches(const struct spec *spec, size_t from, struct str text)
{
    if (from >= spec->count || from >= MAX_PARTS) {
        return text.len == 0;
    }
    const struct byte_run *run = &spec->runs[from];
    for (uint32_t n = 0; n <= text.len && n <= run->max; n++) {
        if (n > 0 && !byte_set_has(&run->set, (unsigned char)text.at[n - 1])) {
            return false;
        }
        if (n >= run->min && matches(spec, from + 1, str_skip(text, n))) {
            return true;
        }
    }
    return false;
}

// The i-th text of a given length.
static struct str nth(char out[MAX_LEN], size_t i, size_t len)
{
    for (size_t k = 0; k < len && k < MAX_LEN; k++) {
        out[k] = (char)('a' + (char)(i >> k & 1U));
    }
    return (struct str){out, len};
}

static enum automaton_answer meet(const struct automaton *a, const struct automaton *b,
                                  struct buf *example)
{
    const struct automaton *sets[] = {a, b};
    uint64_t work = 1000000;
    return automaton_meet(example, sets, 2, &work);
}

static bool has(const struct automaton *set, struct str text, struct arena *arena)
{
    struct automaton one;
    automaton_init(&one, arena);
    automaton_put_literal(&one, text);
    bool met = meet(set, &one, NULL) == AUTOMATON_MEET;
    uint64_t work = 1000000;
    assert_int_equal(automaton_has(set, text, arena, &work), met);
    return met;
}

// A set has exactly the texts that it was made of.
static void test_has(void **state)
{
    struct dice dice = {UINT64_C(0xbeef)};
    (void)state;

    for (size_t round = 0; round < ROUNDS; round++) {
        struct arena arena = {0};
        struct spec spec = roll(&dice, 2);
        struct automaton set;
        automaton_init(&set, &arena);
        put_spec(&set, &spec);
        for (size_t len = 0; len <= MAX_LEN; len++) {
            char bytes[MAX_LEN];
            struct str text = nth(bytes, dice_below(&dice, (uint64_t)1 << len), len);
            uint64_t work = 1000;
            assert_int_equal(automaton_has(&set, text, &arena, &work),
                             matches(&spec, 0, text));
            // With less work than that it is no, or what it was.
            uint64_t enough = 1000 - work + 1;
            uint64_t less = dice_below(&dice, enough);
            assert_false(automaton_has(&set, text, &arena, &less) &&
                         !matches(&spec, 0, text));
            work = enough;
            assert_int_equal(automaton_has(&set, text, &arena, &work),
                             matches(&spec, 0, text));
        }
        arena_deinit(&arena);
    }
}

// Two sets meet exactly when some text is in both, and the example is in both.
static void test_meet(void **state)
{
    struct dice dice = {UINT64_C(0x5eed)};
    size_t met = 0;
    (void)state;

    for (size_t round = 0; round < ROUNDS; round++) {
        struct arena arena = {0};
        struct spec specs[2] = {roll(&dice, 2), roll(&dice, 2)};
        struct automaton sets[2];
        struct buf example;
        bool expected = false;
        buf_init(&example, 4096);
        for (size_t i = 0; i < 2; i++) {
            automaton_init(&sets[i], &arena);
            put_spec(&sets[i], &specs[i]);
        }
        for (size_t len = 0; len <= MAX_LEN && !expected; len++) {
            for (size_t i = 0; i < (size_t)1 << len && !expected; i++) {
                char bytes[MAX_LEN];
                struct str text = nth(bytes, i, len);
                expected = matches(&specs[0], 0, text) && matches(&specs[1], 0, text);
            }
        }
        enum automaton_answer answer = meet(&sets[0], &sets[1], &example);
        assert_int_equal(answer, expected ? AUTOMATON_MEET : AUTOMATON_APART);
        if (expected) {
            met++;
            assert_true(matches(&specs[0], 0, buf_str(&example)));
            assert_true(matches(&specs[1], 0, buf_str(&example)));
        }
        buf_deinit(&example);
        arena_deinit(&arena);
    }
    assert_in_range(met, ROUNDS / 10, ROUNDS * 9 / 10); // both answers were tried
}

// A text is in "at least" and "at most" exactly when some text of the bound says so.
// The bound's texts are tried up to a length that is enough for texts of SHORT letters.
#define SHORT 4

static bool is_bounded(const struct spec *bound, struct str text, bool least,
                       bool strictly)
{
    for (size_t len = 0; len <= MAX_LEN; len++) {
        for (size_t i = 0; i < (size_t)1 << len; i++) {
            char bytes[MAX_LEN];
            struct str other = nth(bytes, i, len);
            int order = least ? str_cmp(text, other) : str_cmp(other, text);
            if ((order > 0 || (order == 0 && !strictly)) && matches(bound, 0, other)) {
                return true;
            }
        }
    }
    return false;
}

static void test_order(void **state)
{
    struct dice dice = {UINT64_C(0xb0bd)};
    (void)state;

    for (size_t round = 0; round < ROUNDS / 4; round++) {
        struct arena arena = {0};
        struct spec spec = roll(&dice, 1);
        struct automaton bound;
        struct automaton set;
        bool least = dice_below(&dice, 2) == 0;
        bool strictly = dice_below(&dice, 2) == 0;
        automaton_init(&bound, &arena);
        automaton_init(&set, &arena);
        put_spec(&bound, &spec);
        if (least) {
            automaton_put_at_least(&set, &bound, strictly);
        } else {
            automaton_put_at_most(&set, &bound, strictly);
        }
        for (size_t len = 0; len <= SHORT; len++) {
            for (size_t i = 0; i < (size_t)1 << len; i++) {
                char bytes[MAX_LEN];
                struct str text = nth(bytes, i, len);
                assert_int_equal(has(&set, text, &arena),
                                 is_bounded(&spec, text, least, strictly));
            }
        }
        arena_deinit(&arena);
    }
}

static void test_numbers(void **state)
{
    static const struct {
        const char *text;
        bool integer, decimal;
    } rows[] = {
        {"0", true, true},    {"7", true, true},      {"10", true, true},
        {"1234", true, true}, {"", false, false},     {"00", false, false},
        {"01", false, false}, {"1.5", false, true},   {"0.05", false, true},
        {"1.", false, false}, {"1.50", false, false}, {".5", false, false},
        {"1a", false, false}, {"-1", false, false},
    };
    struct arena arena = {0};
    struct automaton integer;
    struct automaton decimal;
    (void)state;

    automaton_init(&integer, &arena);
    automaton_put_integer(&integer);
    automaton_init(&decimal, &arena);
    automaton_put_integer(&decimal);
    automaton_put_fraction(&decimal);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        print_message("%s\n", rows[i].text);
        assert_int_equal(has(&integer, str_from(rows[i].text), &arena),
                         rows[i].integer);
        assert_int_equal(has(&decimal, str_from(rows[i].text), &arena),
                         rows[i].decimal);
    }
    arena_deinit(&arena);
}

// Ids of two origins do not coincide; a text that is any takes both.
static void test_origins(void **state)
{
    struct arena arena = {0};
    struct automaton sets[3];
    struct automaton any;
    (void)state;

    for (uint8_t i = 0; i < 3; i++) {
        struct byte_run run = {byte_set_range('0', '9'), '1', i, 4, 4};
        automaton_init(&sets[i], &arena);
        automaton_put_run(&sets[i], &run);
    }
    automaton_init(&any, &arena);
    automaton_open_end(&any);
    assert_int_equal(meet(&sets[1], &sets[2], NULL), AUTOMATON_APART);
    assert_int_equal(meet(&sets[1], &sets[1], NULL), AUTOMATON_MEET);
    assert_int_equal(meet(&sets[0], &sets[2], NULL), AUTOMATON_MEET);
    assert_int_equal(meet(&any, &sets[2], NULL), AUTOMATON_MEET);

    const struct automaton *all[] = {&sets[1], &any, &sets[2]};
    uint64_t work = 1000;
    assert_int_equal(automaton_meet(NULL, all, 3, &work), AUTOMATON_APART);
    arena_deinit(&arena);
}

// Past the ceilings nothing is known, and nothing is claimed.
static void test_ceilings(void **state)
{
    struct arena arena = {0};
    struct automaton wide;
    struct automaton any;
    struct byte_run run = {byte_set_any(), 'a', 0, AUTOMATON_MAX_STEPS + 1,
                           AUTOMATON_MAX_STEPS + 1};
    (void)state;

    automaton_init(&wide, &arena);
    automaton_init(&any, &arena);
    automaton_open_end(&any);
    automaton_put_run(&wide, &run);
    assert_true(wide.overflowed);
    assert_int_equal(meet(&wide, &any, NULL), AUTOMATON_UNKNOWN);

    struct automaton exact;
    run.min = run.max = AUTOMATON_MAX_STEPS;
    automaton_init(&exact, &arena);
    automaton_put_run(&exact, &run);
    assert_false(exact.overflowed);
    const struct automaton *sets[] = {&exact, &any};
    uint64_t work = 100;
    assert_int_equal(automaton_meet(NULL, sets, 2, &work), AUTOMATON_UNKNOWN);
    assert_int_equal(work, 0);
    work = 100000;
    assert_int_equal(automaton_meet(NULL, sets, 2, &work), AUTOMATON_MEET);

    struct automaton bounded;
    automaton_init(&bounded, &arena);
    automaton_put_at_least(&bounded, &exact, false);
    assert_true(bounded.overflowed);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_has),     cmocka_unit_test(test_meet),
        cmocka_unit_test(test_order),   cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_origins), cmocka_unit_test(test_ceilings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
