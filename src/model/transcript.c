// Transcripts: lines enter, conversations and messages leave, one event at a time.
//
// Text is borrowed from the line reader's block wherever a message is one line; only
// `continuation: join` copies. The first reading verifies every byte, the second trusts
// the first.
#include "transcript.h"

#include "label.h"
#include "mistakes.h"
#include "utf8.h"
#include "yaml_read.h"

#define HEADER_FENCE STR("---")

void transcript_init(struct transcript *transcript, const struct source *source,
                     const struct transcript_options *options,
                     struct arena *header_arena, struct diags *diags)
{
    *transcript = (struct transcript){
        .arena = header_arena,
        .diags = diags,
        .now = options->now,
        .verified = options->verified,
    };
    line_reader_init(&transcript->lines, source);
    buf_init(&transcript->joined, LINE_MAX_BYTES);
    strangers_init(&transcript->strangers, diags);
}

void transcript_deinit(struct transcript *transcript)
{
    line_reader_deinit(&transcript->lines);
    buf_deinit(&transcript->joined);
}

void transcript_give_header(struct transcript *transcript, const struct header *header)
{
    transcript->header = *header;
    transcript->bare = true;
    transcript->strangers.bare = true;
}

void transcript_seek(struct transcript *transcript, uint64_t header_at,
                     uint32_t header_line)
{
    line_reader_seek(&transcript->lines, header_at, header_line);
    transcript->has_pending_line = false;
    transcript->has_header = false;
    transcript->stopped = false;
}

struct span transcript_message_span(const struct transcript *transcript)
{
    const struct transcript_message *message = &transcript->message;
    size_t at = (size_t)(message->text_at - message->line.at);
    return line_span(&transcript->lines, &message->line, at, 0);
}

struct str transcript_text_again(const struct source *source, uint64_t text_at,
                                 uint32_t text_raw, struct arena *arena)
{
    char *text = arena_alloc(arena, text_raw);
    size_t came = source_read(source, text_at, text, text_raw);
    size_t len = 0;
    for (size_t i = 0; i < came; i++) {
        if (!(text[i] == '\r' && i + 1 < came && text[i + 1] == '\n')) {
            text[len++] = text[i];
        }
    }
    return (struct str){text, len};
}

static bool next_line(struct transcript *transcript, struct line *line)
{
    if (transcript->has_pending_line) {
        *line = transcript->pending_line;
        transcript->has_pending_line = false;
        return true;
    }
    return line_reader_next(&transcript->lines, line);
}

static void push_back(struct transcript *transcript, const struct line *line)
{
    transcript->pending_line = *line;
    transcript->has_pending_line = true;
}

bool transcript_is_fence(struct str line)
{
    return str_starts(line, HEADER_FENCE) && str_trim(line).len == HEADER_FENCE.len;
}

static bool is_fence(const struct line *line)
{
    return !line->too_long && transcript_is_fence(line->text);
}

static bool is_blank(const struct line *line)
{
    return !line->too_long && str_trim(line->text).len == 0;
}

// UTF-8 without control characters other than tab. Plain ASCII takes the short way.
static bool check_text(struct transcript *transcript, const struct line *line)
{
    const unsigned char *text = (const unsigned char *)line->text.at;
    size_t len = line->text.len;
    for (size_t at = 0; at < len;) {
        unsigned char c = text[at];
        if (c >= 0x20 && c < 0x7f) {
            at++;
            continue;
        }
        if (c == '\t') {
            at++;
            continue;
        }
        uint32_t code_point = 0;
        size_t n = utf8_decode(str_skip(line->text, at), &code_point);
        if (n == 0 || code_point < 0xa0) {
            return mistakes_byte(transcript, line, at);
        }
        at += n;
    }
    return true;
}

static bool check_line(struct transcript *transcript, const struct line *line)
{
    if (line->too_long) {
        diag_add(transcript->diags, DIAG_LINE_TOO_LONG,
                 line_span(&transcript->lines, line, 0, 0),
                 "the line is longer than %zu KiB", LINE_MAX_BYTES / 1024);
        return false;
    }
    return transcript->verified || check_text(transcript, line);
}

// False when the line is wrong in a way that was diagnosed.
static bool match_label(struct transcript *transcript, const struct line *line,
                        struct label_match *out)
{
    label_match_find(out, &transcript->header, line->text);
    if (!out->timed) {
        return true;
    }
    const char *text = line->text.at;
    struct str time = str_slice(text + 1, text + label_time_end(line->text) - 2);
    const char *why = NULL;
    if (!instant_parse(&out->time, time, &why)) {
        diag_add(transcript->diags, DIAG_TIME,
                 line_span(&transcript->lines, line, 1, time.len), "%s is no time: %s",
                 diag_quote(transcript->diags, time), why);
        return false;
    }
    return true;
}

