// Filters and paths to expressions. Parentheses stand where the tree needs them, so that
// none is redundant (B106).
#include "filter_write.h"

#include "json_write.h"

void filter_put_path(struct buf *out, struct placeholders *placeholders,
                     const struct document_path *path)
{
    for (size_t i = 0; i < path->count; i++) {
        const struct path_step *step = &path->steps[i];
        if (step->is_index) {
            buf_char(out, '[');
            buf_uint(out, step->index);
            buf_char(out, ']');
        } else {
            buf_puts(out, i > 0 ? "." : "");
            placeholder_put_name(out, placeholders, step->name);
        }
    }
}

void filter_put_names(struct buf *out, const struct placeholders *placeholders,
                      bool first)
{
    for (size_t i = 0; i < placeholders->name_count; i++) {
        buf_printf(out, "%s\"#n%zu\":", first && i == 0 ? "" : ",", i);
        json_put_string(out, placeholders->names[i]);
    }
}

void filter_put_values(struct buf *out, const struct placeholders *placeholders,
                       bool first)
{
    for (size_t i = 0; i < placeholders->value_count; i++) {
        buf_printf(out, "%s\":v%zu\":", first && i == 0 ? "" : ",", i);
        value_write(out, placeholders->values[i]);
    }
}

struct filter_writer {
    struct buf *out;
    struct placeholders *placeholders;
    const struct filter_values *values;
};

static void put_value(struct filter_writer *writer, const struct value *value)
{
    placeholder_put_value(writer->out, writer->placeholders, value);
}

static void put_values(struct filter_writer *writer, size_t slot)
{
    if (writer->values == NULL) {
        put_value(writer, NULL);
        return;
    }
    const struct slot_values *values = &writer->values->slots[slot];
    for (size_t i = 0; i < values->count; i++) {
        buf_puts(writer->out, i > 0 ? ", " : "");
        put_value(writer, &values->at[i]);
    }
}

static void put_operand(struct filter_writer *writer,
                        const struct filter_operand *operand)
{
    buf_puts(writer->out, operand->size ? "size(" : "");
    if (operand->kind == OPERAND_PATH) {
        filter_put_path(writer->out, writer->placeholders, &operand->path);
    } else {
        put_values(writer, operand->slot);
    }
    buf_puts(writer->out, operand->size ? ")" : "");
}

// Operands from the one at `from`, between parentheses. An empty list has none.
static void put_list(struct filter_writer *writer, const struct filter_node *node,
                     size_t from)
{
    bool first = true;
    buf_char(writer->out, '(');
    for (size_t i = from; i < node->operand_count; i++) {
        const struct filter_operand *operand = node->operands[i];
        bool none = operand->kind != OPERAND_PATH && writer->values != NULL &&
                    writer->values->slots[operand->slot].count == 0;
        if (!none) {
            buf_puts(writer->out, first ? "" : ", ");
            put_operand(writer, operand);
            first = false;
        }
    }
    buf_char(writer->out, ')');
}

static void put_test(struct filter_writer *writer, const struct filter_node *node)
{
    const char *name = filter_test_name(node->test);
    if (node->test >= TEST_EXISTS) {
        buf_puts(writer->out, name);
        put_list(writer, node, 0);
        return;
    }
    put_operand(writer, node->operands[0]);
    buf_printf(writer->out, " %s ", name);
    if (node->test == TEST_IN) {
        put_list(writer, node, 1);
        return;
    }
    put_operand(writer, node->operands[1]);
    if (node->test == TEST_BETWEEN) {
        buf_puts(writer->out, " AND ");
        put_operand(writer, node->operands[2]);
    }
}

// How closely a test binds: OR least.
static int rank_of(const struct filter_node *node)
{
    return node->test <= TEST_NOT ? (int)node->test : (int)TEST_NOT + 1;
}

static void put_node(struct filter_writer *writer, const struct filter_node *node,
                     int least)
{
    // Not every engine takes NOT NOT, which says nothing.
    while (node->test == TEST_NOT && node->left->test == TEST_NOT) {
        node = node->left->left;
    }
    bool group = rank_of(node) < least;
    buf_puts(writer->out, group ? "(" : "");
    if (node->left == NULL) {
        put_test(writer, node);
    } else if (node->right == NULL) {
        buf_puts(writer->out, "NOT ");
        put_node(writer, node->left, rank_of(node));
    } else {
        put_node(writer, node->left, rank_of(node));
        buf_printf(writer->out, " %s ", filter_test_name(node->test));
        put_node(writer, node->right, rank_of(node) + 1);
    }
    buf_puts(writer->out, group ? ")" : "");
}

void filter_write(struct buf *out, struct placeholders *placeholders,
                  const struct filter_expression *filter,
                  const struct filter_values *values)
{
    struct filter_writer writer = {out, placeholders, values};
    put_node(&writer, filter->root, TEST_OR);
}
