// query and scan: a declared pattern or a whole table becomes a request, its items are
// shown as the pages come.
#include "connect.h"
#include "inputs.h"
#include "json_write.h"
#include "locks.h"
#include "lookup.h"
#include "query_write.h"
#include "reader.h"
#include "run.h"
#include "say.h"
#include "show.h"
#include "utf8.h"

#define REQUEST_MAX_BYTES ((size_t)16 << 20)

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

// One pattern a line, as it is asked for: "list_messages conversation=UUID
// year=STRING".
static void list_patterns(struct ddb *ddb, const struct unit *unit)
{
    static const char *const TYPES[] = {
        [PARAMETER_HANDLE] = "HANDLE",
        [PARAMETER_STRING] = "STRING",
        [PARAMETER_UUID] = "UUID",
        [PARAMETER_NUMBER] = "NUMBER",
    };
    struct buf out;
    buf_init(&out, REQUEST_MAX_BYTES);
    for (size_t i = 0; i < unit->query_count; i++) {
        const struct pattern *pattern = unit->queries[i].pattern;
        utf8_put_visible(&out, pattern->name);
        for (size_t k = 0; k < pattern->parameter_count; k++) {
            buf_char(&out, ' ');
            utf8_put_visible(&out, pattern->parameters[k].name);
            buf_printf(&out, "=%s", TYPES[pattern->parameters[k].type]);
        }
        buf_char(&out, '\n');
    }
    if (unit->query_count == 0) {
        diag_add(&ddb->diags, DIAG_PATTERN_UNKNOWN, (struct span){0},
                 "%s has no access patterns", unit->definition.source->name.at);
    }
    (void)say_text(ddb, buf_str(&out)); // diagnosed
    buf_deinit(&out);
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
    return !query_reads_users(query) ||
           (locks_open(ddb) && lookup_users(ddb, unit, LOOKUP_ANYWHERE));
}

// Reads items page by page and shows them as they come.
static void show_items(struct ddb *ddb, const char *operation, struct str members,
                       int64_t limit, enum ddb_shape shape, struct str name,
                       const struct definition *definition)
{
    struct client *client = connect_open(ddb) ? connect_client(ddb, 1) : NULL;
    if (client == NULL) {
        return;
    }
    struct shower *shower = shower_new(ddb, shape, definition);
    struct reader_sink sink = {shower_item, shower};
    struct str doing = arena_printf(&ddb->arena, "%s table %s",
                                    operation[0] == 'Q' ? "querying" : "scanning",
                                    diag_quote(&ddb->diags, name));
    reader_run(client, operation, members, (uint64_t)limit, &sink, ddb->options.stop,
               doing.at, &ddb->diags);
    shower_end(shower);
    client_free(client);
}

void ddb_query(struct ddb *ddb, const struct ddb_query_options *options)
{
    inputs_reserve(ddb, 1);
    struct unit *unit = inputs_definition(ddb, options->definition);
    bool fine = unit != NULL && ddb->diags.errors == 0;
    if (fine && options->pattern == NULL) {
        list_patterns(ddb, unit);
        return;
    }
    const struct query *query = fine ? find_query(ddb, unit, options->pattern) : NULL;
    if (query == NULL) {
        return;
    }
    struct str *values =
        arena_array(&ddb->arena, query->pattern->parameter_count, sizeof *values);
    if (!query_read_arguments(values, query, options->arguments,
                              options->argument_count, &ddb->arena, &ddb->diags) ||
        !want_arguments(ddb, unit, query, values) || ddb->diags.errors > 0) {
        return;
    }
    struct buf members;
    buf_init(&members, REQUEST_MAX_BYTES);
    int64_t limit = options->limit > 0 ? options->limit : query->pattern->limit;
    if (query_write(&members, query, values, &unit->users, &ddb->diags)) {
        show_items(ddb, "Query", buf_str(&members), limit, options->shape,
                   query->table->name, &unit->definition);
    }
    buf_deinit(&members);
}

void ddb_scan(struct ddb *ddb, const struct ddb_scan_options *options)
{
    struct str name = {0};
    const struct definition *definition = NULL;
    if (!inputs_table(&name, &definition, ddb, options->table)) {
        return;
    }
    struct buf members;
    buf_init(&members, REQUEST_MAX_BYTES);
    buf_puts(&members, "{\"TableName\":");
    json_put_string(&members, name);
    show_items(ddb, "Scan", buf_str(&members), options->limit, options->shape, name,
               definition);
    buf_deinit(&members);
}
