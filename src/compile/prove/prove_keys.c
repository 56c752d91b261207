// Keys that two entities can both make, and entities whose own items cannot be told
// apart by their keys.
#include "prove_keys.h"

#include "program_keys.h"
#include "template_facts.h"

// An example of a key attribute takes no more.
#define EXAMPLE_MAX_BYTES ((size_t)4096)

static size_t key_parts(const struct program *program)
{
    return 1 + program->table->key.range_count;
}

// The attribute that tells items of a partition apart: the last of the key.
static const struct key_role *last_part(const struct program *program)
{
    return &program->roles[key_parts(program) - 1];
}

// ---- an entity's own items

// What the table's key reads.
struct key_reads {
    unsigned subjects; // bits 1 << SUBJECT_...
    bool message;      // of the message itself more than who said it
    bool counted;      // nothing of the message but its number
};

static void note_read(struct key_reads *reads, const struct expr *expr)
{
    reads->subjects |= 1U << expr->subject;
    if (expr->subject == SUBJECT_MESSAGE && expr->field != FIELD_LABEL) {
        reads->message = true;
        reads->counted = reads->counted &&
                         (expr->field == FIELD_INDEX || expr->field == FIELD_NUMBER);
    }
}

static struct key_reads reads_of_key(const struct program *program)
{
    struct key_reads reads = {.counted = true};
    for (size_t i = 0; i < key_parts(program); i++) {
        const struct template *template = program->roles[i].template;
        for (size_t k = 0; template != NULL && k < template->count; k++) {
            if (template->parts[k].expr != NULL) {
                note_read(&reads, template->parts[k].expr);
            }
        }
    }
    return reads;
}

// `when` lets one of them through: that has to be what was meant.
static bool picks_one(const struct program *program, enum subject subject)
{
    const struct condition *when = &program->when;
    return when->expr != NULL && when->comparison == COMPARE_EQ &&
           when->expr->subject == subject;
}

#define READS(subject) (1U << (subject))
#define READS_CONVERSATION                                                             \
    (READS(SUBJECT_CONVERSATION) | READS(SUBJECT_FIRST_MESSAGE) |                      \
     READS(SUBJECT_LAST_MESSAGE))

// What an entity gives one key to, whatever the fixture; NULL: nothing.
static const char *find_alike(const struct program *program)
{
    struct key_reads reads = reads_of_key(program);
    switch (program->entity->for_each) {
    case FOR_EACH_CONVERSATION:
    case FOR_EACH_ROW:
        return NULL; // a constant key: the one item that was meant
    case FOR_EACH_PARTICIPANT:
        return (reads.subjects & (READS(SUBJECT_SELF) | READS(SUBJECT_OTHER))) == 0 &&
                       !picks_one(program, SUBJECT_SELF)
                   ? "all participants of a conversation"
                   : NULL;
    case FOR_EACH_MESSAGE:
    default:
        break;
    }
    if (!reads.message && !picks_one(program, SUBJECT_MESSAGE)) {
        return (reads.subjects & READS(SUBJECT_SENDER)) == 0
                   ? "all messages of a conversation"
                   : "all messages of one sender in a conversation";
    }
    bool conversation =
        (reads.subjects & (READS_CONVERSATION | READS(SUBJECT_SENDER))) != 0;
    return reads.message && reads.counted && !conversation &&
                   !picks_one(program, SUBJECT_CONVERSATION)
               ? "messages of one number in different conversations"
               : NULL;
}

static void prove_own(struct prover *prover, const struct program *program)
{
    static const char *const HELP[] = {
        [FOR_EACH_PARTICIPANT] = "let the key hold something of ${self...}",
        [FOR_EACH_MESSAGE] = "let the key hold ${conversation.uuid}, and "
                             "${message.created_at} or ${message.uuid}",
    };
    const char *alike = find_alike(program);
    if (alike == NULL) {
        return;
    }
    struct diag *diag = diag_add(
        prover->diags, DIAG_KEYS_ALIKE, last_part(program)->attribute->value->span,
        "entity %s gives one key to %s",
        diag_quote(prover->diags, program->entity->name), alike);
    diag_help(prover->diags, diag, "%s", HELP[program->entity->for_each]);
}

