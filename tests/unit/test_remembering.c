// The reconciler beside a ledger: what one definition made, remembered as bytes, is known
// again whatever the next definition calls it and wherever it puts it.
#include "compile_stage.h"
#include "unit.h"

#include "ledger_read.h"
#include "ledger_write.h"
#include "reconcile.h"

#include <string.h>

#define TALK                                                                           \
    "---\nconversation: first\nparticipants: { A: a, B: b }\n"                         \
    "starts_at: 2023-03-19T12:00:00Z\n---\nA: one\nB: two\n"
#define SHORTER                                                                        \
    "---\nconversation: first\nparticipants: { A: a, B: b }\n"                         \
    "starts_at: 2023-03-19T12:00:00Z\n---\nA: one\n"
#define TABLE                                                                          \
    "table_name: talk\nattribute_definitions: { pk: S, sk: S }\n"                      \
    "key_schema: { hash: pk, range: sk }\nbilling_mode: PAY_PER_REQUEST\nentities:\n"
#define INBOX                                                                          \
    "  inbox:\n    for_each: participant\n    attributes:\n"                           \
    "      pk: GRP#${self.handle}\n      sk: x\n      count: 0\n"

static const char BEFORE[] = TABLE "  line:\n"
                                   "    for_each: message\n"
                                   "    attributes:\n"
                                   "      pk: TALK\n"
                                   "      sk: MSG#${message.index | pad(3)}\n"
                                   "      text: ${message.text}\n"
                                   "      by: ${sender.handle}\n" INBOX;

// Another prefix, another width, another name, one attribute less and one more.
static const char AFTER[] = TABLE "  message:\n"
                                  "    for_each: message\n"
                                  "    was: line\n"
                                  "    attributes:\n"
                                  "      pk: TALK\n"
                                  "      sk: M#${message.index | pad(5)}\n"
                                  "      text: ${message.text}\n"
                                  "      number: ${message.number}\n" INBOX;

static const char COUNTED[] =
    TABLE "  inbox:\n    for_each: participant\n    on_create: [ count, seen ]\n"
          "    attributes:\n      pk: IN#${self.handle}\n      sk: x\n      count: 0\n"
          "      seen: false\n";

static const struct hash_seed SEED = {{7, 8}};

// ---- what a run leaves

struct world {
    struct arena arena;
    struct buf ledger; // bytes
    struct str items[32];
    size_t count;
    bool over; // entries are notes of what replaces items that nobody knows
};

static bool write_entry(void *context, const struct ledger_entry *entry)
{
    struct world *world = context;
    struct ledger_writer *writer = ledger_writer_new(); // each by itself, as a note is
    struct ledger_entry noted = *entry;
    noted.over = world->over;
    ledger_writer_put(writer, &world->ledger, &noted);
    ledger_writer_free(writer);
    return true;
}

static void world_init(struct world *world)
{
    *world = (struct world){0};
    buf_init(&world->ledger, SIZE_MAX);
}

static void world_deinit(struct world *world)
{
    buf_deinit(&world->ledger);
    arena_deinit(&world->arena);
}

static struct reconciler *open(struct run *run, const char *definition,
                               const char *talk)
{
    assert_true(run_check(run, definition, str_from(talk)));
    struct reconciler *reconciler = reconciler_new(&run->compilation, &run->unit);
    reconciler_seed(reconciler, &SEED);
    struct item_sink sink = reconciler_declare(reconciler);
    assert_true(emit_values(&run->compilation, &run->unit, &sink));
    return reconciler;
}

