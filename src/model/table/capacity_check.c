// Capacity against billing mode, floors and quotas, each function one rule of the
// service. A typed table enters; diagnostics leave.
#include "capacity_check.h"

#define ADD_UNITS                                                                      \
    "add provisioned_throughput: {read_capacity_units: 5, write_capacity_units: 5}, "  \
    "or set billing_mode: PAY_PER_REQUEST"
#define QUOTA_UNITS 40000 // A125: of a table together with its global indexes

static void refuse(const struct throughput *throughput, const char *what,
                   const char *key, const char *mode, struct diags *diags)
{
    diag_add(diags, DIAG_THROUGHPUT, throughput->span,
             "%s has %s although billing_mode is %s", what, key, mode);
}

static bool lacks_capacity(const struct capacity *capacity)
{
    return !capacity->provisioned.set && !capacity->provisioned.refused;
}

// A082, A121. What all lack is one mistake, most often that of a missing billing_mode.
static void check_provisioned(const struct table *table, struct diags *diags)
{
    bool table_lacks = lacks_capacity(&table->capacity);
    size_t lacking = 0;
    struct diag *diag = NULL;
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        if (index->local || !lacks_capacity(&index->capacity)) {
            continue;
        }
        lacking++;
        if (!table_lacks) {
            diag = diag_add_once(diags, DIAG_THROUGHPUT, index->span,
                                 "the index has no provisioned_throughput");
            diag_help(diags, diag, "%s", ADD_UNITS);
        }
    }
    if (!table_lacks) {
        return;
    }
    diag = lacking == 0
               ? diag_add(diags, DIAG_THROUGHPUT, table->span,
                          "the table has no provisioned_throughput")
               : diag_add(diags, DIAG_THROUGHPUT, table->span,
                          "the table and %zu index%s have no provisioned_throughput",
                          lacking, lacking == 1 ? "" : "es");
    diag_help(diags, diag, "%s", ADD_UNITS);
}

// A083, A122; A084, A130.
static void check_mode(const struct capacity *capacity, enum billing_mode mode,
                       const char *what, struct diags *diags)
{
    const struct throughput *provisioned = &capacity->provisioned;
    if (mode == BILLING_PAY_PER_REQUEST && provisioned->set) {
        refuse(provisioned, what, "provisioned_throughput", "PAY_PER_REQUEST", diags);
    }
    if (mode == BILLING_PROVISIONED && capacity->on_demand.set &&
        !throughput_is_off(&capacity->on_demand)) {
        refuse(&capacity->on_demand, what, "on_demand_throughput", "PROVISIONED",
               diags);
    }
}

static void check_floor(const struct throughput *warm, const char *unit, int64_t given,
                        int64_t floor, const char *why, struct diags *diags)
{
    if (given != 0 && given < floor) {
        diag_add(diags, DIAG_THROUGHPUT, warm->span,
                 "warm_throughput has %lld %s units a second, and needs at least %lld, "
                 "%s",
                 (long long)given, unit, (long long)floor, why);
    }
}

// A134, A135.
static void check_warm(const struct capacity *capacity, enum billing_mode mode,
                       struct diags *diags)
{
    const struct throughput *warm = &capacity->warm;
    const struct throughput *provisioned = &capacity->provisioned;
    if (!warm->set || mode == BILLING_UNKNOWN ||
        (mode == BILLING_PROVISIONED && !provisioned->set)) {
        return;
    }
    bool on_demand = mode == BILLING_PAY_PER_REQUEST;
    const char *why = on_demand ? "what every on-demand table and index has"
                                : "its provisioned_throughput";
    check_floor(warm, "read", warm->read_units,
                on_demand ? WARM_FLOOR_READ : provisioned->read_units, why, diags);
    check_floor(warm, "write", warm->write_units,
                on_demand ? WARM_FLOOR_WRITE : provisioned->write_units, why, diags);
}

// A088: a table's writes wait for its slowest index.
static void check_index_writes(const struct table *table,
                               const struct secondary_index *index, struct diags *diags)
{
    const struct throughput *own = &index->capacity.provisioned;
    const struct throughput *of_table = &table->capacity.provisioned;
    if (table->billing_mode != BILLING_PROVISIONED || !own->set || !of_table->set ||
        own->write_units >= of_table->write_units) {
        return;
    }
    struct diag *diag =
        diag_add(diags, DIAG_INDEX_CAPACITY, own->span,
                 "the index has %lld write capacity units, fewer than the table's %lld",
                 (long long)own->write_units, (long long)of_table->write_units);
    diag_help(diags, diag,
              "writes to the table are throttled when an index cannot follow");
}

static void warn_quota(struct span span, const char *what, int64_t units,
                       const char *unit, struct diags *diags)
{
    if (units <= QUOTA_UNITS) {
        return;
    }
    struct diag *diag = diag_add(diags, DIAG_CAPACITY_QUOTA, span,
                                 "%s: %lld %s units a second, more than the default "
                                 "quota of %d",
                                 what, (long long)units, unit, QUOTA_UNITS);
    diag_help(diags, diag, "ask AWS for a higher quota first, or choose less");
}

static void check_single_quota(const struct throughput *throughput, const char *what,
                               struct diags *diags)
{
    warn_quota(throughput->span, what, throughput->read_units, "read", diags);
    warn_quota(throughput->span, what, throughput->write_units, "write", diags);
}

// A125.
static void check_quotas(const struct table *table, struct diags *diags)
{
    const struct throughput *of_table = &table->capacity.provisioned;
    int64_t read = of_table->read_units;
    int64_t write = of_table->write_units;
    for (size_t i = 0; i < table->index_count; i++) {
        const struct capacity *capacity = &table->indexes[i].capacity;
        read += capacity->provisioned.read_units;
        write += capacity->provisioned.write_units;
        check_single_quota(&capacity->on_demand, "on_demand_throughput", diags);
        check_single_quota(&capacity->warm, "warm_throughput", diags);
    }
    struct span span = of_table->set ? of_table->span : table->span;
    const char *what = "provisioned_throughput of the table and its global indexes";
    warn_quota(span, what, read, "read", diags);
    warn_quota(span, what, write, "write", diags);
    check_single_quota(&table->capacity.on_demand, "on_demand_throughput", diags);
    check_single_quota(&table->capacity.warm, "warm_throughput", diags);
}

void capacity_check(const struct table *table, struct diags *diags)
{
    enum billing_mode mode = table->billing_mode;
    if (mode == BILLING_PROVISIONED) {
        check_provisioned(table, diags);
    }
    check_mode(&table->capacity, mode, "the table", diags);
    check_warm(&table->capacity, mode, diags);
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        if (!index->local) {
            check_mode(&index->capacity, mode, "the index", diags);
            check_warm(&index->capacity, mode, diags);
            check_index_writes(table, index, diags);
        }
    }
    check_quotas(table, diags);
}
