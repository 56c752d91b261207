// Sources that the place gives where a program runs: a container, an instance.
#include "machine_source.h"

const struct origin *machine_container(const struct chain_env *env, struct arena *arena)
{
    if (env->relative_uri.len == 0 && env->full_uri.len == 0) {
        return NULL;
    }
    struct origin *source = arena_alloc(arena, sizeof *source);
    source->kind = ORIGIN_CONTAINER;
    source->url = env->relative_uri.len > 0
                      ? arena_printf(arena, "http://169.254.170.2%.*s",
                                     STR_ARG(env->relative_uri))
                      : env->full_uri;
    return source;
}

const struct origin *machine_metadata(const struct chain_env *env, struct arena *arena)
{
    if (env->no_metadata) {
        return NULL;
    }
    struct origin *source = arena_alloc(arena, sizeof *source);
    source->kind = ORIGIN_IMDS;
    return source;
}
