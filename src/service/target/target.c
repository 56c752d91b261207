// Where a command goes. In: the command line's wishes, ddbgen.yaml, the environment.
// Out: one endpoint, its region, and whether writing there must be confirmed.
//
// First the endpoint's origin is chosen, and with it the target that is in force: a
// target counts only when it was named, or when the endpoint is its own. An endpoint of
// the environment makes the default target irrelevant, its name, region and handles
// too.
#include "target.h"

#include "endpoint.h"
#include "env.h"
#include "env_ref.h"
#include "project_file.h"

#include <stdlib.h>

#define LOCAL_URL "http://localhost:8000"
#define DEFAULT_REGION "us-east-1"

// What choose() settles.
struct choice {
    const struct project_target *target; // in force, or NULL
    bool named;                          // with --target
    bool own_url;   // the endpoint is the target's: written in it, built in or computed
    struct str url; // empty: computed from the region and the account
    const char *what; // who said the url, for messages
    struct span span;
    struct str why; // the same for people
};

static struct str env_text(const char *name)
{
    return str_from(getenv(name));
}

// A target by name: the file's, else the built-in one of that name, else NULL.
static const struct project_target *find_target(const struct project_file *project,
                                                struct str name, struct arena *arena)
{
    const struct project_target *found = project_file_find(project, name);

    if (found == NULL && (str_is(name, TARGET_LOCAL) || str_is(name, TARGET_AWS))) {
        struct project_target *built_in = arena_alloc(arena, sizeof *built_in);
        built_in->name = name;
        return built_in;
    }
    return found;
}

// The endpoint of the target in force.
static bool choose_own_url(struct choice *choice, struct arena *arena,
                           struct diags *diags)
{
    const struct project_target *target = choice->target;

    choice->own_url = true;
    if (target->at != NULL) {
        choice->why =
            arena_printf(arena, "%starget %.*s of " PROJECT_FILE_NAME,
                         choice->named ? "" : "default ", STR_ARG(target->name));
    } else if (choice->named) {
        choice->why =
            arena_printf(arena, "built-in target %.*s", STR_ARG(target->name));
    } else {
        choice->why = STR("the default");
    }
    if (target->endpoint_url.node != NULL) {
        choice->what = "endpoint_url";
        choice->span = target->endpoint_url.node->span;
        return env_value(&choice->url, target->endpoint_url.text, choice->span, arena,
                         diags);
    }
    choice->what = "the target's endpoint";
    if (str_is(target->name, TARGET_LOCAL)) {
        choice->url = STR(LOCAL_URL);
    }
    return true;
}

static void choose_given_url(struct choice *choice, struct str url, const char *what)
{
    choice->url = url;
    choice->what = what;
    choice->why = str_from(what);
}

static bool choose(struct choice *choice, const struct target_request *request,
                   const struct project_file *project, struct arena *arena,
                   struct diags *diags)
{
    static const char *const VARIABLES[] = {"AWS_ENDPOINT_URL_DYNAMODB",
                                            "AWS_ENDPOINT_URL"};

    *choice = (struct choice){.named = request->name.len > 0};
    if (choice->named) {
        choice->target = find_target(project, request->name, arena);
        if (choice->target == NULL) {
            project_file_report_unknown(project, request->name, (struct span){0},
                                        diags);
            return false;
        }
    }
    if (request->endpoint_url.len > 0) {
        choose_given_url(choice, request->endpoint_url, "--endpoint-url");
        return true;
    }
    if (choice->named) {
        return choose_own_url(choice, arena, diags);
    }
    for (size_t i = 0; i < sizeof VARIABLES / sizeof VARIABLES[0]; i++) {
        struct str url = env_text(VARIABLES[i]);
        if (url.len > 0) {
            choose_given_url(choice, url, VARIABLES[i]);
            return true;
        }
    }
    choice->target =
        find_target(project,
                    project->default_target.node != NULL ? project->default_target.text
                                                         : STR(TARGET_LOCAL),
                    arena);
    return choice->target != NULL && choose_own_url(choice, arena, diags);
}

// A field of the target in force; empty without one.
static bool read_field(struct str *out, struct span *span,
                       const struct bind_string *field, struct arena *arena,
                       struct diags *diags)
{
    *out = (struct str){0};
    if (field == NULL || field->node == NULL) {
        return true;
    }
    *span = field->node->span;
    return env_value(out, field->text, *span, arena, diags);
}

// Whether the field is a reference to the environment. A file chooses the variable, so
// its value may be a secret, which must neither be shown nor become a part of a host.
static bool is_from_env(const struct bind_string *field)
{
    struct str name;

    return field->node != NULL && env_ref_find(&name, field->text) == ENV_REF_WHOLE;
}

static bool refuse_value(const char *what, const char *looks, struct span span,
                         struct diags *diags)
{
    struct diag *diag =
        diag_add(diags, DIAG_WRONG_VALUE, span,
                 "%s: the variable's value does not look like one", what);
    diag_help(diags, diag, "%s", looks);
    return false;
}

static bool read_region(struct str *out, const struct target_request *request,
                        const struct choice *choice, struct arena *arena,
                        struct diags *diags)
{
    static const char *const VARIABLES[] = {"AWS_REGION", "AWS_DEFAULT_REGION"};
    struct span span = {0};
    const char *what = "--region";

