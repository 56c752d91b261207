// Programs made ready for one conversation: constants become literal bytes. The last
// function here, folded_write, is the bulk path's inner loop.
#include "fold.h"

#include "instant.h"
#include "json_write.h"
#include "uuid.h"

#define FOLDED_MAX_BYTES ((size_t)64 << 20)

static bool is_constant(const struct expr *expr)
{
    return expr->subject != SUBJECT_MESSAGE ||
           expr->field == FIELD_LABEL; // folded for one sender
}

// A variable as a whole value.
static void put_whole_value(struct buf *json, enum value_type type, struct str text)
{
    if (type == VALUE_BOOL) {
        buf_puts(json, "{\"BOOL\":");
        buf_put(json, text);
        buf_char(json, '}');
        return;
    }
    buf_puts(json, type == VALUE_N ? "{\"N\":" : "{\"S\":");
    json_put_string(json, text);
    buf_char(json, '}');
}

static void put_constant(struct buf *json, const struct piece *piece,
                         const struct eval_context *context, struct buf *text)
{
    enum value_type type = VALUE_S;
    buf_reset(text);
    (void)expr_eval(text, &type, piece->expr, context); // verified before
    if (piece->kind == PIECE_VALUE) {
        put_whole_value(json, type, buf_str(text));
    } else {
        json_put_escaped(json, buf_str(text));
    }
}

// Behind what opens an object or a list there is none. (Behind what a message gives
// there is always a quote that closes it.)
static void put_comma(struct buf *json)
{
    char last = json->len > 0 ? json->at[json->len - 1] : '\0';
    if (last != '{' && last != '[') {
        buf_char(json, ',');
    }
}

void program_fold(struct folded *out, const struct program *program,
                  const struct eval_context *context, struct arena *arena)
{
    struct buf json;
    struct buf text;
    buf_init(&json, FOLDED_MAX_BYTES);
    buf_init(&text, FOLDED_MAX_BYTES);
    struct folded_op *ops =
        arena_array(arena, program->piece_count * 2 + 1, sizeof *ops);
    size_t count = 0;
    for (size_t i = 0; i < program->piece_count; i++) {
        const struct piece *piece = &program->pieces[i];
        if (piece->kind == PIECE_MEMBER) {
            i = template_is_absent(piece->template, context) ? piece->end - 1 : i;
        } else if (piece->kind == PIECE_COMMA) {
            put_comma(&json);
        } else if (piece->expr == NULL) {
            buf_put(&json, piece->json);
        } else if (is_constant(piece->expr)) {
            put_constant(&json, piece, context, &text);
        } else {
            ops[count++] = (struct folded_op){.json = arena_str(arena, buf_str(&json))};
            buf_reset(&json);
            ops[count++] = (struct folded_op){
                .expr = piece->expr,
                .kind = piece->kind,
                .escape =
                    piece->expr->field == FIELD_TEXT || piece->expr->filter_count > 0,
            };
        }
    }
    ops[count++] = (struct folded_op){.json = arena_str(arena, buf_str(&json))};
    buf_deinit(&text);
    buf_deinit(&json);
    *out = (struct folded){ops, count};
}

static void put_expr(struct buf *out, const struct folded_op *op,
                     const struct eval_context *context, struct buf *scratch)
{
    const struct expr *expr = op->expr;
    if (expr->filter_count == 0 && expr->field == FIELD_TEXT) {
        json_put_escaped(out, context->message->text);
        return;
    }
    enum value_type type = VALUE_S;
    if (!op->escape) {
        (void)expr_eval(out, &type, expr, context); // digits, times and uuids are plain
        return;
    }
    buf_reset(scratch);
    (void)expr_eval(scratch, &type, expr, context);
    json_put_escaped(out, buf_str(scratch));
}

void folded_write(struct buf *out, const struct folded *folded,
                  const struct eval_context *context, struct buf *scratch)
{
    for (size_t i = 0; i < folded->count; i++) {
        const struct folded_op *op = &folded->ops[i];
        if (op->expr == NULL) {
            buf_put(out, op->json);
        } else {
            put_expr(out, op, context, scratch);
        }
    }
}
