// What templates can give, whatever the data: from expressions and their filters to
// sets of texts.
#ifndef DDB_COMPILE_DOMAIN_H
#define DDB_COMPILE_DOMAIN_H

#include "automaton.h"
#include "entity.h"
#include "template.h"

#include <stddef.h>

enum domain_trust {
    // Every text that is possible at all: what is apart then is proved to be.
    DOMAIN_EVERY,
    // Every text of sound data: what is warned of. A column named uuid or *_uuid holds
    // uuids, texts are not empty, times lie between 2001 and 2286, and computed uuids
    // of
    // different kinds never coincide.
    DOMAIN_LIKELY,
};

// Appends what the template gives. The parameters are those of its pattern; NULL for an
// entity's.
void domain_put_template(struct automaton *out, const struct template *template,
                         const struct parameter *parameters, enum domain_trust trust);

#endif
