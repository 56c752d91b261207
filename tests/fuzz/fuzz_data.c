// Fixtures of rows and items: any YAML, through a fixed definition with entities over
// rows that read columns of every kind, handles and optional ones among them.
#include "fuzz_run.h"

static const char DEFINITION[] =
    "table_name: shop\n"
    "attribute_definitions: {pk: S, sk: S, n: N, b: B}\n"
    "key_schema: {hash: pk, range: sk}\n"
    "billing_mode: PAY_PER_REQUEST\n"
    "global_secondary_indexes:\n"
    "  by-n: {key_schema: {hash: n}, projection: ALL}\n"
    "  by-b: {key_schema: {hash: b, range: sk}, projection: KEYS_ONLY}\n"
    "entities:\n"
    "  customer:\n"
    "    for_each: customer\n"
    "    attributes:\n"
    "      pk: CUSTOMER#${row.id}\n"
    "      sk: PROFILE\n"
    "      n: ${row.n?}\n"
    "      b: ${row.b?}\n"
    "      user: ${row.user?}\n"
    "      uuid: '\"${row.user.uuid?}\"'\n"
    "      bio: {text: \"${row.bio?}\", all: [\"${row.bio? | upper}\", 1]}\n"
    "      since: ${row.since? | time | date('%Y-%m')}\n"
    "  order:\n"
    "    for_each: order\n"
    "    when: ${row.total} >= 0\n"
    "    attributes:\n"
    "      pk: CUSTOMER#${row.customer}\n"
    "      sk: ORDER#${row.at | time}#${row.number | pad(6)}\n"
    "      total: ${row.total}\n"
    "      address: ${row.address}\n"
    "      city: ${row.address.city}\n"
    "      hash: ${row.customer | uuid5}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_run run;
    fuzz_run_init(&run, STR(DEFINITION), (struct str){(const char *)data, size},
                  FUZZ_FIXTURE);
    FUZZ_REQUIRE(fuzz_run_define(&run));
    fuzz_run_data(&run);
    fuzz_run_deinit(&run);
    return 0;
}
