// The beginning and the end of a run. In: options. Out: an empty run, then its report
// and its exit code.
#include "run.h"

#include "connect.h"
#include "die.h"
#include "heap.h"
#include "lease.h"
#include "report.h"
#include "utf8.h"

#include <stdlib.h>

// What `now` means in this run: --now, else the clock, read once.
static instant_us pin_now(struct ddb *ddb)
{
    const char *why = NULL;
    instant_us now = 0;
    if (ddb->options.now == NULL) {
        instant_us clock = instant_now(); // whole seconds: keys and locks stay readable
        return clock - clock % 1000000;
    }
    if (!instant_parse(&now, str_from(ddb->options.now), &why)) {
        diag_add(&ddb->diags, DIAG_TIME, (struct span){0}, "--now %s is no time: %s",
                 diag_quote(&ddb->diags, str_from(ddb->options.now)), why);
    }
    return now;
}

struct ddb *ddb_open(const struct ddb_options *options)
{
    struct ddb *ddb = calloc(1, sizeof *ddb);
    if (ddb == NULL) {
        die("out of memory");
    }
    heap_start_libcrypto();
    utf8_use_locale();
    ddb->options = *options;
    diags_init(&ddb->diags, &ddb->arena);
    map_init(&ddb->binaries, &ddb->arena);
    map_init(&ddb->data_files, &ddb->arena);
    map_init(&ddb->streams, &ddb->arena);
    map_init(&ddb->fixtures_by_file, &ddb->arena);
    compilation_init(&ddb->compilation, &ddb->arena, &ddb->diags, pin_now(ddb));
    ddb->compilation.stop = options->stop;
    return ddb;
}

void ddb_usage_error(struct ddb *ddb, const char *message, const char *help)
{
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_USAGE, (struct span){0}, "%s", message);
    if (help != NULL) {
        diag_help(&ddb->diags, diag, "%s", help);
    }
}

int ddb_close(struct ddb *ddb)
{
    connect_note_interrupt(ddb);
    bool printed = report_print(ddb);
    int code = diags_exit_code(&ddb->diags, ddb->options.strict);
    if (ddb->worst_within > code) {
        code = ddb->worst_within;
    }
    if (code == DDB_OK && ddb->different) {
        code = DDB_DIFFERENT;
    }
    if (ddb->interrupted) {
        code = DDB_INTERRUPTED;
    } else if (code == DDB_OK && !printed) {
        code = DDB_WORLD;
    }
    lease_close(ddb->target.lease);
    compilation_deinit(&ddb->compilation);
    kept_files_close(&ddb->kept);
    arena_deinit(&ddb->arena);
    free(ddb);
    return code;
}
