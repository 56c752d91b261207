// Memory for libraries that ask for it through functions of ours: they never see that
// there is none left, which few of them bear; the program ends instead.
#ifndef DDB_BASE_HEAP_H
#define DDB_BASE_HEAP_H

#include <stddef.h>

// As those of the C library, but dies for lack of memory.
void *heap_malloc(size_t size);
void *heap_calloc(size_t count, size_t size);
void *heap_realloc(void *at, size_t size);
char *heap_strdup(const char *text);
// As those, of a library that is handed secrets: whatever it gives back is wiped.
void *heap_realloc_wiping(void *at, size_t size);
void heap_free_wiping(void *at);
// realpath(3). NULL: errno says why, and it is not ENOMEM. The caller frees.
char *heap_realpath(const char *path);

// Gives libcrypto such memory and starts it: before anything else of it is called.
void heap_start_libcrypto(void);

#endif
