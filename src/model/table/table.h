// A table as DynamoDB knows it: what CreateTable takes and DescribeTable tells. Both
// the definition and the live table become this struct.
#ifndef DDB_MODEL_TABLE_H
#define DDB_MODEL_TABLE_H

#include "source.h"
#include "str.h"
#include "table_settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_MAX_PARTS                                                                  \
    4 // attributes of each kind in a multi-attribute GSI key (A040, A041, A042)
#define WARM_FLOOR_READ 12000 // A134: what every on-demand table and index has
#define WARM_FLOOR_WRITE 4000
#define KEY_HASH_MAX_BYTES 2048  // B050
#define KEY_RANGE_MAX_BYTES 1024 // B051

struct key_part {
    struct str name;
    struct span span;
};

struct key_schema {
    struct key_part hash[KEY_MAX_PARTS];
    size_t hash_count;
    struct key_part range[KEY_MAX_PARTS];
    size_t range_count;
    struct span span;
    bool known; // false: what is here is not all, since something of it was refused
};

struct attribute_definition {
    struct str name;
    char type; // 'S', 'N' or 'B'
    struct span span;
    bool untyped; // no type that is one was given: diagnosed
};

// Units per second. Of on-demand and warm throughput either may be 0: not given. Set
// and both 0: on_demand_throughput that is off, so that there is none.
struct throughput {
    bool set;
    bool untold;  // of a live table: its server tells nothing of it
    bool refused; // given, and wrong
    int64_t read_units;
    int64_t write_units;
    struct span span;
};

// Whether it says that there is none.
static inline bool throughput_is_off(const struct throughput *throughput)
{
    return throughput->set && throughput->read_units == 0 &&
           throughput->write_units == 0;
}

struct capacity {
    struct throughput provisioned;
    struct throughput on_demand; // maximums
    struct throughput warm;
};

enum projection_type {
    PROJECTION_ALL,
    PROJECTION_KEYS_ONLY,
    PROJECTION_INCLUDE,
};

struct projection {
    enum projection_type type;
    struct key_part *names; // INCLUDE: count of them
    size_t count;
    struct span span;
};

// What the service counts every six hours.
struct last_count {
    bool told;
    int64_t items;
    int64_t bytes;
};

struct secondary_index {
    struct str name;
    struct span span;
    bool local;
    struct key_schema key;
    struct projection projection;
    struct capacity capacity;                         // global ones only
    struct contributor_insights contributor_insights; // global ones only
    struct last_count counted;                        // of a live one
};

enum billing_mode {
    BILLING_PROVISIONED, // the service's default (A120)
    BILLING_PAY_PER_REQUEST,
    BILLING_UNKNOWN, // of a definition whose billing_mode is wrong
};

struct table {
    struct str name;
    struct span span;
    bool external; // others made it, and set it: what is here is what is needed of it
    struct attribute_definition *attributes; // in file order
    size_t attribute_count;
    bool attributes_known; // as for a key
    struct key_schema key;
    struct secondary_index *indexes; // local ones first, each kind in file order
    size_t index_count;
    bool indexes_broken; // there are others, which could not be read
    bool types_broken;   // an attribute's type is none; it stands as S
    enum billing_mode billing_mode;
    struct span billing_mode_span;
    struct capacity capacity;
    struct table_settings settings;
    struct last_count counted; // of a live one
};

// False when the table's key, an attribute of it or its type is not known.
bool table_key_known(const struct table *table);
// False when a key of the table or of an index, or an attribute of one, is not known:
// little can be said of items then.
bool table_keys_known(const struct table *table);
const struct attribute_definition *table_find_attribute(const struct table *table,
                                                        struct str name);
// True when the attribute is part of the key, on either side.
bool table_key_uses(const struct key_schema *key, struct str name);
// True when an index's entries hold the attribute, of items that have it: the keys of
// table and index, and what is projected.
bool table_index_holds(const struct table *table, const struct secondary_index *index,
                       struct str name);
const struct secondary_index *table_find_index(const struct table *table,
                                               struct str name);

#endif
