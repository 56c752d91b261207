// Collecting diagnostics. In: a code, a place and a message. Out: the list that the
// printer shows, and the exit code that follows from it.
#include "diag.h"

#include "allow.h"
#include "buf.h"
#include "secret.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define QUOTE_MAX 60                   // code points of the user's text in a message
#define KNOWN_MAX 12                   // names listed when none is near
#define HELP_MAX 65536                 // bytes of such a list
#define NEAREST_WORK UINT64_C(1000000) // for all nearest names of a run
#define ONCE_SIZE 2048                 // bytes of a message that is known again
#define QUOTE_SEEN ((size_t)4096)      // bytes of it that are looked at

void diags_init(struct diags *diags, struct arena *arena)
{
    *diags = (struct diags){.arena = arena, .nearest_work = NEAREST_WORK};
    map_init(&diags->once, arena);
}

__attribute__((format(printf, 2, 0))) static struct str
format_message(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    size_t size = len < 0 ? 1 : (size_t)len + 1;
    char *text = arena_alloc(arena, size);
    (void)vsnprintf(text, size, format, args);
    secret_mask(text, size - 1);
    return (struct str){text, size - 1};
}

bool diags_full(const struct diags *diags)
{
    return diags->dropped > 0;
}

static void count(struct diags *diags, const struct diag_info *info)
{
    if (info->severity == DIAG_ERROR) {
        diags->errors++;
        if (info->class > diags->worst) {
            diags->worst = info->class;
        }
    } else if (info->severity == DIAG_WARNING) {
        diags->warnings++;
    }
}

// A new place at the end of one of the lists, or NULL past the ceiling.
static struct diag *list_add(struct arena *arena, struct diag **list, size_t *count,
                             size_t *cap)
{
    if (*count == DIAG_MAX_KEPT) {
        return NULL;
    }
    *list = arena_grow(arena, *list, *count, *count + 1, cap, sizeof(struct diag));
    return &(*list)[(*count)++];
}

static struct diag *add_silenced(struct diags *diags, struct allow *allow)
{
    allow->used = true;
    if (diags_full(diags)) {
        return NULL;
    }
    return list_add(diags->arena, &diags->silenced, &diags->silenced_count,
                    &diags->silenced_cap);
}

static struct diag *add_counted(struct diags *diags, const struct diag_info *info)
{
    count(diags, info);
    struct diag *diag =
        list_add(diags->arena, &diags->kept, &diags->count, &diags->cap);
    diags->dropped += diag == NULL ? 1 : 0;
    return diag;
}

struct diag *diag_add(struct diags *diags, enum diag_code code, struct span span,
                      const char *format, ...)
{
    const struct diag_info *info = diag_info_get(code);
    struct diag fresh = {.code = code, .severity = info->severity, .span = span};
    struct allow *allow =
        info->severity == DIAG_WARNING ? allow_find(diags, code, &span) : NULL;
    struct diag *diag =
        allow != NULL ? add_silenced(diags, allow) : add_counted(diags, info);

    if (diag == NULL) {
        diags->overflow = fresh;
        return &diags->overflow;
    }
    fresh.reason = allow != NULL ? allow->reason : fresh.reason;
    *diag = fresh;

    va_list args;
    va_start(args, format);
    diag->message = format_message(diags->arena, format, args);
    va_end(args);
    return diag;
}

// Lines come in the order of the file, those of one line one after the other.
static void note_line(struct diag *diag, uint32_t line)
{
    size_t known = diag->line_count < DIAG_LINES_MAX ? diag->line_count : 0;
    if (line == 0 || line == diag->span.line ||
        (known > 0 && diag->lines[known - 1] == line)) {
        return;
    }
    if (diag->line_count < DIAG_LINES_MAX) {
        diag->lines[diag->line_count] = line;
    }
    diag->line_count++;
}

// What an earlier one of the list is known by.
static struct str identity_of(char out[static ONCE_SIZE], enum diag_code code,
                              const struct source *source, struct str message)
{
    int len = snprintf(out, ONCE_SIZE, "%d %p %.*s", (int)code, (const void *)source,
                       STR_ARG(message));
    return (struct str){out, len > 0 && len < ONCE_SIZE ? (size_t)len : 0};
}

