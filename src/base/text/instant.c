// Points in time: text to microseconds and back, by our own calendar arithmetic, so
// that no time zone, locale or C library has a say. The clocks are read here and
// nowhere else.
#include "instant.h"

#include "ascii.h"
#include "die.h"

#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

// Days from 0000-03-01 to 1970-01-01. Years are counted from March, so that the leap
// day is the last of its year and a month's place does not depend on it.
#define EPOCH_DAY 719468
#define DAYS_400_YEARS 146097
#define DAYS_100_YEARS 36524 // without the fourth century's leap day
#define DAYS_4_YEARS 1461

struct civil {
    int year;
    int month; // 1 to 12
    int day;   // 1 to 31
    int hour;
    int minute;
    int second;
    int microsecond;
};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

// Days of a March-based year before its month (0 for March): 153 days every five
// months.
static int days_before_month(int month_from_march)
{
    return (153 * month_from_march + 2) / 5;
}

// Days since 1970-01-01 of a date in the years 0001 to 9999.
static int64_t days_from_civil(int year, int month, int day)
{
    int march_year = month > 2 ? year : year - 1;
    int march_month = month > 2 ? month - 3 : month + 9;
    int leap_days = march_year / 4 - march_year / 100 + march_year / 400;
    return (int64_t)march_year * 365 + leap_days + days_before_month(march_month) +
           day - 1 - EPOCH_DAY;
}

static struct civil civil_from_instant(instant_us t)
{
    if (t < INSTANT_MIN || t > INSTANT_MAX) {
        die("an instant outside the years 0001 to 9999");
    }
    // Positive from here on: plain division is division downward.
    uint64_t us = (uint64_t)(t + EPOCH_DAY * DAY);
    uint32_t day = (uint32_t)(us / DAY);
    uint64_t of_day = us % DAY;
    uint32_t second = (uint32_t)(of_day / SECOND);

    uint32_t eras = day / DAYS_400_YEARS;
    day %= DAYS_400_YEARS;
    // The last day of 400 years, and of 4, belongs to the year that is about to end.
    uint32_t centuries = day / DAYS_100_YEARS - day / (DAYS_400_YEARS - 1);
    day -= centuries * DAYS_100_YEARS;
    uint32_t fours = day / DAYS_4_YEARS;
    day %= DAYS_4_YEARS;
    uint32_t years = day / 365 - day / (DAYS_4_YEARS - 1);
    day -= years * 365;

    uint32_t march_month = (5 * day + 2) / 153;
    bool next_year = march_month >= 10; // January and February
    return (struct civil){
        .year = (int)(eras * 400 + centuries * 100 + fours * 4 + years) + next_year,
        .month = (int)(next_year ? march_month - 9 : march_month + 3),
        .day = (int)day - days_before_month((int)march_month) + 1,
        .hour = (int)(second / 3600),
        .minute = (int)(second / 60 % 60),
        .second = (int)(second % 60),
        .microsecond = (int)(of_day % SECOND),
    };
}

// Takes exactly count digits off the front of *text.
static bool take_digits(struct str *text, size_t count, int *value)
{
    *value = 0;
    if (text->len < count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        char c = text->at[i];
        if (c < '0' || c > '9') {
            return false;
        }
        *value = *value * 10 + (c - '0');
    }
    *text = str_skip(*text, count);
    return true;
}

static bool take_char(struct str *text, char lower, char upper)
{
    if (text->len == 0 || (text->at[0] != lower && text->at[0] != upper)) {
        return false;
    }
    *text = str_skip(*text, 1);
    return true;
}

static bool take_date(struct str *text, struct civil *civil, const char **why)
{
    if (!take_digits(text, 4, &civil->year) || !take_char(text, '-', '-') ||
        !take_digits(text, 2, &civil->month) || !take_char(text, '-', '-') ||
        !take_digits(text, 2, &civil->day)) {
        *why = "a date is written YYYY-MM-DD";
        return false;
    }
    if (civil->year == 0) {
        *why = "the year must be 0001 to 9999";
        return false;
    }
    if (civil->month < 1 || civil->month > 12) {
        *why = "the month must be 01 to 12";
        return false;
    }
    if (civil->day < 1 || civil->day > days_in_month(civil->year, civil->month)) {
        *why = "that month has no such day";
        return false;
    }
    return true;
}

// Takes ".ffffff", one to six digits, if there is a point.
static bool take_fraction(struct str *text, struct civil *civil, const char **why)
{
    if (!take_char(text, '.', '.')) {
        return true;
    }
    int unit = SECOND;
    int digit = 0;
    while (take_digits(text, 1, &digit)) {
        unit /= 10;
        if (unit == 0) {
            *why = "a fraction of a second has at most six digits";
            return false;
        }
        civil->microsecond += digit * unit;
    }
    if (unit == SECOND) {
        *why = "a digit must follow the decimal point";
        return false;
    }
    return true;
}

