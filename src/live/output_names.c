// File names of requests: an operation enters, its name as the AWS CLI spells it
// leaves, and back.
#include "output_names.h"

#include "die.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SUFFIX ".json"
#define DIGITS 6
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

bool output_name_is_request(const char *name)
{
    for (size_t i = 0; i < OUTPUT_KINDS; i++) {
        const size_t stem = strlen(KINDS[i].stem);
        if (strncmp(name, KINDS[i].stem, stem) != 0) {
            continue;
        }
        const char *rest = name + stem;
        if (!KINDS[i].numbered) {
            return strcmp(rest, SUFFIX) == 0;
        }
        const size_t digits = *rest == '-' ? strspn(rest + 1, "0123456789") : 0;
        return digits >= DIGITS && strcmp(rest + 1 + digits, SUFFIX) == 0;
    }
    return false;
}

bool output_name_is_table(const char *name)
{
    const size_t len = strlen(name);

    return len >= TABLE_NAME_MIN && len <= TABLE_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789_.-") == len;
}
