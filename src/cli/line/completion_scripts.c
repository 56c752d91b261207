// Completion scripts. In: the tables of commands and options. Out: a script for bash,
// zsh or fish. All words in them are our own; the texts of the tables are quoted for
// the shell.
#include "completion_scripts.h"

#include "command.h"

#include <string.h>

// Text inside single quotes; `also` are characters that need a backslash for zsh.
static void put_quoted(FILE *out, const char *text, const char *also)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            (void)fputs("'\\''", out);
        } else {
            if (strchr(also, *text) != NULL) {
                (void)fputc('\\', out);
            }
            (void)fputc(*text, out);
        }
    }
}

static void put_words(FILE *out, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        (void)fprintf(out, "%s%s", i > 0 ? " " : "", words[i]);
    }
}

static void put_command_names(FILE *out, const struct command *const *commands)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        (void)fprintf(out, "%s%s", i > 0 ? " " : "", commands[i]->name);
    }
}

static bool completes_files(const struct command *command)
{
    return strstr(command->operands, "FILE") != NULL ||
           strstr(command->operands, "TRANSCRIPT") != NULL;
}

// ---- bash

// One line of the case over "command:previous word": the values of an option.
static void put_bash_values(FILE *out, const struct option_row *row,
                            const char *command)
{
    (void)fprintf(out, "    %s:--%s", command, row->name);
    if (row->short_name != '\0') {
        (void)fprintf(out, "|%s:-%c", command, row->short_name);
    }
    if (row->kind == OPTION_CHOICE) {
        (void)fputs(") words='", out);
        put_words(out, row->choices);
        (void)fputs("' ;;\n", out);
    } else {
        (void)fprintf(out, ") %s ;;\n", row->files ? "files=1" : "return");
    }
}

static void put_bash_cases(FILE *out, const struct command *const *commands)
{
    for (int id = 0; id < OPT_COUNT; id++) {
        const struct option_row *row = option_row_get((enum option_id)id);
        if (!option_takes_value(row)) {
            continue;
        }
        if (row->everywhere) {
            put_bash_values(out, row, "*");
            continue;
        }
        for (size_t i = 0; commands[i] != NULL; i++) {
            if (option_taken((enum option_id)id, commands[i])) {
                put_bash_values(out, row, commands[i]->name);
            }
        }
    }
}

static void put_bash_options(FILE *out, const struct command *command)
{
    for (int id = 0; id < OPT_COUNT; id++) {
        if (option_taken((enum option_id)id, command)) {
            (void)fprintf(out, " --%s", option_row_get((enum option_id)id)->name);
        }
    }
}

// Where the command's word stands already, its files follow, or nothing.
static void put_bash_words(FILE *out, const struct command *const *commands)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (commands[i]->words != NULL) {
            (void)fprintf(out, "    %s:*) if [[ -z $word ]]; then words='",
                          commands[i]->name);
            put_words(out, commands[i]->words);
            (void)fprintf(out, "'%s; fi ;;\n",
                          completes_files(commands[i]) ? "; else files=1" : "");
        }
    }
}

// The patterns of what is a command's word.
static void put_bash_said(FILE *out, const struct command *const *commands)
{
    const char *between = "";
    for (size_t i = 0; commands[i] != NULL; i++) {
        const char *const *words = commands[i]->words;
        for (; words != NULL && *words != NULL; words++) {
            (void)fprintf(out, "%s%s:%s", between, commands[i]->name, *words);
            between = "|";
        }
    }
}

