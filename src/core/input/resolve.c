// What files and the command line name: found, and refused where a checkout would lead
// out of its project. What comes out has no links to be led elsewhere by.
#include "resolve.h"

#include "file.h"
#include "follow.h"
#include "project.h"
#include "run.h"

#include <errno.h>
#include <string.h>

// ---- what the user names

static struct span place_of(struct ddb *ddb, const char *path)
{
    struct source *source = arena_alloc(&ddb->arena, sizeof *source);
    *source = (struct source){.name = arena_str(&ddb->arena, str_from(path)), .fd = -1};
    return source_span_file(source);
}

static void refuse_link(struct ddb *ddb, const char *path, const char *link,
                        enum follow_result why)
{
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_FILE_OUTSIDE, place_of(ddb, path),
                 "%s is a link that leads %s",
                 diag_quote(&ddb->diags, str_from(link != NULL ? link : path)),
                 why == FOLLOW_GIT ? "to git's own files" : "out of the project");
    diag_help(&ddb->diags, diag, "--follow-links follows it all the same");
}

const char *resolve_named(struct ddb *ddb, const char *path)
{
    struct followed followed;
    if (strcmp(path, "-") == 0) {
        return path;
    }
    enum follow_result result =
        follow_named(&followed, path, ddb->options.follow_links, &ddb->arena);
    if (result == FOLLOW_OUTSIDE || result == FOLLOW_GIT) {
        refuse_link(ddb, path, followed.link, result);
        return NULL;
    }
    return followed.real; // what is wrong with it is seen when it is opened
}

int resolve_descriptor(struct ddb *ddb, const char *path)
{
    struct followed followed;
    if (strcmp(path, "-") == 0) {
        return file_descriptor_of(path);
    }
    enum follow_result result =
        follow_named(&followed, path, ddb->options.follow_links, &ddb->arena);
    return result == FOLLOW_OK ? file_descriptor_of(followed.real) : -1;
}

// True unless it is one that was claimed before.
static bool claim(struct ddb *ddb, const char *path)
{
    int descriptor = resolve_descriptor(ddb, path);
    bool first = true;
    if (descriptor >= 0) {
        (void)map_add(&ddb->streams, arena_printf(&ddb->arena, "%d", descriptor),
                      &first);
    }
    return first;
}

bool resolve_claim(struct ddb *ddb, const char *path)
{
    if (ddb->options.handles != NULL) {
        (void)claim(ddb, ddb->options.handles);
    }
    if (claim(ddb, path)) {
        return true;
    }
    if (resolve_descriptor(ddb, path) == 0) {
        ddb_usage_error(ddb, "standard input is named twice",
                        "'-' may stand for one file only");
    } else {
        struct str what =
            arena_printf(&ddb->arena, "%s is named twice, and can be read once",
                         diag_quote(&ddb->diags, str_from(path)));
        ddb_usage_error(ddb, what.at, NULL);
    }
    return false;
}

// ---- what a file names

void resolve_refuse(struct ddb *ddb, const struct resolve_base *base, const char *shown,
                    enum follow_result why, struct span span)
{
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_FILE_OUTSIDE, span, "%s leads %s",
                 diag_quote(&ddb->diags, str_from(shown)),
                 why == FOLLOW_GIT ? "to git's own files" : "out of the project");
    if (why == FOLLOW_OUTSIDE) {
        const char *folder = project_relative(base->root, &ddb->arena);
        diag_help(
            &ddb->diags, diag,
            "the project is %s; a ddbgen.yaml or .git in a folder above makes that "
            "one the project",
            strcmp(folder, ".") == 0 ? "the current folder" : folder);
    }
}

const char *resolve_inside(struct ddb *ddb, const struct resolve_base *base,
                           const char *name, struct span span)
{
    struct followed followed;
    const char *shown = resolve_shown(ddb, base, name);
    enum follow_result result =
        follow_inside(&followed, base->real, base->root, name, &ddb->arena);
    switch (result) {
    case FOLLOW_OK:
        return followed.real;
    case FOLLOW_ERRNO:
        diag_add(&ddb->diags, DIAG_FILE_READ, span, "cannot read %s: %s",
                 diag_quote(&ddb->diags, str_from(shown)), strerror(errno));
        return NULL;
    case FOLLOW_OUTSIDE:
    case FOLLOW_GIT:
    default:
        resolve_refuse(ddb, base, shown, result, span);
        return NULL;
    }
}

bool resolve_base_init(struct resolve_base *out, struct ddb *ddb, struct str file)
{
    const char *folder = project_folder(file.at, &ddb->arena);
    out->folder = folder;
    out->real = project_resolve(folder, &ddb->arena);
    out->root = out->real == NULL ? NULL : project_root(out->real, &ddb->arena);
    if (out->root == NULL) { // gone meanwhile, or not ours to look into
        diag_add(&ddb->diags, DIAG_FILE_READ, (struct span){0},
                 "cannot find the folder of %s: %s", diag_quote(&ddb->diags, file),
                 strerror(errno));
    }
    return out->root != NULL;
}

const char *resolve_shown(struct ddb *ddb, const struct resolve_base *base,
                          const char *name)
{
    const char *path = name;
    if (name[0] != '/' && strcmp(base->folder, ".") != 0) {
        path = arena_printf(&ddb->arena, "%s/%s", base->folder, name).at;
    }
    return project_shorten(path, &ddb->arena);
}

const char *resolve_name(struct ddb *ddb, struct str name, struct span span)
{
    struct resolve_base base;
    const char *path = arena_str(&ddb->arena, name).at;
    if (!resolve_base_init(&base, ddb, span.source->name)) {
        return NULL;
    }
    const char *real = resolve_inside(ddb, &base, path, span);
    return real != NULL ? project_relative(real, &ddb->arena) : NULL;
}
