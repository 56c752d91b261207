// A saved plan, read back. A path enters; what leaves was checked to the last line: its
// form, its tables, its items' keys, and the SHA-256 over all of it. The file is copied
// first, so that what was checked is what is done.
#include "build_table.h"
#include "file.h"
#include "item_print.h"
#include "resolve.h"
#include "run.h"
#include "saved_lines.h"
#include "saved_plan.h"
#include "sha256.h"
#include "table_check.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX ((uint64_t)8 << 30)
#define TABLES_MAX 10000 // more than an account has (A271)
#define CALLS_MAX 10000  // of a table

enum phase { PHASE_HEAD, PHASE_REQUESTS, PHASE_CALLS, PHASE_ITEMS, PHASE_END };

struct plan_reader {
    struct saved_plan *saved;
    struct ddb *ddb;
    struct saved_lines lines;
    struct sha256_hasher *hasher;
    struct item_printer *printer; // of the table whose items are read
    struct arena scratch;         // of a line
    enum phase phase;             // what was read last
    size_t unit_cap;
    size_t table_cap;
    const char *why; // what is wrong with the line
};

static struct str keep(const struct plan_reader *reader, struct str text)
{
    return arena_str(&reader->ddb->arena, text);
}

static struct saved_table *current(const struct plan_reader *reader)
{
    return &reader->saved->tables[reader->saved->count - 1];
}

static struct table *current_table(const struct plan_reader *reader)
{
    return &reader->saved->units[reader->saved->count - 1].definition.table;
}

// ---- its lines. Each: false when it is none of its kind, or comes at a wrong place.

static bool read_head(struct plan_reader *reader, struct str line)
{
    struct saved_member members[] = {
        {.name = "type", .token = JSON_STRING},
        {.name = "version", .token = JSON_NUMBER},
        {.name = "endpoint_url", .token = JSON_STRING},
        {.name = "region", .token = JSON_STRING},
        {.name = "account_id", .token = JSON_STRING, .optional = true},
        {.name = "prune", .token = JSON_TRUE},
        {.name = "restore", .token = JSON_TRUE},
        {.name = "keep_theirs", .token = JSON_TRUE},
    };
    struct saved_plan *saved = reader->saved;
    if (reader->lines.number != 1 ||
        !saved_members_read(members, 8, line, &reader->scratch)) {
        return false;
    }
    saved->endpoint_url = keep(reader, members[2].value);
    saved->region = keep(reader, members[3].value);
    saved->account_id = keep(reader, members[4].value);
    saved->prune = members[5].is_true;
    saved->ways.restore = members[6].is_true;
    saved->ways.keep_theirs = members[7].is_true;
    return true;
}

static bool begin_table(struct plan_reader *reader, struct str line)
{
    struct saved_member members[] = {
        {.name = "type", .token = JSON_STRING},
        {.name = "table", .token = JSON_STRING},
        {.name = "state", .token = JSON_STRING},
        {.name = "id", .token = JSON_STRING, .optional = true},
        {.name = "created", .token = JSON_STRING, .optional = true},
    };
    struct saved_plan *saved = reader->saved;
    struct arena *arena = &reader->ddb->arena;
    if (reader->phase == PHASE_REQUESTS || saved->count == TABLES_MAX ||
        !saved_members_read(members, 5, line, &reader->scratch)) {
        return false;
    }
    saved->units = arena_grow(arena, saved->units, saved->count, saved->count + 1,
                              &reader->unit_cap, sizeof *saved->units);
    saved->tables = arena_grow(arena, saved->tables, saved->count, saved->count + 1,
                               &reader->table_cap, sizeof *saved->tables);
    saved->units[saved->count] = (struct unit){
        .definition = {.source = saved->source,
                       .table = {.name = keep(reader, members[1].value)}}};
    saved->tables[saved->count++] = (struct saved_table){
        .plan = saved,
        .missing = str_is(members[2].value, "missing"),
        .id = keep(reader, members[3].value),
        .created = keep(reader, members[4].value),
    };
    reader->phase = PHASE_REQUESTS;
    return current(reader)->missing || str_is(members[2].value, "there");
}

static bool read_call(struct saved_call *out, const struct plan_reader *reader,
                      struct str line, struct arena *arena)
{
    struct saved_member members[] = {
        {.name = "type", .token = JSON_STRING},
        {.name = "operation", .token = JSON_STRING},
        {.name = "body", .token = JSON_OBJECT_BEGIN},
    };
    if (!saved_members_read(members, 3, line, arena)) {
        return false;
    }
    *out = (struct saved_call){keep(reader, members[1].value),
                               keep(reader, members[2].value)};
    return true;
}

