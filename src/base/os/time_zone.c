// The name of a zone enters, times there leave. For a name that it does not know, the C
// library takes UTC and says nothing: so the file is looked at before.
#include "time_zone.h"

#include "ascii.h"
#include "die.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAME_MAX_BYTES 100
#define MAGIC "TZif"
#define MAGIC_BYTES 4

// Letters, digits, "_", "+" and "-", in parts with "/" in between: nothing that leads
// elsewhere.
static bool is_name(const char *name)
{
    size_t len = strlen(name);
    bool ok = len > 0 && len <= NAME_MAX_BYTES && name[len - 1] != '/';
    for (size_t i = 0; i < len && ok; i++) {
        char c = name[i];
        bool slash = c == '/';
        ok = (slash && i > 0 && name[i - 1] != '/') || ascii_is_letter(c) ||
             ascii_is_digit(c) || (!slash && strchr("_+-", c) != NULL);
    }
    return ok;
}

static bool is_zone_file(const char *path)
{
    char begin[MAGIC_BYTES] = "";
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    bool ok = fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) &&
              pread(fd, begin, sizeof begin, 0) == (ssize_t)sizeof begin &&
              memcmp(begin, MAGIC, sizeof begin) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return ok;
}

// The value of TZ that means that file and no other.
static bool find(char out[TIME_ZONE_PATH_MAX], const char *name)
{
    const char *const folders[] = {getenv("TZDIR"), "/usr/share/zoneinfo",
                                   "/usr/lib/zoneinfo", "/etc/zoneinfo"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (!is_name(name) || folders[i] == NULL || folders[i][0] != '/') {
            continue;
        }
        int len = snprintf(out, TIME_ZONE_PATH_MAX, ":%s/%s", folders[i], name);
        if (len > 0 && len < TIME_ZONE_PATH_MAX && is_zone_file(out + 1)) {
            return true;
        }
    }
    bool utc = strcmp(name, "UTC") == 0; // known without any file
    memcpy(out, "UTC0", sizeof "UTC0");
    return utc;
}

bool time_zone_exists(const char *name)
{
    char found[TIME_ZONE_PATH_MAX];
    return find(found, name);
}

bool time_zone_begin(struct time_zone *zone, const char *name)
{
    char found[TIME_ZONE_PATH_MAX];
    const char *before = getenv("TZ");
    zone->before = NULL;
    if (!find(found, name)) {
        return false;
    }
    zone->before = before == NULL ? NULL : strdup(before);
    if ((before != NULL && zone->before == NULL) || setenv("TZ", found, 1) != 0) {
        die("out of memory");
    }
    tzset();
    return true;
}

void time_zone_end(struct time_zone *zone)
{
    int done = zone->before == NULL ? unsetenv("TZ") : setenv("TZ", zone->before, 1);
    if (done != 0) {
        die("out of memory");
    }
    free(zone->before);
    zone->before = NULL;
    tzset();
}

void time_zone_read(struct local_time *out, instant_us t)
{
    struct tm tm = {0};
    time_t seconds = (time_t)(t / 1000000 - (t % 1000000 < 0 ? 1 : 0));
    if (localtime_r(&seconds, &tm) == NULL) {
        die("a time that the C library cannot tell"); // INSTANT_MIN to INSTANT_MAX
    }
    *out = (struct local_time){
        .year = tm.tm_year + 1900,
        .month = tm.tm_mon + 1,
        .day = tm.tm_mday,
        .weekday = tm.tm_wday,
        .hour = tm.tm_hour,
        .minute = tm.tm_min,
        .second = tm.tm_sec,
        .offset = (int)tm.tm_gmtoff,
    };
}
