// Expressions to sets of texts: what stands at a path enters, filters change it on the
// way.
//
// A domain is a list of runs (a uuid is eight hexadecimal digits, a hyphen, ...), or
// one of three forms of numbers, which are no lists. Filters map runs to runs.
#include "domain.h"

#include "ascii.h"

#include <string.h>

// Computed ids of different kinds are never equal, however many there are.
enum origin {
    ORIGIN_ANY,
    ORIGIN_NAME, // conversation.uuid, and what uuid5 makes of a name
    ORIGIN_MESSAGE,
    ORIGIN_COLUMN, // the users' own
};

enum form {
    FORM_RUNS,
    FORM_INTEGER, // from 0
    FORM_SIGNED,
    FORM_DECIMAL, // any number in canonical form
};

struct domain {
    struct arena *arena;
    enum domain_trust trust;
    enum form form;
    struct byte_run *runs;
    size_t count;
    size_t cap;
};

// What examples show of uuids and times.
#define EXAMPLE_UUID "11111111-2222-4333-8444-555555555555"
#define EXAMPLE_TIME "2024-01-01T00:00:00.000000+00:00"

static void add_run(struct domain *domain, struct byte_set set, char likely,
                    uint32_t min, uint32_t max)
{
    domain->runs = arena_grow(domain->arena, domain->runs, domain->count,
                              domain->count + 1, &domain->cap, sizeof *domain->runs);
    domain->runs[domain->count++] = (struct byte_run){set, likely, 0, min, max};
}

// One byte for each of the example: a digit up to `top` where `tops` has one, another
// one as it is.
static void add_digits(struct domain *domain, const char *example, const char *tops)
{
    for (size_t i = 0; example[i] != '\0'; i++) {
        bool digit = ascii_is_digit(example[i]);
        struct byte_set set = digit ? byte_set_range('0', tops[i])
                                    : byte_set_range(example[i], example[i]);
        add_run(domain, set, example[i], 1, 1);
    }
}

static void set_time(struct domain *domain)
{
    add_digits(domain, EXAMPLE_TIME, "9999-19-39T29:59:59.999999+00:00");
}

static void set_uuid(struct domain *domain, enum origin origin)
{
    struct byte_set hexadecimal = byte_set_range('0', '9');
    byte_set_add(&hexadecimal, byte_set_range('a', 'f'));
    domain->form = FORM_RUNS;
    domain->count = 0;
    for (const char *at = EXAMPLE_UUID; *at != '\0'; at++) {
        struct byte_set set = *at == '-' ? byte_set_range('-', '-') : hexadecimal;
        add_run(domain, set, *at, 1, 1);
        domain->runs[domain->count - 1].origin =
            domain->trust == DOMAIN_LIKELY ? (uint8_t)origin : 0;
    }
}

static void set_text(struct domain *domain)
{
    add_run(domain, byte_set_any(), 'a', domain->trust == DOMAIN_LIKELY ? 1 : 0,
            AUTOMATON_MANY);
}

// `name` may be a path: the last word tells what is there.
static bool is_uuid_column(struct str name)
{
    for (size_t dot = str_find_char(name, '.'); dot < name.len;
         dot = str_find_char(name, '.')) {
        name = str_skip(name, dot + 1);
    }
    return str_is(name, "uuid") || str_ends(name, STR("_uuid"));
}

static void set_column(struct domain *domain, struct str name, enum origin origin)
{
    if (domain->trust == DOMAIN_LIKELY && is_uuid_column(name)) {
        set_uuid(domain, origin);
    } else {
        set_text(domain);
    }
}

static void set_parameter(struct domain *domain, enum parameter_type type)
{
    switch (type) {
    case PARAMETER_UUID:
        set_uuid(domain, ORIGIN_ANY);
        break;
    case PARAMETER_NUMBER:
        domain->form = FORM_DECIMAL;
        break;
    case PARAMETER_HANDLE:
    case PARAMETER_STRING:
    case PARAMETER_BINARY:
    case PARAMETER_BOOLEAN:
    default:
        set_text(domain);
        break;
    }
}

