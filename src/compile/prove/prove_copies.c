// Copies that disagree: two items that name the same thing, `user_uuid: 7e1c...`, and
// call it by different names, `user_display_name`.
//
// An item refers to a thing by an attribute PREFIX_uuid (or _id, _sku, _handle); what
// it copies of it are the attributes with that prefix that say who or what it is.
// Others (`order_status`, `product_quantity`) may differ from item to item, and are let
// be.
#include "prove_copies.h"

#include "map.h"

// The first that an item has is what it refers by.
static const struct str REFERENCES[] = {
    {"_uuid", 5}, {"_id", 3}, {"_sku", 4}, {"_handle", 7}};
#define REFERENCE_COUNT (sizeof REFERENCES / sizeof REFERENCES[0])

// What is the same in every copy.
static const struct str COPIES[] = {
    {"_name", 5},       {"_display_name", 13}, {"_full_name", 10}, {"_first_name", 11},
    {"_last_name", 10}, {"_username", 9},      {"_handle", 7},     {"_uuid", 5},
    {"_title", 6},      {"_email", 6},         {"_slug", 5},
};
#define COPY_COUNT (sizeof COPIES / sizeof COPIES[0])

// The first value that was seen of a copy.
struct copy {
    char type;
    struct str text;
    struct span span;
    bool reported;
};

struct copies_proof {
    struct arena *arena;
    struct buf *scratch;
    struct map seen; // "prefix_uuid\0value\0prefix_name" to struct copy
};

struct copies_proof *copies_proof_new(struct buf *scratch, struct arena *arena)
{
    struct copies_proof *proof = arena_alloc(arena, sizeof *proof);
    proof->arena = arena;
    proof->scratch = scratch;
    map_init(&proof->seen, arena);
    return proof;
}

static bool is_plain_text(const struct value *value)
{
    return (value->type == VALUE_S || value->type == VALUE_N) && value->text.len > 0;
}

// The attribute that the item refers to `prefix` by, or NULL.
static const struct value_entry *find_reference(const struct item *item,
                                                struct str prefix)
{
    for (size_t r = 0; r < REFERENCE_COUNT; r++) {
        for (size_t i = 0; i < item->count; i++) {
            struct str name = item->attributes[i].name;
            if (name.len == prefix.len + REFERENCES[r].len &&
                str_starts(name, prefix) && str_ends(name, REFERENCES[r]) &&
                is_plain_text(item->attributes[i].value)) {
                return &item->attributes[i];
            }
        }
    }
    return NULL;
}

// In the fixture if it stands there, else its origin's.
static struct span place_of(const struct origin *origin, const struct value *value)
{
    return value->span.source == origin->span.source ? value->span : origin->span;
}

static bool is_same(const struct copy *copy, const struct value *value)
{
    return copy->type == value_type_name(value->type)[0] &&
           str_eq(copy->text, value->text);
}

static void compare(struct copies_proof *proof, const struct value_entry *reference,
                    const struct value_entry *copied, const struct origin *origin,
                    struct diags *diags)
{
    buf_reset(proof->scratch);
    buf_put(proof->scratch, reference->name);
    buf_char(proof->scratch, '\0');
    buf_put(proof->scratch, reference->value->text);
    buf_char(proof->scratch, '\0');
    buf_put(proof->scratch, copied->name);
    struct str key = buf_str(proof->scratch);
    struct copy *copy = map_find(&proof->seen, key);
    if (copy == NULL && proof->seen.count < COPIES_MAX) {
        copy = arena_alloc(proof->arena, sizeof *copy);
        *copy = (struct copy){value_type_name(copied->value->type)[0],
                              arena_str(proof->arena, copied->value->text),
                              place_of(origin, copied->value), false};
        map_add(&proof->seen, arena_str(proof->arena, key), NULL)->value = copy;
        return;
    }
    if (copy == NULL || copy->reported || is_same(copy, copied->value)) {
        return;
    }
    copy->reported = true;
    struct diag *diag = diag_add(
        diags, DIAG_COPIES_DIFFER, place_of(origin, copied->value),
        "%s is %s here and %s elsewhere, for one %s: %s",
        diag_quote(diags, copied->name), diag_quote(diags, copied->value->text),
        diag_quote(diags, copy->text), diag_quote(diags, reference->name),
        diag_quote(diags, reference->value->text));
    diag_related(diags, diag, copy->span, "elsewhere");
}

void copies_proof_item(struct copies_proof *proof, const struct item *item,
                       const struct origin *origin, struct diags *diags)
{
    for (size_t i = 0; i < item->count; i++) {
        const struct value_entry *copied = &item->attributes[i];
        for (size_t k = 0; k < COPY_COUNT && is_plain_text(copied->value); k++) {
            if (!str_ends(copied->name, COPIES[k])) {
                continue;
            }
            struct str prefix = {copied->name.at, copied->name.len - COPIES[k].len};
            const struct value_entry *reference = find_reference(item, prefix);
            if (reference != NULL && reference != copied) {
                compare(proof, reference, copied, origin, diags);
            }
        }
    }
}
