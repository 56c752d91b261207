// Texts as automata: literals and runs enter, the answer whether languages meet leaves.
//
// A step takes one byte of a set, or it is a fork that takes none. Meeting is a walk in
// step through several sets at once, breadth first, so that the example is short.
#include "automaton.h"

#include <string.h>

// One byte, then `next`; of a fork nothing, then `next` or `other`.
struct automaton_step {
    struct byte_set set;
    char likely;
    uint8_t origin;
    bool fork;
    uint32_t next;
    uint32_t other;
};

struct byte_set byte_set_range(char first, char last)
{
    struct byte_set set = {{0}};
    for (unsigned i = (unsigned char)first; i <= (unsigned char)last; i++) {
        set.bits[i / 64] |= UINT64_C(1) << i % 64;
    }
    return set;
}

struct byte_set byte_set_any(void)
{
    return (struct byte_set){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
}

void byte_set_add(struct byte_set *set, struct byte_set other)
{
    for (size_t i = 0; i < 4; i++) {
        set->bits[i] |= other.bits[i];
    }
}

bool byte_set_has(const struct byte_set *set, unsigned char byte)
{
    return (set->bits[byte / 64] >> byte % 64 & 1U) != 0;
}

void byte_set_remove(struct byte_set *set, unsigned char byte)
{
    set->bits[byte / 64] &= ~(UINT64_C(1) << byte % 64);
}

bool byte_set_is_empty(const struct byte_set *set)
{
    return (set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3]) == 0;
}

static void keep_common(struct byte_set *set, const struct byte_set *other)
{
    for (size_t i = 0; i < 4; i++) {
        set->bits[i] &= other->bits[i];
    }
}

void automaton_init(struct automaton *automaton, struct arena *arena)
{
    *automaton = (struct automaton){.arena = arena};
}

static void put_step(struct automaton *automaton, struct automaton_step step)
{
    if (automaton->count == AUTOMATON_MAX_STEPS) {
        automaton->overflowed = true;
        return;
    }
    automaton->steps =
        arena_grow(automaton->arena, automaton->steps, automaton->count,
                   automaton->count + 1, &automaton->cap, sizeof *automaton->steps);
    automaton->steps[automaton->count++] = step;
}

// The position of the step that is put `ahead` steps after the next one.
static uint32_t ahead(const struct automaton *automaton, uint32_t steps)
{
    return (uint32_t)automaton->count + steps;
}

static void put_byte(struct automaton *automaton, struct byte_set set, char likely,
                     uint32_t to)
{
    put_step(automaton,
             (struct automaton_step){.set = set, .likely = likely, .next = to});
}

static void put_fork(struct automaton *automaton, uint32_t to, uint32_t other)
{
    put_step(automaton,
             (struct automaton_step){.fork = true, .next = to, .other = other});
}

void automaton_put_literal(struct automaton *automaton, struct str text)
{
    for (size_t i = 0; i < text.len && !automaton->overflowed; i++) {
        char c = text.at[i];
        put_byte(automaton, byte_set_range(c, c), c, ahead(automaton, 1));
    }
}

static void put_run_byte(struct automaton *automaton, const struct byte_run *run,
                         uint32_t to)
{
    put_step(automaton, (struct automaton_step){.set = run->set,
                                                .likely = run->likely,
                                                .origin = run->origin,
                                                .next = to});
}

void automaton_put_run(struct automaton *automaton, const struct byte_run *run)
{
    for (uint32_t i = 0; i < run->min && !automaton->overflowed; i++) {
        put_run_byte(automaton, run, ahead(automaton, 1));
    }
    if (run->max == AUTOMATON_MANY) {
        put_fork(automaton, ahead(automaton, 2), ahead(automaton, 1));
        put_run_byte(automaton, run, (uint32_t)automaton->count - 1);
        return;
    }
    for (uint32_t i = run->min; i < run->max && !automaton->overflowed; i++) {
        put_fork(automaton, ahead(automaton, 2), ahead(automaton, 1));
        put_run_byte(automaton, run, ahead(automaton, 1));
    }
}

static const struct byte_set *digits(void)
{
    static const struct byte_set DIGITS = {{UINT64_C(0x03ff) << 48, 0, 0, 0}};
    return &DIGITS;
}

