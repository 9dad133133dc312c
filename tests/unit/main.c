/* Runs every unit suite; `prep-unit PATTERN` runs the suites whose name has it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/queries.h"
#include "unit.h"

int main(int argc, char **argv)
{
    setenv("CK_DEFAULT_TIMEOUT", "120",
        0); /* Check's four seconds are few on a busy machine */
    queries_record("prep-unit");
    SRunner *runner = srunner_create(NULL);
#define ADD(name)                                                                      \
    if (argc < 2 || strstr(#name, argv[1]) != NULL) {                                  \
        Suite *s = suite_create(#name);                                                \
        name(s);                                                                       \
        srunner_add_suite(runner, s);                                                  \
    }
    TEST_LIST(ADD)
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
