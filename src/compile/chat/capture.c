// A template and a text enter, pieces of the text leave. From behind, for each part and
// each place: can the rest be made by this part and those that follow? Then from the
// front, each part takes what leaves such a rest.
#include "capture.h"

#include "ascii.h"
#include "uuid.h"

#define WORK_MAX ((size_t)8 << 20) // parts times bytes
#define MICROSECONDS INT64_C(1000000)

static bool is_uuid(struct str text)
{
    struct uuid uuid;
    return uuid_parse(&uuid, text);
}

static bool is_time(struct str text)
{
    instant_us time = 0;
    const char *why = NULL;
    return instant_parse(&time, text, &why);
}

// The length that all texts of a part have, or 0.
static size_t fixed_len(const struct template_part *part)
{
    if (part->expr == NULL) {
        return part->literal.len;
    }
    return part->expr->type == TYPE_UUID   ? UUID_TEXT_LEN
           : part->expr->type == TYPE_TIME ? INSTANT_TEXT_LEN
                                           : 0;
}

static bool is_piece(const struct template_part *part, struct str piece)
{
    if (part->expr == NULL) {
        return str_eq(piece, part->literal);
    }
    return part->expr->type == TYPE_UUID ? is_uuid(piece) : is_time(piece);
}

// Which rests, from each place on, the part and those behind it can have made: of `rests`
// it are those behind it.
static void look_back(bool *out, const bool *rests, const struct template_part *part,
                      struct str text)
{
    size_t fixed = fixed_len(part);
    bool number = part->expr != NULL && part->expr->type == TYPE_NUMBER;
    bool digits = false;
    for (size_t i = text.len + 1; i-- > 0;) {
        if (fixed > 0) {
            out[i] = i + fixed <= text.len && rests[i + fixed] &&
                     is_piece(part, (struct str){text.at + i, fixed});
        } else if (number) {
            bool sign = i < text.len && text.at[i] == '-' && digits;
            digits =
                i < text.len && ascii_is_digit(text.at[i]) && (rests[i + 1] || digits);
            out[i] = digits || sign;
        } else {
            out[i] = rests[i] || (i < text.len && out[i + 1]);
        }
    }
}

bool capture(struct str *pieces, const struct template *template, struct str text,
             struct arena *scratch)
{
    size_t row = text.len + 1;
    size_t count = template->count;
    if (row > WORK_MAX / (count + 1)) {
        return false;
    }
    bool *can = arena_array(scratch, (count + 1) * row, sizeof *can);
    can[count * row + text.len] = true;
    for (size_t k = count; k-- > 0;) {
        look_back(can + k * row, can + (k + 1) * row, &template->parts[k], text);
    }
    size_t at = 0;
    for (size_t k = 0; k < count && can[0]; k++) {
        const struct template_part *part = &template->parts[k];
        size_t end = at + fixed_len(part);
        bool number = part->expr != NULL && part->expr->type == TYPE_NUMBER;
        end += number ? 1 : 0;
        while (!can[(k + 1) * row + end]) {
            end++;
        }
        pieces[k] = (struct str){text.at + at, end - at};
        at = end;
    }
    return can[0];
}

// ---- times

static bool epoch(instant_us *out, struct str text)
{
    int64_t seconds = 0;
    bool negative = text.len > 0 && text.at[0] == '-';
    for (size_t i = negative ? 1 : 0; i < text.len; i++) {
        if (!ascii_is_digit(text.at[i]) || seconds > INSTANT_MAX / MICROSECONDS) {
            return false;
        }
        seconds = seconds * 10 + (text.at[i] - '0');
    }
    instant_us time = 0;
    bool ok = text.len > (negative ? 1U : 0U) && seconds <= INSTANT_MAX / MICROSECONDS;
    if (ok) {
        time = seconds * MICROSECONDS * (negative ? -1 : 1);
    }
    *out = time;
    return ok && time >= INSTANT_MIN;
}

// The digits of one conversion of `date`, as they stand in RFC 3339: where, and how many.
struct digits {
    char conversion;
    size_t at;
    size_t len;
};

static bool take_digits(char form[INSTANT_TEXT_LEN], const struct digits *digits,
                        struct str *text)
{
    bool ok = text->len >= digits->len;
    for (size_t i = 0; i < digits->len && ok; i++) {
        ok = ascii_is_digit(text->at[i]);
        form[digits->at + i] = text->at[i];
    }
    *text = ok ? str_skip(*text, digits->len) : *text;
    return ok;
}

static bool take_conversion(char form[INSTANT_TEXT_LEN], char conversion,
                            struct str *text)
{
    static const struct digits DIGITS[] = {
        {'Y', 0, 4}, {'m', 5, 2}, {'d', 8, 2}, {'H', 11, 2}, {'M', 14, 2}, {'S', 17, 2},
    };
    static const struct {
        char conversion;
        const char *means;
    } SHORT[] = {{'F', "Y-m-d"}, {'T', "H:M:S"}};
    for (size_t i = 0; i < sizeof DIGITS / sizeof DIGITS[0]; i++) {
        if (DIGITS[i].conversion == conversion) {
            return take_digits(form, &DIGITS[i], text);
        }
    }
    for (size_t i = 0; i < sizeof SHORT / sizeof SHORT[0]; i++) {
        const char *means = SHORT[i].conversion == conversion ? SHORT[i].means : "";
        bool ok = means[0] != '\0';
        for (; *means != '\0' && ok; means++) {
            bool mark = *means == '-' || *means == ':';
            ok = mark ? text->len > 0 && text->at[0] == *means
                      : take_conversion(form, *means, text);
            *text = mark && ok ? str_skip(*text, 1) : *text;
        }
        if (ok) {
            return true;
        }
    }
    return false; // a day of the year, say
}

// A date's text backwards: what its format does not say is not guessed, but for seconds.
static bool date(instant_us *out, struct str format, struct str text)
{
    char form[INSTANT_TEXT_LEN + 1] = "____-__-__T__:__:00.000000+00:00";
    const char *why = NULL;
    bool ok = true;
    for (size_t i = 0; i < format.len && ok; i++) {
        if (format.at[i] == '%' && i + 1 < format.len && format.at[i + 1] != '%') {
            ok = take_conversion(form, format.at[++i], &text);
            continue;
        }
        i += format.at[i] == '%' ? 1 : 0;
        ok = i < format.len && text.len > 0 && text.at[0] == format.at[i];
        text = ok ? str_skip(text, 1) : text;
    }
    return ok && text.len == 0 &&
           instant_parse(out, (struct str){form, INSTANT_TEXT_LEN}, &why);
}

bool capture_time(instant_us *out, const struct expr *expr, struct str text)
{
    const char *why = NULL;
    for (size_t i = 0; i < expr->filter_count; i++) {
        switch (expr->filters[i].kind) {
        case FILTER_DATE:
            return date(out, expr->filters[i].format, text);
        case FILTER_EPOCH:
            return epoch(out, text);
        case FILTER_TIME:
        case FILTER_TRIM:
        case FILTER_UPPER:
            break;
        case FILTER_LOWER:
        case FILTER_PAD:
        case FILTER_UUID5:
        case FILTER_KINDS:
        default:
            return false;
        }
    }
    return instant_parse(out, text, &why);
}
