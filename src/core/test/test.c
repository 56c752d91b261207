// test: the examples of access patterns are run, against the compiled fixtures or a live
// table, and held against what they expect.
#include "asking.h"
#include "inputs.h"
#include "locks.h"
#include "lookup.h"
#include "outcome.h"
#include "pipeline.h"
#include "query_arguments.h"
#include "say.h"
#include "stop.h"
#include "value_json.h"

#define REPORT_MAX_BYTES ((size_t)1 << 30)

struct testing {
    struct ddb *ddb;
    const struct ddb_test_options *options;
    struct outcomes outcomes;
    bool live;
};

// ---- which ones

static bool is_asked_for(const struct testing *testing, struct str pattern)
{
    const struct ddb_test_options *options = testing->options;
    bool found = options->only_count == 0;
    for (size_t i = 0; i < options->only_count && !found; i++) {
        found = str_is(pattern, options->only[i]);
    }
    return found;
}

// Each --only names a pattern of one of the definitions.
static bool check_only(const struct testing *testing)
{
    struct ddb *ddb = testing->ddb;
    const struct compilation *compilation = &ddb->compilation;
    struct str *names = NULL;
    size_t count = 0;
    size_t cap = 0;
    bool ok = true;
    for (size_t u = 0; u < compilation->unit_count; u++) {
        const struct definition *definition = &compilation->units[u].definition;
        for (size_t p = 0; p < definition->pattern_count; p++) {
            names =
                arena_grow(&ddb->arena, names, count, count + 1, &cap, sizeof *names);
            names[count++] = definition->patterns[p].name;
        }
    }
    for (size_t i = 0; i < testing->options->only_count; i++) {
        struct str only = str_from(testing->options->only[i]);
        size_t n = 0;
        while (n < count && !str_eq(names[n], only)) {
            n++;
        }
        if (n == count) {
            struct diag *diag = diag_add(
                &ddb->diags, DIAG_PATTERN_UNKNOWN, (struct span){0},
                "there is no access pattern %s", diag_quote(&ddb->diags, only));
            diag_help_nearest(&ddb->diags, diag, only, names, count);
            ok = false;
        }
    }
    return ok;
}

static void note_without(struct testing *testing, const struct pattern *pattern)
{
    struct outcomes *outcomes = &testing->outcomes;
    outcomes->without = arena_grow(&testing->ddb->arena, outcomes->without,
                                   outcomes->without_count, outcomes->without_count + 1,
                                   &outcomes->without_cap, sizeof *outcomes->without);
    outcomes->without[outcomes->without_count++] = pattern->name;
}

// What a unit's examples read of handles is to be looked up.
static void prepare(struct testing *testing, struct unit *unit)
{
    const struct definition *definition = &unit->definition;
    for (size_t p = 0; p < definition->pattern_count; p++) {
        const struct pattern *pattern = &definition->patterns[p];
        if (pattern->example_count == 0 && is_asked_for(testing, pattern->name)) {
            note_without(testing, pattern);
        }
    }
    for (size_t i = 0; i < unit->example_count; i++) {
        const struct unit_example *ready = &unit->examples[i];
        if (is_asked_for(testing, ready->query->pattern->name)) {
            query_arguments_want(testing->ddb, unit, ready->query, ready->arguments,
                                 ready->example->span);
        }
    }
}

// ---- running them

struct keeping {
    struct arena *arena;
    struct example_answer *answer;
    size_t cap;
    struct diags *diags;
};

static bool keep_item(void *context, struct str json)
{
    struct keeping *keeping = context;
    struct example_answer *answer = keeping->answer;
    struct item item = {0};
    const char *why = NULL;
    if (!value_json_read_item(&item.attributes, &item.count,
                              arena_str(keeping->arena, json), keeping->arena, &why)) {
        diag_add(keeping->diags, DIAG_ENDPOINT_FOREIGN, (struct span){0},
                 "the server gave something that is no item of DynamoDB's: %s", why);
        return false;
    }
    answer->items =
        arena_grow(keeping->arena, answer->items, answer->item_count,
                   answer->item_count + 1, &keeping->cap, sizeof *answer->items);
    answer->items[answer->item_count++] = item;
    return true;
}

// What is wrong with the values of an example is told where they stand.
static void tell_at_example(struct diags *diags, size_t from, struct span span)
{
    for (size_t i = from; i < diags->count; i++) {
        struct diag *diag = &diags->kept[i];
        if (diag->severity == DIAG_ERROR && diag->related_message.len == 0 &&
            diag->span.source != NULL) {
            struct span where = diag->span;
            diag->span = span;
            diag_related(diags, diag, where, "asked for here");
        }
    }
}