// What a definition makes of an empty table: its items, and its entries as bytes.
static void apply(struct world *world, const char *definition, const char *talk)
{
    struct run run;
    struct reconcile_read *reads = NULL;
    struct reconciler *reconciler = open(&run, definition, talk);
    struct ledger_sink to = {write_entry, world};
    assert_true(run_emit(&run));
    for (size_t i = 0; i < run.item_count; i++) { // within {"Item":...}
        struct str json = str_skip(run.items[i].json, sizeof "{\"Item\":" - 1);
        json.len--;
        world->items[world->count++] = arena_str(&world->arena, json);
    }
    (void)reconciler_reads(reconciler, &reads);
    struct item_sink sink = reconciler_entries(reconciler, &to);
    assert_true(emit_values(&run.compilation, &run.unit, &sink));
    assert_true(reconciler_old_entries(reconciler, false, &to));
    reconciler_free(reconciler);
    run_deinit(&run);
}

// Something in an item that is there becomes something else.
static void edit(struct world *world, size_t i, const char *from, const char *to)
{
    struct str json = world->items[i];
    size_t at = str_find(json, str_from(from));
    assert_true(at < json.len);
    world->items[i] = arena_printf(&world->arena, "%.*s%s%.*s", (int)at, json.at, to,
                                   STR_ARG(str_skip(json, at + strlen(from))));
}

// ---- what the next one finds

struct finding {
    struct run run;
    struct reconciler *reconciler;
    struct buf told; // a line for each change
};

static bool tell(void *context, const struct item_change *change)
{
    static const char *const KINDS[] = {"added", "changed", "moved",
                                        "stale", "theirs",  "conflict"};
    static const char *const FATES[] = {[ATTRIBUTE_TAKEN] = "",
                                        [ATTRIBUTE_RESTORED] = "restored ",
                                        [ATTRIBUTE_THEIRS] = "theirs ",
                                        [ATTRIBUTE_CONFLICT] = "both "};
    struct finding *finding = context;
    struct buf *out = &finding->told;
    buf_printf(out, "%s%s%s%s%s", KINDS[change->kind], change->gone ? " gone" : "",
               change->theirs ? " theirs" : "", change->loses ? " loses" : "",
               change->kind == ITEM_MOVED && !change->put ? " there" : "");
    if (change->kind == ITEM_STALE) {
        buf_printf(out, " %.*s", STR_ARG(change->entity));
    }
    for (size_t i = 0; i < change->attribute_count; i++) {
        buf_printf(out, ", %s%.*s", FATES[change->attributes[i].fate],
                   STR_ARG(change->attributes[i].name));
    }
    buf_char(out, '\n');
    assert_true((change->entry == NULL) == (change->kind == ITEM_STALE));
    if (change->kind == ITEM_MOVED || change->kind == ITEM_CHANGED) {
        buf_put(out, change->declared);
        buf_char(out, '\n');
    }
    return true;
}

static bool take_entry(void *context, const struct ledger_entry *entry)
{
    const char *why = NULL;
    struct finding *finding = context;
    assert_true(reconciler_was(finding->reconciler, entry, &why));
    return true;
}

static void look(struct finding *finding, const struct world *world,
                 const char *definition, const char *talk,
                 const struct three_ways *said)
{
    struct reconcile_read *reads = NULL;
    const char *why = NULL;
    finding->reconciler = open(&finding->run, definition, talk);
    reconciler_ways(finding->reconciler, said);
    struct ledger_reader *reader = ledger_reader_new();
    struct ledger_sink to = {take_entry, finding};
    assert_true(ledger_reader_feed(reader, buf_str(&world->ledger), &to, &why));
    assert_true(ledger_reader_end(reader));
    ledger_reader_free(reader);
    (void)reconciler_reads(finding->reconciler, &reads);
    for (size_t i = 0; i < world->count; i++) {
        if (world->items[i].len > 0) {
            assert_true(reconciler_live(finding->reconciler, world->items[i], &why));
            assert_true(reconciler_live(finding->reconciler, world->items[i], &why));
        }
    }
    buf_init(&finding->told, SIZE_MAX);
    struct change_sink changes = {tell, finding};
    struct batch_sink sink = reconciler_changes(finding->reconciler, &changes);
    assert_true(emit_unit(&finding->run.compilation, &finding->run.unit, &sink));
    assert_true(reconciler_stale(finding->reconciler, &changes));
}

