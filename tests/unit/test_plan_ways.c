// What others changed, in a plan: changes as a reconciler gives them are fed into a plan
// that is shown, in every format, counted and judged.
#include "unit.h"

#include "plan.h"
#include "plan_view.h"
#include "value_json.h"

#include <sys/mman.h>
#include <unistd.h>

// A struct str in a table.
#define TEXT(text)                                                                     \
    {                                                                                  \
        (text), sizeof(text) - 1                                                       \
    }
struct fed {
    struct item_change change;
    const char *entity;
    uint32_t line; // of the fixture; 0: nothing declares it
};

struct scene {
    struct ddb ddb;
    struct plan plan;
    struct plan_table table;
    struct unit unit;
    struct source source;
    const struct fed *fed;
    size_t count;
};

#define ATTRIBUTES(...)                                                                \
    .attributes = (const struct attribute_change[]){__VA_ARGS__},                      \
    .attribute_count = COUNT_OF(((const struct attribute_change[]){__VA_ARGS__}))

static bool give(const void *self, const struct change_sink *to)
{
    const struct scene *scene = self;
    bool more = true;
    for (size_t i = 0; i < scene->count && more; i++) {
        struct arena arena = {0};
        struct item_change change = scene->fed[i].change;
        struct batch_item item = {.source = &scene->source, .line = scene->fed[i].line};
        const char *why = NULL;
        change.table = &scene->unit.definition.table;
        change.entity = str_from(scene->fed[i].entity);
        change.item = scene->fed[i].line > 0 ? &item : NULL;
        if (change.declared.len > 0) {
            assert_true(value_json_read_item(&change.values.attributes,
                                             &change.values.count, change.declared,
                                             &arena, &why));
        }
        change.order = change.values.attributes;
        change.order_count = change.values.count;
        more = to->change(to->context, &change);
        arena_deinit(&arena);
    }
    return more;
}

static void scene_init(struct scene *scene, const struct fed *fed, size_t count)
{
    struct key_part pk = {.name = STR("pk")};
    *scene = (struct scene){.fed = fed, .count = count};
    scene->source = (struct source){.name = STR("rows.yaml"), .fd = -1};
    scene->unit.definition.table =
        (struct table){.name = STR("shop"),
                       .key = {.hash = {pk}, .hash_count = 1, .known = true},
                       .billing_mode = BILLING_PAY_PER_REQUEST};
    scene->unit.item_count = 115;
    scene->table = (struct plan_table){
        .unit = &scene->unit, .live = {.state = TABLE_ACTIVE}, .found = {give, scene}};
    scene->table.diff.arena = &scene->ddb.arena;
    scene->plan.tables = &scene->table;
    scene->plan.count = 1;
    diags_init(&scene->ddb.diags, &scene->ddb.arena);
}

static void scene_deinit(struct scene *scene)
{
    plan_free(&scene->plan);
    arena_deinit(&scene->ddb.arena);
}

// What showing the plan writes to standard output, in the scene's arena.
static struct str show(struct scene *scene, enum ddb_format format)
{
    int kept = dup(STDOUT_FILENO);
    int fd = memfd_create("plan", MFD_CLOEXEC);
    assert_true(kept >= 0 && fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0);
    scene->ddb.options.format = format;
    bool shown = plan_show(&scene->plan, &scene->ddb, plan_format_get(format));
    assert_true(dup2(kept, STDOUT_FILENO) >= 0);
    off_t size = lseek(fd, 0, SEEK_END);
    assert_true(shown && size >= 0);
    char *text = arena_alloc(&scene->ddb.arena, (size_t)size + 1);
    assert_true(pread(fd, text, (size_t)size, 0) == size);
    (void)close(fd);
    (void)close(kept);
    return (struct str){text, (size_t)size};
}