static void print_bash(FILE *out, const struct command *const *commands)
{
    (void)fputs(
        "# bash completion for ddbgen\n"
        "_ddbgen() {\n"
        "  local cur=${COMP_WORDS[COMP_CWORD]} prev= command= word= words= files= i\n"
        "  ((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD-1]}\n"
        "  if [[ $cur == '=' ]]; then cur=\n"
        "  elif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
        "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "    case ${COMP_WORDS[i]} in\n      ",
        out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        (void)fprintf(out, "%s%s", i > 0 ? "|" : "", commands[i]->name);
    }
    (void)fputs(") command=${COMP_WORDS[i]}; break ;;\n"
                "    esac\n"
                "  done\n"
                "  for ((i++; i < COMP_CWORD; i++)); do\n"
                "    case $command:${COMP_WORDS[i]} in\n      ",
                out);
    put_bash_said(out, commands);
    (void)fputs(") word=${COMP_WORDS[i]} ;;\n"
                "    esac\n"
                "  done\n"
                "  case $command:$prev in\n",
                out);
    put_bash_cases(out, commands);
    (void)fputs("  esac\n"
                "  if [[ -z $words && -z $files ]]; then\n"
                "    case $command:$cur in\n",
                out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        (void)fprintf(out, "    %s:-*) words='", commands[i]->name);
        put_bash_options(out, commands[i]);
        (void)fputs("' ;;\n", out);
    }
    (void)fputs("    :-*) words='", out);
    put_bash_options(out, NULL);
    (void)fputs("' ;;\n    :*|help:*) words='", out);
    put_command_names(out, commands);
    (void)fputs("' ;;\n", out);
    put_bash_words(out, commands);
    (void)fputs(
        "    explain:*) words=$(\"$1\" explain 2>/dev/null | cut -d ' ' -f 1) ;;\n"
        "    *) files=1 ;;\n"
        "    esac\n"
        "  fi\n"
        "  if [[ -n $files ]]; then\n"
        "    mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
        "  else\n"
        "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
        "  fi\n"
        "}\n"
        "complete -o filenames -F _ddbgen ddbgen\n",
        out);
}

// ---- zsh

static void put_zsh_option(FILE *out, const struct option_row *row)
{
    bool repeats = row->kind == OPTION_LIST || row->kind == OPTION_NAMES;
    const char *equals = option_takes_value(row) ? "=" : "";

    (void)fputs(" \\\n      ", out);
    if (row->short_name != '\0') {
        (void)fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'[", row->short_name, row->name,
                      row->short_name, option_takes_value(row) ? "+" : "", row->name,
                      equals);
    } else {
        (void)fprintf(out, "'%s--%s%s[", repeats ? "*" : "", row->name,
                      row->kind == OPTION_NAMES ? "=-" : equals);
    }
    put_quoted(out, row->doc, "[]:\\");
    (void)fputc(']', out);
    if (row->kind == OPTION_CHOICE) {
        (void)fprintf(out, ":%s:(", row->name);
        put_words(out, row->choices);
        (void)fputc(')', out);
    } else if (row->argument != NULL) {
        (void)fprintf(out, "%s%s:%s", row->kind == OPTION_NAMES ? "::" : ":",
                      row->argument, row->files ? "_files" : " ");
    }
    (void)fputc('\'', out);
}

static void put_zsh_options(FILE *out, const struct command *command)
{
    for (int id = 0; id < OPT_COUNT; id++) {
        if (option_taken((enum option_id)id, command)) {
            put_zsh_option(out, option_row_get((enum option_id)id));
        }
    }
}

static void put_zsh_operands(FILE *out, const struct command *command,
                             const struct command *const *commands)
{
    if (command->words != NULL) {
        (void)fputs(" \\\n      '1:word:(", out);
        put_words(out, command->words);
        (void)fputs(")'", out);
    }
    if (completes_files(command)) {
        (void)fputs(" \\\n      '*:file:_files'", out);
    } else if (command->operand == OPERAND_COMMAND) {
        (void)fputs(" \\\n      '1:command:(", out);
        put_command_names(out, commands);
        (void)fputs(")'", out);
    } else if (command->operand == OPERAND_CODE) {
        (void)fputs(" \\\n      \"1:code:("
                    "$(ddbgen explain 2>/dev/null | cut -d ' ' -f 1))\"",
                    out);
    }
}

