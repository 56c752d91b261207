// Reading a command line. In: argv. Out: a struct options, with every mistake in it.
//
// Two passes: the first (tokens.c) cuts argv into tokens, for which an option's name
// alone tells whether a value follows; the first operand among them is the command. The
// second pass then holds each token against what that command takes. So options may
// stand before the command and between operands, and all mistakes are found in one run.
#include "options.h"

#include "command.h"
#include "instant.h"
#include "nearest.h"
#include "tokens.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define QUOTE_MAX_BYTES 60
#define LIMIT_MAX INT64_C(1000000000000000)

// ---- mistakes

void options_mistake(struct options *options, const char *format, ...)
{
    va_list args;
    options->mistakes = arena_grow(&options->arena, options->mistakes,
                                   options->mistake_count, options->mistake_count + 1,
                                   &options->mistake_cap, sizeof *options->mistakes);
    va_start(args, format);
    options->mistakes[options->mistake_count++] =
        (struct mistake){.message = arena_vprintf(&options->arena, format, args).at};
    va_end(args);
}

void options_hint(struct options *options, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    options->mistakes[options->mistake_count - 1].help =
        arena_vprintf(&options->arena, format, args).at;
    va_end(args);
}

const char *quote(struct quoted *quoted, const char *text)
{
    size_t len = strlen(text);
    bool clipped = len > QUOTE_MAX_BYTES;
    if (clipped) {
        len = QUOTE_MAX_BYTES;
        // Not in the middle of a character.
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
            len--;
        }
    }
    (void)snprintf(quoted->text, sizeof quoted->text, "'%.*s%s'", (int)len, text,
                   clipped ? "..." : "");
    return quoted->text;
}

// ---- what the command takes

void options_unknown_command(struct options *options, const char *name)
{
    options_mistake(options, "unknown command %s", QUOTE(name));
    const char *nearest = command_nearest(options->commands, name);
    if (nearest != NULL) {
        options_hint(options, "did you mean '%s'?", nearest);
    } else if (strpbrk(name, "./") != NULL) {
        options_hint(options, "the command comes first: ddbgen check %s", QUOTE(name));
    } else {
        options_hint(options, "`ddbgen --help` lists the commands");
    }
}

static void report_unknown_option(struct options *options, const struct token *token)
{
    const char *name =
        arena_str(&options->arena, (struct str){token->text, token->name_len}).at;
    options_mistake(options, "unknown option %s", QUOTE(name));
    enum option_id near =
        token->text[1] == '-' && token->name_len > 2
            ? option_nearest(name + 2, token->name_len - 2, options->command)
            : OPT_COUNT;
    if (near < OPT_COUNT) {
        options_hint(options, "did you mean '--%s'?", option_row_get(near)->name);
    } else if (options->command != NULL) {
        options_hint(options, "`ddbgen %s --help` lists the options",
                     options->command->name);
    } else {
        options_hint(options, "`ddbgen --help` lists the options");
    }
}

// "'check' takes no option '--limit'", with the commands that do take it.
static void report_not_taken(struct options *options, enum option_id id)
{
    const struct command *const *commands = options->commands;
    const char *name = option_row_get(id)->name;
    char takers[256] = "";

    for (size_t i = 0; commands[i] != NULL; i++) {
        for (int other = 0; other < OPT_COUNT; other++) {
            if (strcmp(option_row_get((enum option_id)other)->name, name) == 0 &&
                option_taken((enum option_id)other, commands[i])) {
                size_t len = strlen(takers);
                (void)snprintf(takers + len, sizeof takers - len, "%s%s",
                               len > 0 ? ", " : "", commands[i]->name);
            }
        }
    }
    options_mistake(options, "'%s' takes no option '--%s'", options->command->name,
                    name);
    options_hint(options, "commands that take it: %s", takers);
}

// The row of this name that the command takes, or OPT_COUNT. Without a command the name
// alone counts.
static enum option_id find_taken(enum option_id first, const struct command *command)
{
    const char *name = option_row_get(first)->name;

