// test: the examples of access patterns are run, against the compiled fixtures or a live
// table. Those of the definitions go first; each file of examples is a run of its own, with
// its own fixtures.
#include "feeding.h"
#include "fixtures.h"
#include "inputs.h"
#include "outcome.h"
#include "say.h"
#include "test_run.h"
#include "tests_files.h"

#define REPORT_MAX_BYTES ((size_t)1 << 30)

struct testing {
    struct ddb *ddb;
    const struct ddb_test_options *options;
    struct outcomes outcomes;
    struct ddb **others; // runs of files of examples, other_count of them
    size_t other_count;
    size_t other_cap;
    bool live;
};

// ---- which patterns

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

static bool has_outcome(const struct testing *testing, const struct pattern *pattern)
{
    bool found = pattern->example_count > 0;
    for (size_t i = 0; i < testing->outcomes.count && !found; i++) {
        const struct pattern *of = testing->outcomes.at[i].pattern;
        found = of->span.source != NULL && str_eq(of->name, pattern->name) &&
                str_eq(of->span.source->name, pattern->span.source->name);
    }
    return found;
}

// Patterns of which nobody says what they answer.
static void note_without(struct testing *testing)
{
    struct outcomes *outcomes = &testing->outcomes;
    const struct compilation *compilation = &testing->ddb->compilation;
    for (size_t u = 0; u < compilation->unit_count; u++) {
        const struct definition *definition = &compilation->units[u].definition;
        for (size_t p = 0; p < definition->pattern_count; p++) {
            const struct pattern *pattern = &definition->patterns[p];
            if (has_outcome(testing, pattern) ||
                !test_run_wants(testing->options, pattern->name)) {
                continue;
            }
            outcomes->without =
                arena_grow(&testing->ddb->arena, outcomes->without,
                           outcomes->without_count, outcomes->without_count + 1,
                           &outcomes->without_cap, sizeof *outcomes->without);
            outcomes->without[outcomes->without_count++] = pattern->name;
        }
    }
}

// ---- files of examples

static struct ddb *add_run(struct testing *testing, const char *const *definition)
{
    struct ddb_options options = testing->ddb->options;
    options.files = definition;
    options.file_count = 1;
    struct ddb *other = ddb_open(&options);
    other->no_own_fixtures = true; // until it is known whose they are
    other->compilation.now = testing->ddb->compilation.now;
    testing->others =
        arena_grow(&testing->ddb->arena, testing->others, testing->other_count,
                   testing->other_count + 1, &testing->other_cap, sizeof(struct ddb *));
    testing->others[testing->other_count++] = other;
    return other;
}

static bool run_file(struct testing *testing, const char *const *definition,
                     const struct match *match)
{
    struct ddb *ddb = add_run(testing, definition);
    struct tests_file *file = arena_alloc(&ddb->arena, sizeof *file);
    if (!inputs_open(ddb) || ddb->compilation.unit_count == 0) {
        return false;
    }
    struct unit *unit = &ddb->compilation.units[0];
    bool ok = tests_files_open(file, ddb, unit, match);
    if (!file->has_fixtures && !testing->live) {
        fixtures_open_own(ddb, unit);
    }
    feeding_settle_items(ddb);
    struct test_run run = {
        .ddb = ddb,
        .options = testing->options,
        .file = file,
        .live = testing->live,
        .outcomes = &testing->outcomes,
        .arena = &testing->ddb->arena,
    };
    return ok && test_run(&run);
}

// All of them, whatever is wrong with one.
static bool run_files(struct testing *testing)
{
    const struct compilation *compilation = &testing->ddb->compilation;
    bool ok = true;
    for (size_t u = 0; u < compilation->unit_count; u++) {
        const struct unit *unit = &compilation->units[u];
        struct match *matches = NULL;
        size_t count = 0;
        const char **definition =
            arena_alloc(&testing->ddb->arena, sizeof(const char *));
        *definition = unit->definition.source->name.at;
        ok = tests_files_find(&matches, &count, testing->ddb, unit) && ok;
        for (size_t i = 0; i < count; i++) {
            ok = run_file(testing, definition, &matches[i]) && ok;
        }
    }
    return ok;
}

// What they found is printed, and counts as what the run itself found.
static void close_runs(struct testing *testing)
{
    for (size_t i = 0; i < testing->other_count; i++) {
        int code = ddb_close(testing->others[i]);
        if (code > testing->ddb->worst_within) {
            testing->ddb->worst_within = code;
        }
    }
}

// ---- the whole

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
    struct test_run own = {
        .ddb = ddb,
        .options = options,
        .live = testing.live,
        .outcomes = &testing.outcomes,
        .arena = &ddb->arena,
    };
    bool ok = test_run(&own);
    if (ok || !ddb->interrupted) {
        ok = run_files(&testing) && ok;
    }
    if (ok) {
        note_without(&testing);
        write_outcomes(&testing);
    }
    close_runs(&testing);
}