static void finding_deinit(struct finding *finding)
{
    buf_deinit(&finding->told);
    reconciler_free(finding->reconciler);
    run_deinit(&finding->run);
}

static void expect(const struct world *world, const char *definition, const char *talk,
                   const struct three_ways *said, const char *wanted)
{
    static const struct three_ways NOTHING = {0};
    struct finding finding;
    look(&finding, world, definition, talk, said == NULL ? &NOTHING : said);
    assert_text(buf_str(&finding.told), wanted);
    finding_deinit(&finding);
}

// ---- cases

static void test_nothing_to_do(void **state)
{
    struct world world;
    (void)state;
    world_init(&world);
    apply(&world, BEFORE, TALK);
    expect(&world, BEFORE, TALK, NULL, "");
    world_deinit(&world);
}

static void test_renamed_in_every_way(void **state)
{
    struct world world;
    (void)state;
    world_init(&world);
    apply(&world, BEFORE, TALK);
    expect(
        &world, AFTER, TALK, NULL,
        "moved, number, by\n"
        "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"M#00000\"},\"text\":{\"S\":\"one\"},"
        "\"number\":{\"N\":\"1\"}}\n"
        "moved, number, by\n"
        "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"M#00001\"},\"text\":{\"S\":\"two\"},"
        "\"number\":{\"N\":\"2\"}}\n");
    // What others changed comes along; a message that is declared no more is stale.
    edit(&world, 2, "\"one\"", "\"edited\"");
    edit(&world, 3, "\"two\"", "\"edited\"");
    expect(&world, AFTER, SHORTER, NULL,
           "moved theirs, theirs text, number, by\n"
           "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"M#00000\"},\"text\":{\"S\":"
           "\"edited\"},"
           "\"number\":{\"N\":\"1\"}}\n"
           "stale theirs message\n");
    world_deinit(&world);
}

static void test_without_a_ledger(void **state)
{
    struct world world;
    (void)state;
    world_init(&world);
    apply(&world, BEFORE, TALK);
    buf_reset(&world.ledger);
    edit(&world, 2, "\"one\"", "\"edited\"");
    expect(
        &world, BEFORE, TALK, NULL,
        "changed loses\n"
        "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#000\"},\"text\":{\"S\":\"one\"},"
        "\"by\":{\"S\":\"a\"}}\n");
    expect(&world, AFTER, TALK, NULL, "added\nadded\n"); // the old ones are nobody's
    world_deinit(&world);
}

static void test_deleted_by_others(void **state)
{
    struct world world;
    (void)state;
    world_init(&world);
    apply(&world, BEFORE, TALK);
    world.items[2] = (struct str){0};
    expect(&world, BEFORE, TALK, NULL, "added gone\n");
    expect(&world, BEFORE, SHORTER, NULL, "added gone\nstale line\n");
    world.items[3] = (struct str){0}; // what is gone and not declared is simply gone
    expect(&world, BEFORE, SHORTER, NULL, "added gone\n");
    expect(&world, AFTER, TALK, NULL, "added\nadded\n");
    world_deinit(&world);
}

// An attribute that they took away counts like one that they gave.
static void test_stale_without_an_attribute(void **state)
{
    struct world world;
    (void)state;
    world_init(&world);
    apply(&world, BEFORE, TALK);
    edit(&world, 3, ",\"by\":{\"S\":\"b\"}", "");
    expect(&world, BEFORE, SHORTER, NULL, "stale theirs line\n");
    world_deinit(&world);
}

// What nothing declares any more is still called by the entity that made it.
static void test_without_its_entity(void **state)
{
    struct world world;
    (void)state;
    world_init(&world);
    apply(&world, BEFORE, TALK);
    expect(&world, TABLE INBOX, TALK, NULL, "stale line\nstale line\n");
    world_deinit(&world);
}

