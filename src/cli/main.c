// ddbgen's command line: argv enters, an exit code leaves. Everything in between is
// options.c (what was asked for), a cmd_*.c (which function that is) and ddbgen.h.
#include "commands.h"
#include "help.h"
#include "options.h"
#include "terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool wants_color(const struct options *options, bool capable)
{
    const char *no_color = getenv("NO_COLOR");

    if (options->color != COLOR_AUTO) {
        return options->color == COLOR_ALWAYS;
    }
    return capable && (no_color == NULL || no_color[0] == '\0');
}

static struct ddb *open_ddb(const struct options *options, struct stop *stop)
{
    bool files = options->command != NULL && options->command->takes_files;
    struct ddb_options opening = {
        .program = "ddbgen " DDBGEN_VERSION,
        .files = files ? options->operands.at : NULL,
        .file_count = files ? options->operands.count : 0,
        .target = options->target,
        .endpoint_url = options->endpoint_url,
        .region = options->region,
        .profile = options->profile,
        .handles = options->handles,
        .now = options->now,
        .lock = options->lock,
        .locked = options->locked,
        .update_lock = options->update_lock,
        .follow_links = options->follow_links,
        .compress = (enum ddb_compress)options->compress,
        .rate = (double)options->rate,
        .concurrency = (unsigned)options->concurrency,
        .wait_ms = (uint64_t)options->wait_ms,
        .wait_timeout_ms = (uint64_t)options->wait_timeout_ms,
        .yes = options->yes.at,
        .yes_count = options->yes.count,
        .strict = options->strict,
        .format = (enum ddb_format)options->format,
        .detail = options_detail(options),
        .color = wants_color(options, terminal_is_capable()),
        .color_out = wants_color(options, terminal_shows_output()),
        .columns = terminal_columns(),
        .progress = terminal_is_capable(),
        .stop = stop,
        .ask = terminal_ask,
        .ask_context = stop,
        .can_ask = terminal_can_ask(),
    };
    return ddb_open(&opening);
}

static int run(const struct options *options, struct stop *stop)
{
    struct ddb *ddb = open_ddb(options, stop);

    for (size_t i = 0; i < options->mistake_count; i++) {
        ddb_usage_error(ddb, options->mistakes[i].message, options->mistakes[i].help);
    }
    if (options->mistake_count == 0) {
        options->command->run(ddb, options);
    }
    return ddb_close(ddb);
}

static int run_or_help(const struct options *options, struct stop *stop)
{
    if (options->help && options->command != NULL) {
        help_print_command(stdout, options->command);
        return DDB_OK;
    }
    if (options->mistake_count > 0) {
        return run(options, stop);
    }
    if (options->help) {
        help_print_all(stdout, options->commands);
        return DDB_OK;
    }
    if (options->version) {
        cmd_version.run(NULL, options);
        return DDB_OK;
    }
    if (options->command == NULL) {
        help_print_short(stderr, options->commands);
        return DDB_INPUT;
    }
    return run(options, stop);
}

int main(int argc, char **argv)
{
    struct options options;

    terminal_open_standard();
    struct stop *stop = terminal_watch_interrupts();
    options_read(&options, commands, argc, argv);
    int code = run_or_help(&options, stop);
    options_deinit(&options);
    // Nobody reading any more (`| head`) is no failure; a full disk is.
    if (fflush(stdout) != 0 && errno != EPIPE && code == DDB_OK) {
        (void)fprintf(stderr, "ddbgen: cannot write to standard output: %s\n",
                      strerror(errno));
        code = DDB_WORLD;
    }
    return code;
}
