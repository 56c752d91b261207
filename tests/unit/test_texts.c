// texts: sets of texts against a matcher that tries everything, over random small sets.
#include "unit.h"

#include "dice.h"
#include "texts.h"

#define LETTERS 2   // 'a' and 'b'
#define MAX_LEN 10  // of the texts that are tried
#define MAX_PARTS 3 // of a random set
#define ROUNDS 400

// A random set: runs of letters.
struct spec {
    struct texts_run runs[MAX_PARTS];
    size_t count;
};

static void put_spec(struct texts *out, const struct spec *spec)
{
    for (size_t i = 0; i < spec->count; i++) {
        texts_put_run(out, &spec->runs[i]);
    }
}

static struct spec roll(struct dice *dice, uint32_t max_min)
{
    struct spec spec = {.count = dice_below(dice, MAX_PARTS + 1)};
    for (size_t i = 0; i < spec.count; i++) {
        char first = (char)('a' + (char)dice_below(dice, LETTERS));
        char last = dice_below(dice, 2) == 0 ? first : 'b';
        uint32_t min = (uint32_t)dice_below(dice, max_min + 1);
        uint32_t max =
            dice_below(dice, 3) == 0 ? TEXTS_MANY : min + (uint32_t)dice_below(dice, 3);
        spec.runs[i] =
            (struct texts_run){byte_set_range(first, last), first, 0, min, max};
    }
    return spec;
}

// By trying every length of every run.
static bool matches(const struct spec *spec, size_t from, struct str text)
{
    if (from >= spec->count || from >= MAX_PARTS) {
        return text.len == 0;
    }
    const struct texts_run *run = &spec->runs[from];
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

static enum texts_answer meet(const struct texts *a, const struct texts *b,
                              struct buf *example)
{
    const struct texts *sets[] = {a, b};
    uint64_t work = 1000000;
    return texts_meet(example, sets, 2, &work);
}

static bool has(const struct texts *set, struct str text, struct arena *arena)
{
    struct texts one;
    texts_init(&one, arena);
    texts_put_literal(&one, text);
    return meet(set, &one, NULL) == TEXTS_MEET;
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
        struct texts sets[2];
        struct buf example;
        bool expected = false;
        buf_init(&example, 4096);
        for (size_t i = 0; i < 2; i++) {
            texts_init(&sets[i], &arena);
            put_spec(&sets[i], &specs[i]);
        }
        for (size_t len = 0; len <= MAX_LEN && !expected; len++) {
            for (size_t i = 0; i < (size_t)1 << len && !expected; i++) {
                char bytes[MAX_LEN];
                struct str text = nth(bytes, i, len);
                expected = matches(&specs[0], 0, text) && matches(&specs[1], 0, text);
            }
        }
        enum texts_answer answer = meet(&sets[0], &sets[1], &example);
        assert_int_equal(answer, expected ? TEXTS_MEET : TEXTS_APART);
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
        struct texts bound;
        struct texts set;
        bool least = dice_below(&dice, 2) == 0;
        bool strictly = dice_below(&dice, 2) == 0;
        texts_init(&bound, &arena);
        texts_init(&set, &arena);
        put_spec(&bound, &spec);
        if (least) {
            texts_put_at_least(&set, &bound, strictly);
        } else {
            texts_put_at_most(&set, &bound, strictly);
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
    struct texts integer;
    struct texts decimal;
    (void)state;

    texts_init(&integer, &arena);
    texts_put_integer(&integer);
    texts_init(&decimal, &arena);
    texts_put_integer(&decimal);
    texts_put_fraction(&decimal);
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
    struct texts sets[3];
    struct texts any;
    (void)state;

    for (uint8_t i = 0; i < 3; i++) {
        struct texts_run run = {byte_set_range('0', '9'), '1', i, 4, 4};
        texts_init(&sets[i], &arena);
        texts_put_run(&sets[i], &run);
    }
    texts_init(&any, &arena);
    texts_open_end(&any);
    assert_int_equal(meet(&sets[1], &sets[2], NULL), TEXTS_APART);
    assert_int_equal(meet(&sets[1], &sets[1], NULL), TEXTS_MEET);
    assert_int_equal(meet(&sets[0], &sets[2], NULL), TEXTS_MEET);
    assert_int_equal(meet(&any, &sets[2], NULL), TEXTS_MEET);

    const struct texts *all[] = {&sets[1], &any, &sets[2]};
    uint64_t work = 1000;
    assert_int_equal(texts_meet(NULL, all, 3, &work), TEXTS_APART);
    arena_deinit(&arena);
}

// Past the ceilings nothing is known, and nothing is claimed.
static void test_ceilings(void **state)
{
    struct arena arena = {0};
    struct texts wide;
    struct texts any;
    struct texts_run run = {byte_set_any(), 'a', 0, TEXTS_MAX_STEPS + 1,
                            TEXTS_MAX_STEPS + 1};
    (void)state;

    texts_init(&wide, &arena);
    texts_init(&any, &arena);
    texts_open_end(&any);
    texts_put_run(&wide, &run);
    assert_true(wide.overflowed);
    assert_int_equal(meet(&wide, &any, NULL), TEXTS_UNKNOWN);

    struct texts exact;
    run.min = run.max = TEXTS_MAX_STEPS;
    texts_init(&exact, &arena);
    texts_put_run(&exact, &run);
    assert_false(exact.overflowed);
    const struct texts *sets[] = {&exact, &any};
    uint64_t work = 100;
    assert_int_equal(texts_meet(NULL, sets, 2, &work), TEXTS_UNKNOWN);
    assert_int_equal(work, 0);
    work = 100000;
    assert_int_equal(texts_meet(NULL, sets, 2, &work), TEXTS_MEET);

    struct texts bounded;
    texts_init(&bounded, &arena);
    texts_put_at_least(&bounded, &exact, false);
    assert_true(bounded.overflowed);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_meet),     cmocka_unit_test(test_order),
        cmocka_unit_test(test_numbers),  cmocka_unit_test(test_origins),
        cmocka_unit_test(test_ceilings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
