// Definitions: any YAML, with a fixed transcript, fixed users, and rows that have
// whatever its entities read. A definition that passes gives a CreateTable and queries
// that are JSON, and items that are legal.
#include "fuzz_run.h"

#include "arguments.h"
#include "query_write.h"
#include "request.h"

#define REQUEST_MAX_BYTES ((size_t)16 << 20)

static const char TRANSCRIPT[] = "---\n"
                                 "conversation: talk\n"
                                 "participants: {A: a, B: b}\n"
                                 "starts_at: 2023-03-19T12:00:00Z\n"
                                 "vars: {s: text, n: 7, yes: true}\n"
                                 "---\n"
                                 "A: Hello \"you\"\n"
                                 "B: caf\xc3\xa9\n"
                                 "---\n"
                                 "conversation: 5ae290ed-55d1-47a0-bc6d-fe2bc2700399\n"
                                 "participants: {C: c, A: a, B: b}\n"
                                 "starts_at: 2023-03-20T12:00:00Z\n"
                                 "interval: 1s\n"
                                 "vars: {s: '', n: -0.5, yes: false}\n"
                                 "---\n"
                                 "C: 1\n"
                                 "B: \n"
                                 "A: 3\n";

// ---- rows for the entities that want some

#define ROWS_EACH 2

// A column that entities read, and how.
struct wanted {
    struct str name;
    bool handle; // a column of its user
    bool time;
};

struct row_maker {
    struct arena *arena;
    struct wanted *columns;
    size_t count;
    size_t cap;
};

static struct wanted *want(struct row_maker *maker, struct str name)
{
    for (size_t i = 0; i < maker->count; i++) {
        if (str_eq(maker->columns[i].name, name)) {
            return &maker->columns[i];
        }
    }
    maker->columns = arena_grow(maker->arena, maker->columns, maker->count,
                                maker->count + 1, &maker->cap, sizeof *maker->columns);
    maker->columns[maker->count] = (struct wanted){.name = name};
    return &maker->columns[maker->count++];
}

static void note_column(void *context, const struct expr *expr)
{
    if (expr->field != FIELD_ROW) {
        return;
    }
    struct str name = {expr->name.at, str_find_char(expr->name, '.')};
    struct wanted *wanted = want(context, name);
    wanted->handle = wanted->handle || name.len < expr->name.len;
    wanted->time = wanted->time ||
                   (expr->filter_count > 0 && expr->filters[0].kind == FILTER_TIME);
}

// Text and numbers in turn where nothing else is wanted, other ones in each row.
static struct row_column make_column(const struct wanted *wanted, size_t row,
                                     size_t column, struct arena *arena)
{
    struct value *value = arena_alloc(arena, sizeof *value);
    if (wanted->handle) {
        value->text = row == 0 ? STR("a") : STR("b");
    } else if (wanted->time) {
        value->text = arena_printf(arena, "2023-03-19T12:00:0%zuZ", row);
    } else if (column % 2 == 0) {
        value->text = arena_printf(arena, "text %zu", row);
    } else {
        value->type = VALUE_N;
        value->text = arena_printf(arena, "%zu", row);
    }
    value->is_handle = wanted->handle;
    return (struct row_column){.name = wanted->name, .value = value};
}

static void make_group(struct row_group *group, const struct fuzz_run *run,
                       struct str name, struct arena *arena)
{
    struct row_maker maker = {.arena = arena};
    for (size_t i = 0; i < run->unit.program_count; i++) {
        const struct program *program = &run->unit.programs[i];
        if (program->entity->for_each == FOR_EACH_ROW &&
            str_eq(program->entity->rows, name)) {
            program_visit(program, note_column, &maker);
        }
    }
    group->name = name;
    for (size_t r = 0; r < ROWS_EACH; r++) {
        struct row *row = row_add(group, arena);
        row->span.line = 1;
        row->columns = arena_array(arena, maker.count, sizeof *row->columns);
        row->count = maker.count;
        for (size_t c = 0; c < maker.count; c++) {
            row->columns[c] = make_column(&maker.columns[c], r, c, arena);
        }
    }
}

