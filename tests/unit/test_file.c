// file: reading under a ceiling, what is not a regular file, and replacing whole or not
// at all. Everything happens in a folder of its own, which is the working directory.
#include "unit.h"

#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static char folder[] = "/tmp/ddbgen-test-file-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL || chdir(folder) != 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink("a.txt");
    (void)unlink("fifo");
    (void)rmdir("sub");
    return chdir("/") != 0 || rmdir(folder) != 0 ? -1 : 0; // fails if anything is left
}

static void write_file(const char *path, struct str text)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text.at, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

static size_t count_entries(void)
{
    DIR *open_folder = opendir(".");
    size_t count = 0;

    assert_non_null(open_folder);
    while (readdir(open_folder) != NULL) {
        count++;
    }
    closedir(open_folder);
    return count - 2; // . and ..
}

static void test_reading(void **state)
{
    struct arena arena = {0};
    struct str text;
    (void)state;

    write_file("a.txt", STR("one\0two\n"));
    assert_int_equal(file_read(&text, "a.txt", 8, &arena), FILE_OK);
    assert_str(text, STR("one\0two\n"));
    assert_int_equal(file_read(&text, "a.txt", 7, &arena), FILE_TOO_LARGE);
    assert_int_equal(text.len, 0);
    write_file("a.txt", STR(""));
    assert_int_equal(file_read(&text, "a.txt", 0, &arena), FILE_OK);
    assert_int_equal(text.len, 0);
    // What is known to be too large is not even asked memory for.
    assert_int_equal(truncate("a.txt", (off_t)1 << 42), 0);
    assert_int_equal(file_read(&text, "a.txt", 1 << 20, &arena), FILE_TOO_LARGE);
    assert_int_equal(truncate("a.txt", 0), 0);
    // A size of 0 that is not the truth.
    const char *status = arena_printf(&arena, "/proc/%d/status", (int)getpid()).at;
    assert_int_equal(file_read(&text, status, 1 << 20, &arena), FILE_OK);
    assert_true(text.len > 100);
    assert_int_equal(file_read(&text, status, 100, &arena), FILE_TOO_LARGE);
    arena_deinit(&arena);
}

static void test_what_cannot_be_read(void **state)
{
    struct arena arena = {0};
    struct str text;
    int fd = 0;
    (void)state;

    assert_int_equal(file_read(&text, "missing", 100, &arena), FILE_ERRNO);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(file_read(&text, "", 100, &arena), FILE_ERRNO);
    assert_int_equal(file_read(&text, ".", 100, &arena), FILE_NOT_REGULAR);
    assert_int_equal(file_read(&text, "/dev/null", 100, &arena), FILE_NOT_REGULAR);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(file_open(&fd, "fifo"), FILE_NOT_REGULAR); // and does not hang
    assert_int_equal(fd, -1);
    assert_int_equal(unlink("fifo"), 0);
    assert_int_equal(file_open(&fd, "missing"), FILE_ERRNO);
    assert_int_equal(fd, -1);
    if (geteuid() != 0) {
        write_file("a.txt", STR("x"));
        assert_int_equal(chmod("a.txt", 0), 0);
        assert_int_equal(file_open(&fd, "a.txt"), FILE_ERRNO);
        assert_int_equal(errno, EACCES);
        assert_int_equal(chmod("a.txt", 0600), 0);
    }
    arena_deinit(&arena);
}

// Links are followed before a file is opened, or not at all.
static void test_links_are_not_followed(void **state)
{
    int fd = -1;
    (void)state;

    write_file("a.txt", STR("x"));
    assert_int_equal(mkdir("real", 0700), 0);
    write_file("real/a.txt", STR("x"));
    assert_int_equal(symlink("a.txt", "link.txt"), 0);
    assert_int_equal(symlink("real", "way"), 0);
    assert_int_equal(file_open(&fd, "real/../real//a.txt"), FILE_OK);
    assert_int_equal(close(fd), 0);
    assert_int_equal(file_open(&fd, "link.txt"), FILE_ERRNO);
    assert_int_equal(errno, ELOOP);
    assert_int_equal(file_open(&fd, "way/a.txt"), FILE_ERRNO);
    assert_int_equal(errno, ENOTDIR);
    assert_int_equal(fd, -1);
    assert_int_equal(unlink("link.txt"), 0);
    assert_int_equal(unlink("way"), 0);
    assert_int_equal(unlink("real/a.txt"), 0);
    assert_int_equal(rmdir("real"), 0);
}

static struct stop stop;

static void on_alarm(int number)
{
    (void)number;
    stop_set(&stop);
}

