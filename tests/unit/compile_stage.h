// A whole compilation in a test: one definition, one transcript and three users, all in
// memory, through every pass; what was emitted is collected.
#ifndef DDB_UNIT_COMPILE_STAGE_H
#define DDB_UNIT_COMPILE_STAGE_H

#include "stage.h"

#include "compilation.h"
#include "directory.h"
#include "emit.h"
#include "survey.h"
#include "verify.h"
#include "yaml_read.h"

struct emitted {
    struct str json; // {"Item":{...}}
    uint32_t line;
    size_t batch; // which one it came in, from 0
};

struct run {
    struct stage stage; // its source is the definition
    struct source transcript;
    struct compilation compilation;
    struct unit unit;
    struct emitted *items;
    size_t item_count;
    size_t item_cap;
    size_t batch_count;
    size_t widest_batch; // bytes of JSON, of batches with several items
    size_t refuse_batch; // the sink says no at this one; SIZE_MAX: never
};

static inline bool run_take(void *context, struct batch *batch)
{
    struct run *run = context;
    if (run->batch_count == run->refuse_batch) {
        return false;
    }
    for (unsigned i = 0; i < batch->count; i++) {
        struct buf json;
        buf_init(&json, (size_t)16 << 20);
        batch_write_item(&json, batch, i);
        run->items =
            arena_grow(&run->stage.arena, run->items, run->item_count,
                       run->item_count + 1, &run->item_cap, sizeof *run->items);
        run->items[run->item_count++] =
            (struct emitted){arena_str(&run->stage.arena, buf_str(&json)),
                             batch->items[i].line, run->batch_count};
        buf_deinit(&json);
    }
    if (batch->count > 1 && batch->json.len > run->widest_batch) {
        run->widest_batch = batch->json.len;
    }
    run->batch_count++;
    batch_reset(batch);
    return true;
}

// Reads the definition and compiles it. False: diagnosed.
static inline bool run_define(struct run *run, const char *definition)
{
    *run = (struct run){.refuse_batch = SIZE_MAX};
    stage_init(&run->stage, definition);
    struct stage *stage = &run->stage;
    compilation_init(&run->compilation, &stage->arena, &stage->diags, 0);
    run->compilation.units = &run->unit;
    run->compilation.unit_count = 1;
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    bool ok =
        root != NULL && definition_read(&run->unit.definition, root, &stage->source,
                                        &stage->arena, &stage->diags);
    if (ok) {
        unit_build(&run->unit, &stage->arena, &stage->diags);
    }
    return ok && stage->diags.errors == 0;
}

// a, b and c with uuid and display_name; c's display_name is NULL.
static inline void run_users(struct run *run)
{
    struct users *users = &run->unit.users;
    struct user_field a[] = {
        {.text = STR("a")}, {.text = STR("u-a")}, {.text = STR("Ann \"A\"")}};
    struct user_field b[] = {
        {.text = STR("b")}, {.text = STR("u-b")}, {.text = STR("B\xc3\xa9")}};
    struct user_field c[] = {{.text = STR("c")}, {.text = STR("u-c")}, {.null = true}};
    users->columns[0] = STR("handle");
    users->columns[1] = STR("uuid");
    users->columns[2] = STR("display_name");
    users->column_count = 3;
    users->origin = STR("the test");
    assert_non_null(users_add(users, STR("a"), a));
    assert_non_null(users_add(users, STR("b"), b));
    assert_non_null(users_add(users, STR("c"), c));
}

static inline struct fixture *run_survey(struct run *run, struct str transcript)
{
    run->transcript =
        (struct source){.name = STR("t.txt"), .fd = -1, .text = transcript};
    struct fixture *fixture =
        compilation_add_fixture(&run->compilation, &run->transcript);
    unit_add_fixture(&run->unit, fixture, &run->stage.arena);
    survey_fixtures(&run->compilation);
    return fixture;
}

// Every pass up to the verification. False: diagnosed.
static inline bool run_check(struct run *run, const char *definition,
                             struct str transcript)
{
    if (!run_define(run, definition)) {
        return false;
    }
    run_users(run);
    (void)run_survey(run, transcript);
    directory_check(&run->unit, true, &run->stage.diags);
    verify_unit(&run->compilation, &run->unit);
    return run->stage.diags.errors == 0;
}

static inline bool run_emit(struct run *run)
{
    struct batch_sink sink = {run_take, run};
    return emit_unit(&run->compilation, &run->unit, &sink);
}

// The whole way.
static inline bool run_build(struct run *run, const char *definition,
                             struct str transcript)
{
    return run_check(run, definition, transcript) && run_emit(run);
}

static inline void run_deinit(struct run *run)
{
    compilation_deinit(&run->compilation);
    stage_deinit(&run->stage);
}

#endif