void automaton_put_integer(struct automaton *automaton)
{
    uint32_t end = ahead(automaton, 5);
    put_fork(automaton, ahead(automaton, 2), ahead(automaton, 1));
    put_byte(automaton, byte_set_range('0', '0'), '0', end);
    put_byte(automaton, byte_set_range('1', '9'), '1', ahead(automaton, 1));
    put_fork(automaton, end, ahead(automaton, 1));
    put_byte(automaton, *digits(), '0', (uint32_t)automaton->count - 1);
}

void automaton_put_fraction(struct automaton *automaton)
{
    uint32_t end = ahead(automaton, 5);
    put_fork(automaton, end, ahead(automaton, 1));
    put_byte(automaton, byte_set_range('.', '.'), '.', ahead(automaton, 1));
    put_fork(automaton, ahead(automaton, 2), ahead(automaton, 1));
    put_byte(automaton, *digits(), '0', (uint32_t)automaton->count - 1);
    put_byte(automaton, byte_set_range('1', '9'), '5', end);
}

void automaton_open_end(struct automaton *automaton)
{
    struct byte_run any = {byte_set_any(), 'a', 0, 0, AUTOMATON_MANY};
    automaton_put_run(automaton, &any);
}

// ---- order

// The bytes that are greater than the least of a set, or less than the greatest.
static struct byte_set beyond(const struct byte_set *set, bool greater)
{
    int edge = greater ? 0 : UINT8_MAX;
    while (edge >= 0 && edge <= UINT8_MAX && !byte_set_has(set, (unsigned char)edge)) {
        edge += greater ? 1 : -1;
    }
    if (greater) {
        return edge >= UINT8_MAX ? (struct byte_set){{0}}
                                 : byte_set_range((char)(edge + 1), (char)UINT8_MAX);
    }
    return edge <= 0 ? (struct byte_set){{0}} : byte_set_range(0, (char)(edge - 1));
}

// Each step of the bound becomes a group of four: a fork between going along with it,
// in turn between its byte and one beyond it, and (at most) ending early.
#define GROUP 4

static void put_group(struct automaton *out, const struct automaton_step *step,
                      uint32_t first, uint32_t rest, uint32_t end, bool greater)
{
    uint32_t at = (uint32_t)out->count;
    if (step->fork) {
        put_fork(out, first + step->next * GROUP, first + step->other * GROUP);
        for (uint32_t i = 1; i < GROUP; i++) { // keeps the groups of one size
            put_fork(out, at, at);
        }
        return;
    }
    // A text that ends before the bound does is less than it.
    put_fork(out, at + 1, greater ? at + 1 : end);
    put_fork(out, at + 2, at + 3);
    put_byte(out, step->set, step->likely, first + step->next * GROUP);
    put_byte(out, beyond(&step->set, greater), step->likely, rest);
}

// Behind the groups stand: the bound's end, the bytes after a difference, the end.
static void put_ordered(struct automaton *out, const struct automaton *bound,
                        bool greater, bool strictly)
{
    uint32_t first = (uint32_t)out->count;
    uint32_t groups_end = first + (uint32_t)bound->count * GROUP;
    uint32_t rest = groups_end + 2;
    uint32_t end = groups_end + 4;
    if (bound->overflowed || bound->count > AUTOMATON_MAX_STEPS / (GROUP + 1)) {
        out->overflowed = true;
        return;
    }
    for (size_t i = 0; i < bound->count; i++) {
        put_group(out, &bound->steps[i], first, rest, end, greater);
    }
    // At the bound's end the text is equal to it; one that goes on is greater.
    struct byte_set any = byte_set_any();
    struct byte_set none = {{0}};
    put_fork(out, groups_end + 1, strictly ? groups_end + 1 : end);
    put_byte(out, greater ? any : none, 'a', rest);
    put_fork(out, end, rest + 1);
    put_byte(out, any, 'a', rest);
}

void automaton_put_at_least(struct automaton *out, const struct automaton *bound,
                            bool strictly)
{
    put_ordered(out, bound, true, strictly);
}

void automaton_put_at_most(struct automaton *out, const struct automaton *bound,
                           bool strictly)
{
    put_ordered(out, bound, false, strictly);
}

// ---- having