    for (int id = (int)first; id < OPT_COUNT; id++) {
        if (strcmp(option_row_get((enum option_id)id)->name, name) == 0 &&
            (command == NULL || option_taken((enum option_id)id, command))) {
            return (enum option_id)id;
        }
    }
    return OPT_COUNT;
}

static void append(struct options *options, struct text_list *list, const char *text)
{
    list->at = arena_grow(&options->arena, list->at, list->count, list->count + 1,
                          &list->cap, sizeof *list->at);
    list->at[list->count++] = text;
}

// The index of value among words, or -1.
static int find_word(const char *const *words, const char *value)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], value) == 0) {
            return i;
        }
    }
    return -1;
}

// The word that was probably meant, or all of them.
static void hint_words(struct options *options, const char *const *words,
                       const char *value)
{
    char known[128] = "";
    size_t count = 0;
    for (; words[count] != NULL; count++) {
        size_t len = strlen(known);
        (void)snprintf(known + len, sizeof known - len, "%s%s", count > 0 ? ", " : "",
                       words[count]);
    }
    size_t near = nearest(value, words, count);
    if (near < count) {
        options_hint(options, "did you mean '%s'?", words[near]);
    } else {
        options_hint(options, "known: %s", known);
    }
}

static void set_choice(struct options *options, const struct option_row *row,
                       int *member, const char *value)
{
    int index = find_word(row->choices, value);
    if (index >= 0) {
        *member = index;
        return;
    }
    options_mistake(options, "option '--%s' cannot be %s", row->name, QUOTE(value));
    hint_words(options, row->choices, value);
}

static int64_t most_of(const struct option_row *row)
{
    return row->offset == offsetof(struct options, concurrency) ? DDB_CONCURRENCY_MAX
                                                                : LIMIT_MAX;
}

static void set_count(struct options *options, const struct option_row *row,
                      int64_t *member, const char *value)
{
    int64_t count = 0;
    const char *at = value;

    while (*at >= '0' && *at <= '9' && count < LIMIT_MAX) {
        count = count * 10 + (*at++ - '0');
    }
    int64_t most = most_of(row);
    if (*at != '\0' || count < 1 || count > most) {
        char to[32] = "";
        if (most < LIMIT_MAX) {
            (void)snprintf(to, sizeof to, " to %" PRId64, most);
        }
        options_mistake(options, "option '--%s' takes a number from 1%s, not %s",
                        row->name, to, QUOTE(value));
        return;
    }
    *member = count;
}

// "500ms", "5s", "1h30m"; what is shorter than a millisecond is one.
static void set_time(struct options *options, const struct option_row *row,
                     int64_t *member, const char *value)
{
    instant_us duration = 0;
    const char *why = NULL;

    if (!duration_parse(&duration, str_from(value), &why)) {
        options_mistake(options, "option '--%s' takes a duration, not %s", row->name,
                        QUOTE(value));
        options_hint(options, "%s", why);
        return;
    }
    int64_t ms = duration / 1000;
    *member = ms > 0 ? ms : 1;
}

static void set_text(struct options *options, enum option_id id, const char **member,
                     const char *value)
{
    if (*member != NULL && strcmp(*member, value) != 0) {
        options_mistake(options, "option '--%s' is given twice",
                        option_row_get(id)->name);
        return;
    }
    *member = value;
}

// Fills the member of a row's option. value is NULL exactly when the row wants none.
static void set_member(struct options *options, enum option_id id, const char *value)
{
    const struct option_row *row = option_row_get(id);
    void *member = (char *)options + row->offset;

    options->given[id] = true;
    if (value == NULL) {
        *(bool *)member = true;
        return;
    }
    switch (row->kind) {
    case OPTION_FLAG:
        break;
    case OPTION_TEXT:
        set_text(options, id, member, value);
        break;
    case OPTION_CHOICE:
        set_choice(options, row, member, value);
        break;
    case OPTION_COUNT:
        set_count(options, row, member, value);
        break;
    case OPTION_TIME:
        set_time(options, row, member, value);
        break;
    case OPTION_LIST:
    case OPTION_NAMES:
        append(options, member, value);
        break;
    }
}