static void add_rows(struct fuzz_run *run)
{
    struct arena *arena = &run->stage.arena;
    struct data_file *data = arena_alloc(arena, sizeof *data);
    struct map names;
    map_init(&names, arena);
    data->groups = arena_array(arena, run->unit.program_count, sizeof *data->groups);
    for (size_t i = 0; i < run->unit.program_count; i++) {
        const struct entity *entity = run->unit.programs[i].entity;
        bool added = false;
        if (entity->for_each == FOR_EACH_ROW && entity->rows.len > 0) {
            map_add(&names, entity->rows, &added);
        }
        if (added) {
            make_group(&data->groups[data->group_count++], run, entity->rows, arena);
        }
    }
    if (data->group_count > 0) {
        struct fixture *fixture =
            compilation_add_fixture(&run->compilation, &run->fixture);
        fixture->data = data;
        unit_add_fixture(&run->unit, fixture, arena);
    }
}

// ---- requests

// A legal argument for each parameter, so that every query that compiled is written.
static void write_query(struct fuzz_run *run, const struct query *query)
{
    static const char *const values[] = {
        [PARAMETER_HANDLE] = "a",
        [PARAMETER_STRING] = "a\"\xc3\xa9",
        [PARAMETER_UUID] = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399",
        [PARAMETER_NUMBER] = "-1.50e2",
        [PARAMETER_BINARY] = "aGk=",
        [PARAMETER_BOOLEAN] = "true",
    };
    const struct pattern *pattern = query->pattern;
    struct arena *arena = &run->stage.arena;
    const char **arguments =
        arena_array(arena, pattern->parameter_count, sizeof *arguments);
    struct argument *read = arena_array(arena, pattern->parameter_count, sizeof *read);
    struct bound_query bound;
    for (size_t i = 0; i < pattern->parameter_count; i++) {
        const struct parameter *parameter = &pattern->parameters[i];
        arguments[i] = arena_printf(arena, "%.*s=%s", STR_ARG(parameter->name),
                                    values[parameter->type])
                           .at;
    }
    struct buf request;
    buf_init(&request, REQUEST_MAX_BYTES);
    if (arguments_read(read, query, arguments, pattern->parameter_count, arena,
                       &run->stage.diags) &&
        query_bind(&bound, query, read, &run->unit.users, arena, &run->stage.diags) &&
        (pattern->operation == PATTERN_BATCH_GET ||
         query_write(&request, &bound, arena, &run->stage.diags))) {
        if (pattern->operation == PATTERN_BATCH_GET) {
            buf_char(&request, '{');
            query_write_keys(&request, &bound, 0, bound.key_count, arena);
        }
        buf_char(&request, '}');
        fuzz_require_json(buf_str(&request));
    } else {
        FUZZ_REQUIRE(run->stage.diags.errors > 0);
    }
    buf_deinit(&request);
}

static void write_table(struct fuzz_run *run)
{
    struct buf request;
    buf_init(&request, REQUEST_MAX_BYTES);
    request_write_create_table(&request, &run->unit.definition.table);
    fuzz_require_json(buf_str(&request));
    buf_deinit(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_run run;
    fuzz_run_init(&run, (struct str){(const char *)data, size}, STR(TRANSCRIPT),
                  FUZZ_DEFINITION);
    bool good = fuzz_run_define(&run);
    if (good) {
        write_table(&run);
    }
    if (run.unit.definition.source != NULL) {
        add_rows(&run);
        fuzz_run_transcript(&run, NULL);
    }
    for (size_t i = 0; good && i < run.unit.query_count; i++) {
        write_query(&run, &run.unit.queries[i]);
    }
    fuzz_run_deinit(&run);
    return 0;
}