// ---- two entities

static bool key_names_conversation(const struct program *program)
{
    for (size_t i = 0; i < key_parts(program); i++) {
        const struct template *template = program->roles[i].template;
        if (template != NULL &&
            template_reads(template, SUBJECT_CONVERSATION, FIELD_UUID)) {
            return true;
        }
    }
    return false;
}

// Both conditions are asked of the conversation that both keys name: of one
// conversation only one of the entities makes items.
static bool exclude_each_other(const struct program *a, const struct program *b)
{
    return condition_excludes(&a->when, &b->when) &&
           a->when.expr->subject == SUBJECT_CONVERSATION && key_names_conversation(a) &&
           key_names_conversation(b);
}

// Texts that begin differently are apart: what most pairs of entities are, and what is
// soon seen.
static bool begin_differently(const struct program *a, const struct program *b,
                              size_t role)
{
    struct str first = program_key_prefix(a, role);
    struct str second = program_key_prefix(b, role);
    size_t shared = first.len < second.len ? first.len : second.len;
    return !str_eq((struct str){first.at, shared}, (struct str){second.at, shared});
}

// True when each part of the key can be the same; the examples are such a key.
static bool keys_meet(struct prover *prover, const struct program *a,
                      const struct program *b, struct buf examples[2])
{
    for (size_t i = 0; i < key_parts(a); i++) {
        if (begin_differently(a, b, i)) {
            prover->work--;
            return false;
        }
    }
    for (size_t i = 0; i < key_parts(a); i++) {
        const struct automaton *sets[] = {prover_automaton(prover, a, &a->roles[i]),
                                          prover_automaton(prover, b, &b->roles[i])};
        buf_reset(&examples[i]);
        if (automaton_meet(&examples[i], sets, 2, &prover->work) != AUTOMATON_MEET) {
            return false;
        }
    }
    return true;
}

static void report_overlap(struct prover *prover, const struct program *first,
                           const struct program *second, struct buf examples[2])
{
    struct diags *diags = prover->diags;
    const struct key_role *role = last_part(second);
    struct str hash = second->roles[0].attribute->name;
    struct diag *diag = NULL;
    if (key_parts(second) == 1) {
        diag = diag_add(diags, DIAG_KEYS_OVERLAP, role->attribute->value->span,
                        "entity %s can make a key that entity %s makes too: %s = %s",
                        diag_quote(diags, second->entity->name),
                        diag_quote(diags, first->entity->name), diag_quote(diags, hash),
                        diag_quote(diags, buf_str(&examples[0])));
    } else {
        diag = diag_add(
            diags, DIAG_KEYS_OVERLAP, role->attribute->value->span,
            "entity %s can make a key that entity %s makes too: %s = %s, %s = %s",
            diag_quote(diags, second->entity->name),
            diag_quote(diags, first->entity->name), diag_quote(diags, hash),
            diag_quote(diags, buf_str(&examples[0])),
            diag_quote(diags, role->attribute->name),
            diag_quote(diags, buf_str(&examples[1])));
    }
    diag_help(diags, diag, "begin the keys of each entity with a text of its own");
    diag_related(diags, diag, last_part(first)->attribute->value->span,
                 "the key of entity %s", diag_quote(diags, first->entity->name));
}

void prove_keys(struct prover *prover)
{
    const struct unit *unit = prover->unit;
    struct buf examples[2];
    buf_init(&examples[0], EXAMPLE_MAX_BYTES);
    buf_init(&examples[1], EXAMPLE_MAX_BYTES);
    for (size_t i = 0; i < unit->program_count; i++) {
        const struct program *second = &unit->programs[i];
        if (second->broken) {
            continue;
        }
        prove_own(prover, second);
        for (size_t k = 0; k < i && prover->work > 0; k++) {
            const struct program *first = &unit->programs[k];
            if (!first->broken && !exclude_each_other(first, second) &&
                keys_meet(prover, first, second, examples)) {
                report_overlap(prover, first, second, examples);
            }
        }
    }
    buf_deinit(&examples[0]);
    buf_deinit(&examples[1]);
}
