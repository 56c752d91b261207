// UUIDs of RFC 9562. Text is always written in lower case.
#ifndef DDB_BASE_UUID_H
#define DDB_BASE_UUID_H

#include "str.h"

#include <stdbool.h>
#include <stdint.h>

#define UUID_TEXT_LEN 36

struct uuid {
    uint8_t bytes[16];
};

// Exactly 8-4-4-4-12 hex digits, either case, any version.
__attribute__((warn_unused_result)) bool uuid_parse(struct uuid *out, struct str text);
// Writes UUID_TEXT_LEN bytes, no NUL.
void uuid_format(const struct uuid *uuid, char out[UUID_TEXT_LEN]);
bool uuid_eq(const struct uuid *a, const struct uuid *b);

// UUIDv5: SHA-1 over the namespace's 16 bytes and the name.
struct uuid uuid_v5(const struct uuid *namespace_uuid, struct str name);

// The same for many names in one namespace: the bulk path hashes the namespace once.
struct uuid_hasher;
struct uuid_hasher *uuid_hasher_new(const struct uuid *namespace_uuid);
void uuid_hasher_free(struct uuid_hasher *hasher); // NULL is fine
struct uuid uuid_hasher_v5(struct uuid_hasher *hasher, struct str name);

// The namespace of conversation names and of the uuid5 filter:
// UUIDv5(URL, "ddbgen:conversation") = 99ce30e7-3e66-58e2-902b-1f13a0b01903.
extern const struct uuid UUID_CONVERSATION_NAMESPACE;
// 16 random bytes from getrandom(2) as a UUIDv4.
struct uuid uuid_v4(void);

#endif
