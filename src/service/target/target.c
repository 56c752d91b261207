// Where a command goes. In: the command line's wishes, ddbgen.yaml, the environment.
// Out: one endpoint, its region, and whether writing there must be confirmed.
//
// First the endpoint's origin is chosen, and with it the target that is in force: a
// target counts only when it was named, or when the endpoint is its own. An endpoint of
// the environment makes the default target irrelevant, its name, region and handles
// too. What the AWS configuration adds is in target_aws.c.
#include "target.h"

#include "aws_profile.h"
#include "endpoint.h"
#include "env.h"
#include "env_ref.h"
#include "project_file.h"
#include "target_aws.h"

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

// "default target prod of ddbgen.yaml"
static struct str target_words(const struct choice *choice, struct arena *arena)
{
    const struct project_target *target = choice->target;

    if (target != NULL && target->at != NULL) {
        return arena_printf(arena, "%starget %.*s of " PROJECT_FILE_NAME,
                            choice->named ? "" : "default ", STR_ARG(target->name));
    }
    return choice->named
               ? arena_printf(arena, "built-in target %.*s", STR_ARG(target->name))
               : STR("the default");
}

// The endpoint of the target in force.
static bool choose_own_url(struct choice *choice, struct arena *arena,
                           struct diags *diags)
{
    const struct project_target *target = choice->target;

    choice->own_url = true;
    choice->why = target_words(choice, arena);
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

// The target that --target names.
static bool choose_named(struct choice *choice, const struct target_request *request,
                         const struct project_file *project, struct arena *arena,
                         struct diags *diags)
{
    *choice = (struct choice){.named = request->name.len > 0};
    if (choice->named) {
        choice->target = find_target(project, request->name, arena);
        if (choice->target == NULL) {
            project_file_report_unknown(project, request->name, (struct span){0},
                                        diags);
            return false;
        }
    }
    return true;
}

// With environment false its variables are not looked at.
static bool choose_endpoint(struct choice *choice, const struct target_request *request,
                            const struct project_file *project, bool environment,
                            struct arena *arena, struct diags *diags)
{
    static const char *const VARIABLES[] = {"AWS_ENDPOINT_URL_DYNAMODB",
                                            "AWS_ENDPOINT_URL"};