static void set_path(struct domain *domain, const struct expr *expr,
                     const struct parameter *parameters)
{
    switch (expr->field) {
    case FIELD_UUID:
        set_uuid(domain,
                 expr->subject == SUBJECT_CONVERSATION ? ORIGIN_NAME : ORIGIN_MESSAGE);
        break;
    case FIELD_STARTS_AT:
    case FIELD_CREATED_AT:
        set_time(domain);
        break;
    case FIELD_INDEX:
        domain->form = FORM_INTEGER;
        break;
    case FIELD_NUMBER: // from 1
    case FIELD_MESSAGE_COUNT:
    case FIELD_PARTICIPANT_COUNT:
        add_run(domain, byte_set_range('1', '9'), '1', 1, 1);
        add_run(domain, byte_set_range('0', '9'), '0', 0, AUTOMATON_MANY);
        break;
    case FIELD_COLUMN:
        set_column(domain, expr->name, ORIGIN_COLUMN);
        break;
    case FIELD_ROW: // its uuids may be anybody's
        set_column(domain, expr->name, ORIGIN_ANY);
        break;
    case FIELD_PARAMETER:
        set_parameter(domain, parameters[expr->parameter].type);
        break;
    case FIELD_NAME:
    case FIELD_VAR:
    case FIELD_TEXT:
    case FIELD_LABEL:
    default:
        set_text(domain);
        break;
    }
}

// ---- filters

static void change_case(struct byte_run *run, char from, char to)
{
    for (int i = 0; i < 26; i++) {
        char letter = (char)(from + i);
        if (byte_set_has(&run->set, (unsigned char)letter)) {
            struct byte_set other = byte_set_range((char)(to + i), (char)(to + i));
            byte_set_remove(&run->set, (unsigned char)letter);
            byte_set_add(&run->set, other);
        }
    }
    if (run->likely >= from && run->likely <= from + 25) {
        run->likely = (char)(run->likely - from + to);
    }
}

// Blanks and line ends may vanish; of a text that is any at all, trim leaves a text
// that is any.
static void trim(struct domain *domain, const struct filter *filter)
{
    (void)filter;
    for (size_t i = 0; i < domain->count; i++) {
        struct byte_run *run = &domain->runs[i];
        struct byte_set others = run->set;
        byte_set_remove(&others, ' ');
        byte_set_remove(&others, '\t');
        byte_set_remove(&others, '\n');
        byte_set_remove(&others, '\r');
        bool only = byte_set_is_empty(&others);
        bool some = memcmp(&others, &run->set, sizeof others) != 0;
        if (only || (some && domain->trust == DOMAIN_EVERY)) {
            run->min = 0;
        }
    }
}

static bool is_fixed(const struct domain *domain, size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < domain->count; i++) {
        const struct byte_run *run = &domain->runs[i];
        if (run->min != run->max || byte_set_has(&run->set, UINT8_MAX)) {
            return false;
        }
        *len += run->min;
    }
    return domain->form == FORM_RUNS && domain->count > 0 &&
           !byte_set_has(&domain->runs[0].set, '-'); // zeros stand behind a sign
}

// What is wider than pad's width fails, and gives nothing.
static void pad(struct domain *domain, const struct filter *filter)
{
    unsigned width = filter->width;
    struct byte_set set = byte_set_range('0', '9');
    size_t len = 0;
    if (is_fixed(domain, &len) && len <= width) {
        struct byte_run *runs = domain->runs;
        size_t count = domain->count;
        domain->runs = NULL;
        domain->count = 0;
        domain->cap = 0;
        add_run(domain, byte_set_range('0', '0'), '0', (uint32_t)(width - len),
                (uint32_t)(width - len));
        for (size_t i = 0; i < count; i++) {
            add_run(domain, runs[i].set, runs[i].likely, runs[i].min, runs[i].max);
            domain->runs[domain->count - 1].origin = runs[i].origin;
        }
        return;
    }
    for (size_t i = 0; i < domain->count; i++) {
        byte_set_add(&set, domain->runs[i].set);
    }
    if (domain->form == FORM_SIGNED || domain->form == FORM_DECIMAL) {
        byte_set_add(&set, byte_set_range('-', '.')); // '-' and '.' are neighbours
    }
    domain->form = FORM_RUNS;
    domain->count = 0;
    // The width counts characters, which take up to four bytes.
    uint32_t max = byte_set_has(&set, UINT8_MAX) ? width * 4 : width;
    add_run(domain, set, '0', width, max);
}

