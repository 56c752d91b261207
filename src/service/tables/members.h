// Members that answers and requests about tables have in common, from cJSON's tree: of
// what is known to be small and is looked at here and there. What is absent, or of
// another type, is empty, 0 or not there; NULL may be passed for it. Texts are copied
// into the arena.
//
// cJSON takes more than JSON, malformed UTF-8 among it, and what it took may be written
// into other calls. So it gets only what json_read passed before: answers when they were
// classified (reply_read.h), files in build_table.
#ifndef DDB_SERVICE_MEMBERS_H
#define DDB_SERVICE_MEMBERS_H

#include "arena.h"
#include "str.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;

// A JSON text that json_read passed as a tree, which cJSON_Delete frees. NULL: there is
// none, as for what is nested a thousand deep.
struct cJSON *members_parse(struct str body);
// A member of an object, or NULL.
const struct cJSON *members_get(const struct cJSON *object, const char *name);
struct str members_text(const struct cJSON *value, struct arena *arena);
// How many elements a loop over it meets.
size_t members_count(const struct cJSON *list);
// The position of value's text in names, or count when it is none of them.
size_t members_word(const struct cJSON *value, const char *const *names, size_t count);
// A whole number from 0 to 2^53; else 0.
int64_t members_units(const struct cJSON *number);

// "KeySchema", "AttributeDefinitions", "Projection". False: it is none.
__attribute__((warn_unused_result)) bool
members_key(struct key_schema *out, const struct cJSON *array, struct arena *arena);
__attribute__((warn_unused_result)) bool
members_attributes(struct table *out, const struct cJSON *array, struct arena *arena);
__attribute__((warn_unused_result)) bool members_projection(struct projection *out,
                                                            const struct cJSON *object,
                                                            struct arena *arena);
// An element of "LocalSecondaryIndexes" or "GlobalSecondaryIndexes". False: it is none.
__attribute__((warn_unused_result)) bool members_index(struct secondary_index *out,
                                                       const struct cJSON *object,
                                                       bool local, struct arena *arena);

// Throughput of a table or a global index.
struct capacity members_capacity(const struct cJSON *object);
// "StreamSpecification"; disabled when it is absent.
struct stream_specification members_stream(const struct cJSON *object);
// Appends "Tags", an array.
void members_tags(struct table_settings *out, const struct cJSON *array,
                  struct arena *arena);
// Whether no attribute, index, part of a key or projected name stands there twice: two
// of one name would be compared as if they were one.
bool members_are_distinct(const struct table *table);
bool members_tags_are_distinct(const struct table_settings *settings);
// "ContributorInsightsMode".
enum insights_mode members_insights_mode(const struct cJSON *value);

#endif
