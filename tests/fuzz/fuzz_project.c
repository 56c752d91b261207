// ddbgen.yaml: any text. One that passes has targets of different names, each of which
// is found, and a default target that is one of them or built in.
#include "fuzz.h"

#include "project_file.h"

static void require_found(const struct project_file *project)
{
    for (size_t i = 0; i < project->target_count; i++) {
        const struct project_target *target = &project->targets[i];
        FUZZ_REQUIRE(target->name.len > 0);
        FUZZ_REQUIRE(project_file_find(project, target->name) == target);
    }
    const struct bind_string *name = &project->default_target;
    FUZZ_REQUIRE(name->node == NULL || str_is(name->text, TARGET_LOCAL) ||
                 str_is(name->text, TARGET_AWS) ||
                 project_file_find(project, name->text) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_stage stage;
    struct project_file project;
    fuzz_stage_init(&stage, (struct str){(const char *)data, size});
    if (project_file_read_source(&project, &stage.source, &stage.arena, &stage.diags)) {
        FUZZ_REQUIRE(stage.diags.errors == 0);
        require_found(&project);
    } else {
        FUZZ_REQUIRE(stage.diags.errors > 0);
    }
    fuzz_stage_deinit(&stage);
    return 0;
}
