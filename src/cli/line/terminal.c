// The process' surroundings: standard descriptors, signals, questions on the terminal.
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_MAX 10000

// The one mutable global: a signal handler can reach nothing else.
static struct stop interrupted;

void terminal_open_standard(void)
{
    // A result that nobody could ever get is a failure, lost messages are not.
    static const int MODES[] = {O_WRONLY, O_RDONLY, O_RDWR};

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", MODES[fd]) != fd) {
            _exit(70); // not even /dev/null: nothing could be said about it
        }
    }
}

// What asks a program to end. A terminal that goes away does, too.
static const int ENDINGS[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

// The second one kills, whichever it is, should anything hang.
static void on_interrupt(int signal_number)
{
    struct sigaction action;

    (void)signal_number;
    stop_set(&interrupted);
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++) {
        struct sigaction before;
        if (sigaction(ENDINGS[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            (void)sigaction(ENDINGS[i], &action, NULL);
        }
    }
}

struct stop *terminal_watch_interrupts(void)
{
    struct sigaction action;
    struct sigaction before;

    memset(&action, 0, sizeof action);
    (void)sigemptyset(&action.sa_mask);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &action, NULL);
    (void)sigaction(SIGXFSZ, &action, NULL);

    // Not restarting: a read from the terminal ends.
    action.sa_handler = on_interrupt;
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++) {
        // What was ignored from the start (nohup, a background job) stays so.
        if (sigaction(ENDINGS[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            (void)sigaction(ENDINGS[i], &action, NULL);
        }
    }
    return &interrupted;
}

static bool is_capable(int fd)
{
    const char *terminal = getenv("TERM");

    return isatty(fd) == 1 && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

bool terminal_is_capable(void)
{
    return is_capable(STDERR_FILENO);
}

bool terminal_shows_output(void)
{
    return is_capable(STDOUT_FILENO);
}

unsigned terminal_columns(void)
{
    const char *said = getenv("COLUMNS");
    char *end = NULL;
    unsigned long columns = said == NULL ? 0 : strtoul(said, &end, 10);
    struct winsize size = {0};

    if (columns > 0 && columns <= COLUMNS_MAX && *end == '\0') {
        return (unsigned)columns;
    }
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static bool put_all(int fd, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t written = write(fd, text, left);
        if (written < 0) {
            return false;
        }
        text += written;
        left -= (size_t)written;
    }
    return true;
}

// One line without its LF. False at the end of the input, when interrupted, and for a
// line that does not fit: a clipped one might look like the right answer.
static bool get_line(int fd, char *line, size_t size, const struct stop *stop)
{
    size_t len = 0;
    for (;;) {
        char c = '\0';
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR && !stop_is_set(stop)) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        if (c == '\n') {
            line[len < size ? len : 0] = '\0';
            return len < size;
        }
        if (len < size - 1) {
            line[len] = c;
            len++;
        } else {
            len = size;
        }
    }
}

bool terminal_can_ask(void)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0) {
        (void)close(fd);
    }
    return fd >= 0;
}

bool terminal_ask(void *context, const char *prompt, char *answer, size_t size)
{
    const struct stop *stop = context;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

    if (fd < 0 || size == 0) {
        return false;
    }
    bool answered = put_all(fd, prompt) && get_line(fd, answer, size, stop);
    (void)close(fd);
    return answered;
}
