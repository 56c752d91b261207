// Binary values from files: what definitions and fixtures name is read while they are
// compiled, and becomes part of the items. Values with paths enter, values with bytes
// leave.
#include "binaries.h"

#include "file.h"
#include "map.h"
#include "resolve.h"
#include "run.h"
#include "value_file.h"

#include <errno.h>
#include <string.h>

// Of a run, each file once. One file is as large as an item may be at most.
#define BINARIES_MAX_BYTES ((size_t)256 << 20)

static void report(struct ddb *ddb, const struct value *value, enum diag_code code,
                   const char *why)
{
    diag_add(&ddb->diags, code, value->file->span, "cannot read %s: %s",
             diag_quote(&ddb->diags, value->file->text), why);
}

static bool check_sum(struct ddb *ddb, const struct value *value)
{
    if (ddb->binary_bytes <= BINARIES_MAX_BYTES) {
        return true;
    }
    report(ddb, value, DIAG_FILE_TOO_LARGE,
           "the files of all values have more than 256 MiB together");
    return false;
}

static bool read_file(struct str *out, struct ddb *ddb, const char *path,
                      const struct value *value)
{
    if (!check_sum(ddb, value)) { // what was refused is not read again and again
        return false;
    }
    switch (file_read(out, path, ITEM_MAX_BYTES, &ddb->arena)) {
    case FILE_OK:
        break;
    case FILE_ERRNO:
        report(ddb, value, DIAG_FILE_READ, strerror(errno));
        return false;
    case FILE_NOT_REGULAR:
        report(ddb, value, DIAG_FILE_READ, "not a regular file");
        return false;
    case FILE_STOPPED:
    case FILE_TOO_LARGE:
    default:
        report(ddb, value, DIAG_FILE_TOO_LARGE,
               "larger than an item may be, 409600 bytes");
        return false;
    }
    ddb->binary_bytes += out->len;
    return check_sum(ddb, value);
}

static bool load(void *context, struct value *value)
{
    struct ddb *ddb = context;
    const char *path = resolve_name(ddb, value->file->text, value->file->span);
    if (path == NULL) {
        return false;
    }
    struct map_entry *known = map_add(&ddb->binaries, str_from(path), NULL);
    if (known->value == NULL) {
        struct str *bytes = arena_alloc(&ddb->arena, sizeof *bytes);
        if (!read_file(bytes, ddb, path, value)) {
            return false;
        }
        known->value = bytes;
    }
    value->text = *(const struct str *)known->value;
    return true;
}

// A value whose file was refused is no value: nothing is said of it further.
static bool load_attributes(struct ddb *ddb, struct value_entry *attributes,
                            size_t count)
{
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        if (!value_file_each(attributes[i].value, load, ddb)) {
            attributes[i].value = NULL;
            ok = false;
        }
    }
    return ok;
}

bool binaries_load_definition(struct ddb *ddb, struct definition *definition)
{
    bool ok = true;
    for (size_t i = 0; i < definition->entity_count; i++) {
        struct entity *entity = &definition->entities[i];
        if (!load_attributes(ddb, entity->attributes, entity->count)) {
            entity->broken = true;
            ok = false;
        }
    }
    return ok;
}

static bool load_row(struct ddb *ddb, struct row *row)
{
    bool ok = true;
    for (size_t i = 0; i < row->count; i++) {
        ok = value_file_each(row->columns[i].value, load, ddb) && ok;
    }
    return ok;
}

bool binaries_load_data(struct ddb *ddb, struct data_file *data)
{
    bool all = true;
    for (size_t g = 0; g < data->group_count; g++) {
        struct row_group *group = &data->groups[g];
        size_t kept = 0;
        for (size_t i = 0; i < group->count; i++) {
            if (load_row(ddb, row_at(group, i))) {
                *row_at(group, kept++) = *row_at(group, i);
            }
        }
        all = all && kept == group->count;
        group->count = kept;
    }
    size_t kept = 0;
    for (size_t i = 0; i < data->item_count; i++) {
        struct plain_item *item = item_at(data, i);
        if (load_attributes(ddb, item->attributes, item->count)) {
            *item_at(data, kept++) = *item;
        }
    }
    all = all && kept == data->item_count;
    data->item_count = kept;
    return all;
}
