// Comments that silence warnings. In: a YAML text, and where its quoted scalars and
// blocks are. Out: allowances, in diags.
//
// libyaml drops comments, so they are looked for in the text: one begins with a '#' at
// a line's start or behind a blank, outside of scalars in which a '#' is text. A plain
// scalar ends before one.
#include "allow_read.h"

#include "allow.h"

#include <string.h>

#define MARK STR("ddbgen:")
#define ALLOW STR("allow")
#define BECAUSE STR("because")

struct reader {
    const struct allow_text *in;
    struct diags *diags;
    struct arena scratch;
    size_t scalar; // the first one that is not behind us
    size_t from;   // the line at hand, without its end
    size_t to;
    size_t line_index;     // from 0
    bool head;             // nothing but comments and blank lines so far
    bool alone;            // the comment at hand has its line for itself
    struct allow *waiting; // for the line that they are about; count of them
    size_t waiting_count;
    size_t waiting_cap;
    bool full;
};

bool allow_text_has_any(struct str text)
{
    return str_find(text, MARK) < text.len && str_find_char(text, '#') < text.len;
}

static uint32_t line_number(const struct reader *reader)
{
    return reader->in->line + (uint32_t)reader->line_index;
}

// The place of a word of the line at hand, or of the line's end.
static struct span word_span(const struct reader *reader, struct str word)
{
    return (struct span){
        .source = reader->in->source,
        .line_at = SPAN_LINE_AT(reader->in->line_at + reader->from),
        .line = line_number(reader),
        .column = (uint32_t)(word.at - (reader->in->text.at + reader->from)),
        .length = SPAN_LENGTH(word.len),
    };
}

// ---- what a comment says

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct str skip_blanks(struct str text)
{
    while (text.len > 0 && is_blank(text.at[0])) {
        text = str_skip(text, 1);
    }
    return text;
}

// Takes the word before the next blank or comma off *rest, and the blanks behind it.
static struct str take_word(struct str *rest)
{
    size_t len = 0;
    while (len < rest->len && !is_blank(rest->at[len]) && rest->at[len] != ',') {
        len++;
    }
    struct str word = {rest->at, len};
    *rest = skip_blanks(str_skip(*rest, len));
    return word;
}

static void report_syntax(struct reader *reader, struct str at, const char *message)
{
    struct diag *diag = diag_add(reader->diags, DIAG_ALLOW_SYNTAX,
                                 word_span(reader, at), "%s", message);
    diag_help(reader->diags, diag, "write '# ddbgen: allow CODE, CODE because REASON'");
}

static void report_unknown(struct reader *reader, struct str word)
{
    struct diags *diags = reader->diags;
    struct str names[DIAG_CODE_COUNT];
    enum diag_code code = DIAG_USAGE;
    size_t count = 0;

    if (diag_code_find(&code, word)) {
        struct diag *diag = diag_add(diags, DIAG_ALLOW_UNKNOWN, word_span(reader, word),
                                     "'%s' is no warning", diag_info_get(code)->name);
        diag_help(diags, diag, "only warnings can be allowed");
        return;
    }
    for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
        const struct diag_info *info = diag_info_get((enum diag_code)i);
        if (info->severity == DIAG_WARNING) {
            names[count++] = str_from(info->name);
        }
    }
    struct diag *diag = diag_add(diags, DIAG_ALLOW_UNKNOWN, word_span(reader, word),
                                 "no warning has the code %s", diag_quote(diags, word));
    diag_help_nearest(diags, diag, word, names, count);
}

static void read_code(struct reader *reader, struct str word)
{
    enum diag_code code = DIAG_USAGE;

    if (!diag_code_find(&code, word) || diag_info_get(code)->severity != DIAG_WARNING) {
        report_unknown(reader, word);
        return;
    }
    reader->waiting = arena_grow(&reader->scratch, reader->waiting,
                                 reader->waiting_count, reader->waiting_count + 1,
                                 &reader->waiting_cap, sizeof *reader->waiting);
    struct allow *allow = &reader->waiting[reader->waiting_count++];
    *allow = (struct allow){.code = code, .span = word_span(reader, word)};
    allow->lines[allow->line_count++] = line_number(reader);
    if (reader->alone && reader->head) {
        allow->lines[allow->line_count++] = 0;
    }
}