// The table of decisions, as far as somebody else's changes are in it.
static const struct fed EVERYTHING[] = {
    {{.kind = ITEM_ADDED,
      .put = true,
      .gone = true,
      .declared = TEXT("{\"pk\":{\"S\":\"A#1\"},\"n\":{\"N\":\"1\"}}")},
     "account",
     3},
    {{.kind = ITEM_CHANGED,
      .put = true,
      .declared = TEXT("{\"pk\":{\"S\":\"A#2\"},\"name\":{\"S\":\"new\"},"
                       "\"balance\":{\"N\":\"1000\"}}"),
      .live = TEXT("{\"pk\":{\"S\":\"A#2\"},\"name\":{\"S\":\"old\"},"
                   "\"balance\":{\"N\":\"1000\"}}"),
      ATTRIBUTES({TEXT("name"), ATTRIBUTE_TAKEN}, {TEXT("balance"), ATTRIBUTE_THEIRS})},
     "account",
     4},
    {{.kind = ITEM_THEIRS,
      .declared = TEXT("{\"pk\":{\"S\":\"A#3\"},\"balance\":{\"N\":\"100\"},"
                       "\"tags\":{\"SS\":[\"a\"]},\"calls\":{\"N\":\"0\"}}"),
      .live = TEXT("{\"pk\":{\"S\":\"A#3\"},\"balance\":{\"N\":\"1000\"},"
                   "\"note\":{\"S\":\"x\"},\"calls\":{\"N\":\"9\"}}"),
      ATTRIBUTES({TEXT("balance"), ATTRIBUTE_THEIRS}, {TEXT("note"), ATTRIBUTE_THEIRS},
                 {TEXT("tags"), ATTRIBUTE_THEIRS})},
     "account",
     5},
    {{.kind = ITEM_CONFLICT,
      .declared = TEXT("{\"pk\":{\"S\":\"A#4\"},\"limit\":{\"N\":\"200\"},"
                       "\"name\":{\"S\":\"b\"},\"balance\":{\"N\":\"100\"}}"),
      .live = TEXT("{\"pk\":{\"S\":\"A#4\"},\"limit\":{\"N\":\"500\"},"
                   "\"name\":{\"S\":\"a\"},\"balance\":{\"N\":\"7\"}}"),
      .was = TEXT("{\"pk\":{\"S\":\"A#4\"},\"limit\":{\"N\":\"100\"},"
                  "\"name\":{\"S\":\"a\"},\"balance\":{\"N\":\"100\"}}"),
      ATTRIBUTES({TEXT("name"), ATTRIBUTE_TAKEN}, {TEXT("limit"), ATTRIBUTE_CONFLICT},
                 {TEXT("balance"), ATTRIBUTE_THEIRS})},
     "account",
     6},
    {{.kind = ITEM_CONFLICT,
      .declared = TEXT("{\"pk\":{\"S\":\"A#5\"},\"limit\":{\"N\":\"200\"}}"),
      .live = TEXT("{\"pk\":{\"S\":\"A#5\"},\"mail\":{\"S\":\"m\"}}"),
      ATTRIBUTES({TEXT("limit"), ATTRIBUTE_CONFLICT},
                 {TEXT("mail"), ATTRIBUTE_CONFLICT})},
     "account",
     7},
    {{.kind = ITEM_CHANGED,
      .put = true,
      .loses = true,
      .declared = TEXT("{\"pk\":{\"S\":\"A#6\"},\"balance\":{\"N\":\"1\"}}"),
      .live = TEXT("{\"pk\":{\"S\":\"A#6\"},\"balance\":{\"N\":\"2\"},"
                   "\"note\":{\"S\":\"x\"}}")},
     "account",
     8},
    {{.kind = ITEM_MOVED,
      .put = true,
      .theirs = true,
      .declared = TEXT("{\"pk\":{\"S\":\"ACC#7\"},\"note\":{\"S\":\"x\"}}"),
      .live = TEXT("{\"pk\":{\"S\":\"A#7\"},\"note\":{\"S\":\"x\"}}"),
      ATTRIBUTES({TEXT("note"), ATTRIBUTE_THEIRS})},
     "account",
     9},
    {{.kind = ITEM_STALE, .live = TEXT("{\"pk\":{\"S\":\"A#8\"},\"n\":{\"N\":\"8\"}}")},
     "account",
     0},
    {{.kind = ITEM_STALE,
      .theirs = true,
      .live = TEXT("{\"pk\":{\"S\":\"A#9\"},\"n\":{\"N\":\"9\"}}")},
     "account",
     0},
};

