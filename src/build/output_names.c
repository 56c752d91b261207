// File names of requests: an operation enters, its name as the AWS CLI spells it
// leaves, and back.
#include "output_names.h"

#include "die.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SUFFIX ".json"
#define DIGITS 6
#define DIGITS_MAX 15    // more files than a disk has
#define TABLE_NAME_MIN 3 // A001
#define TABLE_NAME_MAX 255

static const struct {
    const char *operation;
    const char *stem;
    bool numbered; // a table may need several
} KINDS[OUTPUT_KINDS] = {
    {"CreateTable", "create-table", false},
    {"UpdateTimeToLive", "update-time-to-live", false},
    {"UpdateContinuousBackups", "update-continuous-backups", false},
    {"UpdateContributorInsights", "update-contributor-insights", true},
    {"BatchWriteItem", "batch-write-item", true},
};

size_t output_name_kind(const char *operation)
{
    for (size_t i = 0; i < OUTPUT_KINDS; i++) {
        if (strcmp(KINDS[i].operation, operation) == 0) {
            return i;
        }
    }
    die("no file for %s", operation);
}

void output_name_write(char out[OUTPUT_NAME_MAX], size_t kind, uint64_t number)
{
    if (KINDS[kind].numbered) {
        (void)snprintf(out, OUTPUT_NAME_MAX, "%s-%0*" PRIu64 SUFFIX, KINDS[kind].stem,
                       DIGITS, number);
    } else {
        (void)snprintf(out, OUTPUT_NAME_MAX, "%s" SUFFIX, KINDS[kind].stem);
    }
}

const char *output_name_operation(size_t kind)
{
    return KINDS[kind].operation;
}

// The number of what follows a stem, "-000012.json"; 0: it is none.
static uint64_t number_of(const char *rest)
{
    uint64_t number = 0;
    size_t digits = *rest == '-' ? strspn(rest + 1, "0123456789") : 0;
    for (size_t i = 0; i < digits && digits <= DIGITS_MAX; i++) {
        number = number * 10 + (uint64_t)(rest[1 + i] - '0');
    }
    return number;
}

bool output_name_read(size_t *kind, uint64_t *number, const char *name)
{
    for (size_t i = 0; i < OUTPUT_KINDS; i++) {
        size_t stem = strlen(KINDS[i].stem);
        char written[OUTPUT_NAME_MAX];
        if (strncmp(name, KINDS[i].stem, stem) != 0) {
            continue;
        }
        *kind = i;
        *number = KINDS[i].numbered ? number_of(name + stem) : 1;
        output_name_write(written, i, *number);
        return *number > 0 && strcmp(written, name) == 0;
    }
    return false;
}

bool output_name_is_request(const char *name)
{
    size_t kind = 0;
    uint64_t number = 0;
    return output_name_read(&kind, &number, name);
}

bool output_name_is_table(const char *name)
{
    size_t len = strlen(name);
    return len >= TABLE_NAME_MIN && len <= TABLE_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789_.-") == len;
}
