// Items enter, a conversation leaves: a heading for each day, then who said what, and
// when, in lines that fit the terminal.
#include "chat.h"

#include "connect.h"
#include "die.h"
#include "display.h"
#include "harmless.h"
#include "message_read.h"
#include "say.h"
#include "time_zone.h"
#include "utf8.h"

#include <inttypes.h>
#include <stdlib.h>

#define MESSAGES_MAX 100000
#define TEXT_MAX ((size_t)16 << 20)
#define COLUMNS_DEFAULT 80
#define COLUMNS_MIN 24
#define SENDER_COLUMNS_MAX 24
#define SENDER_BESIDE 48 // narrower: texts stand below their senders
#define TIME_COLUMNS 7   // "12:34  "

struct chat_message {
    struct read_message read;
    uint64_t place; // in the order of time, where that is not told
};

struct chat {
    struct ddb *ddb;
    struct message_reader *reader;
    const char *zone;
    bool newest_first;
    size_t columns;
    size_t margin; // before texts
    struct arena arena;
    struct buf out;
    struct chat_message *messages;
    size_t count;
    size_t cap;
    uint64_t others; // items that are no messages
    bool cut;        // there were more than are kept
};

static const char *const DAYS[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};
static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

struct chat *chat_new(struct ddb *ddb, const struct unit *unit, const char *zone,
                      bool newest_first)
{
    if (zone != NULL && !time_zone_exists(zone)) {
        struct diag *diag = diag_add(&ddb->diags, DIAG_TIME_ZONE_UNKNOWN,
                                     (struct span){0}, "there is no time zone %s",
                                     diag_quote(&ddb->diags, str_from(zone)));
        diag_help(&ddb->diags, diag,
                  "write one of the tz database, as in Europe/Berlin, America/New_York "
                  "or UTC");
        return NULL;
    }
    struct message_reader *reader = message_reader_new(unit);
    if (reader == NULL) {
        struct diag *diag = diag_add(
            &ddb->diags, DIAG_CHAT_WITHOUT_MESSAGES, (struct span){0},
            "%s has no entity for each message that reads ${message.text}: there is no "
            "conversation to show",
            unit->definition.source->name.at);
        diag_help(&ddb->diags, diag, "--table shows any items");
        return NULL;
    }
    struct chat *chat = calloc(1, sizeof *chat);
    if (chat == NULL) {
        die("out of memory");
    }
    chat->ddb = ddb;
    chat->reader = reader;
    chat->zone = zone == NULL ? "UTC" : zone;
    chat->newest_first = newest_first;
    chat->columns = ddb->options.columns == 0 ? COLUMNS_DEFAULT : ddb->options.columns;
    chat->columns = chat->columns < COLUMNS_MIN ? COLUMNS_MIN : chat->columns;
    buf_init(&chat->out, TEXT_MAX);
    return chat;
}

void chat_free(struct chat *chat)
{
    if (chat != NULL) {
        message_reader_free(chat->reader);
        buf_deinit(&chat->out);
        arena_deinit(&chat->arena);
        free(chat);
    }
}

bool chat_take(struct chat *chat, const struct value_entry *entries, size_t count)
{
    struct chat_message message = {.place = chat->count};
    if (!message_read(&message.read, chat->reader, entries, count)) {
        chat->others++;
        return true;
    }
    chat->cut = chat->count == MESSAGES_MAX;
    if (chat->cut) {
        return false;
    }
    message.read.sender = arena_str(&chat->arena, message.read.sender);
    message.read.text = arena_str(&chat->arena, message.read.text);
    chat->messages = arena_grow(&chat->arena, chat->messages, chat->count,
                                chat->count + 1, &chat->cap, sizeof *chat->messages);
    chat->messages[chat->count++] = message;
    return true;
}

// Those whose time is not told stand last, as they came.
static int compare(const void *left, const void *right)
{
    const struct chat_message *a = left;
    const struct chat_message *b = right;
    if (a->read.timed != b->read.timed) {
        return a->read.timed ? -1 : 1;
    }
    if (a->read.timed && a->read.time != b->read.time) {
        return a->read.time < b->read.time ? -1 : 1;
    }
    return a->place < b->place ? -1 : 1;
}

// ---- what is written

static void put_blanks(struct buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_char(out, ' ');
    }
}

// Text for a person, on one line: a tab is a blank here, and moves nothing.
static struct str visible(struct chat *chat, struct str text)
{
    struct buf out;
    buf_init(&out, SIZE_MAX);
    while (text.len > 0) {
        size_t tab = str_find_char(text, '\t');
        utf8_put_visible(&out, (struct str){text.at, tab});
        buf_puts(&out, tab < text.len ? " " : "");
        text = str_skip(text, tab < text.len ? tab + 1 : tab);
    }
    struct str shown = arena_str(&chat->arena, buf_str(&out));
    buf_deinit(&out);
    return shown;
}

static struct str shown_sender(struct chat *chat, const struct read_message *message)
{
    struct str sender =
        visible(chat, message->sender.len > 0 ? message->sender : STR("?"));
    if (display_columns(sender) <= SENDER_COLUMNS_MAX) {
        return sender;
    }
    struct str clipped = display_prefix(sender, SENDER_COLUMNS_MAX - 3);
    return arena_printf(&chat->arena, "%.*s...", STR_ARG(clipped));
}