// The application counts on with it: no difference, no conflict, and it comes along.
static void test_on_create(void **state)
{
    struct world world;
    (void)state;
    world_init(&world);
    apply(&world, BEFORE, TALK);
    edit(&world, 0, "\"N\":\"0\"", "\"N\":\"17\"");
    expect(&world, COUNTED, TALK, NULL,
           "moved\n"
           "{\"pk\":{\"S\":\"IN#a\"},\"sk\":{\"S\":\"x\"},\"count\":{\"N\":\"17\"},"
           "\"seen\":{\"BOOL\":false}}\n"
           "moved\n"
           "{\"pk\":{\"S\":\"IN#b\"},\"sk\":{\"S\":\"x\"},\"count\":{\"N\":\"0\"},"
           "\"seen\":{\"BOOL\":false}}\n"
           "stale line\nstale line\n");
    world_deinit(&world);
    world_init(&world);
    apply(&world, COUNTED, TALK);
    edit(&world, 0, "\"N\":\"0\"", "\"N\":\"17\"");
    edit(&world, 1, ",\"seen\":{\"BOOL\":false}", ",\"by\":{\"S\":\"them\"}");
    expect(&world, COUNTED, TALK, NULL, "theirs, theirs by\n");
    world_deinit(&world);
}

// A run that broke off: what it was about to write is noted, and each attribute is what
// live says that it is.
static void test_notes(void **state)
{
    static const char LATER[] =
        "---\nconversation: first\nparticipants: { A: a, B: b }\n"
        "starts_at: 2023-03-19T12:00:00Z\n---\nA: later\nB: later\n";
    static const char LAST[] =
        "---\nconversation: first\nparticipants: { A: a, B: b }\n"
        "starts_at: 2023-03-19T12:00:00Z\n---\nA: last\nB: last\n";
    struct world world;
    (void)state;
    world_init(&world);
    apply(&world, BEFORE, TALK);
    world.count = 0;
    apply(&world, BEFORE, LATER); // its entries are notes behind those of the base
    edit(&world, 3, "\"later\"", "\"two\""); // this one did not get there
    expect(
        &world, BEFORE, LAST, NULL,
        "changed, text\n"
        "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#000\"},\"text\":{\"S\":\"last\"},"
        "\"by\":{\"S\":\"a\"}}\n"
        "changed, text\n"
        "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#001\"},\"text\":{\"S\":\"last\"},"
        "\"by\":{\"S\":\"b\"}}\n");
    edit(&world, 3, "\"two\"", "\"theirs\"");
    expect(
        &world, BEFORE, LAST, &(struct three_ways){.keep_theirs = true},
        "changed, text\n"
        "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#000\"},\"text\":{\"S\":\"last\"},"
        "\"by\":{\"S\":\"a\"}}\n"
        "theirs, theirs text\n");
    world_deinit(&world);
}

// The same of a run that was to replace what nobody knew: what landed is ours, what did
// not is as unknown as before.
static void test_notes_over_the_unknown(void **state)
{
    struct world world;
    (void)state;
    world_init(&world);
    world.over = true;
    apply(&world, BEFORE, TALK);
    edit(&world, 3, "\"two\"", "\"theirs\"");
    expect(
        &world, BEFORE, TALK, NULL,
        "changed loses\n"
        "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#001\"},\"text\":{\"S\":\"two\"},"
        "\"by\":{\"S\":\"b\"}}\n");
    expect(&world, BEFORE, TALK, &(struct three_ways){.keep_theirs = true},
           "changed loses\n"
           "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#001\"},\"text\":{\"S\":"
           "\"two\"},\"by\":{\"S\":\"b\"}}\n");
    expect(
        &world, AFTER, TALK, NULL,
        "moved, number, by\n"
        "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"M#00000\"},\"text\":{\"S\":\"one\"},"
        "\"number\":{\"N\":\"1\"}}\n"
        "added\n");
    world_deinit(&world);
}

