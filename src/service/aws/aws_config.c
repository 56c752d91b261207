// The two files of the SDKs. In: the environment says where they are. Out: profiles, by
// name and key.
#include "aws_config.h"

#include "ascii.h"
#include "file.h"
#include "heap.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- paths

struct str aws_home(void)
{
    struct str home = str_from(getenv("HOME"));
    if (home.len > 0) {
        return home;
    }
    const struct passwd *user = getpwuid(geteuid());
    return str_from(user != NULL ? user->pw_dir : NULL);
}

struct str aws_path(struct str path, struct arena *arena)
{
    struct str home = aws_home();
    if (str_is(path, "~") || str_starts(path, STR("~/"))) {
        return arena_printf(arena, "%.*s%.*s", STR_ARG(home),
                            STR_ARG(str_skip(path, 1)));
    }
    return arena_str(arena, path);
}

static void locate(struct aws_file *file, const char *variable, const char *name,
                   struct arena *arena)
{
    struct str given = str_from(getenv(variable));
    if (given.len > 0) {
        file->path = aws_path(given, arena);
        file->shown = arena_str(arena, given);
        return;
    }
    file->shown = arena_printf(arena, "~/.aws/%s", name);
    file->path = aws_path(file->shown, arena);
}

// ---- reading

static bool refuse(const struct aws_file *file, struct diags *diags, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));

static bool refuse(const struct aws_file *file, struct diags *diags, const char *format,
                   ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct str why = arena_vprintf(diags->arena, format, arguments);
    va_end(arguments);
    struct diag *diag =
        diag_add(diags, DIAG_AWS_CONFIG, (struct span){0}, "%s cannot be read: %.*s",
                 diag_quote(diags, file->shown), STR_ARG(why));
    diag_help(diags, diag,
              "the AWS configuration is where AWS_CONFIG_FILE and "
              "AWS_SHARED_CREDENTIALS_FILE say, else in ~/.aws");
    return false;
}

// Links are followed: these files are the user's own, wherever they are kept.
static bool load(struct aws_file *file, struct arena *arena, struct diags *diags)
{
    struct str text = {0};
    int fd = -1;
    char *real = heap_realpath(file->path.at);
    if (real == NULL) {
        return errno == ENOENT || errno == ENOTDIR ||
               refuse(file, diags, "%s", strerror(errno));
    }
    enum file_result result = file_open(&fd, real);
    free(real);
    if (result == FILE_NOT_REGULAR) {
        return true; // as the SDKs have it: /dev/null is no configuration
    }
    if (result == FILE_OK) {
        file->untrusted = file_why_untrusted(fd, file->path.at);
        result = file_read_fd(&text, fd, INI_MAX_BYTES, arena);
        int saved = errno;
        (void)close(fd);
        errno = saved;
    }
    if (result == FILE_TOO_LARGE) {
        return refuse(file, diags, "it is larger than %zu KiB", INI_MAX_BYTES >> 10);
    }
    if (result != FILE_OK) {
        return refuse(file, diags, "%s", strerror(errno));
    }
    struct ini_mistake mistake;
    file->found = true;
    return ini_read(&file->ini, text, arena, &mistake) ||
           refuse(file, diags, "line %zu: %s", mistake.line, mistake.why);
}

bool aws_config_read(struct aws_config *out, struct arena *arena, struct diags *diags)
{
    *out = (struct aws_config){0};
    locate(&out->config, "AWS_CONFIG_FILE", "config", arena);
    locate(&out->credentials, "AWS_SHARED_CREDENTIALS_FILE", "credentials", arena);
    bool good = load(&out->config, arena, diags);
    return load(&out->credentials, arena, diags) && good;
}

// ---- sections of the config file: a word, blanks, a name that may be in quotes

static bool is_section(struct str section, const char *word, struct str name)
{
    struct str prefix = str_from(word);
    if (!str_starts(section, prefix)) {
        return false;
    }
    struct str rest = str_skip(section, prefix.len);
    struct str trimmed = str_trim(rest);
    if (rest.len == trimmed.len) {
        return false; // no blank between them
    }
    bool quoted = trimmed.len >= 2 && (trimmed.at[0] == '"' || trimmed.at[0] == '\'') &&
                  trimmed.at[trimmed.len - 1] == trimmed.at[0];
    if (quoted) {
        trimmed = (struct str){trimmed.at + 1, trimmed.len - 2};
    }
    return str_eq(trimmed, name);
}

static const struct ini_section *find_section(const struct ini *ini, const char *word,
                                              struct str name)
{
    for (size_t i = 0; i < ini->count; i++) {
        if (is_section(ini->sections[i].name, word, name)) {
            return &ini->sections[i];
        }
    }
    return NULL;
}

const struct ini_section *aws_file_section(const struct aws_config *config,
                                           const struct aws_file *file,
                                           struct str profile)
{
    if (file == &config->credentials) {
        return ini_find(&file->ini, profile);
    }
    const struct ini_section *section = find_section(&file->ini, "profile", profile);
    return section == NULL && str_is(profile, "default") ? ini_find(&file->ini, profile)
                                                         : section;
}

bool aws_config_has_profile(const struct aws_config *config, struct str profile)
{
    return aws_file_section(config, &config->config, profile) != NULL ||
           aws_file_section(config, &config->credentials, profile) != NULL;
}

struct aws_value aws_file_get(const struct aws_config *config,
                              const struct aws_file *file, struct str profile,
                              const char *key)
{
    const struct ini_entry *entry =
        ini_section_find(aws_file_section(config, file, profile), key);
    return entry == NULL || entry->value.len == 0
               ? (struct aws_value){0}
               : (struct aws_value){entry->value, file};
}

struct aws_value aws_config_get(const struct aws_config *config, struct str profile,
                                const char *key)
{
    struct aws_value value = aws_file_get(config, &config->credentials, profile, key);
    return value.file != NULL ? value
                              : aws_file_get(config, &config->config, profile, key);
}

struct aws_value aws_config_get_session(const struct aws_config *config,
                                        struct str session, const char *key,
                                        bool *found)
{
    const struct ini_section *section =
        find_section(&config->config.ini, "sso-session", session);
    const struct ini_entry *entry = ini_section_find(section, key);
    *found = section != NULL;
    return entry == NULL ? (struct aws_value){0}
                         : (struct aws_value){entry->value, &config->config};
}

struct aws_value aws_config_get_service(const struct aws_config *config,
                                        struct str services, const char *service,
                                        bool *found)
{
    const struct ini_section *section =
        find_section(&config->config.ini, "services", services);
    const struct ini_entry *entry =
        ini_entry_find(ini_section_find(section, service), "endpoint_url");
    *found = section != NULL;
    return entry == NULL ? (struct aws_value){0}
                         : (struct aws_value){entry->value, &config->config};
}
