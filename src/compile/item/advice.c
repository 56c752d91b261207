// Warnings about items. What is to be judged enters; diagnostics leave.
#include "advice.h"

#include "nfc.h"

#include <string.h>

// A second past which a time to live is taken for milliseconds: in the year 5138.
#define SECONDS_MAX_DIGITS 11
// 2021-01-01: earlier ones are more than five years ago, and left alone.
#define SECONDS_MIN "1609459200"

static const char *owner(const struct advice *advice)
{
    if (advice->entity.len == 0) {
        return "the item";
    }
    return arena_printf(advice->diags->arena, "entity %s",
                        diag_quote(advice->diags, advice->entity))
        .at;
}

bool advice_spelling(const struct advice *advice, const char *what,
                     struct str attribute, struct str text)
{
    size_t at = nfc_check(text);
    if (at == text.len) {
        return true;
    }
    struct diags *diags = advice->diags;
    struct diag *diag =
        diag_add(diags, DIAG_KEY_DECOMPOSED, advice->at,
                 "%s %s of %s has a letter that is written as two characters: %s", what,
                 diag_quote(diags, attribute), owner(advice),
                 diag_quote(diags, str_skip(text, at)));
    diag_help(diags, diag,
              "the same text with one character for it (NFC) is another key: pick one, "
              "for example with `uconv -x any-nfc`");
    return false;
}

void advice_size(const struct advice *advice, size_t size)
{
    struct diag *diag = diag_add(advice->diags, DIAG_ITEM_NEAR_LIMIT, advice->at,
                                 "%s makes %zu bytes, close to the %zu that an item "
                                 "takes",
                                 owner(advice), size, ITEM_MAX_BYTES);
    diag_help(advice->diags, diag,
              "how sizes are counted is documented as approximate");
}

void advice_key_sum(const struct advice *advice, const struct secondary_index *index,
                    size_t count, size_t max_bytes, size_t size)
{
    struct diags *diags = advice->diags;
    struct diag *diag =
        diag_add(diags, DIAG_INDEX_KEY_SUM, advice->at,
                 "%zu attributes of %s that key index %s have %zu bytes together",
                 count, owner(advice), diag_quote(diags, index->name), size);
    diag_help(diags, diag,
              "each takes %zu; whether all of them do together is not documented",
              max_bytes);
}

struct str advice_expiry(const struct table *table)
{
    struct str name = table->settings.time_to_live.attribute_name;
    const struct attribute_definition *key = table_find_attribute(table, name);
    return key == NULL || key->type == 'N' ? name : (struct str){0};
}

// Digits before the point of a canonical number without a sign.
static size_t whole_digits(struct str number)
{
    return str_find_char(number, '.');
}

// Why a time to live never comes, or NULL.
static const char *never_expires(const struct value *value)
{
    struct str number = value->text;
    if (value->type != VALUE_N) {
        return "is no number";
    }
    if (number.at[0] != '-' && whole_digits(number) > SECONDS_MAX_DIGITS) {
        return "is in milliseconds, as it seems";
    }
    struct str least = STR(SECONDS_MIN);
    bool early = number.at[0] == '-' || whole_digits(number) < least.len ||
                 (whole_digits(number) == least.len &&
                  memcmp(number.at, least.at, least.len) < 0);
    return early ? "is more than five years ago" : NULL;
}

void advice_time_to_live(const struct advice *advice, struct str attribute,
                         const struct value *value)
{
    const char *why = never_expires(value);
    if (why == NULL) {
        return;
    }
    struct diag *diag =
        diag_add(advice->diags, DIAG_TIME_TO_LIVE_TYPE, advice->at,
                 "the time to live %s of %s %s: such an item never expires",
                 diag_quote(advice->diags, attribute), owner(advice), why);
    diag_help(advice->diags, diag, "times to live are numbers: seconds since 1970");
}
