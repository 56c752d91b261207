// Items on standard output: DynamoDB JSON, plain JSON, or a table for people.
//
// What the service sent is read by our strict reader and written again by our writer,
// so nothing in it reaches a terminal unescaped. Attributes come in the definition's
// order, the others by name: servers have orders of their own.
#include "show.h"

#include "connect.h"
#include "die.h"
#include "item.h"
#include "json_write.h"
#include "map.h"
#include "run.h"
#include "say.h"
#include "stop.h"
#include "utf8.h"
#include "value_json.h"
#include "value_order.h"

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
    struct chat *chat;    // owned; of DDB_SHAPE_CHAT
    struct arena arena;   // of the table
    struct arena scratch; // of one item
    struct buf out;
    struct value_entry *order; // order_count of them: keys, then what entities make
    size_t order_count;
    uint64_t item_count;
    struct map columns; // name to nothing, as they were met
    struct shown_row *rows;
    size_t row_count;
    size_t row_cap;
    bool cut; // there were more rows than are kept
};

static void add_order(struct shower *shower, struct map *known,
                      const struct value_entry *entry, size_t *cap)
{
    bool added = false;
    map_add(known, entry->name, &added);
    if (added) {
        shower->order = arena_grow(&shower->arena, shower->order, shower->order_count,
                                   shower->order_count + 1, cap, sizeof *shower->order);
        shower->order[shower->order_count++] = *entry;
    }
}

// Keys, then the attributes of entities as they stand in the definition.
static void order_by(struct shower *shower, const struct definition *definition)
{
    const struct key_schema *key = &definition->table.key;
    struct map known;
    size_t cap = 0;
    map_init(&known, &shower->arena);
    for (size_t i = 0; i < 1 + key->range_count; i++) {
        const struct key_part *part = i == 0 ? &key->hash[0] : &key->range[0];
        struct value *none = arena_alloc(&shower->arena, sizeof *none);
        struct value_entry entry = {.name = part->name, .value = none};
        add_order(shower, &known, &entry, &cap);
        map_add(&shower->columns, part->name, NULL);
    }
    for (size_t i = 0; i < definition->entity_count; i++) {
        const struct entity *entity = &definition->entities[i];
        for (size_t k = 0; k < entity->count && !entity->broken; k++) {
            add_order(shower, &known, &entity->attributes[k], &cap);
        }
    }
}

struct shower *shower_new(struct ddb *ddb, enum ddb_shape shape,
                          const struct definition *definition)
{
    struct shower *shower = calloc(1, sizeof *shower);
    if (shower == NULL) {
        die("out of memory");
    }
    shower->ddb = ddb;
    shower->shape = shape;
    buf_init(&shower->out, ITEM_TEXT_MAX);
    map_init(&shower->columns, &shower->arena);
    if (definition != NULL) {
        order_by(shower, definition);
    }
    return shower;
}

void shower_set_chat(struct shower *shower, struct chat *chat)
{
    shower->chat = chat;
}

// ---- values in plain JSON: binary stays base64

static void plain_value(struct buf *out, const struct value *value);

static void plain_entries(struct buf *out, const struct value_entry *entries,
                          size_t count)
{
    buf_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        buf_puts(out, i > 0 ? "," : "");
        json_put_string(out, entries[i].name);
        buf_char(out, ':');
        plain_value(out, entries[i].value);
    }
    buf_char(out, '}');
}

// A string, a number or bytes: of a value, or of a set of that type.
static void plain_text(struct buf *out, struct str text, enum value_type type)
{
    if (type == VALUE_N || type == VALUE_NS) {
        buf_put(out, text); // canonical, which is a number of JSON's
    } else if (type == VALUE_B || type == VALUE_BS) {
        buf_char(out, '"');
        json_put_base64(out, text);
        buf_char(out, '"');
    } else {
        json_put_string(out, text);
    }
}

