// What ddbgen.h offers, a few lines each: this file is the table of contents. The steps
// of a run, open -> compile -> build | apply | query -> close, have their own files.
#include "ddbgen.h"

#include "against.h"
#include "apply.h"
#include "convert.h"
#include "diag_print.h"
#include "diff.h"
#include "locks.h"
#include "lookup.h"
#include "pipeline.h"
#include "report.h"
#include "run.h"
#include "say.h"
#include "stop.h"
#include "survey.h"
#include "tests_files.h"

#define REPORT_MAX_BYTES ((size_t)64 << 20)

static uint64_t count_items(const struct ddb *ddb)
{
    uint64_t items = 0;
    for (size_t i = 0; i < ddb->compilation.unit_count; i++) {
        items += ddb->compilation.units[i].item_count;
    }
    return items;
}

void ddb_check(struct ddb *ddb)
{
    ddb->report_to_stdout = true;
    bool good = pipeline_open(ddb, LOOKUP_FILES);
    good = tests_files_check(ddb) && good;
    if (good && !report_owns_stdout(ddb)) {
        size_t tables = ddb->compilation.unit_count;
        uint64_t items = count_items(ddb);
        say_out(ddb, "ok: %zu table%s, %llu item%s\n", tables, tables == 1 ? "" : "s",
                (unsigned long long)items, items == 1 ? "" : "s");
    }
}

void ddb_build(struct ddb *ddb, const struct ddb_build_options *options)
{
    ddb->records_times = ddb->options.update_lock;
    if (pipeline_open(ddb, LOOKUP_ANYWHERE) && locks_record(ddb)) {
        pipeline_write(ddb, options->emit, options->output);
    }
}

void ddb_diff(struct ddb *ddb, const struct ddb_diff_options *options)
{
    bool offline = options->against != NULL;
    if (!pipeline_open(ddb, offline ? LOOKUP_LOCKED : LOOKUP_ANYWHERE)) {
        return;
    }
    if (offline) {
        against_run(ddb, options);
    } else {
        diff_run(ddb, options);
    }
}

void ddb_apply(struct ddb *ddb, const struct ddb_apply_options *options)
{
    if (options->plan != NULL) {
        apply_saved_run(ddb, options->plan, options->unconditional);
        return;
    }
    ddb->records_times = true;
    if (pipeline_open(ddb, LOOKUP_ANYWHERE)) {
        apply_run(ddb, options);
    }
}

void ddb_convert(struct ddb *ddb, const struct ddb_convert_options *options)
{
    if (!convert_open(ddb, options)) {
        return;
    }
    if (options->emit != DDB_EMIT_FIXTURE) {
        if (pipeline_compile(ddb, LOOKUP_ANYWHERE)) {
            pipeline_write(ddb, options->emit, options->output);
        }
        return;
    }
    survey_fixtures(&ddb->compilation);
    if (ddb->diags.errors == 0 && !stop_is_set(ddb->compilation.stop)) {
        convert_write_fixture(ddb, options->output);
    }
}

void ddb_print_diagnostics_reference(struct ddb *ddb)
{
    struct buf out;
    buf_init(&out, REPORT_MAX_BYTES);
    diag_print_reference(&out);
    (void)say_text(ddb, buf_str(&out)); // diagnosed
    buf_deinit(&out);
}
