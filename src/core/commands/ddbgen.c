// The pipeline: open -> compile -> build | apply | query -> close. Each step has its
// own file; this one is the table of contents.
#include "ddbgen.h"

#include "allow.h"
#include "diag_print.h"
#include "die.h"
#include "file.h"
#include "heap.h"
#include "locks.h"
#include "output.h"
#include "prove.h"
#include "request.h"
#include "run.h"
#include "table_calls.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPORT_MAX_BYTES ((size_t)64 << 20)
#define REQUEST_MAX_BYTES ((size_t)16 << 20)

// What `now` means in this run: --now, else the clock, read once.
static instant_us pin_now(struct ddb *ddb)
{
    const char *why = NULL;
    instant_us now = 0;
    if (ddb->options.now == NULL) {
        instant_us clock = instant_now(); // whole seconds: keys and locks stay readable
        return clock - clock % 1000000;
    }
    if (!instant_parse(&now, str_from(ddb->options.now), &why)) {
        diag_add(&ddb->diags, DIAG_TIME, (struct span){0}, "--now %s is no time: %s",
                 diag_quote(&ddb->diags, str_from(ddb->options.now)), why);
    }
    return now;
}

struct ddb *ddb_open(const struct ddb_options *options)
{
    struct ddb *ddb = calloc(1, sizeof *ddb);
    if (ddb == NULL) {
        die("out of memory");
    }
    heap_start_libcrypto();
    utf8_use_locale();
    ddb->options = *options;
    ddb->stdin_taken = options->handles != NULL && strcmp(options->handles, "-") == 0;
    diags_init(&ddb->diags, &ddb->arena);
    map_init(&ddb->binaries, &ddb->arena);
    map_init(&ddb->data_files, &ddb->arena);
    compilation_init(&ddb->compilation, &ddb->arena, &ddb->diags, pin_now(ddb));
    ddb->compilation.interrupted = options->interrupted;
    return ddb;
}

void ddb_usage_error(struct ddb *ddb, const char *message, const char *help)
{
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_USAGE, (struct span){0}, "%s", message);
    if (help != NULL) {
        diag_help(&ddb->diags, diag, "%s", help);
    }
}

int ddb_close(struct ddb *ddb)
{
    connect_note_interrupt(ddb);
    bool printed = report_print(ddb);
    int code = diags_exit_code(&ddb->diags, ddb->options.strict);
    if (code == DDB_OK && ddb->different) {
        code = DDB_DIFFERENT;
    }
    if (ddb->interrupted) {
        code = DDB_INTERRUPTED;
    } else if (code == DDB_OK && !printed) {
        code = DDB_WORLD;
    }
    compilation_deinit(&ddb->compilation);
    kept_files_close(&ddb->kept);
    arena_deinit(&ddb->arena);
    free(ddb);
    return code;
}

// Everything that is wrong is found here, before anything is written or sent.
static bool compile(struct ddb *ddb, enum lookup_reach reach)
{
    struct compilation *compilation = &ddb->compilation;
    bool locks = locks_open(ddb);
    survey_fixtures(compilation);
    locks_check_times(ddb);
    for (size_t i = 0; i < compilation->unit_count; i++) {
        struct unit *unit = &compilation->units[i];
        prove_unit(compilation, unit);
        // Without its definition in order a unit's items would only repeat the
        // mistakes.
        if (lookup_users(ddb, unit, reach)) {
            verify_unit(compilation, unit);
            prove_data(compilation, unit);
        }
    }
    bool complete =
        locks && ddb->diags.errors == 0 && !compilation_interrupted(compilation);
    if (complete) { // nothing was left out that could be warned of
        allow_report_unused(&ddb->diags);
    }
    return complete && !(ddb->options.strict && ddb->diags.warnings > 0);
}

static bool open_and_compile(struct ddb *ddb, enum lookup_reach reach)
{
    return inputs_open(ddb) && compile(ddb, reach);
}

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
    if (open_and_compile(ddb, LOOKUP_FILES) && !report_owns_stdout(ddb)) {
        size_t tables = ddb->compilation.unit_count;
        uint64_t items = count_items(ddb);
        say_out(ddb, "ok: %zu table%s, %llu item%s\n", tables, tables == 1 ? "" : "s",
                (unsigned long long)items, items == 1 ? "" : "s");
    }
}

