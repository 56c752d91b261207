// Every pass over a definition and a fixture, and the properties of what comes out.
#include "fuzz_run.h"

#include "directory.h"
#include "emit.h"
#include "json_read.h"
#include "survey.h"
#include "value_file.h"
#include "verify.h"
#include "yaml_read.h"

#include <string.h>

void fuzz_run_init(struct fuzz_run *run, struct str definition, struct str fixture,
                   enum fuzz_input input)
{
    *run = (struct fuzz_run){0};
    fuzz_stage_init(&run->stage, (struct str){0});
    run->definition =
        (struct source){.name = STR("m.yaml"), .fd = -1, .text = definition};
    run->fixture = (struct source){.name = STR("fixture"), .fd = -1, .text = fixture};
    run->stage.input = input == FUZZ_DEFINITION ? &run->definition : &run->fixture;
    compilation_init(&run->compilation, &run->stage.arena, &run->stage.diags, 0);
    run->compilation.units = &run->unit;
    run->compilation.unit_count = 1;
}

// Every file that a value names holds its own name: nothing is read here.
static bool load(void *context, struct value *value)
{
    (void)context;
    value->text = value->file->text;
    return true;
}

static void load_files(struct value_entry *attributes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        FUZZ_REQUIRE(value_file_each(attributes[i].value, load, NULL));
    }
}

static void load_definition(struct definition *definition)
{
    for (size_t i = 0; i < definition->entity_count; i++) {
        load_files(definition->entities[i].attributes, definition->entities[i].count);
    }
}

static void load_data(struct data_file *data)
{
    for (size_t i = 0; i < data->item_count; i++) {
        load_files(item_at(data, i)->attributes, item_at(data, i)->count);
    }
    for (size_t g = 0; g < data->group_count; g++) {
        for (size_t r = 0; r < data->groups[g].count; r++) {
            struct row *row = row_at(&data->groups[g], r);
            for (size_t c = 0; c < row->count; c++) {
                FUZZ_REQUIRE(value_file_each(row->columns[c].value, load, NULL));
            }
        }
    }
}

bool fuzz_run_define(struct fuzz_run *run)
{
    struct arena *arena = &run->stage.arena;
    struct diags *diags = &run->stage.diags;
    const struct node *root = yaml_read(&run->definition, arena, diags);
    if (root == NULL) {
        FUZZ_REQUIRE(diags->errors > 0);
        return false;
    }
    if (!definition_is(root)) {
        return false;
    }
    bool read =
        definition_read(&run->unit.definition, root, &run->definition, arena, diags);
    FUZZ_REQUIRE(read || diags->errors > 0);
    run->unit.broken = !read;
    run->unit.keys_broken = !table_keys_known(&run->unit.definition.table);
    load_definition(&run->unit.definition);
    unit_build(&run->unit, arena, diags);
    return diags->errors == 0;
}

// a, b and c with uuid and display_name; c's display_name is NULL.
static void add_users(struct users *users)
{
    static const struct user_field fields[][3] = {
        {{.text = {"a", 1}}, {.text = {"u-a", 3}}, {.text = {"Ann \"A\"", 7}}},
        {{.text = {"b", 1}}, {.text = {"u-b", 3}}, {.text = {"B\xc3\xa9", 3}}},
        {{.text = {"c", 1}}, {.text = {"u-c", 3}}, {.null = true}},
    };
    users->columns[0] = STR("handle");
    users->columns[1] = STR("uuid");
    users->columns[2] = STR("display_name");
    users->column_count = 3;
    users->origin = STR("the fuzz target");
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        FUZZ_REQUIRE(users_add(users, fields[i][0].text, fields[i]) != NULL);
    }
}

// ---- what is emitted

// The text of {"S":"..."}, after its JSON_OBJECT_BEGIN, of type *type.
static struct str read_scalar(struct json_reader *reader, char *type)
{
    FUZZ_REQUIRE(json_next(reader) == JSON_NAME);
    FUZZ_REQUIRE(json_text(reader).len == 1);
    *type = json_text(reader).at[0];
    FUZZ_REQUIRE(json_next(reader) == JSON_STRING);
    struct str text = json_text(reader);
    FUZZ_REQUIRE(json_next(reader) == JSON_OBJECT_END);
    return text;
}

// Of a key of the table: a hash key takes 2048 bytes, a range key 1024 (B050, B051).
static void require_key(struct fuzz_run *run, struct str name, char type,
                        struct str text)
{
    const struct table *table = &run->unit.definition.table;
    bool hash = str_eq(name, table->key.hash[0].name);
    FUZZ_REQUIRE(text.len > 0);
    FUZZ_REQUIRE(type == 'B' || text.len <= (hash ? 2048U : 1024U));
    FUZZ_REQUIRE(type == table_find_attribute(table, name)->type);
}

