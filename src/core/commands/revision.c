// Another time's build. In: the run's FILEs and a revision. Out: what `build -o` would
// have written of them then.
//
// The revision's files are in a folder of ours (git_tree.h). There a child compiles
// them: its current folder is to these files what ours is to the present ones, so that
// all paths, relative to it, mean the same and are shown the same.
#include "revision.h"

#include "build_made.h"
#include "child.h"
#include "connect.h"
#include "diag_print.h"
#include "file.h"
#include "locks.h"
#include "lookup.h"
#include "pipeline.h"
#include "project.h"
#include "report.h"
#include "resolve.h"
#include "run.h"
#include "stop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHORT_COMMIT 12
#define MISTAKES_SHOWN 10
#define MISTAKES_MAX_BYTES ((size_t)256 << 10)

struct builder {
    struct revision *revision;
    struct ddb *ddb;
    const char *name;      // of the revision
    const char *folder;    // the current one's counterpart
    int current;           // and that folder, open
    const char **files;    // file_count of them
    bool *are_definitions; // now, each of these
    size_t *units;         // which, then
    size_t file_count;
    bool lacks_fixtures; // those that the command line names were not there
    const char *handles; // the options of the child
    const char *lock;
};

// ---- where things were

// The counterpart of a file of the repository, whether it is there or not. NULL: the
// file lies elsewhere.
static const char *counterpart(const struct builder *builder, const char *path)
{
    struct arena *arena = &builder->ddb->arena;
    const struct git_tree *tree = &builder->revision->tree;
    const char *real = project_resolve(path, arena);
    if (real == NULL || !project_holds(tree->root, real)) {
        return NULL;
    }
    return arena_printf(arena, "%s%s", tree->files, real + strlen(tree->root)).at;
}

// What lies behind a link of then is: whoever reads it judges the link.
static bool is_there(const char *path)
{
    struct stat info;
    const char *name = NULL;
    int folder = file_open_folder_of(&name, path);
    if (folder < 0) {
        return errno != ENOENT;
    }
    bool there = fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0;
    (void)close(folder);
    return there;
}

// As seen from the child's current folder: as we see the present one.
static const char *seen(const struct builder *builder, const char *path)
{
    return project_relative_from(path, builder->folder, &builder->ddb->arena);
}

static bool refuse(const struct builder *builder, const char *path, const char *why)
{
    struct ddb *ddb = builder->ddb;
    struct diag *diag = diag_add(&ddb->diags, DIAG_GIT, (struct span){0}, "%s %s",
                                 diag_quote(&ddb->diags, str_from(path)), why);
    diag_help(&ddb->diags, diag,
              "name the folder of a build of it instead: DIR in place of git:REV");
    return false;
}

// ---- what is to be compiled

// The unit whose definition that is, or unit_count.
static size_t find_unit(const struct ddb *ddb, const char *path)
{
    size_t i = 0;
    while (i < ddb->compilation.unit_count &&
           !str_is(ddb->compilation.units[i].definition.source->name, path)) {
        i++;
    }
    return i;
}

// Those FILEs that were there. *definitions is how many of them are definitions now.
static bool find_files(struct builder *builder, size_t *definitions)
{
    const struct ddb_options *options = &builder->ddb->options;
    size_t fixtures = 0;
    bool named = false;
    *definitions = 0;
    builder->files =
        arena_array(&builder->ddb->arena, options->file_count, sizeof(const char *));
    builder->are_definitions =
        arena_array(&builder->ddb->arena, options->file_count, sizeof(bool));
    builder->units =
        arena_array(&builder->ddb->arena, options->file_count, sizeof(size_t));
    for (size_t i = 0; i < options->file_count; i++) {
        const char *path = options->files[i];
        int stream = resolve_descriptor(builder->ddb, path);
        if (stream >= 0) {
            return refuse(builder, path,
                          stream == 0 ? "is standard input, which has no revisions"
                                      : "is no file, and has no revisions");
        }
        const char *then = counterpart(builder, path);
        if (then == NULL) {
            return refuse(builder, path, "is outside of the repository");
        }
        size_t unit = find_unit(builder->ddb, path);
        bool definition = unit < builder->ddb->compilation.unit_count;
        named = named || !definition;
        if (is_there(then)) {
            builder->files[builder->file_count] = seen(builder, then);
            builder->are_definitions[builder->file_count] = definition;
            builder->units[builder->file_count++] = unit;
            *(definition ? definitions : &fixtures) += 1;
        }
    }
    builder->lacks_fixtures = named && fixtures == 0;
    return true;
}

