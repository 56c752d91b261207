// A table's items in a plan for people: first how many of each entity, then what
// changes in the same way as one, then (with --full) each.
//
//     message: 1 to add, 83 to change
//         + gsi2pk on 83
//     + gsi2pk on 83 message items
//         first pk "MSG#5ae2..." sk "2023..."  (message, fixtures/talk.txt:14)
//             + gsi2pk "USR#7e1c..."
//         … 81 more
//         last pk "MSG#5ae2..." sk "2023..."  (message, fixtures/talk.txt:97)
//             + gsi2pk "USR#c42b..."
//
// An item is in one group only; "on 2 more" says that another one before has some of
// its attributes, so that the counts of both together are those of the attribute.
#include "plan_text_items.h"

#include "amount.h"
#include "plan.h"
#include "plan_frame.h"
#include "plan_groups.h"
#include "plan_item.h"
#include "plan_notation.h"
#include "plan_view.h"
#include "utf8.h"

#include <string.h>

#define INDENT "      "
#define DEEPER "          "

static const enum plan_mark MARKS[] = {
    [ITEM_ADDED] = PLAN_ADD,    [ITEM_CHANGED] = PLAN_CHANGE,
    [ITEM_MOVED] = PLAN_CHANGE, [ITEM_STALE] = PLAN_REMOVE,
    [ITEM_THEIRS] = PLAN_LEAVE, [ITEM_CONFLICT] = PLAN_CONFLICT,
};

static const struct sign {
    enum plan_mark mark;
    const char *color;
} SIGNS[] = {
    ['+'] = {PLAN_ADD, NOTATION_NEW},
    ['-'] = {PLAN_REMOVE, NOTATION_OLD},
    ['~'] = {PLAN_CHANGE, NOTATION_CHANGED},
    ['!'] = {PLAN_CONFLICT, NOTATION_LOSS},
    ['='] = {PLAN_LEAVE, ""},
};

// Whole lines, each behind an indentation.
static void put_indented(struct buf *out, struct str lines, const char *indent)
{
    while (lines.len > 0) {
        size_t end = str_find_char(lines, '\n');
        buf_puts(out, indent);
        buf_put(out, (struct str){lines.at, end});
        buf_char(out, '\n');
        lines = str_skip(lines, end < lines.len ? end + 1 : end);
    }
}

// "message items", or "items" where no entity makes them.
static void put_what(struct buf *out, const struct plan_entity *entity, uint64_t count)
{
    utf8_put_visible(out, entity->name);
    buf_puts(out, entity->name.len > 0 ? " " : "");
    buf_puts(out, count == 1 ? "item" : "items");
}

// ---- by entity and attribute

static void put_sign(struct plan_page *page, char sign)
{
    const char *color = SIGNS[(unsigned char)sign].color;
    notation_put_color(&page->out, color, page->color);
    buf_char(&page->out, sign);
    notation_put_color(&page->out, color[0] != 0 ? NOTATION_OFF : "", page->color);
    buf_char(&page->out, ' ');
}

static void put_entity(struct plan_page *page, const struct plan_entity *entity)
{
    struct plan_counts counts = {
        .added = entity->counts[ITEM_ADDED],
        .changed = entity->counts[ITEM_CHANGED],
        .moved = entity->counts[ITEM_MOVED],
        .stale = entity->counts[ITEM_STALE],
        .theirs = entity->counts[ITEM_THEIRS],
        .conflicts = entity->counts[ITEM_CONFLICT],
        .gone = entity->gone,
        .kept = entity->kept,
        .losing = entity->losing,
    };
    struct buf *out = &page->out;
    buf_puts(out, "  ");
    utf8_put_visible(out, entity->name.len > 0 ? entity->name : STR("items"));
    buf_puts(out, ": ");
    plan_frame_put_counts(out, &counts, page->plan, page->color);
    buf_char(out, '\n');
    for (size_t i = 0; i < entity->attribute_count; i++) {
        buf_puts(out, INDENT);
        put_sign(page, entity->attributes[i].sign);
        notation_put_name(out, entity->attributes[i].name, NOTATION_CUT);
        buf_puts(out, " on ");
        amount_put_number(out, entity->attributes[i].count);
        buf_char(out, '\n');
    }
    buf_puts(out, entity->more_attributes ? INDENT "… and other attributes\n" : "");
}

void plan_text_put_entities(struct plan_page *page, const struct plan_table *table,
                            struct plan_groups *groups)
{
    size_t count = 0;
    const struct plan_entity *const *entities = plan_groups_entities(&count, groups);
    if (count > 0) {
        plan_frame_put_heading(page, table);
    }
    for (size_t i = 0; i < count; i++) {
        put_entity(page, entities[i]);
    }
}

// ---- groups

