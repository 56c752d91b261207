// A ledger as files. In: bytes of entries. Out: TABLE, a base, replaced whole, and
// TABLE+notes, to which notes are appended; TABLE+lock is held by who writes.
//
//     TABLE          a line that says what it is, then blocks: the head, the entries,
//                    the end
//     TABLE+notes    the same line, then blocks: the head of its base, and one for each
//                    note. What a run that was killed left half written is cut off
//
// What is not as it was written is as good as not there: a ledger helps, and nothing
// depends on it.
#include "ledger_file.h"

#include "await.h"
#include "file.h"
#include "heap.h"
#include "instant.h"
#include "ledger_folder.h"
#include "ledger_owner.h"
#include "ledger_sound.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOLDER_MAX 600u    // of a lock's words
#define LOCK_WAIT_MS 2000u // another apply may be at its end

struct ledger_file {
    struct ledger_store store;
    int folder;
    int lock; // -1: not held
    const char *base_name;
    const char *new_name;
    const char *notes_name;
    struct sound base;
    struct sound notes;
    int notes_fd; // to be appended to; -1: not begun
    int new_fd;   // -1: no base is being written
    struct block_writer writer;
    struct zip *zip;
};

static struct ledger_file *file_of(struct ledger_store *store)
{
    return (struct ledger_file *)store; // its first member
}

static bool failed(struct ledger_file *file)
{
    file->store.trouble = arena_printf(file->store.arena, "%s", strerror(errno));
    return false;
}

// ---- reading

// Opens what is to be trusted. False: *why, or errno.
static bool open_trusted(int *fd, const char **why, int folder, const char *name)
{
    struct stat info;
    *fd =
        openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (*fd < 0) {
        *why = errno == ELOOP ? "it is a link" : NULL;
        return false;
    }
    if (fstat(*fd, &info) != 0) {
        *why = "its owner is not known";
    } else if (!S_ISREG(info.st_mode)) {
        *why = "it is no file";
    } else {
        *why = ledger_why_untrusted(&info);
    }
    if (*why != NULL) {
        (void)close(*fd);
        *fd = -1;
    }
    return *why == NULL;
}

static void examine(struct sound *out, struct ledger_file *file, const char *name,
                    bool ends)
{
    const char *why = NULL;
    int fd = -1;
    if (open_trusted(&fd, &why, file->folder, name)) {
        sound_examine(out, fd, ends, file->store.arena);
        return;
    }
    *out = (struct sound){.fd = -1, .why = why};
    if (why == NULL && errno != ENOENT) {
        out->why = arena_printf(file->store.arena, "%s", strerror(errno)).at;
    }
}

static bool read_base(struct ledger_store *store, struct byte_sink to)
{
    return sound_read(&file_of(store)->base, to, &store->trouble);
}

static bool read_notes(struct ledger_store *store, struct byte_sink to)
{
    return !store->has_notes || sound_read(&file_of(store)->notes, to, &store->trouble);
}

// What stands there, into the store's state.
static void look(struct ledger_file *file)
{
    struct ledger_store *store = &file->store;
    examine(&file->base, file, file->base_name, true);
    if (file->base.why != NULL) {
        store->state = LEDGER_STATE_UNSOUND;
        store->why = file->base.why;
        return;
    }
    if (file->base.fd < 0) {
        store->state = LEDGER_STATE_EMPTY;
        return;
    }
    store->state = LEDGER_STATE_FOUND;
    store->head = file->base.head;
    store->bytes = file->base.size;
    store->length = file->base.length;
    store->checksum = file->base.checksum;
    examine(&file->notes, file, file->notes_name, false);
    // Of another base: what a run left between its new base and the end of its notes.
    if (file->notes.fd >= 0 && file->notes.why == NULL &&
        uuid_eq(&file->notes.head.base, &store->head.base)) {
        store->has_notes = true;
        store->bytes += file->notes.size;
    } else {
        sound_close(&file->notes);
    }
}

// ---- writing

static bool write_block(void *context, struct str bytes)
{
    const struct ledger_file *file = context;
    return file_write_all(file->new_fd, bytes);
}

