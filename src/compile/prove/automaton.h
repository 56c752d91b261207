// Sets of texts as small automata over bytes: everything that a template can give, and
// whether two of them can give the same.
//
// A set is written from left to right, like the texts in it. What is put into it may
// say more than the truth, never less: so "apart" is a proof, and "meet" has an
// example.
#ifndef DDB_COMPILE_AUTOMATON_H
#define DDB_COMPILE_AUTOMATON_H

#include "arena.h"
#include "buf.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A key attribute takes 2,048 bytes; expressions take some 40 steps each.
#define AUTOMATON_MAX_STEPS 16384
// States that one question may look at: two sets of n steps that are alike all along
// have n * n of them.
#define AUTOMATON_MEET_WORK 65536
#define AUTOMATON_MEET_COST 16 // of a question, however soon it is answered
#define AUTOMATON_MANY UINT32_MAX

struct byte_set {
    uint64_t bits[4];
};

// A run of bytes of one set.
struct byte_run {
    struct byte_set set;
    char likely;    // the member that an example shows
    uint8_t origin; // of computed ids: those of two origins never coincide; 0: any
    uint32_t min;   // bytes
    uint32_t max;   // bytes, or AUTOMATON_MANY
};

struct automaton_step;

struct automaton {
    struct arena *arena;
    struct automaton_step *steps; // begins at 0, ends behind the last one
    size_t count;
    size_t cap;
    bool overflowed; // past AUTOMATON_MAX_STEPS: nothing is known of them
};

struct byte_set byte_set_range(char first, char last);
struct byte_set byte_set_any(void);
void byte_set_add(struct byte_set *set, struct byte_set other);
void byte_set_remove(struct byte_set *set, unsigned char byte);
bool byte_set_is_empty(const struct byte_set *set);
bool byte_set_has(const struct byte_set *set, unsigned char byte);

void automaton_init(struct automaton *automaton, struct arena *arena);
void automaton_put_literal(struct automaton *automaton, struct str text);
void automaton_put_run(struct automaton *automaton, const struct byte_run *run);
// A non-negative integer as it is written: no leading zeros.
void automaton_put_integer(struct automaton *automaton);
// The fraction of a number in its canonical form, or nothing.
void automaton_put_fraction(struct automaton *automaton);

// Appends anything at all: every text that begins with one of these.
void automaton_open_end(struct automaton *automaton);
// Appends every text that is not less (greater) than some text of `bound`, by bytes;
// strictly: that is greater (less).
void automaton_put_at_least(struct automaton *out, const struct automaton *bound,
                            bool strictly);
void automaton_put_at_most(struct automaton *out, const struct automaton *bound,
                           bool strictly);

// Whether the set has the text. Each state that is looked at takes one of *work; with
// none left the answer is no. What it takes of scratch is some 16 bytes a step.
bool automaton_has(const struct automaton *set, struct str text, struct arena *scratch,
                   uint64_t *work);

enum automaton_answer {
    AUTOMATON_APART,
    AUTOMATON_MEET,
    AUTOMATON_UNKNOWN, // the work ran out
};

#define AUTOMATON_MEET_MAX 3

// Whether up to AUTOMATON_MEET_MAX sets have a text in common, and, where example is not
// NULL, a short one of them. Each state that is looked at takes one of *work, and the
// question itself AUTOMATON_MEET_COST.
enum automaton_answer automaton_meet(struct buf *example,
                                     const struct automaton *const *sets, size_t count,
                                     uint64_t *work);

#endif