    *out = request->region;
    if (out->len == 0 && choice->target != NULL) {
        what = "region";
        if (!read_field(out, &span, &choice->target->region, arena, diags)) {
            return false;
        }
        if (is_from_env(&choice->target->region) && !region_is_usual(*out)) {
            return refuse_value(what, "a region looks like us-east-1", span, diags);
        }
    }
    for (size_t i = 0; out->len == 0 && i < sizeof VARIABLES / sizeof VARIABLES[0];
         i++) {
        what = VARIABLES[i];
        *out = env_text(what);
    }
    if (out->len == 0) {
        *out = STR(DEFAULT_REGION);
        return true;
    }
    *out = arena_str(arena, *out);
    return region_check(*out, what, span, diags);
}

static bool read_account(struct str *out, const struct choice *choice,
                         struct arena *arena, struct diags *diags)
{
    struct span span = {0};

    *out = (struct str){0};
    if (choice->target == NULL || choice->target->account_id.node == NULL) {
        return true;
    }
    return read_field(out, &span, &choice->target->account_id, arena, diags) &&
           account_id_check(*out, "account_id", span, diags);
}

static bool read_profile(struct str *out, const struct target_request *request,
                         const struct choice *choice, struct arena *arena,
                         struct diags *diags)
{
    struct span span = {0};

    *out = arena_str(arena, request->profile);
    if (out->len > 0 || choice->target == NULL) {
        return true;
    }
    if (!read_field(out, &span, &choice->target->profile, arena, diags)) {
        return false;
    }
    return !is_from_env(&choice->target->profile) || profile_is_usual(*out) ||
           refuse_value("profile",
                        "a profile's name has words, digits, '-', '_' and '.'", span,
                        diags);
}

// Sets what follows from the endpoint and the target in force.
static void protect(struct target *out, const struct choice *choice)
{
    const struct project_target *target = choice->target;
    bool marked = target != NULL &&
                  (str_is(target->name, TARGET_AWS) || target->is_protected.value);

    out->is_protected = out->https || marked;
    // Where the flag names another endpoint than the target's own, the target's name
    // says nothing about it: --target local --endpoint-url https://... asks for the
    // host.
    out->confirm_name =
        target != NULL && (choice->own_url || marked) ? out->name : out->hostname;
}

static struct str ledger_key(const struct target *target, const struct choice *choice,
                             struct arena *arena)
{
    if (choice->target != NULL && choice->own_url) {
        return target->name;
    }
    char *key = arena_alloc(arena, target->host.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < target->host.len; i++) {
        char c = target->host.at[i];
        if (c != '[' && c != ']') {
            key[len++] = c == ':' ? '-' : c;
        }
    }
    return (struct str){key, len};
}

// What is known, or to be known, of what was applied there.
static void read_ways(struct target *out, const struct choice *choice,
                      struct arena *arena)
{
    const struct project_target *target = choice->target;
    if (target != NULL) {
        out->ledger = target->ledger;
        out->restores = target->theirs.value == TARGET_RESTORES;
    }
    if (target != NULL && target->was.node != NULL) {
        out->was = arena_str(arena, target->was.text);
        out->was_span = target->was.node->span;
    }
    out->ledger_said = out->ledger.place != LEDGER_UNSAID;
    if (!out->ledger_said) {
        out->ledger.place = out->is_protected ? LEDGER_NONE : LEDGER_FILE;
    }
    out->ledger_key = ledger_key(out, choice, arena);
}

bool target_resolve(struct target *out, const struct target_request *request,
                    struct arena *arena, struct diags *diags)
{
    struct project_file project;
    struct choice choice;
    struct endpoint endpoint;

    *out = (struct target){0};
    if (!project_file_read(&project, request->start_dir, request->follow_links, arena,
                           diags) ||
        !choose(&choice, request, &project, arena, diags)) {
        return false;
    }
    bool good = read_region(&out->region, request, &choice, arena, diags);
    good = read_account(&out->account_id, &choice, arena, diags) && good;
    good = read_profile(&out->profile, request, &choice, arena, diags) && good;
    if (!good) {
        return false;
    }
    if (choice.url.len == 0) {
        choice.url = endpoint_compute(out->region, out->account_id, arena);
    }
    if (!endpoint_read(&endpoint, choice.url, choice.what, choice.span, arena, diags)) {
        return false;
    }
    out->endpoint_url = endpoint.url;
    out->host = endpoint.host;
    out->hostname = endpoint.hostname;
    out->https = endpoint.https;
    out->loopback = endpoint.loopback;
    out->why = choice.why;
    if (choice.target != NULL) {
        out->name = arena_str(arena, choice.target->name);
        out->handles = choice.target->handles;
        out->profile_hidden =
            request->profile.len == 0 && is_from_env(&choice.target->profile);
        out->named_by_file =
            choice.own_url && choice.target->endpoint_url.node != NULL &&
            !is_from_env(&choice.target->endpoint_url) && endpoint.https &&
            !endpoint.loopback && !endpoint_is_service(endpoint.hostname);
    }
    protect(out, &choice);
    read_ways(out, &choice, arena);
    return true;
}