static const char SHOWN[] =
    "shop\n"
    "  account: 2 in conflict, 1 to add, 1 of these deleted by others, 2 to change, 1 "
    "to "
    "move, 1 stale, kept without --prune, 1 destructive, 1 left as others changed it, "
    "1 "
    "stale, kept as others changed it\n"
    "      ~ name on 2\n"
    "      = balance on 1\n"
    "      = note on 1\n"
    "      = tags on 1\n"
    "      ! limit on 2\n"
    "      ! mail on 1\n"
    "      ~ balance on 1\n"
    "      - note on 1\n"
    "      ~ pk on 1\n"
    "  ! pk \"A#4\"  (account, rows.yaml:6)  (conflict)\n"
    "      ! limit\n"
    "          was 100\n"
    "          theirs 500\n"
    "          declared 200\n"
    "      ~ name \"a\" -> \"b\"\n"
    "      = balance 7  (as others changed it)\n"
    "  ! pk \"A#5\"  (account, rows.yaml:7)  (conflict)\n"
    "      ! limit\n"
    "          theirs absent\n"
    "          declared 200\n"
    "      ! mail\n"
    "          theirs \"m\"\n"
    "          declared absent\n"
    "  + pk \"A#1\"  (account, rows.yaml:3)  (deleted by others)\n"
    "      n 1\n"
    "  ~ pk \"A#2\"  (account, rows.yaml:4)\n"
    "      ~ name \"old\" -> \"new\"\n"
    "      = balance 1000  (as others changed it)\n"
    "  ~ pk \"A#6\"  (account, rows.yaml:8)  (destructive)\n"
    "      ~ balance 2 -> 1\n"
    "      - note \"x\"\n"
    "  ~ pk \"ACC#7\"  (account, rows.yaml:9)  (with what others changed)\n"
    "      ~ pk \"A#7\" -> \"ACC#7\"\n"
    "      = note \"x\"  (as others changed it)\n"
    "  - pk \"A#8\"  (account)\n"
    "      n 8\n"
    "  = pk \"A#3\"  (account, rows.yaml:5)  (changed by others)\n"
    "      ~ balance 100 -> 1000\n"
    "      + note \"x\"\n"
    "      - tags !SS [\"a\"]\n"
    "  = pk \"A#9\"  (account)  (changed by others, kept)\n"
    "      n 9\n"
    "forecast for shop: 5 writes in 5 requests, 55 bytes\n"
    "  write units: 5\n"
    "in conflict: changed by others and, otherwise, by what is declared; apply takes "
    "--restore (as declared) or --keep-theirs (as others changed it)\n"
    "plan: 2 in conflict, 1 to add, 1 of these deleted by others, 2 to change, 1 to "
    "move, 1 stale, kept without --prune, 1 destructive, 1 left as others changed it, "
    "1 "
    "stale, kept as others changed it, 108 unchanged\n";

static void test_text(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, EVERYTHING, COUNT_OF(EVERYTHING));
    scene.plan.ways.show_theirs = true;
    assert_text(show(&scene, DDB_FORMAT_TEXT), SHOWN);
    scene_deinit(&scene);
}

static bool contains(struct str text, const char *part)
{
    for (size_t i = 0; i < text.len; i++) {
        if (str_starts(str_skip(text, i), str_from(part))) {
            return true;
        }
    }
    return false;
}

// Of what others changed and what stays so only how many there are; what nobody declares
// is named all the same.
static void test_theirs_are_counted_without_being_shown(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, EVERYTHING, COUNT_OF(EVERYTHING));
    struct str text = show(&scene, DDB_FORMAT_TEXT);
    assert_false(contains(text, "A#3"));
    assert_true(contains(text, "  = pk \"A#9\"  (account)  (changed by others, kept)"));
    assert_true(contains(text, "1 left as others changed it (--theirs shows it), "));
    text = show(&scene, DDB_FORMAT_JSON);
    assert_false(contains(text, "A#3"));
    assert_true(contains(text, "\"theirs\":2,\"conflicts\":2,\"gone\":1,"));
    scene_deinit(&scene);
}

static void test_json(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, EVERYTHING, COUNT_OF(EVERYTHING));
    scene.plan.ways.show_theirs = true;
    struct str text = show(&scene, DDB_FORMAT_JSON);
    static const char *const PARTS[] = {
        "\"change\":\"theirs\",\"table\":\"shop\",\"file\":\"rows.yaml\",\"line\":5,",
        "\"old\":{\"pk\":{\"S\":\"A#4\"},\"limit\":{\"N\":\"500\"},",
        "\"was\":{\"pk\":{\"S\":\"A#4\"},\"limit\":{\"N\":\"100\"},",
        "\"attributes\":{\"name\":\"taken\",\"limit\":\"conflict\","
        "\"balance\":\"theirs\"}}\n",
        "\"change\":\"theirs\",\"table\":\"shop\",\"old\":{\"pk\":{\"S\":\"A#9\"},",
        "\"n\":{\"N\":\"1\"}},\"gone\":true}\n",
        "\"balance\":{\"N\":\"1\"}},\"destructive\":true}\n",
        "\"destructive\":1,\"impossible\":0,\"added\":1,\"changed\":2,\"moved\":1,"
        "\"stale\":1,\"theirs\":2,\"conflicts\":2,\"gone\":1,\"unchanged\":108,",
    };
    for (size_t i = 0; i < COUNT_OF(PARTS); i++) {
        if (!contains(text, PARTS[i])) {
            print_error("there is no %s\n", PARTS[i]);
        }
        assert_true(contains(text, PARTS[i]));
    }
    scene_deinit(&scene);
}

