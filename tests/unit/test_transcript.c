// transcript: messages byte for byte, their times and places, and every line that is
// none.
#include "stage.h"

#include "transcript.h"

#include <string.h>

#define FENCE "---\n"
#define WHO "conversation: x\nparticipants: {A: a, B: b}\n"
// Messages begin at line 6.
#define HEAD FENCE WHO "starts_at: 2023-03-19T12:00:00Z\n" FENCE
#define JOIN                                                                           \
    FENCE WHO "starts_at: 2023-03-19T12:00:00Z\ncontinuation: join\n" FENCE // 7
#define NOON INT64_C(1679227200000000)
#define MINUTE INT64_C(60000000)

struct reading {
    struct stage stage;
    struct arena header_arena;
    struct transcript transcript;
};

static void open_str(struct reading *reading, struct str text, instant_us now)
{
    stage_init_str(&reading->stage, text);
    reading->header_arena = (struct arena){0};
    struct transcript_options options = {.now = now};
    transcript_init(&reading->transcript, &reading->stage.source, &options,
                    &reading->header_arena, &reading->stage.diags);
}

static void open_text(struct reading *reading, const char *text)
{
    open_str(reading, str_from(text), 0);
}

static void close_reading(struct reading *reading)
{
    transcript_deinit(&reading->transcript);
    arena_deinit(&reading->header_arena);
    stage_deinit(&reading->stage);
}

static void expect_event(struct reading *reading, enum transcript_event event)
{
    enum transcript_event got = transcript_next(&reading->transcript);
    if (got != event) {
        stage_print(&reading->stage);
    }
    assert_int_equal(got, event);
}

static void expect_message(struct reading *reading, size_t participant,
                           const char *text, instant_us time, uint32_t line)
{
    expect_event(reading, TRANSCRIPT_MESSAGE);
    const struct transcript_message *message = &reading->transcript.message;
    assert_text(message->text, text);
    assert_int_equal(message->participant, participant);
    assert_int_equal(message->created_at, time);
    assert_int_equal(message->line.number, line);
    // Read again from its offset it is the same text.
    struct arena arena = {0};
    assert_text(transcript_text_again(&reading->stage.source, message->text_at,
                                      message->text_raw, &arena),
                text);
    arena_deinit(&arena);
}

static void test_messages(void **state)
{
    struct reading reading;
    (void)state;

    open_text(&reading,
              "\xef\xbb\xbf\n" HEAD
              "A: hi\r\n\n  \t\nB: B: A: x: \xe2\x80\xa8\xe2\x80\xae\t${self} \r\n"
              "A: \nA:  two\n");
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    assert_int_equal(reading.transcript.header_at, 4);
    assert_int_equal(reading.transcript.header_line, 2);
    assert_int_equal(reading.transcript.header.span.line, 3);
    expect_message(&reading, 0, "hi", NOON, 7);
    assert_int_equal(reading.transcript.message.index, 0);
    struct span span = transcript_message_span(&reading.transcript);
    assert_int_equal(span.line, 7);
    assert_int_equal(span.column, 3);
    expect_message(&reading, 1, "B: A: x: \xe2\x80\xa8\xe2\x80\xae\t${self} ",
                   NOON + MINUTE, 10);
    expect_message(&reading, 0, "", NOON + 2 * MINUTE, 11);
    expect_message(&reading, 0, " two", NOON + 3 * MINUTE, 12);
    assert_int_equal(reading.transcript.message.index, 3);
    expect_event(&reading, TRANSCRIPT_CONVERSATION_END);
    expect_event(&reading, TRANSCRIPT_END);
    expect_event(&reading, TRANSCRIPT_END);
    assert_clean(&reading.stage);
    close_reading(&reading);
}

static void test_times(void **state)
{
    struct reading reading;
    (void)state;

    open_text(&reading, FENCE WHO
              "interval: 1h30m\n" FENCE "[2023-03-19T12:00:00Z] A: one\n"
              "B: two\n"
              "[2023-03-19T16:00:00.000001+02:00] A: [x] three\n"
              "B: four\n" FENCE
              "conversation: yy\nparticipants: {A: a}\nstarts_at: now-1m\n---  \n"
              "A: then\n");
    reading.transcript.now = NOON;
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    expect_message(&reading, 0, "one", NOON, 6);
    expect_message(&reading, 1, "two", NOON + 90 * MINUTE, 7);
    expect_message(&reading, 0, "[x] three", NOON + 120 * MINUTE + 1, 8);
    expect_message(&reading, 1, "four", NOON + 210 * MINUTE + 1, 9);
    expect_event(&reading, TRANSCRIPT_CONVERSATION_END);
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    expect_message(&reading, 0, "then", NOON - MINUTE, 15);
    expect_event(&reading, TRANSCRIPT_CONVERSATION_END);
    expect_event(&reading, TRANSCRIPT_END);
    assert_clean(&reading.stage);
    close_reading(&reading);
}

