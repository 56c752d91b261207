// drop and list-tables: the commands that look at tables as a whole.
#include "run.h"
#include "table_admin.h"

void ddb_drop(struct ddb *ddb, const char *table_or_file)
{
    struct str name = {0};
    const struct table *table = NULL;
    if (!inputs_table(&name, &table, ddb, table_or_file)) {
        return;
    }
    struct client *client = connect_client(ddb, 1, "drop the table");
    struct wait_options wait = connect_wait_options(ddb);
    if (client != NULL && connect_confirm_table(ddb, name) &&
        table_drop(client, name, &wait, &ddb->diags)) {
        say_out(ddb, "%.*s: dropped\n", STR_ARG(name));
    }
    connect_note_interrupt(ddb);
    client_free(client);
}

void ddb_list_tables(struct ddb *ddb)
{
    struct client *client = connect_client(ddb, 1, NULL);
    struct str *names = NULL;
    size_t count = 0;
    if (client != NULL &&
        table_list(&names, &count, client, &ddb->arena, &ddb->diags)) {
        for (size_t i = 0; i < count; i++) {
            say_out(ddb, "%.*s\n", STR_ARG(names[i]));
        }
    }
    client_free(client);
}
