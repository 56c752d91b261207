// Names in a definition enter, examples and fixtures of files leave.
#include "tests_files.h"

#include "example_check.h"
#include "fixtures.h"
#include "input_file.h"
#include "yaml_read.h"

bool tests_files_find(struct match **out, size_t *count, struct ddb *ddb,
                      const struct unit *unit)
{
    const struct definition *definition = &unit->definition;
    struct resolve_base base;
    size_t cap = 0;
    *out = NULL;
    *count = 0;
    bool ok = definition->test_count == 0 ||
              resolve_base_init(&base, ddb, definition->source->name);
    for (size_t i = 0; i < definition->test_count && ok; i++) {
        struct match *matches = NULL;
        size_t found = 0;
        ok = matches_find(&matches, &found, ddb, &base, definition->tests[i].text,
                          definition->tests[i].span);
        *out =
            arena_grow(&ddb->arena, *out, *count, *count + found, &cap, sizeof **out);
        for (size_t k = 0; k < found; k++) {
            (*out)[(*count)++] = matches[k];
        }
    }
    return ok;
}

static const struct query *find_query(struct ddb *ddb, const struct unit *unit,
                                      const struct tests_of *group)
{
    const struct definition *definition = &unit->definition;
    struct str *names =
        arena_array(&ddb->arena, definition->pattern_count, sizeof *names);
    bool declared = false;
    for (size_t i = 0; i < unit->query_count; i++) {
        if (str_eq(unit->queries[i].pattern->name, group->pattern)) {
            return &unit->queries[i];
        }
    }
    for (size_t i = 0; i < definition->pattern_count; i++) {
        names[i] = definition->patterns[i].name;
        declared = declared || str_eq(names[i], group->pattern);
    }
    if (!declared) { // else it did not compile, which is diagnosed
        struct diag *diag =
            diag_add(&ddb->diags, DIAG_PATTERN_UNKNOWN, group->span,
                     "%s has no access pattern %s", definition->source->name.at,
                     diag_quote(&ddb->diags, group->pattern));
        diag_help_nearest(&ddb->diags, diag, group->pattern, names,
                          definition->pattern_count);
    }
    return NULL;
}

static bool take_examples(struct ddb *ddb, struct unit *unit,
                          const struct tests_file *file)
{
    size_t count = 0;
    bool ok = true;
    for (size_t g = 0; g < file->group_count; g++) {
        count += file->groups[g].count;
    }
    unit->examples = arena_array(&ddb->arena, count, sizeof *unit->examples);
    unit->example_count = 0;
    for (size_t g = 0; g < file->group_count; g++) {
        const struct tests_of *group = &file->groups[g];
        const struct query *query = find_query(ddb, unit, group);
        ok = ok && query != NULL;
        for (size_t i = 0; i < group->count && query != NULL; i++) {
            struct unit_example *out = &unit->examples[unit->example_count];
            out->query = query;
            out->example = &group->examples[i];
            bool good = example_check(&out->arguments, out->example, query, &ddb->arena,
                                      &ddb->diags);
            unit->example_count += good;
            ok = ok && good;
        }
    }
    return ok;
}

static bool read_file(struct tests_file *out, struct ddb *ddb, struct unit *unit,
                      const struct match *match)
{
    struct yaml_file yaml = {match->real, match->shown, {0}, ddb->options.stop};
    struct data_file *none = arena_alloc(&ddb->arena, sizeof *none);
    const struct source *source = yaml_source_read(&yaml, &ddb->arena, &ddb->diags);
    const struct node *root =
        source == NULL ? NULL
                       : input_file_read(ddb, source, source_span_file(source), none);
    if (root == NULL) {
        return false;
    }
    bool ok = tests_file_read(out, root, source, &ddb->arena, &ddb->diags);
    return take_examples(ddb, unit, out) && ok;
}

bool tests_files_open(struct tests_file *out, struct ddb *ddb, struct unit *unit,
                      const struct match *match)
{
    bool ok = read_file(out, ddb, unit, match);
    if (out->has_fixtures) {
        fixtures_open_listed(ddb, unit, out->source->name, out->fixtures,
                             out->fixture_count);
    }
    return ok;
}

static bool check_unit(struct ddb *ddb, struct unit *unit)
{
    struct match *matches = NULL;
    size_t count = 0;
    bool ok = tests_files_find(&matches, &count, ddb, unit);
    for (size_t i = 0; i < count; i++) {
        struct unit_example *examples = unit->examples;
        size_t example_count = unit->example_count;
        struct tests_file file = {0};
        ok = read_file(&file, ddb, unit, &matches[i]) && ok;
        unit->examples = examples;
        unit->example_count = example_count;
    }
    return ok;
}

bool tests_files_check(struct ddb *ddb)
{
    bool ok = true;
    for (size_t i = 0; i < ddb->compilation.unit_count; i++) {
        ok = check_unit(ddb, &ddb->compilation.units[i]) && ok;
    }
    return ok;
}
