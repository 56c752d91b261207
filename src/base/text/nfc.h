// Unicode's normal form NFC, as far as keys need it.
#ifndef DDB_BASE_NFC_H
#define DDB_BASE_NFC_H

#include "str.h"

#include <stddef.h>

// The offset of the first character that NFC writes in another way: a letter with a
// mark behind it where there is one character for both, or a sign that is a letter.
// text.len when there is none. Text is well-formed UTF-8.
size_t nfc_check(struct str text);

#endif
