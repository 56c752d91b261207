// The pipeline: open -> compile -> build | apply | query -> close. Each step has its
// own file; this one is the table of contents.
#include "ddbgen.h"

#include "diag_print.h"
#include "die.h"
#include "file.h"
#include "json_write.h"
#include "output.h"
#include "reader.h"
#include "request.h"
#include "run.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define REPORT_MAX_BYTES ((size_t)64 << 20)
#define REQUEST_MAX_BYTES ((size_t)16 << 20)

struct ddb *ddb_open(const struct ddb_options *options)
{
    struct ddb *ddb = calloc(1, sizeof *ddb);
    if (ddb == NULL) {
        die("out of memory");
    }
    utf8_use_locale();
    ddb->options = *options;
    diags_init(&ddb->diags, &ddb->arena);
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

// Diagnostics go to stderr, but for a report that was asked for in another format.
static bool print_diagnostics(struct ddb *ddb)
{
    struct buf out;
    buf_init(&out, REPORT_MAX_BYTES);
    if (ddb->options.format == DDB_FORMAT_JSON) {
        diag_print_json(&out, &ddb->diags);
        if (ddb->report_to_stdout) {
            diag_print_json_summary(&out, &ddb->diags);
        }
    } else {
        diag_print_text(&out, &ddb->diags, ddb->options.color);
    }
    int fd = ddb->report_to_stdout && ddb->options.format != DDB_FORMAT_TEXT
                 ? STDOUT_FILENO
                 : STDERR_FILENO;
    bool written = file_write_all(fd, buf_str(&out));
    buf_deinit(&out);
    return written;
}

int ddb_close(struct ddb *ddb)
{
    bool printed = print_diagnostics(ddb);
    int code = diags_exit_code(&ddb->diags, ddb->options.strict);
    if (ddb->interrupted) {
        code = DDB_INTERRUPTED;
    } else if (code == DDB_OK && !printed) {
        code = DDB_WORLD;
    }
    if (ddb->compiling) {
        compilation_deinit(&ddb->compilation);
    }
    arena_deinit(&ddb->arena);
    free(ddb);
    return code;
}

// What `now` means in this run: --now, else the clock, read once.
static bool pin_now(struct ddb *ddb, instant_us *now)
{
    const char *why = NULL;
    ddb->now_from_clock = ddb->options.now == NULL;
    if (ddb->now_from_clock) {
        *now = instant_now();
        return true;
    }
    if (instant_parse(now, str_from(ddb->options.now), &why)) {
        return true;
    }
    diag_add(&ddb->diags, DIAG_TIME, (struct span){0}, "--now %s is no time: %s",
             diag_quote(&ddb->diags, str_from(ddb->options.now)), why);
    return false;
}

static bool open_compilation(struct ddb *ddb)
{
    instant_us now = 0;
    bool pinned = pin_now(ddb, &now);
    compilation_init(&ddb->compilation, &ddb->arena, &ddb->diags, now);
    ddb->compiling = true;
    return pinned;
}

static void warn_relative(struct ddb *ddb)
{
    struct compilation *compilation = &ddb->compilation;
    for (size_t i = 0; ddb->now_from_clock && i < compilation->fixture_count; i++) {
        if (compilation->fixtures[i]->relative) {
            struct diag *diag = diag_add(
                &ddb->diags, DIAG_TIME_RELATIVE,
                compilation->fixtures[i]->relative_span,
                "this time is relative to the clock: every run makes other items");
            diag_help(&ddb->diags, diag, "pin it with --now 2023-03-19T12:00:00Z");
        }
    }
}

// Everything that is wrong is found here, before anything is written or sent.
static bool compile(struct ddb *ddb, enum lookup_reach reach)
{
    struct compilation *compilation = &ddb->compilation;
    survey_fixtures(compilation);
    warn_relative(ddb);
    for (size_t i = 0; i < compilation->unit_count; i++) {
        struct unit *unit = &compilation->units[i];
        // Without its definition in order a unit's items would only repeat the
        // mistakes.
        if (lookup_users(ddb, unit, reach)) {
            verify_unit(compilation, unit);
        }
    }
    return ddb->diags.errors == 0 && !(ddb->options.strict && ddb->diags.warnings > 0);
}

static bool open_and_compile(struct ddb *ddb, enum lookup_reach reach)
{
    bool pinned = open_compilation(ddb);
    bool opened = inputs_open(ddb);
    return opened && compile(ddb, reach) && pinned;
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
    if (open_and_compile(ddb, LOOKUP_FILES) && ddb->options.format == DDB_FORMAT_TEXT) {
        size_t tables = ddb->compilation.unit_count;
        uint64_t items = count_items(ddb);
        printf("ok: %zu table%s, %llu item%s\n", tables, tables == 1 ? "" : "s",
               (unsigned long long)items, items == 1 ? "" : "s");
        (void)fflush(stdout);
    }
}

// The pieces that build and convert share: all tables first, then each table's items.
static bool write_output(struct ddb *ddb, struct output *output)
{
    struct compilation *compilation = &ddb->compilation;
    struct buf request;
    bool ok = inputs_unchanged(ddb);
    buf_init(&request, REQUEST_MAX_BYTES);
    for (size_t i = 0; ok && i < compilation->unit_count; i++) {
        const struct table *table = &compilation->units[i].definition.table;
        buf_reset(&request);
        request_write_create_table(&request, table);
        ok = output_create_table(output, table->name, buf_str(&request));
    }
    buf_deinit(&request);
    struct batch_sink sink = output_sink(output);
    for (size_t i = 0; ok && i < compilation->unit_count; i++) {
        ok = emit_unit(compilation, &compilation->units[i], &sink);
    }
    return ok && inputs_unchanged(ddb) && output_commit(output);
}

static struct output *open_output(struct ddb *ddb, enum ddb_emit emit, const char *path)
{
    bool requests = emit == DDB_EMIT_REQUESTS;
    if (path == NULL) {
        return output_lines_new(STDOUT_FILENO, requests, &ddb->diags);
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
    if (open_and_compile(ddb, LOOKUP_ANYWHERE)) {
        build(ddb, options->emit, options->output);
    }
}

void ddb_apply(struct ddb *ddb)
{
    if (open_and_compile(ddb, LOOKUP_ANYWHERE)) {
        apply_run(ddb);
    }
}

void ddb_convert(struct ddb *ddb, const struct ddb_convert_options *options)
{
    bool pinned = open_compilation(ddb);
    if (!convert_open(ddb, options)) {
        return;
    }
    if (options->emit != DDB_EMIT_FIXTURE) {
        if (compile(ddb, LOOKUP_ANYWHERE) && pinned) {
            build(ddb, options->emit, options->output);
        }
        return;
    }
    survey_fixtures(&ddb->compilation);
    if (pinned && ddb->diags.errors == 0 && inputs_unchanged(ddb)) {
        convert_write_fixture(ddb, options->output);
    }
}

static const struct query *find_query(struct ddb *ddb, const struct unit *unit,
                                      const char *name)
{
    struct str *names = arena_array(&ddb->arena, unit->query_count, sizeof *names);
    for (size_t i = 0; i < unit->query_count; i++) {
        names[i] = unit->queries[i].pattern->name;
        if (str_is(names[i], name)) {
            return &unit->queries[i];
        }
    }
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_PATTERN_UNKNOWN, (struct span){0},
                 "%s has no access pattern %s", unit->definition.source->name.at,
                 diag_quote(&ddb->diags, str_from(name)));
    diag_help_nearest(&ddb->diags, diag, str_from(name), names, unit->query_count);
    return NULL;
}

// A pattern's parameters of type handle are what has to be looked up.
static bool want_arguments(struct ddb *ddb, struct unit *unit,
                           const struct query *query, const struct str *values)
{
    for (size_t i = 0; i < query->pattern->parameter_count; i++) {
        if (query->pattern->parameters[i].type != PARAMETER_HANDLE) {
            continue;
        }
        struct wanted_handle *wanted = arena_alloc(&ddb->arena, sizeof *wanted);
        wanted->handle = values[i];
        map_add(&unit->wanted, values[i], NULL)->value = wanted;
    }
    return !query_reads_users(query) || lookup_users(ddb, unit, LOOKUP_ANYWHERE);
}

// Reads items page by page and shows them as they come.
static void show_items(struct ddb *ddb, const char *operation, struct str members,
                       int64_t limit, enum ddb_shape shape, const struct table *table)
{
    struct client *client = connect_client(ddb, 1, NULL);
    if (client == NULL) {
        return;
    }
    struct shower *shower = shower_new(shape, table);
    struct reader_sink sink = {shower_item, shower};
    const char *doing =
        operation[0] == 'Q' ? "querying the table" : "scanning the table";
    bool read = reader_run(client, operation, members, (uint64_t)limit, &sink,
                           ddb->options.interrupted, doing, &ddb->diags);
    ddb->interrupted =
        ddb->options.interrupted != NULL && *ddb->options.interrupted != 0;
    (void)read; // diagnosed
    shower_end(shower);
    client_free(client);
}

void ddb_query(struct ddb *ddb, const struct ddb_query_options *options)
{
    (void)open_compilation(ddb);
    inputs_reserve(ddb, 1);
    struct unit *unit = inputs_definition(ddb, options->definition);
    const struct query *query = unit != NULL && ddb->diags.errors == 0
                                    ? find_query(ddb, unit, options->pattern)
                                    : NULL;
    if (query == NULL) {
        return;
    }
    struct str *values =
        arena_array(&ddb->arena, query->pattern->parameter_count, sizeof *values);
    if (!query_read_arguments(values, query, options->arguments,
                              options->argument_count, &ddb->arena, &ddb->diags) ||
        !want_arguments(ddb, unit, query, values)) {
        return;
    }
    struct buf members;
    buf_init(&members, REQUEST_MAX_BYTES);
    int64_t limit = options->limit > 0 ? options->limit : query->pattern->limit;
    if (query_write(&members, query, values, &unit->users, &ddb->diags)) {
        show_items(ddb, "Query", buf_str(&members), limit, options->shape,
                   &unit->definition.table);
    }
    buf_deinit(&members);
}

// "messages.yaml" is a definition, "cruddur-messages" a table's name.
static bool table_argument(struct ddb *ddb, const char *argument, struct str *name,
                           const struct table **table)
{
    struct str text = str_from(argument);
    *table = NULL;
    *name = text;
    if (str_ends(text, STR(".yaml")) || str_ends(text, STR(".yml")) ||
        str_find_char(text, '/') < text.len) {
        (void)open_compilation(ddb);
        inputs_reserve(ddb, 1);
        struct unit *unit = inputs_definition(ddb, argument);
        if (unit == NULL || ddb->diags.errors > 0) {
            return false;
        }
        *table = &unit->definition.table;
        *name = unit->definition.table.name;
        return true;
    }
    if (text.len == 0 || text.len > 255) {
        ddb_usage_error(ddb, "a table's name has 3 to 255 characters", NULL);
        return false;
    }
    return true;
}

void ddb_scan(struct ddb *ddb, const struct ddb_scan_options *options)
{
    struct str name = {0};
    const struct table *table = NULL;
    if (!table_argument(ddb, options->table, &name, &table)) {
        return;
    }
    struct buf members;
    buf_init(&members, REQUEST_MAX_BYTES);
    buf_puts(&members, "{\"TableName\":");
    json_put_string(&members, name);
    show_items(ddb, "Scan", buf_str(&members), options->limit, options->shape, table);
    buf_deinit(&members);
}

void ddb_drop(struct ddb *ddb, const char *table_or_file)
{
    struct str name = {0};
    const struct table *table = NULL;
    if (!table_argument(ddb, table_or_file, &name, &table)) {
        return;
    }
    struct client *client = connect_client(ddb, 1, "drop the table");
    struct wait_options wait = connect_wait_options(ddb);
    if (client != NULL && connect_confirm_table(ddb, name) &&
        table_drop(client, name, &wait, &ddb->diags)) {
        printf("%.*s: dropped\n", STR_ARG(name));
        (void)fflush(stdout);
    }
    ddb->interrupted =
        ddb->options.interrupted != NULL && *ddb->options.interrupted != 0;
    client_free(client);
}

void ddb_list_tables(struct ddb *ddb)
{
    struct client *client = connect_client(ddb, 1, NULL);
    struct str *names = NULL;
    size_t count = 0;
    if (client != NULL &&
        table_list(&names, &count, client, &ddb->arena, &ddb->diags)) {
        for (size_t i = 0; i < count; i++) {
            printf("%.*s\n", STR_ARG(names[i]));
        }
        (void)fflush(stdout);
    }
    client_free(client);
}

bool ddb_print_diagnostics_reference(void)
{
    struct buf out;
    buf_init(&out, REPORT_MAX_BYTES);
    diag_print_reference(&out);
    bool written = file_write_all(STDOUT_FILENO, buf_str(&out));
    buf_deinit(&out);
    return written;
}