// A pipe that nobody writes into or reads from any more does not hold anyone up.
static void test_stopping(void **state)
{
    static const struct timeval SOON = {.tv_usec = 50000};
    struct sigaction action = {.sa_handler = on_alarm};
    const struct itimerval timer = {.it_value = SOON};
    char block[200000];
    int ends[2];
    int spool = -1;
    (void)state;

    memset(block, 'x', sizeof block);
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(pipe(ends), 0);
    for (int writing = 0; writing < 2; writing++) {
        stop = (struct stop){0};
        assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
        if (writing) {
            struct str all = {block, sizeof block};
            assert_false(file_write_until(ends[1], all, &stop));
            assert_int_equal(errno, EINTR);
        } else {
            assert_int_equal(file_spool(&spool, ends[0], 10, &stop), FILE_STOPPED);
        }
        assert_true(stop_is_set(&stop));
    }
    // Also when the signal came before.
    assert_int_equal(file_spool(&spool, ends[1], 10, &stop), FILE_STOPPED);
    assert_int_equal(spool, -1);
    close(ends[0]);
    close(ends[1]);
}

static void test_opening(void **state)
{
    int fd = -1;
    (void)state;

    write_file("a.txt", STR("x"));
    assert_int_equal(file_open(&fd, "a.txt"), FILE_OK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(close(fd), 0);
}

// A pipe that holds text and is at its end behind it.
static int pipe_with(struct str text)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_true(file_write_all(ends[1], text));
    assert_int_equal(close(ends[1]), 0);
    return ends[0];
}

static void test_standard_input(void **state)
{
    struct arena arena = {0};
    struct str text;
    const int saved = dup(STDIN_FILENO);
    (void)state;

    for (size_t max = 11; max >= 10; max--) {
        const int fd = pipe_with(STR("hello\nworld"));
        assert_true(dup2(fd, STDIN_FILENO) >= 0);
        close(fd);
        if (max == 11) {
            assert_int_equal(file_read_stream(&text, STDIN_FILENO, max, NULL, &arena),
                             FILE_OK);
            assert_text(text, "hello\nworld");
        } else {
            assert_int_equal(file_read_stream(&text, STDIN_FILENO, max, NULL, &arena),
                             FILE_TOO_LARGE);
        }
    }
    if (saved >= 0) {
        (void)dup2(saved, STDIN_FILENO);
        close(saved);
    }
    arena_deinit(&arena);
}

static void test_spooling(void **state)
{
    char block[50000];
    char back[60000];
    int spool = -1;
    (void)state;

    memset(block, 'x', sizeof block);
    int fd = pipe_with((struct str){block, sizeof block});
    assert_int_equal(file_spool(&spool, fd, sizeof block, NULL), FILE_OK);
    close(fd);
    assert_int_equal(read(spool, back, sizeof back), sizeof block);
    assert_memory_equal(back, block, sizeof block);
    struct stat info;
    assert_int_equal(fstat(spool, &info), 0);
    assert_int_equal(info.st_nlink, 0);
    assert_int_equal(info.st_mode & 077, 0);
    close(spool);

    fd = pipe_with((struct str){block, sizeof block});
    assert_int_equal(file_spool(&spool, fd, sizeof block - 1, NULL), FILE_TOO_LARGE);
    assert_int_equal(spool, -1);
    close(fd);
    assert_int_equal(file_spool(&spool, -1, 10, NULL), FILE_ERRNO);
    assert_int_equal(errno, EBADF);
}

static void test_spooling_into_tmpdir(void **state)
{
    int spool = -1;
    const int fd = pipe_with(STR("x"));
    (void)state;

    assert_int_equal(setenv("TMPDIR", "/nonexistent/ddbgen", 1), 0);
    assert_int_equal(file_spool(&spool, fd, 10, NULL), FILE_ERRNO);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(setenv("TMPDIR", folder, 1), 0);
    const size_t before = count_entries();
    assert_int_equal(file_spool(&spool, fd, 10, NULL), FILE_OK);
    assert_int_equal(count_entries(), before);
    close(spool);
    close(fd);
    assert_int_equal(unsetenv("TMPDIR"), 0);
}

static void test_writing_through_a_full_nonblocking_pipe(void **state)
{
    static char large[300000];
    static char back[300000];
    int ends[2];
    (void)state;

    memset(large, 'y', sizeof large);
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        _exit(file_write_all(ends[1], (struct str){large, sizeof large}) ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(fcntl(ends[0], F_SETFL, 0), 0);
    size_t have = 0;
    ssize_t got = 0;
    while ((got = read(ends[0], back + have, sizeof back - have)) > 0) {
        have += (size_t)got;
    }
    assert_int_equal(have, sizeof large);
    assert_memory_equal(back, large, sizeof large);
    close(ends[0]);
    assert_false(file_write_all(-1, STR("x")));
    assert_int_equal(errno, EBADF);
    assert_true(file_write_all(-1, STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_what_cannot_be_read),
        cmocka_unit_test(test_opening),
        cmocka_unit_test(test_links_are_not_followed),
        cmocka_unit_test(test_stopping),
        cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_spooling),
        cmocka_unit_test(test_spooling_into_tmpdir),
        cmocka_unit_test(test_writing_through_a_full_nonblocking_pipe),
    };
    return cmocka_run_group_tests_name("file", tests, set_up, tear_down);
}