static bool take_time(struct str *text, struct civil *civil, const char **why)
{
    if (!take_char(text, 't', 'T') || !take_digits(text, 2, &civil->hour) ||
        !take_char(text, ':', ':') || !take_digits(text, 2, &civil->minute) ||
        !take_char(text, ':', ':') || !take_digits(text, 2, &civil->second)) {
        *why = "after the date a time is written Thh:mm:ss";
        return false;
    }
    if (civil->hour > 23) {
        *why = "the hour must be 00 to 23";
        return false;
    }
    if (civil->minute > 59) {
        *why = "the minute must be 00 to 59";
        return false;
    }
    if (civil->second > 59) {
        *why = "the second must be 00 to 59 (there are no leap seconds here)";
        return false;
    }
    return take_fraction(text, civil, why);
}

// Takes "Z" or "+hh:mm", in minutes east of UTC.
static bool take_offset(struct str *text, int *minutes, const char **why)
{
    int sign = 1;
    int hours = 0;
    *minutes = 0;
    if (take_char(text, 'z', 'Z')) {
        return true;
    }
    if (take_char(text, '-', '-')) {
        sign = -1;
    } else if (!take_char(text, '+', '+')) {
        *why = "an offset must end the time: Z or +hh:mm";
        return false;
    }
    if (!take_digits(text, 2, &hours) || !take_char(text, ':', ':') ||
        !take_digits(text, 2, minutes) || hours > 23 || *minutes > 59) {
        *why = "an offset is written Z or +hh:mm";
        return false;
    }
    *minutes = sign * (hours * 60 + *minutes);
    return true;
}

bool instant_parse(instant_us *out, struct str text, const char **why)
{
    struct civil civil = {0};
    int offset = 0;

    *out = 0;
    if (!take_date(&text, &civil, why) || !take_time(&text, &civil, why) ||
        !take_offset(&text, &offset, why)) {
        return false;
    }
    if (text.len > 0) {
        *why = "something follows the time";
        return false;
    }
    instant_us local = days_from_civil(civil.year, civil.month, civil.day) * DAY +
                       civil.hour * HOUR + civil.minute * MINUTE +
                       civil.second * SECOND + civil.microsecond;
    if (!instant_add(out, local, -offset * MINUTE)) {
        *why = "in UTC the time is outside the years 0001 to 9999";
        return false;
    }
    return true;
}

// Writes value, which is 0 to 99, as two digits and returns the place behind them.
static char *put2(char *to, int value)
{
    to[0] = (char)('0' + value / 10);
    to[1] = (char)('0' + value % 10);
    return to + 2;
}

static char *put_char(char *to, char c)
{
    *to = c;
    return to + 1;
}

static char *put_year(char *to, int year)
{
    return put2(put2(to, year / 100), year % 100);
}

static char *put_date(char *to, const struct civil *civil)
{
    to = put_char(put_year(to, civil->year), '-');
    to = put_char(put2(to, civil->month), '-');
    return put2(to, civil->day);
}

static char *put_time(char *to, const struct civil *civil)
{
    to = put_char(put2(to, civil->hour), ':');
    to = put_char(put2(to, civil->minute), ':');
    return put2(to, civil->second);
}

void instant_format(instant_us t, char out[INSTANT_TEXT_LEN])
{
    static const char utc[6] = {'+', '0', '0', ':', '0', '0'};
    struct civil civil = civil_from_instant(t);
    char *to = put_char(put_date(out, &civil), 'T');

    to = put_char(put_time(to, &civil), '.');
    to = put2(to, civil.microsecond / 10000);
    to = put2(to, civil.microsecond / 100 % 100);
    to = put2(to, civil.microsecond % 100);
    memcpy(to, utc, sizeof utc);
}

void instant_format_basic(instant_us t, char out[16])
{
    struct civil civil = civil_from_instant(t);
    char *to = put_year(out, civil.year);

    to = put_char(put2(put2(to, civil.month), civil.day), 'T');
    to = put2(put2(put2(to, civil.hour), civil.minute), civil.second);
    *to = 'Z';
}

