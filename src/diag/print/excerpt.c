// Lines of a source as a person sees them. In: a span. Out: at most 100 columns of its
// line, escaped, and where the caret goes.
//
// The line may be hostile, malformed or 200 MB long: only a window of bytes around the
// span's column is read, and every cell of it (a code point or a malformed byte) has a
// known width once it is escaped. Secrets are masked, and what shows that they are some
// may stand outside the window: a margin around it is read too. What was masked is kept
// for the next mistake on the line.
#include "excerpt.h"

#include "harmless.h"
#include "secret.h"
#include "utf8.h"

#include <string.h>

#define BYTES_BEFORE ((size_t)400) // read before the column,
#define BYTES_AFTER ((size_t)800)  // and from it on
#define MARGIN (EXCERPT_PIECE / 4) // read on both sides for secrets, and not shown
#define KEEP_BEFORE ((size_t)60)   // columns before the caret that are shown whole,
#define CUT_BEFORE ((size_t)40)    // and to how many they are cut when there are more
#define COLUMN_STEP ((size_t)1024) // bytes of a line from mark to mark

static const struct str dots = {"...", 3};

// How many bytes at the end of s may be the beginning of a code point that goes on.
static size_t incomplete_tail(struct str s)
{
    for (size_t tail = 1; tail <= 3 && tail <= s.len; tail++) {
        const unsigned char byte = (unsigned char)s.at[s.len - tail];
        if (byte >= 0xC0) {
            size_t len = byte >= 0xF0 ? 4 : (byte >= 0xE0 ? 3 : 2);
            return len > tail ? tail : 0;
        }
        if (byte < 0x80) {
            break;
        }
    }
    return 0;
}

// Whether a text begins with a character that is one column wide, as most are.
static bool is_plain(struct str text)
{
    return text.at[0] >= ' ' && text.at[0] <= '~' &&
           (text.at[0] != '#' || !harmless_is_marked(text));
}

// Takes the first cell off *text, appends it to out and returns its columns.
static size_t take_cell(struct str *text, struct buf *out)
{
    uint32_t code_point = 0;
    if (harmless_is_marked(*text)) {
        harmless_put_char(out, text->at[0]);
        *text = str_skip(*text, 1);
        return HARMLESS_COLUMNS;
    }
    size_t decoded = utf8_decode(*text, &code_point);
    size_t len = decoded == 0 ? 1 : decoded;
    struct str cell = {text->at, len};

    *text = str_skip(*text, len);
    if (decoded > 0 && code_point == '\t') {
        buf_char(out, ' ');
        return 1;
    }
    size_t before = out->len;
    utf8_put_visible(out, cell);
    if (decoded == 0 || utf8_is_hostile(code_point)) {
        return out->len - before; // an escape, in ASCII
    }
    return (size_t)utf8_columns(code_point);
}

// The columns that text takes, or some number above `enough`.
static size_t columns_of(struct str text, size_t enough)
{
    struct buf ignored;
    size_t columns = 0;

    buf_init(&ignored, SIZE_MAX);
    while (text.len > 0 && columns <= enough) {
        if (is_plain(text)) {
            text = str_skip(text, 1);
            columns++;
        } else {
            columns += take_cell(&text, &ignored);
        }
    }
    buf_deinit(&ignored);
    return columns;
}

// A piece of the line in memory, with the place of the caret in it.
struct window {
    struct str text;
    size_t caret;   // offset of the caret's first byte
    bool cut_left;  // the line begins before text
    bool cut_right; // and ends behind it
};

static size_t margin_before(uint64_t at)
{
    return at < MARGIN ? (size_t)at : MARGIN;
}

// Whether the piece holds what is between two offsets in the span's line, and what
// stands around it.
static bool piece_holds(const struct excerpt_piece *piece, const struct span *span,
                        uint64_t from, uint64_t to)
{
    bool same = piece->source == span->source && piece->line_at == span->line_at;
    return same && piece->from <= from - margin_before(from) &&
           (piece->ends || piece->from + piece->len >= to + MARGIN);
}

static void piece_read(struct excerpt_piece *piece, const struct span *span,
                       uint64_t from)
{
    piece->source = span->source;
    piece->line_at = span->line_at;
    piece->from = from - margin_before(from);
    size_t came = source_read(span->source, span->line_at + piece->from, piece->bytes,
                              sizeof piece->bytes);
    piece->len = str_find_char((struct str){piece->bytes, came}, '\n');
    piece->ends = piece->len < sizeof piece->bytes;
    secret_mask(piece->bytes, piece->len);
}

static struct window window_read(struct excerpt_piece *piece, const struct span *span)
{
    size_t caret = span->column < BYTES_BEFORE ? span->column : BYTES_BEFORE;
    uint64_t skipped = span->column - caret;
    struct window window = {.caret = caret, .cut_left = skipped > 0};

