// A folder of request files, read back. In: DIR as output_dir.c wrote it, with the
// names of output_names.c. Out: tables (build_table.c) and items.
//
// A folder is listed first: what no build writes, and a number that is left out, are
// found before anything is read.
#include "build_dir.h"

#include "build_made.h"
#include "build_table.h"
#include "file.h"
#include "folder.h"
#include "json_read.h"
#include "output_names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define REQUEST_MAX ((size_t)16 << 20)
#define BATCH_MAX ((size_t)32 << 20) // a batch of one item may have 16 MiB
#define TABLES_MAX 10000             // more than an account has (A271)

struct build_reader {
    struct arena *arena;
    struct diags *diags;
};

// ---- what is wrong

static struct str join(struct arena *arena, struct str folder, const char *name)
{
    return arena_printf(arena, "%.*s/%s", STR_ARG(folder), name);
}

static struct span place_of(struct diags *diags, struct str path)
{
    struct source *source = arena_alloc(diags->arena, sizeof *source);
    *source = (struct source){.name = arena_str(diags->arena, path), .fd = -1};
    return source_span_file(source);
}

static bool refuse(struct diags *diags, struct str path, const char *what,
                   const char *why)
{
    struct diag *diag =
        diag_add(diags, DIAG_BUILD, place_of(diags, path), "%s%s", what, why);
    diag_help(diags, diag, "build it again: 'ddbgen build FILE... -o DIR'");
    return false;
}

// path is for people.
static bool read_text(struct str *out, struct str real, struct str path, size_t max,
                      struct arena *arena, struct diags *diags)
{
    switch (file_read(out, real.at, max, arena)) {
    case FILE_OK:
        return true;
    case FILE_ERRNO:
        if (errno == ENOENT) {
            return refuse(diags, path, "the file is missing", "");
        }
        diag_add(diags, DIAG_FILE_READ, place_of(diags, path), "cannot be read: %s",
                 strerror(errno));
        return false;
    case FILE_TOO_LARGE:
        return refuse(diags, path, "it is larger than any that a build writes", "");
    case FILE_NOT_REGULAR:
    case FILE_STOPPED:
    default:
        return refuse(diags, path, "it is no regular file", "");
    }
}

// ---- what is there

// The entries of one folder.
struct listing {
    struct arena *arena;
    bool inside;                    // of a table's folder: there are no folders in it
    uint64_t files[OUTPUT_KINDS];   // how many
    uint64_t highest[OUTPUT_KINDS]; // number among them
    bool any;                       // files
    struct str foreign;             // the first entry that no build writes
    struct str tables[TABLES_MAX];  // names of folders, table_count of them
    size_t table_count;
};

static bool list_entry(void *context, int dir_fd, const struct folder_entry *entry)
{
    struct listing *listing = context;
    size_t kind = 0;
    uint64_t number = 0;
    (void)dir_fd;
    if (entry->is_file && output_name_read(&kind, &number, entry->name)) {
        listing->files[kind]++;
        listing->any = true;
        if (number > listing->highest[kind]) {
            listing->highest[kind] = number;
        }
        return true;
    }
    if (entry->is_dir && !listing->inside && output_name_is_table(entry->name) &&
        listing->table_count < TABLES_MAX) {
        listing->tables[listing->table_count++] =
            arena_str(listing->arena, str_from(entry->name));
        return true;
    }
    listing->foreign = arena_str(listing->arena, str_from(entry->name));
    return false;
}

static struct listing *list(const struct build_reader *reader, struct str real,
                            struct str folder, bool inside)
{
    struct listing *listing = arena_alloc(reader->arena, sizeof *listing);
    listing->arena = reader->arena;
    listing->inside = inside;
    switch (folder_walk(AT_FDCWD, real.at, list_entry, listing)) {
    case FOLDER_DONE:
        return listing;
    case FOLDER_STOPPED:
        (void)refuse(reader->diags, folder, "it holds something that no build wrote: ",
                     diag_quote(reader->diags, listing->foreign));
        return NULL;
    case FOLDER_ERRNO:
    default:
        break;
    }
    struct diag *diag =
        diag_add(reader->diags, DIAG_FILE_READ, place_of(reader->diags, folder),
                 "cannot be read: %s", strerror(errno));
    diag_help(reader->diags, diag, "name a folder that 'ddbgen build -o' wrote");
    return NULL;
}

// ---- a table

// The next token is this one; of a name also its text.
static bool expect(struct json_reader *reader, enum json_token token, const char *text)
{
    return json_next(reader) == token &&
           (text == NULL || str_is(json_text(reader), text));
}