// A file that an option names: as it was then, else as it is now.
static const char *find_option(const struct builder *builder, const char *path)
{
    if (path == NULL || resolve_descriptor(builder->ddb, path) >= 0) {
        return path;
    }
    const char *then = counterpart(builder, path);
    const char *now = project_resolve(path, &builder->ddb->arena);
    return then != NULL && is_there(then) ? seen(builder, then)
           : now != NULL                  ? now
                                          : path;
}

// Makes what is missing of a folder below that of the revision's files, and opens it. A
// link of the revision is not followed: -1 with ENOTDIR.
static int make_folders(const struct git_tree *tree, const char *path,
                        struct arena *arena)
{
    int at = open(tree->files, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct str rest = str_from(path + strlen(tree->files));
    while (at >= 0 && rest.len > 0) {
        struct str part = {rest.at, str_find_char(rest, '/')};
        rest = str_skip(rest, part.len);
        rest = str_skip(rest, rest.len > 0 ? 1 : 0);
        if (part.len == 0) {
            continue;
        }
        const char *name = arena_str(arena, part).at;
        bool made = mkdirat(at, name, 0700) == 0 || errno == EEXIST;
        int next =
            made ? openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        int saved = errno;
        (void)close(at);
        errno = saved;
        at = next;
    }
    return at;
}

// A definition that had no lock yet gets the present one: the handles of then are
// hardly others. Through a link of the revision nothing is written.
static bool lend_lock(const struct builder *builder, size_t unit)
{
    struct ddb *ddb = builder->ddb;
    const struct run_lock *now = ddb->unit_locks[unit].file;
    const char *then = now->source == NULL ? NULL : counterpart(builder, now->path);
    const char *name = NULL;
    int folder = then == NULL ? -1 : file_open_folder_of(&name, then);
    if (folder < 0) {
        return true; // there is none, or its folder was not there
    }
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    0600);
    bool was_there = fd < 0 && errno == EEXIST;
    bool fine = fd >= 0 && file_write_all(fd, now->source->text);
    fine = (fd < 0 || close(fd) == 0) && fine;
    (void)close(folder);
    return fine || was_there;
}

static bool prepare(struct builder *builder, size_t *definitions)
{
    struct ddb *ddb = builder->ddb;
    const struct git_tree *tree = &builder->revision->tree;
    const char *current = project_resolve(".", &ddb->arena);
    builder->folder = current == NULL ? NULL : counterpart(builder, current);
    if (builder->folder == NULL) {
        return refuse(builder, ".", "is outside of the repository");
    }
    if (!find_files(builder, definitions)) {
        return false;
    }
    builder->current = make_folders(tree, builder->folder, &ddb->arena);
    if (builder->current < 0 && errno == ENOTDIR) {
        return refuse(builder, ".", "was, or lay behind, a link at the revision");
    }
    bool fine = builder->current >= 0;
    for (size_t i = 0; i < ddb->compilation.unit_count && fine; i++) {
        fine = ddb->options.lock != NULL || lend_lock(builder, i);
    }
    if (!fine) {
        diag_add(&ddb->diags, DIAG_FILE_WRITE, (struct span){0},
                 "cannot write to a temporary folder: %s", strerror(errno));
    }
    builder->handles = find_option(builder, ddb->options.handles);
    builder->lock = find_option(builder, ddb->options.lock);
    return fine;
}

// ---- compiling it

// One try.
struct attempt {
    const struct builder *builder;
    const char **files; // file_count of them
    size_t file_count;
    const char *output; // where the build goes
    const char *made;   // and what its items were made for
    bool lacks_fixtures;
};

