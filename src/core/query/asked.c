// Where patterns are asked, opened once for any number of them.
#include "asking.h"

#include "connect.h"
#include "die.h"
#include "emit.h"
#include "engine.h"
#include "fixtures.h"
#include "stop.h"

#include <stdlib.h>

struct asked {
    struct client *client; // or
    struct engine *engine;
};

static struct asked *asked_new(void)
{
    struct asked *asked = calloc(1, sizeof *asked);
    if (asked == NULL) {
        die("out of memory");
    }
    return asked;
}

struct asked *asked_open(struct ddb *ddb)
{
    struct client *client = connect_open(ddb) ? connect_bulk_client(ddb) : NULL;
    if (client == NULL) {
        return NULL;
    }
    struct asked *asked = asked_new();
    asked->client = client;
    return asked;
}

struct asked *asked_open_offline(struct ddb *ddb, struct unit *unit)
{
    struct asked *asked = asked_new();
    asked->engine = engine_new(&unit->definition.table);
    struct batch_sink items = engine_sink(asked->engine);
    if (fixtures_unchanged(ddb) && emit_unit(&ddb->compilation, unit, &items) &&
        fixtures_unchanged(ddb) && !stop_is_set(ddb->options.stop)) {
        return asked;
    }
    asked_close(asked);
    return NULL;
}

void asked_close(struct asked *asked)
{
    if (asked != NULL) {
        client_free(asked->client);
        engine_free(asked->engine);
        free(asked);
    }
}

bool ask(struct asked *asked, struct reader_answer *answer, const struct asking *asking,
         const struct reader_sink *sink)
{
    return asked->engine != NULL ? ask_offline(answer, asking, asked->engine, sink)
                                 : ask_live(answer, asking, asked->client, sink);
}