static void plain_list(struct buf *out, const struct value *value)
{
    buf_char(out, '[');
    for (size_t i = 0; i < value->count; i++) {
        buf_puts(out, i > 0 ? "," : "");
        if (value->type == VALUE_L) {
            plain_value(out, value->items[i]);
        } else {
            plain_text(out, value->members[i], value->type);
        }
    }
    buf_char(out, ']');
}

static void plain_value(struct buf *out, const struct value *value)
{
    switch (value->type) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        plain_text(out, value->text, value->type);
        break;
    case VALUE_BOOL:
        buf_puts(out, value->boolean ? "true" : "false");
        break;
    case VALUE_NULL:
        buf_puts(out, "null");
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
    case VALUE_L:
        plain_list(out, value);
        break;
    case VALUE_M:
    case VALUE_TEMPLATE:
    default:
        plain_entries(out, value->entries, value->count);
        break;
    }
}

// ---- items

// An item as values, in one order whatever the server's was.
static bool read_item(struct value_entry **entries, size_t *count,
                      struct shower *shower, struct str json)
{
    const char *why = NULL;
    if (!value_json_read_item(entries, count, json, &shower->scratch, &why)) {
        diag_add(&shower->ddb->diags, DIAG_ENDPOINT_FOREIGN, (struct span){0},
                 "the server gave something that is no item of DynamoDB's");
        return false;
    }
    value_order(*entries, *count, shower->order, shower->order_count, &shower->scratch);
    return true;
}

static bool show_line(struct shower *shower, struct str json)
{
    struct value_entry *entries = NULL;
    size_t count = 0;
    if (!read_item(&entries, &count, shower, json)) {
        return false;
    }
    buf_reset(&shower->out);
    if (shower->shape == DDB_SHAPE_JSON) {
        item_write(&shower->out, &(struct item){.attributes = entries, .count = count});
    } else {
        plain_entries(&shower->out, entries, count);
    }
    buf_char(&shower->out, '\n');
    return say_text(shower->ddb, buf_str(&shower->out));
}