// Beside what is known such a note is a second thing that it may have been.
static void test_notes_over_the_known(void **state)
{
    static const char LATER[] =
        "---\nconversation: first\nparticipants: { A: a, B: b }\n"
        "starts_at: 2023-03-19T12:00:00Z\n---\nA: later\nB: later\n";
    struct world world;
    (void)state;
    world_init(&world);
    apply(&world, BEFORE, TALK);
    world.count = 0;
    world.over = true;
    apply(&world, BEFORE, LATER);
    edit(&world, 3, "\"later\"", "\"two\"");
    expect(
        &world, BEFORE, TALK, NULL,
        "changed, text\n"
        "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#000\"},\"text\":{\"S\":\"one\"},"
        "\"by\":{\"S\":\"a\"}}\n");
    world_deinit(&world);
}

// ---- what the ledger says next

struct kept {
    size_t count;
    struct buf keys;
};

static bool take_kept(void *context, const struct ledger_entry *entry)
{
    struct kept *kept = context;
    kept->count++;
    buf_printf(&kept->keys, "%.*s/%.*s %.*s %zu\n", STR_ARG(entry->hash),
               STR_ARG(entry->range), STR_ARG(entry->entity), entry->count);
    return true;
}

static void expect_next(struct finding *finding, bool pruned, const char *wanted)
{
    struct kept kept = {0};
    struct ledger_sink to = {take_kept, &kept};
    struct reconciler *reconciler = finding->reconciler;
    buf_init(&kept.keys, SIZE_MAX);
    struct item_sink sink = reconciler_entries(reconciler, &to);
    assert_true(emit_values(&finding->run.compilation, &finding->run.unit, &sink));
    assert_true(reconciler_old_entries(reconciler, pruned, &to));
    assert_text(buf_str(&kept.keys), wanted);
    buf_deinit(&kept.keys);
}