static bool run_example(struct testing *testing, struct asked *asked, struct unit *unit,
                        const struct unit_example *ready)
{
    struct ddb *ddb = testing->ddb;
    struct bound_query bound;
    struct arena arena = {0};
    struct outcome outcome = {ready->query->pattern, ready->example, {0}, {0}};
    struct keeping keeping = {&arena, &outcome.answer, 0, &ddb->diags};
    struct reader_sink sink = {keep_item, &keeping};
    struct reader_answer answer;
    struct asking asking = {
        .ddb = ddb,
        .unit = unit,
        .pattern = ready->query->pattern,
        .bound = &bound,
        .table = ready->query->table->name,
        .limit = (uint64_t)ready->query->pattern->limit,
        .units = true,
    };
    size_t before = ddb->diags.count;
    reader_answer_init(&answer);
    bool ok = query_bind(&bound, ready->query, ready->arguments, &unit->users,
                         &ddb->arena, &ddb->diags);
    if (!ok) {
        tell_at_example(&ddb->diags, before, ready->example->span);
    } else if (asked != NULL) {
        ok = ask(asked, &answer, &asking, &sink);
    }
    if (ok && asked != NULL) {
        outcome.answer.count = answer.count;
        outcome.answer.scanned = answer.scanned;
        outcome.answer.pages = answer.pages;
        outcome.answer.half_units = answer.half_units;
        outcome.answer.has_units = answer.has_units;
        example_judge(&outcome.verdict, ready->example, ready->query, &outcome.answer,
                      &ddb->arena);
        outcome.answer.items = NULL;
        struct outcomes *all = &testing->outcomes;
        all->at = arena_grow(&ddb->arena, all->at, all->count, all->count + 1,
                             &all->cap, sizeof *all->at);
        all->at[all->count++] = outcome;
    }
    reader_answer_deinit(&answer);
    arena_deinit(&arena);
    return ok;
}

// Without an `asked` the values are bound, no more. False: diagnosed, or stopped.
static bool run_all(struct testing *testing, struct asked *asked, struct unit *unit)
{
    bool ok = true;
    for (size_t i = 0; i < unit->example_count; i++) {
        const struct unit_example *ready = &unit->examples[i];
        if (stop_is_set(testing->ddb->options.stop) || (!ok && asked != NULL)) {
            return false;
        }
        if (is_asked_for(testing, ready->query->pattern->name)) {
            ok = run_example(testing, asked, unit, ready) && ok;
        }
    }
    return ok;
}

// What is wrong with values is told before anything is asked.
static bool run_unit(struct testing *testing, struct unit *unit)
{
    struct ddb *ddb = testing->ddb;
    if (!run_all(testing, NULL, unit) || unit->example_count == 0) {
        return ddb->diags.errors == 0;
    }
    struct asked *asked =
        testing->live ? asked_open(ddb) : asked_open_offline(ddb, unit);
    bool ok = asked != NULL && run_all(testing, asked, unit);
    asked_close(asked);
    return ok;
}

// ---- the whole

static bool lookup_live(struct ddb *ddb, struct unit *unit)
{
    bool reads = false;
    for (size_t i = 0; i < unit->query_count; i++) {
        reads = reads || query_reads_users(&unit->queries[i]);
    }
    return !reads || lookup_users(ddb, unit, LOOKUP_ANYWHERE);
}

// Everything that the examples need of the files.
static bool load(struct testing *testing)
{
    struct ddb *ddb = testing->ddb;
    if (!testing->live) {
        return pipeline_load(ddb, LOOKUP_LOCKED);
    }
    bool ok = ddb->diags.errors == 0 && locks_open(ddb);
    for (size_t i = 0; i < ddb->compilation.unit_count && ok; i++) {
        ok = lookup_live(ddb, &ddb->compilation.units[i]);
    }
    return ok;
}

static void write_outcomes(struct testing *testing)
{
    static void (*const WRITERS[])(struct buf *, const struct outcomes *,
                                   struct ddb *) = {
        [DDB_FORMAT_TEXT] = outcomes_put_text,
        [DDB_FORMAT_JSON] = outcomes_put_json,
        [DDB_FORMAT_JUNIT] = outcomes_put_junit,
        [DDB_FORMAT_TAP] = outcomes_put_tap,
    };
    struct ddb *ddb = testing->ddb;
    struct buf out;
    buf_init(&out, REPORT_MAX_BYTES);
    WRITERS[ddb->options.format](&out, &testing->outcomes, ddb);
    (void)say_text(ddb, buf_str(&out)); // diagnosed
    buf_deinit(&out);
    ddb->different = outcomes_failed(&testing->outcomes) > 0;
}

void ddb_test(struct ddb *ddb, const struct ddb_test_options *options)
{
    struct testing testing = {
        .ddb = ddb,
        .options = options,
        .outcomes = {.costs = options->costs},
        .live = ddb->options.target != NULL || ddb->options.endpoint_url != NULL,
    };
    ddb->no_own_fixtures = testing.live;
    if (!inputs_open(ddb) || !check_only(&testing)) {
        return;
    }
    struct compilation *compilation = &ddb->compilation;
    for (size_t i = 0; i < compilation->unit_count; i++) {
        prepare(&testing, &compilation->units[i]);
    }
    bool ok = load(&testing) && ddb->diags.errors == 0;
    for (size_t i = 0; i < compilation->unit_count && ok; i++) {
        ok = run_unit(&testing, &compilation->units[i]);
    }
    if (ok && ddb->diags.errors == 0) {
        write_outcomes(&testing);
    }
}