// Behind what a line is about, what a reader has to know: "  (changed by others,
// destructive)".
static void put_nature(struct plan_page *page, const struct plan_group *group)
{
    const struct {
        bool so;
        const char *words;
    } natures[] = {
        {group->gone, "deleted by others"},
        {group->kind == ITEM_CONFLICT, "conflict"},
        {group->along, "with what others changed"},
        {(group->theirs && !group->along) || group->kind == ITEM_THEIRS,
         "changed by others"},
        {group->kept, "kept"},
        {group->loses, "destructive"},
    };
    bool bad = group->kind == ITEM_CONFLICT || group->loses;
    bool first = true;
    for (size_t i = 0; i < sizeof natures / sizeof natures[0]; i++) {
        if (natures[i].so) {
            buf_puts(&page->out, first ? "  " : ", ");
            notation_put_color(&page->out, first && bad ? NOTATION_LOSS : "",
                               page->color);
            buf_puts(&page->out, first ? "(" : "");
            buf_puts(&page->out, natures[i].words);
            first = false;
        }
    }
    buf_puts(&page->out, first ? "" : ")");
    notation_put_color(&page->out, bad ? NOTATION_OFF : "", page->color);
    buf_char(&page->out, '\n');
}

// What comes or goes is a piece each, and one that counts the rest; of the others the
// group is one.
size_t plan_text_pieces(const struct plan_group *group)
{
    if (!plan_group_lists(group)) {
        return 1;
    }
    return group->first_count + (group->count > group->first_count);
}

uint64_t plan_text_piece_items(const struct plan_group *group, size_t piece)
{
    if (!plan_group_lists(group)) {
        return group->count;
    }
    return piece < group->first_count ? 1 : group->count - group->first_count;
}

static void put_single(struct plan_page *page, const struct plan_group *group,
                       const struct plan_shown *shown)
{
    plan_frame_put_mark(page, MARKS[group->kind]);
    buf_put(&page->out, shown->head);
    put_nature(page, group);
    put_indented(&page->out, shown->lines, INDENT);
}

static void put_rest(struct plan_page *page, const struct plan_group *group)
{
    uint64_t count = group->count - group->first_count;
    plan_frame_put_mark(page, MARKS[group->kind]);
    buf_puts(&page->out, "… and ");
    amount_put_number(&page->out, count);
    buf_puts(&page->out, " more ");
    put_what(&page->out, group->entity, count);
    put_nature(page, group);
}

// "+ gsi2pk, ~ message"; the first sign is the line's mark.
static void put_attributes(struct plan_page *page, const struct plan_group *group)
{
    for (size_t i = 0; i < group->attribute_count; i++) {
        char sign = group->attributes[i].sign;
        if (i == 0) {
            plan_frame_put_mark(page, SIGNS[(unsigned char)sign].mark);
        } else {
            buf_puts(&page->out, ", ");
            put_sign(page, sign);
        }
        notation_put_name(&page->out, group->attributes[i].name, NOTATION_CUT);
    }
    if (group->attribute_count == 0) {
        plan_frame_put_mark(page, MARKS[group->kind]);
        buf_puts(&page->out, group->old_only  ? "old places"
                             : group->various ? "various attributes"
                                              : "attributes that are not known");
    }
}

static void put_example(struct plan_page *page, const char *which,
                        const struct plan_shown *shown)
{
    buf_printf(&page->out, INDENT "%s ", which);
    buf_put(&page->out, shown->head);
    buf_char(&page->out, '\n');
    put_indented(&page->out, shown->lines, DEEPER);
}

// "+ gsi2pk, ~ message on 2 more message items that move"
static void put_group_heading(struct plan_page *page, const struct plan_group *group)
{
    struct buf *out = &page->out;
    put_attributes(page, group);
    buf_puts(out, group->old_only ? " of " : " on ");
    amount_put_number(out, group->count);
    buf_puts(out, group->again ? " more " : " ");
    put_what(out, group->entity, group->count);
    buf_puts(out, group->kind == ITEM_MOVED ? " that move" : "");
    put_nature(page, group);
}

static void put_group(struct plan_page *page, const struct plan_group *group)
{
    struct buf *out = &page->out;
    struct plan_shown last = {buf_str(&group->head), buf_str(&group->lines)};
    put_group_heading(page, group);
    put_example(page, "first", &group->first[0]);
    if (group->count > 2) {
        buf_puts(out, INDENT "… ");
        amount_put_number(out, group->count - 2);
        buf_puts(out, " more\n");
    }
    put_example(page, "last", &last);
}

void plan_text_put_piece(struct plan_page *page, const struct plan_table *table,
                         const struct plan_group *group, size_t piece)
{
    plan_frame_put_heading(page, table);
    if (piece >= group->first_count) {
        put_rest(page, group);
    } else if (plan_group_lists(group) || group->count == 1) {
        put_single(page, group, &group->first[piece]);
    } else {
        put_group(page, group);
    }
}

// ---- each

void plan_text_put_item(struct plan_page *page, const struct plan_table *table,
                        const struct item_change *change)
{
    struct arena arena = {0};
    struct plan_item item;
    struct buf lines;
    buf_init(&lines, SIZE_MAX);
    plan_item_read(&item, change, &arena);
    plan_frame_put_heading(page, table);
    plan_frame_put_mark(page, MARKS[change->kind]);
    plan_item_put_head(&page->out, &item, NOTATION_WHOLE);
    struct plan_group of = plan_group_of(change);
    put_nature(page, &of);
    plan_item_put_lines(&lines, &item, NOTATION_WHOLE, page->color);
    put_indented(&page->out, buf_str(&lines), INDENT);
    buf_deinit(&lines);
    arena_deinit(&arena);
}