static bool rebase(struct ledger_store *store)
{
    struct ledger_file *file = file_of(store);
    if (unlinkat(file->folder, file->new_name, 0) != 0 && errno != ENOENT) {
        return failed(file);
    }
    file->new_fd = openat(file->folder, file->new_name,
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file->new_fd < 0) {
        return failed(file);
    }
    block_writer_init(&file->writer, (struct byte_sink){write_block, file});
    return (file_write_all(file->new_fd, STR(LEDGER_MAGIC)) &&
            sound_put_head(&file->writer, &store->head)) ||
           failed(file);
}

static bool put(struct ledger_store *store, struct str bytes)
{
    struct ledger_file *file = file_of(store);
    return block_writer_put(&file->writer, bytes) || failed(file);
}

static void drop_new(struct ledger_file *file)
{
    if (file->new_fd >= 0) {
        (void)close(file->new_fd);
        (void)unlinkat(file->folder, file->new_name, 0);
        block_writer_deinit(&file->writer);
        file->new_fd = -1;
    }
}

static void drop_notes(struct ledger_file *file)
{
    if (file->notes_fd >= 0) {
        (void)close(file->notes_fd);
        file->notes_fd = -1;
    }
    sound_close(&file->notes);
    file->store.has_notes = false;
    (void)unlinkat(file->folder, file->notes_name, 0); // they name another base
}

static bool commit(struct ledger_store *store)
{
    struct ledger_file *file = file_of(store);
    bool written =
        block_writer_end(&file->writer) && fdatasync(file->new_fd) == 0 &&
        renameat(file->folder, file->new_name, file->folder, file->base_name) == 0;
    if (!written) {
        bool told = failed(file);
        drop_new(file);
        return told;
    }
    (void)close(file->new_fd);
    file->new_fd = -1;
    block_writer_deinit(&file->writer);
    drop_notes(file);
    sound_close(&file->base);
    store->state = LEDGER_STATE_FOUND;
    return true;
}

static bool write_beginning(struct ledger_file *file)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    sound_put_beginning(&text, file->zip, &file->store.head);
    bool written = file_write_all(file->notes_fd, buf_str(&text));
    buf_deinit(&text);
    return written;
}

static bool open_notes(struct ledger_file *file)
{
    const struct ledger_store *store = &file->store;
    int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    if (!store->has_notes) {
        (void)unlinkat(file->folder, file->notes_name, 0); // whatever it was
        flags |= O_EXCL;
    }
    file->notes_fd = openat(file->folder, file->notes_name, flags, 0600);
    if (file->notes_fd < 0) {
        return failed(file);
    }
    if (!store->has_notes) {
        return write_beginning(file) || failed(file);
    }
    off_t size = (off_t)file->notes.size; // what is half there is cut off
    return (ftruncate(file->notes_fd, size) == 0 &&
            lseek(file->notes_fd, size, SEEK_SET) == size) ||
           failed(file);
}

static bool begin(struct ledger_store *store)
{
    struct ledger_file *file = file_of(store);
    if (store->state != LEDGER_STATE_FOUND && !(rebase(store) && commit(store))) {
        drop_new(file);
        return false;
    }
    return open_notes(file);
}

static bool note(struct ledger_store *store, struct str bytes)
{
    struct ledger_file *file = file_of(store);
    struct buf text;
    bool written = true;
    buf_init(&text, 2 * BLOCK_RAW_MAX);
    while (bytes.len > 0 && written) {
        struct str part = {bytes.at,
                           bytes.len < BLOCK_RAW_MAX ? bytes.len : BLOCK_RAW_MAX};
        buf_reset(&text);
        block_put(&text, file->zip, part);
        written = file_write_all(file->notes_fd, buf_str(&text));
        bytes = str_skip(bytes, part.len);
    }
    buf_deinit(&text);
    return written || failed(file);
}

static bool forget(struct ledger_store *store)
{
    struct ledger_file *file = file_of(store);
    drop_notes(file);
    sound_close(&file->base);
    store->state = LEDGER_STATE_EMPTY;
    return unlinkat(file->folder, file->base_name, 0) == 0 || errno == ENOENT ||
           failed(file);
}

static bool is_held(struct ledger_store *store)
{
    (void)store; // from opening on; and who holds the lock of a file is alive
    return true;
}