// The time of the message at hand, and that it is later than the one before.
static bool set_time(struct transcript *transcript, const struct line *line,
                     const struct label_match *match)
{
    struct transcript_message *message = &transcript->message;
    const struct header *header = &transcript->header;
    instant_us before = message->created_at;
    bool first = message->index == 0;
    bool ok = true;
    if (match->timed) {
        message->created_at = match->time;
    } else if (!first) {
        ok = instant_add(&message->created_at, before, header->interval);
    } else if (header->starts == STARTS_NONE) {
        mistakes_no_time(transcript);
        transcript->poisoned = true;
        return false;
    } else if (header->starts == STARTS_RELATIVE) {
        ok = instant_add(&message->created_at, transcript->now, header->starts_at);
    } else {
        message->created_at = header->starts_at;
    }
    if (!ok) {
        diag_add(transcript->diags, DIAG_TIME,
                 line_span(&transcript->lines, line, 0, 0),
                 "the message's time is outside the years 0001 to 9999");
        transcript->poisoned = true;
        return false;
    }
    if (!first && message->created_at <= before) {
        mistakes_time_order(transcript, line, match, before);
        return false;
    }
    return true;
}

// `continuation: join`: takes the lines up to the next message, header or end, byte for
// byte. Blank ones count only when another line follows.
static void join_lines(struct transcript *transcript)
{
    struct transcript_message *message = &transcript->message;
    struct buf *joined = &transcript->joined;
    buf_reset(joined);
    buf_put(joined, message->text);
    size_t len = joined->len; // without the blank lines at its end
    bool too_long = joined->overflowed;
    struct line line;
    while (next_line(transcript, &line)) {
        if (is_blank(&line)) {
            buf_char(joined, '\n');
            buf_put(joined, line.text);
            continue;
        }
        struct label_match match;
        if (is_fence(&line)) {
            push_back(transcript, &line);
            break;
        }
        if (!check_line(transcript, &line)) {
            continue;
        }
        label_match_find(&match, &transcript->header, line.text);
        if (match.participant != NULL) { // diagnosed when it is its turn
            push_back(transcript, &line);
            break;
        }
        if (!mistakes_check_joined(transcript, &line)) {
            continue;
        }
        buf_char(joined, '\n');
        buf_put(joined, line.text);
        len = joined->len;
        too_long = joined->overflowed;
        message->text_raw = (uint32_t)(line.at + line.text.len - message->text_at);
    }
    joined->len = len;
    if (too_long) {
        diag_add(transcript->diags, DIAG_LINE_TOO_LONG,
                 line_span(&transcript->lines, &message->line, 0, 0),
                 "the joined message is longer than %zu KiB", LINE_MAX_BYTES / 1024);
    }
    message->text = buf_str(joined);
}

// What can be said of a line under a wrong header: its characters and its label.
static void check_poisoned(struct transcript *transcript, const struct line *line)
{
    struct label_match match;
    if (!transcript->header.labels_read || !check_line(transcript, line) ||
        !match_label(transcript, line, &match)) {
        return;
    }
    if (match.participant == NULL && !transcript->header.join) {
        mistakes_no_message(transcript, line);
    } else if (match.participant == NULL) {
        (void)mistakes_check_joined(transcript, line);
    }
}

// True when the line gave a message.
static bool read_message(struct transcript *transcript, const struct line *line)
{
    struct label_match match;
    if (!check_line(transcript, line) || !match_label(transcript, line, &match)) {
        return false;
    }
    if (match.participant == NULL) {
        mistakes_no_message(transcript, line);
        return false;
    }
    struct transcript_message *message = &transcript->message;
    message->index++; // from "before the first", see open_conversation
    if (!set_time(transcript, line, &match)) {
        return false;
    }
    message->participant = match.participant->index;
    message->line = *line;
    message->text = str_skip(line->text, match.text_at);
    message->text_at = line->at + match.text_at;
    message->text_raw = (uint32_t)message->text.len;
    if (transcript->header.join) {
        join_lines(transcript);
    }
    return true;
}

