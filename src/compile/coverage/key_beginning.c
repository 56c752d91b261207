// A key's value enters, its beginning leaves.
#include "key_beginning.h"

#include "ascii.h"
#include "utf8.h"
#include "uuid.h"

static bool is_delimiter(char c)
{
    return c == '#' || c == '|' || c == ':' || c == '/' || c == '_';
}

static bool begins_id(struct str text)
{
    struct uuid uuid;
    return ascii_is_digit(text.at[0]) ||
           (text.len >= UUID_TEXT_LEN &&
            uuid_parse(&uuid, (struct str){text.at, UUID_TEXT_LEN}));
}

// Where the beginning ends.
static size_t end_of(struct str text)
{
    size_t at = 0;
    while (at < text.len && !is_delimiter(text.at[at]) &&
           !begins_id(str_skip(text, at))) {
        at++;
    }
    return at < text.len && is_delimiter(text.at[at]) ? at + 1 : at;
}

struct key_beginning key_beginning_of(const struct value *value)
{
    if (value->type != VALUE_S) {
        return (struct key_beginning){.kind = value->type == VALUE_N ? KEY_IS_NUMBER
                                                                     : KEY_IS_BINARY};
    }
    struct str text = value->text;
    struct str shown =
        utf8_prefix((struct str){text.at, end_of(text)}, KEY_BEGINNING_MAX);
    if (shown.len == 0) {
        return (struct key_beginning){.kind = KEY_IS_ID};
    }
    return (struct key_beginning){shown.len < text.len ? KEY_BEGINS_WITH : KEY_IS,
                                  shown};
}
