// What an earlier build is, and its items as what was applied.
#include "earlier.h"

#include "resolve.h"
#include "stop.h"

#define GIT_PREFIX "git:"

static bool read_folder(struct build_dir *out, struct ddb *ddb, const char *path,
                        const char *shown)
{
    return path != NULL && build_dir_read(out, path, shown, &ddb->arena, &ddb->diags);
}

static const char *revision_of(struct str name)
{
    return str_starts(name, STR(GIT_PREFIX)) ? name.at + sizeof GIT_PREFIX - 1 : NULL;
}

bool earlier_open(struct earlier *out, struct ddb *ddb, const char *name,
                  const char *as)
{
    const char *revision = revision_of(str_from(name));
    *out = (struct earlier){0};
    return revision != NULL
               ? revision_build(&out->revision, ddb, revision, as)
               : read_folder(&out->revision.build, ddb, resolve_named(ddb, name), name);
}

// What did not compile then says nothing of what was applied.
static bool is_known(const struct earlier *earlier, struct ddb *ddb)
{
    const struct revision *revision = &earlier->revision;
    bool whole = true;
    for (size_t i = 0; revision->states != NULL && i < ddb->compilation.unit_count;
         i++) {
        whole = whole && revision->states[i] == REVISION_WHOLE;
    }
    if (!whole) {
        struct diag *diag =
            diag_add(&ddb->diags, DIAG_GIT, (struct span){0},
                     "what was applied is not known: the files do not compile at %s",
                     diag_quote(&ddb->diags, str_from(revision->name)));
        diag_help(&ddb->diags, diag,
                  "'ddbgen diff --against git:%s' shows their mistakes; a folder of "
                  "'build -o' does as well",
                  revision->name);
    }
    return whole;
}

bool earlier_open_was(struct earlier *out, struct ddb *ddb,
                      const struct ddb_three_ways *options)
{
    struct str said = ddb->target.was;
    *out = (struct earlier){0};
    if (options->was != NULL) {
        return earlier_open(out, ddb, options->was, "was") && is_known(out, ddb);
    }
    if (said.len == 0) {
        return true;
    }
    const char *revision = revision_of(said);
    return (revision != NULL
                ? revision_build(&out->revision, ddb, revision, "was")
                : read_folder(&out->revision.build, ddb,
                              resolve_name(ddb, said, ddb->target.was_span),
                              said.at)) &&
           is_known(out, ddb);
}

void earlier_close(struct earlier *earlier, struct ddb *ddb)
{
    revision_close(&earlier->revision, ddb);
}

const struct build_part *earlier_find(const struct earlier *earlier, struct str table)
{
    const struct build_dir *build = &earlier->revision.build;
    for (size_t i = 0; i < build->count; i++) {
        if (str_eq(build->parts[i].table.name, table)) {
            return &build->parts[i];
        }
    }
    return NULL;
}

// ---- as what was applied

struct giving {
    struct ddb *ddb;
    struct reconciler *reconciler;
};

static bool give_item(void *context, struct str json, const struct made_for *made_for,
                      const char **why)
{
    const struct giving *giving = context;
    return !stop_is_set(giving->ddb->compilation.stop) &&
           reconciler_was_item(giving->reconciler, json, made_for, why);
}

static bool give(const void *self, const struct plan_table *table, struct ddb *ddb)
{
    const struct build_part *part = earlier_find(self, plan_declared(table)->name);
    struct giving giving = {ddb, table->reconciler};
    struct build_sink to = {give_item, &giving};
    return part == NULL || build_part_items(part, &to, &ddb->diags);
}

struct applied_before earlier_applied(const struct earlier *earlier)
{
    bool any = earlier->revision.name != NULL || earlier->revision.build.parts != NULL;
    return any ? (struct applied_before){give, earlier} : (struct applied_before){0};
}
