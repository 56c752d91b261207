// What a command has to say on standard output. In: text. Out: written, or one
// diagnostic: a command whose result is lost has failed.
#include "file.h"
#include "run.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define LINE_OUT_MAX_BYTES ((size_t)64 * 1024)

bool say_text(struct ddb *ddb, struct str text)
{
    if (file_write_all(STDOUT_FILENO, text)) {
        return true;
    }
    ddb->stdout_left = ddb->stdout_left || errno == EPIPE;
    if (errno != EPIPE && !ddb->stdout_failed) {
        ddb->stdout_failed = true;
        diag_add(&ddb->diags, DIAG_FILE_WRITE, (struct span){0},
                 "cannot write to standard output: %s", strerror(errno));
    }
    return false;
}

void say_out(struct ddb *ddb, const char *format, ...)
{
    struct buf line;
    va_list arguments;
    buf_init(&line, LINE_OUT_MAX_BYTES);
    va_start(arguments, format);
    buf_vprintf(&line, format, arguments);
    va_end(arguments);
    (void)say_text(ddb, buf_str(&line)); // diagnosed
    buf_deinit(&line);
}