// States that are reached with the same bytes read, each once.
struct reached {
    uint32_t *at; // count of them
    size_t count;
    uint32_t *stamps; // of each state: the last time that it was reached, and one more
};

static struct reached reached_new(size_t states, struct arena *scratch)
{
    return (struct reached){
        .at = arena_array(scratch, states, sizeof(uint32_t)),
        .stamps = arena_array(scratch, states, sizeof(uint32_t)),
    };
}

static void reach_state(struct reached *reached, uint32_t state, size_t time)
{
    if (reached->stamps[state] != (uint32_t)time + 1) {
        reached->stamps[state] = (uint32_t)time + 1;
        reached->at[reached->count++] = state;
    }
}

// Those that are reached with the byte of that place from those before it; at the end
// there is none. Forks take no byte: where they lead is reached at once. True: the end of
// the set is among them before the byte.
static bool read_byte(struct reached *next, struct reached *now,
                      const struct automaton *set, struct str text, size_t place,
                      uint64_t *work)
{
    bool ends = false;
    next->count = 0;
    for (size_t i = 0; i<now->count && * work> 0; i++, *work -= 1) {
        if (now->at[i] == set->count) {
            ends = true;
            continue;
        }
        const struct automaton_step *step = &set->steps[now->at[i]];
        if (step->fork) {
            reach_state(now, step->next, place);
            reach_state(now, step->other, place);
        } else if (place < text.len &&
                   byte_set_has(&step->set, (unsigned char)text.at[place])) {
            reach_state(next, step->next, place + 1);
        }
    }
    return ends;
}

bool automaton_has(const struct automaton *set, struct str text, struct arena *scratch,
                   uint64_t *work)
{
    struct reached two[2] = {reached_new(set->count + 1, scratch),
                             reached_new(set->count + 1, scratch)};
    size_t place = 0;
    if (set->overflowed || text.len >= UINT32_MAX - 1) {
        return false;
    }
    reach_state(&two[0], 0, 0);
    while (place < text.len && two[place % 2].count > 0 && *work > 0) {
        (void)read_byte(&two[(place + 1) % 2], &two[place % 2], set, text, place, work);
        place++;
    }
    return place == text.len &&
           read_byte(&two[(place + 1) % 2], &two[place % 2], set, text, place, work) &&
           *work > 0;
}

// ---- meeting

// Where a walk through all sets stands, and how it came there.
struct meeting {
    uint32_t at[AUTOMATON_MEET_MAX];
    uint32_t from;
    bool has_byte;
    char byte;
};

struct walk_together {
    const struct automaton *const *sets;
    size_t count;
    struct arena arena;
    struct meeting *seen; // in the order in which they were reached
    size_t seen_count;
    size_t seen_cap;
    uint32_t *slots; // index of seen + 1, 0 for free
    size_t slot_count;
};

static size_t slot_of(const struct walk_together *walk, const uint32_t *at)
{
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = 0; i < walk->count; i++) {
        hash = (hash ^ at[i]) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
    }
    size_t mask = walk->slot_count - 1;
    size_t slot = (size_t)hash & mask;
    while (walk->slots[slot] != 0 && memcmp(walk->seen[walk->slots[slot] - 1].at, at,
                                            walk->count * sizeof *at) != 0) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void grow_slots(struct walk_together *walk)
{
    walk->slot_count = walk->slot_count == 0 ? 64 : walk->slot_count * 2;
    walk->slots = arena_array(&walk->arena, walk->slot_count, sizeof *walk->slots);
    for (size_t i = 0; i < walk->seen_count; i++) {
        walk->slots[slot_of(walk, walk->seen[i].at)] = (uint32_t)i + 1;
    }
}

static void reach(struct walk_together *walk, const struct meeting *meeting)
{
    if (walk->slot_count < 2 * (walk->seen_count + 1)) {
        grow_slots(walk);
    }
    size_t slot = slot_of(walk, meeting->at);
    if (walk->slots[slot] != 0) {
        return;
    }
    walk->seen = arena_grow(&walk->arena, walk->seen, walk->seen_count,
                            walk->seen_count + 1, &walk->seen_cap, sizeof *walk->seen);
    walk->seen[walk->seen_count++] = *meeting;
    walk->slots[slot] = (uint32_t)walk->seen_count;
}

