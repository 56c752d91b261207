// References to the environment. In: a value of a file. Out: whether it is, or wrongly
// holds, ${env.NAME}. Nothing is looked up here.
#include "env_ref.h"

#include "ascii.h"

#define OPENING STR("${env.")

const struct shape ENV_REF_SHAPE = {
    SHAPE_STRING,
    .name = "environment_reference",
    .min = 1,
    .doc = "The value of an environment variable: ${env.NAME}.",
    .pattern = "^\\$\\{env\\.[A-Za-z_][A-Za-z0-9_]*\\}$",
};

const struct shape ENV_FREE_SHAPE = {
    SHAPE_STRING,
    .min = 1,
    .pattern = "^(?![^\\u0000]*\\$\\{env\\.)[^\\u0000]*$",
};

static bool is_name_char(char c, bool first)
{
    return ascii_is_letter(c) || c == '_' || (!first && ascii_is_digit(c));
}

enum env_ref env_ref_find(struct str *name, struct str text)
{
    size_t at = str_find(text, OPENING);
    *name = (struct str){0};
    if (at == text.len) {
        return ENV_REF_NONE;
    }
    if (at > 0 || text.at[text.len - 1] != '}') {
        return ENV_REF_WITHIN;
    }
    struct str within = {text.at + OPENING.len, text.len - OPENING.len - 1};
    for (size_t i = 0; i < within.len; i++) {
        if (!is_name_char(within.at[i], i == 0)) {
            return ENV_REF_WITHIN;
        }
    }
    if (within.len == 0) {
        return ENV_REF_WITHIN;
    }
    *name = within;
    return ENV_REF_WHOLE;
}

bool env_ref_is_foreign(struct str name)
{
    static const char *const BEGINNINGS[] = {
        "APPVEYOR_",
        "BITBUCKET_",
        "BUILDKITE_",
        "BUILD_SOURCE",
        "CHANGE_",
        "CIRCLE_",
        "CI_COMMIT_",
        "CI_EXTERNAL_PULL_REQUEST_",
        "CI_MERGE_REQUEST_",
        "CODEBUILD_",
        "DRONE_",
        "GITEA_",
        "GITHUB_",
        "GIT_",
        "SEMAPHORE_GIT_",
        "SYSTEM_PULLREQUEST_",
        "TRAVIS_",
    };
    for (size_t i = 0; i < sizeof BEGINNINGS / sizeof BEGINNINGS[0]; i++) {
        if (str_starts(name, str_from(BEGINNINGS[i]))) {
            return true;
        }
    }
    return false;
}

bool env_ref_refuse(struct str text, struct span span, struct diags *diags)
{
    struct str name;

    if (env_ref_find(&name, text) == ENV_REF_NONE) {
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_ENV_NOT_ALLOWED, span, "${env.NAME} is not allowed here");
    diag_help(
        diags, diag,
        "it may be the entire value of handles.postgres.url or of a target's field");
    return false;
}

bool env_ref_check_whole(struct str text, struct span span, struct diags *diags)
{
    struct str name;

    if (env_ref_find(&name, text) != ENV_REF_WITHIN) {
        return true;
    }
    struct diag *diag = diag_add(diags, DIAG_ENV_NOT_ALLOWED, span,
                                 "${env.NAME} must be the entire value here");
    diag_help(diags, diag, "put the whole value into the environment: ${env.NAME}");
    return false;
}