static void test_labels(void **state)
{
    struct reading reading;
    (void)state;

    open_text(&reading, FENCE "conversation: x\nparticipants: {\"a:b\": a, \"C:\": c, "
                              "\"\xc3\xa9 1\": e, a: z}\nstarts_at: now\n" FENCE
                              "a:b: one\nC:: two\n\xc3\xa9 1: three\na: b: four\n");
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    expect_message(&reading, 0, "one", 0, 6);
    expect_message(&reading, 1, "two", MINUTE, 7);
    expect_message(&reading, 2, "three", 2 * MINUTE, 8);
    expect_message(&reading, 3, "b: four", 3 * MINUTE, 9);
    expect_event(&reading, TRANSCRIPT_CONVERSATION_END);
    assert_clean(&reading.stage);
    close_reading(&reading);
}

static void test_join(void **state)
{
    struct reading reading;
    (void)state;

    open_text(&reading,
              JOIN "A: one\r\ntwo\r\n\r\n\r\nthree: x\r\n\r\nB: next\r\nC: no label\n"
                   "[x] not a time\n\n\n");
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    expect_message(&reading, 0, "one\ntwo\n\n\nthree: x", NOON, 7);
    expect_message(&reading, 1, "next\nC: no label\n[x] not a time", NOON + MINUTE, 13);
    expect_event(&reading, TRANSCRIPT_CONVERSATION_END);
    assert_clean(&reading.stage);
    close_reading(&reading);

    open_text(&reading, JOIN "A: \nafter\n" JOIN "A: other\nand on");
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    expect_message(&reading, 0, "\nafter", NOON, 7);
    expect_event(&reading, TRANSCRIPT_CONVERSATION_END);
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    expect_message(&reading, 0, "other\nand on", NOON, 15);
    expect_event(&reading, TRANSCRIPT_CONVERSATION_END);
    assert_clean(&reading.stage);
    close_reading(&reading);
}

// Blank lines may hold blanks; both readings make the same text of them, and those at
// the end are dropped.
static void test_join_blanks(void **state)
{
    struct reading reading;
    (void)state;

    open_text(&reading, JOIN "A: one\n \t \r\ntwo\n   \n");
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    expect_message(&reading, 0, "one\n \t \ntwo", NOON, 7);
    expect_event(&reading, TRANSCRIPT_CONVERSATION_END);
    close_reading(&reading);
}

static void run_to_end(struct reading *reading)
{
    for (int i = 0; i < 1000 && transcript_next(&reading->transcript) != TRANSCRIPT_END;
         i++) {
    }
}

static void test_one_mistake(void **state)
{
    static const struct {
        const char *text;
        enum diag_code code;
        uint32_t line, column;
    } rows[] = {
        {"A: hi\n", DIAG_HEADER_MISSING, 1, 0},
        {"--- #\nA: hi\n", DIAG_HEADER_MISSING, 1, 0},
        {" ---\n", DIAG_HEADER_MISSING, 1, 0},
        {"\n---\nconversation: x\n", DIAG_HEADER_UNCLOSED, 2, 0},
        {"---\n---\nA: hi\n", DIAG_MISSING_KEY, 1, 0},
        {"---\n# nothing\n---\nA: hi\n", DIAG_MISSING_KEY, 1, 0},
        {"---\n" WHO "starts: x\n---\nA: hi\nB: what\n", DIAG_UNKNOWN_KEY, 4, 0},
        {HEAD, DIAG_CONVERSATION_EMPTY, 2, 14},
        {HEAD "A: hi\nC: x\n", DIAG_LABEL_UNKNOWN, 7, 0},
        {HEAD "A: hi\na: x\n", DIAG_LABEL_UNKNOWN, 7, 0},
        {HEAD "A: hi\n A: x\n", DIAG_LABEL_UNKNOWN, 7, 0},
        {HEAD "A: hi\nA:x\n", DIAG_LINE_INVALID, 7, 1},
        {HEAD "A: hi\nA:\n", DIAG_LINE_INVALID, 7, 1},
        {HEAD "A: hi\njust text\n", DIAG_LINE_INVALID, 7, 0},
        {HEAD "A: hi\n: x\n", DIAG_LINE_INVALID, 7, 0},
        {HEAD "A: hi\nB: x\xff\n", DIAG_UTF8, 7, 4},
        {HEAD "A: hi\nB: \xc3\xa9\xed\xa0\x80\n", DIAG_UTF8, 7, 5},
        {HEAD "A: hi\nB: x\x1b[0m\n", DIAG_CONTROL_CHARACTER, 7, 4},
        {HEAD "A: hi\nB: \xc2\x9b\n", DIAG_CONTROL_CHARACTER, 7, 3},
        {HEAD "A: hi\nB: \x7f\n", DIAG_CONTROL_CHARACTER, 7, 3},
        {HEAD "A: hi\nB: a\rb\n", DIAG_CONTROL_CHARACTER, 7, 4},
        {HEAD "A: hi\nB: a\r", DIAG_CONTROL_CHARACTER, 7, 4},
        {HEAD "A: hi\n[yesterday] B: x\n", DIAG_TIME, 7, 1},
        {HEAD "A: hi\n[2023-03-19T12:00:30] B: x\n", DIAG_TIME, 7, 1},
        {HEAD "A: hi\n[2023-03-19T12:00:00Z] B: x\n", DIAG_TIME_ORDER, 7, 1},
        {HEAD "A: hi\n[2023-03-19T11:00:00Z] B: x\nA: on\n", DIAG_TIME_ORDER, 7, 1},
        {FENCE WHO FENCE "A: hi\nB: x\n", DIAG_TIME, 2, 14},
        {FENCE WHO "starts_at: 9999-12-31T23:59:30Z\n" FENCE "A: hi\nB: x\nA: y\n",
         DIAG_TIME, 7, 0},
        {JOIN "first\nA: hi\n", DIAG_LINE_INVALID, 7, 0},
        {"---\nconversation: [\n---\nA: hi\n", DIAG_YAML_SYNTAX, 3, 0},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reading reading;
        open_text(&reading, rows[i].text);
        run_to_end(&reading);
        print_message("%s\n", rows[i].text);
        assert_only_diag(&reading.stage, rows[i].code, rows[i].line, rows[i].column);
        close_reading(&reading);
    }
}

