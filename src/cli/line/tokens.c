// Cutting argv. In: arguments. Out: tokens, for which an option's name alone tells
// whether a value follows; what a command takes is not known yet.
#include "tokens.h"

#include <string.h>

// The first row of a long name, or OPT_COUNT.
static enum option_id find_long(const char *name, size_t len)
{
    int id = 0;
    for (; id < OPT_COUNT; id++) {
        const char *known = option_row_get((enum option_id)id)->name;
        if (strlen(known) == len && memcmp(known, name, len) == 0) {
            break;
        }
    }
    return (enum option_id)id;
}

static enum option_id find_short(char name)
{
    int id = 0;
    for (; id < OPT_COUNT; id++) {
        if (option_row_get((enum option_id)id)->short_name == name) {
            break;
        }
    }
    return (enum option_id)id;
}

// Whether an argument can be the value of the option before it. "--limit --plain" has
// lost its value; one that begins with a dash is written --output=-x. A negative number
// is no option, only a wrong value.
static bool is_value(const char *argument)
{
    return argument != NULL && (argument[0] != '-' || argument[1] == '\0' ||
                                (argument[1] >= '0' && argument[1] <= '9'));
}

// Whether an argument that begins with a dash is no option, and near none.
static bool is_no_option(const char *argument)
{
    if (argument == NULL || argument[0] != '-') {
        return false;
    }
    if (argument[1] != '-') {
        return find_short(argument[1]) == OPT_COUNT;
    }
    const char *name = argument + 2;
    size_t len = strcspn(name, "=");
    return len > 0 && find_long(name, len) == OPT_COUNT &&
           option_nearest(name, len, NULL) == OPT_COUNT;
}

static void add_token(struct token_list *tokens, struct token token)
{
    tokens->at[tokens->count++] = token;
}

static bool needs_value(const struct option_row *row)
{
    return option_takes_value(row) && row->kind != OPTION_NAMES;
}

// --name, --name=value, --name value. Returns how many arguments it took.
static int read_long(struct token_list *tokens, char *const *argv)
{
    const char *name = argv[0] + 2;
    size_t len = strcspn(name, "=");
    bool has_value = name[len] == '=';
    enum option_id id = find_long(name, len);

    if (id == OPT_COUNT) {
        // A misspelt option takes its value along, lest that be called a mistake too.
        enum option_id near = option_nearest(name, len, NULL);
        bool swallow = !has_value && near < OPT_COUNT &&
                       option_takes_value(option_row_get(near)) && is_value(argv[1]);
        add_token(tokens, (struct token){.kind = TOKEN_UNKNOWN,
                                         .text = argv[0],
                                         .name_len = len + 2,
                                         .guessed = !has_value && near == OPT_COUNT});
        return swallow ? 2 : 1;
    }
    struct token token = {.kind = TOKEN_OPTION, .text = argv[0], .id = id};
    int taken = 1;
    if (has_value) {
        token.value = name + len + 1;
    } else if (option_takes_value(option_row_get(id)) && is_value(argv[1])) {
        token.value = argv[1];
        taken = 2;
    } else if (needs_value(option_row_get(id)) && is_no_option(argv[1])) {
        token.dashed = argv[1];
        taken = 2;
    }
    add_token(tokens, token);
    return taken;
}

// -h, -oFILE, -o FILE. Returns how many arguments it took.
static int read_short(struct token_list *tokens, char *const *argv)
{
    const char *argument = argv[0];
    enum option_id id = find_short(argument[1]);

    if (id == OPT_COUNT ||
        (!option_takes_value(option_row_get(id)) && argument[2] != '\0')) {
        add_token(tokens, (struct token){.kind = TOKEN_UNKNOWN,
                                         .text = argument,
                                         .name_len = strlen(argument),
                                         .guessed = true});
        return 1;
    }
    struct token token = {.kind = TOKEN_OPTION, .text = argument, .id = id};
    int taken = 1;
    if (option_takes_value(option_row_get(id))) {
        if (argument[2] != '\0') {
            token.value = argument + (argument[2] == '=' ? 3 : 2);
        } else if (is_value(argv[1])) {
            token.value = argv[1];
            taken = 2;
        }
    }
    add_token(tokens, token);
    return taken;
}

void tokens_read(struct token_list *tokens, int argc, char *const *argv)
{
    bool options_ended = false;
    for (int i = 1; i < argc;) {
        const char *argument = argv[i];
        if (options_ended || argument[0] != '-' || argument[1] == '\0') {
            add_token(tokens, (struct token){.kind = TOKEN_OPERAND, .text = argument});
            i++;
        } else if (strcmp(argument, "--") == 0) {
            options_ended = true;
            i++;
        } else if (argument[1] == '-') {
            i += read_long(tokens, argv + i);
        } else {
            i += read_short(tokens, argv + i);
        }
    }
}
