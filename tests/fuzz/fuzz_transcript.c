// Transcripts: any text, as a fixture with headers or, without one, under a given
// header (as convert does), through definitions that know every kind of entity.
#include "fuzz_run.h"

#include "yaml_read.h"

// The second message entity has keys that are not proved distinct, and a condition that
// is asked for each message.
static const char DEFINITION[] =
    "table_name: messages\n"
    "attribute_definitions: {pk: S, sk: S, n: N}\n"
    "key_schema: {hash: pk, range: sk}\n"
    "billing_mode: PAY_PER_REQUEST\n"
    "global_secondary_indexes:\n"
    "  by-n: {key_schema: {hash: n}, projection: ALL}\n"
    "entities:\n"
    "  room:\n"
    "    for_each: conversation\n"
    "    attributes:\n"
    "      pk: ROOM#${conversation.uuid}\n"
    "      sk: ${conversation.last_message.created_at}\n"
    "      n: ${conversation.message_count}\n"
    "      first: {text: \"${conversation.first_message.text | trim}\", list: [1, a]}\n"
    "      by: ${conversation.last_message.label}\n"
    "  inbox:\n"
    "    for_each: participant\n"
    "    when: ${conversation.participant_count} == 2\n"
    "    attributes:\n"
    "      pk: GRP#${self.handle}\n"
    "      sk: ${conversation.last_message.created_at}#${conversation.uuid}\n"
    "      other: ${other.label | lower}\n"
    "  message:\n"
    "    for_each: message\n"
    "    attributes:\n"
    "      pk: MSG#${conversation.uuid}\n"
    "      sk: ${message.created_at}\n"
    "      n: ${message.index}\n"
    "      text: ${message.text}\n"
    "      label: '\"${message.label}\" says ${message.text | upper}'\n"
    "      by: ${sender.uuid}\n"
    "      day: ${message.created_at | date('%Y-%m')}\n"
    "      second: ${message.created_at | epoch}\n"
    "  word:\n"
    "    for_each: message\n"
    "    when: ${message.number} < 4\n"
    "    attributes:\n"
    "      pk: WORD#${message.text | lower | trim}\n"
    "      sk: ${sender.handle}#${message.number | pad(4)}\n";

// A definition of a room with its variables, for headers that have them.
static const char VARIABLES[] = "table_name: rooms\n"
                                "attribute_definitions: {pk: S}\n"
                                "key_schema: {hash: pk}\n"
                                "billing_mode: PAY_PER_REQUEST\n"
                                "entities:\n"
                                "  room:\n"
                                "    for_each: conversation\n"
                                "    attributes:\n"
                                "      pk: ${conversation.name}\n"
                                "      topic: ${conversation.vars.topic}\n"
                                "      seats: n=${conversation.vars.seats | pad(3)}\n";

static const char HEADER[] = "conversation: bare\n"
                             "participants: {Person 1: a, Person 2: b}\n"
                             "starts_at: 2023-03-19T12:00:00Z\n"
                             "continuation: join\n";

static void run_definition(struct str definition, struct str transcript,
                           const struct header *given)
{
    struct fuzz_run run;
    fuzz_run_init(&run, definition, transcript, FUZZ_FIXTURE);
    FUZZ_REQUIRE(fuzz_run_define(&run));
    fuzz_run_transcript(&run, given);
    fuzz_run_deinit(&run);
}

static void run_bare(struct str transcript)
{
    struct fuzz_stage stage;
    struct header header;
    fuzz_stage_init(&stage, STR(HEADER));
    const struct node *root = yaml_read(&stage.source, &stage.arena, &stage.diags);
    FUZZ_REQUIRE(root != NULL);
    FUZZ_REQUIRE(header_read(&header, root, &stage.arena, &stage.diags));
    run_definition(STR(DEFINITION), transcript, &header);
    fuzz_stage_deinit(&stage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str transcript = {(const char *)data, size};
    if (!str_starts(transcript, STR("---"))) {
        run_bare(transcript);
    } else if (str_find(transcript, STR("vars:")) < size) {
        run_definition(STR(VARIABLES), transcript, NULL);
    } else {
        run_definition(STR(DEFINITION), transcript, NULL);
    }
    return 0;
}
