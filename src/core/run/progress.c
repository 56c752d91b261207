// One line on stderr that is written over and over. Counts enter.
#include "progress.h"

#include "instant.h"
#include "report.h"

#include <inttypes.h>
#include <stdio.h>

#define NOTE_MS 200u

static bool is_watched(const struct ddb *ddb)
{
    return ddb->options.progress && report_lines_for_people(ddb);
}

struct progress progress_begin(struct ddb *ddb, const char *done, uint64_t wanted)
{
    uint64_t now = clock_monotonic_ms();
    return (struct progress){.ddb = ddb,
                             .done = done,
                             .wanted = wanted,
                             .began_ms = now,
                             .shown_at_ms = now};
}

void progress_show(const struct progress *progress, uint64_t count)
{
    uint64_t passed_ms = clock_monotonic_ms() - progress->began_ms;
    uint64_t wanted =
        progress->about && count > progress->wanted ? count : progress->wanted;
    if (is_watched(progress->ddb)) {
        (void)fprintf(stderr,
                      "\r%" PRIu64 " of %s%" PRIu64 " items %s, %" PRIu64
                      " a second\033[K",
                      count, progress->about ? "about " : "", wanted, progress->done,
                      passed_ms > 0 ? count * 1000 / passed_ms : count);
    }
}

void progress_note(struct progress *progress, uint64_t count)
{
    uint64_t now = clock_monotonic_ms();
    if (now >= progress->shown_at_ms + NOTE_MS) {
        progress->shown_at_ms = now;
        progress_show(progress, count);
    }
}

void progress_end(const struct ddb *ddb)
{
    if (is_watched(ddb)) {
        (void)fputs("\r\033[K", stderr);
    }
}