static const struct automaton_step *step_at(const struct walk_together *walk,
                                            const struct meeting *meeting, size_t i)
{
    return meeting->at[i] < walk->sets[i]->count ? &walk->sets[i]->steps[meeting->at[i]]
                                                 : NULL;
}

// The first fork among the sets is taken both ways. False: there is none.
static bool take_fork(struct walk_together *walk, uint32_t from)
{
    struct meeting next = walk->seen[from];
    for (size_t i = 0; i < walk->count; i++) {
        const struct automaton_step *step = step_at(walk, &next, i);
        if (step != NULL && step->fork) {
            next.from = from;
            next.has_byte = false;
            next.at[i] = step->next;
            reach(walk, &next);
            next.at[i] = step->other;
            reach(walk, &next);
            return true;
        }
    }
    return false;
}

static char pick_byte(const struct byte_set *set, const char *likely, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (byte_set_has(set, (unsigned char)likely[i])) {
            return likely[i];
        }
    }
    unsigned byte = '!'; // the first that shows, else the first
    while (byte <= UINT8_MAX && !byte_set_has(set, (unsigned char)byte)) {
        byte++;
    }
    for (unsigned i = 0; i < '!' && byte > UINT8_MAX; i++) {
        byte = byte_set_has(set, (unsigned char)i) ? i : byte;
    }
    return (char)byte;
}

// One byte in all sets at once, if there is one that all of them take.
static void take_byte(struct walk_together *walk, uint32_t from)
{
    struct meeting next = walk->seen[from];
    struct byte_set common = byte_set_any();
    char likely[AUTOMATON_MEET_MAX];
    uint8_t origin = 0;
    for (size_t i = 0; i < walk->count; i++) {
        const struct automaton_step *step = step_at(walk, &next, i);
        if (step == NULL ||
            (origin != 0 && step->origin != 0 && step->origin != origin)) {
            return;
        }
        origin = step->origin != 0 ? step->origin : origin;
        keep_common(&common, &step->set);
        likely[i] = step->likely;
        next.at[i] = step->next;
    }
    if (!byte_set_is_empty(&common)) {
        next.from = from;
        next.has_byte = true;
        next.byte = pick_byte(&common, likely, walk->count);
        reach(walk, &next);
    }
}

static bool is_end(const struct walk_together *walk, const struct meeting *meeting)
{
    for (size_t i = 0; i < walk->count; i++) {
        if (meeting->at[i] < walk->sets[i]->count) {
            return false;
        }
    }
    return true;
}

static void put_example(struct buf *example, const struct walk_together *walk,
                        uint32_t last)
{
    size_t start = example->len;
    for (uint32_t i = last; i != 0; i = walk->seen[i].from) {
        if (walk->seen[i].has_byte) {
            buf_char(example, walk->seen[i].byte);
        }
    }
    for (size_t i = start, k = example->len; i + 1 < k; i++) {
        char c = example->at[i];
        example->at[i] = example->at[--k];
        example->at[k] = c;
    }
}

enum automaton_answer automaton_meet(struct buf *example,
                                     const struct automaton *const *sets, size_t count,
                                     uint64_t *work)
{
    struct walk_together walk = {.sets = sets, .count = count};
    enum automaton_answer answer = AUTOMATON_APART;
    for (size_t i = 0; i < count; i++) {
        if (sets[i]->overflowed) {
            return AUTOMATON_UNKNOWN;
        }
    }
    *work -= *work < AUTOMATON_MEET_COST ? *work : AUTOMATON_MEET_COST;
    reach(&walk, &(struct meeting){{0}, 0, false, 0});
    for (uint32_t i = 0; i < walk.seen_count && answer == AUTOMATON_APART; i++) {
        if (*work == 0 || i == AUTOMATON_MEET_WORK) {
            answer = AUTOMATON_UNKNOWN;
        } else if (is_end(&walk, &walk.seen[i])) {
            answer = AUTOMATON_MEET;
            if (example != NULL) {
                put_example(example, &walk, i);
            }
        } else if (!take_fork(&walk, i)) {
            take_byte(&walk, i);
        }
        *work -= *work > 0 ? 1 : 0;
    }
    arena_deinit(&walk.arena);
    return answer;
}
