// A buffer in front of a file. Bytes enter at the end, and are read wherever they stand.
#include "spool.h"

#include "file.h"

#include <errno.h>
#include <unistd.h>

void spool_init(struct spool *spool)
{
    *spool = (struct spool){.fd = -1};
    buf_init(&spool->tail, SIZE_MAX);
}

void spool_deinit(struct spool *spool)
{
    buf_deinit(&spool->tail);
    if (spool->fd >= 0) {
        (void)close(spool->fd);
    }
}

static bool flush(struct spool *spool)
{
    if (spool->fd < 0) {
        spool->fd = file_open_temporary();
    }
    if (spool->fd < 0 || !file_write_all(spool->fd, buf_str(&spool->tail))) {
        return false;
    }
    spool->flushed += spool->tail.len;
    buf_reset(&spool->tail);
    return true;
}

bool spool_put(struct spool *spool, uint64_t *at, struct str bytes)
{
    if (spool->tail.len + bytes.len > SPOOL_MEMORY && spool->tail.len > 0 &&
        !flush(spool)) {
        return false;
    }
    *at = spool->flushed + spool->tail.len;
    buf_put(&spool->tail, bytes);
    return true;
}

static bool read_at(int fd, char *to, size_t len, uint64_t at)
{
    while (len > 0) {
        ssize_t got = pread(fd, to, len, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            errno = got == 0 ? EIO : errno;
            return false;
        }
        to += got;
        at += (uint64_t)got;
        len -= (size_t)got;
    }
    return true;
}

bool spool_get(const struct spool *spool, struct buf *out, uint64_t at, size_t len)
{
    if (at >= spool->flushed) {
        size_t from = (size_t)(at - spool->flushed);
        buf_put(out, (struct str){spool->tail.at + from, len});
        return true;
    }
    char *to = buf_reserve(out, len);
    if (to == NULL || !read_at(spool->fd, to, len, at)) {
        return false;
    }
    out->len += len;
    return true;
}