// An item: every table key is there and legal, and both together are new.
static void require_item(struct fuzz_run *run, struct str json)
{
    const struct table *table = &run->unit.definition.table;
    struct json_reader reader;
    struct str key[2] = {{0}};
    json_reader_init(&reader, json, &run->stage.arena);
    FUZZ_REQUIRE(json_next(&reader) == JSON_OBJECT_BEGIN);
    while (json_next(&reader) == JSON_NAME) {
        struct str name = json_text(&reader);
        bool hash = str_eq(name, table->key.hash[0].name);
        bool range =
            table->key.range_count > 0 && str_eq(name, table->key.range[0].name);
        FUZZ_REQUIRE(json_next(&reader) == JSON_OBJECT_BEGIN);
        if (!hash && !range) {
            struct str raw;
            FUZZ_REQUIRE(json_skip(&reader, &raw));
            continue;
        }
        char type = 0;
        struct str text = read_scalar(&reader, &type);
        FUZZ_REQUIRE(key[range].at == NULL);
        require_key(run, name, type, text);
        key[range] = arena_str(&run->stage.arena, text);
    }
    FUZZ_REQUIRE(json_next(&reader) == JSON_END);
    FUZZ_REQUIRE(key[0].at != NULL &&
                 (key[1].at != NULL) == (table->key.range_count > 0));
    struct str both = arena_printf(&run->stage.arena, "%zu:%.*s%.*s", key[0].len,
                                   STR_ARG(key[0]), STR_ARG(key[1]));
    bool added = false;
    map_add(&run->keys, both, &added);
    FUZZ_REQUIRE(added);
}

// What an item holds, as it was written: its values have to come out the same.
static void note_print(struct fuzz_run *run, struct str json)
{
    struct item_print item;
    const char *why = NULL;
    FUZZ_REQUIRE(item_print_read(&item, run->printer, json, &why));
    run->prints =
        arena_grow(&run->stage.arena, run->prints, run->print_count,
                   run->print_count + 1, &run->print_cap, sizeof *run->prints);
    run->prints[run->print_count++] = item_print_contents(run->printer, &item);
}

static bool take_values(void *context, const struct item *values,
                        const struct item_identity *identity)
{
    struct fuzz_run *run = context;
    struct item_print item;
    FUZZ_REQUIRE(identity->fixture != NULL);
    FUZZ_REQUIRE(item_print_take(&item, run->printer, values));
    struct uuid contents = item_print_contents(run->printer, &item);
    FUZZ_REQUIRE(run->given_count < run->print_count &&
                 uuid_eq(&contents, &run->prints[run->given_count]));
    run->given_count++;
    return true;
}

static bool take(void *context, struct batch *batch)
{
    struct fuzz_run *run = context;
    FUZZ_REQUIRE(batch->count >= 1 && batch->count <= BATCH_MAX_ITEMS);
    FUZZ_REQUIRE(!batch->json.overflowed);
    struct buf request;
    buf_init(&request, (size_t)16 << 20);
    batch_write_request(&request, batch, batch_all(batch));
    fuzz_require_json(buf_str(&request));
    buf_deinit(&request);
    for (unsigned i = 0; i < batch->count; i++) {
        require_item(run, batch_item_json(batch, i));
        note_print(run, batch_item_json(batch, i));
        FUZZ_REQUIRE(batch->items[i].line > 0);
    }
    batch_reset(batch);
    return true;
}

static void run_passes(struct fuzz_run *run)
{
    struct compilation *compilation = &run->compilation;
    struct diags *diags = &run->stage.diags;
    survey_fixtures(compilation);
    add_users(&run->unit.users);
    directory_check(&run->unit, true, diags);
    if (!run->unit.broken) {
        verify_unit(compilation, &run->unit);
    }
    if (diags->errors > 0) {
        return;
    }
    map_init(&run->keys, &run->stage.arena);
    run->printer = item_printer_new(&run->unit.definition.table);
    struct batch_sink sink = {take, run};
    struct item_sink values = {take_values, run};
    FUZZ_REQUIRE(emit_unit(compilation, &run->unit, &sink));
    FUZZ_REQUIRE(diags->errors == 0);
    FUZZ_REQUIRE(run->keys.count == run->unit.item_count);
    FUZZ_REQUIRE(emit_values(compilation, &run->unit, &values));
    FUZZ_REQUIRE(run->given_count == run->print_count);
    item_printer_free(run->printer);
}

void fuzz_run_transcript(struct fuzz_run *run, const struct header *given)
{
    struct fixture *fixture = compilation_add_fixture(&run->compilation, &run->fixture);
    fixture->given = given;
    unit_add_fixture(&run->unit, fixture, &run->stage.arena);
    run_passes(run);
    FUZZ_REQUIRE(fixture->conversation_count > 0 || run->stage.diags.errors > 0);
}

void fuzz_run_data(struct fuzz_run *run)
{
    struct arena *arena = &run->stage.arena;
    struct diags *diags = &run->stage.diags;
    struct data_file *data = arena_alloc(arena, sizeof *data);
    const struct node *root = data_file_yaml(data, &run->fixture, arena, diags);
    if (root == NULL || !data_file_is(root)) {
        FUZZ_REQUIRE(root != NULL || diags->errors > 0);
        return;
    }
    data_file_read(data, root, diags);
    FUZZ_REQUIRE(!data->broken || diags->errors > 0);
    load_data(data);
    struct fixture *fixture = compilation_add_fixture(&run->compilation, &run->fixture);
    fixture->data = data;
    unit_add_fixture(&run->unit, fixture, arena);
    run_passes(run);
}

void fuzz_run_deinit(struct fuzz_run *run)
{
    compilation_deinit(&run->compilation);
    fuzz_stage_deinit(&run->stage);
}