static void put_offset(struct buf *out, int offset)
{
    int east = offset < 0 ? -offset : offset;
    buf_puts(out, "UTC");
    if (offset != 0) {
        buf_printf(out, "%c%02d:%02d", offset < 0 ? '-' : '+', east / 3600,
                   east / 60 % 60);
    }
    if (east % 60 != 0) { // before there were zones
        buf_printf(out, ":%02d", east % 60);
    }
}

static void put_bold(struct chat *chat, struct str text)
{
    bool color = chat->ddb->options.color_out;
    buf_puts(&chat->out, color ? "\x1b[1m" : "");
    harmless_put(&chat->out, text, false);
    buf_puts(&chat->out, color ? "\x1b[0m" : "");
}

// A day has a second heading where clocks are put forward or back in it.
static void put_heading(struct chat *chat, const struct local_time *time)
{
    struct buf line;
    buf_init(&line, TEXT_MAX);
    if (time == NULL) {
        buf_puts(&line, "no time is told");
    } else {
        buf_printf(&line, "%s, %d %s %04d, ", DAYS[time->weekday], time->day,
                   MONTHS[time->month - 1], time->year);
        put_offset(&line, time->offset);
    }
    put_bold(chat, buf_str(&line));
    buf_puts(&chat->out, "\n\n");
    buf_deinit(&line);
}

static void put_text(struct chat *chat, struct str text, bool begun)
{
    size_t width = chat->columns - chat->margin;
    bool more = true;
    while (more) {
        size_t end = str_find_char(text, '\n');
        struct str rest = visible(chat, (struct str){text.at, end});
        more = end < text.len;
        text = str_skip(text, more ? end + 1 : end);
        do {
            struct str line = display_line(&rest, width);
            put_blanks(&chat->out, begun || line.len == 0 ? 0 : chat->margin);
            harmless_put(&chat->out, line, false); // also behind blanks
            buf_char(&chat->out, '\n');
            begun = false;
        } while (rest.len > 0);
    }
}

static void put_message(struct chat *chat, const struct read_message *message,
                        const struct local_time *time)
{
    struct buf *out = &chat->out;
    struct str sender = shown_sender(chat, message);
    bool beside = chat->columns >= SENDER_BESIDE;
    if (time != NULL) {
        buf_printf(out, "%02d:%02d  ", time->hour, time->minute);
    } else {
        put_blanks(out, TIME_COLUMNS);
    }
    put_bold(chat, sender);
    if (beside) {
        put_blanks(out, chat->margin - TIME_COLUMNS - display_columns(sender));
    } else {
        buf_char(out, '\n');
    }
    put_text(chat, message->text, beside);
}

static bool is_another_day(const struct local_time *a, const struct local_time *b)
{
    return a->year != b->year || a->month != b->month || a->day != b->day ||
           a->offset != b->offset;
}

// False: nobody reads any more.
static bool show_messages(struct chat *chat)
{
    struct local_time day = {0};
    bool timed = true;
    bool ok = true;
    for (size_t i = 0; i < chat->count && ok; i++) {
        const struct read_message *message = &chat->messages[i].read;
        struct local_time time = {0};
        if (message->timed) {
            time_zone_read(&time, message->time);
        }
        buf_reset(&chat->out);
        if (i == 0 || message->timed != timed || is_another_day(&time, &day)) {
            buf_puts(&chat->out, i > 0 ? "\n" : "");
            put_heading(chat, message->timed ? &time : NULL);
        }
        day = time;
        timed = message->timed;
        put_message(chat, message, message->timed ? &time : NULL);
        ok = say_text(chat->ddb, buf_str(&chat->out));
    }
    return ok;
}

static void set_margin(struct chat *chat)
{
    chat->margin = 2;
    for (size_t i = 0; i < chat->count && chat->columns >= SENDER_BESIDE; i++) {
        size_t columns = display_columns(shown_sender(chat, &chat->messages[i].read));
        size_t margin = TIME_COLUMNS + columns + 2;
        chat->margin = margin > chat->margin ? margin : chat->margin;
    }
}

void chat_show(struct chat *chat)
{
    struct time_zone zone;
    // Of two at one time, what came first is the older one, or the newer.
    for (size_t i = 0; i < chat->count && chat->newest_first; i++) {
        chat->messages[i].place = chat->count - i;
    }
    if (chat->count > 0) {
        qsort(chat->messages, chat->count, sizeof *chat->messages, compare);
    }
    set_margin(chat);
    if (!time_zone_begin(&zone, chat->zone)) {
        die("a time zone went away");
    }
    bool shown = show_messages(chat);
    time_zone_end(&zone);
    if (shown && chat->others > 0) {
        connect_say(chat->ddb, "%" PRIu64 " %s, and not shown; --table shows %s",
                    chat->others,
                    chat->others == 1 ? "item is no message" : "items are no messages",
                    chat->others == 1 ? "it" : "them");
    }
    if (shown && chat->cut) {
        connect_say(chat->ddb,
                    "only %d messages are shown; without --chat all of them are",
                    MESSAGES_MAX);
    }
}
