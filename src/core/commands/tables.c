// drop and list-tables: the commands that look at tables as a whole.
#include "connect.h"
#include "inputs.h"
#include "run.h"
#include "say.h"
#include "table_admin.h"

#include <stdlib.h>

// Table names have up to 255 bytes, an account some thousand tables (A271).
#define LIST_MAX_BYTES ((size_t)64 << 20)

void ddb_drop(struct ddb *ddb, const char *table_or_file)
{
    struct str name = {0};
    const struct definition *definition = NULL;
    if (!inputs_table(&name, &definition, ddb, table_or_file)) {
        return;
    }
    if (definition != NULL && definition->table.external) {
        struct diag *diag =
            diag_add(&ddb->diags, DIAG_EXTERNAL_DROP, definition->table.span,
                     "table %s is external: it is not ours to drop",
                     diag_quote(&ddb->diags, name));
        diag_help(&ddb->diags, diag, "have it dropped where it is declared");
        return;
    }
    struct client *client = NULL;
    struct wait_options wait = connect_wait_options(ddb);
    if (connect_open(ddb) && connect_confirm_target(ddb, "drop the table")) {
        client = connect_client(ddb, 1);
    }
    struct live_table live;
    if (client != NULL && connect_account(ddb) &&
        table_describe(&live, client, name, &ddb->arena, &ddb->diags) &&
        connect_confirm_table(ddb, name, live.replicas) &&
        table_drop(client, name, &wait, &ddb->diags)) {
        say_out(ddb, "%.*s: dropped\n", STR_ARG(name));
    }
    client_free(client);
}

static int compare_names(const void *left, const void *right)
{
    const struct str *a = left;
    const struct str *b = right;
    return str_cmp(*a, *b);
}

void ddb_list_tables(struct ddb *ddb)
{
    struct client *client = connect_open(ddb) ? connect_client(ddb, 1) : NULL;
    struct str *names = NULL;
    size_t count = 0;
    if (client != NULL &&
        table_list(&names, &count, client, &ddb->arena, &ddb->diags)) {
        struct buf lines;
        if (count > 0) { // not every server has them in order
            qsort(names, count, sizeof *names, compare_names);
        }
        buf_init(&lines, LIST_MAX_BYTES);
        for (size_t i = 0; i < count; i++) {
            buf_put(&lines, names[i]);
            buf_char(&lines, '\n');
        }
        (void)say_text(ddb, buf_str(&lines)); // diagnosed
        buf_deinit(&lines);
    }
    client_free(client);
}