// A cell's text: strings without their quotes, clipped, made visible.
static struct str cell_text(struct shower *shower, const struct value *value)
{
    struct buf visible;
    struct str text = value->text;
    if (value->type != VALUE_S) {
        buf_reset(&shower->out);
        plain_value(&shower->out, value);
        text = value->type == VALUE_B
                   ? (struct str){shower->out.at + 1, shower->out.len - 2}
                   : buf_str(&shower->out);
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
    struct value_entry *entries = NULL;
    size_t count = 0;
    shower->cut = shower->row_count == ROWS_MAX;
    if (shower->cut || !read_item(&entries, &count, shower, json)) {
        return false;
    }
    struct shown_row row = {0};
    size_t cap = 0;
    for (size_t i = 0; i < count; i++) {
        size_t column = column_of(shower, entries[i].name);
        if (column >= row.count) {
            row.cells = arena_grow(&shower->arena, row.cells, row.count, column + 1,
                                   &cap, sizeof *row.cells);
            row.count = column + 1;
        }
        row.cells[column] = cell_text(shower, entries[i].value);
    }
    shower->rows = arena_grow(&shower->arena, shower->rows, shower->row_count,
                              shower->row_count + 1, &shower->row_cap, sizeof row);
    shower->rows[shower->row_count++] = row;
    return true;
}

static bool keep_message(struct shower *shower, struct str json)
{
    struct value_entry *entries = NULL;
    size_t count = 0;
    return read_item(&entries, &count, shower, json) &&
           chat_take(shower->chat, entries, count);
}

bool shower_item(void *context, struct str json)
{
    static bool (*const TAKE[])(struct shower *, struct str) = {
        [DDB_SHAPE_JSON] = show_line,
        [DDB_SHAPE_PLAIN] = show_line,
        [DDB_SHAPE_TABLE] = keep_row,
        [DDB_SHAPE_CHAT] = keep_message,
    };
    struct shower *shower = context;
    bool shown = TAKE[shower->shape](shower, json);
    shower->item_count++;
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

static struct str cell_at(const struct shown_row *row, size_t column)
{
    return column < row->count ? row->cells[column] : (struct str){0};
}

// A column of the table that is shown.
struct column {
    struct str name; // for people
    size_t cell;     // of a row
    size_t width;
};

// In the order of items' attributes, each with its name and its width.
static struct column *sort_columns(struct shower *shower)
{
    size_t count = shower->columns.count;
    struct column *columns = arena_array(&shower->arena, count, sizeof *columns);
    struct value_entry *sorted = arena_array(&shower->arena, count, sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        struct value *none = arena_alloc(&shower->arena, sizeof *none);
        sorted[i] =
            (struct value_entry){.name = shower->columns.entries[i].key, .value = none};
    }
    value_order(sorted, count, shower->order, shower->order_count, &shower->arena);
    for (size_t c = 0; c < count; c++) {
        struct buf name;
        buf_init(&name, ITEM_TEXT_MAX);
        utf8_put_visible(&name, sorted[c].name);
        columns[c].name = arena_str(&shower->arena, buf_str(&name));
        columns[c].cell = column_of(shower, sorted[c].name);
        columns[c].width = text_columns(columns[c].name);
        buf_deinit(&name);
        for (size_t r = 0; r < shower->row_count; r++) {
            size_t width = text_columns(cell_at(&shower->rows[r], columns[c].cell));
            columns[c].width = width > columns[c].width ? width : columns[c].width;
        }
    }
    return columns;
}

static void put_rule(struct buf *out, const struct column *columns, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        buf_char(out, '+');
        for (size_t i = 0; i < columns[c].width + 2; i++) {
            buf_char(out, '-');
        }
    }
    buf_puts(out, "+\n");
}

static void show_table(struct shower *shower)
{
    size_t count = shower->columns.count;
    if (shower->row_count == 0) {
        return;
    }
    const struct column *columns = sort_columns(shower);
    struct buf *out = &shower->out;
    buf_reset(out);
    put_rule(out, columns, count);
    for (size_t c = 0; c < count; c++) {
        put_cell(out, columns[c].name, columns[c].width);
    }
    buf_puts(out, "|\n");
    put_rule(out, columns, count);
    for (size_t r = 0; r < shower->row_count; r++) {
        for (size_t c = 0; c < count; c++) {
            put_cell(out, cell_at(&shower->rows[r], columns[c].cell), columns[c].width);
        }
        buf_puts(out, "|\n");
        if (!say_text(shower->ddb, buf_str(out))) {
            return; // nobody reads any more
        }
        buf_reset(out);
    }
    put_rule(out, columns, count);
    (void)say_text(shower->ddb, buf_str(out));
    if (shower->cut) {
        connect_say(shower->ddb,
                    "only the first %d items are shown; without --table "
                    "all of them are",
                    ROWS_MAX);
    }
}

void shower_put_item(struct shower *shower, struct buf *out, struct str json)
{
    struct value_entry *entries = NULL;
    size_t count = 0;
    if (read_item(&entries, &count, shower, json)) {
        item_write(out, &(struct item){.attributes = entries, .count = count});
    }
    arena_reset(&shower->scratch);
}

void shower_end(struct shower *shower, bool say_none)
{
    if (shower->shape == DDB_SHAPE_TABLE) {
        show_table(shower);
    }
    if (shower->chat != NULL) {
        chat_show(shower->chat);
    }
    if (say_none && shower->item_count == 0 && shower->ddb->diags.errors == 0 &&
        !stop_is_set(shower->ddb->compilation.stop)) {
        connect_say(shower->ddb, "0 items");
    }
}

void shower_free(struct shower *shower)
{
    buf_deinit(&shower->out);
    arena_deinit(&shower->scratch);
    arena_deinit(&shower->arena);
    chat_free(shower->chat);
    free(shower);
}
