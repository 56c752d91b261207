// One entity's templates against one item, backwards.
//
// What a template names is either known once the conversation, the participant and the
// message are (then it is text like any literal), or it changes while a transcript is
// edited (texts, times, counts): then any value of its kind will do.
#include "matcher.h"

#include "canon.h"
#include "segment.h"
#include "template_facts.h"

#define TEXT_MAX_BYTES ((size_t)1 << 20)
#define SEGMENTS_MAX 64

void matcher_init(struct matcher *matcher)
{
    *matcher = (struct matcher){0};
    buf_init(&matcher->text, TEXT_MAX_BYTES);
}

void matcher_deinit(struct matcher *matcher)
{
    arena_deinit(&matcher->scratch);
    buf_deinit(&matcher->text);
}

// Values that change while a transcript is edited, or while people are renamed: whose
// an item is, its key and its uuids tell.
static bool is_any(const struct expr *expr, bool in_key)
{
    switch (expr->subject) {
    case SUBJECT_FIRST_MESSAGE:
    case SUBJECT_LAST_MESSAGE:
        return true;
    case SUBJECT_CONVERSATION:
        return expr->field == FIELD_MESSAGE_COUNT || expr->field == FIELD_STARTS_AT;
    case SUBJECT_MESSAGE:
        return expr->field == FIELD_TEXT || expr->field == FIELD_CREATED_AT;
    case SUBJECT_SENDER:
    case SUBJECT_SELF:
    case SUBJECT_OTHER:
        return !in_key && expr->field == FIELD_COLUMN;
    case SUBJECT_ROW:
    case SUBJECT_PARAMETER:
    default:
        return false;
    }
}

struct match {
    struct matcher *tools;
    const struct program *program;
    const struct eval_context *context;
    size_t next; // of the program's templates
    bool in_key; // the attribute at hand is one of the table's key
};

// An expression as a segment. False: it has no value here.
static bool make_segment(struct match *match, struct segment *out,
                         const struct expr *expr, enum value_type *type)
{
    struct matcher *tools = match->tools;
    *type = expr->type == TYPE_NUMBER ? VALUE_N : VALUE_S;
    if (is_any(expr, match->in_key)) {
        *out = (struct segment){.any = expr};
        return true;
    }
    buf_reset(&tools->text);
    if (expr_eval(&tools->text, type, expr, match->context) != EVAL_OK) {
        return false;
    }
    *out = (struct segment){.text = arena_str(&tools->scratch, buf_str(&tools->text))};
    return true;
}

static bool match_text(struct match *match, const struct segment *segments,
                       size_t count, struct str text)
{
    struct matcher *tools = match->tools;
    return segments_match(segments, count, text, &tools->scratch, &tools->steps);
}

static bool match_single(struct match *match, const struct expr *expr,
                         const struct value *live)
{
    struct segment segment;
    enum value_type type = VALUE_S;
    if (!make_segment(match, &segment, expr, &type) || type != live->type) {
        return false;
    }
    if (type == VALUE_BOOL) {
        return live->boolean == str_is(segment.text, "true");
    }
    return match_text(match, &segment, 1, live->text);
}

static size_t count_templates(const struct value *value)
{
    size_t count = value->type == VALUE_TEMPLATE ? 1 : 0;
    for (size_t i = 0; value->type == VALUE_L && i < value->count; i++) {
        count += count_templates(value->items[i]);
    }
    for (size_t i = 0; value->type == VALUE_M && i < value->count; i++) {
        count += count_templates(value->entries[i].value);
    }
    return count;
}

// The template of a value that may be left out, or NULL: the next one, if the value is
// a template.
static const struct template *optional_of(const struct match *match,
                                          const struct value *value)
{
    const struct template *template =
        value->type == VALUE_TEMPLATE ? match->program->templates[match->next] : NULL;
    return template != NULL && template_is_optional(template) ? template : NULL;
}

static bool match_template(struct match *match, const struct value *live)
{
    const struct template *template = match->program->templates[match->next++];
    const struct expr *single = template_single(template);
    if (template_is_absent(template, match->context)) {
        return single != NULL || live->type == VALUE_S; // it was there before
    }
    if (single != NULL) {
        return match_single(match, single, live);
    }
    struct segment segments[SEGMENTS_MAX];
    if (live->type != VALUE_S || template->count > SEGMENTS_MAX) {
        return false;
    }
    for (size_t i = 0; i < template->count; i++) {
        const struct template_part *part = &template->parts[i];
        enum value_type type = VALUE_S;
        segments[i] = (struct segment){.text = part->literal};
        if (part->expr != NULL &&
            !make_segment(match, &segments[i], part->expr, &type)) {
            return false;
        }
    }
    return match_text(match, segments, template->count, live->text);
}