static void test_github_and_markdown(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, EVERYTHING, COUNT_OF(EVERYTHING));
    assert_true(contains(show(&scene, DDB_FORMAT_GITHUB),
                         "::error title=ddbgen plan::plan: 2 in conflict, "));
    struct str text = show(&scene, DDB_FORMAT_MARKDOWN);
    assert_true(contains(text, "> [!CAUTION]\n> 2 items were changed by others and, "));
    assert_true(contains(text, "> 1 change is destructive: "));
    assert_true(contains(text, "\n! pk \"A#4\"  (account, rows.yaml:6)  (conflict)\n"));
    scene_deinit(&scene);
}

static const char *last_line(struct str text)
{
    size_t at = text.len - 1;
    while (at > 0 && text.at[at - 1] != '\n') {
        at--;
    }
    return text.at + at;
}

// What others changed is no difference unless it is asked for.
static void test_no_difference(void **state)
{
    (void)state;
    static const struct {
        size_t from;
        size_t count;
        bool show;
        bool differs;
        const char *said;
    } CASES[] = {
        {2, 1, false, false,
         "no changes: 114 items are as declared; 1 item was changed by others, and "
         "left "
         "alone (--theirs shows it)\n"},
        {8, 1, false, false,
         "no changes: 115 items are as declared; 1 that nothing declares any more was "
         "changed by others, and kept (--prune --restore deletes it)\n"},
        {2, 1, true, true, "plan: 1 left as others changed it, 114 unchanged\n"},
        {8, 1, true, true, "plan: 1 stale, kept as others changed it, 115 unchanged\n"},
        {3, 1, false, true, "plan: 1 in conflict, 114 unchanged\n"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct scene scene;
        scene_init(&scene, &EVERYTHING[CASES[i].from], CASES[i].count);
        scene.plan.ways.show_theirs = CASES[i].show;
        struct str text = show(&scene, DDB_FORMAT_TEXT);
        struct plan_counts totals = plan_totals(&scene.plan);
        assert_str(str_from(last_line(text)), str_from(CASES[i].said));
        assert_int_equal(plan_differs(&scene.plan, &totals), CASES[i].differs);
        assert_int_equal(plan_acts(&scene.plan), i == 4);
        scene_deinit(&scene);
    }
}

// What is theirs and stale goes with both options only, and that loses something.
static void test_stale_and_theirs(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct scene scene;
        scene_init(&scene, &EVERYTHING[8], 1);
        scene.plan.prune = i % 2 == 1;
        scene.plan.ways.restore = i / 2 == 1;
        struct str text = show(&scene, DDB_FORMAT_TEXT);
        struct plan_counts totals = plan_totals(&scene.plan);
        assert_int_equal(plan_deletes(&scene.plan, &EVERYTHING[8].change), i == 3);
        assert_int_equal(totals.stale, i == 3);
        assert_int_equal(totals.losing, i == 3);
        assert_int_equal(totals.kept, i != 3);
        assert_int_equal(plan_acts(&scene.plan), i == 3);
        assert_int_equal(contains(text,
                                  "  - pk \"A#9\"  (account)  (changed by others, "
                                  "destructive)\n"),
                         i == 3);
        scene_deinit(&scene);
    }
}

// The old place of an item that is at its new one already: what others changed there is
// kept like that, without --prune.
static void test_old_place_and_theirs(void **state)
{
    (void)state;
    struct fed old = EVERYTHING[6];
    old.change.put = false;
    for (int i = 0; i < 2; i++) {
        struct scene scene;
        scene_init(&scene, &old, 1);
        scene.plan.ways.restore = i == 1;
        struct str text = show(&scene, DDB_FORMAT_TEXT);
        struct plan_counts totals = plan_totals(&scene.plan);
        assert_int_equal(totals.moved, i);
        assert_int_equal(totals.losing, i);
        assert_int_equal(totals.kept, 1 - i);
        assert_int_equal(
            contains(text, "  = pk \"A#7\"  (account)  (changed by others, kept)\n"),
            i == 0);
        scene_deinit(&scene);
    }
}

