// The first pass: a fixture's text enters; what is wrong with it, a record for each
// conversation and the handles it names leave.
#include "survey.h"

#include "die.h"
#include "stop.h"
#include "survey_data.h"

#include <stdlib.h>
#include <string.h>

struct survey {
    struct compilation *compilation;
    struct fixture *fixture;
    struct transcript transcript;
    struct conversation_record record;
    size_t errors_before; // of the conversation
};

static struct source *source_of(struct compilation *compilation, uint32_t number)
{
    return &compilation->fixtures[number]->source;
}

// Each conversation is declared once in a run.
static void check_once(struct survey *survey)
{
    struct compilation *compilation = survey->compilation;
    const struct header *header = &survey->transcript.header;
    struct keyset_place place = {header->span.line_at + header->span.column,
                                 header->span.line, survey->fixture->number};
    struct keyset_place first = {0};
    struct str bytes = {(const char *)header->uuid.bytes, sizeof header->uuid.bytes};
    struct uuid fingerprint = keyset_fingerprint(&compilation->conversations, bytes);
    if (keyset_add(&compilation->conversations, &fingerprint, place, &first)) {
        return;
    }
    char text[UUID_TEXT_LEN];
    uuid_format(&header->uuid, text);
    struct diag *diag =
        diag_add(compilation->diags, DIAG_CONVERSATION_TWICE, header->span,
                 "conversation %.*s stands twice in this run", UUID_TEXT_LEN, text);
    diag_related(compilation->diags, diag,
                 keyset_place_span(&first, source_of(compilation, first.source)),
                 "first here");
}

static void want_handles(struct survey *survey)
{
    struct compilation *compilation = survey->compilation;
    const struct header *header = &survey->transcript.header;
    for (size_t u = 0; u < compilation->unit_count; u++) {
        struct unit *unit = &compilation->units[u];
        for (size_t i = 0;
             unit_has_fixture(unit, survey->fixture) && i < header->participant_count;
             i++) {
            const struct participant *person = &header->participants[i];
            unit_want_handle(unit, person->handle, person->handle_span, true,
                             compilation->arena);
        }
    }
}

// What the entities that take the fixture need of a header.
static void check_header(struct survey *survey)
{
    struct compilation *compilation = survey->compilation;
    const struct header *header = &survey->transcript.header;
    if (header->starts == STARTS_RELATIVE && !survey->fixture->relative) {
        survey->fixture->relative = true;
        survey->fixture->relative_span = header->starts_span;
    }
    survey->errors_before = compilation->diags->errors;
    check_once(survey);
    want_handles(survey);
    survey->record = (struct conversation_record){
        .header_at = survey->transcript.header_at,
        .header_line = survey->transcript.header_line,
    };
}

static void note_message(struct survey *survey)
{
    const struct transcript_message *message = &survey->transcript.message;
    struct conversation_record *record = &survey->record;
    struct message_record at = {message->text_at, message->text_raw,
                                (uint32_t)message->participant, message->created_at};
    if (record->message_count++ == 0) {
        record->first = at;
    }
    record->last = at;
    if (message->text.len > record->longest_text) {
        record->longest_text = (uint32_t)message->text.len;
    }
}

// A conversation with mistakes has a record that says so: only its header is looked at
// again.
static void keep_record(struct survey *survey)
{
    struct fixture *fixture = survey->fixture;
    if (survey->record.message_count == 0) {
        return;
    }
    survey->record.broken = survey->compilation->diags->errors != survey->errors_before;
    if (fixture->conversation_count == fixture->conversation_cap) {
        size_t cap = fixture->conversation_cap + fixture->conversation_cap / 2 + 8;
        void *grown = realloc(fixture->conversations, cap * sizeof(survey->record));
        if (grown == NULL) {
            die("out of memory for %zu conversations", cap);
        }
        fixture->conversations = grown;
        fixture->conversation_cap = cap;
    }
    fixture->conversations[fixture->conversation_count++] = survey->record;
}

static void survey_transcript(struct compilation *compilation, struct fixture *fixture)
{
    struct arena header_arena = {0};
    struct survey survey = {.compilation = compilation, .fixture = fixture};
    struct transcript_options options = {.now = fixture->now};
    size_t errors = compilation->diags->errors;
    size_t conversations = 0;
    transcript_init(&survey.transcript, &fixture->source, &options, &header_arena,
                    compilation->diags);
    if (fixture->given != NULL) {
        transcript_give_header(&survey.transcript, fixture->given);
    }
    while (!stop_is_set(compilation->stop)) {
        switch (transcript_next(&survey.transcript)) {
        case TRANSCRIPT_CONVERSATION:
            conversations++;
            check_header(&survey);
            continue;
        case TRANSCRIPT_MESSAGE:
            note_message(&survey);
            continue;
        case TRANSCRIPT_CONVERSATION_END:
            keep_record(&survey);
            continue;
        case TRANSCRIPT_HEADER_WRONG:
            want_handles(&survey); // whom it names is right
            continue;
        case TRANSCRIPT_END:
        default:
            break;
        }
        break;
    }
    if (conversations == 0 && compilation->diags->errors == errors &&
        !stop_is_set(compilation->stop)) {
        diag_add(compilation->diags, DIAG_FILE_EMPTY,
                 source_span_file(&fixture->source), "there is no conversation in it");
    }
    transcript_deinit(&survey.transcript);
    arena_deinit(&header_arena);
}

void survey_fixtures(struct compilation *compilation)
{
    keyset_init(&compilation->conversations);
    for (size_t i = 0; i < compilation->fixture_count; i++) {
        if (compilation->fixtures[i]->data != NULL) {
            survey_data(compilation, compilation->fixtures[i]);
        } else {
            survey_transcript(compilation, compilation->fixtures[i]);
        }
    }
    keyset_deinit(
        &compilation->conversations); // the passes that follow need the memory
}
