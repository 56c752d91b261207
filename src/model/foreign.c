// Recognising what is no transcript: the first bytes of a text enter, a name and a
// piece of advice leave. Each form is a row; nothing is read of it.
#include "foreign.h"

#include "utf8.h"

#include <string.h>

// The lines of a head that are not blank, one by one.
static bool next_line(struct str *rest, struct str *line)
{
    while (rest->len > 0) {
        size_t end = str_find_char(*rest, '\n');
        *line = (struct str){rest->at, end};
        *rest = str_skip(*rest, end < rest->len ? end + 1 : end);
        if (str_ends(*line, STR("\r"))) {
            line->len--;
        }
        if (str_trim(*line).len > 0) {
            return true;
        }
    }
    return false;
}

static struct str first_line(struct str head)
{
    struct str line = {0};
    return next_line(&head, &line) ? line : (struct str){0};
}

// ---- characters

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static size_t skip_digits(struct str text, size_t at)
{
    while (at < text.len && is_digit(text.at[at])) {
        at++;
    }
    return at;
}

static bool has(struct str text, const char *part)
{
    return str_find(text, str_from(part)) < text.len;
}

// ---- other encodings and containers

static bool is_archive(struct str head)
{
    return str_starts(head, STR("PK\x03\x04")) || str_starts(head, STR("\x1f\x8b"));
}

static bool is_document(struct str head)
{
    return str_starts(head, STR("%PDF-")) || str_starts(head, STR("{\\rtf"));
}

// ---- subtitles

static bool is_webvtt(struct str head)
{
    return str_starts(head, STR("WEBVTT"));
}

// A number, then a line of two times; the number may be missing.
static bool is_cue(struct str head, char fraction)
{
    struct str line = {0};
    for (int i = 0; i < 2 && next_line(&head, &line); i++) {
        size_t arrow = str_find(line, STR(" --> "));
        struct str from = {line.at, arrow};
        if (arrow < line.len && str_find_char(from, ':') < from.len &&
            str_find_char(from, fraction) < from.len) {
            return true;
        }
    }
    return false;
}

static bool is_subrip(struct str head)
{
    return is_cue(head, ',');
}

static bool is_webvtt_cue(struct str head)
{
    return is_cue(head, '.');
}

// ---- logs of chats

// The end of 14/05/2024, 2024-05-14, 5.14.24, or 0.
static size_t skip_date(struct str text)
{
    size_t at = skip_digits(text, 0);
    for (int part = 0; part < 2; part++) {
        if (at == 0 || at + 1 >= text.len || strchr("/.-", text.at[at]) == NULL ||
            !is_digit(text.at[at + 1])) {
            return 0;
        }
        at = skip_digits(text, at + 1);
    }
    return at;
}

// The end of 11:02, 11:02:10, or 0.
static size_t skip_clock(struct str text)
{
    size_t at = skip_digits(text, 0);
    if (at == 0 || at + 1 >= text.len || text.at[at] != ':' ||
        !is_digit(text.at[at + 1])) {
        return 0;
    }
    at = skip_digits(text, at + 1);
    if (at + 1 < text.len && text.at[at] == ':') {
        at = skip_digits(text, at + 1);
    }
    return at;
}

// "[14/05/2024, 11:02:10] Ann: " and "14/05/2024, 11:02 - Ann: ", as WhatsApp has them.
static bool is_chat_export(struct str head)
{
    struct str line = first_line(head);
    if (str_starts(line, STR("\xe2\x80\x8e"))) { // a mark of direction
        line = str_skip(line, 3);
    }
    bool bracket = str_starts(line, STR("["));
    line = str_skip(line, bracket ? 1 : 0);
    size_t date = skip_date(line);
    if (date == 0 || (bracket && skip_digits(line, 0) == 4)) {
        return false; // nearly our own form: its mistake is told as such
    }
    line = str_skip(line, date);
    line = str_trim(str_starts(line, STR(",")) ? str_skip(line, 1) : line);
    size_t clock = skip_clock(line);
    line = str_skip(line, clock);
    return clock > 0 && (bracket ? has(line, "] ") : has(line, " - "));
}