static void print_zsh(FILE *out, const struct command *const *commands)
{
    (void)fputs("#compdef ddbgen\n"
                "_ddbgen() {\n"
                "  local -a commands\n"
                "  commands=(\n",
                out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        (void)fprintf(out, "    '%s:", commands[i]->name);
        put_quoted(out, commands[i]->summary, ":\\");
        (void)fputs("'\n", out);
    }
    (void)fputs("  )\n"
                "  if (( CURRENT == 2 )); then\n"
                "    if [[ $PREFIX == -* ]]; then\n"
                "      _arguments",
                out);
    put_zsh_options(out, NULL);
    (void)fputs(
        "\n    else\n      _describe command commands\n    fi\n    return\n  fi\n"
        "  local command=$words[2]\n"
        "  shift words\n"
        "  (( CURRENT-- ))\n"
        "  case $command in\n",
        out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        (void)fprintf(out, "    %s) _arguments", commands[i]->name);
        put_zsh_options(out, commands[i]);
        put_zsh_operands(out, commands[i], commands);
        (void)fputs(" ;;\n", out);
    }
    (void)fputs("  esac\n"
                "}\n"
                "if [[ $funcstack[1] == _ddbgen ]]; then _ddbgen \"$@\"\n"
                "else compdef _ddbgen ddbgen; fi\n",
                out);
}

// ---- fish

static void put_fish_option(FILE *out, const struct command *const *commands,
                            enum option_id id)
{
    const struct option_row *row = option_row_get(id);

    (void)fputs("complete -c ddbgen", out);
    if (!row->everywhere) {
        (void)fputs(" -n '__fish_seen_subcommand_from", out);
        for (size_t i = 0; commands[i] != NULL; i++) {
            if (option_taken(id, commands[i])) {
                (void)fprintf(out, " %s", commands[i]->name);
            }
        }
        (void)fputc('\'', out);
    }
    if (row->short_name != '\0') {
        (void)fprintf(out, " -s %c", row->short_name);
    }
    (void)fprintf(out, " -l %s", row->name);
    if (row->kind == OPTION_CHOICE) {
        (void)fputs(" -x -a '", out);
        put_words(out, row->choices);
        (void)fputc('\'', out);
    } else if (option_takes_value(row)) {
        (void)fputs(row->files ? " -r -F" : " -x", out);
    }
    (void)fputs(" -d '", out);
    put_quoted(out, row->doc, "\\");
    (void)fputs("'\n", out);
}

static void print_fish(FILE *out, const struct command *const *commands)
{
    (void)fputs("# fish completion for ddbgen\n"
                "complete -c ddbgen -n __fish_use_subcommand -f\n",
                out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        (void)fprintf(out, "complete -c ddbgen -n __fish_use_subcommand -a %s -d '",
                      commands[i]->name);
        put_quoted(out, commands[i]->summary, "\\");
        (void)fputs("'\n", out);
    }
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (commands[i]->words != NULL) {
            (void)fprintf(out,
                          "complete -c ddbgen -n '__fish_seen_subcommand_from %s; and "
                          "not __fish_seen_subcommand_from ",
                          commands[i]->name);
            put_words(out, commands[i]->words);
            (void)fputs("' -f -a '", out);
            put_words(out, commands[i]->words);
            (void)fputs("'\n", out);
        }
    }
    (void)fputs("complete -c ddbgen -n '__fish_seen_subcommand_from explain' -f "
                "-a '(ddbgen explain 2>/dev/null | string replace -r \" +\" \\t)'\n"
                "complete -c ddbgen -n '__fish_seen_subcommand_from help' -f -a '",
                out);
    put_command_names(out, commands);
    (void)fputs("'\n", out);
    for (int id = 0; id < OPT_COUNT; id++) {
        put_fish_option(out, commands, (enum option_id)id);
    }
}

const char *const completion_shells[] = {"bash", "zsh", "fish", NULL};

void completion_print(FILE *out, const struct command *const *commands, size_t shell)
{
    static void (*const PRINT[])(FILE *, const struct command *const *commands) = {
        print_bash, print_zsh, print_fish};

    PRINT[shell](out, commands);
}
