// Texts of the command line enter, values of their parameters' types leave.
#include "arguments.h"

#include "base64.h"
#include "number.h"
#include "utf8.h"
#include "uuid.h"

static size_t find_parameter(const struct pattern *pattern, struct str name)
{
    size_t i = 0;
    while (i < pattern->parameter_count && !str_eq(pattern->parameters[i].name, name)) {
        i++;
    }
    return i;
}

static const char *read_uuid(struct str *out, struct str text, struct arena *arena)
{
    struct uuid uuid;
    char lower[UUID_TEXT_LEN];
    if (!uuid_parse(&uuid, text)) {
        return "be anything but a uuid";
    }
    uuid_format(&uuid, lower);
    *out = arena_str(arena, (struct str){lower, sizeof lower});
    return NULL;
}

static const char *read_number(struct str *out, struct str text, struct arena *arena)
{
    char number[NUMBER_TEXT_MAX];
    size_t len = 0;
    if (number_canonical(number, &len, text) != NUMBER_OK) {
        return "be anything but a number";
    }
    *out = arena_str(arena, (struct str){number, len});
    return NULL;
}

// NULL, or what the parameter cannot be.
static const char *read_value(struct str *out, const struct parameter *parameter,
                              struct str text, struct arena *arena)
{
    *out = text;
    if (utf8_check(text) < text.len) {
        return "be anything but UTF-8";
    }
    switch (parameter->type) {
    case PARAMETER_UUID:
        return text.len == 0 ? "be empty" : read_uuid(out, text, arena);
    case PARAMETER_NUMBER:
        return text.len == 0 ? "be empty" : read_number(out, text, arena);
    case PARAMETER_BINARY:
        return base64_decode(out, text, arena) ? NULL : "be anything but base64";
    case PARAMETER_BOOLEAN:
        return str_is(text, "true") || str_is(text, "false")
                   ? NULL
                   : "be anything but true or false";
    case PARAMETER_HANDLE:
        return text.len == 0 ? "be empty" : NULL;
    case PARAMETER_STRING:
    default:
        return NULL;
    }
}

bool argument_read(struct str *out, const struct query *query, size_t parameter,
                   struct str text, struct span span, struct arena *arena,
                   struct diags *diags)
{
    const struct parameter *of = &query->pattern->parameters[parameter];
    const char *wanted = text.len == 0 && query->keyed[parameter]
                             ? "be empty"
                             : read_value(out, of, text, arena);
    if (wanted != NULL) {
        diag_add(diags, DIAG_PATTERN_PARAMETER, span, "parameter %s cannot %s",
                 diag_quote(diags, of->name), wanted);
    }
    return wanted == NULL;
}

// The parameter that is meant, or parameter_count.
static size_t refuse_unknown(const struct pattern *pattern, struct str name,
                             struct span span, struct diags *diags)
{
    struct diag *diag =
        diag_add(diags, DIAG_PATTERN_PARAMETER, span, "the pattern has no parameter %s",
                 diag_quote(diags, name));
    struct str *names =
        arena_array(diags->arena, pattern->parameter_count, sizeof *names);
    for (size_t k = 0; k < pattern->parameter_count; k++) {
        names[k] = pattern->parameters[k].name;
    }
    return diag_help_nearest(diags, diag, name, names, pattern->parameter_count);
}

struct arguments_reader {
    struct argument *out;
    size_t *caps;
    bool *said; // by parameter: it is given, be it wrongly
    const struct query *query;
    const struct pattern *pattern;
    struct span span; // where one is missing
    struct arena *arena;
    struct diags *diags;
};

static bool add_value(struct arguments_reader *reader, size_t p, struct str text,
                      struct span span)
{
    struct argument *argument = &reader->out[p];
    struct str value = {0};
    bool ok = argument_read(&value, reader->query, p, text, span, reader->arena,
                            reader->diags);
    argument->texts =
        arena_grow(reader->arena, argument->texts, argument->count, argument->count + 1,
                   &reader->caps[p], sizeof *argument->texts);
    argument->texts[argument->count++] = value;
    return ok;
}

