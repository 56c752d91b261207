// One file of the command line or of a definition. In: its path, or its source. Out:
// what kind it is of, and its document.
#include "input_file.h"

#include "run.h"
#include "typed_json.h"
#include "yaml_read.h"

bool input_is_yaml(struct str path)
{
    return str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml")) ||
           str_ends(path, STR(".json"));
}

enum input_kind input_kind_of(struct str path)
{
    if (str_is(path, "-") || str_ends(path, STR(".txt"))) {
        return INPUT_TRANSCRIPT;
    }
    return input_is_yaml(path) ? INPUT_YAML : INPUT_UNKNOWN;
}

// The first of several lines that are each an object of JSON.
static struct str first_of_lines(struct str text)
{
    size_t end = str_find_char(text, '\n');
    struct str first = str_trim((struct str){text.at, end});
    struct str rest = str_skip(text, end);
    while (rest.len > 0 && (rest.at[0] == '\n' || rest.at[0] == '\r')) {
        rest = str_skip(rest, 1);
    }
    first.len -= str_ends(first, STR("\r")) ? 1 : 0;
    bool lines = str_starts(first, STR("{")) && str_ends(first, STR("}")) &&
                 str_starts(rest, STR("{"));
    return lines ? first : (struct str){0};
}

const struct node *input_file_read(struct ddb *ddb, const struct source *source,
                                   struct span wanted, struct data_file *data)
{
    struct str line = first_of_lines(source->text);
    struct diags quiet;
    diags_init(&quiet, &ddb->arena);
    const struct node *first =
        line.len > 0 ? yaml_read_piece(line, source, 0, 1, &ddb->arena, &quiet) : NULL;
    if (first == NULL) {
        return data_file_yaml(data, source, &ddb->arena, &ddb->diags);
    }
    const char *help = NULL;
    const char *what = typed_json_document(first, &help);
    struct diag *diag = diag_add(
        &ddb->diags, DIAG_FILE_KIND, wanted.source == source ? first->span : wanted,
        "%s holds lines of JSON%s%s", diag_quote(&ddb->diags, source->name),
        what != NULL ? ": " : "", what != NULL ? what : "");
    diag_help(&ddb->diags, diag, "%s",
              what != NULL ? help : "a definition and a fixture are one document");
    return NULL;
}