// Writes one strftime conversion to text, which has 16 bytes, and returns its end; NULL
// for a conversion that is not ours.
static char *convert(char *text, char conversion, const struct civil *civil)
{
    switch (conversion) {
    case 'Y':
        return put_year(text, civil->year);
    case 'm':
        return put2(text, civil->month);
    case 'd':
        return put2(text, civil->day);
    case 'H':
        return put2(text, civil->hour);
    case 'M':
        return put2(text, civil->minute);
    case 'S':
        return put2(text, civil->second);
    case 'j': {
        int day = (int)(days_from_civil(civil->year, civil->month, civil->day) -
                        days_from_civil(civil->year, 1, 1)) +
                  1;
        return put2(put_char(text, (char)('0' + day / 100)), day % 100);
    }
    case 'F':
        return put_date(text, civil);
    case 'T':
        return put_time(text, civil);
    case '%':
        return put_char(text, '%');
    default:
        return NULL;
    }
}

bool instant_strftime(struct buf *out, instant_us t, struct str format)
{
    struct civil civil = civil_from_instant(t);

    for (size_t at = 0; at < format.len; at++) {
        char text[16];
        char *end = NULL;
        if (format.at[at] != '%') {
            end = put_char(text, format.at[at]);
        } else if (++at < format.len) {
            end = convert(text, format.at[at], &civil);
        }
        if (end == NULL) {
            return false;
        }
        if (out != NULL) {
            buf_put(out, str_slice(text, end));
        }
    }
    return true;
}

bool instant_add(instant_us *out, instant_us a, instant_us b)
{
    instant_us sum = 0;
    if (__builtin_add_overflow(a, b, &sum) || sum < INSTANT_MIN || sum > INSTANT_MAX) {
        return false;
    }
    *out = sum;
    return true;
}

struct duration_unit {
    struct str name;
    instant_us us;
};

// Largest first: the order in which they are written.
static const struct duration_unit duration_units[] = {
    {{"d", 1}, DAY},    {{"h", 1}, HOUR},  {{"m", 1}, MINUTE},
    {{"s", 1}, SECOND}, {{"ms", 2}, 1000}, {{"us", 2}, 1},
};
#define UNIT_COUNT (sizeof duration_units / sizeof duration_units[0])

// Takes a unit's name, the letters at the front of *text; UNIT_COUNT if it is none.
static size_t take_unit(struct str *text)
{
    size_t len = 0;
    while (len < text->len && ascii_is_lower(text->at[len])) {
        len++;
    }
    struct str name = {text->at, len};
    size_t unit = 0;
    while (unit < UNIT_COUNT && !str_eq(duration_units[unit].name, name)) {
        unit++;
    }
    *text = str_skip(*text, len);
    return unit;
}

bool duration_parse(instant_us *out, struct str text, const char **why)
{
    instant_us total = 0;
    size_t next_unit = 0; // the largest that may still come
    *out = 0;
    if (text.len == 0) {
        *why = "a duration is empty";
        return false;
    }
    while (text.len > 0) {
        int64_t value = 0;
        int digit = 0;
        bool too_long = false;
        if (text.at[0] < '0' || text.at[0] > '9') {
            *why = "a duration is written like 1m, 1h30m or 500ms";
            return false;
        }
        while (take_digits(&text, 1, &digit)) {
            too_long |= __builtin_mul_overflow(value, (int64_t)10, &value) ||
                        __builtin_add_overflow(value, (int64_t)digit, &value);
        }
        size_t unit = take_unit(&text);
        if (unit == UNIT_COUNT) {
            *why = "a duration's units are us, ms, s, m, h and d";
            return false;
        }
        if (unit < next_unit) {
            *why = "a duration names each unit once, the largest first";
            return false;
        }
        next_unit = unit + 1;
        if (too_long ||
            __builtin_mul_overflow(value, duration_units[unit].us, &value) ||
            __builtin_add_overflow(total, value, &total) ||
            total > INSTANT_MAX - INSTANT_MIN) {
            *why = "the duration is too long";
            return false;
        }
    }
    *out = total;
    return true;
}

void duration_put(struct buf *out, instant_us duration)
{
    uint64_t left = (uint64_t)duration;
    if (duration < 0) {
        buf_char(out, '-');
        left = 0 - left;
    }
    if (left == 0) {
        buf_put(out, STR("0s"));
        return;
    }
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        uint64_t unit = (uint64_t)duration_units[i].us;
        if (left >= unit) {
            buf_uint(out, left / unit);
            buf_put(out, duration_units[i].name);
            left %= unit;
        }
    }
}

static struct timespec clock_read(clockid_t clock)
{
    struct timespec now;

    if (clock_gettime(clock, &now) != 0) {
        die("clock_gettime failed");
    }
    return now;
}

instant_us instant_now(void)
{
    struct timespec now = clock_read(CLOCK_REALTIME);

    return (instant_us)now.tv_sec * SECOND + now.tv_nsec / 1000;
}

uint64_t clock_monotonic_ms(void)
{
    struct timespec now = clock_read(CLOCK_MONOTONIC);

    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
