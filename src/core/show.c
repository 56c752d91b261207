// Items on standard output: DynamoDB JSON, plain JSON, or a table for people.
//
// What the service sent is read by our strict reader and written again by our writer,
// so nothing in it reaches a terminal unescaped.
#include "die.h"
#include "json_read.h"
#include "json_write.h"
#include "map.h"
#include "number.h"
#include "run.h"
#include "utf8.h"

#include <stdlib.h>

#define ITEM_TEXT_MAX ((size_t)16 << 20)
#define CELL_MAX_COLUMNS 48
#define ROWS_MAX 100000

struct shown_row {
    struct str *cells; // by column; at NULL: no such attribute
    size_t count;
};

struct shower {
    struct ddb *ddb;
    enum ddb_shape shape;
    struct arena arena;   // of the table
    struct arena scratch; // of one item
    struct buf out;
    struct map columns; // name to nothing; its order is the table's
    struct shown_row *rows;
    size_t row_count;
    size_t row_cap;
    bool cut; // there were more rows than are kept
};

struct shower *shower_new(struct ddb *ddb, enum ddb_shape shape,
                          const struct table *table)
{
    struct shower *shower = calloc(1, sizeof *shower);
    if (shower == NULL) {
        die("out of memory");
    }
    shower->ddb = ddb;
    shower->shape = shape;
    buf_init(&shower->out, ITEM_TEXT_MAX);
    map_init(&shower->columns, &shower->arena);
    if (table != NULL) { // keys first
        map_add(&shower->columns, table->key.hash[0].name, NULL);
        if (table->key.range_count > 0) {
            map_add(&shower->columns, table->key.range[0].name, NULL);
        }
    }
    return shower;
}

// Writes the value whose first token was just read, as it is.
static bool copy_value(struct buf *out, struct json_reader *reader,
                       enum json_token token)
{
    bool object = token == JSON_OBJECT_BEGIN;
    bool first = true;
    switch (token) {
    case JSON_STRING:
        json_put_string(out, json_text(reader));
        return true;
    case JSON_NUMBER:
        buf_put(out, json_text(reader));
        return true;
    case JSON_TRUE:
        buf_puts(out, "true");
        return true;
    case JSON_FALSE:
        buf_puts(out, "false");
        return true;
    case JSON_NULL:
        buf_puts(out, "null");
        return true;
    case JSON_OBJECT_BEGIN:
    case JSON_ARRAY_BEGIN:
        break;
    case JSON_ERROR:
    case JSON_END:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    case JSON_NAME:
    default:
        return false;
    }
    buf_char(out, object ? '{' : '[');
    for (;;) {
        token = json_next(reader);
        if (token == JSON_OBJECT_END || token == JSON_ARRAY_END) {
            buf_char(out, object ? '}' : ']');
            return true;
        }
        if (!first) {
            buf_char(out, ',');
        }
        first = false;
        if (object) {
            json_put_string(out, json_text(reader));
            buf_char(out, ':');
            token = json_next(reader);
        }
        if (!copy_value(out, reader, token)) {
            return false;
        }
    }
}

static bool plain_value(struct buf *out, struct json_reader *reader);

// The members of an "M" or of the item itself, behind its '{'.
static bool plain_members(struct buf *out, struct json_reader *reader)
{
    bool first = true;
    buf_char(out, '{');
    for (;;) {
        enum json_token token = json_next(reader);
        if (token == JSON_OBJECT_END) {
            buf_char(out, '}');
            return true;
        }
        if (token != JSON_NAME) {
            return false;
        }
        if (!first) {
            buf_char(out, ',');
        }
        first = false;
        json_put_string(out, json_text(reader));
        buf_char(out, ':');
        if (!plain_value(out, reader)) {
            return false;
        }
    }
}

// A number of an item is a text that must be one: it stands bare in plain JSON.
static bool put_number(struct buf *out, struct str text)
{
    char canonical[NUMBER_TEXT_MAX];
    size_t len = 0;
    if (number_canonical(canonical, &len, text) != NUMBER_OK) {
        return false;
    }
    buf_put(out, (struct str){canonical, len});
    return true;
}

