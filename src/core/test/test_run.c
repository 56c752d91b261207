// Units with examples enter; what each answers is asked, held against what it expects, and
// added to the outcomes.
#include "test_run.h"

#include "asking.h"
#include "locks.h"
#include "lookup.h"
#include "pipeline.h"
#include "query_arguments.h"
#include "rewrite.h"
#include "stop.h"
#include "value_json.h"

#include <inttypes.h>

// From so many items on, and so many for each that comes back.
#define READS_MANY 100u
#define READS_TIMES 10u

// ---- which ones

bool test_run_wants(const struct ddb_test_options *options, struct str pattern)
{
    bool found = options->only_count == 0;
    for (size_t i = 0; i < options->only_count && !found; i++) {
        found = str_is(pattern, options->only[i]);
    }
    return found;
}

// What a unit's examples read of handles is to be looked up.
static void prepare(struct test_run *run, struct unit *unit)
{
    for (size_t i = 0; i < unit->example_count; i++) {
        const struct unit_example *ready = &unit->examples[i];
        if (test_run_wants(run->options, ready->query->pattern->name)) {
            query_arguments_want(run->ddb, unit, ready->query, ready->arguments,
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

// What a filter leaves out is paid for.
static void warn_of_reads(struct test_run *run, const struct outcome *outcome)
{
    const struct example_answer *answer = &outcome->answer;
    uint64_t came = answer->count > 0 ? answer->count : 1;
    if (outcome->pattern->filter.text.len == 0 || answer->scanned < READS_MANY ||
        answer->scanned / came < READS_TIMES) {
        return;
    }
    diag_add(&run->ddb->diags, DIAG_PATTERN_READS, outcome->example->span,
             "%" PRIu64 " items are read for %" PRIu64 " that come back",
             answer->scanned, answer->count);
}

static bool run_example(struct test_run *run, struct asked *asked,
                        struct rewrite *rewrite, struct unit *unit,
                        const struct unit_example *ready)
{
    struct ddb *ddb = run->ddb;
    struct bound_query bound;
    struct arena arena = {0};
    struct outcome outcome = {.pattern = ready->query->pattern,
                              .example = ready->example};
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
        warn_of_reads(run, &outcome);
        outcome.updated = rewrite != NULL &&
                          rewrite_example(rewrite, ready->example, ready->query,
                                          &outcome.answer, outcome.verdict.count == 0);
        outcome.answer.items = NULL;
        struct outcomes *all = run->outcomes;
        all->at = arena_grow(run->arena, all->at, all->count, all->count + 1, &all->cap,
                             sizeof *all->at);
        all->at[all->count++] = outcome;
    }
    reader_answer_deinit(&answer);
    arena_deinit(&arena);
    return ok;
}

// Without an `asked` the values are bound, no more. False: diagnosed, or stopped.
static bool run_all(struct test_run *run, struct asked *asked, struct rewrite *rewrite,
                    struct unit *unit)
{
    bool ok = true;
    for (size_t i = 0; i < unit->example_count; i++) {
        const struct unit_example *ready = &unit->examples[i];
        if (stop_is_set(run->ddb->options.stop) || (!ok && asked != NULL)) {
            return false;
        }
        if (test_run_wants(run->options, ready->query->pattern->name)) {
            ok = run_example(run, asked, rewrite, unit, ready) && ok;
        }
    }
    return ok;
}

// What is wrong with values is told before anything is asked.
static bool run_unit(struct test_run *run, struct unit *unit)
{
    struct ddb *ddb = run->ddb;
    if (!run_all(run, NULL, NULL, unit) || unit->example_count == 0) {
        return ddb->diags.errors == 0;
    }
    struct asked *asked = run->live ? asked_open(ddb) : asked_open_offline(ddb, unit);
    const struct tests_file *file = run->file;
    struct rewrite rewrite;
    bool update = run->options->update;
    bool ok =
        asked != NULL &&
        (!update || rewrite_begin(&rewrite, ddb,
                                  file != NULL ? file->source : unit->definition.source,
                                  file != NULL ? file->root : unit->definition.root)) &&
        run_all(run, asked, update ? &rewrite : NULL, unit) &&
        (!update || rewrite_end(&rewrite));
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
static bool load(struct test_run *run)
{
    struct ddb *ddb = run->ddb;
    if (!run->live) {
        return pipeline_load(ddb, LOOKUP_LOCKED);
    }
    bool ok = ddb->diags.errors == 0 && locks_open(ddb);
    for (size_t i = 0; i < ddb->compilation.unit_count && ok; i++) {
        ok = lookup_live(ddb, &ddb->compilation.units[i]);
    }
    return ok;
}

bool test_run(struct test_run *run)
{
    struct ddb *ddb = run->ddb;
    struct compilation *compilation = &ddb->compilation;
    for (size_t i = 0; i < compilation->unit_count; i++) {
        prepare(run, &compilation->units[i]);
    }
    bool ok = load(run) && ddb->diags.errors == 0;
    for (size_t i = 0; i < compilation->unit_count && ok; i++) {
        ok = run_unit(run, &compilation->units[i]);
    }
    return ok && ddb->diags.errors == 0;
}
