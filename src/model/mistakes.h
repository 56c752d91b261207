// Mistakes in the lines of a transcript, diagnosed. Private to the transcript reader.
#ifndef DDB_MODEL_MISTAKES_H
#define DDB_MODEL_MISTAKES_H

#include "label.h"
#include "transcript.h"

#include <stdbool.h>

// A line that is no text from byte `at` on. Returns false.
bool mistakes_byte(struct transcript *transcript, const struct line *line, size_t at);

// A line that begins with no declared label.
void mistakes_no_message(struct transcript *transcript, const struct line *line);

// Of a line that is to be joined to the message before. False: it is a message that is
// written wrong, as far as that can be told. With join-all nothing but a label counts.
bool mistakes_check_joined(struct transcript *transcript, const struct line *line);

// Neither the header nor the first message has a time.
void mistakes_no_time(struct transcript *transcript);

void mistakes_time_order(struct transcript *transcript, const struct line *line,
                         const struct label_match *match, instant_us before);

// The transcript begins with a line that opens no header.
void mistakes_no_header(struct transcript *transcript, const struct line *line);

// A header that is front matter of another program.
void mistakes_front_matter(struct transcript *transcript, struct span span);

// True (diagnosed) for a conversation's first line that is no message and begins
// something else than a transcript: nothing more is read.
bool mistakes_foreign(struct transcript *transcript, const struct line *line);

#endif
