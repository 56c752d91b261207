// Definitions: any YAML, with a fixed transcript and fixed users. A definition that
// passes gives a CreateTable and queries that are JSON, and items that are legal.
#include "fuzz_run.h"

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

// A legal argument for each parameter, so that every query that compiled is written.
static void write_query(struct fuzz_run *run, const struct query *query)
{
    static const char *const values[] = {
        [PARAMETER_HANDLE] = "a",
        [PARAMETER_STRING] = "a\"\xc3\xa9",
        [PARAMETER_UUID] = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399",
        [PARAMETER_NUMBER] = "-1.50e2",
    };
    const struct pattern *pattern = query->pattern;
    struct arena *arena = &run->stage.arena;
    const char **arguments =
        arena_array(arena, pattern->parameter_count, sizeof *arguments);
    struct str *read = arena_array(arena, pattern->parameter_count, sizeof *read);
    for (size_t i = 0; i < pattern->parameter_count; i++) {
        const struct parameter *parameter = &pattern->parameters[i];
        arguments[i] = arena_printf(arena, "%.*s=%s", STR_ARG(parameter->name),
                                    values[parameter->type])
                           .at;
    }
    struct buf request;
    buf_init(&request, REQUEST_MAX_BYTES);
    if (query_read_arguments(read, query, arguments, pattern->parameter_count, arena,
                             &run->stage.diags) &&
        query_write(&request, query, read, &run->unit.users, &run->stage.diags)) {
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
        fuzz_run_transcript(&run, NULL);
    }
    for (size_t i = 0; good && i < run.unit.query_count; i++) {
        write_query(&run, &run.unit.queries[i]);
    }
    fuzz_run_deinit(&run);
    return 0;
}
