// Help texts. In: the tables of commands and options. Out: text of at most 80 columns.
#include "help.h"

#include <string.h>

#define LINE_WIDTH 80
#define OPTION_COLUMN 31
#define COMMAND_COLUMN 39

static const char *const GROUP_TITLES[GROUP_COUNT] = {
    [GROUP_COMMAND] = "Options",
    [GROUP_SOURCES] = "Handles and time",
    [GROUP_TARGET] = "Where to",
    [GROUP_GENERAL] = "General",
};

// Text from the current column on, wrapped at blanks, following lines indented to
// `column`.
static void put_wrapped(FILE *out, const char *text, size_t column)
{
    size_t at = column;
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (at > column && at + 1 + len > LINE_WIDTH) {
            (void)fprintf(out, "\n%*s", (int)column, "");
            at = column;
        } else if (at > column) {
            (void)fputc(' ', out);
            at++;
        }
        (void)fwrite(text, 1, len, out);
        at += len;
        text += len + strspn(text + len, " ");
    }
    (void)fputc('\n', out);
}

// A label and its text in two columns; a label that is too long gets its own line.
static void put_entry(FILE *out, const char *label, const char *text, size_t column)
{
    size_t len = strlen(label);
    (void)fputs(label, out);
    if (len + 1 > column) {
        (void)fprintf(out, "\n%*s", (int)column, "");
    } else {
        (void)fprintf(out, "%*s", (int)(column - len), "");
    }
    put_wrapped(out, text, column);
}

static void put_option(FILE *out, const struct option_row *row)
{
    char label[128] = "      ";
    size_t len = 0;
    if (row->short_name != '\0') {
        (void)snprintf(label, sizeof label, "  -%c, ", row->short_name);
    }
    len = strlen(label);
    (void)snprintf(label + len, sizeof label - len, "--%s", row->name);
    if (row->kind == OPTION_CHOICE) {
        for (size_t i = 0; row->choices[i] != NULL; i++) {
            len = strlen(label);
            (void)snprintf(label + len, sizeof label - len, "%c%s", i == 0 ? ' ' : '|',
                           row->choices[i]);
        }
    } else if (row->argument != NULL) {
        len = strlen(label);
        (void)snprintf(label + len, sizeof label - len,
                       row->kind == OPTION_NAMES ? "[=%s]" : " %s", row->argument);
    }
    put_entry(out, label, row->doc, OPTION_COLUMN);
}

// The options of `shown`, under their headings.
static void put_options(FILE *out, uint64_t shown)
{
    for (int group = 0; group < GROUP_COUNT; group++) {
        bool titled = false;
        for (int id = 0; id < OPT_COUNT; id++) {
            const struct option_row *row = option_row_get((enum option_id)id);
            if ((int)row->group != group || (shown & OPTION_BIT(id)) == 0) {
                continue;
            }
            if (!titled) {
                (void)fprintf(out, "\n%s:\n", GROUP_TITLES[group]);
                titled = true;
            }
            put_option(out, row);
        }
    }
}

static void put_introduction(FILE *out, const struct command *const *commands)
{
    (void)fputs("ddbgen compiles table definitions and conversation transcripts to "
                "DynamoDB\nrequests: written down, or applied.\n\n"
                "Usage: ddbgen COMMAND [OPTION...] [OPERAND...]\n\nCommands:\n",
                out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        char label[96];
        (void)snprintf(label, sizeof label, "  %s%s%s", commands[i]->name,
                       commands[i]->operands[0] != '\0' ? " " : "",
                       commands[i]->operands);
        put_entry(out, label, commands[i]->summary, COMMAND_COLUMN);
    }
    (void)fputs(
        "\nExamples:\n"
        "  ddbgen check schemas/messages.yaml\n"
        "  ddbgen apply schemas/messages.yaml\n"
        "  ddbgen query schemas/messages.yaml list_messages \\\n"
        "      conversation=5ae290ed-55d1-47a0-bc6d-fe2bc2700399 year=2023 --table\n",
        out);
}

void help_print_short(FILE *out, const struct command *const *commands)
{
    put_introduction(out, commands);
    (void)fputs("\n`ddbgen --help` lists the options, `ddbgen help COMMAND` explains a "
                "command.\n",
                out);
}

void help_print_all(FILE *out, const struct command *const *commands)
{
    uint64_t everywhere = 0;
    put_introduction(out, commands);
    for (int id = 0; id < OPT_COUNT; id++) {
        if (option_row_get((enum option_id)id)->everywhere) {
            everywhere |= OPTION_BIT(id);
        }
    }
    put_options(out, everywhere);
    (void)fputs(
        "\nWithout a word about where to, ddbgen talks to http://localhost:8000 with "
        "dummy\ncredentials. Writing to anything protected asks for its name first.\n"
        "\nExit codes: 0 fine, 1 something differs, 2 wrong input or command line "
        "(nothing\n"
        "was sent), 3 the outside world failed, 4 refused for safety, 130 "
        "interrupted.\n"
        "\n`ddbgen help COMMAND` explains a command.\n",
        out);
}

void help_print_command(FILE *out, const struct command *command)
{
    (void)fprintf(out, "Usage: ddbgen %s%s%s [OPTION...]\n\n%s\n", command->name,
                  command->operands[0] != '\0' ? " " : "", command->operands,
                  command->details);
    put_options(out, command->options | OPTION_BIT(OPT_HELP));
    (void)fprintf(out, "\nExamples:\n%s", command->examples);
}