static void close_file(struct ledger_store *store)
{
    struct ledger_file *file = file_of(store);
    drop_new(file);
    sound_close(&file->base);
    sound_close(&file->notes);
    if (file->notes_fd >= 0) {
        (void)close(file->notes_fd);
    }
    if (file->lock >= 0) {
        (void)!ftruncate(file->lock, 0); // it names nobody any more
        (void)close(file->lock);
    }
    if (file->folder >= 0) {
        (void)close(file->folder);
    }
    zip_free(file->zip);
    free(file);
}

// ---- opening

static struct str holder(int lock, struct arena *arena)
{
    char text[HOLDER_MAX];
    ssize_t got = pread(lock, text, sizeof text, 0);
    return got > 0 ? arena_str(arena, (struct str){text, (size_t)got})
                   : STR("another run on this machine");
}

static enum ledger_opened hold(struct ledger_file *file, const char *name,
                               const struct stop *stop)
{
    struct arena *arena = file->store.arena;
    struct wait_limits limits = {clock_monotonic_ms() + LOCK_WAIT_MS, stop};
    bool held = false;
    int fd =
        openat(file->folder, name,
               O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
    if (fd < 0) {
        (void)failed(file);
        return LEDGER_UNUSABLE;
    }
    if (wait_for_lock(&held, fd, &limits) != WAITED_READY) {
        file->store.trouble = holder(fd, arena);
        (void)close(fd);
        return LEDGER_HELD;
    }
    struct str owner = ledger_owner(arena);
    struct str since = ledger_time(arena);
    struct str words =
        arena_printf(arena, "%.*s, since %.*s", STR_ARG(owner), STR_ARG(since));
    file->lock = fd;
    // Only words for others.
    (void)(ftruncate(fd, 0) == 0 && file_write_all(fd, words));
    return LEDGER_OPENED;
}

static const struct ledger_store_kind KIND = {
    .base = read_base,
    .notes = read_notes,
    .hold = is_held,
    .begin = begin,
    .note = note,
    .rebase = rebase,
    .put = put,
    .commit = commit,
    .forget = forget,
    .beat = is_held,
    .close = close_file,
};

// Where it is, as far as people need it.
static struct str shown(const struct ledger_file_options *options, struct arena *arena)
{
    return arena_printf(arena, LEDGER_FOLDER "/%s/%s",
                        ledger_file_name(options->target, "", arena),
                        ledger_file_name(options->table, "", arena));
}

static enum ledger_opened open_folder(struct ledger_file *file,
                                      const struct ledger_file_options *options)
{
    const char *why = NULL;
    file->folder = ledger_folder_open(&why, options->root, options->target,
                                      options->writes, file->store.arena);
    if (file->folder >= 0 || (errno == ENOENT && why == NULL && !options->writes)) {
        return LEDGER_OPENED;
    }
    file->store.trouble = why != NULL ? str_from(why) : str_from(strerror(errno));
    return LEDGER_UNUSABLE;
}

enum ledger_opened ledger_file_open(struct ledger_store **out, struct str *trouble,
                                    const struct ledger_file_options *options,
                                    struct arena *arena)
{
    struct ledger_file *file = heap_calloc(1, sizeof *file);
    *file = (struct ledger_file){
        .store = {.kind = &KIND, .arena = arena, .name = shown(options, arena)},
        .folder = -1,
        .lock = -1,
        .base_name = ledger_file_name(options->table, "", arena),
        .new_name = ledger_file_name(options->table, "+new", arena),
        .notes_name = ledger_file_name(options->table, "+notes", arena),
        .base = {.fd = -1},
        .notes = {.fd = -1},
        .notes_fd = -1,
        .new_fd = -1,
        .zip = zip_new(),
    };
    enum ledger_opened opened = open_folder(file, options);
    if (opened == LEDGER_OPENED && options->writes) {
        opened =
            hold(file, ledger_file_name(options->table, "+lock", arena), options->stop);
    }
    if (opened == LEDGER_OPENED && file->folder >= 0) {
        look(file);
    }
    *trouble = file->store.trouble;
    if (opened != LEDGER_OPENED) {
        close_file(&file->store);
        return opened;
    }
    *out = &file->store;
    return LEDGER_OPENED;
}
