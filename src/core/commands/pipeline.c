// A run up to its requests. In: the FILEs of the command line. Out: everything that is
// wrong with them, diagnosed; of what is right, the requests, in a folder, a file or on
// standard output.
#include "pipeline.h"

#include "allow_unused.h"
#include "build_made.h"
#include "emit.h"
#include "fixtures.h"
#include "inputs.h"
#include "locks.h"
#include "lookup.h"
#include "output.h"
#include "prove.h"
#include "prove_data.h"
#include "request.h"
#include "resolve.h"
#include "run.h"
#include "stop.h"
#include "survey.h"
#include "table_calls.h"
#include "verify.h"

#include <unistd.h>

#define REQUEST_MAX_BYTES ((size_t)16 << 20)

// Everything that is wrong is found here, before anything is written or sent.
bool pipeline_compile(struct ddb *ddb, enum lookup_reach reach)
{
    struct compilation *compilation = &ddb->compilation;
    bool locks = locks_open(ddb);
    survey_fixtures(compilation);
    locks_check_times(ddb);
    for (size_t i = 0; i < compilation->unit_count; i++) {
        struct unit *unit = &compilation->units[i];
        prove_unit(compilation, unit);
        // Items are looked at as far as their definition and their people are in order:
        // all mistakes are told in one run.
        (void)lookup_users(ddb, unit, reach); // diagnosed
        verify_unit(compilation, unit);
        prove_data(compilation, unit);
    }
    bool complete = locks && ddb->diags.errors == 0 && !stop_is_set(compilation->stop);
    if (complete) { // nothing was left out that could be warned of
        allow_unused_report(&ddb->diags);
    }
    return complete && !(ddb->options.strict && ddb->diags.warnings > 0);
}

bool pipeline_load(struct ddb *ddb, enum lookup_reach reach)
{
    struct compilation *compilation = &ddb->compilation;
    bool locks = locks_open(ddb);
    survey_fixtures(compilation);
    locks_check_times(ddb);
    for (size_t i = 0; i < compilation->unit_count; i++) {
        (void)lookup_users(ddb, &compilation->units[i], reach); // diagnosed
        verify_unit(compilation, &compilation->units[i]);
    }
    return locks && ddb->diags.errors == 0 && !stop_is_set(compilation->stop);
}

bool pipeline_open(struct ddb *ddb, enum lookup_reach reach)
{
    return inputs_open(ddb) && pipeline_compile(ddb, reach);
}

static bool write_tables(struct ddb *ddb, struct output *output)
{
    struct compilation *compilation = &ddb->compilation;
    struct buf request;
    bool ok = true;
    buf_init(&request, REQUEST_MAX_BYTES);
    for (size_t i = 0; ok && i < compilation->unit_count; i++) {
        const struct table *table = &compilation->units[i].definition.table;
        if (table->external) {
            continue; // others make it
        }
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

static bool write_items(struct compilation *compilation, struct unit *unit,
                        const struct batch_sink *sink, struct made_writer *made)
{
    if (made == NULL) {
        return emit_unit(compilation, unit, sink);
    }
    struct batch_sink tap = made_writer_tap(made, &unit->definition.table, sink);
    return emit_unit(compilation, unit, &tap) && made_writer_end(made);
}

// The pieces that build and convert share: all tables first, then their other settings,
// then each table's items.
static bool write_output(struct ddb *ddb, struct output *output,
                         struct made_writer *made)
{
    struct compilation *compilation = &ddb->compilation;
    bool ok = fixtures_unchanged(ddb) && write_tables(ddb, output);
    struct batch_sink sink = output_sink(output);
    for (size_t i = 0; ok && i < compilation->unit_count; i++) {
        ok = write_items(compilation, &compilation->units[i], &sink, made);
    }
    return ok && fixtures_unchanged(ddb) && !stop_is_set(compilation->stop) &&
           output_commit(output);
}

static struct output *open_output(struct ddb *ddb, enum ddb_emit emit, const char *path)
{
    bool requests = emit == DDB_EMIT_REQUESTS;
    if (path == NULL) {
        return output_lines_new(STDOUT_FILENO, requests, ddb->options.stop,
                                &ddb->diags);
    }
    if (resolve_named(ddb, path) == NULL) {
        return NULL;
    }
    if (requests) {
        return output_dir_new(path, ddb->compilation.unit_count > 1, &ddb->diags);
    }
    return output_file_new(path, false, ddb->options.stop, &ddb->diags);
}

void pipeline_write(struct ddb *ddb, enum ddb_emit emit, const char *path)
{
    struct output *output = open_output(ddb, emit, path);
    if (output != NULL) {
        (void)write_output(ddb, output, NULL);
        output_free(output);
    }
}

void pipeline_build(struct ddb *ddb, enum lookup_reach reach, const char *path,
                    const char *made)
{
    struct output *output = NULL;
    struct made_writer *writer = NULL;
    if (pipeline_open(ddb, reach)) {
        output = open_output(ddb, DDB_EMIT_REQUESTS, path);
        writer = output != NULL ? made_writer_new(made, &ddb->diags) : NULL;
    }
    if (writer != NULL) {
        (void)write_output(ddb, output, writer);
    }
    made_writer_free(writer);
    output_free(output);
}
