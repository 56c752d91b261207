// A revision's tree as git lists it, an empty entry, and its blobs as git has them.
// Whatever they are: what is refused is diagnosed, and names of entries are those that
// a checkout may have; what is taken is there as it was told; nothing is written
// anywhere but into the folder of the files, through whatever links.
#include "fuzz.h"

#include "folder.h"
#include "git_files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A folder with the folder "files", and beside it a file that nobody is to touch.
struct place {
    char base[FUZZ_FOLDER_MAX];
    char files[48];
    char outside[48];
};

static void place_make(struct place *place)
{
    fuzz_folder_make(place->base);
    (void)snprintf(place->files, sizeof place->files, "%s/files", place->base);
    (void)snprintf(place->outside, sizeof place->outside, "%s/outside", place->base);
    FUZZ_REQUIRE(mkdir(place->files, 0700) == 0);
    int fd = open(place->outside, O_WRONLY | O_CREAT | O_EXCL, 0600);
    FUZZ_REQUIRE(fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0);
}

static bool count_entry(void *context, int dir_fd, const struct folder_entry *entry)
{
    size_t *count = context;
    (void)dir_fd;
    (*count)++;
    return strcmp(entry->name, "files") == 0 || strcmp(entry->name, "outside") == 0;
}

static void require_untouched(const struct place *place)
{
    struct stat info;
    char text[2];
    size_t count = 0;
    FUZZ_REQUIRE(folder_walk(AT_FDCWD, place->base, count_entry, &count) ==
                 FOLDER_DONE);
    FUZZ_REQUIRE(count == 2);
    int fd = open(place->outside, O_RDONLY);
    FUZZ_REQUIRE(fd >= 0 && read(fd, text, sizeof text) == 1 && text[0] == 'x');
    FUZZ_REQUIRE(fstat(fd, &info) == 0 && (info.st_mode & 07777) == 0600);
    FUZZ_REQUIRE(info.st_nlink == 1 && close(fd) == 0);
}

static void require_name(const char *path)
{
    FUZZ_REQUIRE(path[0] != '/' && path[0] != '\0');
    for (const char *part = path; part != NULL;) {
        const char *end = strchr(part, '/');
        struct str name = {part, end == NULL ? strlen(part) : (size_t)(end - part)};
        FUZZ_REQUIRE(name.len > 0 && !str_is(name, ".") && !str_is(name, "..") &&
                     !str_is(name, ".git"));
        part = end == NULL ? NULL : end + 1;
    }
}

static void require_entry(const struct place *place, const struct git_entry *entry)
{
    struct stat info;
    char path[4096];
    int len = snprintf(path, sizeof path, "%s/%s", place->files, entry->path);
    FUZZ_REQUIRE(len > 0 && (size_t)len < sizeof path && lstat(path, &info) == 0);
    FUZZ_REQUIRE(S_ISDIR(info.st_mode) == (entry->kind == 'd'));
    FUZZ_REQUIRE(S_ISLNK(info.st_mode) == (entry->kind == 'l'));
    FUZZ_REQUIRE(entry->kind == 'd' || (uint64_t)info.st_size == entry->size);
}

static void make(const struct git_list *list, struct str blobs, const struct git *git)
{
    struct place place;
    place_make(&place);
    FILE *stream = fmemopen((void *)(uintptr_t)blobs.at, blobs.len, "r");
    FUZZ_REQUIRE(stream != NULL);
    if (git_files_make(place.files, list, stream, git)) {
        for (size_t i = 0; i < list->count; i++) {
            require_entry(&place, &list->entries[i]);
        }
    } else {
        FUZZ_REQUIRE(git->diags->errors == 1);
    }
    (void)fclose(stream);
    require_untouched(&place);
    fuzz_folder_remove(place.base);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char BETWEEN[2] = {0};
    struct fuzz_stage stage;
    struct git_list list;
    struct str text = {(const char *)data, size};
    fuzz_stage_init(&stage, text);
    struct git git = {.arena = &stage.arena, .diags = &stage.diags};
    text.len = str_find(text, (struct str){BETWEEN, sizeof BETWEEN});
    struct str blobs = str_skip(stage.source.text, text.len);
    blobs = str_skip(blobs, blobs.len < sizeof BETWEEN ? blobs.len : sizeof BETWEEN);
    if (git_list_read(&list, text, &git)) {
        FUZZ_REQUIRE(stage.diags.errors == 0);
        for (size_t i = 0; i < list.count; i++) {
            require_name(list.entries[i].path);
        }
        if (list.count > 0 && blobs.len > 0) {
            make(&list, blobs, &git);
        }
    } else {
        FUZZ_REQUIRE(stage.diags.errors == 1);
    }
    fuzz_stage_deinit(&stage);
    return 0;
}
