// options: command lines read by the table of rows, mistakes and all.
#include "unit.h"

#include "commands.h"
#include "options.h"

#include <stdlib.h>
#include <string.h>

#define MAX_ARGUMENTS 16

// Reads a command line whose arguments are separated by '|'.
struct line {
    char text[256];
    char *argv[MAX_ARGUMENTS];
    struct options options;
};

static void read_line(struct line *line, const char *text)
{
    int argc = 1;
    char *at = line->text;

    *line = (struct line){0};
    line->argv[0] = line->text + sizeof line->text - 1;
    assert_true(strlen(text) < sizeof line->text - 1);
    memcpy(line->text, text, strlen(text));
    while (at != NULL && *text != '\0') {
        assert_true(argc < MAX_ARGUMENTS - 1);
        line->argv[argc++] = at;
        at = strchr(at, '|');
        if (at != NULL) {
            *at++ = '\0';
        }
    }
    options_read(&line->options, commands, argc, line->argv);
}

static void expect_good(struct line *line, const char *text,
                        const struct command *command)
{
    read_line(line, text);
    if (line->options.mistake_count > 0) {
        fail_msg("%s: %s", text, line->options.mistakes[0].message);
    }
    assert_ptr_equal(line->options.command, command);
}

// The line has exactly this mistake, with this help (NULL: none).
static void expect_mistake(const char *text, const char *message, const char *help)
{
    struct line line;

    read_line(&line, text);
    if (line.options.mistake_count != 1) {
        fail_msg("%s: %zu mistakes", text, line.options.mistake_count);
    }
    assert_string_equal(line.options.mistakes[0].message, message);
    if (help == NULL) {
        assert_null(line.options.mistakes[0].help);
    } else {
        assert_string_equal(line.options.mistakes[0].help, help);
    }
    options_deinit(&line.options);
}

static void test_forms(void **state)
{
    static const char *const lines[] = {
        "build|a.yaml|-o|out|--target|prod",
        "build|-oout|--target=prod|a.yaml",
        "--target|prod|build|a.yaml|-o=out",
        "build|--output=out|--target=prod|--|a.yaml",
        "--output|out|--target=prod|build|a.yaml",
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct line line;
        expect_good(&line, lines[i], &cmd_build);
        assert_string_equal(line.options.output, "out");
        assert_string_equal(line.options.target, "prod");
        assert_int_equal(line.options.operands.count, 1);
        assert_string_equal(line.options.operands.at[0], "a.yaml");
        options_deinit(&line.options);
    }
}

static void test_values(void **state)
{
    struct line line;
    (void)state;

    expect_good(&line, "scan|t|--limit|20|--table|--color=never|--strict|--format|json",
                &cmd_scan);
    assert_int_equal(line.options.limit, 20);
    assert_int_equal(line.options.color, COLOR_NEVER);
    assert_int_equal(line.options.format, DDB_FORMAT_JSON);
    assert_true(line.options.strict);
    assert_int_equal(options_shape(&line.options), DDB_SHAPE_TABLE);
    options_deinit(&line.options);

    expect_good(&line, "convert|-|--participant|Person 1=a|--participant=P=2=b|-o|-",
                &cmd_convert);
    assert_int_equal(line.options.participants.count, 2);
    assert_string_equal(line.options.participants.at[1], "P=2=b");
    assert_string_equal(line.options.operands.at[0], "-");
    assert_null(options_output(&line.options));
    options_deinit(&line.options);
}

static void test_yes(void **state)
{
    struct line line;
    (void)state;

    expect_good(&line, "drop|--yes|t|--yes=t|--yes=prod", &cmd_drop);
    assert_int_equal(line.options.yes.count, 3);
    assert_string_equal(line.options.yes.at[0], "");
    assert_string_equal(line.options.yes.at[2], "prod");
    assert_int_equal(line.options.operands.count, 1);
    options_deinit(&line.options);
    // What an unset variable leaves is no bare --yes.
    expect_mistake("drop|t|--yes=", "option '--yes' needs a value", NULL);
    expect_mistake("drop|t|--yes|t", "unexpected operand 't'",
                   "the value of --yes is written --yes='t'");
}

static void test_dashes(void **state)
{
    struct line line;
    (void)state;

    expect_good(&line, "check|-|--|--strict|-x", &cmd_check);
    assert_false(line.options.strict);
    assert_int_equal(line.options.operands.count, 3);
    assert_string_equal(line.options.operands.at[1], "--strict");
    options_deinit(&line.options);
}