static void test_next(void **state)
{
    static const struct three_ways NOTHING = {0};
    struct world world;
    struct finding finding;
    (void)state;
    world_init(&world);
    apply(&world, BEFORE, TALK);
    edit(&world, 3, "\"two\"", "\"edited\"");
    look(&finding, &world, AFTER, SHORTER, &NOTHING);
    // Moved, and what is stale stays: it is theirs, so also when others are deleted.
    expect_next(&finding, false,
                "GRP#a/x inbox 1\nGRP#b/x inbox 1\nTALK/M#00000 message 2\n"
                "TALK/MSG#001 line 2\n");
    expect_next(&finding, true,
                "GRP#a/x inbox 1\nGRP#b/x inbox 1\nTALK/M#00000 message 2\n"
                "TALK/MSG#001 line 2\n");
    // Its new place could not be written: the old one is what is known.
    reconciler_unwritten(finding.reconciler,
                         STR("{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"M#00000\"}}"));
    expect_next(&finding, true,
                "GRP#a/x inbox 1\nGRP#b/x inbox 1\nTALK/MSG#000 line 2\n"
                "TALK/MSG#001 line 2\n");
    finding_deinit(&finding);
    // Not theirs: it goes, unless it could not be deleted. In its own place an item that
    // was not written stays known as it was.
    edit(&world, 3, "\"edited\"", "\"two\"");
    look(&finding, &world, BEFORE, SHORTER, &NOTHING);
    expect_next(&finding, true,
                "GRP#a/x inbox 1\nGRP#b/x inbox 1\nTALK/MSG#000 line 2\n");
    reconciler_unwritten(finding.reconciler,
                         STR("{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#001\"}}"));
    expect_next(&finding, true,
                "GRP#a/x inbox 1\nGRP#b/x inbox 1\nTALK/MSG#000 line 2\n"
                "TALK/MSG#001 line 2\n");
    finding_deinit(&finding);
    world_deinit(&world);
    // What nobody knew stays unknown as long as it is not written.
    world_init(&world);
    world.over = true;
    apply(&world, BEFORE, TALK);
    edit(&world, 3, "\"two\"", "\"theirs\"");
    look(&finding, &world, BEFORE, TALK, &NOTHING);
    reconciler_unwritten(finding.reconciler,
                         STR("{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#001\"}}"));
    expect_next(&finding, true,
                "GRP#a/x inbox 1\nGRP#b/x inbox 1\nTALK/MSG#000 line 2\n");
    finding_deinit(&finding);
    world_deinit(&world);
}

// What runs were about to write that broke off is one entry in the end, of each attribute
// what is there.
static void test_next_of_notes(void **state)
{
    static const char LATER[] =
        "---\nconversation: first\nparticipants: { A: a, B: b }\n"
        "starts_at: 2023-03-19T12:00:00Z\n---\nA: later\nB: later\n";
    static const char LAST[] =
        "---\nconversation: first\nparticipants: { A: a, B: b }\n"
        "starts_at: 2023-03-19T12:00:00Z\n---\nA: last\nB: last\n";
    static const struct three_ways NOTHING = {0};
    struct world world;
    struct world next;
    struct finding finding;
    struct ledger_sink to = {write_entry, &next};
    (void)state;
    world_init(&world);
    world_init(&next);
    apply(&world, BEFORE, TALK);
    world.count = 0;
    apply(&world, BEFORE, LATER);
    edit(&world, 3, "\"later\"", "\"two\""); // this one did not get there
    look(&finding, &world, BEFORE, LAST, &NOTHING);
    reconciler_unwritten(finding.reconciler,
                         STR("{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#000\"}}"));
    reconciler_unwritten(finding.reconciler,
                         STR("{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#001\"}}"));
    struct item_sink sink = reconciler_entries(finding.reconciler, &to);
    assert_true(emit_values(&finding.run.compilation, &finding.run.unit, &sink));
    finding_deinit(&finding);
    for (size_t i = 0; i < world.count; i++) {
        next.items[next.count++] = world.items[i];
    }
    expect(
        &next, BEFORE, TALK, NULL,
        "changed, text\n"
        "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#000\"},\"text\":{\"S\":\"one\"},"
        "\"by\":{\"S\":\"a\"}}\n");
    expect(&next, BEFORE, LATER, NULL,
           "changed, text\n"
           "{\"pk\":{\"S\":\"TALK\"},\"sk\":{\"S\":\"MSG#001\"},\"text\":{\"S\":"
           "\"later\"},"
           "\"by\":{\"S\":\"b\"}}\n");
    world_deinit(&world);
    world_deinit(&next);
}

// A ledger may be anybody's: what is no key of the table is not asked for.
static void test_unsound_keys(void **state)
{
    struct ledger_entry entries[] = {
        {.hash = STR("k")},
        {.hash = STR("k"), .range = STR("\xff")},
        {.hash = STR("\xc3"), .range = STR("x")},
    };
    struct run run;
    struct reconciler *reconciler = open(&run, BEFORE, TALK);
    const char *why = NULL;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        assert_false(reconciler_was(reconciler, &entries[i], &why));
        assert_string_equal(why, "a key in it is none of the table's");
    }
    reconciler_free(reconciler);
    run_deinit(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_to_do),
        cmocka_unit_test(test_renamed_in_every_way),
        cmocka_unit_test(test_without_a_ledger),
        cmocka_unit_test(test_deleted_by_others),
        cmocka_unit_test(test_stale_without_an_attribute),
        cmocka_unit_test(test_without_its_entity),
        cmocka_unit_test(test_on_create),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_notes_over_the_unknown),
        cmocka_unit_test(test_notes_over_the_known),
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_next_of_notes),
        cmocka_unit_test(test_unsound_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
