// What an item was made for, as bytes: an entity's kind and name, and the row's columns,
// or the conversation, participant or message.
#include "made_for.h"

#include "canon.h"
#include "eval.h"
#include "program.h"

#include <stdlib.h>

#define KEY_PARTS 2

static void put_text(struct buf *out, struct str text)
{
    buf_uint(out, text.len);
    buf_char(out, ':');
    buf_put(out, text);
}

// What a row says at a path; of a handle the handle, whoever it stands for.
static const struct value *row_read(const struct row *row, const struct expr *expr)
{
    size_t dot = str_find_char(expr->name, '.');
    const struct row_column *column = row_find(row, (struct str){expr->name.at, dot});
    return column != NULL && column->value->is_handle ? column->value
                                                      : row_value(expr, row);
}

static int compare_exprs(const void *left, const void *right)
{
    const struct expr *const *a = left;
    const struct expr *const *b = right;
    return str_cmp((*a)->name, (*b)->name);
}

// What the table's key reads of a row, *count paths by their names.
static const struct expr **key_reads(size_t *count, const struct program *program,
                                     size_t keys, struct arena *arena)
{
    size_t most = 0;
    *count = 0;
    for (size_t i = 0; i < keys; i++) {
        const struct template *template = program->roles[i].template;
        most += template != NULL ? template->count : 0;
    }
    const struct expr **reads = arena_array(arena, most, sizeof(struct expr *));
    for (size_t i = 0; i < keys; i++) {
        const struct template *template = program->roles[i].template;
        for (size_t k = 0; template != NULL && k < template->count; k++) {
            const struct expr *expr = template->parts[k].expr;
            if (expr != NULL && expr->subject == SUBJECT_ROW) {
                reads[(*count)++] = expr;
            }
        }
    }
    if (*count > 0) {
        qsort(reads, *count, sizeof(struct expr *), compare_exprs);
    }
    return reads;
}

static void put_row(struct buf *out, const struct table *table,
                    const struct item_identity *identity, struct arena *scratch)
{
    size_t keys = table->key.range_count > 0 ? KEY_PARTS : 1;
    size_t count = 0;
    const struct expr **reads = key_reads(&count, identity->program, keys, scratch);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && str_eq(reads[i]->name, reads[i - 1]->name)) {
            continue;
        }
        const struct value *value = row_read(identity->row, reads[i]);
        put_text(out, reads[i]->name);
        if (value != NULL) {
            canon_put_value(out, value, scratch);
        }
    }
}

void made_for_put(struct buf *out, const struct table *table, struct str entity,
                  const struct item_identity *identity, struct arena *scratch)
{
    static const char KINDS[] = {
        [FOR_EACH_CONVERSATION] = 'c',
        [FOR_EACH_PARTICIPANT] = 'p',
        [FOR_EACH_MESSAGE] = 'm',
        [FOR_EACH_ROW] = 'r',
    };
    enum for_each kind = identity->program->entity->for_each;
    buf_char(out, KINDS[kind]);
    put_text(out, entity);
    if (kind == FOR_EACH_ROW) {
        put_row(out, table, identity, scratch);
    } else {
        buf_put(out, (struct str){(const char *)identity->of.bytes,
                                  sizeof identity->of.bytes});
        buf_uint(out, kind == FOR_EACH_MESSAGE ? identity->index : 0);
    }
}