static bool match_entries(struct match *match, const struct value_entry *entries,
                          size_t count, const struct value_entry *live,
                          size_t live_count);

static bool match_value(struct match *match, const struct value *value,
                        const struct value *live);

// Optional elements may have been left out then, whatever is left out now. reach[n]: the
// elements so far may have given the first n live ones.
static bool match_elements(struct match *match, const struct value *list,
                           const struct value *live)
{
    if (live->count > list->count) {
        return false;
    }
    bool *reach = arena_array(&match->tools->scratch, live->count + 1, sizeof *reach);
    reach[0] = true;
    for (size_t i = 0; i < list->count; i++) {
        const struct value *element = list->items[i];
        bool optional = optional_of(match, element) != NULL;
        size_t first = match->next;
        for (size_t n = i < live->count ? i + 1 : live->count; n > 0; n--) {
            match->next = first;
            reach[n] =
                (reach[n] && optional) ||
                (reach[n - 1] && match_value(match, element, live->items[n - 1]));
        }
        reach[0] = reach[0] && optional;
        match->next = first + count_templates(element);
    }
    return reach[live->count];
}

static bool match_value(struct match *match, const struct value *value,
                        const struct value *live)
{
    if (value->type == VALUE_TEMPLATE) {
        return match_template(match, live);
    }
    if (value->type != live->type) {
        return false;
    }
    if (value->type == VALUE_M) {
        return match_entries(match, value->entries, value->count, live->entries,
                             live->count);
    }
    if (value->type != VALUE_L) {
        return canon_equal(value, live, &match->tools->scratch);
    }
    return match_elements(match, value, live);
}

// *left is how many live entries no entry has been found for.
static bool match_entry(struct match *match, const struct value_entry *entry,
                        const struct value_entry *live, size_t live_count, size_t *left)
{
    size_t k = 0;
    while (k < live_count && !str_eq(live[k].name, entry->name)) {
        k++;
    }
    if (k == live_count) {
        bool optional = optional_of(match, entry->value) != NULL;
        match->next += optional ? 1 : 0;
        return optional;
    }
    (*left)--;
    return match_value(match, entry->value, live[k].value);
}

static bool match_entries(struct match *match, const struct value_entry *entries,
                          size_t count, const struct value_entry *live,
                          size_t live_count)
{
    bool ok = true;
    size_t left = live_count;
    for (size_t i = 0; i < count && ok; i++) {
        ok = match_entry(match, &entries[i], live, live_count, &left);
    }
    return ok && left == 0;
}

static bool has_attribute(const struct value_entry *live, size_t live_count,
                          struct str name)
{
    size_t k = 0;
    while (k < live_count && !str_eq(live[k].name, name)) {
        k++;
    }
    return k < live_count;
}

bool matcher_fits(const struct program *program, const struct value_entry *live,
                  size_t live_count)
{
    const struct entity *entity = program->entity;
    struct match match = {.program = program};
    size_t found = 0;
    for (size_t i = 0; i < entity->count; i++) {
        const struct value_entry *attribute = &entity->attributes[i];
        bool optional = optional_of(&match, attribute->value) != NULL ||
                        entity_is_on_create(entity, attribute->name);
        bool there = has_attribute(live, live_count, attribute->name);
        if (!there && !optional) {
            return false;
        }
        found += there ? 1 : 0;
        match.next += count_templates(attribute->value);
    }
    return found == live_count;
}

bool matcher_match(struct matcher *matcher, const struct program *program,
                   const struct eval_context *context, const struct value_entry *live,
                   size_t live_count)
{
    struct match match = {.tools = matcher, .program = program, .context = context};
    const struct entity *entity = program->entity;
    bool ok = true;
    size_t left = live_count;
    arena_reset(&matcher->scratch);
    for (size_t i = 0; i < entity->count && ok; i++) {
        const struct value_entry *attribute = &entity->attributes[i];
        if (entity_is_on_create(entity, attribute->name)) { // whatever it is by now
            match.next += count_templates(attribute->value);
            left -= has_attribute(live, live_count, attribute->name) ? 1 : 0;
            continue;
        }
        match.in_key = table_key_uses(&program->table->key, attribute->name);
        ok = match_entry(&match, attribute, live, live_count, &left);
    }
    return ok && left == 0;
}