// A line that ends a joined message is looked at twice; what is wrong with it is said
// once.
static void test_join_wrong_time(void **state)
{
    struct reading reading;
    (void)state;

    open_text(&reading, JOIN "A: hi\n[nope] B: there\n");
    run_to_end(&reading);
    assert_only_diag(&reading.stage, DIAG_TIME, 8, 1);
    close_reading(&reading);
}

static void test_nul(void **state)
{
    struct reading reading;
    (void)state;

    open_str(&reading, STR(HEAD "A: hi\nB: a\0b\n"), 0);
    run_to_end(&reading);
    assert_only_diag(&reading.stage, DIAG_CONTROL_CHARACTER, 7, 4);
    close_reading(&reading);
}

// Everything that is wrong comes in one reading; a poisoned conversation is passed
// over.
static void test_all_mistakes(void **state)
{
    struct reading reading;
    (void)state;

    open_text(&reading, HEAD "x\nA: hi\nC: y\nB: \x01\n" FENCE "conversation: 5\n" FENCE
                             "what: ever\n\x02\n" FENCE WHO "starts_at: now\n" FENCE
                             "z\nA: end\n");
    run_to_end(&reading);
    assert_diags(&reading.stage, 6);
    assert_diag(&reading.stage, 0, DIAG_LINE_INVALID, 6, 0);
    assert_diag(&reading.stage, 1, DIAG_CONTROL_CHARACTER, 9, 3);
    assert_diag(&reading.stage, 2, DIAG_LABEL_UNKNOWN, 8, 0);
    assert_diag(&reading.stage, 3, DIAG_WRONG_TYPE, 11, 14);
    assert_diag(&reading.stage, 4, DIAG_MISSING_KEY, 11, 0);
    assert_diag(&reading.stage, 5, DIAG_LINE_INVALID, 20, 0);
    close_reading(&reading);
}

static void test_near_label(void **state)
{
    struct reading reading;
    (void)state;

    open_text(&reading,
              FENCE "conversation: x\nparticipants: {Person 1: a, Person 2: b}\n"
                    "starts_at: now\n" FENCE "Person 1: x\nPersn 2: y\n");
    run_to_end(&reading);
    assert_only_diag(&reading.stage, DIAG_LABEL_UNKNOWN, 7, 0);
    assert_text(reading.stage.diags.kept[0].help, "did you mean 'Person 2'?");
    close_reading(&reading);
}

static void put_many(struct buf *out, char c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_char(out, c);
    }
}

