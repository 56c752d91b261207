// Keys of items enter one by one; a key that was there before leaves as a diagnostic
// with both places.
#include "distinct.h"

#define KEY_MAX_BYTES ((size_t)2 << 20)

void distinct_init(struct distinct *distinct, struct compilation *compilation)
{
    distinct->compilation = compilation;
    keyset_init(&distinct->keys);
    buf_init(&distinct->key, KEY_MAX_BYTES);
}

void distinct_deinit(struct distinct *distinct)
{
    buf_deinit(&distinct->key);
    keyset_deinit(&distinct->keys);
}

void distinct_begin(struct distinct *distinct)
{
    buf_reset(&distinct->key);
}

// With its length before it, so that no two pairs of parts run together.
void distinct_part(struct distinct *distinct, struct str value)
{
    buf_uint(&distinct->key, value.len);
    buf_char(&distinct->key, ':');
    buf_put(&distinct->key, value);
}

bool distinct_end(struct distinct *distinct, const struct fixture *fixture,
                  struct span at, const struct entity *entity)
{
    struct uuid fingerprint =
        keyset_fingerprint(&distinct->keys, buf_str(&distinct->key));
    struct keyset_place first = {0};
    struct keyset_place place = {at.line_at + at.column, at.line, fixture->number};
    if (keyset_add(&distinct->keys, &fingerprint, place, &first)) {
        return true;
    }
    struct diags *diags = distinct->compilation->diags;
    struct diag *diag = // B059, C005, C020, C093
        entity != NULL
            ? diag_add_once(diags, DIAG_ITEM_TWICE, at,
                            "entity %s makes an item with the key of another one",
                            diag_quote(diags, entity->name))
            : diag_add(diags, DIAG_ITEM_TWICE, at,
                       "the item has the key of another one");
    diag_related(diags, diag,
                 keyset_place_span(
                     &first, &distinct->compilation->fixtures[first.source]->source),
                 "the other one");
    return false;
}