    if (!piece_holds(piece, span, skipped, span->column + BYTES_AFTER)) {
        piece_read(piece, span, skipped);
    }
    struct str text = {piece->bytes, piece->len};
    uint64_t unseen = skipped - piece->from;
    text = str_skip(text, unseen < text.len ? (size_t)unseen : text.len);
    if (text.len > caret + BYTES_AFTER) {
        text.len = caret + BYTES_AFTER;
        window.cut_right = true;
    }
    if (window.cut_right) {
        text.len -= incomplete_tail(text);
    } else if (text.len > 0 && text.at[text.len - 1] == '\r') {
        text.len--;
    }
    // The window may begin inside a code point.
    size_t skip = 0;
    while (window.cut_left && skip < 3 && skip < text.len &&
           ((unsigned char)text.at[skip] & 0xC0) == 0x80) {
        skip++;
    }
    window.text = str_skip(text, skip);
    window.caret = caret > skip ? caret - skip : 0;
    if (window.caret > window.text.len) {
        window.caret = window.text.len; // a mistake at the line's end
    }
    return window;
}

// Cuts the left of the window, if there is much of it.
static void cut_left(struct window *window)
{
    size_t columns = columns_of((struct str){window->text.at, window->caret}, SIZE_MAX);
    struct buf ignored;

    if (columns <= KEEP_BEFORE && !window->cut_left) {
        return;
    }
    window->cut_left = true;
    buf_init(&ignored, SIZE_MAX);
    while (columns > CUT_BEFORE) {
        size_t len = window->text.len;
        buf_reset(&ignored);
        if (is_plain(window->text)) {
            window->text = str_skip(window->text, 1);
            columns--;
        } else {
            columns -= take_cell(&window->text, &ignored);
        }
        window->caret -= len - window->text.len;
    }
    buf_deinit(&ignored);
}

bool excerpt_read(struct excerpt *excerpt, struct buf *out, struct excerpt_piece *piece,
                  const struct span *span)
{
    *excerpt = (struct excerpt){0};
    if (span->source == NULL || span->line == 0) {
        return false;
    }
    struct window window = window_read(piece, span);
    if (window.text.len == 0) {
        return false;
    }
    cut_left(&window);

    size_t columns = 0;
    if (window.cut_left) {
        buf_put(out, dots);
        columns = dots.len;
    }
    if (columns + columns_of(window.text, EXCERPT_COLUMNS) > EXCERPT_COLUMNS) {
        window.cut_right = true;
    }
    size_t limit = EXCERPT_COLUMNS - (window.cut_right ? dots.len : 0);
    const char *caret = window.text.at + window.caret;
    const char *caret_end =
        span->length < window.text.len - window.caret ? caret + span->length : NULL;
    excerpt->caret_at = columns;
    while (window.text.len > 0) {
        const char *at = window.text.at;
        size_t len = out->len;
        size_t width = take_cell(&window.text, out);
        if (columns + width > limit) {
            out->len = len;
            break;
        }
        columns += width;
        if (at < caret) {
            excerpt->caret_at = columns;
        } else if (caret_end == NULL || at < caret_end) {
            excerpt->caret_width = columns - excerpt->caret_at;
        }
    }
    if (window.cut_right) {
        buf_put(out, dots);
    }
    if (excerpt->caret_width == 0) {
        excerpt->caret_width = 1;
    }
    return true;
}

// Code points among len bytes at offset, at most COLUMN_STEP and some. What may be the
// beginning of one that goes on is left out where *taken is asked for: the bytes that
// were counted.
static uint64_t count_at(const struct source *source, uint64_t offset, uint64_t len,
                         uint64_t *taken)
{
    char block[COLUMN_STEP + 4];
    size_t want = len < sizeof block ? (size_t)len : sizeof block;
    struct str text = {block, source_read(source, offset, block, want)};

    if (taken != NULL) {
        text.len -= incomplete_tail(text);
        *taken = text.len;
    }
    return utf8_count(text);
}

static void add_mark(struct column_counter *counter)
{
    struct column_mark mark = {0};

    if (counter->count > 0) {
        const struct column_mark *last = &counter->marks[counter->count - 1];
        uint64_t to = counter->count * COLUMN_STEP;
        uint64_t taken = 0;
        mark.code_points = last->code_points + count_at(counter->source,
                                                        counter->line_at + last->bytes,
                                                        to - last->bytes, &taken);
        mark.bytes = last->bytes + taken;
    }
    counter->marks =
        arena_grow(counter->arena, counter->marks, counter->count, counter->count + 1,
                   &counter->cap, sizeof *counter->marks);
    counter->marks[counter->count++] = mark;
}

uint64_t column_count(struct column_counter *counter, const struct source *source,
                      uint64_t line_at, uint64_t bytes)
{
    if (counter->source != source || counter->line_at != line_at) {
        counter->source = source;
        counter->line_at = line_at;
        counter->count = 0;
    }
    while (counter->count <= bytes / COLUMN_STEP) {
        add_mark(counter);
    }
    const struct column_mark *mark = &counter->marks[bytes / COLUMN_STEP];
    return mark->code_points +
           count_at(source, line_at + mark->bytes, bytes - mark->bytes, NULL);
}
