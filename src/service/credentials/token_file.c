// Cached tokens. In: a name. Out: the text of its file, and that file replaced.
#include "token_file.h"

#include "aws_config.h"
#include "file.h"
#include "heap.h"
#include "instant.h"
#include "json_write.h"
#include "leftover.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)256 << 10)
#define EXPIRES_MAX 100000000 // seconds: three years

static struct str path_of(const char *folder, const EVP_MD *digest, struct str name,
                          struct arena *arena)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    unsigned len = 0;
    if (EVP_Digest(name.at, name.len, bytes, &len, digest, NULL) != 1) {
        return (struct str){0};
    }
    for (unsigned i = 0; i < len; i++) {
        (void)snprintf(hex + (size_t)2 * i, 3, "%02x", bytes[i]);
    }
    return arena_printf(arena, "%s/%.*s.json", folder, (int)(2 * len), hex);
}

struct str token_file_sso(struct str session_or_url, struct arena *arena)
{
    const char *folder = aws_path(STR("~/.aws/sso/cache"), arena).at;
    return path_of(folder, EVP_sha1(), session_or_url, arena);
}

struct str token_file_login(struct str session, struct arena *arena)
{
    struct str given = str_from(getenv("AWS_LOGIN_CACHE_DIRECTORY"));
    struct str folder =
        aws_path(given.len > 0 ? given : STR("~/.aws/login/cache"), arena);
    return path_of(folder.at, EVP_sha256(), session, arena);
}

bool token_file_read(struct str *out, struct str path, struct arena *arena)
{
    char *real = path.len > 0 ? heap_realpath(path.at) : NULL;
    bool read = real != NULL && file_read(out, real, FILE_MAX, arena) == FILE_OK;
    free(real);
    return read;
}

static bool fill(int fd, struct str text)
{
    return file_write_all(fd, text) && fsync(fd) == 0;
}

bool token_file_write(struct str path, struct str text, struct arena *arena)
{
    // Where a link leads, the file itself is replaced, not the link.
    char *real = heap_realpath(path.at);
    if (real == NULL) {
        return false;
    }
    struct str temporary = arena_printf(arena, "%s.XXXXXX", real);
    char *name = (char *)(uintptr_t)temporary.at;
    int fd = mkostemp(name, O_CLOEXEC);
    bool good = fd >= 0;
    if (good) {
        leftover_add(name);
        good = fchmod(fd, 0600) == 0 && fill(fd, text);
        good = close(fd) == 0 && good && rename(name, real) == 0;
        int saved = errno;
        if (!good) {
            (void)unlink(name);
        }
        leftover_drop(name);
        errno = saved;
    }
    free(real);
    return good;
}

void token_put_member(struct buf *out, const char *name, struct str value)
{
    buf_puts(out, out->len <= 1 ? "\"" : ", \"");
    buf_puts(out, name);
    buf_puts(out, "\": ");
    json_put_string(out, value);
}

struct str token_expiry(struct str seconds, struct arena *arena)
{
    int64_t value = 0;
    for (size_t i = 0; i < seconds.len && seconds.at[i] >= '0' &&
                       seconds.at[i] <= '9' && value < EXPIRES_MAX;
         i++) {
        value = value * 10 + (seconds.at[i] - '0');
    }
    char text[INSTANT_TEXT_LEN];
    instant_us now = instant_now();
    instant_format(now - now % 1000000 + value * 1000000, text);
    return arena_printf(arena, "%.19sZ", text);
}