static bool read_request(const struct build_reader *reader, struct build_part *part,
                         size_t kind, uint64_t number)
{
    struct table *table = &part->table;
    char name[OUTPUT_NAME_MAX];
    const char *why = NULL;
    struct str text;
    output_name_write(name, kind, number);
    struct str path = join(reader->arena, part->folder, name);
    struct str operation = str_from(output_name_operation(kind));
    if (!read_text(&text, join(reader->arena, part->real, name), path, REQUEST_MAX,
                   reader->arena, reader->diags)) {
        return false;
    }
    bool fine = str_is(operation, "CreateTable")
                    ? build_table_read(table, text, reader->arena, &why)
                    : build_table_add(table, operation, text, reader->arena, &why);
    return fine || refuse(reader->diags, path, why, "");
}

// Of a table that others made there is nothing but items, which say its name:
// {"RequestItems":{"NAME":[...
static bool read_external(const struct build_reader *reader, struct build_part *part)
{
    char name[OUTPUT_NAME_MAX];
    struct json_reader json;
    struct str text;
    output_name_write(name, output_name_kind("BatchWriteItem"), 1);
    struct str path = join(reader->arena, part->folder, name);
    if (!read_text(&text, join(reader->arena, part->real, name), path, BATCH_MAX,
                   reader->arena, reader->diags)) {
        return false;
    }
    json_reader_init(&json, text, reader->arena);
    if (!expect(&json, JSON_OBJECT_BEGIN, NULL) ||
        !expect(&json, JSON_NAME, "RequestItems") ||
        !expect(&json, JSON_OBJECT_BEGIN, NULL) || !expect(&json, JSON_NAME, NULL)) {
        return refuse(reader->diags, path,
                      "it is no BatchWriteItem as a build writes it", "");
    }
    part->external = true;
    part->table.name = arena_str(reader->arena, json_text(&json));
    return true;
}

bool build_part_lacks_table(const struct build_part *part, struct arena *arena,
                            struct diags *diags)
{
    char name[OUTPUT_NAME_MAX];
    output_name_write(name, output_name_kind("CreateTable"), 1);
    return refuse(diags, join(arena, part->folder, name), "the file is missing", "");
}

// Nothing but items.
static bool is_external(const struct listing *listing)
{
    size_t batches = output_name_kind("BatchWriteItem");
    bool only = listing->files[batches] > 0;
    for (size_t kind = 0; kind < OUTPUT_KINDS; kind++) {
        only = only && (kind == batches || listing->files[kind] == 0);
    }
    return only;
}

// The files of a folder: kinds are in the order in which they are written, CreateTable
// first.
static bool read_part(const struct build_reader *reader, struct build_part *part,
                      const struct listing *listing)
{
    size_t batches = output_name_kind("BatchWriteItem");
    uint64_t highest[OUTPUT_KINDS];
    memcpy(highest, listing->highest, sizeof highest);
    if (is_external(listing)) {
        if (!read_external(reader, part)) {
            return false;
        }
    } else {
        highest[output_name_kind("CreateTable")] = 1; // it has to be there
    }
    for (size_t kind = 0; kind < OUTPUT_KINDS; kind++) {
        for (uint64_t i = 1; kind != batches && i <= highest[kind]; i++) {
            if (!read_request(reader, part, kind, i)) {
                return false;
            }
        }
    }
    if (listing->files[batches] != highest[batches]) {
        return refuse(reader->diags, part->folder,
                      "some of the files batch-write-item-NNNNNN.json are missing", "");
    }
    part->batches = highest[batches];
    build_table_complete(&part->table);
    return true;
}

static bool read_table_folder(const struct build_reader *reader, struct build_dir *out,
                              struct str real, struct str folder, struct str name)
{
    struct build_part *part = &out->parts[out->count++];
    part->folder = join(reader->arena, folder, name.at);
    part->real = join(reader->arena, real, name.at);
    const struct listing *listing = list(reader, part->real, part->folder, true);
    if (listing == NULL || !read_part(reader, part, listing)) {
        return false;
    }
    return str_eq(part->table.name, name) ||
           refuse(reader->diags, part->folder, "it is the folder of another table: ",
                  diag_quote(reader->diags, part->table.name));
}

