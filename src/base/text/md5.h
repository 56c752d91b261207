// MD5 (RFC 1321): to scatter, never to be safe.
#ifndef DDB_BASE_MD5_H
#define DDB_BASE_MD5_H

#include "str.h"

#define MD5_BYTES 16

struct md5 {
    unsigned char bytes[MD5_BYTES];
};

// Where libcrypto may not compute it, the beginning of another hash.
struct md5 md5_of(struct str bytes);

#endif
