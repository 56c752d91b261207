// Memory for libraries that ask for it through functions of ours: they never see that
// there is none left, which few of them bear; the program ends instead.
#ifndef DDB_BASE_MEMORY_H
#define DDB_BASE_MEMORY_H

#include <stddef.h>

// As those of the C library, but dies for lack of memory.
void *memory_malloc(size_t size);
void *memory_calloc(size_t count, size_t size);
void *memory_realloc(void *at, size_t size);
char *memory_strdup(const char *text);

// Gives libcrypto such memory and starts it: before anything else of it is called.
void memory_start_libcrypto(void);

#endif
