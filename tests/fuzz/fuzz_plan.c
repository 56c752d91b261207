// Saved plans: any bytes, as the file that `apply --plan` is given. One that is refused
// is diagnosed; of one that passes every change comes out, with keys of its table.
#include "fuzz.h"

#include "item_print.h"
#include "saved_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct pass {
    struct item_printer *printer;
    uint64_t changes;
    uint64_t puts;
};

static bool take(void *context, const struct item_change *change)
{
    struct pass *pass = context;
    struct item_print print;
    const char *why = NULL;
    pass->changes++;
    pass->puts += change->put ? 1 : 0;
    if (change->declared.len > 0) {
        FUZZ_REQUIRE(item_print_read(&print, pass->printer, change->declared, &why));
        fuzz_require_json(change->declared);
    }
    if (change->live.len > 0) {
        FUZZ_REQUIRE(item_print_read(&print, pass->printer, change->live, &why));
    }
    return true;
}

static void require_changes(const struct saved_plan *saved)
{
    for (size_t i = 0; i < saved->count; i++) {
        const struct saved_table *table = &saved->tables[i];
        struct pass pass = {.printer = item_printer_new(table->table)};
        struct change_sink to = {take, &pass};
        FUZZ_REQUIRE(saved_table_changes(table, &to));
        FUZZ_REQUIRE(pass.changes == table->items && pass.puts == table->puts);
        item_printer_free(pass.printer);
    }
}

// Standard input is what comes next.
static void give_stdin(struct str text)
{
    int fd = memfd_create("plan", MFD_CLOEXEC);
    FUZZ_REQUIRE(fd >= 0);
    FUZZ_REQUIRE(write(fd, text.at, text.len) == (ssize_t)text.len);
    FUZZ_REQUIRE(lseek(fd, 0, SEEK_SET) == 0);
    FUZZ_REQUIRE(dup2(fd, STDIN_FILENO) == STDIN_FILENO);
    (void)close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ddb_options OPTIONS = {.program = "fuzz"};
    struct fuzz_stage stage;
    struct saved_plan saved;
    struct ddb ddb = {.options = OPTIONS};
    fuzz_stage_init(&stage, (struct str){(const char *)data, size});
    diags_init(&ddb.diags, &ddb.arena);
    give_stdin(stage.source.text);
    if (saved_plan_open(&saved, &ddb, "-")) {
        FUZZ_REQUIRE(ddb.diags.count == 0);
        require_changes(&saved);
    } else {
        FUZZ_REQUIRE(ddb.diags.errors == 1);
        FUZZ_REQUIRE(ddb.diags.kept[0].code == DIAG_PLAN_FILE);
    }
    saved_plan_close(&saved);
    arena_deinit(&ddb.arena);
    fuzz_stage_deinit(&stage);
    return 0;
}
