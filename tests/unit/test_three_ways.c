// The decision table, cell by cell.
#include "unit.h"

#include "three_ways.h"

#include <string.h>

static const struct three_ways SAID[] = {
    {.restore = false},
    {.restore = true},
    {.keep_theirs = true},
};

// ---- attributes

// Of each cell without a wish, with --restore, with --keep-theirs: "-" nothing, taken,
// restored, theirs, or "!" a conflict; "*" behind it: that loses.
struct attribute_row {
    const char *what;
    struct attribute_ways
        ways; // {is_known, was_declared, was_live, is_declared, is_live}
    const char *verdicts;
};

static const struct attribute_row ATTRIBUTES[] = {
    {"not known, as declared", {0, 0, 0, 1, 1}, "- - -"},
    {"not known, otherwise", {0, 0, 0, 0, 1}, "taken* taken* taken*"},
    {"not known, absent", {0, 0, 0, 0, 0}, "taken taken taken"},
    {"not known, and nothing was", {0, 1, 0, 0, 1}, "taken* taken* taken*"},
    {"not known, and nothing was, absent", {0, 1, 1, 0, 0}, "taken taken taken"},
    {"as it was, all three", {1, 1, 1, 1, 1}, "- - -"},
    {"theirs", {1, 1, 0, 0, 1}, "theirs restored* theirs"},
    {"theirs, taken away", {1, 1, 0, 0, 0}, "theirs restored theirs"},
    {"ours", {1, 0, 1, 0, 1}, "taken taken taken"},
    {"ours, comes", {1, 0, 1, 0, 0}, "taken taken taken"},
    {"both, to the same", {1, 0, 0, 1, 1}, "- - -"},
    {"both took it away", {1, 0, 0, 1, 0}, "- - -"},
    {"both", {1, 0, 0, 0, 1}, "! restored* theirs"},
    {"both, they took it away", {1, 0, 0, 0, 0}, "! restored theirs"},
};

static const char *verdict_word(const struct attribute_verdict *verdict)
{
    static const char *const WORDS[] = {
        [ATTRIBUTE_TAKEN] = "taken",
        [ATTRIBUTE_RESTORED] = "restored",
        [ATTRIBUTE_THEIRS] = "theirs",
        [ATTRIBUTE_CONFLICT] = "!",
    };
    return verdict->differs ? WORDS[verdict->fate] : "-";
}

static void test_attributes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ATTRIBUTES); i++) {
        char got[64] = "";
        for (size_t k = 0; k < COUNT_OF(SAID); k++) {
            struct attribute_verdict verdict =
                attribute_decide(&ATTRIBUTES[i].ways, &SAID[k]);
            (void)strcat(got, k == 0 ? "" : " ");
            (void)strcat(got, verdict_word(&verdict));
            (void)strcat(got, verdict.loses ? "*" : "");
        }
        if (strcmp(got, ATTRIBUTES[i].verdicts) != 0) {
            fail_msg("%s: %s", ATTRIBUTES[i].what, got);
        }
    }
}

// ---- items

// "+" added, "~" changed, "moved", "stale", "theirs", "!" a conflict; "gone", "changed" by
// others, "*" it loses. The second one is with --restore, where that is another.
struct item_row {
    const char *what;
    struct item_ways ways;
    const char *verdict;
    const char *restored;
};

