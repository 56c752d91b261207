// query and scan: a declared pattern or a whole table is asked, of the service or of the
// fixtures; its items are shown as they come, and what is told of them all.
#include "arguments.h"
#include "asking.h"
#include "inputs.h"
#include "locks.h"
#include "lookup.h"
#include "pipeline.h"
#include "query_arguments.h"
#include "report.h"
#include "say.h"
#include "show.h"
#include "start_key.h"
#include "utf8.h"

#include <inttypes.h>

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
        [PARAMETER_HANDLE] = "HANDLE", [PARAMETER_STRING] = "STRING",
        [PARAMETER_UUID] = "UUID",     [PARAMETER_NUMBER] = "NUMBER",
        [PARAMETER_BINARY] = "BASE64", [PARAMETER_BOOLEAN] = "BOOLEAN",
    };
    struct buf out;
    buf_init(&out, REQUEST_MAX_BYTES);
    for (size_t i = 0; i < unit->query_count; i++) {
        const struct pattern *pattern = unit->queries[i].pattern;
        utf8_put_visible(&out, pattern->name);
        for (size_t k = 0; k < pattern->parameter_count; k++) {
            const struct parameter *parameter = &pattern->parameters[k];
            buf_puts(&out, parameter->optional ? " [" : " ");
            utf8_put_visible(&out, parameter->name);
            buf_printf(&out, "=%s%s%s", TYPES[parameter->type],
                       parameter->list ? "..." : "", parameter->optional ? "]" : "");
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

// ---- what is shown

static void put_units(struct buf *out, const struct reader_answer *answer)
{
    if (!answer->has_units) {
        buf_puts(out, "null");
        return;
    }
    buf_printf(out, "%" PRIu64 "%s", answer->half_units / 2,
               answer->half_units % 2 != 0 ? ".5" : "");
}

// The last key of a page, and for programs what is told of the answer: on stderr, beside
// what it is about.
static void say_answer(const struct asking *asking, const struct reader_answer *answer,
                       struct shower *shower)
{
    struct buf out;
    struct buf last;
    buf_init(&out, REQUEST_MAX_BYTES);
    buf_init(&last, REQUEST_MAX_BYTES);
    if (answer->last.len > 0) {
        shower_put_item(shower, &last, buf_str(&answer->last));
    }
    if (asking->one_page && last.len > 0) {
        buf_puts(&out, "{\"LastEvaluatedKey\":");
        buf_put(&out, buf_str(&last));
        buf_puts(&out, "}\n");
    }
    if (!report_lines_for_people(asking->ddb)) {
        buf_printf(&out,
                   "{\"type\":\"answer\",\"count\":%" PRIu64
                   ",\"scanned_count\":%" PRIu64 ",\"consumed_read_units\":",
                   answer->count, answer->scanned);
        put_units(&out, answer);
        buf_puts(&out, ",\"last_evaluated_key\":");
        buf_put(&out, last.len > 0 ? buf_str(&last) : STR("null"));
        buf_puts(&out, "}\n");
    }
    bool said = out.len == 0 || say_error(asking->ddb, buf_str(&out));
    (void)said; // nobody listens
    buf_deinit(&last);
    buf_deinit(&out);
}

static bool is_wanted(void *context, struct str json)
{
    (void)context;
    (void)json;
    return true;
}

// Takes the chat (or NULL).
static void show_answer(const struct asking *asking, enum ddb_shape shape,
                        struct chat *chat, struct asked *asked)
{
    const struct pattern *pattern = asking->pattern;
    bool counts = pattern != NULL && pattern->counts;
    bool many = pattern == NULL || pattern->operation != PATTERN_GET;
    struct reader_answer answer;
    reader_answer_init(&answer);
    struct shower *shower = shower_new(
        asking->ddb, shape, asking->unit == NULL ? NULL : &asking->unit->definition);
    shower_set_chat(shower, chat);
    struct reader_sink sink = {counts ? is_wanted : shower_item, shower};
    bool read = asked != NULL && ask(asked, &answer, asking, &sink);
    if (read && counts) {
        say_out(asking->ddb, "{\"Count\":%" PRIu64 ",\"ScannedCount\":%" PRIu64 "}\n",
                answer.count, answer.scanned);
    }
    if (!counts) {
        shower_end(shower, many);
    }
    if (read) {
        say_answer(asking, &answer, shower);
    }
    shower_free(shower);
    reader_answer_deinit(&answer);
}

// ---- query

// Everything that the items need. What is to be warned of in them is not what was asked,
// and a server would not say it either: `check` does.
static bool compile_items(struct ddb *ddb, struct unit *unit)
{
    bool loaded = pipeline_load(ddb, LOOKUP_LOCKED) && !unit->broken;
    if (loaded && !ddb->options.strict) {
        diags_forget_warnings(&ddb->diags, unit->definition.source);
    }
    return loaded;
}

static bool lookup_arguments(struct ddb *ddb, struct unit *unit,
                             const struct query *query)
{
    return !query_reads_users(query) ||
           (locks_open(ddb) && lookup_users(ddb, unit, LOOKUP_ANYWHERE));
}

static struct unit *open_definition(struct ddb *ddb,
                                    const struct ddb_query_options *options)
{
    if (!options->offline || options->pattern == NULL) {
        inputs_reserve(ddb, 1);
        return inputs_definition(ddb, options->definition);
    }
    ddb->options.files = &options->definition;
    ddb->options.file_count = 1;
    return inputs_open(ddb) && ddb->compilation.unit_count > 0
               ? &ddb->compilation.units[0]
               : NULL;
}

static void ask_query(struct ddb *ddb, struct unit *unit, const struct query *query,
                      const struct ddb_query_options *options)
{
    const struct pattern *pattern = query->pattern;
    struct bound_query bound;
    struct argument *arguments =
        arena_array(&ddb->arena, pattern->parameter_count, sizeof *arguments);
    struct asking asking = {
        .ddb = ddb,
        .unit = unit,
        .pattern = pattern,
        .bound = &bound,
        .table = query->table->name,
        .limit = (uint64_t)(options->limit > 0 ? options->limit : pattern->limit),
        .one_page = options->page,
    };
    if (!arguments_read(arguments, query, options->arguments, options->argument_count,
                        &ddb->arena, &ddb->diags) ||
        !start_key_read(&asking, options->start_key)) {
        return;
    }
    if (query_reads_users(query) || !options->offline) {
        query_arguments_want(ddb, unit, query, arguments, (struct span){0});
    }
    struct chat *chat = NULL;
    if (options->shape == DDB_SHAPE_CHAT) {
        chat = chat_new(ddb, unit, options->time_zone, !pattern->scan_index_forward);
    }
    bool ready = options->offline ? compile_items(ddb, unit)
                                  : lookup_arguments(ddb, unit, query);
    if (ready && ddb->diags.errors == 0 &&
        query_bind(&bound, query, arguments, &unit->users, &ddb->arena, &ddb->diags)) {
        struct asked *asked =
            options->offline ? asked_open_offline(ddb, unit) : asked_open(ddb);
        show_answer(&asking, options->shape, chat, asked);
        asked_close(asked);
        chat = NULL;
    }
    chat_free(chat);
}

void ddb_query(struct ddb *ddb, const struct ddb_query_options *options)
{
    struct unit *unit = open_definition(ddb, options);
    bool fine = unit != NULL && ddb->diags.errors == 0;
    if (fine && options->pattern == NULL) {
        list_patterns(ddb, unit);
        return;
    }
    const struct query *query = fine ? find_query(ddb, unit, options->pattern) : NULL;
    if (query != NULL) {
        ask_query(ddb, unit, query, options);
    }
}

void ddb_scan(struct ddb *ddb, const struct ddb_scan_options *options)
{
    const struct definition *definition = NULL;
    struct asking asking = {
        .ddb = ddb, .limit = (uint64_t)options->limit, .one_page = options->page};
    if (!inputs_table(&asking.table, &definition, ddb, options->table)) {
        return;
    }
    asking.unit = definition == NULL ? NULL : &ddb->compilation.units[0];
    if (start_key_read(&asking, options->start_key)) {
        struct asked *asked = asked_open(ddb);
        show_answer(&asking, options->shape, NULL, asked);
        asked_close(asked);
    }
}
