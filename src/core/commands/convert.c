// convert: a bare transcript and flags become a fixture, items or requests.
//
// The flags are written as a header and read back by the very reader of fixtures, so
// what convert accepts is exactly what check accepts afterwards.
#include "convert.h"

#include "fixtures.h"
#include "header.h"
#include "header_write.h"
#include "inputs.h"
#include "line_reader.h"
#include "output.h"
#include "resolve.h"
#include "run.h"
#include "yaml_read.h"

#include <string.h>

// The first line that is not blank begins a header.
static bool begins_with_header(const struct source *source)
{
    struct line_reader reader;
    struct line line;
    bool header = false;
    line_reader_init(&reader, source);
    while (line_reader_next(&reader, &line)) {
        if (str_trim(line.text).len > 0 || line.too_long) {
            header = header_is_fence(line.text);
            break;
        }
    }
    line_reader_deinit(&reader);
    return header;
}

// Reads the first event. True: it is something else than a transcript, and was called by
// its name.
static bool is_named_foreign(const struct source *source, struct diags *diags)
{
    struct transcript transcript;
    struct transcript_options read = {0};
    struct arena header_arena = {0};
    transcript_init(&transcript, source, &read, &header_arena, diags);
    (void)transcript_next(&transcript);
    bool foreign = transcript.foreign;
    transcript_deinit(&transcript);
    arena_deinit(&header_arena);
    return foreign;
}

enum foreign_part {
    FOREIGN_NONE,
    FOREIGN_HEADER, // the header is none of a transcript
    FOREIGN_TEXT,   // nothing is
};

static enum foreign_part find_foreign(const struct source *source)
{
    struct arena arena = {0};
    struct diags quiet;
    diags_init(&quiet, &arena);
    bool text = is_named_foreign(source, &quiet);
    bool header = quiet.count > 0 && quiet.kept[0].code == DIAG_HEADER_MISSING;
    arena_deinit(&arena);
    return text ? FOREIGN_TEXT : header ? FOREIGN_HEADER : FOREIGN_NONE;
}

static bool has_header_flags(const struct ddb_convert_options *options)
{
    return options->conversation != NULL || options->participant_count > 0 ||
           options->starts_at != NULL || options->interval != NULL ||
           options->continuation != NULL;
}

// "Person 1=andrewbrown": the last '=' parts, since a handle has none.
static bool split_participants(struct ddb *ddb,
                               const struct ddb_convert_options *options,
                               struct header_values *values)
{
    size_t count = options->participant_count;
    struct str *labels = arena_array(&ddb->arena, count, sizeof *labels);
    struct str *handles = arena_array(&ddb->arena, count, sizeof *handles);
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        struct str text = str_from(options->participants[i]);
        size_t equals = text.len;
        while (equals > 0 && text.at[equals - 1] != '=') {
            equals--;
        }
        if (equals <= 1 || equals == text.len) {
            struct diag *diag =
                diag_add(&ddb->diags, DIAG_USAGE, (struct span){0},
                         "--participant %s is not of the form LABEL=HANDLE",
                         diag_quote(&ddb->diags, text));
            diag_help(&ddb->diags, diag,
                      "for example --participant 'Person 1=andrewbrown'");
            ok = false;
            continue;
        }
        labels[i] = (struct str){text.at, equals - 1};
        handles[i] = str_skip(text, equals);
    }
    values->labels = labels;
    values->handles = handles;
    values->participant_count = count;
    return ok;
}

static bool check_flags(struct ddb *ddb, const struct ddb_convert_options *options)
{
    bool ok = true;
    if (options->conversation == NULL) {
        struct diag *diag =
            diag_add(&ddb->diags, DIAG_USAGE, (struct span){0},
                     "the transcript has no header, and --conversation is "
                     "missing");
        diag_help(&ddb->diags, diag,
                  "give its uuid or a name: --conversation babylon-5");
        ok = false;
    }
    if (options->participant_count == 0) {
        struct diag *diag =
            diag_add(&ddb->diags, DIAG_USAGE, (struct span){0},
                     "the transcript has no header, and --participant is "
                     "missing");
        diag_help(&ddb->diags, diag,
                  "give one for each label: --participant 'Person 1=andrewbrown'");
        ok = false;
    }
    return ok;
}