static void open_conversation(struct transcript *transcript)
{
    transcript->has_header = true;
    transcript->mistaken = false;
    transcript->message = (struct transcript_message){.index = UINT64_MAX};
    strangers_begin(&transcript->strangers, &transcript->header, transcript->arena);
}

// Finds the closing `---`; gives the header's bytes [from, to).
static bool find_header_end(struct transcript *transcript, const struct line *fence,
                            uint64_t *from, uint64_t *to)
{
    struct line line;
    bool first = true;
    *from = 0;
    while (line_reader_next(&transcript->lines, &line)) {
        if (first) {
            *from = line.at;
            first = false;
        }
        if (line.too_long || line.at - *from > HEADER_MAX_BYTES) {
            break;
        }
        if (is_fence(&line)) {
            *to = line.at;
            return true;
        }
    }
    struct diag *diag =
        diag_add(transcript->diags, DIAG_HEADER_UNCLOSED,
                 line_span(&transcript->lines, fence, 0, HEADER_FENCE.len),
                 "this header does not end");
    diag_help(transcript->diags, diag,
              "a header ends with a line '---', within %zu KiB",
              HEADER_MAX_BYTES / 1024);
    return false;
}

// True when a conversation is open afterwards.
static bool read_header(struct transcript *transcript, const struct line *fence)
{
    uint64_t from = 0;
    uint64_t to = 0;
    transcript->header_at = fence->at;
    transcript->header_line = fence->number;
    strangers_report(&transcript->strangers); // of a conversation that was poisoned
    struct line opening = *fence;
    if (!find_header_end(transcript, &opening, &from, &to)) {
        transcript->stopped = true;
        return false;
    }
    arena_reset(transcript->arena);
    transcript->header = (struct header){0};
    size_t len = (size_t)(to - from);
    char *text = arena_alloc(transcript->arena, len);
    len = source_read(transcript->lines.source, from, text, len);
    size_t errors = transcript->diags->errors;
    const struct node *root =
        yaml_read_piece((struct str){text, len}, transcript->lines.source, from,
                        opening.number + 1, transcript->arena, transcript->diags);
    bool foreign = root != NULL && header_is_foreign(root);
    bool ok =
        root != NULL && !foreign &&
        header_read(&transcript->header, root, transcript->arena, transcript->diags);
    if (foreign) {
        mistakes_front_matter(transcript, root->span);
    }
    if (root == NULL && transcript->diags->errors == errors) {
        diag_add(transcript->diags, DIAG_MISSING_KEY,
                 line_span(&transcript->lines, &opening, 0, HEADER_FENCE.len),
                 "the header is empty");
    }
    ok = ok && transcript->diags->errors == errors; // a key twice is read, and wrong
    transcript->poisoned = !ok;
    open_conversation(transcript);
    return ok;
}

static enum transcript_event end_conversation(struct transcript *transcript)
{
    transcript->has_header = false;
    strangers_report(&transcript->strangers);
    // Where lines were wrong the conversation is not empty.
    if (transcript->message.index == UINT64_MAX && !transcript->mistaken) {
        diag_add(transcript->diags, DIAG_CONVERSATION_EMPTY, transcript->header.span,
                 "the conversation has no messages");
    }
    return TRANSCRIPT_CONVERSATION_END;
}

enum transcript_event transcript_next(struct transcript *transcript)
{
    if (transcript->bare && !transcript->has_header && !transcript->stopped) {
        transcript->stopped = true; // a second time: the end
        open_conversation(transcript);
        return TRANSCRIPT_CONVERSATION;
    }
    struct line line;
    while (!transcript->foreign && !(transcript->stopped && !transcript->bare) &&
           next_line(transcript, &line)) {
        if (is_fence(&line) && !transcript->bare) {
            if (transcript->has_header && !transcript->poisoned) {
                push_back(transcript, &line);
                return end_conversation(transcript);
            }
            if (read_header(transcript, &line)) {
                return TRANSCRIPT_CONVERSATION;
            }
        } else if (is_blank(&line)) {
            continue;
        } else if (!transcript->has_header) {
            mistakes_no_header(transcript, &line);
        } else if (transcript->poisoned) {
            check_poisoned(transcript, &line);
        } else if (!mistakes_foreign(transcript, &line) &&
                   read_message(transcript, &line)) {
            return TRANSCRIPT_MESSAGE;
        } else {
            transcript->mistaken = true;
        }
    }
    if (transcript->has_header && !transcript->poisoned) {
        return end_conversation(transcript);
    }
    strangers_report(&transcript->strangers);
    return TRANSCRIPT_END;
}
