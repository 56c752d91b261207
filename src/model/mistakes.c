// What is wrong with the lines of a transcript: a line that could not be read enters, a
// diagnostic leaves, with the way out that fits how the transcript is read.
#include "mistakes.h"

#include "foreign.h"
#include "label.h"
#include "utf8.h"

static bool is_fence(const struct line *line)
{
    return !line->too_long && transcript_is_fence(line->text);
}

// What a kind of line lacks is explained once in a file.
enum help {
    HELP_NO_LABEL,
    HELP_NO_BLANK,
    HELP_TIME_ORDER,
    HELP_ENCODING,
};

static bool is_first_help(struct transcript *transcript, enum help help)
{
    bool first = (transcript->helped >> help & 1U) == 0;
    transcript->helped |= 1U << help;
    return first;
}

static void report_no_blank(struct transcript *transcript, const struct line *line,
                            size_t colon)
{
    struct diag *diag = diag_add(transcript->diags, DIAG_LINE_INVALID,
                                 line_span(&transcript->lines, line, colon, 1),
                                 "a blank is missing after the label's colon");
    if (is_first_help(transcript, HELP_NO_BLANK)) {
        diag_help(transcript->diags, diag,
                  "a message is a label, a colon, one space and the text; an empty one "
                  "keeps the space");
    }
}

static void report_no_label(struct transcript *transcript, const struct line *line)
{
    struct diags *diags = transcript->diags;
    struct span span = line_span(&transcript->lines, line, 0, line->text.len);
    if (is_fence(line)) { // of a bare transcript
        struct diag *diag =
            diag_add(diags, DIAG_LINE_INVALID, span, "a header begins or ends here");
        diag_help(diags, diag,
                  "with a header from options there is one conversation, and '---' "
                  "stands nowhere");
        return;
    }
    struct diag *diag = diag_add(diags, DIAG_LINE_INVALID, span,
                                 "the line begins with no participant's label");
    if (!is_first_help(transcript, HELP_NO_LABEL)) {
        return;
    }
    if (transcript->header.join) { // all others are joined
        diag_help(diags, diag,
                  "a conversation begins with a message, a label, a colon, one space "
                  "and the text: there is nothing yet that the line could continue");
    } else {
        diag_help(diags, diag,
                  "a message is a label, a colon, one space and the text; %s appends "
                  "other lines to the message before",
                  transcript->bare ? "--continuation join"
                                   : "'continuation: join' in the header");
    }
}

// The label that a line begins with, behind a time or not, although nobody declared it:
// [*from, *to) of its text. False: there is none.
static bool find_stranger(struct str text, size_t *from, size_t *to)
{
    *from = label_time_end(text);
    struct str rest = str_skip(text, *from);
    size_t end = label_end(rest);
    *to = *from + end;
    return end > 0 && end < rest.len && end <= LABEL_MAX_BYTES && rest.at[0] != '[';
}

// `meant`: see strangers_note.
static bool note_stranger(struct transcript *transcript, const struct line *line,
                          bool meant)
{
    size_t from = 0;
    size_t to = 0;
    if (!find_stranger(line->text, &from, &to)) {
        return false;
    }
    strangers_note(&transcript->strangers,
                   str_slice(line->text.at + from, line->text.at + to),
                   line_span(&transcript->lines, line, from, to - from), meant);
    return true;
}

void mistakes_no_message(struct transcript *transcript, const struct line *line)
{
    size_t colon = label_find_bare_colon(&transcript->header, line->text);
    if (colon < line->text.len) {
        report_no_blank(transcript, line, colon);
    } else if (is_fence(line) || !note_stranger(transcript, line, true)) {
        report_no_label(transcript, line);
    }
}

// A line that is to be joined to the message before. False: it is a message that is
// written wrong, as far as that can be told. With join-all nothing but a label counts.
bool mistakes_check_joined(struct transcript *transcript, const struct line *line)
{
    if (transcript->header.join_all || transcript->verified) {
        return true;
    }
    size_t colon = label_find_bare_colon(&transcript->header, line->text);
    if (colon < line->text.len) {
        report_no_blank(transcript, line, colon);
        return false;
    }
    bool stamped = label_time_end(line->text) > 0;
    if (!stamped || label_is_stamp(line->text)) {
        (void)note_stranger(transcript, line, stamped);
    }
    return true;
}