static bool plain_list(struct buf *out, struct json_reader *reader, char type)
{
    bool first = true;
    buf_char(out, '[');
    if (json_next(reader) != JSON_ARRAY_BEGIN) {
        return false;
    }
    for (;;) {
        // An L holds typed values, a set bare texts.
        struct json_reader before = *reader;
        enum json_token token = json_next(reader);
        if (token == JSON_ARRAY_END) {
            buf_char(out, ']');
            return true;
        }
        if (!first) {
            buf_char(out, ',');
        }
        first = false;
        if (type == 'L') {
            *reader = before;
            if (!plain_value(out, reader)) {
                return false;
            }
        } else if (token != JSON_STRING) {
            return false;
        } else if (type == 'N') {
            if (!put_number(out, json_text(reader))) {
                return false;
            }
        } else {
            json_put_string(out, json_text(reader));
        }
    }
}

// {"S":"x"} as "x", {"N":"5"} as 5, {"NULL":true} as null; binary stays base64.
static bool plain_value(struct buf *out, struct json_reader *reader)
{
    if (json_next(reader) != JSON_OBJECT_BEGIN || json_next(reader) != JSON_NAME) {
        return false;
    }
    struct str type = json_text(reader);
    bool ok = true;
    if (str_is(type, "M")) {
        ok = json_next(reader) == JSON_OBJECT_BEGIN && plain_members(out, reader);
    } else if (str_is(type, "L") || (type.len == 2 && type.at[1] == 'S')) {
        ok = plain_list(out, reader, type.at[0]);
    } else if (str_is(type, "N")) {
        ok = json_next(reader) == JSON_STRING && put_number(out, json_text(reader));
    } else if (str_is(type, "NULL")) {
        ok = json_next(reader) == JSON_TRUE;
        buf_puts(out, "null");
    } else {
        ok = copy_value(out, reader, json_next(reader));
    }
    return ok && json_next(reader) == JSON_OBJECT_END;
}

// An item that is none: said, and the reading stops.
static bool refuse_item(struct shower *shower)
{
    diag_add(&shower->ddb->diags, DIAG_ENDPOINT_FOREIGN, (struct span){0},
             "the server gave something that is no item of DynamoDB's");
    return false;
}

static bool show_line(struct shower *shower, struct str json)
{
    struct json_reader reader;
    buf_reset(&shower->out);
    json_reader_init(&reader, json, &shower->scratch);
    enum json_token token = json_next(&reader);
    bool read =
        token == JSON_OBJECT_BEGIN &&
        (shower->shape == DDB_SHAPE_JSON ? copy_value(&shower->out, &reader, token)
                                         : plain_members(&shower->out, &reader));
    if (!read) {
        return refuse_item(shower);
    }
    buf_char(&shower->out, '\n');
    return say_text(shower->ddb, buf_str(&shower->out));
}

// A cell's text: strings without their quotes, clipped, made visible.
static struct str cell_text(struct shower *shower, struct str plain)
{
    struct buf visible;
    struct json_reader reader;
    struct str text = plain;
    json_reader_init(&reader, plain, &shower->scratch);
    if (json_next(&reader) == JSON_STRING) {
        text = json_text(&reader);
    }
    struct str clipped = utf8_prefix(text, CELL_MAX_COLUMNS);
    buf_init(&visible, ITEM_TEXT_MAX);
    utf8_put_visible(&visible, clipped);
    if (clipped.len < text.len) {
        buf_puts(&visible, "...");
    }
    struct str cell = arena_str(&shower->arena, buf_str(&visible));
    buf_deinit(&visible);
    return cell;
}

static size_t column_of(struct shower *shower, struct str name)
{
    for (size_t i = 0; i < shower->columns.count; i++) {
        if (str_eq(shower->columns.entries[i].key, name)) {
            return i;
        }
    }
    map_add(&shower->columns, arena_str(&shower->arena, name), NULL);
    return shower->columns.count - 1;
}