static const struct fed LOSSES[] = {
    {{.kind = ITEM_CHANGED,
      .put = true,
      .loses = true,
      .declared = TEXT("{\"pk\":{\"S\":\"A\"},\"a\":{\"N\":\"1\"},\"b\":{\"N\":"
                       "\"1\"},\"e\":{\"N\":\"1\"}}"),
      .live = TEXT("{\"pk\":{\"S\":\"A\"},\"a\":{\"N\":\"2\"},\"b\":{\"N\":\"2\"},"
                   "\"c\":{\"N\":\"2\"},\"d\":{\"N\":\"2\"}}")},
     "account",
     3},
    {{.kind = ITEM_CHANGED,
      .put = true,
      .loses = true,
      .declared = TEXT("{\"pk\":{\"S\":\"B\"},\"a\":{\"N\":\"1\"},\"b\":{\"N\":"
                       "\"1\"}}"),
      .live = TEXT("{\"pk\":{\"S\":\"B\"},\"a\":{\"N\":\"2\"},\"b\":{\"N\":\"2\"}}"),
      ATTRIBUTES({TEXT("a"), ATTRIBUTE_TAKEN}, {TEXT("b"), ATTRIBUTE_RESTORED})},
     "account",
     4},
    {{.kind = ITEM_STALE, .theirs = true, .live = TEXT("{\"pk\":{\"S\":\"C\"}}")},
     "account",
     0},
};

// What a question names.
static void test_losses(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, LOSSES, COUNT_OF(LOSSES));
    scene.plan.prune = true;
    scene.plan.ways.restore = true;
    (void)show(&scene, DDB_FORMAT_TEXT);
    assert_int_equal(scene.table.counts.losing, 3);
    assert_text(scene.table.losses[0],
                "change a, b, remove c, and 1 more attribute of item pk \"A\"");
    assert_text(scene.table.losses[1], "change b of item pk \"B\"");
    assert_text(scene.table.losses[2], "delete item pk \"C\"");
    scene_deinit(&scene);
}

// apply does nothing of a plan that has any: error[item-conflict].
static void test_conflicts_are_refused(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &EVERYTHING[3], 2);
    (void)show(&scene, DDB_FORMAT_TEXT);
    assert_false(plan_check_conflicts(&scene.plan, &scene.ddb, "nothing was changed"));
    assert_int_equal(scene.ddb.diags.count, 1);
    assert_int_equal(scene.ddb.diags.kept[0].code, DIAG_ITEM_CONFLICT);
    assert_text(
        scene.ddb.diags.kept[0].message,
        "2 items of table 'shop' were changed by others and, otherwise, by what "
        "is declared");
    scene_deinit(&scene);
    scene_init(&scene, &EVERYTHING[0], 3);
    (void)show(&scene, DDB_FORMAT_TEXT);
    assert_true(plan_check_conflicts(&scene.plan, &scene.ddb, "nothing was changed"));
    scene_deinit(&scene);
}

// What is alike but for being a loss, or deleted by others, is told apart.
static void test_groups(void **state)
{
    (void)state;
    struct fed many[6];
    struct scene scene;
    for (size_t i = 0; i < 6; i++) {
        many[i] = EVERYTHING[i < 3 ? 5 : 0];
        many[i].change.loses = i == 2;
        many[i].change.gone = i == 5;
    }
    scene_init(&scene, many, 6);
    struct str text = show(&scene, DDB_FORMAT_TEXT);
    assert_true(contains(text, "  ~ balance, - note on 2 account items\n"));
    assert_true(contains(text,
                         "  account: 3 to add, 1 of these deleted by others, 3 to "
                         "change, 1 destructive\n"));
    assert_true(
        contains(text, "  ~ pk \"A#6\"  (account, rows.yaml:8)  (destructive)\n"));
    assert_true(contains(text, "  + pk \"A#1\"  (account, rows.yaml:3)\n"));
    assert_true(contains(
        text, "  + pk \"A#1\"  (account, rows.yaml:3)  (deleted by others)\n"));
    scene.ddb.options.detail = DDB_DETAIL_FULL;
    text = show(&scene, DDB_FORMAT_TEXT);
    assert_true(
        contains(text, "  ~ pk \"A#6\"  (account, rows.yaml:8)  (destructive)\n"));
    scene_deinit(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_theirs_are_counted_without_being_shown),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_github_and_markdown),
        cmocka_unit_test(test_no_difference),
        cmocka_unit_test(test_stale_and_theirs),
        cmocka_unit_test(test_old_place_and_theirs),
        cmocka_unit_test(test_losses),
        cmocka_unit_test(test_conflicts_are_refused),
        cmocka_unit_test(test_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