static void take_option(struct options *options, const struct token *token)
{
    enum option_id id = find_taken(token->id, options->command);
    const char *value = token->value;

    if (id == OPT_COUNT) {
        report_not_taken(options, token->id);
        return;
    }
    const struct option_row *row = option_row_get(id);
    if (row->kind == OPTION_FLAG && value != NULL) {
        options_mistake(options, "option '--%s' takes no value", row->name);
        return;
    }
    if (row->kind == OPTION_NAMES && value == NULL) {
        value = ""; // --yes alone
    } else if (row->kind != OPTION_FLAG && (value == NULL || value[0] == '\0')) {
        // An empty value is what an unset variable leaves: --yes="$TABLE" must not
        // become a bare --yes.
        options_mistake(options, "option '--%s' needs a value", row->name);
        if (token->dashed != NULL) {
            options_hint(options, "a value that begins with '-' is written --%s=%s",
                         row->name, QUOTE(token->dashed));
        } else if (value == NULL) {
            options_hint(options, "a value that begins with '-' is written --%s=VALUE",
                         row->name);
        }
        return;
    }
    set_member(options, id, value);
}

static bool is_bare_yes(const struct token *token)
{
    return token->kind == TOKEN_OPTION && token->id == OPT_YES && token->value == NULL;
}

static void put_usage_hint(struct options *options)
{
    options_hint(options, "usage: ddbgen %s%s%s", options->command->name,
                 options->command->operands[0] != '\0' ? " " : "",
                 options->command->operands);
}

// One operand too many, token[0].
static void report_surplus(struct options *options, const struct token *token,
                           bool after_bare_yes)
{
    options_mistake(options, "unexpected operand %s", QUOTE(token->text));
    if (after_bare_yes) {
        options_hint(options, "the value of --yes is written --yes=%s",
                     QUOTE(token->text));
    } else {
        put_usage_hint(options);
    }
}

static void take_operands(struct options *options, const struct token_list *tokens,
                          bool guessed)
{
    const struct command *command = options->command;
    bool seen_command = false;

    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->at[i];
        if (token->kind != TOKEN_OPERAND) {
            continue;
        }
        if (!seen_command) {
            seen_command = true;
        } else {
            append(options, &options->operands, token->text);
            if (options->operands.count == command->max_operands + 1 && !guessed) {
                report_surplus(options, token, is_bare_yes(token - 1));
            }
        }
    }
    bool lacks = options->operands.count < command->min_operands &&
                 options->plan == NULL; // which stands for them
    if (lacks && !guessed && !options->help) {
        options_mistake(options, "'%s' lacks an operand", command->name);
        put_usage_hint(options);
    }
    if (command->words != NULL && options->operands.count > 0 && !options->help &&
        find_word(command->words, options->operands.at[0]) < 0) {
        options_mistake(options, "'%s' knows no %s", command->name,
                        QUOTE(options->operands.at[0]));
        hint_words(options, command->words, options->operands.at[0]);
    }
}

// The command is the first operand.
static void find_command(struct options *options, const struct token_list *tokens)
{
    bool guessed = false;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->at[i];
        guessed = guessed || token->guessed;
        if (token->kind == TOKEN_OPERAND) {
            options->command = command_find(options->commands, token->text);
            // After an unknown option it may be that option's value.
            if (options->command == NULL && !guessed) {
                options_unknown_command(options, token->text);
            }
            return;
        }
    }
}

// What only test has, and what it has not.
static void check_test_format(struct options *options)
{
    const struct command *command = options->command;
    bool runners = options->format == (int)DDB_FORMAT_JUNIT ||
                   options->format == (int)DDB_FORMAT_TAP;
    bool plain = options->format == (int)DDB_FORMAT_TEXT ||
                 options->format == (int)DDB_FORMAT_JSON;
    if (command == NULL || plain || runners == command->tests) {
        return;
    }
    const char *const *names = option_row_get(OPT_FORMAT)->choices;
    options_mistake(options, "'%s' has no format '%s'", command->name,
                    names[options->format]);
    options_hint(options,
                 command->tests ? "formats of '%s': text, json, junit, tap"
                                : "only 'test' has it, not '%s'",
                 command->name);
}

