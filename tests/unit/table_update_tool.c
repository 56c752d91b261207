// Makes the live table what a definition says, with the functions that apply uses, and
// tells how:
//
//     table_update_tool DEFINITION ENDPOINT_URL [protected]
//
// Lines on standard output: "change SIGN PATH", "step VERB SUBJECT", "made N of M"; the
// diagnostics as "diag CODE MESSAGE". Exit code as ddbgen's.
#include "definition.h"
#include "file.h"
#include "request.h"
#include "table_diff.h"
#include "table_look.h"
#include "table_update_run.h"
#include "yaml_read.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define BODY_MAX ((size_t)1 << 20)

struct tool {
    struct arena arena;
    struct diags diags;
    struct client *client;
    const struct table *declared;
    struct wait_options wait;
};

static void show(void *context, const struct table_step *step,
                 enum table_step_state state)
{
    static const char *const STATES[] = {"begun", "made", "unseen", "left out"};
    (void)context;
    printf("step %s %.*s: %s\n", step->verb, STR_ARG(step->subject), STATES[state]);
}

static bool create(struct tool *tool, struct live_table *live)
{
    struct buf body;
    buf_init(&body, BODY_MAX);
    request_write_create_table(&body, tool->declared);
    bool ok = table_create(tool->client, tool->declared->name, buf_str(&body),
                           tool->declared->span, &tool->diags);
    buf_deinit(&body);
    return ok && table_wait(live, tool->client, tool->declared->name, &tool->wait,
                            &tool->arena, &tool->diags);
}

static bool update(struct tool *tool)
{
    struct live_table live;
    struct table_diff diff;
    struct table_step *steps = NULL;
    size_t count = 0;
    size_t made = 0;
    struct table_update_options options = {.wait = tool->wait, .show = show};
    if (!table_look(&live, tool->client, tool->declared, &tool->wait, &tool->arena,
                    &tool->diags)) {
        return false;
    }
    if (live.state == TABLE_MISSING &&
        (!create(tool, &live) ||
         !table_look(&live, tool->client, tool->declared, &tool->wait, &tool->arena,
                     &tool->diags))) {
        return false;
    }
    table_diff(&diff, tool->declared, &live.table, &tool->arena);
    for (size_t i = 0; i < diff.count; i++) {
        printf("change %c %.*s\n", diff.changes[i].sign, STR_ARG(diff.changes[i].path));
    }
    if (!table_diff_check(&diff, tool->declared, &tool->diags)) {
        return false;
    }
    table_update_plan(&steps, &count, &diff, tool->declared, &live.table, live.arn,
                      &tool->arena);
    bool ok = table_update_run(&made, tool->client, tool->declared, steps, count,
                               &options, &tool->arena, &tool->diags);
    printf("made %zu of %zu\n", made, count);
    return ok;
}

static bool open_all(struct tool *tool, char **arguments, struct target *target)
{
    static struct definition definition;
    static struct source source = {.fd = -1};
    struct target_request request = {.endpoint_url = str_from(arguments[2]),
                                     .start_dir = "."};
    source.name = str_from(arguments[1]);
    if (file_read(&source.text, arguments[1], BODY_MAX, &tool->arena) != FILE_OK) {
        fprintf(stderr, "%s cannot be read\n", arguments[1]);
        return false;
    }
    const struct node *root = yaml_read(&source, &tool->arena, &tool->diags);
    if (root == NULL ||
        !definition_read(&definition, root, &source, &tool->arena, &tool->diags) ||
        !target_resolve(target, &request, &tool->arena, &tool->diags)) {
        return false;
    }
    target->is_protected = arguments[3] != NULL;
    tool->declared = &definition.table;
    tool->client = client_new(target, 1, &tool->diags);
    return tool->client != NULL;
}

int main(int count, char **arguments)
{
    struct tool tool = {.wait = {.timeout_ms = 20000}};
    struct target target;
    if (count < 3 || count > 4 || signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
        return 2;
    }
    diags_init(&tool.diags, &tool.arena);
    (void)(open_all(&tool, arguments, &target) && update(&tool));
    for (size_t i = 0; i < tool.diags.count; i++) {
        const struct diag *diag = &tool.diags.kept[i];
        printf("diag %s %u %.*s; %.*s\n", diag_info_get(diag->code)->name,
               diag->span.line, STR_ARG(diag->message), STR_ARG(diag->help));
    }
    int code = diags_exit_code(&tool.diags, false);
    client_free(tool.client);
    arena_deinit(&tool.arena);
    return code;
}