// Neither the header nor the first message has a time. A header from flags was never
// written down: the flag is what is missing.
void mistakes_no_time(struct transcript *transcript)
{
    struct diag *diag = diag_add(transcript->diags, DIAG_TIME, transcript->header.span,
                                 "%s, and the first message has no time of its own",
                                 transcript->bare ? "--starts-at is missing"
                                                  : "the header has no starts_at");
    diag_help(transcript->diags, diag,
              transcript->bare ? "give --starts-at 2023-03-19T12:00:00Z"
                               : "add 'starts_at: 2023-03-19T12:00:00Z'");
}

// Reports the first byte of a line that is no text.
bool mistakes_byte(struct transcript *transcript, const struct line *line, size_t at)
{
    struct str rest = str_skip(line->text, at);
    uint32_t c = 0;
    size_t n = utf8_decode(rest, &c);
    struct span span = line_span(&transcript->lines, line, at, n == 0 ? 1 : n);
    if (n == 0) {
        struct diag *diag =
            diag_add(transcript->diags, DIAG_UTF8, span, "byte 0x%02x is not UTF-8",
                     (unsigned)(unsigned char)rest.at[0]);
        if (is_first_help(transcript, HELP_ENCODING)) {
            diag_help(transcript->diags, diag,
                      "if the whole file is in another encoding, convert it: iconv -f "
                      "WINDOWS-1252 -t UTF-8 OLD > NEW");
        }
    } else {
        diag_add(transcript->diags, DIAG_CONTROL_CHARACTER, span,
                 "control character U+%04X", (unsigned)c);
    }
    return false;
}

// Reads no further: what stands there is something else than a transcript.
static bool report_foreign(struct transcript *transcript, const struct line *line)
{
    char head[FOREIGN_HEAD_BYTES];
    size_t len = source_read(transcript->lines.source, line->at, head, sizeof head);
    const struct foreign *foreign = foreign_find((struct str){head, len});
    if (foreign == NULL) {
        return false;
    }
    enum diag_code code = foreign->encoding        ? DIAG_UTF8
                          : transcript->has_header ? DIAG_LINE_INVALID
                                                   : DIAG_HEADER_MISSING;
    struct diag *diag = diag_add(
        transcript->diags, code, line_span(&transcript->lines, line, 0, line->text.len),
        "this looks like %s, and not like a transcript", foreign->what);
    diag_help(transcript->diags, diag, "%s", foreign->help);
    transcript->foreign = true;
    transcript->mistaken = true;
    return true;
}

// A conversation's first line that is no message, and begins something else.
bool mistakes_foreign(struct transcript *transcript, const struct line *line)
{
    if (transcript->verified || transcript->mistaken ||
        transcript->message.index != UINT64_MAX) {
        return false;
    }
    struct label_match match;
    const char *why = NULL;
    label_match_find(&match, &transcript->header, line->text);
    size_t time_end = label_time_end(line->text);
    bool message =
        match.participant != NULL &&
        (!match.timed ||
         instant_parse(&match.time,
                       str_slice(line->text.at + 1, line->text.at + time_end - 2),
                       &why));
    return !message && report_foreign(transcript, line);
}

void mistakes_no_header(struct transcript *transcript, const struct line *line)
{
    if (report_foreign(transcript, line)) {
        return;
    }
    struct diag *diag = diag_add(transcript->diags, DIAG_HEADER_MISSING,
                                 line_span(&transcript->lines, line, 0, line->text.len),
                                 "the transcript does not begin with a header");
    diag_help(
        transcript->diags, diag,
        "begin it with '---', conversation:, participants:, starts_at:, '---'; or let "
        "'ddbgen convert' write one from flags");
    transcript->stopped = true;
}

void mistakes_time_order(struct transcript *transcript, const struct line *line,
                         const struct label_match *match, instant_us before)
{
    char text[INSTANT_TEXT_LEN];
    instant_format(before, text);
    struct diag *diag = diag_add(
        transcript->diags, DIAG_TIME_ORDER,
        line_span(&transcript->lines, line, 1, match->text_at > 1 ? 1 : 0),
        "the message is not later than the one before (%.*s)", INSTANT_TEXT_LEN, text);
    if (is_first_help(transcript, HELP_TIME_ORDER)) {
        diag_help(transcript->diags, diag,
                  "take the time off this line: then it is one interval after the "
                  "message before; or give it a later one");
    }
}

void mistakes_front_matter(struct transcript *transcript, struct span span)
{
    struct diag *diag =
        diag_add(transcript->diags, DIAG_HEADER_MISSING, span,
                 "this is front matter of something else, and no header of a "
                 "transcript");
    diag_help(transcript->diags, diag,
              "take it off, up to the second '---'; a header has 'conversation' and "
              "'participants'");
}