// To the parent: the first mistakes, and a last line with the number of all.
static bool hand_over_mistakes(struct ddb *then)
{
    struct buf out;
    buf_init(&out, MISTAKES_MAX_BYTES);
    size_t errors = diag_print_brief(&out, &then->diags, MISTAKES_SHOWN);
    buf_printf(&out, "%zu", errors);
    bool written = file_write_all(STDOUT_FILENO, buf_str(&out));
    buf_deinit(&out);
    return written;
}

// In the child. Its exit code is that of a build.
static int compile_then(void *context)
{
    const struct attempt *attempt = context;
    const struct builder *builder = attempt->builder;
    const struct ddb *now = builder->ddb;
    struct ddb_options options = now->options;
    if (fchdir(builder->current) != 0) {
        return DDB_WORLD;
    }
    options.files = attempt->files;
    options.file_count = attempt->file_count;
    options.handles = builder->handles;
    options.lock = builder->lock;
    options.follow_links = false; // nobody named what was linked then
    options.strict = false;       // warnings of then help nobody
    options.format = DDB_FORMAT_TEXT;
    options.progress = false;
    struct ddb *then = ddb_open(&options);
    then->compilation.now = now->compilation.now;
    then->no_own_fixtures = attempt->lacks_fixtures;
    then->given_read =
        now->given_read && resolve_descriptor(then, options.handles) >= 0;
    then->given_good = now->given_good;
    then->given_users = now->given_users;
    pipeline_build(then, LOOKUP_LOCKED, attempt->output, attempt->made);
    bool told = hand_over_mistakes(then);
    int code = ddb_close(then);
    return told ? code : DDB_WORLD;
}

static struct str short_commit(const struct builder *builder)
{
    struct str commit = builder->revision->tree.commit;
    commit.len = commit.len < SHORT_COMMIT ? commit.len : SHORT_COMMIT;
    return commit;
}

// The parts of a build beside those that are there.
static bool add_parts(const struct builder *builder, const char *output,
                      const char *made)
{
    struct ddb *ddb = builder->ddb;
    struct build_dir *all = &builder->revision->build;
    struct build_dir some = {0};
    if (!build_dir_read(&some, output, output, &ddb->arena, &ddb->diags)) {
        return false;
    }
    for (size_t i = 0; i < some.count; i++) {
        some.parts[i].made = made_file(made, some.parts[i].table.name, &ddb->arena);
    }
    struct build_part *parts =
        arena_array(&ddb->arena, all->count + some.count, sizeof *parts);
    for (size_t i = 0; i < all->count + some.count; i++) {
        parts[i] = i < all->count ? all->parts[i] : some.parts[i - all->count];
    }
    *all = (struct build_dir){parts, all->count + some.count};
    return true;
}

enum tried {
    TRIED_GOOD,
    TRIED_MISTAKEN, // the files are not in order
    TRIED_STOPPED,  // diagnosed, or interrupted
};

static enum tried try(struct child *child, struct attempt *attempt, size_t number)
{
    const struct builder *builder = attempt->builder;
    struct ddb *ddb = builder->ddb;
    attempt->output = arena_printf(&ddb->arena, "%s/build-%zu",
                                   builder->revision->tree.folder, number)
                          .at;
    attempt->made =
        arena_printf(&ddb->arena, "%s/made-%zu", builder->revision->tree.folder, number)
            .at;
    child_run(child, NULL, compile_then, attempt, ddb->options.stop, &ddb->arena);
    if (child->code == DDB_OK) {
        return add_parts(builder, attempt->output, attempt->made) ? TRIED_GOOD
                                                                  : TRIED_STOPPED;
    }
    if (child->code == DDB_INTERRUPTED || stop_is_set(ddb->compilation.stop)) {
        return TRIED_STOPPED;
    }
    if (child->code == DDB_INPUT || child->code == DDB_REFUSED) {
        return TRIED_MISTAKEN;
    }
    connect_say(ddb, "at %s (%.*s):", builder->name, STR_ARG(short_commit(builder)));
    if (report_lines_for_people(ddb)) {
        (void)fprintf(stderr, "%.*s", STR_ARG(child->error));
    }
    diag_add(&ddb->diags, DIAG_GIT, (struct span){0},
             "the files at %s cannot be compiled here",
             diag_quote(&ddb->diags, str_from(builder->name)));
    return TRIED_STOPPED;
}

