// An AWS configuration, and what those answer who are asked for credentials: any bytes, as
// INI, as XML of STS and as JSON. What is read has names that can be found again; a profile
// of it is either a source of credentials, or none, or a mistake that was said.
#include "fuzz.h"

#include "aws_config.h"
#include "chain.h"
#include "json_fields.h"
#include "xml_read.h"

#include <string.h>

static void decide(struct aws_config *config, struct str profile, struct arena *arena)
{
    struct diags diags;
    struct chain chain;
    struct chain_env env = {.no_metadata = true};
    struct aws_profile chosen = {.config = config, .name = profile, .given = true};
    chosen.from = "--profile";
    diags_init(&diags, arena);
    bool decided = chain_decide(&chain, &chosen, &env, arena, &diags);
    FUZZ_REQUIRE(decided == (diags.errors == 0));
    if (decided && chain.source != NULL) {
        FUZZ_REQUIRE(origin_words(chain.source, arena).len > 0);
    }
}

static void read_ini(struct str text)
{
    struct arena arena = {0};
    struct aws_config config = {0};
    struct ini_mistake mistake;
    if (!ini_read(&config.config.ini, text, &arena, &mistake)) {
        FUZZ_REQUIRE(mistake.why != NULL && mistake.line > 0);
        arena_wipe(&arena);
        return;
    }
    config.credentials.ini = config.config.ini;
    config.config.shown = STR("config");
    config.credentials.shown = STR("credentials");
    for (size_t i = 0; i < config.config.ini.count; i++) {
        const struct ini_section *section = &config.config.ini.sections[i];
        FUZZ_REQUIRE(ini_find(&config.config.ini, section->name) == section);
        for (size_t k = 0; k < section->count; k++) {
            const struct ini_entry *entry = &section->entries[k];
            const char *key = arena_str(&arena, entry->key).at;
            FUZZ_REQUIRE(ini_section_find(section, key) == entry);
        }
        if (i < 20) {
            decide(&config, section->name, &arena);
        }
    }
    arena_wipe(&arena);
}

static void read_answers(struct str text)
{
    static const char *const PATHS[] = {
        "AssumeRoleResponse/AssumeRoleResult/Credentials/SecretAccessKey",
        "ErrorResponse/Error/Code",
    };
    struct arena arena = {0};
    struct str out;
    struct str token = {0};
    struct str key = {0};
    const struct json_field fields[] = {{"accessToken", &token},
                                        {"roleCredentials.accessKeyId", &key}};
    bool first = xml_find(&out, text, PATHS[0], &arena);
    bool second = xml_find(&out, text, PATHS[1], &arena);
    FUZZ_REQUIRE(first == second); // whether it is a document
    bool read = json_fields_read(fields, 2, text, &arena);
    FUZZ_REQUIRE(!read || !first); // nothing is both
    arena_wipe(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    read_ini(text);
    read_answers(text);
    return 0;
}