// A comment is made of plans alone. What apply says while it writes is none.
static void check_format(struct options *options)
{
    const struct command *const *commands = options->commands;
    const struct command *command = options->command;
    char plans[128] = "";

    if (command != NULL && command->tests) {
        return;
    }
    if (options->format != (int)DDB_FORMAT_MARKDOWN || command == NULL ||
        (command->plan != NULL &&
         (options->dry_run || strcmp(command->plan, command->name) == 0))) {
        return;
    }
    for (size_t i = 0; commands[i] != NULL; i++) {
        size_t len = strlen(plans);
        if (commands[i]->plan != NULL) {
            (void)snprintf(plans + len, sizeof plans - len, "%s%s", len > 0 ? ", " : "",
                           commands[i]->plan);
        }
    }
    options_mistake(options, "'%s' has no format 'markdown'", command->name);
    options_hint(options, "commands that have it: %s", plans);
}

void options_read(struct options *options, const struct command *const *commands,
                  int argc, char *const *argv)
{
    bool guessed = false;
    *options = (struct options){.commands = commands};
    struct token_list tokens = {
        arena_array(&options->arena, argc > 0 ? (size_t)argc : 0, sizeof(struct token)),
        0};
    tokens_read(&tokens, argc, argv);
    find_command(options, &tokens);
    for (size_t i = 0; i < tokens.count; i++) {
        const struct token *token = &tokens.at[i];
        if (token->kind == TOKEN_UNKNOWN) {
            report_unknown_option(options, token);
            guessed = guessed || token->guessed;
        } else if (token->kind == TOKEN_OPTION) {
            take_option(options, token);
        }
    }
    if (options->plain && options->table) {
        options_mistake(options, "options '--plain' and '--table' exclude each other");
    }
    if (options->chat && (options->plain || options->table)) {
        options_mistake(options, "options '--chat' and '--%s' exclude each other",
                        options->plain ? "plain" : "table");
    }
    if (options->locked && options->update_lock) {
        options_mistake(options,
                        "options '--locked' and '--update-lock' exclude each other");
    }
    check_format(options);
    check_test_format(options);
    if (options->command != NULL) {
        take_operands(options, &tokens, guessed);
        if (options->command->check != NULL && !options->help) {
            options->command->check(options);
        }
    }
}

void options_deinit(struct options *options)
{
    arena_deinit(&options->arena);
    *options = (struct options){0};
}

void options_check_detail(struct options *options)
{
    if (options->full && options->summary) {
        options_mistake(options, "options '--full' and '--summary' exclude each other");
    }
}

enum ddb_detail options_detail(const struct options *options)
{
    return options->full      ? DDB_DETAIL_FULL
           : options->summary ? DDB_DETAIL_SUMMARY
                              : DDB_DETAIL_GROUPS;
}

void options_check_ways(struct options *options)
{
    if (options->restore && options->keep_theirs) {
        options_mistake(options,
                        "options '--restore' and '--keep-theirs' exclude each other");
    }
}

struct ddb_three_ways options_ways(const struct options *options)
{
    return (struct ddb_three_ways){
        .was = options->was,
        .show_theirs = options->theirs,
        .restore = options->restore,
        .keep_theirs = options->keep_theirs,
    };
}

enum ddb_shape options_shape(const struct options *options)
{
    if (options->chat) {
        return DDB_SHAPE_CHAT;
    }
    if (options->table) {
        return DDB_SHAPE_TABLE;
    }
    return options->plain ? DDB_SHAPE_PLAIN : DDB_SHAPE_JSON;
}

const char *options_output(const struct options *options)
{
    if (options->output != NULL && strcmp(options->output, "-") == 0) {
        return NULL;
    }
    return options->output;
}