    if (request->endpoint_url.len > 0) {
        choose_given_url(choice, request->endpoint_url, "--endpoint-url");
        return true;
    }
    if (choice->named) {
        return choose_own_url(choice, arena, diags);
    }
    for (size_t i = 0; environment && i < sizeof VARIABLES / sizeof VARIABLES[0]; i++) {
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

// Where nobody named an endpoint, the profile may.
static bool ask_profile(struct choice *choice, const struct aws_profile *profile,
                        struct diags *diags)
{
    const struct project_target *target = choice->target;
    struct str url = {0};
    const char *from = NULL;

    bool local = target != NULL && str_is(target->name, TARGET_LOCAL);
    if (!choice->own_url || target == NULL || target->endpoint_url.node != NULL ||
        (choice->named && local)) {
        return true;
    }
    if (!aws_profile_endpoint(&url, &from, profile, AWS_DYNAMODB, diags)) {
        return false;
    }
    if (url.len > 0) {
        choose_given_url(choice, url, from);
        choice->own_url = !local;
        choice->target = local ? NULL : target;
    }
    return true;
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

static bool read_region(struct target *out, const struct target_request *request,
                        const struct choice *choice, const struct aws_profile *profile,
                        struct arena *arena, struct diags *diags)
{
    static const char *const VARIABLES[] = {"AWS_REGION", "AWS_DEFAULT_REGION"};
    struct span span = {0};
    const char *what = "--region";

    out->region = request->region;
    out->region_from = STR("--region");
    if (out->region.len == 0 && choice->target != NULL) {
        what = "region";
        out->region_from = target_words(choice, arena);
        if (!read_field(&out->region, &span, &choice->target->region, arena, diags)) {
            return false;
        }
        if (is_from_env(&choice->target->region) && !region_is_usual(out->region)) {
            return refuse_value(what, "a region looks like us-east-1", span, diags);
        }
    }
    for (size_t i = 0;
         out->region.len == 0 && i < sizeof VARIABLES / sizeof VARIABLES[0]; i++) {
        what = VARIABLES[i];
        out->region = env_text(what);
        out->region_from = str_from(what);
    }
    if (out->region.len == 0) {
        what = "region of the AWS profile";
        out->region = aws_config_get(profile->config, profile->name, "region").text;
        out->region_from = str_from(aws_profile_words(profile, diags));
    }
    if (out->region.len == 0) {
        out->region = STR(DEFAULT_REGION);
        out->region_from = STR("the default");
        return true;
    }
    out->region = arena_str(arena, out->region);
    return region_check(out->region, what, span, diags);
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

// --profile, or that of the target in force.
static bool read_profile(struct aws_profile *out, const struct aws_config *config,
                         const struct target_request *request,
                         const struct choice *choice, struct arena *arena,
                         struct diags *diags)
{
    struct span span = {0};
    struct str given = arena_str(arena, request->profile);
    bool flag = given.len > 0;

    if (!flag && choice->target != NULL &&
        !read_field(&given, &span, &choice->target->profile, arena, diags)) {
        return false;
    }
    *out = aws_profile_choose(config, given);
    if (!out->given) {
        return true;
    }
    flag = flag || choice->target == NULL;
    out->from = flag ? "--profile" : target_words(choice, arena).at;
    out->hidden = !flag && is_from_env(&choice->target->profile);
    return !out->hidden || profile_is_usual(given) ||
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

// What the endpoint's origin says of it.
static void describe(struct target *out, const struct choice *choice,
                     const struct endpoint *endpoint, struct arena *arena)
{
    out->endpoint_url = endpoint->url;
    out->host = endpoint->host;
    out->hostname = endpoint->hostname;
    out->https = endpoint->https;
    out->loopback = endpoint->loopback;
    out->why = choice->why;
    if (choice->target != NULL) {
        out->name = arena_str(arena, choice->target->name);
        out->handles = choice->target->handles;
        out->url_in_file = choice->own_url &&
                           choice->target->endpoint_url.node != NULL &&
                           !is_from_env(&choice->target->endpoint_url);
        out->named_by_file = out->url_in_file && endpoint->https &&
                             !endpoint->loopback &&
                             !endpoint_is_service(endpoint->hostname);
    }
}

static bool resolve(struct target *out, const struct target_request *request,
                    const struct project_file *project, const struct aws_config *config,
                    struct arena *arena, struct diags *diags)
{
    struct choice choice;
    struct aws_profile profile;
    struct endpoint endpoint;

    if (!choose_named(&choice, request, project, arena, diags) ||
        !read_profile(&profile, config, request, &choice, arena, diags) ||
        !choose_endpoint(&choice, request, project, !aws_ignores_endpoints(&profile),
                         arena, diags) ||
        !read_profile(&profile, config, request, &choice, arena, diags) ||
        !ask_profile(&choice, &profile, diags)) {
        return false;
    }
    bool good = read_region(out, request, &choice, &profile, arena, diags);
    good = read_account(&out->account_id, &choice, arena, diags) && good;
    if (!good) {
        return false;
    }
    out->kind = aws_endpoint_kind(&profile);
    if (choice.url.len == 0) {
        choice.url =
            target_aws_url(out->region, out->account_id, &profile, out->kind, arena);
    }
    if (!endpoint_read(&endpoint, choice.url, choice.what, choice.span, arena, diags)) {
        return false;
    }
    out->profile = profile.given ? arena_str(arena, profile.name) : (struct str){0};
    out->profile_from = arena_str(arena, str_from(profile.from));
    out->profile_hidden = profile.hidden;
    out->profile_in_file = profile.given && request->profile.len == 0 &&
                           !choice.named && !aws_profile_is_usual(&profile);
    describe(out, &choice, &endpoint, arena);
    protect(out, &choice);
    read_ways(out, &choice, arena);
    return target_aws_add(out,
                          choice.target != NULL ? &choice.target->access_key_id : NULL,
                          &profile, arena, diags);
}

bool target_resolve(struct target *out, const struct target_request *request,
                    struct arena *arena, struct diags *diags)
{
    struct project_file project;
    struct aws_config config;
    struct arena secrets = {0};

    *out = (struct target){0};
    bool good = project_file_read(&project, request->start_dir, request->follow_links,
                                  arena, diags) &&
                aws_config_read(&config, &secrets, diags) &&
                resolve(out, request, &project, &config, arena, diags);
    arena_wipe(&secrets);
    return good;
}
