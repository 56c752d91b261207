// Undeclared labels of a conversation: lines enter one by one, one diagnostic for each
// label leaves.
#include "strangers.h"

#include "label.h"

#define LINES_SHOWN 8

struct stranger {
    struct str label;
    struct span span; // the first one
    bool meant;       // one line at least can be nothing but a message
    uint32_t lines[LINES_SHOWN];
    size_t count;
};

void strangers_init(struct strangers *strangers, struct diags *diags)
{
    *strangers = (struct strangers){.diags = diags, .near_left = STRANGERS_NEAR_MAX};
}

void strangers_begin(struct strangers *strangers, const struct header *header,
                     struct arena *arena)
{
    strangers->header = header;
    strangers->arena = arena;
    map_init(&strangers->by_label, arena);
}

// A line that join would append to somebody else's words, because of a slip of the pen.
static bool is_near(struct strangers *strangers, struct str label)
{
    const struct header *header = strangers->header;
    size_t count = header->participant_count;
    if (strangers->near_left < count) {
        return false;
    }
    strangers->near_left -= count;
    return str_nearest_within(str_trim(label), header->labels, count,
                              &strangers->diags->nearest_work) < count;
}

static void report(const struct strangers *strangers, const struct stranger *stranger)
{
    struct diags *diags = strangers->diags;
    const struct header *header = strangers->header;
    struct buf lines;
    buf_init(&lines, 512);
    for (size_t i = 0; i < stranger->count && i < LINES_SHOWN; i++) {
        buf_printf(&lines, "%s%u", i > 0 ? ", " : "", (unsigned)stranger->lines[i]);
    }
    if (stranger->count > LINES_SHOWN) {
        buf_puts(&lines, ", ...");
    }
    struct diag *diag =
        stranger->count == 1
            ? diag_add(diags, DIAG_LABEL_UNKNOWN, stranger->span,
                       "no participant has the label %s",
                       diag_quote(diags, stranger->label))
            : diag_add(diags, DIAG_LABEL_UNKNOWN, stranger->span,
                       "no participant has the label %s, which begins %zu lines (%s)",
                       diag_quote(diags, stranger->label), stranger->count,
                       buf_cstr(&lines));
    buf_deinit(&lines);
    const char *join_all =
        strangers->bare ? "--continuation join-all" : "'continuation: join-all'";
    size_t count = header->participant_count;
    size_t nearest = header->join
                         ? str_nearest_within(str_trim(stranger->label), header->labels,
                                              count, &diags->nearest_work)
                         : count;
    if (!header->join) {
        diag_help_nearest(diags, diag, str_trim(stranger->label), header->labels,
                          count);
    } else if (nearest < count) {
        diag_help(diags, diag,
                  "did you mean '%.*s'? %s appends it to the message before",
                  STR_ARG(header->labels[nearest]), join_all);
    } else {
        diag_help(
            diags, diag, "declare it %s; %s appends such lines to the message before",
            strangers->bare ? "with --participant" : "under 'participants'", join_all);
    }
}

void strangers_note(struct strangers *strangers, struct str label, struct span span,
                    bool meant)
{
    struct map *map = &strangers->by_label;
    struct stranger *known = map_find(map, label);
    if (known == NULL && !meant) {
        meant = is_near(strangers, label);
        if (!meant && header_label_fault(label) != NULL) {
            return;
        }
    }
    struct stranger once = {.label = label, .span = span};
    if (known == NULL && map->count < STRANGERS_MAX) {
        known = arena_alloc(strangers->arena, sizeof *known);
        *known = once;
        known->label = arena_str(strangers->arena, label);
        map_add(map, known->label, NULL)->value = known;
    } else if (known == NULL) {
        known = &once;
    }
    known->meant = known->meant || meant;
    if (known->count < LINES_SHOWN) {
        known->lines[known->count] = span.line;
    }
    known->count++;
    if (known == &once && meant) {
        report(strangers, known);
    }
}

void strangers_report(struct strangers *strangers)
{
    for (size_t i = 0; i < strangers->by_label.count; i++) {
        const struct stranger *stranger = strangers->by_label.entries[i].value;
        if (stranger->meant || stranger->count >= STRANGERS_RECUR) {
            report(strangers, stranger);
        }
    }
    map_init(&strangers->by_label, strangers->arena);
}
