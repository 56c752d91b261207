// What a command has to say on standard output and standard error. In: text. Out:
// written, with nothing in it that a CI would take for a command; of standard output
// also one diagnostic when it is not: a command whose result is lost has failed.
#include "say.h"

#include "file.h"
#include "harmless.h"
#include "run.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define LINE_OUT_MAX_BYTES ((size_t)64 * 1024)

static bool write_harmless(int fd, struct str text, bool commands)
{
    struct buf out;
    if (!harmless_is_needed(text, commands)) {
        return file_write_all(fd, text);
    }
    buf_init(&out, SIZE_MAX);
    harmless_put(&out, text, commands);
    bool written = file_write_all(fd, buf_str(&out));
    int saved = errno;
    buf_deinit(&out);
    errno = saved;
    return written;
}

bool say_error(struct ddb *ddb, struct str text)
{
    return write_harmless(STDERR_FILENO, text,
                          ddb->options.format == DDB_FORMAT_GITHUB);
}

bool say_text(struct ddb *ddb, struct str text)
{
    if (write_harmless(STDOUT_FILENO, text, ddb->options.format == DDB_FORMAT_GITHUB)) {
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
