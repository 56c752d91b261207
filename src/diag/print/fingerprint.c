// Fingerprints. In: diagnostics in the order of a report. Out: a UUIDv5 for each that
// the next run gives again, wherever the line is by then.
#include "fingerprint.h"

#include "buf.h"

// UUIDv5(URL, "ddbgen:diagnostic") = a8eab2dd-fd75-5331-9c3b-6debc69649c5.
static const struct uuid NAMESPACE = {{0xa8, 0xea, 0xb2, 0xdd, 0xfd, 0x75, 0x53, 0x31,
                                       0x9c, 0x3b, 0x6d, 0xeb, 0xc6, 0x96, 0x49, 0xc5}};

void fingerprints_init(struct fingerprints *fingerprints, struct arena *arena)
{
    *fingerprints = (struct fingerprints){
        .hasher = uuid_hasher_new(&NAMESPACE),
        .arena = arena,
    };
}

void fingerprints_deinit(struct fingerprints *fingerprints)
{
    uuid_hasher_free(fingerprints->hasher);
}

// How often the same was seen before; it is seen once more then.
static size_t count_again(struct fingerprints *fingerprints, const struct uuid *uuid)
{
    size_t again = 0;
    for (size_t i = 0; i < fingerprints->count; i++) {
        again += uuid_eq(&fingerprints->seen[i], uuid) ? 1 : 0;
    }
    fingerprints->seen =
        arena_grow(fingerprints->arena, fingerprints->seen, fingerprints->count,
                   fingerprints->count + 1, &fingerprints->cap, sizeof *uuid);
    fingerprints->seen[fingerprints->count++] = *uuid;
    return again;
}

void fingerprint_next(struct fingerprints *fingerprints, const struct diag *diag,
                      char out[UUID_TEXT_LEN])
{
    struct buf identity;

    buf_init(&identity, SIZE_MAX);
    buf_puts(&identity, diag_info_get(diag->code)->name);
    buf_char(&identity, '\0');
    if (diag->span.source != NULL) {
        buf_put(&identity, diag->span.source->name);
    }
    buf_char(&identity, '\0');
    buf_put(&identity, diag->message);
    struct uuid uuid = uuid_hasher_v5(fingerprints->hasher, buf_str(&identity));
    size_t again = count_again(fingerprints, &uuid);
    if (again > 0) {
        buf_char(&identity, '\0');
        buf_uint(&identity, again);
        uuid = uuid_hasher_v5(fingerprints->hasher, buf_str(&identity));
    }
    uuid_format(&uuid, out);
    buf_deinit(&identity);
}