// What follows the codes: nothing, or "because" and a reason, for those from `first`
// on.
static void read_reason(struct reader *reader, struct str rest, size_t first)
{
    struct str word = take_word(&rest);

    if (word.len == 0) {
        return;
    }
    if (!str_eq(word, BECAUSE)) {
        report_syntax(reader, word, "codes are separated by commas");
    } else if (rest.len == 0) {
        report_syntax(reader, word, "'because' gives no reason");
    }
    for (size_t i = first; i < reader->waiting_count; i++) {
        reader->waiting[i].reason = str_trim(rest);
    }
}

static void read_codes(struct reader *reader, struct str rest)
{
    size_t first = reader->waiting_count;
    for (;;) {
        struct str word = take_word(&rest);
        if (word.len == 0) {
            report_syntax(reader, word, "a code is missing");
            return;
        }
        read_code(reader, word);
        if (rest.len == 0 || rest.at[0] != ',') {
            break;
        }
        rest = skip_blanks(str_skip(rest, 1));
    }
    read_reason(reader, rest, first);
}

// The comment behind its '#'. One that only mentions ddbgen is nobody's business, one
// that says "allow" in other words would silence nothing, unnoticed.
static void read_comment(struct reader *reader, struct str comment)
{
    static const struct str OTHERS[] = {{"ignore", 6},  {"disable", 7}, {"suppress", 8},
                                        {"silence", 7}, {"permit", 6},  {"noqa", 4}};
    struct str rest = skip_blanks(comment);

    if (!str_starts(rest, MARK)) {
        return;
    }
    rest = skip_blanks(str_skip(rest, MARK.len));
    struct str word = take_word(&rest);
    if (str_eq(word, ALLOW)) {
        read_codes(reader, rest);
        return;
    }
    bool meant = str_nearest(word, &ALLOW, 1) == 0;
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        meant = meant || str_eq(word, OTHERS[i]);
    }
    if (meant) {
        report_syntax(reader, word, "comments that silence say 'allow'");
    }
}

// ---- where they stand

// Hands over what waits; `line` is what it is about beside its own line, if any.
static void settle(struct reader *reader, uint32_t line)
{
    for (size_t i = 0; i < reader->waiting_count && !reader->full; i++) {
        struct allow *allow = &reader->waiting[i];
        if (line > 0 && line != allow->lines[0]) {
            allow->lines[allow->line_count++] = line;
        }
        if (!allow_add(reader->diags, allow)) {
            diag_add(reader->diags, DIAG_ALLOW_SYNTAX, allow->span,
                     "more than %d codes are allowed in this run", ALLOW_MAX);
            reader->full = true;
        }
    }
    reader->waiting_count = 0;
}

// Where the comment of the line at hand begins, or the line's end.
static size_t find_comment(struct reader *reader)
{
    const struct allow_text *in = reader->in;

    for (size_t at = reader->from; at < reader->to; at++) {
        while (reader->scalar < in->scalar_count &&
               in->scalars[reader->scalar].to <= at) {
            reader->scalar++;
        }
        if (reader->scalar < in->scalar_count &&
            in->scalars[reader->scalar].from <= at) {
            at = in->scalars[reader->scalar].to - 1;
        } else if (in->text.at[at] == '#' &&
                   (at == reader->from || is_blank(in->text.at[at - 1]))) {
            return at;
        }
    }
    return reader->to;
}

static void read_line(struct reader *reader)
{
    const char *text = reader->in->text.at;
    size_t hash = find_comment(reader);
    struct str before = str_trim(str_slice(text + reader->from, text + hash));
    bool comment = hash < reader->to;

    reader->alone = comment && before.len == 0;
    if (!reader->alone) {
        settle(reader, before.len > 0 ? line_number(reader) : 0);
        reader->head = reader->head && before.len == 0;
    }
    if (comment) {
        read_comment(reader, str_slice(text + hash + 1, text + reader->to));
    }
    if (!reader->alone) {
        settle(reader, 0);
    }
}

void allow_read(const struct allow_text *text, struct diags *diags)
{
    // What heads a transcript's header is no file's head.
    struct reader reader = {.in = text, .diags = diags, .head = text->line == 1};
    struct str all = text->text;

    while (reader.from < all.len && !reader.full) {
        struct str rest = str_skip(all, reader.from);
        size_t len = str_find_char(rest, '\n');
        reader.to = reader.from + len;
        if (len > 0 && rest.at[len - 1] == '\r') {
            reader.to--;
        }
        read_line(&reader);
        reader.from += len + 1;
        reader.line_index++;
    }
    settle(&reader, 0);
    arena_deinit(&reader.scratch);
}
