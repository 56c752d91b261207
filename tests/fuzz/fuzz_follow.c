// Links of a checkout, and paths through them: up to four lines are targets of the links
// l0 to l3 of a project, each other line is a path. What is followed inside of the
// project is the file that the kernel finds, and neither outside nor git's own; what a
// user names with the word that all links are to be followed is what the kernel finds,
// and nothing else.
#include "fuzz.h"

#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS 4

struct place {
    struct fuzz_stage stage;
    char base[FUZZ_FOLDER_MAX];
    const char *project;
    int back; // the current folder, before
};

static const char *in(struct place *place, const char *name)
{
    return arena_printf(&place->stage.arena, "%s/%s", place->base, name).at;
}

static void put_file(struct place *place, const char *name)
{
    int fd = open(in(place, name), O_WRONLY | O_CREAT | O_EXCL, 0600);
    FUZZ_REQUIRE(fd >= 0 && close(fd) == 0);
}

// A project beside a file and a folder that are none of its own; d/e holds two links.
static void place_make(struct place *place, struct str text)
{
    static const char *const FOLDERS[] = {
        "out",         "project",      "project/.git",         "project/d",
        "project/d/e", "project/bare", "project/bare/objects", "project/bare/refs"};
    static const char *const FILES[] = {
        "secret",           "out/f", "project/f", "project/d/f", "project/.git/config",
        "project/bare/HEAD"};
    fuzz_stage_init(&place->stage, text);
    fuzz_folder_make(place->base);
    for (size_t i = 0; i < sizeof FOLDERS / sizeof FOLDERS[0]; i++) {
        FUZZ_REQUIRE(mkdir(in(place, FOLDERS[i]), 0700) == 0);
    }
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        put_file(place, FILES[i]);
    }
    place->project = in(place, "project");
    place->back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    FUZZ_REQUIRE(place->back >= 0 && chdir(place->project) == 0);
}

// The next line without NUL bytes.
static const char *next_line(struct place *place, struct str *rest)
{
    struct str line = {rest->at, str_find_char(*rest, '\n')};
    *rest = str_skip(*rest, line.len < rest->len ? line.len + 1 : line.len);
    line.len = str_find_char(line, '\0');
    return arena_str(&place->stage.arena, line).at;
}

static void make_links(struct place *place, struct str *rest)
{
    static const char *const NAMES[LINKS] = {"project/l0", "project/l1", "project/d/l2",
                                             "project/d/e/l3"};
    for (size_t i = 0; i < LINKS && rest->len > 0; i++) {
        if (symlink(next_line(place, rest), in(place, NAMES[i])) != 0) {
            continue; // the kernel takes no empty target, and none that is too long
        }
    }
}

// What the kernel finds, "" where it does not, with errno.
static const char *kernel_finds(char real[PATH_MAX], const char *path)
{
    char link[64];
    real[0] = '\0';
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd >= 0) {
        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t len = readlink(link, real, PATH_MAX - 1);
        FUZZ_REQUIRE(len > 0);
        real[len] = '\0';
        (void)close(fd);
    }
    return real;
}

static void require_path(struct place *place, const char *path)
{
    char real[PATH_MAX];
    struct followed followed;
    struct arena *arena = &place->stage.arena;
    const char *git = in(place, "project/.git");
    const char *bare = in(place, "project/bare");
    enum follow_result inside =
        follow_inside(&followed, place->project, place->project, path, arena);
    kernel_finds(real, path);
    if (inside == FOLLOW_OK) {
        FUZZ_REQUIRE(strcmp(followed.real, real) == 0);
        FUZZ_REQUIRE(follow_holds(place->project, real));
        FUZZ_REQUIRE(!follow_holds(git, real) && !follow_holds(bare, real));
    }
    // The system's own links are of processes, and change from one look to the next.
    const struct str text = place->stage.source.text;
    if (str_find(text, STR("proc")) < text.len ||
        str_find(text, STR("dev")) < text.len) {
        return;
    }
    enum follow_result named = follow_named(&followed, path, true, arena);
    FUZZ_REQUIRE(named == FOLLOW_OK || named == FOLLOW_ERRNO);
    FUZZ_REQUIRE((named == FOLLOW_OK) == (real[0] != '\0'));
    FUZZ_REQUIRE(named != FOLLOW_OK || strcmp(followed.real, real) == 0);
}

static void place_remove(struct place *place)
{
    FUZZ_REQUIRE(fchdir(place->back) == 0 && close(place->back) == 0);
    fuzz_folder_remove(place->base);
    fuzz_stage_deinit(&place->stage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct place place;
    struct str rest = {(const char *)data, size};
    place_make(&place, rest);
    make_links(&place, &rest);
    while (rest.len > 0) {
        require_path(&place, next_line(&place, &rest));
    }
    place_remove(&place);
    return 0;
}
