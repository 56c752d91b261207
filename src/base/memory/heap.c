// Allocations that succeed. libcrypto starts by itself when it is first called, with
// errors that its callers do not all look at: here it is started, and that is looked
// at.
#include "heap.h"

#include "die.h"

#include <errno.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *at, size_t size)
{
    if (at == NULL && size > 0) {
        die("out of memory");
    }
    return at;
}

void *heap_malloc(size_t size)
{
    return must(malloc(size), size);
}

void *heap_calloc(size_t count, size_t size)
{
    return must(calloc(count, size), count > 0 ? size : 0);
}

void *heap_realloc(void *at, size_t size)
{
    return must(realloc(at, size), size);
}

void heap_free_wiping(void *at)
{
    if (at != NULL) {
        explicit_bzero(at, malloc_usable_size(at));
        free(at);
    }
}

void *heap_realloc_wiping(void *at, size_t size)
{
    size_t had = at == NULL ? 0 : malloc_usable_size(at);
    if (at != NULL && size > 0 && size <= had) {
        return at;
    }
    void *moved = heap_malloc(size > 0 ? size : 1);
    if (at != NULL && moved != NULL) {
        memcpy(moved, at, had < size ? had : size);
    }
    heap_free_wiping(at);
    return moved;
}

char *heap_strdup(const char *text)
{
    return must(strdup(text), 1);
}

char *heap_realpath(const char *path)
{
    char *real = realpath(path, NULL);
    if (real == NULL && errno == ENOMEM) {
        die("out of memory");
    }
    return real;
}

// ---- libcrypto, which says where it asks

static void *crypto_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return size > 0 ? heap_malloc(size) : NULL;
}

static void *crypto_realloc(void *at, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size == 0) {
        free(at);
        return NULL;
    }
    return heap_realloc(at, size);
}

static void crypto_free(void *at, const char *file, int line)
{
    (void)file;
    (void)line;
    free(at);
}

void heap_start_libcrypto(void)
{
    // Refused once libcrypto has memory of its own, as in a process that starts it
    // twice.
    (void)CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free);
    if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_ADD_ALL_DIGESTS,
                            NULL) != 1) {
        die("libcrypto cannot be started");
    }
}