// "<ann> hello", with a time before it or not.
static bool is_irc(struct str head)
{
    struct str line = first_line(head);
    if (str_starts(line, STR("["))) {
        line = str_skip(line, 1);
    }
    line = str_skip(line, skip_clock(line));
    if (str_starts(line, STR("]"))) {
        line = str_skip(line, 1);
    }
    line = str_trim(line);
    size_t close = str_find(line, STR("> "));
    return str_starts(line, STR("<")) && close > 1 && close < 40 &&
           str_find_char((struct str){line.at, close}, ' ') == close &&
           !has((struct str){line.at, close}, "=");
}

// ---- other documents

static bool is_json(struct str head)
{
    struct str line = str_trim(first_line(head));
    if (line.len == 0 || strchr("{[", line.at[0]) == NULL) {
        return false;
    }
    struct str rest = str_trim(str_skip(line, 1));
    if (rest.len > 0) {
        return strchr("{[\"", rest.at[0]) != NULL;
    }
    struct str line2 = {0};
    (void)next_line(&head, &line);
    return next_line(&head, &line2) && strchr("{[\"", str_trim(line2).at[0]) != NULL;
}

static bool is_markup(struct str head)
{
    static const char *const STARTS[] = {"<?xml", "<!DOCTYPE", "<!doctype", "<html",
                                         "<tt "};
    struct str line = str_trim(first_line(head));
    for (size_t i = 0; i < sizeof STARTS / sizeof STARTS[0]; i++) {
        if (str_starts(line, str_from(STARTS[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_toml_matter(struct str head)
{
    return str_is(str_trim(first_line(head)), "+++");
}

// "HAMLET" or "LADY MACBETH." alone on a line.
static bool is_speaker(struct str line)
{
    bool letters = false;
    struct str text = str_trim(line);
    for (size_t i = 0; i < text.len; i++) {
        if (is_lower(text.at[i]) || is_digit(text.at[i]) ||
            (text.at[i] == ':' && i + 1 < text.len)) {
            return false;
        }
        letters = letters || is_upper(text.at[i]);
    }
    return letters && text.len >= 2 && text.len <= 40;
}

static bool has_lower(struct str line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (is_lower(line.at[i])) {
            return true;
        }
    }
    return false;
}

// "HAMLET. To be, or not to be": a name in capitals, a full stop, a speech.
static bool is_speech(struct str line)
{
    size_t stop = str_find(line, STR(". "));
    return stop < line.len && is_speaker((struct str){line.at, stop}) &&
           has_lower(str_skip(line, stop));
}

static bool is_play(struct str head)
{
    struct str line = {0};
    size_t alone = 0;
    size_t speeches = 0;
    bool speaker = false;
    while (next_line(&head, &line)) {
        alone += speaker && has_lower(line) ? 1 : 0;
        speaker = is_speaker(line);
        speeches += is_speech(line) ? 1 : 0;
    }
    return alone >= 2 || speeches >= 3;
}

#define LINES                                                                          \
    "write each line as 'NAME: text', or as '[2024-05-14T11:02:10Z] NAME: text'"

static const struct {
    bool (*is)(struct str head);
    struct foreign foreign;
} FORMS[] = {
    {utf8_is_utf16,
     {"text in UTF-16", "convert it: iconv -f UTF-16 -t UTF-8 OLD > NEW", true}},
    {is_archive,
     {"a compressed file (office documents are such, too)",
      "save its text as a file in UTF-8", true}},
    {is_document,
     {"a document for a word processor", "save its text as a file in UTF-8", true}},
    {is_webvtt,
     {"subtitles in the format WebVTT", "take numbers and times off, and " LINES,
      false}},
    {is_subrip,
     {"subtitles in the format SubRip (SRT)", "take numbers and times off, and " LINES,
      false}},
    {is_webvtt_cue,
     {"subtitles in the format WebVTT", "take numbers and times off, and " LINES,
      false}},
    {is_chat_export, {"a chat as WhatsApp exports it", LINES, false}},
    {is_irc, {"a log of IRC", LINES, false}},
    {is_json, {"JSON", LINES, false}},
    {is_markup, {"HTML or XML", LINES, false}},
    {is_toml_matter,
     {"front matter in TOML", "take it off, up to the second line '+++'", false}},
    {is_play,
     {"a play, with speakers in capitals",
      "write each speech as 'NAME: text', on one line or with 'continuation: join'",
      false}},
};

const struct foreign *foreign_find(struct str head)
{
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        if (FORMS[i].is(head)) {
            return &FORMS[i].foreign;
        }
    }
    return NULL;
}