// One "name=value".
static bool read_argument(struct arguments_reader *reader, struct str text)
{
    struct diags *diags = reader->diags;
    size_t equals = str_find_char(text, '=');
    struct str name = {text.at, equals};
    size_t p = find_parameter(reader->pattern, name);
    if (equals == text.len) {
        diag_add(diags, DIAG_PATTERN_PARAMETER, (struct span){0},
                 "%s is not of the form name=value", diag_quote(diags, text));
        return false;
    }
    if (p == reader->pattern->parameter_count) {
        p = refuse_unknown(reader->pattern, name, (struct span){0}, diags);
        reader->said[p] = true;
        return false;
    }
    if (reader->out[p].count > 0 && !reader->pattern->parameters[p].list) {
        diag_add(diags, DIAG_PATTERN_PARAMETER, (struct span){0},
                 "parameter %s is given twice", diag_quote(diags, name));
        return false;
    }
    return add_value(reader, p, str_skip(text, equals + 1), (struct span){0});
}

static bool take_defaults(struct arguments_reader *reader, size_t p)
{
    const struct parameter *parameter = &reader->pattern->parameters[p];
    bool ok = true;
    if (reader->out[p].count > 0) {
        return true;
    }
    if (reader->said[p] && !parameter->list) {
        return false; // diagnosed
    }
    if (!parameter->optional) {
        diag_add(reader->diags, DIAG_PATTERN_PARAMETER, reader->span,
                 "parameter %s is missing", diag_quote(reader->diags, parameter->name));
        return false;
    }
    for (size_t d = 0; d < parameter->default_count; d++) {
        ok = add_value(reader, p, parameter->defaults[d].text,
                       parameter->defaults[d].span) &&
             ok;
    }
    return ok;
}

static bool read_given(struct arguments_reader *reader,
                       const struct example_argument *given)
{
    size_t p = find_parameter(reader->pattern, given->name);
    bool ok = true;
    if (p == reader->pattern->parameter_count) {
        p = refuse_unknown(reader->pattern, given->name, given->span, reader->diags);
        reader->said[p] = true;
        return false;
    }
    reader->said[p] = true;
    if (given->listed && !reader->pattern->parameters[p].list) {
        diag_add(reader->diags, DIAG_PATTERN_PARAMETER, given->at,
                 "parameter %s cannot be a list",
                 diag_quote(reader->diags, given->name));
        return false;
    }
    for (size_t i = 0; i < given->count; i++) {
        ok = add_value(reader, p, given->texts[i], given->spans[i]) && ok;
    }
    return ok;
}

bool arguments_given(struct argument *out, const struct query *query,
                     const struct example_argument *given, size_t count,
                     struct span span, struct arena *arena, struct diags *diags)
{
    const struct pattern *pattern = query->pattern;
    struct arguments_reader reader = {
        .out = out,
        .query = query,
        .caps = arena_array(arena, pattern->parameter_count, sizeof *reader.caps),
        .said = arena_array(arena, pattern->parameter_count + 1, sizeof *reader.said),
        .pattern = pattern,
        .span = span,
        .arena = arena,
        .diags = diags,
    };
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        ok = read_given(&reader, &given[i]) && ok;
    }
    for (size_t p = 0; p < pattern->parameter_count; p++) {
        ok = take_defaults(&reader, p) && ok;
    }
    return ok;
}

bool arguments_read(struct argument *out, const struct query *query,
                    const char *const *texts, size_t count, struct arena *arena,
                    struct diags *diags)
{
    const struct pattern *pattern = query->pattern;
    struct arguments_reader reader = {
        .out = out,
        .query = query,
        .caps = arena_array(arena, pattern->parameter_count, sizeof *reader.caps),
        .said = arena_array(arena, pattern->parameter_count + 1, sizeof *reader.said),
        .pattern = pattern,
        .arena = arena,
        .diags = diags,
    };
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        ok = read_argument(&reader, str_from(texts[i])) && ok;
    }
    for (size_t p = 0; p < pattern->parameter_count; p++) {
        ok = take_defaults(&reader, p) && ok;
    }
    return ok;
}