static void test_mistakes(void **state)
{
    (void)state;

    expect_mistake("chek|x", "unknown command 'chek'", "did you mean 'check'?");
    expect_mistake("plan|x", "unknown command 'plan'",
                   "`ddbgen --help` lists the commands");
    expect_mistake("a.yaml", "unknown command 'a.yaml'",
                   "the command comes first: ddbgen check 'a.yaml'");
    expect_mistake("apply|x|--endpont-url|http://h", "unknown option '--endpont-url'",
                   "did you mean '--endpoint-url'?");
    expect_mistake("--targt|prod|apply|x", "unknown option '--targt'",
                   "did you mean '--target'?");
    expect_mistake("apply|--parallel|x", "unknown option '--parallel'",
                   "`ddbgen apply --help` lists the options");
    expect_mistake("check|x|-q", "unknown option '-q'",
                   "`ddbgen check --help` lists the options");
    expect_mistake("check|x|--limit=3", "'check' takes no option '--limit'",
                   "commands that take it: query, scan");
    expect_mistake("check", "'check' lacks an operand", "usage: ddbgen check FILE...");
    expect_mistake("list-tables|x|y", "unexpected operand 'x'",
                   "usage: ddbgen list-tables");
    expect_mistake("check|x|--strict=1", "option '--strict' takes no value", NULL);
    expect_mistake("build|x|--emit|item", "option '--emit' cannot be 'item'",
                   "did you mean 'items'?");
    expect_mistake("build|x|--emit|fixture", "option '--emit' cannot be 'fixture'",
                   "known: requests, items");
    expect_mistake("scan|x|--limit|-5",
                   "option '--limit' takes a number from 1, not '-5'", NULL);
    expect_mistake("scan|x|--limit=0",
                   "option '--limit' takes a number from 1, not '0'", NULL);
    expect_mistake("scan|x|--limit=99999999999999999999",
                   "option '--limit' takes a number from 1, not '99999999999999999999'",
                   NULL);
    expect_mistake("scan|x|--plain|--table",
                   "options '--plain' and '--table' exclude each other", NULL);
    expect_mistake("scan|x|--target|a|--target|b", "option '--target' is given twice",
                   NULL);
    expect_mistake("build|x|-o|--strict", "option '--output' needs a value",
                   "a value that begins with '-' is written --output=VALUE");
    expect_mistake("query|f|p|year", "a parameter is given as name=value, not 'year'",
                   NULL);
    expect_mistake("convert|t|--emit=items",
                   "'convert' makes no items without a definition",
                   "add --definition FILE");
    expect_mistake("convert|t|--participant=x",
                   "option '--participant' takes LABEL=HANDLE, not 'x'", NULL);
    expect_mistake("completion|tcsh", "'completion' knows no 'tcsh'",
                   "known: bash, zsh, fish");
    expect_mistake("schema|headre", "'schema' knows no 'headre'",
                   "did you mean 'header'?");
    expect_mistake("help|aply", "unknown command 'aply'", "did you mean 'apply'?");
}

static void test_all_at_once(void **state)
{
    struct line line;
    (void)state;

    read_line(&line, "build|--emti|items|--color|red|--now=|--limit=1");
    assert_int_equal(line.options.mistake_count, 5);
    options_deinit(&line.options);
}

static void test_help(void **state)
{
    struct line line;
    (void)state;

    expect_good(&line, "convert|-h", &cmd_convert);
    assert_true(line.options.help);
    options_deinit(&line.options);
    expect_good(&line, "--help", NULL);
    assert_true(line.options.help);
    options_deinit(&line.options);
    expect_good(&line, "--version", NULL);
    assert_true(line.options.version);
    options_deinit(&line.options);
    expect_good(&line, "", NULL);
    options_deinit(&line.options);
}

static void test_quote_clips(void **state)
{
    (void)state;

    assert_string_equal(QUOTE("abc"), "'abc'");
    // 59 bytes, then one character of two bytes: not cut in the middle.
    const char *text =
        "12345678901234567890123456789012345678901234567890123456789\xc3\xa9x";
    assert_string_equal(
        QUOTE(text),
        "'12345678901234567890123456789012345678901234567890123456789...'");
}

// What the tables promise to each other.
static void test_tables(void **state)
{
    (void)state;

    for (int i = 0; i < OPT_COUNT; i++) {
        const struct option_row *row = option_row_get((enum option_id)i);
        assert_non_null(row->name);
        assert_non_null(row->doc);
        assert_true((row->kind == OPTION_CHOICE) == (row->choices != NULL));
        bool taken = row->everywhere;
        for (size_t c = 0; commands[c] != NULL; c++) {
            taken = taken || option_taken((enum option_id)i, commands[c]);
        }
        assert_true(taken);
        for (int j = i + 1; j < OPT_COUNT; j++) {
            const struct option_row *other = option_row_get((enum option_id)j);
            if (strcmp(row->name, other->name) != 0) {
                continue;
            }
            assert_int_equal(row->kind, other->kind);
            for (size_t c = 0; commands[c] != NULL; c++) {
                assert_false(option_taken((enum option_id)i, commands[c]) &&
                             option_taken((enum option_id)j, commands[c]));
            }
        }
    }
    for (size_t c = 0; commands[c] != NULL; c++) {
        assert_ptr_equal(command_find(commands, commands[c]->name), commands[c]);
        assert_non_null(commands[c]->run);
        assert_non_null(commands[c]->details);
        assert_non_null(commands[c]->examples);
        assert_true(commands[c]->min_operands <= commands[c]->max_operands);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),    cmocka_unit_test(test_values),
        cmocka_unit_test(test_yes),      cmocka_unit_test(test_dashes),
        cmocka_unit_test(test_mistakes), cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_help),     cmocka_unit_test(test_quote_clips),
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