static const struct header *header_from_flags(struct ddb *ddb,
                                              const struct ddb_convert_options *options)
{
    struct header_values values = {
        .conversation = str_from(options->conversation),
        .starts_at = str_from(options->starts_at),
        .interval = str_from(options->interval),
        .continuation = str_from(options->continuation),
    };
    bool complete = check_flags(ddb, options);
    if (!split_participants(ddb, options, &values) || !complete) {
        return NULL;
    }
    struct buf text;
    buf_init(&text, HEADER_MAX_BYTES);
    header_write(&text, &values);
    ddb->header_text = arena_str(&ddb->arena, buf_str(&text));
    buf_deinit(&text);

    struct source *source = arena_alloc(&ddb->arena, sizeof *source);
    size_t fence = strlen("---\n");
    *source = (struct source){.name = STR("<flags>"), .fd = -1};
    source->text =
        (struct str){ddb->header_text.at + fence, ddb->header_text.len - 2 * fence};
    const struct node *root = yaml_read(source, &ddb->arena, &ddb->diags);
    struct header *header = arena_alloc(&ddb->arena, sizeof *header);
    if (root == NULL || !header_read(header, root, &ddb->arena, &ddb->diags)) {
        return NULL;
    }
    return header;
}

bool convert_open(struct ddb *ddb, const struct ddb_convert_options *options)
{
    struct unit *unit = NULL;
    inputs_reserve(ddb, 1);
    if (options->definition != NULL) {
        unit = inputs_definition(ddb, options->definition);
    }
    struct fixture *fixture = inputs_fixture(ddb, options->transcript);
    if (fixture == NULL || (options->definition != NULL && unit == NULL)) {
        return false;
    }
    if (unit != NULL) {
        unit_add_fixture(unit, fixture, &ddb->arena);
    }
    if (!begins_with_header(&fixture->source)) {
        bool complete = options->conversation != NULL && options->participant_count > 0;
        if (!complete && find_foreign(&fixture->source) == FOREIGN_TEXT) {
            return !is_named_foreign(&fixture->source, &ddb->diags);
        }
        fixture->given = header_from_flags(ddb, options);
        return fixture->given != NULL;
    }
    if (has_header_flags(options) && find_foreign(&fixture->source) == FOREIGN_HEADER) {
        struct diag *diag =
            diag_add(&ddb->diags, DIAG_USAGE, source_span_file(&fixture->source),
                     "the transcript begins with front matter of something else");
        diag_help(&ddb->diags, diag, "take it off, up to the second '---'");
        return false;
    }
    if (has_header_flags(options)) {
        struct diag *diag =
            diag_add(&ddb->diags, DIAG_USAGE, source_span_file(&fixture->source),
                     "the transcript has a header of its own");
        diag_help(&ddb->diags, diag,
                  "leave --conversation, --participant, --starts-at, --interval and "
                  "--continuation out");
        return false;
    }
    return true;
}

// The transcript's lines, with LF line ends.
static bool put_lines(struct output *output, const struct source *source)
{
    struct line_reader reader;
    struct line line;
    bool ok = true;
    line_reader_init(&reader, source);
    while (ok && line_reader_next(&reader, &line)) {
        ok = output_text(output, line.text) && output_text(output, STR("\n"));
    }
    line_reader_deinit(&reader);
    return ok;
}

void convert_write_fixture(struct ddb *ddb, const char *path)
{
    const struct fixture *fixture = ddb->compilation.fixtures[0];
    struct output *output = NULL;
    if (path == NULL) {
        output = output_lines_new(STDOUT_FILENO, false, ddb->options.stop, &ddb->diags);
    } else if (resolve_named(ddb, path) != NULL) {
        output = output_file_new(path, false, ddb->options.stop, &ddb->diags);
    }
    if (output == NULL) {
        return;
    }
    bool written = output_text(output, ddb->header_text) &&
                   put_lines(output, &fixture->source) && fixtures_unchanged(ddb) &&
                   output_commit(output);
    (void)written; // diagnosed
    output_free(output);
}