static struct revision_mistakes read_mistakes(struct str said)
{
    size_t lines = 0;
    size_t end = said.len;
    while (end > 0 && said.at[end - 1] != '\n') {
        end--;
    }
    for (size_t i = 0; i < end; i++) {
        lines += said.at[i] == '\n';
    }
    uint64_t all = 0;
    for (size_t i = end; i < said.len; i++) {
        all = all * 10 + (uint64_t)(said.at[i] - '0');
    }
    return (struct revision_mistakes){.lines = {said.at, end},
                                      .more = all > lines ? all - lines : 0};
}

// One definition with all fixtures of the command line, then without any. A table that
// takes none of the others' fixtures is built all the same, or said not to be known.
static bool compile_apart(const struct builder *builder, size_t which, size_t *number)
{
    struct attempt attempt = {
        .builder = builder,
        .files = arena_array(&builder->ddb->arena, builder->file_count,
                             sizeof(const char *)),
        .lacks_fixtures = builder->lacks_fixtures,
    };
    attempt.files[attempt.file_count++] = builder->files[which];
    for (size_t i = 0; i < builder->file_count; i++) {
        if (!builder->are_definitions[i]) {
            attempt.files[attempt.file_count++] = builder->files[i];
        }
    }
    size_t unit = builder->units[which];
    enum revision_state *state = &builder->revision->states[unit];
    struct child child;
    enum tried tried = try(&child, &attempt, ++*number);
    *state = REVISION_WHOLE;
    if (tried == TRIED_MISTAKEN) {
        builder->revision->mistakes[unit] = read_mistakes(child.output);
        attempt.file_count = 1;
        attempt.lacks_fixtures = true;
        tried = try(&child, &attempt, ++*number);
        *state = tried == TRIED_GOOD ? REVISION_TABLE : REVISION_BROKEN;
    }
    return tried != TRIED_STOPPED;
}

// All at once; when that fails, for its mistakes, each definition for itself.
static bool compile(struct builder *builder)
{
    struct attempt attempt = {
        .builder = builder,
        .files = builder->files,
        .file_count = builder->file_count,
        .lacks_fixtures = builder->lacks_fixtures,
    };
    struct revision *revision = builder->revision;
    struct child child;
    size_t number = 0;
    enum tried tried = try(&child, &attempt, number);
    if (tried != TRIED_MISTAKEN) {
        return tried == TRIED_GOOD;
    }
    size_t units = builder->ddb->compilation.unit_count;
    struct arena *arena = &builder->ddb->arena;
    bool fine = true;
    revision->together = read_mistakes(child.output);
    revision->states = arena_array(arena, units, sizeof *revision->states);
    revision->mistakes = arena_array(arena, units, sizeof *revision->mistakes);
    for (size_t i = 0; i < units; i++) {
        revision->states[i] = REVISION_WHOLE;
        revision->mistakes[i] = (struct revision_mistakes){0};
    }
    for (size_t i = 0; i < builder->file_count && fine; i++) {
        fine = !builder->are_definitions[i] || compile_apart(builder, i, &number);
    }
    return fine;
}

bool revision_build(struct revision *out, struct ddb *ddb, const char *name,
                    const char *as)
{
    struct builder builder = {.revision = out, .ddb = ddb, .name = name, .current = -1};
    size_t definitions = 0;
    *out = (struct revision){.name = name};
    if (!git_tree_open(&out->tree, name, ddb->options.stop, &ddb->arena, &ddb->diags) ||
        !prepare(&builder, &definitions)) {
        return false;
    }
    bool named_by_id = str_starts(out->tree.commit, str_from(name));
    struct str commit = named_by_id ? STR("") : short_commit(&builder);
    connect_say(ddb, "%s: %s%s%.*s", as, name, commit.len > 0 ? ", " : "",
                STR_ARG(commit));
    return definitions == 0 || compile(&builder);
}

void revision_close(struct revision *revision, struct ddb *ddb)
{
    const char *folder = revision->tree.folder;
    if (!git_tree_close(&revision->tree)) {
        connect_say(ddb, "left behind: %s", folder);
    }
}