static bool read_request(struct plan_reader *reader, struct str line)
{
    struct saved_call request;
    if (reader->phase != PHASE_REQUESTS ||
        !read_call(&request, reader, line, &reader->scratch)) {
        return false;
    }
    struct table *table = current_table(reader);
    struct str name = table->name;
    if (table->key.hash_count > 0) {
        return build_table_add(table, request.operation, request.body,
                               &reader->ddb->arena, &reader->why);
    }
    return str_is(request.operation, "CreateTable") &&
           build_table_read(table, request.body, &reader->ddb->arena, &reader->why) &&
           str_eq(table->name, name);
}

// A table's declaration ends: it has to be one that a definition could give.
static bool end_requests(struct plan_reader *reader, struct str line)
{
    struct saved_member members[] = {
        {.name = "type", .token = JSON_STRING},
        {.name = "off", .token = JSON_ARRAY_BEGIN},
        {.name = "unchanged", .token = JSON_NUMBER},
        {.name = "external", .token = JSON_TRUE, .optional = true},
    };
    struct diags apart;
    if (reader->phase != PHASE_REQUESTS ||
        !saved_members_read(members, 4, line, &reader->scratch)) {
        return false;
    }
    struct table *table = current_table(reader);
    table->external = members[3].is_true;
    if (table->key.hash_count != 1 || table->key.range_count > 1 ||
        !saved_off_read(table, members[1].value, &reader->scratch) ||
        !saved_count(&current(reader)->unchanged, members[2].value)) {
        return false;
    }
    diags_init(&apart, &reader->scratch);
    reader->phase = PHASE_CALLS;
    current(reader)->offset = saved_lines_offset(&reader->lines);
    current(reader)->line = reader->lines.number + 1;
    item_printer_free(reader->printer);
    reader->printer = item_printer_new(table);
    return table_check(table, &apart);
}

static bool add_call(struct plan_reader *reader, struct str line)
{
    struct arena *arena = &reader->ddb->arena;
    if (reader->phase != PHASE_CALLS) {
        return false;
    }
    struct saved_table *table = current(reader);
    if (table->missing || table->call_count == CALLS_MAX) {
        return false;
    }
    table->calls =
        arena_grow(arena, table->calls, table->call_count, table->call_count + 1,
                   &table->call_cap, sizeof *table->calls);
    table->offset = saved_lines_offset(&reader->lines);
    table->line = reader->lines.number + 1;
    return read_call(&table->calls[table->call_count++], reader, line,
                     &reader->scratch);
}

// ---- an item

// Both have the table's key.
static bool has_keys(struct plan_reader *reader, const struct item_change *change)
{
    struct item_print print;
    return (change->declared.len == 0 ||
            item_print_read(&print, reader->printer, change->declared, &reader->why)) &&
           (change->live.len == 0 ||
            item_print_read(&print, reader->printer, change->live, &reader->why));
}

static bool check_item(struct plan_reader *reader, struct str line)
{
    struct item_change change;
    bool fine = (reader->phase == PHASE_CALLS || reader->phase == PHASE_ITEMS) &&
                saved_item_read(&change, line, &reader->scratch) &&
                has_keys(reader, &change);
    if (fine) {
        reader->phase = PHASE_ITEMS;
        current(reader)->items++;
        current(reader)->puts += change.put ? 1 : 0;
    }
    return fine;
}

static bool check_end(struct plan_reader *reader, struct str line)
{
    struct saved_member members[] = {
        {.name = "type", .token = JSON_STRING},
        {.name = "lines", .token = JSON_NUMBER},
        {.name = "sha256", .token = JSON_STRING},
    };
    uint64_t count = 0;
    struct buf hex;
    if (reader->phase == PHASE_REQUESTS ||
        !saved_members_read(members, 3, line, &reader->scratch) ||
        !saved_count(&count, members[1].value)) {
        return false;
    }
    struct sha256 hash = sha256_hasher_end(reader->hasher);
    reader->hasher = NULL;
    reader->phase = PHASE_END;
    buf_init(&hex, SAVED_LINE_MAX);
    sha256_put_hex(&hex, &hash);
    bool same =
        str_eq(buf_str(&hex), members[2].value) && count == reader->lines.number - 1;
    buf_deinit(&hex);
    reader->why = same ? NULL : "the lines before it are not those that were saved";
    return same;
}

// ---- the file

static bool refuse(struct plan_reader *reader, const char *why)
{
    struct ddb *ddb = reader->ddb;
    struct span span = source_span_file(reader->saved->source);
    span.line =
        reader->lines.number > UINT32_MAX ? UINT32_MAX : (uint32_t)reader->lines.number;
    struct diag *diag = diag_add(&ddb->diags, DIAG_PLAN_FILE, span, "%s", why);
    diag_help(&ddb->diags, diag,
              "make it again: 'ddbgen diff FILE... --save-plan FILE'");
    return false;
}