static bool keep_row(struct shower *shower, struct str json)
{
    struct json_reader reader;
    json_reader_init(&reader, json, &shower->scratch);
    shower->cut = shower->row_count == ROWS_MAX;
    if (shower->cut) {
        return false;
    }
    if (json_next(&reader) != JSON_OBJECT_BEGIN) {
        return refuse_item(shower);
    }
    struct shown_row row = {0};
    size_t cap = 0;
    while (json_next(&reader) == JSON_NAME) {
        size_t column = column_of(shower, json_text(&reader));
        buf_reset(&shower->out);
        if (!plain_value(&shower->out, &reader)) {
            return refuse_item(shower);
        }
        if (column >= row.count) {
            row.cells = arena_grow(&shower->arena, row.cells, row.count, column + 1,
                                   &cap, sizeof *row.cells);
            row.count = column + 1;
        }
        row.cells[column] = cell_text(shower, buf_str(&shower->out));
    }
    shower->rows = arena_grow(&shower->arena, shower->rows, shower->row_count,
                              shower->row_count + 1, &shower->row_cap, sizeof row);
    shower->rows[shower->row_count++] = row;
    return true;
}

bool shower_item(void *context, struct str json)
{
    struct shower *shower = context;
    bool shown = shower->shape == DDB_SHAPE_TABLE ? keep_row(shower, json)
                                                  : show_line(shower, json);
    arena_reset(&shower->scratch);
    return shown;
}

static size_t text_columns(struct str text)
{
    size_t columns = 0;
    while (text.len > 0) {
        uint32_t c = 0;
        size_t n = utf8_decode(text, &c);
        n = n == 0 ? 1 : n;
        columns += (size_t)utf8_columns(c);
        text = str_skip(text, n);
    }
    return columns;
}

static void put_cell(struct buf *out, struct str text, size_t width)
{
    buf_puts(out, "| ");
    buf_put(out, text);
    for (size_t i = text_columns(text); i <= width; i++) {
        buf_char(out, ' ');
    }
}

static void put_rule(struct buf *out, const size_t *widths, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        buf_char(out, '+');
        for (size_t i = 0; i < widths[c] + 2; i++) {
            buf_char(out, '-');
        }
    }
    buf_puts(out, "+\n");
}

static struct str cell_at(const struct shown_row *row, size_t column)
{
    return column < row->count ? row->cells[column] : (struct str){0};
}

// The columns' names for people, and how wide each column is.
static void measure(struct shower *shower, struct str *names, size_t *widths)
{
    for (size_t c = 0; c < shower->columns.count; c++) {
        struct buf name;
        buf_init(&name, ITEM_TEXT_MAX);
        utf8_put_visible(&name, shower->columns.entries[c].key);
        names[c] = arena_str(&shower->arena, buf_str(&name));
        buf_deinit(&name);
        widths[c] = text_columns(names[c]);
        for (size_t r = 0; r < shower->row_count; r++) {
            size_t width = text_columns(cell_at(&shower->rows[r], c));
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
}

static void show_table(struct shower *shower)
{
    size_t count = shower->columns.count;
    if (shower->row_count == 0) {
        return;
    }
    size_t *widths = arena_array(&shower->arena, count, sizeof *widths);
    struct str *names = arena_array(&shower->arena, count, sizeof *names);
    measure(shower, names, widths);
    struct buf *out = &shower->out;
    buf_reset(out);
    put_rule(out, widths, count);
    for (size_t c = 0; c < count; c++) {
        put_cell(out, names[c], widths[c]);
    }
    buf_puts(out, "|\n");
    put_rule(out, widths, count);
    for (size_t r = 0; r < shower->row_count; r++) {
        for (size_t c = 0; c < count; c++) {
            put_cell(out, cell_at(&shower->rows[r], c), widths[c]);
        }
        buf_puts(out, "|\n");
        if (!say_text(shower->ddb, buf_str(out))) {
            return; // nobody reads any more
        }
        buf_reset(out);
    }
    put_rule(out, widths, count);
    (void)say_text(shower->ddb, buf_str(out));
    if (shower->cut) {
        connect_say(shower->ddb,
                    "only the first %d items are shown; without --table "
                    "all of them are",
                    ROWS_MAX);
    }
}

void shower_end(struct shower *shower)
{
    if (shower->shape == DDB_SHAPE_TABLE) {
        show_table(shower);
    }
    buf_deinit(&shower->out);
    arena_deinit(&shower->scratch);
    arena_deinit(&shower->arena);
    free(shower);
}
