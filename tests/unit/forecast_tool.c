// Sums up writes as a plan's forecast does:
//
//     forecast_tool DEFINITION < WRITES
//
// A write is a line of two items in DynamoDB JSON with a tab between: what is put and
// what was there, either of them empty. Each is answered by a line of write units so
// far: the table's, then those of its indexes.
#include "definition.h"
#include "file.h"
#include "forecast.h"
#include "value_json.h"
#include "yaml_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define DEFINITION_MAX ((size_t)1 << 20)

static const struct table *read_table(const char *path, struct arena *arena,
                                      struct diags *diags)
{
    static struct definition definition;
    static struct source source = {.fd = -1};
    source.name = str_from(path);
    if (file_read(&source.text, path, DEFINITION_MAX, arena) != FILE_OK) {
        return NULL;
    }
    const struct node *root = yaml_read(&source, arena, diags);
    return root != NULL && definition_read(&definition, root, &source, arena, diags)
               ? &definition.table
               : NULL;
}

// NULL: no item.
static const struct item *read_item(struct str json, struct arena *arena)
{
    const char *why = NULL;
    struct item *item = arena_alloc(arena, sizeof *item);
    if (json.len == 0) {
        return NULL;
    }
    if (!value_json_read_item(&item->attributes, &item->count, json, arena, &why)) {
        fprintf(stderr, "%s: %.*s\n", why, STR_ARG(json));
        exit(2);
    }
    return item;
}

static void take(struct forecast *forecast, struct str line)
{
    struct arena arena = {0};
    size_t count = 0;
    struct str json = {line.at, str_find_char(line, '\t')};
    const struct item *new = read_item(json, &arena);
    const struct item *old = read_item(str_skip(line, json.len + 1), &arena);
    if (new != NULL) {
        forecast_put(forecast, new, old, json.len);
    } else {
        forecast_delete(forecast, old, false);
    }
    const struct forecast_load *loads = forecast_loads(forecast, &count);
    for (size_t i = 0; i < count; i++) {
        printf("%" PRIu64 "%c", loads[i].write_units, i + 1 < count ? ' ' : '\n');
    }
    arena_deinit(&arena);
}

int main(int count, char **arguments)
{
    struct arena arena = {0};
    struct diags diags;
    diags_init(&diags, &arena);
    const struct table *table =
        count == 2 ? read_table(arguments[1], &arena, &diags) : NULL;
    if (table == NULL) {
        fputs("usage: forecast_tool DEFINITION < WRITES\n", stderr);
        for (size_t i = 0; i < diags.count; i++) {
            fprintf(stderr, "%.*s\n", STR_ARG(diags.kept[i].message));
        }
        return 2;
    }
    struct forecast *forecast = forecast_new(table);
    char *line = NULL;
    size_t cap = 0;
    ssize_t len = 0;
    while ((len = getline(&line, &cap, stdin)) > 1) {
        take(forecast, (struct str){line, (size_t)len - 1});
    }
    free(line);
    forecast_free(forecast);
    arena_deinit(&arena);
    return 0;
}
