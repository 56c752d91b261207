// Document paths, parsed.
#ifndef DDB_COMPILE_PATH_READ_H
#define DDB_COMPILE_PATH_READ_H

#include "document_path.h"
#include "filter_lex.h"

#include <stdbool.h>

// A path whose first name is the lexer's token; the token behind it is the next. False:
// diagnosed.
__attribute__((warn_unused_result)) bool path_read(struct document_path *out,
                                                   struct filter_lexer *lexer);

#endif
