// Files that are read whole: a path enters, a source in memory leaves.
#include "yaml_read.h"

#include <errno.h>
#include <string.h>

const struct source *yaml_source_read(const struct yaml_file *file, struct arena *arena,
                                      struct diags *diags)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    struct span wanted = file->wanted;
    int stream = file_descriptor_of(file->path);
    source->name = source_name_of(file->shown, arena);
    source->fd = -1;
    enum file_result result =
        stream >= 0
            ? file_read_stream(&source->text, stream, YAML_MAX_BYTES, file->stop, arena)
            : file_read(&source->text, file->path, YAML_MAX_BYTES, arena);
    const char *quoted = diag_quote(diags, source->name);
    if (wanted.source == NULL) {
        wanted = source_span_file(source);
    }
    switch (result) {
    case FILE_OK:
        break;
    case FILE_ERRNO:
        diag_add(diags, DIAG_FILE_READ, wanted, "cannot read %s: %s", quoted,
                 strerror(errno));
        return NULL;
    case FILE_NOT_REGULAR:
        diag_add(diags, DIAG_FILE_READ, wanted, "cannot read %s: not a regular file",
                 quoted);
        return NULL;
    case FILE_STOPPED:
        return NULL;
    case FILE_TOO_LARGE:
    default:
        diag_add(diags, DIAG_FILE_TOO_LARGE, wanted, "%s is larger than %zu MiB",
                 quoted, YAML_MAX_BYTES >> 20);
        return NULL;
    }
    if (source->text.len == 0) {
        diag_add(diags, DIAG_FILE_EMPTY, source_span_file(source), "the file is empty");
        return NULL;
    }
    return source;
}
