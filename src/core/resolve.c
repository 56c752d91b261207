// What a file names: found, and refused where it leads out of the file's project.
#include "project.h"
#include "run.h"

#include <errno.h>
#include <string.h>

const char *resolve_inside(struct ddb *ddb, const char *path, const char *root,
                           struct span span)
{
    const char *shown = project_shorten(path, &ddb->arena);
    const char *real = project_resolve(path, &ddb->arena);
    if (real == NULL) {
        diag_add(&ddb->diags, DIAG_FILE_READ, span, "cannot read %s: %s",
                 diag_quote(&ddb->diags, str_from(shown)), strerror(errno));
        return NULL;
    }
    if (!project_holds(root, real)) {
        struct diag *diag = diag_add(&ddb->diags, DIAG_FILE_OUTSIDE, span,
                                     "%s leads out of the project",
                                     diag_quote(&ddb->diags, str_from(shown)));
        const char *folder = project_relative(root, &ddb->arena);
        diag_help(
            &ddb->diags, diag,
            "the project is %s; a ddbgen.yaml or .git in a folder above makes that "
            "one the project",
            strcmp(folder, ".") == 0 ? "the current folder" : folder);
        return NULL;
    }
    return real;
}

const char *inputs_resolve(struct ddb *ddb, const char *path, struct span span)
{
    const char *folder = project_folder(span.source->name.at, &ddb->arena);
    const char *root = project_root(folder, &ddb->arena);
    const char *real = root != NULL ? resolve_inside(ddb, path, root, span) : NULL;
    return real != NULL ? project_relative(real, &ddb->arena) : NULL;
}
