// The table of all options. In: nothing. Out: the rows that parsing, help and
// completion read.
#include "command.h"
#include "nearest.h"
#include "options.h"

#include <string.h>

#define NAME_MAX_BYTES 64 // longer ones are near to nothing

static const char *const COLORS[] = {"auto", "always", "never", NULL};
// The order is that of enum ddb_format.
static const char *const FORMATS[] = {"text",     "json",  "github", "gitlab", "sarif",
                                      "markdown", "junit", "tap",    NULL};
// The orders are those of the enums that cmd_build.c and cmd_convert.c map them to.
static const char *const BUILD_EMITS[] = {"requests", "items", NULL};
static const char *const CONVERT_EMITS[] = {"fixture", "items", "requests", NULL};
// What cannot always be compared.
static const char *const RESENDS[] = {"sse_specification", NULL};

#define MEMBER(name) offsetof(struct options, name)

static const struct option_row ROWS[OPT_COUNT] = {
    [OPT_EMIT_BUILD] =
        {"emit", '\0', NULL, OPTION_CHOICE, GROUP_COMMAND, false, false, MEMBER(emit),
         BUILD_EMITS,
         "what to write: CreateTable and BatchWriteItem requests (the default), or one "
         "{\"Item\":...} a line, the format of S3 import"},
    [OPT_EMIT_CONVERT] =
        {"emit", '\0', NULL, OPTION_CHOICE, GROUP_COMMAND, false, false, MEMBER(emit),
         CONVERT_EMITS,
         "what to write: the transcript with its header (the default), or what build "
         "makes of it; the last two need --definition"},
    [OPT_OUTPUT] = {"output", 'o', "PATH", OPTION_TEXT, GROUP_COMMAND, false, true,
                    MEMBER(output), NULL,
                    "write there, whole or not at all, instead of to standard output: "
                    "a folder for requests, one file each; else a file"},
    [OPT_DEFINITION] = {"definition", '\0', "FILE", OPTION_TEXT, GROUP_COMMAND, false,
                        true, MEMBER(definition), NULL,
                        "the table definition whose entities make the items"},
    [OPT_CONVERSATION] = {"conversation", '\0', "ID", OPTION_TEXT, GROUP_COMMAND, false,
                          false, MEMBER(conversation), NULL,
                          "the conversation's uuid, or a name to derive one from"},
    [OPT_PARTICIPANT] = {"participant", '\0', "LABEL=HANDLE", OPTION_LIST,
                         GROUP_COMMAND, false, false, MEMBER(participants), NULL,
                         "who a label at the start of a line stands for; once for each "
                         "participant"},
    [OPT_STARTS_AT] = {"starts-at", '\0', "TIME", OPTION_TEXT, GROUP_COMMAND, false,
                       false, MEMBER(starts_at), NULL,
                       "the first message's time: 2023-03-19T12:00:00Z, now, now-1d"},
    [OPT_INTERVAL] = {"interval", '\0', "DURATION", OPTION_TEXT, GROUP_COMMAND, false,
                      false, MEMBER(interval), NULL,
                      "the time between two messages: 1m, 90s, 1h30m"},
    [OPT_CONTINUATION] = {"continuation", '\0', "HOW", OPTION_TEXT, GROUP_COMMAND,
                          false, false, MEMBER(continuation), NULL,
                          "join: a line without a label belongs to the message before; "
                          "join-all: whatever it looks like"},
    [OPT_LIMIT] = {"limit", '\0', "N", OPTION_COUNT, GROUP_COMMAND, false, false,
                   MEMBER(limit), NULL, "print at most N items"},
    [OPT_PLAIN] = {"plain", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                   MEMBER(plain), NULL,
                   "untyped JSON instead of DynamoDB's ({\"pk\":\"a\"})"},
    [OPT_TABLE] = {"table", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                   MEMBER(table), NULL, "columns for people instead of JSON"},
    [OPT_OFFLINE] =
        {"offline", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
         MEMBER(offline), NULL,
         "ask the definition's fixtures, as they are compiled, instead of a "
         "server"},
    [OPT_PAGE] = {"page", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                  MEMBER(page), NULL,
                  "read one page, whose Limit is the limit, and print its "
                  "LastEvaluatedKey on stderr"},
    [OPT_START_KEY] = {"start-key", '\0', "JSON", OPTION_TEXT, GROUP_COMMAND, false,
                       false, MEMBER(start_key), NULL,
                       "begin behind this key: a LastEvaluatedKey"},
    [OPT_CHAT] = {"chat", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                  MEMBER(chat), NULL,
                  "messages as a conversation: who said what and when, newest last"},
    [OPT_TIME_ZONE] = {"time-zone", '\0', "ZONE", OPTION_TEXT, GROUP_COMMAND, false,
                       false, MEMBER(time_zone), NULL,
                       "of the times that --chat shows, as in Europe/Berlin (default: "
                       "UTC)"},

    [OPT_ONLY] = {"only", '\0', "PATTERN", OPTION_LIST, GROUP_COMMAND, false, false,
                  MEMBER(only), NULL,
                  "run the examples of this pattern alone; may be repeated"},
    [OPT_COSTS] = {"costs", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                   MEMBER(costs), NULL,
                   "say what each pattern costs, in read units: minimum, median and "
                   "maximum over its examples"},
    [OPT_UPDATE] = {"update", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                    MEMBER(update), NULL,
                    "write what came into the files as what is expected, for review"},

    [OPT_AGAINST] = {"against", '\0', "BUILD", OPTION_TEXT, GROUP_COMMAND, false, true,
                     MEMBER(against), NULL,
                     "compare with an earlier build, without any server: the folder of "
                     "`build -o`, or git:REV for the same files at a revision"},
    [OPT_PLAN] = {"plan", '\0', "FILE", OPTION_TEXT, GROUP_COMMAND, false, true,
                  MEMBER(plan), NULL,
                  "carry out a saved plan, if nothing changed since it was made"},
    [OPT_SAVE_PLAN] = {"save-plan", '\0', "FILE", OPTION_TEXT, GROUP_COMMAND, false,
                       true, MEMBER(save_plan), NULL,
                       "save the plan that is shown, for apply --plan"},
    [OPT_FULL] = {"full", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                  MEMBER(full), NULL,
                  "show each item of the plan, whole, instead of groups of them"},
    [OPT_SUMMARY] = {"summary", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                     MEMBER(summary), NULL,
                     "of the plan's items show only how many of each entity, and which "
                     "attributes"},
    [OPT_PRUNE] = {"prune", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                   MEMBER(prune), NULL,
                   "delete items of ours that nothing declares any more"},
    [OPT_DRY_RUN] = {"dry-run", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                     MEMBER(dry_run), NULL,
                     "show what would be changed and write nothing, as diff does"},
    [OPT_OVERWRITE] = {"overwrite", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false,
                       false, MEMBER(overwrite), NULL,
                       "put all items without reading the live ones first: for bulk "
                       "loads"},
    [OPT_WAS] = {"was", '\0', "BUILD", OPTION_TEXT, GROUP_COMMAND, false, true,
                 MEMBER(was), NULL,
                 "what was applied before is an earlier build, instead of what the "
                 "ledger says: the folder of `build -o`, or git:REV"},
    [OPT_THEIRS] = {"theirs", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                    MEMBER(theirs), NULL,
                    "show what others changed in items of ours, and count it as a "
                    "difference"},
    [OPT_RESTORE] = {"restore", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                     MEMBER(restore), NULL,
                     "make what others changed in items of ours as declared again; "
                     "with --prune also delete stale items that they changed"},
    [OPT_KEEP_THEIRS] = {"keep-theirs", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false,
                         false, MEMBER(keep_theirs), NULL,
                         "where others and the declaration changed the same attribute, "
                         "leave it as others did"},
    [OPT_UNCONDITIONAL] = {"unconditional", '\0', NULL, OPTION_FLAG, GROUP_COMMAND,
                           false, false, MEMBER(unconditional), NULL,
                           "write without asking whether items are still as they were "
                           "seen: faster, and what others write meanwhile is lost"},
    [OPT_COVERAGE] = {"coverage", '\0', NULL, OPTION_FLAG, GROUP_COMMAND, false, false,
                      MEMBER(coverage), NULL,
                      "count all live items by what they are, with a scan of the "
                      "whole table"},
    [OPT_RESEND] = {"resend", '\0', NULL, OPTION_CHOICE, GROUP_COMMAND, false, false,
                    MEMBER(resend), RESENDS,
                    "set it although nothing is known to differ: which key an alias "
                    "stands for cannot always be told"},

    [OPT_HANDLES] = {"handles", '\0', "FILE", OPTION_TEXT, GROUP_SOURCES, true, true,
                     MEMBER(handles), NULL,
                     "take handles from this file instead of Postgres"},
    [OPT_NOW] = {"now", '\0', "TIME", OPTION_TEXT, GROUP_SOURCES, true, false,
                 MEMBER(now), NULL,
                 "what `now` means in fixtures: 2023-03-19T12:00:00Z"},
    [OPT_LOCK] = {"lock", '\0', "FILE", OPTION_TEXT, GROUP_SOURCES, true, true,
                  MEMBER(lock), NULL,
                  "the lock, instead of ddbgen.lock beside the definition"},
    [OPT_LOCKED] = {"locked", '\0', NULL, OPTION_FLAG, GROUP_SOURCES, true, false,
                    MEMBER(locked), NULL,
                    "take handles and relative times from the lock; ask nobody"},
    [OPT_UPDATE_LOCK] = {"update-lock", '\0', NULL, OPTION_FLAG, GROUP_SOURCES, false,
                         false, MEMBER(update_lock), NULL,
                         "record handles and relative times in the lock"},
    [OPT_FOLLOW_LINKS] = {"follow-links", '\0', NULL, OPTION_FLAG, GROUP_SOURCES, true,
                          false, MEMBER(follow_links), NULL,
                          "follow links that lead out of the project, too"},

    [OPT_TARGET] = {"target", '\0', "NAME", OPTION_TEXT, GROUP_TARGET, true, false,
                    MEMBER(target), NULL,
                    "a target of ddbgen.yaml, or the built-in local or aws"},
    [OPT_ENDPOINT_URL] = {"endpoint-url", '\0', "URL", OPTION_TEXT, GROUP_TARGET, true,
                          false, MEMBER(endpoint_url), NULL,
                          "the endpoint (default: http://localhost:8000)"},
    [OPT_REGION] = {"region", '\0', "REGION", OPTION_TEXT, GROUP_TARGET, true, false,
                    MEMBER(region), NULL, "the AWS region (default: us-east-1)"},
    [OPT_PROFILE] = {"profile", '\0', "NAME", OPTION_TEXT, GROUP_TARGET, true, false,
                     MEMBER(profile), NULL,
                     "the AWS profile with the credentials, before those of the "
                     "environment"},
    [OPT_CONCURRENCY] =
        {"concurrency", '\0', "N", OPTION_COUNT, GROUP_TARGET, true, false,
         MEMBER(concurrency), NULL,
         "requests in flight at most (default: 256); how many there are is found out"},
    [OPT_COMPRESS] = {"compress", '\0', NULL, OPTION_CHOICE, GROUP_TARGET, true, false,
                      MEMBER(compress), COLORS,
                      "request bodies as gzip (default: auto, over https beyond this "
                      "machine, until one is refused)"},
    [OPT_RATE] = {"rate", '\0', "N", OPTION_COUNT, GROUP_TARGET, false, false,
                  MEMBER(rate), NULL,
                  "write units a second at most: one for each KiB of an item"},
    [OPT_WAIT] =
        {"wait", '\0', "DURATION", OPTION_TIME, GROUP_TARGET, true, false,
         MEMBER(wait_ms), NULL,
         "wait so long until the endpoint answers: 5s, 2m; without it a server "
         "that is not there is told at once"},
    [OPT_WAIT_TIMEOUT] =
        {"wait-timeout", '\0', "DURATION", OPTION_TIME, GROUP_TARGET, true, false,
         MEMBER(wait_timeout_ms), NULL,
         "wait so long for a table or an index that is being built (default: 10m); "
         "the next apply goes on from there"},
    [OPT_YES] = {"yes", '\0', "NAME", OPTION_NAMES, GROUP_TARGET, true, false,
                 MEMBER(yes), NULL,
                 "do not ask: NAME is what would be typed (a protected target's name, "
                 "the table to drop), none the word yes; may be repeated"},

    [OPT_STRICT] = {"strict", '\0', NULL, OPTION_FLAG, GROUP_GENERAL, true, false,
                    MEMBER(strict), NULL, "let warnings fail (exit code 2)"},
    [OPT_FORMAT] =
        {"format", '\0', NULL, OPTION_CHOICE, GROUP_GENERAL, true, false,
         MEMBER(format), FORMATS,
         "of diagnostics and plans: for people and editors, one JSON object "
         "a line, what GitHub, GitLab and other tools show beside the code, "
         "or (plans only) a comment on a pull request; junit and tap of test"},
    [OPT_COLOR] = {"color", '\0', NULL, OPTION_CHOICE, GROUP_GENERAL, true, false,
                   MEMBER(color), COLORS,
                   "colour for people (default: auto; NO_COLOR is honoured)"},
    [OPT_HELP] = {"help", 'h', NULL, OPTION_FLAG, GROUP_GENERAL, true, false,
                  MEMBER(help), NULL, "show this help"},
    [OPT_VERSION] = {"version", '\0', NULL, OPTION_FLAG, GROUP_GENERAL, true, false,
                     MEMBER(version), NULL, "show the version"},
};

const struct option_row *option_row_get(enum option_id id)
{
    return &ROWS[id];
}

bool option_taken(enum option_id id, const struct command *command)
{
    return ROWS[id].everywhere ||
           (command != NULL && (command->options & OPTION_BIT(id)) != 0);
}

bool option_takes_value(const struct option_row *row)
{
    return row->kind != OPTION_FLAG && row->kind != OPTION_NAMES;
}

enum option_id option_nearest(const char *name, size_t len,
                              const struct command *command)
{
    const char *names[OPT_COUNT];
    enum option_id ids[OPT_COUNT];
    char written[NAME_MAX_BYTES + 1] = "";
    size_t count = 0;

    if (len > NAME_MAX_BYTES) {
        return OPT_COUNT;
    }
    for (int i = 0; i < OPT_COUNT; i++) {
        if (command == NULL || option_taken((enum option_id)i, command)) {
            ids[count] = (enum option_id)i;
            names[count++] = ROWS[i].name;
        }
    }
    memcpy(written, name, len);
    size_t near = nearest(written, names, count);
    return near < count ? ids[near] : OPT_COUNT;
}
