// This process, for those who wait for it.
#include "ledger_owner.h"

#include "buf.h"
#include "instant.h"
#include "utf8.h"

#include <stdlib.h>
#include <unistd.h>

#define HOST_MAX 256
#define OWNER_MAX 512

struct str ledger_owner(struct arena *arena)
{
    char host[HOST_MAX] = "";
    const char *user = getenv("USER");
    struct buf visible;
    if (gethostname(host, sizeof host) != 0) {
        host[0] = '\0';
    }
    host[sizeof host - 1] = '\0';
    struct str raw = user != NULL && user[0] != '\0'
                         ? arena_printf(arena, "%s@%s", user, host)
                         : arena_printf(arena, "user %u@%s", (unsigned)geteuid(), host);
    buf_init(&visible, OWNER_MAX);
    utf8_put_visible(&visible, raw);
    struct str owner = arena_printf(arena, "%.*s, process %ld",
                                    STR_ARG(buf_str(&visible)), (long)getpid());
    buf_deinit(&visible);
    return owner;
}

struct str ledger_time(struct arena *arena)
{
    struct buf text;
    buf_init(&text, INSTANT_TEXT_LEN);
    if (!instant_strftime(&text, instant_now(), STR("%Y-%m-%dT%H:%M:%SZ"))) {
        buf_reset(&text);
    }
    struct str time = arena_str(arena, buf_str(&text));
    buf_deinit(&text);
    return time;
}