static bool write_tables(struct ddb *ddb, struct output *output)
{
    struct compilation *compilation = &ddb->compilation;
    struct buf request;
    bool ok = true;
    buf_init(&request, REQUEST_MAX_BYTES);
    for (size_t i = 0; ok && i < compilation->unit_count; i++) {
        const struct table *table = &compilation->units[i].definition.table;
        buf_reset(&request);
        request_write_create_table(&request, table);
        ok = output_request(output, table->name, "CreateTable", buf_str(&request));
    }
    for (size_t i = 0; ok && i < compilation->unit_count; i++) {
        const struct table *table = &compilation->units[i].definition.table;
        size_t count = 0;
        struct table_call *calls = table_calls(&count, table, false, &ddb->arena);
        for (size_t c = 0; ok && c < count; c++) {
            buf_reset(&request);
            table_call_write_update(&request, table, &calls[c]);
            ok =
                output_request(output, table->name, calls[c].update, buf_str(&request));
        }
    }
    buf_deinit(&request);
    return ok;
}

// The pieces that build and convert share: all tables first, then their other settings,
// then each table's items.
static bool write_output(struct ddb *ddb, struct output *output)
{
    struct compilation *compilation = &ddb->compilation;
    bool ok = fixtures_unchanged(ddb) && write_tables(ddb, output);
    struct batch_sink sink = output_sink(output);
    for (size_t i = 0; ok && i < compilation->unit_count; i++) {
        ok = emit_unit(compilation, &compilation->units[i], &sink);
    }
    return ok && fixtures_unchanged(ddb) && !compilation_interrupted(compilation) &&
           output_commit(output);
}

static struct output *open_output(struct ddb *ddb, enum ddb_emit emit, const char *path)
{
    bool requests = emit == DDB_EMIT_REQUESTS;
    if (path == NULL) {
        return output_lines_new(STDOUT_FILENO, requests, ddb->options.interrupted,
                                &ddb->diags);
    }
    if (resolve_named(ddb, path) == NULL) {
        return NULL;
    }
    if (requests) {
        return output_dir_new(path, ddb->compilation.unit_count > 1, &ddb->diags);
    }
    return output_file_new(path, false, &ddb->diags);
}

static void build(struct ddb *ddb, enum ddb_emit emit, const char *path)
{
    struct output *output = open_output(ddb, emit, path);
    if (output != NULL) {
        (void)write_output(ddb, output);
        output_free(output);
    }
}

void ddb_build(struct ddb *ddb, const struct ddb_build_options *options)
{
    ddb->records_times = ddb->options.update_lock;
    if (open_and_compile(ddb, LOOKUP_ANYWHERE) && locks_record(ddb)) {
        build(ddb, options->emit, options->output);
    }
}

void pipeline_build(struct ddb *ddb, enum lookup_reach reach, const char *path)
{
    if (open_and_compile(ddb, reach)) {
        build(ddb, DDB_EMIT_REQUESTS, path);
    }
}

void ddb_diff(struct ddb *ddb, const struct ddb_diff_options *options)
{
    bool offline = options->against != NULL;
    if (!open_and_compile(ddb, offline ? LOOKUP_LOCKED : LOOKUP_ANYWHERE)) {
        return;
    }
    if (offline) {
        against_run(ddb, options->against);
    } else {
        diff_run(ddb, options);
    }
}

void ddb_apply(struct ddb *ddb, const struct ddb_apply_options *options)
{
    if (options->plan != NULL) {
        apply_saved_run(ddb, options->plan);
        return;
    }
    ddb->records_times = true;
    if (open_and_compile(ddb, LOOKUP_ANYWHERE)) {
        apply_run(ddb, options);
    }
}

void ddb_convert(struct ddb *ddb, const struct ddb_convert_options *options)
{
    if (!convert_open(ddb, options)) {
        return;
    }
    if (options->emit != DDB_EMIT_FIXTURE) {
        if (compile(ddb, LOOKUP_ANYWHERE)) {
            build(ddb, options->emit, options->output);
        }
        return;
    }
    survey_fixtures(&ddb->compilation);
    if (ddb->diags.errors == 0 && !compilation_interrupted(&ddb->compilation)) {
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
