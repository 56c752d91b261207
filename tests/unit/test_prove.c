// How large a design may be to be proved: what is proved of it, the golden cases show.
#include "compile_stage.h"

#include "prove.h"
#include "prover.h"

#include <stdio.h>
#include <stdlib.h>

#define LITERAL 2000 // bytes of each key, of the 2,048 that it may have

// Two entities that can make one key, among `count` that cannot.
static size_t overlaps(size_t count)
{
    size_t cap = (count + 4) * (LITERAL + 200);
    char *text = malloc(cap);
    struct run run;
    assert_non_null(text);
    size_t len = (size_t)snprintf(
        text, cap,
        "table_name: large\nattribute_definitions: {pk: S}\nkey_schema: {hash: pk}\n"
        "billing_mode: PAY_PER_REQUEST\nentities:\n"
        "  a: {for_each: r, attributes: {pk: 'SAME#${row.x}'}}\n"
        "  b: {for_each: r, attributes: {pk: 'SAME#${row.y}'}}\n");
    for (size_t i = 0; i < count; i++) {
        len += (size_t)snprintf(text + len, cap - len,
                                "  e%zu: {for_each: r, attributes: {pk: 'E%06zu%0*d#"
                                "${row.x}'}}\n",
                                i, i, LITERAL - 8, 0);
    }
    assert_true(run_define(&run, text));
    prove_unit(&run.compilation, &run.unit);
    size_t found = stage_count(&run.stage, DIAG_KEYS_OVERLAP);
    run_deinit(&run);
    free(text);
    return found;
}

static void test_size(void **state)
{
    (void)state;
    assert_int_equal(overlaps(0), 1);
    assert_int_equal(overlaps(PROVE_MAX_LITERALS / LITERAL - 1), 1);
    assert_int_equal(overlaps(PROVE_MAX_LITERALS / LITERAL + 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_size)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
