// How a text writes a time, for data whose order is that of their text.
#ifndef DDB_COMPILE_TIME_FORM_H
#define DDB_COMPILE_TIME_FORM_H

#include "str.h"

#include <stdbool.h>
#include <stddef.h>

#define TIME_FORM_MAX 40

struct time_form {
    char text[TIME_FORM_MAX]; // 'd' for each digit, an offset as it is
    size_t len;
    bool sortable; // times of this form are ordered as their texts are: the year, or of
                   // a time of day the hour, stands first, and the clock has 24 hours
    bool clock;    // a time of day and nothing else
};

// False for a text that is neither a date, with or without a time of day, nor a time of
// day, in any of the forms that people use: 2020-12-23 07:05, 23/12/2020, 20201223T0705Z,
// 12/24/2020 7:05 PM, 23 Dec 2020, 7:05.
bool time_form_read(struct time_form *out, struct str text);

// Whether texts of the two forms sort as their times do. A date alone is the beginning
// of its day.
bool time_forms_sort(const struct time_form *a, const struct time_form *b);

#endif
