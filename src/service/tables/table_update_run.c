// Steps over the wire. A list of requests enters; calls are sent, waited for, and held
// against what the table then shows.
#include "table_update_run.h"

#include "stop.h"
#include "table_ask.h"
#include "table_diff.h"
#include "table_look.h"
#include "table_poll.h"

// How long a table may still look as it did before a call that was answered: what it
// tells is read from a copy. Emulators have none.
#define VISIBLE_MAX_MS 15000u
#define VISIBLE_EMULATOR_MS 1000u
// Tags are told by a service of their own, eventually (A175).
#define TAGS_VISIBLE_MAX_MS 30000u
#define TAGS_VISIBLE_EMULATOR_MS 5000u

struct runner {
    struct client *client;
    const struct table *declared;
    const struct table_update_options *options;
    struct arena *arena;
    struct diags *diags;
    const struct table_step **accepted; // steps that the server said it did
    size_t accepted_count;
};

static uint64_t visible_ms(const struct runner *runner)
{
    return client_get_target(runner->client)->is_protected ? VISIBLE_MAX_MS
                                                           : VISIBLE_EMULATOR_MS;
}

static uint64_t tags_visible_ms(const struct runner *runner)
{
    return client_get_target(runner->client)->is_protected ? TAGS_VISIBLE_MAX_MS
                                                           : TAGS_VISIBLE_EMULATOR_MS;
}

static void show(const struct runner *runner, const struct table_step *step,
                 enum table_step_state state)
{
    if (runner->options->show != NULL) {
        runner->options->show(runner->options->context, step, state);
    }
}

// What is left to do. What looking finds wrong was diagnosed when the plan was made, or
// will be by those who asked: it is kept apart here. False: it cannot be known.
static bool look_again(struct table_diff *out, const struct runner *runner)
{
    struct live_table live;
    struct diags apart;
    diags_init(&apart, runner->arena);
    if (!table_look(&live, runner->client, runner->declared, &runner->options->wait,
                    runner->arena, &apart) ||
        !live.settings_known) {
        return false;
    }
    table_diff(out, runner->declared, &live.table, runner->arena);
    return true;
}

// Of a call whose outcome is not known, or that was refused: once the table is at rest.
static bool is_made(const struct runner *runner, const struct table_step *step)
{
    struct live_table live;
    struct table_diff left;
    struct diags apart;
    diags_init(&apart, runner->arena);
    return table_wait(&live, runner->client, runner->declared->name,
                      &runner->options->wait, runner->arena, &apart) &&
           look_again(&left, runner) && table_step_is_made(step, &left);
}

static enum setting_answer send_step(const struct runner *runner,
                                     const struct table_step *step)
{
    struct reply reply;
    if (!table_ask(&reply, runner->client, step->operation, runner->declared->name,
                   step->body, &runner->options->wait, runner->diags)) {
        return SETTING_FAILED;
    }
    if (reply.kind == REPLY_OK) {
        return SETTING_DONE;
    }
    bool may_be_made =
        !table_ask_is_unknown(&reply) &&
        (reply.cause == REPLY_CAUSE_SERVICE || reply.kind == REPLY_TRANSIENT);
    reply = table_ask_keep(reply, runner->arena);
    if (may_be_made && is_made(runner, step)) {
        return SETTING_DONE;
    }
    return table_ask_refused(runner->client, &reply, step->operation,
                             runner->declared->name, step->changes[0]->span,
                             runner->diags);
}

static bool is_at_rest(const struct table_step *step, const struct live_table *live)
{
    return live->state == TABLE_ACTIVE &&
           (step->wait != TABLE_WAIT_SETTLED || !live->settling);
}

static bool shows(const struct runner *runner, const struct table_step *step,
                  const struct live_table *live)
{
    struct table_diff left;
    table_diff(&left, runner->declared, &live->table, runner->arena);
    return table_step_is_made(step, &left);
}

// Until the table is ready for the next step; *seen: it shows this one. False:
// diagnosed, or interrupted.
static bool await_step(bool *seen, const struct runner *runner,
                       const struct table_step *step)
{
    const struct wait_options *wait = &runner->options->wait;
    struct poll poll =
        poll_begin(runner->client, runner->declared->name, wait, runner->diags);
    *seen = true;
    if (step->wait == TABLE_WAIT_NOTHING) {
        return true;
    }
    do {
        struct live_table live;
        if (!table_describe(&live, runner->client, runner->declared->name,
                            runner->arena, runner->diags)) {
            return false;
        }
        poll_show(&poll, &live);
        if (live.state == TABLE_BROKEN || live.state == TABLE_MISSING) {
            return poll_refuse(
                &poll,
                live.state == TABLE_BROKEN ? table_broken_help(live.status)
                                           : "look at it, and apply again",
                arena_printf(runner->arena, "is %.*s while it is changed",
                             STR_ARG(live.status))
                    .at);
        }
        if (is_at_rest(step, &live)) {
            *seen = shows(runner, step, &live);
            // What never shows is told at the end.
            if (*seen || poll_spent_ms(&poll) > visible_ms(runner)) {
                return true;
            }
        }
    } while (poll_pause(&poll));
    return false;
}