static const struct item_row ITEMS[] = {
    {"nothing at all", {0}, "-", NULL},
    {"declared", {.declared = true}, "+", NULL},
    {"declared, was there", {.was = true, .declared = true}, "+ gone", NULL},
    {"was there, gone everywhere", {.was = true}, "-", NULL},
    {"moved, and the old place is empty", {.was = true, .moved = true}, "-", NULL},
    {"somebody's", {.live = true}, "-", NULL},
    {"somebody's, with what would differ",
     {.live = true, .taken = 1, .loses = true},
     "-",
     NULL},
    {"as declared", {.declared = true, .live = true}, "-", NULL},
    {"as declared, was there",
     {.was = true, .declared = true, .live = true},
     "-",
     NULL},
    {"ours changed",
     {.was = true, .declared = true, .live = true, .taken = 2},
     "~",
     NULL},
    {"another one, without a ledger",
     {.declared = true, .live = true, .taken = 1, .loses = true},
     "~ *",
     NULL},
    {"theirs alone",
     {.was = true, .declared = true, .live = true, .theirs = 1},
     "theirs",
     NULL},
    {"both, elsewhere",
     {.was = true, .declared = true, .live = true, .taken = 1, .theirs = 1},
     "~",
     NULL},
    {"a conflict beside others",
     {.was = true,
      .declared = true,
      .live = true,
      .taken = 1,
      .theirs = 1,
      .conflicts = 1,
      .loses = true},
     "!",
     NULL},
    {"a conflict alone",
     {.was = true, .declared = true, .live = true, .conflicts = 1},
     "!",
     NULL},
    {"stale", {.was = true, .live = true, .same = true}, "stale", NULL},
    {"stale and theirs",
     {.was = true, .live = true},
     "stale changed",
     "stale changed *"},
    {"moved", {.was = true, .moved = true, .live = true, .same = true}, "moved", NULL},
    {"moved, and becomes otherwise",
     {.was = true, .moved = true, .live = true, .same = true, .taken = 3},
     "moved",
     NULL},
    {"moved with theirs",
     {.was = true, .moved = true, .live = true, .theirs = 1},
     "moved changed",
     NULL},
    {"moved, theirs restored",
     {.was = true, .moved = true, .live = true, .taken = 1, .loses = true},
     "moved changed *",
     NULL},
    {"moved, in conflict",
     {.was = true,
      .moved = true,
      .live = true,
      .taken = 1,
      .conflicts = 1,
      .loses = true},
     "! changed",
     NULL},
    {"moved and there, the old place is left",
     {.was = true, .moved = true, .live = true, .same = true, .there = true},
     "moved",
     NULL},
    {"the same, though what is there differs",
     {.was = true,
      .moved = true,
      .live = true,
      .same = true,
      .there = true,
      .conflicts = 1,
      .loses = true},
     "moved",
     NULL},
    {"moved and there, the old place was changed",
     {.was = true, .moved = true, .live = true, .there = true},
     "moved changed",
     NULL},
    {"moved and there, with what was changed",
     {.was = true, .moved = true, .live = true, .there = true, .covered = true},
     "moved",
     NULL},
    {"not there yet, whatever covers it",
     {.was = true, .moved = true, .live = true, .covered = true},
     "moved changed",
     NULL},
};

static void put_verdict(char out[64], const struct item_verdict *verdict)
{
    static const char *const KINDS[] = {
        [ITEM_ADDED] = "+",     [ITEM_CHANGED] = "~",     [ITEM_MOVED] = "moved",
        [ITEM_STALE] = "stale", [ITEM_THEIRS] = "theirs", [ITEM_CONFLICT] = "!",
    };
    (void)strcpy(out, verdict->changes ? KINDS[verdict->kind] : "-");
    if (verdict->changes) {
        (void)strcat(out, verdict->gone ? " gone" : "");
        (void)strcat(out, verdict->theirs ? " changed" : "");
        (void)strcat(out, verdict->loses ? " *" : "");
    }
}

static void test_items(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ITEMS); i++) {
        const struct item_row *row = &ITEMS[i];
        for (size_t k = 0; k < COUNT_OF(SAID); k++) {
            const char *wanted =
                SAID[k].restore && row->restored != NULL ? row->restored : row->verdict;
            struct item_verdict verdict = item_decide(&row->ways, &SAID[k]);
            char got[64];
            put_verdict(got, &verdict);
            if (strcmp(got, wanted) != 0) {
                fail_msg("%s (%zu): %s", row->what, k, got);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