// Before anything else is looked at.
static bool check_version(struct plan_reader *reader, struct str line)
{
    static const struct str HEAD = {"{\"type\":\"saved-plan\",\"version\":", 31};
    if (!str_starts(line, HEAD)) {
        return refuse(reader, "this is no saved plan");
    }
    struct str rest = str_skip(line, HEAD.len);
    struct str version = {rest.at, str_find_char(rest, ',')};
    uint64_t number = 0;
    if (saved_count(&number, version) && number == SAVED_PLAN_VERSION) {
        return true;
    }
    return refuse(reader,
                  arena_printf(&reader->ddb->arena,
                               "it was saved in version %s of the form, and this "
                               "ddbgen reads %d",
                               diag_quote(&reader->ddb->diags, version),
                               SAVED_PLAN_VERSION)
                      .at);
}

static bool read_line(struct plan_reader *reader, struct str line)
{
    static const struct {
        struct str head;
        bool (*read)(struct plan_reader *, struct str);
    } LINES[] = {
        {{"{\"type\":\"item\",", 15}, check_item},
        {{"{\"type\":\"call\",", 15}, add_call},
        {{"{\"type\":\"table\",", 16}, begin_table},
        {{"{\"type\":\"request\",", 18}, read_request},
        {{"{\"type\":\"declared\",", 19}, end_requests},
        {{"{\"type\":\"saved-plan\",", 21}, read_head},
        {{"{\"type\":\"end\",", 14}, check_end},
    };
    arena_reset(&reader->scratch);
    reader->why = NULL;
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
        if (reader->phase != PHASE_END && str_starts(line, LINES[i].head)) {
            return LINES[i].read(reader, line);
        }
    }
    return false;
}

static bool read_lines(struct plan_reader *reader)
{
    struct str line;
    while (saved_lines_next(&reader->lines, &line)) {
        if (reader->lines.number == 1 && !check_version(reader, line)) {
            return false;
        }
        if (reader->lines.cut_off) {
            return refuse(reader, "the file is cut off here");
        }
        if (!read_line(reader, line)) {
            return refuse(reader, reader->why != NULL ? reader->why
                                                      : "it is not as ddbgen wrote it");
        }
        if (reader->hasher != NULL) {
            sha256_hasher_add(reader->hasher, (struct str){line.at, line.len + 1});
        }
    }
    return reader->phase == PHASE_END ||
           refuse(reader, reader->lines.number == 0
                              ? "this is no saved plan"
                              : "the file is cut off after this line");
}

// A copy that nobody else has.
static bool copy_file(struct saved_plan *out, struct ddb *ddb, const char *path)
{
    const char *real = resolve_named(ddb, path);
    out->fd = -1;
    if (real == NULL) {
        return false;
    }
    int stream = file_descriptor_of(real);
    int fd = stream;
    enum file_result result = stream >= 0 ? FILE_OK : file_open(&fd, real);
    if (result == FILE_OK) {
        result = file_spool(&out->fd, fd, FILE_MAX, ddb->options.stop);
    }
    int saved = errno;
    if (stream < 0 && fd >= 0) {
        (void)close(fd);
    }
    if (result != FILE_OK && result != FILE_STOPPED) {
        diag_add(&ddb->diags, DIAG_FILE_READ, source_span_file(out->source),
                 "the plan cannot be read: %s",
                 result == FILE_ERRNO         ? strerror(saved)
                 : result == FILE_NOT_REGULAR ? "it is not a regular file"
                                              : "it is too large");
    }
    return result == FILE_OK;
}

bool saved_plan_open(struct saved_plan *out, struct ddb *ddb, const char *path)
{
    struct plan_reader reader = {.saved = out, .ddb = ddb};
    struct source *source = arena_alloc(&ddb->arena, sizeof *source);
    *source = (struct source){.name = source_name_of(path, &ddb->arena), .fd = -1};
    *out = (struct saved_plan){.source = source, .fd = -1};
    if (!copy_file(out, ddb, path)) {
        return false;
    }
    saved_lines_init(&reader.lines, out->fd, 0, 1);
    reader.hasher = sha256_hasher_new();
    bool fine = read_lines(&reader);
    if (reader.hasher != NULL) {
        (void)sha256_hasher_end(reader.hasher);
    }
    for (size_t i = 0; i < out->count; i++) { // they do not move any more
        out->tables[i].table = &out->units[i].definition.table;
        out->units[i].item_count = out->tables[i].puts + out->tables[i].unchanged;
    }
    item_printer_free(reader.printer);
    saved_lines_deinit(&reader.lines);
    arena_deinit(&reader.scratch);
    return fine;
}

void saved_plan_close(struct saved_plan *saved)
{
    if (saved->fd >= 0) {
        (void)close(saved->fd);
    }
}
