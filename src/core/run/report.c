// The end of a run: what was found goes to standard output or standard error, in the
// format that was asked for.
//
// Lines go to either: a command's own result may stand on standard output. A document
// must stand alone, so it is what `check` answers; other commands show text instead.
#include "report.h"

#include "diag_print.h"
#include "run.h"
#include "say.h"

#define REPORT_MAX_BYTES ((size_t)64 << 20)

typedef void (*print_report)(struct buf *out, const struct ddb *ddb);

static void print_text(struct buf *out, const struct ddb *ddb)
{
    diag_print_text(out, &ddb->diags, ddb->options.color);
}

static void print_json(struct buf *out, const struct ddb *ddb)
{
    diag_print_json(out, &ddb->diags);
}

static void print_json_report(struct buf *out, const struct ddb *ddb)
{
    diag_print_json(out, &ddb->diags);
    diag_print_json_summary(out, &ddb->diags);
}

static void print_github(struct buf *out, const struct ddb *ddb)
{
    diag_print_github(out, &ddb->diags);
}

static void print_gitlab(struct buf *out, const struct ddb *ddb)
{
    diag_print_gitlab(out, &ddb->diags);
}

static void print_sarif(struct buf *out, const struct ddb *ddb)
{
    diag_print_sarif(out, &ddb->diags, DDBGEN_VERSION);
}

static const struct {
    print_report to_stdout; // of `check`; NULL: it has no report, only diagnostics
    print_report to_stderr;
} PRINTERS[] = {
    [DDB_FORMAT_TEXT] = {NULL, print_text},
    [DDB_FORMAT_JSON] = {print_json_report, print_json},
    [DDB_FORMAT_GITHUB] = {print_github, print_github},
    [DDB_FORMAT_GITLAB] = {print_gitlab, print_text},
    [DDB_FORMAT_SARIF] = {print_sarif, print_text},
    [DDB_FORMAT_MARKDOWN] = {NULL, print_text},
    [DDB_FORMAT_JUNIT] = {NULL, print_text},
    [DDB_FORMAT_TAP] = {NULL, print_text},
};

// False: it did not get there, which is diagnosed.
static bool print_to_stdout(struct ddb *ddb, print_report print)
{
    struct buf out;
    buf_init(&out, REPORT_MAX_BYTES);
    print(&out, ddb);
    bool written = say_text(ddb, buf_str(&out));
    buf_deinit(&out);
    return written || !ddb->stdout_failed;
}

bool report_print(struct ddb *ddb)
{
    print_report print = PRINTERS[ddb->options.format].to_stdout;
    if (ddb->report_to_stdout && print != NULL && print_to_stdout(ddb, print)) {
        return true;
    }
    struct buf out;
    buf_init(&out, REPORT_MAX_BYTES);
    PRINTERS[ddb->options.format].to_stderr(&out, ddb);
    bool written = say_error(ddb, buf_str(&out));
    buf_deinit(&out);
    return written;
}

bool report_owns_stdout(const struct ddb *ddb)
{
    return ddb->options.format != DDB_FORMAT_TEXT &&
           ddb->options.format != DDB_FORMAT_GITHUB;
}

bool report_lines_for_people(const struct ddb *ddb)
{
    return ddb->options.format != DDB_FORMAT_JSON;
}