static void test_long_lines(void **state)
{
    struct reading reading;
    struct buf out;
    (void)state;

    buf_init(&out, 4 * LINE_MAX_BYTES);
    buf_puts(&out, HEAD "A: ");
    put_many(&out, 'y', LINE_MAX_BYTES - 3);
    buf_puts(&out, "\nB: ");
    put_many(&out, 'y', LINE_MAX_BYTES - 2);
    buf_puts(&out, "\nA: end\n");
    open_str(&reading, buf_str(&out), 0);
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    expect_event(&reading, TRANSCRIPT_MESSAGE);
    assert_int_equal(reading.transcript.message.text.len, LINE_MAX_BYTES - 3);
    expect_message(&reading, 0, "end", NOON + MINUTE, 8);
    run_to_end(&reading);
    assert_only_diag(&reading.stage, DIAG_LINE_TOO_LONG, 7, 0);
    close_reading(&reading);

    buf_reset(&out);
    buf_puts(&out, JOIN "A: x\n");
    for (int i = 0; i < 3; i++) {
        put_many(&out, 'y', LINE_MAX_BYTES / 2);
        buf_puts(&out, "\n");
    }
    open_str(&reading, buf_str(&out), 0);
    run_to_end(&reading);
    assert_only_diag(&reading.stage, DIAG_LINE_TOO_LONG, 7, 0);
    close_reading(&reading);
    buf_deinit(&out);
}

// A header takes 64 KiB, however its lines are cut.
static void test_header_size(void **state)
{
    static const size_t lines[] = {1, 40};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        for (size_t more = 0; more <= 1; more++) {
            struct reading reading;
            struct buf out;
            static const char rest[] = WHO "starts_at: now\n";
            size_t left = HEADER_MAX_BYTES + more - (sizeof rest - 1);
            buf_init(&out, 2 * HEADER_MAX_BYTES);
            buf_puts(&out, FENCE);
            buf_puts(&out, rest);
            for (size_t k = lines[i]; k > 0; k--) {
                size_t n = left / k;
                put_many(&out, '#', n - 1);
                buf_char(&out, '\n');
                left -= n;
            }
            buf_puts(&out, FENCE "A: hi\n");
            open_str(&reading, buf_str(&out), 0);
            run_to_end(&reading);
            if (more == 0) {
                assert_clean(&reading.stage);
            } else {
                assert_only_diag(&reading.stage, DIAG_HEADER_UNCLOSED, 1, 0);
            }
            close_reading(&reading);
            buf_deinit(&out);
        }
    }
}

static void test_seek(void **state)
{
    struct reading reading;
    (void)state;

    open_text(&reading,
              HEAD "A: one\n\n" FENCE "conversation: yy\nparticipants: {Z: z}\n"
                   "starts_at: now\n" FENCE "Z: two\n");
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    uint64_t first_at = reading.transcript.header_at;
    expect_message(&reading, 0, "one", NOON, 6);
    expect_event(&reading, TRANSCRIPT_CONVERSATION_END);
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    uint64_t second_at = reading.transcript.header_at;
    uint32_t second_line = reading.transcript.header_line;
    assert_int_equal(second_line, 8);
    run_to_end(&reading);
    transcript_seek(&reading.transcript, second_at, second_line);
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    assert_text(reading.transcript.header.name, "yy");
    expect_message(&reading, 0, "two", 0, 13);
    transcript_seek(&reading.transcript, first_at, 1);
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    expect_message(&reading, 0, "one", NOON, 6);
    assert_int_equal(reading.transcript.message.index, 0);
    assert_clean(&reading.stage);
    close_reading(&reading);
}

static void test_bare(void **state)
{
    struct reading headed;
    struct reading reading;
    (void)state;

    open_text(&headed, HEAD "A: x\n");
    expect_event(&headed, TRANSCRIPT_CONVERSATION);
    open_text(&reading, "A: one\n\nB: two\n---\n");
    transcript_give_header(&reading.transcript, &headed.transcript.header);
    expect_event(&reading, TRANSCRIPT_CONVERSATION);
    expect_message(&reading, 0, "one", NOON, 1);
    expect_message(&reading, 1, "two", NOON + MINUTE, 3);
    expect_event(&reading, TRANSCRIPT_CONVERSATION_END);
    expect_event(&reading, TRANSCRIPT_END);
    expect_event(&reading, TRANSCRIPT_END);
    assert_only_diag(&reading.stage, DIAG_LINE_INVALID, 4, 0);
    close_reading(&reading);
    close_reading(&headed);
}

static void test_text_again(void **state)
{
    static const char text[] = "..a\r\nb\rc\r\r\nd\r";
    struct source source = {.name = STR("test"), .fd = -1, .text = str_from(text)};
    struct arena arena = {0};
    (void)state;

    assert_text(transcript_text_again(&source, 2, sizeof text - 3, &arena),
                "a\nb\rc\r\nd\r");
    assert_text(transcript_text_again(&source, 2, 0, &arena), "");
    assert_text(transcript_text_again(&source, 2, 2, &arena), "a\r");
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_join_blanks),
        cmocka_unit_test(test_one_mistake),
        cmocka_unit_test(test_join_wrong_time),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_all_mistakes),
        cmocka_unit_test(test_near_label),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_header_size),
        cmocka_unit_test(test_seek),
        cmocka_unit_test(test_bare),
        cmocka_unit_test(test_text_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