static void date_run(struct domain *domain, char conversion, char literal)
{
    switch (conversion) {
    case 'Y':
        add_digits(domain, "2024", "9999");
        break;
    case 'm':
        add_digits(domain, "01", "19");
        break;
    case 'd':
        add_digits(domain, "01", "39");
        break;
    case 'H':
        add_digits(domain, "00", "29");
        break;
    case 'M':
    case 'S':
        add_digits(domain, "00", "59");
        break;
    case 'j':
        add_digits(domain, "001", "399");
        break;
    case 'F':
        add_digits(domain, "2024-01-01", "9999-19-39");
        break;
    case 'T':
        add_digits(domain, "00:00:00", "29:59:59");
        break;
    default: // %% and what stands between conversions
        add_run(domain, byte_set_range(literal, literal), literal, 1, 1);
        break;
    }
}

static void date(struct domain *domain, const struct filter *filter)
{
    struct str format = filter->format;
    domain->count = 0;
    for (size_t i = 0; i < format.len; i++) {
        bool conversion = format.at[i] == '%' && i + 1 < format.len;
        i += conversion ? 1 : 0;
        date_run(domain, conversion ? format.at[i] : '\0', format.at[i]);
    }
}

static void epoch(struct domain *domain, const struct filter *filter)
{
    (void)filter;
    domain->form = FORM_SIGNED;
    domain->count = 0;
    if (domain->trust == DOMAIN_LIKELY) {
        domain->form = FORM_RUNS;
        add_run(domain, byte_set_range('1', '9'), '1', 1, 1);
        add_run(domain, byte_set_range('0', '9'), '0', 9, 9);
    }
}

static void change_cases(struct domain *domain, char from, char to)
{
    for (size_t i = 0; i < domain->count; i++) {
        change_case(&domain->runs[i], from, to);
    }
}

static void lower(struct domain *domain, const struct filter *filter)
{
    (void)filter;
    change_cases(domain, 'A', 'a');
}

static void upper(struct domain *domain, const struct filter *filter)
{
    (void)filter;
    change_cases(domain, 'a', 'A');
}

static void time_of(struct domain *domain, const struct filter *filter)
{
    (void)filter;
    domain->count = 0;
    set_time(domain);
}

static void uuid5(struct domain *domain, const struct filter *filter)
{
    (void)filter;
    set_uuid(domain, ORIGIN_NAME);
}

static void (*const APPLY[])(struct domain *domain, const struct filter *filter) = {
    [FILTER_LOWER] = lower, [FILTER_UPPER] = upper,  [FILTER_TRIM] = trim,
    [FILTER_PAD] = pad,     [FILTER_DATE] = date,    [FILTER_EPOCH] = epoch,
    [FILTER_UUID5] = uuid5, [FILTER_TIME] = time_of,
};
_Static_assert(sizeof APPLY / sizeof APPLY[0] == FILTER_KINDS, "a row for each");

static void put_domain(struct automaton *out, const struct domain *domain)
{
    struct byte_run sign = {byte_set_range('-', '-'), '-', 0, 0, 1};
    switch (domain->form) {
    case FORM_SIGNED:
    case FORM_DECIMAL:
        automaton_put_run(out, &sign);
        automaton_put_integer(out);
        if (domain->form == FORM_DECIMAL) {
            automaton_put_fraction(out);
        }
        break;
    case FORM_INTEGER:
        automaton_put_integer(out);
        break;
    case FORM_RUNS:
    default:
        for (size_t i = 0; i < domain->count; i++) {
            automaton_put_run(out, &domain->runs[i]);
        }
        break;
    }
}

void domain_put_template(struct automaton *out, const struct template *template,
                         const struct parameter *parameters, enum domain_trust trust)
{
    for (size_t i = 0; i < template->count; i++) {
        const struct template_part *part = &template->parts[i];
        if (part->expr == NULL) {
            automaton_put_literal(out, part->literal);
            continue;
        }
        struct domain domain = {.arena = out->arena, .trust = trust};
        set_path(&domain, part->expr, parameters);
        for (size_t k = 0; k < part->expr->filter_count; k++) {
            const struct filter *filter = &part->expr->filters[k];
            APPLY[filter->kind](&domain, filter);
        }
        put_domain(out, &domain);
    }
}