struct diag *diag_add_once(struct diags *diags, enum diag_code code, struct span span,
                           const char *format, ...)
{
    char text[ONCE_SIZE];
    char identity[ONCE_SIZE];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct str message = {text, len > 0 ? strlen(text) : 0};
    struct str key = identity_of(identity, code, span.source, message);
    const size_t *place = map_find(&diags->once, key);
    if (key.len > 0 && place != NULL) {
        count(diags, diag_info_get(code)); // who looks for errors finds this one, too
        diags->again++;
        note_line(&diags->kept[*place], span.line);
        diags->overflow = (struct diag){.code = code};
        return &diags->overflow;
    }
    struct diag *diag = diag_add(diags, code, span, "%.*s", STR_ARG(message));
    if (key.len > 0 && diag != &diags->overflow) {
        size_t *kept = arena_alloc(diags->arena, sizeof *kept);
        *kept = diags->count - 1;
        map_add(&diags->once, arena_str(diags->arena, key), NULL)->value = kept;
    }
    return diag;
}

void diag_help(struct diags *diags, struct diag *diag, const char *format, ...)
{
    if (diag == &diags->overflow) {
        return; // nobody will see it
    }
    va_list args;
    va_start(args, format);
    diag->help = format_message(diags->arena, format, args);
    va_end(args);
}

void diag_related(struct diags *diags, struct diag *diag, struct span span,
                  const char *format, ...)
{
    if (diag == &diags->overflow) {
        return;
    }
    va_list args;
    va_start(args, format);
    diag->related = span;
    diag->related_message = format_message(diags->arena, format, args);
    va_end(args);
}

// Appends at most QUOTE_MAX code points of text. Secrets are masked first: clipping may
// take away what shows that they are some. A NUL would end the message that a %s puts
// it into, so it is written out here already.
static void put_clipped(struct buf *buf, struct str text)
{
    char seen[QUOTE_SEEN];
    size_t len = text.len < sizeof seen ? text.len : sizeof seen;
    if (len > 0) {
        memcpy(seen, text.at, len);
    }
    secret_mask(seen, len);
    struct str shown = utf8_prefix((struct str){seen, len}, QUOTE_MAX);

    for (size_t i = 0; i < shown.len; i++) {
        if (shown.at[i] == '\0') {
            buf_put(buf, STR("\\u{0}"));
        } else {
            buf_char(buf, shown.at[i]);
        }
    }
    if (shown.len < text.len) {
        buf_put(buf, STR("..."));
    }
}

size_t diag_help_nearest(struct diags *diags, struct diag *diag, struct str written,
                         const struct str *names, size_t count)
{
    if (diag == &diags->overflow) {
        return count;
    }
    size_t nearest = str_nearest_within(written, names, count, &diags->nearest_work);
    if (nearest < count) {
        diag_help(diags, diag, "did you mean %s?", diag_quote(diags, names[nearest]));
        return nearest;
    }
    if (count > KNOWN_MAX) {
        return count;
    }
    struct buf list;
    buf_init(&list, HELP_MAX);
    for (size_t i = 0; i < count; i++) {
        if (list.len > 0) {
            buf_put(&list, STR(", "));
        }
        put_clipped(&list, names[i]);
    }
    if (list.len > 0) {
        diag_help(diags, diag, "known: %s", buf_cstr(&list));
    }
    buf_deinit(&list);
    return count;
}

const char *diag_quote(struct diags *diags, struct str text)
{
    if (diags_full(diags)) {
        return ""; // nobody will see it
    }
    char *copy = diags->quotes[diags->next_quote];
    struct buf quoted;
    diags->next_quote = (diags->next_quote + 1) % DIAG_QUOTES;
    buf_init(&quoted, DIAG_QUOTE_SIZE - 1);
    buf_char(&quoted, '\'');
    put_clipped(&quoted, text);
    buf_char(&quoted, '\'');
    memcpy(copy, buf_cstr(&quoted), quoted.len + 1);
    buf_deinit(&quoted);
    return copy;
}

void diags_forget_warnings(struct diags *diags, const struct source *but)
{
    size_t kept = 0;
    size_t warnings = 0;
    if (diags->errors > 0) {
        return;
    }
    for (size_t i = 0; i < diags->count; i++) {
        const struct diag *diag = &diags->kept[i];
        if (diag->severity != DIAG_WARNING || diag->span.source == but) {
            warnings += diag->severity == DIAG_WARNING ? 1 : 0;
            diags->kept[kept++] = *diag;
        }
    }
    diags->warnings = warnings;
    diags->dropped = 0;
    diags->count = kept;
}

int diags_exit_code(const struct diags *diags, bool strict)
{
    if (diags->errors > 0) {
        return (int)diags->worst;
    }
    return strict && diags->warnings > 0 ? (int)DIAG_INPUT : 0;
}