static int compare_names(const void *left, const void *right)
{
    return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

bool build_dir_read(struct build_dir *out, const char *path, const char *shown,
                    struct arena *arena, struct diags *diags)
{
    struct build_reader reader = {arena, diags};
    struct str real = arena_str(arena, str_from(path));
    struct str folder = arena_str(arena, str_from(shown));
    *out = (struct build_dir){0};
    struct listing *listing = list(&reader, real, folder, false);
    if (listing == NULL) {
        return false;
    }
    if (listing->any == (listing->table_count > 0)) {
        return refuse(diags, folder,
                      listing->any ? "it holds a table's files and folders of tables"
                                   : "it holds no build",
                      "");
    }
    out->parts =
        arena_array(arena, listing->any ? 1 : listing->table_count, sizeof *out->parts);
    if (listing->any) {
        out->count = 1;
        out->parts[0].folder = folder;
        out->parts[0].real = real;
        return read_part(&reader, &out->parts[0], listing);
    }
    bool fine = true;
    qsort(listing->tables, listing->table_count, sizeof *listing->tables,
          compare_names);
    for (size_t i = 0; i < listing->table_count; i++) {
        fine =
            read_table_folder(&reader, out, real, folder, listing->tables[i]) && fine;
    }
    return fine;
}

// ---- items

struct items_of {
    const struct build_part *part;
    const struct build_sink *to;
    struct made_reader *made; // NULL: what items were made for is not known
    struct diags *diags;
};

static bool give(const struct items_of *of, struct str item, const char **why)
{
    struct made_for made_for;
    if (of->made == NULL) {
        return of->to->item(of->to->context, item, NULL, why);
    }
    return made_reader_next(of->made, &made_for, of->diags) &&
           of->to->item(of->to->context, item, &made_for, why);
}

// What stands between the brackets, {"PutRequest":{"Item":{...}}} each. False: *why
// says so, or the sink stopped.
static bool read_items(struct json_reader *reader, const struct items_of *of,
                       const char **why)
{
    enum json_token token = json_next(reader);
    struct str item;
    while (token == JSON_OBJECT_BEGIN) {
        if (!expect(reader, JSON_NAME, "PutRequest") ||
            !expect(reader, JSON_OBJECT_BEGIN, NULL) ||
            !expect(reader, JSON_NAME, "Item") ||
            !expect(reader, JSON_OBJECT_BEGIN, NULL) || !json_skip(reader, &item)) {
            break;
        }
        *why = NULL;
        if (!give(of, item, why)) {
            return false;
        }
        *why = "it is no BatchWriteItem of this table as a build writes it";
        if (!expect(reader, JSON_OBJECT_END, NULL) ||
            !expect(reader, JSON_OBJECT_END, NULL)) {
            break;
        }
        token = json_next(reader);
    }
    return token == JSON_ARRAY_END;
}

static bool read_batch(struct json_reader *reader, const struct items_of *of,
                       const char **why)
{
    *why = "it is no BatchWriteItem of this table as a build writes it";
    return expect(reader, JSON_OBJECT_BEGIN, NULL) &&
           expect(reader, JSON_NAME, "RequestItems") &&
           expect(reader, JSON_OBJECT_BEGIN, NULL) &&
           expect(reader, JSON_NAME, of->part->table.name.at) &&
           expect(reader, JSON_ARRAY_BEGIN, NULL) && read_items(reader, of, why) &&
           expect(reader, JSON_OBJECT_END, NULL) &&
           expect(reader, JSON_OBJECT_END, NULL) && expect(reader, JSON_END, NULL);
}

static bool read_batch_file(const struct items_of *of, uint64_t number,
                            struct arena *scratch)
{
    const struct build_part *part = of->part;
    char name[OUTPUT_NAME_MAX];
    const char *why = NULL;
    struct json_reader reader;
    struct str text;
    output_name_write(name, output_name_kind("BatchWriteItem"), number);
    struct str path = join(scratch, part->folder, name);
    if (!read_text(&text, join(scratch, part->real, name), path, BATCH_MAX, scratch,
                   of->diags)) {
        return false;
    }
    json_reader_init(&reader, text, scratch);
    if (read_batch(&reader, of, &why)) {
        return true;
    }
    const char *error = json_error(&reader);
    return why != NULL &&
           refuse(of->diags, path, error != NULL ? "it is not JSON: " : "",
                  error != NULL ? error : why);
}

bool build_part_items(const struct build_part *part, const struct build_sink *to,
                      struct diags *diags)
{
    struct arena scratch = {0};
    struct items_of of = {.part = part, .to = to, .diags = diags};
    of.made = part->made != NULL ? made_reader_new(part->made) : NULL;
    bool fine = true;
    for (uint64_t i = 1; i <= part->batches && fine; i++) {
        arena_reset(&scratch);
        fine = read_batch_file(&of, i, &scratch);
    }
    made_reader_free(of.made);
    arena_deinit(&scratch);
    return fine;
}