static void diagnose_left(const struct runner *runner,
                          const struct table_change *change)
{
    bool emulator = !client_get_target(runner->client)->is_protected;
    struct diag *diag = diag_add(
        runner->diags, emulator ? DIAG_SETTING_LEFT_OUT : DIAG_TABLE_STATE,
        change->span, "%.*s of table %s: its %s was accepted, and it is %s",
        STR_ARG(change->path), diag_quote(runner->diags, runner->declared->name),
        change->sign == '-'   ? "removal"
        : change->sign == '+' ? "addition"
                              : "change",
        change->sign == '-'   ? "still there"
        : change->sign == '+' ? "not there"
                              : "as it was");
    diag_help(runner->diags, diag,
              emulator ? "AWS does it, and so may another emulator"
                       : "look at the table in the console, and apply again");
}

// Whether a change was meant by a step that was accepted.
static bool is_meant(const struct runner *runner, const struct table_change *change)
{
    for (size_t i = 0; i < runner->accepted_count; i++) {
        const struct table_step *step = runner->accepted[i];
        for (size_t j = 0; j < step->change_count; j++) {
            if (str_eq(step->changes[j]->path, change->path)) {
                return true;
            }
        }
    }
    return false;
}

// How long what is left of the steps is worth waiting for, in all; 0: nothing is left.
static uint64_t patience_ms(const struct runner *runner, const struct table_diff *left)
{
    uint64_t patience = 0;
    for (size_t i = 0; i < left->count; i++) {
        if (is_meant(runner, &left->changes[i])) {
            bool tag = left->changes[i].kind == TABLE_CHANGE_TAG;
            uint64_t ms = tag ? tags_visible_ms(runner) : visible_ms(runner);
            patience = ms > patience ? ms : patience;
        }
    }
    return patience;
}

// Tags and policies show a little later (A175). False: diagnosed.
static bool check_all(const struct runner *runner)
{
    struct table_diff left;
    struct poll poll = poll_begin(runner->client, runner->declared->name,
                                  &runner->options->wait, runner->diags);
    if (!look_again(&left, runner)) {
        return true; // what was answered was answered
    }
    while (poll_spent_ms(&poll) < patience_ms(runner, &left)) {
        if (!poll_pause(&poll) || !look_again(&left, runner)) {
            return false;
        }
    }
    size_t errors = runner->diags->errors;
    for (size_t i = 0; i < left.count; i++) {
        if (is_meant(runner, &left.changes[i])) {
            diagnose_left(runner, &left.changes[i]);
        }
    }
    return runner->diags->errors == errors;
}

// False: diagnosed, or interrupted; of what may be done all the same it is shown.
static bool make_step(struct runner *runner, const struct table_step *step)
{
    show(runner, step, TABLE_STEP_BEGUN);
    enum setting_answer answer = send_step(runner, step);
    bool seen = true;
    bool awaited = answer != SETTING_DONE || await_step(&seen, runner, step);
    if (!awaited ||
        (answer == SETTING_FAILED && stop_is_set(runner->options->wait.stop))) {
        show(runner, step, TABLE_STEP_OPEN);
    }
    if (!awaited || answer == SETTING_FAILED) {
        return false;
    }
    if (answer == SETTING_DONE) {
        runner->accepted[runner->accepted_count++] = step;
    }
    show(runner, step,
         answer != SETTING_DONE ? TABLE_STEP_LEFT_OUT
         : seen                 ? TABLE_STEP_MADE
                                : TABLE_STEP_UNSEEN);
    return true;
}

bool table_update_run(size_t *made, struct client *client, const struct table *declared,
                      const struct table_step *steps, size_t count,
                      const struct table_update_options *options, struct arena *arena,
                      struct diags *diags)
{
    struct table_update_options known = *options;
    struct runner runner = {.client = client,
                            .declared = declared,
                            .options = &known,
                            .arena = arena,
                            .diags = diags};
    struct live_table live;
    *made = 0;
    known.wait.known = true;
    runner.accepted = arena_array(arena, count, sizeof(const struct table_step *));
    if (count > 0 &&
        !table_wait(&live, client, declared->name, &known.wait, arena, diags)) {
        return false; // somebody else changes it
    }
    for (; *made < count; (*made)++) {
        if (!make_step(&runner, &steps[*made])) {
            return false;
        }
    }
    return runner.accepted_count == 0 || check_all(&runner);
}
