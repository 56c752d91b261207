// The text that libyaml reads. In: its bytes, and libyaml's marks, which count code
// points. Out: places in a source, or the first character that is refused.
//
// libyaml knows line breaks that no editor does (NEL, LS, PS), so every mark is turned
// into a byte offset by a cursor that runs over the text once, and lines are counted by
// LF alone.
#include "yaml_text.h"

#include "utf8.h"

static size_t sequence_length(char lead)
{
    unsigned char c = (unsigned char)lead;
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static void step(struct text_cursor *cursor, struct str text)
{
    char c = text.at[cursor->byte];
    cursor->byte += sequence_length(c);
    cursor->index++;
    if (c == '\n') {
        cursor->line++;
        cursor->line_byte = cursor->byte;
    }
}

void text_cursor_seek(struct text_cursor *cursor, struct str text, size_t index)
{
    if (index < cursor->index) {
        *cursor = (struct text_cursor){0};
    }
    while (cursor->index < index && cursor->byte < text.len) {
        step(cursor, text);
    }
}

static struct span cursor_span(const struct yaml_text *in,
                               const struct text_cursor *cursor, size_t length)
{
    return (struct span){
        .source = in->source,
        .line_at = SPAN_LINE_AT(in->base_at + cursor->line_byte),
        .line = in->base_line + cursor->line,
        .column = (uint32_t)(cursor->byte - cursor->line_byte),
        .length = SPAN_LENGTH(length),
    };
}

struct span yaml_text_span(const struct yaml_text *in, struct text_cursor *cursor,
                           size_t from, size_t to)
{
    text_cursor_seek(cursor, in->text, from);
    struct text_cursor end = *cursor;
    while (end.index < to && end.byte < in->text.len && in->text.at[end.byte] != '\n' &&
           in->text.at[end.byte] != '\r') {
        step(&end, in->text);
    }
    return cursor_span(in, cursor, end.byte - cursor->byte);
}

// The place of a byte offset, as far as it is on one line, for checks that run before
// libyaml.
static struct span byte_span(const struct yaml_text *in, size_t offset, size_t length)
{
    struct text_cursor cursor = {0};
    for (size_t i = 0; i < offset; i++) {
        if (in->text.at[i] == '\n') {
            cursor.line++;
            cursor.line_byte = i + 1;
        }
    }
    cursor.byte = offset;
    struct str marked = {in->text.at + offset, length};
    return cursor_span(in, &cursor, str_find_char(marked, '\n'));
}

bool yaml_text_check(const struct yaml_text *in, struct diags *diags)
{
    struct str text = in->text;
    size_t bad = utf8_check(text);
    if (utf8_is_utf16(text)) {
        struct diag *diag = diag_add(diags, DIAG_UTF8, byte_span(in, 0, 1),
                                     "this is text in UTF-16, and has to be UTF-8");
        diag_help(diags, diag, "convert it: iconv -f UTF-16 -t UTF-8 OLD > NEW");
        return false;
    }
    if (bad < text.len) {
        diag_add(diags, DIAG_UTF8, byte_span(in, bad, 1), "byte 0x%02x is not UTF-8",
                 (unsigned)(unsigned char)text.at[bad]);
        return false;
    }
    for (size_t at = 0; at < text.len;) {
        uint32_t c = 0;
        size_t n = utf8_decode(str_skip(text, at), &c);
        bool lone_cr = c == '\r' && !(at + 1 < text.len && text.at[at + 1] == '\n');
        bool control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || lone_cr ||
                       (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
                       c == 0xfeff || c == 0xfffe || c == 0xffff;
        if (control) {
            struct diag *diag =
                diag_add(diags, DIAG_CONTROL_CHARACTER, byte_span(in, at, n),
                         "control character U+%04X", (unsigned)c);
            diag_help(diags, diag, "in a double-quoted string write it as \"\\u%04x\"",
                      (unsigned)c);
            return false;
        }
        at += n;
    }
    return true;
}
