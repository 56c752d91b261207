// Two items in DynamoDB JSON, one a line: what is live and what is declared. Whatever
// they are: they differ in something exactly when they are not equal, every difference
// is of values that are not, and what is shown of it is one harmless line on which what
// was and what is to be do not look the same.
#include "fuzz.h"

#include "canon.h"
#include "plan_item.h"
#include "value_json.h"

#define TEXT_MAX ((size_t)64 << 20)

static bool read_side(struct plan_side *out, struct str line, struct arena *arena)
{
    struct value_entry *entries = NULL;
    const char *why = NULL;
    bool fine = value_json_read_item(&entries, &out->count, line, arena, &why);
    out->entries = entries;
    return fine && out->count > 0;
}

static bool are_equal(const struct plan_side *old, const struct plan_side *new,
                      struct arena *arena)
{
    struct buf texts[2];
    buf_init(&texts[0], TEXT_MAX);
    buf_init(&texts[1], TEXT_MAX);
    canon_put_item(&texts[0], old->entries, old->count, arena);
    canon_put_item(&texts[1], new->entries, new->count, arena);
    bool equal = str_eq(buf_str(&texts[0]), buf_str(&texts[1]));
    buf_deinit(&texts[0]);
    buf_deinit(&texts[1]);
    return equal;
}

static void require_deltas(const struct plan_deltas *deltas, struct arena *arena)
{
    struct buf old;
    struct buf new;
    buf_init(&old, TEXT_MAX);
    buf_init(&new, TEXT_MAX);
    for (size_t i = 0; i < deltas->count; i++) {
        const struct plan_delta *delta = &deltas->at[i];
        FUZZ_REQUIRE((delta->sign == '+') == (delta->old == NULL));
        FUZZ_REQUIRE((delta->sign == '-') == (delta->new == NULL));
        if (delta->sign != '~') {
            continue;
        }
        FUZZ_REQUIRE(!canon_equal(delta->old, delta->new, arena));
        buf_reset(&old);
        buf_reset(&new);
        notation_put_value(&old, delta->old, NOTATION_WHOLE);
        notation_put_value(&new, delta->new, NOTATION_WHOLE);
        FUZZ_REQUIRE(!str_eq(buf_str(&old), buf_str(&new)));
    }
    buf_deinit(&old);
    buf_deinit(&new);
}

// Whole lines; without an LF where there is nothing to show.
static void require_lines(const struct plan_item *item, enum notation_room room)
{
    struct buf out;
    buf_init(&out, TEXT_MAX);
    plan_item_put_head(&out, item, room);
    fuzz_require_harmless(buf_str(&out));
    FUZZ_REQUIRE(str_find_char(buf_str(&out), '\n') == out.len);
    buf_reset(&out);
    plan_item_put_lines(&out, item, room, false);
    FUZZ_REQUIRE(!out.overflowed);
    fuzz_require_harmless(buf_str(&out));
    FUZZ_REQUIRE(out.len == 0 || out.at[out.len - 1] == '\n');
    FUZZ_REQUIRE((out.len > 0) == (item->deltas.count > 0) || !item->has_deltas);
    buf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct key_part hash = {.name = STR("pk")};
    struct table table = {.name = STR("t"), .key = {.hash = {hash}, .hash_count = 1}};
    struct fuzz_stage stage;
    struct plan_item item;
    struct plan_side live;
    struct plan_side declared;
    fuzz_stage_init(&stage, (struct str){(const char *)data, size});
    struct arena *arena = &stage.arena;
    struct str first = stage.source.text;
    first.len = str_find_char(first, '\n');
    struct str second = str_skip(stage.source.text, first.len);
    second = str_skip(second, second.len > 0 ? 1 : 0);
    if (read_side(&live, first, arena) && read_side(&declared, second, arena)) {
        struct item_change change = {
            .kind = ITEM_CHANGED, .table = &table, .declared = second, .live = first};
        change.values.attributes = (struct value_entry *)(uintptr_t)declared.entries;
        change.values.count = declared.count;
        plan_item_read(&item, &change, arena);
        FUZZ_REQUIRE(item.has_deltas);
        FUZZ_REQUIRE((item.deltas.count > 0) == !are_equal(&live, &declared, arena));
        require_deltas(&item.deltas, arena);
        require_lines(&item, NOTATION_CUT);
        require_lines(&item, NOTATION_WHOLE);
    }
    fuzz_stage_deinit(&stage);
    return 0;
}
