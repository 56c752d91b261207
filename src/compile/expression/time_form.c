// Dates as people write them: a text enters, its form leaves.
#include "time_form.h"

#include "ascii.h"

#include <string.h>

static size_t count_digits(struct str text, size_t at)
{
    size_t from = at;
    while (at < text.len && ascii_is_digit(text.at[at])) {
        at++;
    }
    return at - from;
}

// The widths of a date's three numbers and what stands between them. False: the text
// does not begin with three numbers between two equal separators.
static bool read_numbers(size_t widths[3], char *separator, size_t *end,
                         struct str text)
{
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        if (i > 0) {
            if (at == text.len || strchr("-/.", text.at[at]) == NULL ||
                (i == 2 && text.at[at] != *separator)) {
                return false;
            }
            *separator = text.at[at++];
        }
        widths[i] = count_digits(text, at);
        if (widths[i] == 0) {
            return false;
        }
        at += widths[i];
    }
    *end = at;
    return at == text.len || strchr("T ,tZ", text.at[at]) != NULL;
}

// 1.2.3 is a version and 555-12-3456 no date: a year has four digits, but in 12/24/20.
static bool is_numeric_date(struct str text, bool *year_first)
{
    size_t widths[3] = {0};
    char separator = 0;
    size_t end = 0;
    if (!read_numbers(widths, &separator, &end, text)) {
        return false;
    }
    *year_first = widths[0] == 4 && widths[1] <= 2 && widths[2] <= 2;
    bool year_last = widths[0] <= 2 && widths[1] <= 2 &&
                     (widths[2] == 4 || (widths[2] == 2 && separator == '/'));
    return *year_first || year_last;
}

// 20201223T070500Z: eight digits, and behind a T more of them.
static bool is_basic_date(struct str text)
{
    return count_digits(text, 0) == 8 && text.len > 9 && text.at[8] == 'T' &&
           count_digits(text, 9) >= 4;
}

// 7:05, 07:05:10, 7:05 PM: a time of day and nothing else.
static bool is_clock(struct str text)
{
    size_t at = count_digits(text, 0);
    if (at == 0 || at > 2) {
        return false;
    }
    size_t parts = 1;
    while (parts < 3 && at < text.len && text.at[at] == ':' &&
           count_digits(text, at + 1) == 2) {
        at += 3;
        parts++;
    }
    at += at < text.len && text.at[at] == ' ' ? 1 : 0;
    struct str half = str_skip(text, at);
    bool whole =
        half.len == 0 ||
        (half.len >= 2 && half.len <= 4 && strchr("aApP", half.at[0]) != NULL &&
         ascii_lower(half.at[half.at[1] == '.' && half.len > 2 ? 2 : 1]) == 'm');
    return parts > 1 && whole;
}

// 23 Dec 2020, Dec 23, 2020, Wed, 23 Dec 2020 07:05:00 GMT: a month's name as a word of
// its own or its beginning, and a year.
static bool is_named_date(struct str text)
{
    static const char MONTHS[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    bool month = false;
    bool year = false;
    for (size_t i = 0; i < text.len; i++) {
        bool starts = i == 0 || strchr(" -,/", text.at[i - 1]) != NULL;
        for (size_t m = 0; starts && i + 3 <= text.len && m < 12; m++) {
            const char *name = MONTHS + 3 * m;
            month = month || (ascii_lower(text.at[i]) == name[0] &&
                              ascii_lower(text.at[i + 1]) == name[1] &&
                              ascii_lower(text.at[i + 2]) == name[2]);
        }
        year = year || (starts && count_digits(text, i) == 4);
    }
    return month && year;
}

// a.m., PM, behind a digit or a blank.
static bool has_half_day(struct str text)
{
    for (size_t i = 1; i + 1 < text.len; i++) {
        bool half = ascii_lower(text.at[i]) == 'a' || ascii_lower(text.at[i]) == 'p';
        bool behind = ascii_is_digit(text.at[i - 1]) || text.at[i - 1] == ' ';
        size_t m = text.at[i + 1] == '.' ? i + 2 : i + 1;
        if (half && behind && m < text.len && ascii_lower(text.at[m]) == 'm') {
            return true;
        }
    }
    return false;
}

// Where an offset begins that is written out, behind the time of day.
static size_t find_offset(struct str text)
{
    size_t clock = str_find_char(text, ':');
    for (size_t i = clock; i < text.len; i++) {
        if (text.at[i] == '+' || text.at[i] == '-') {
            return i;
        }
    }
    return text.len;
}

bool time_form_read(struct time_form *out, struct str text)
{
    bool year_first = false;
    *out = (struct time_form){0};
    if (text.len == 0 || text.len > TIME_FORM_MAX ||
        memchr(text.at, '\0', text.len) != NULL ||
        (!is_numeric_date(text, &year_first) && !is_basic_date(text) &&
         !is_clock(text) && !is_named_date(text))) {
        return false;
    }
    out->clock = is_clock(text);
    year_first = year_first || out->clock || is_basic_date(text);
    size_t offset = find_offset(text);
    for (size_t i = 0; i < text.len; i++) {
        out->text[out->len++] =
            ascii_is_digit(text.at[i]) && i < offset ? 'd' : text.at[i];
    }
    out->sortable = year_first && !has_half_day(text);
    return true;
}

bool time_forms_sort(const struct time_form *a, const struct time_form *b)
{
    struct str short_one = {a->text, a->len < b->len ? a->len : b->len};
    bool date = str_is(short_one, "dddd-dd-dd") || str_is(short_one, "dddd/dd/dd") ||
                str_is(short_one, "dddd.dd.dd");
    bool same = str_eq(short_one, (struct str){b->text, short_one.len});
    return a->sortable && b->sortable && same && (a->len == b->len || date);
}
