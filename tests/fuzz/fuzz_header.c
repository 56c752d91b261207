// Headers from flags (convert): the input's lines are the conversation, the times, the
// continuation, then labels and handles in turn. header_write quotes them as YAML, the
// reader of fixtures reads that back: every value is the one that was given, or
// refused.
#include "fuzz.h"

#include "header.h"
#include "header_write.h"
#include "yaml_read.h"

#include <string.h>

#define PEOPLE_MAX 8

static struct str take_line(struct str *text)
{
    size_t end = str_find_char(*text, '\n');
    struct str line = {text->at, end};
    *text = str_skip(*text, end < text->len ? end + 1 : end);
    return line;
}

// The header has exactly what the flags say.
static void require_values(const struct header *header,
                           const struct header_values *values)
{
    struct uuid uuid;
    if (uuid_parse(&uuid, values->conversation)) {
        FUZZ_REQUIRE(uuid_eq(&uuid, &header->uuid));
    } else {
        FUZZ_REQUIRE(str_eq(header->name, values->conversation));
    }
    FUZZ_REQUIRE(header->participant_count == values->participant_count);
    for (size_t i = 0; i < header->participant_count; i++) {
        FUZZ_REQUIRE(str_eq(header->participants[i].label, values->labels[i]));
        FUZZ_REQUIRE(str_eq(header->participants[i].handle, values->handles[i]));
    }
    const bool all = str_is(values->continuation, "join-all");
    FUZZ_REQUIRE(header->join == (all || str_is(values->continuation, "join")));
    FUZZ_REQUIRE(header->join_all == all);
    enum starts_kind kind = STARTS_NONE;
    instant_us starts_at = 0;
    const char *why = NULL;
    if (values->starts_at.len > 0) {
        FUZZ_REQUIRE(starts_parse(&kind, &starts_at, values->starts_at, &why));
        FUZZ_REQUIRE(header->starts == kind && header->starts_at == starts_at);
    }
}

static void run(struct fuzz_stage *stage, const struct header_values *values)
{
    struct buf text;
    buf_init(&text, HEADER_MAX_BYTES);
    header_write(&text, values);
    struct str written = arena_str(&stage->arena, buf_str(&text));
    bool overflowed = text.overflowed;
    buf_deinit(&text);
    if (overflowed) {
        return;
    }
    size_t fence = strlen("---\n");
    FUZZ_REQUIRE(str_starts(written, STR("---\n")) && str_ends(written, STR("---\n")));
    stage->source.text = (struct str){written.at + fence, written.len - 2 * fence};
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    struct header header;
    bool read =
        root != NULL && header_read(&header, root, &stage->arena, &stage->diags);
    FUZZ_REQUIRE(read || stage->diags.errors > 0);
    if (stage->diags.errors == 0) {
        require_values(&header, values);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    struct str labels[PEOPLE_MAX];
    struct str handles[PEOPLE_MAX];
    struct header_values values = {.labels = labels, .handles = handles};
    if (memchr(data, '\0', size) != NULL) {
        return 0; // no argument of a command line
    }
    values.conversation = take_line(&rest);
    values.starts_at = take_line(&rest);
    values.interval = take_line(&rest);
    values.continuation = take_line(&rest);
    while (rest.len > 0 && values.participant_count < PEOPLE_MAX) {
        labels[values.participant_count] = take_line(&rest);
        handles[values.participant_count++] = take_line(&rest);
    }
    struct fuzz_stage stage;
    fuzz_stage_init(&stage, (struct str){0});
    run(&stage, &values);
    fuzz_stage_deinit(&stage);
    return 0;
}
