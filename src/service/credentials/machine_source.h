// The sources that are where a program runs, or nothing.
#ifndef DDB_SERVICE_MACHINE_SOURCE_H
#define DDB_SERVICE_MACHINE_SOURCE_H

#include "chain.h"

// What answers for a container's credentials. In arena; NULL: the environment names none.
const struct origin *machine_container(const struct chain_env *env,
                                       struct arena *arena);
// An instance's metadata. In arena; NULL: it is not to be asked.
const struct origin *machine_metadata(const struct chain_env *env, struct arena *arena);

#endif
